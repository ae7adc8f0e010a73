"""Prediction sets: contiguous, around the likeliest level, with the coverage that they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndc_urban.model.assessment import LEVELS
from ndc_urban.model.passage_model import Floats
from ndc_urban.model.prediction_set import mass_threshold, needed_mass, prediction_set

distributions = st.lists(st.floats(0.001, 1), min_size=3, max_size=3).map(lambda p: np.asarray(p) / sum(p))
thresholds = st.floats(0, 1)


@given(distributions, thresholds)
def test_sets_are_contiguous_and_hold_the_likeliest_level(probabilities: Floats, threshold: float) -> None:
    levels = [LEVELS.index(level) for level in prediction_set(probabilities, threshold)]
    assert levels == list(range(levels[0], levels[-1] + 1))
    assert int(probabilities.argmax()) in levels


@given(distributions, thresholds, thresholds)
def test_a_higher_threshold_never_gives_a_smaller_set(
    probabilities: Floats, one: float, other: float
) -> None:
    small, large = (set(prediction_set(probabilities, each)) for each in sorted((one, other)))
    assert small <= large


@given(distributions, thresholds, st.integers(0, 2))
def test_a_level_is_in_the_set_when_its_mass_is_reached(
    probabilities: Floats, threshold: float, level: int
) -> None:
    inside = LEVELS[level] in prediction_set(probabilities, threshold)
    assert inside is (needed_mass(probabilities, level) <= threshold)


@given(distributions)
def test_a_set_that_must_hold_everything_does(probabilities: Floats) -> None:
    assert prediction_set(probabilities, 1.0) == LEVELS


def test_the_likelier_neighbour_enters_first() -> None:
    probabilities = np.array([0.15, 0.5, 0.35])
    assert prediction_set(probabilities, 0.0) == ("moderate",)
    assert prediction_set(probabilities, 0.6) == ("moderate", "strong")
    assert prediction_set(probabilities, 0.9) == LEVELS


def test_from_low_to_strong_the_way_leads_over_moderate() -> None:
    assert prediction_set(np.array([0.6, 0.05, 0.35]), 0.62) == ("low", "moderate")


@pytest.mark.parametrize("documents", [0, 1, 5, 8])
def test_with_too_few_documents_nothing_is_promised_but_everything(documents: int) -> None:
    probabilities = np.tile([0.8, 0.1, 0.1], (documents, 1))
    assert mass_threshold(probabilities, np.zeros(documents, dtype=np.int64), 0.9) == 1.0


def simulated(generator: np.random.Generator, size: int, sharpness: float) -> tuple[Floats, Floats]:
    """What a model said, and the level that is true: as it said, or not when it is too sure or too unsure."""
    right = generator.dirichlet((0.6, 0.5, 0.4), size)
    truths = np.array([generator.choice(3, p=row) for row in right])
    said = np.maximum(right, 1e-9) ** sharpness
    return said / said.sum(axis=1, keepdims=True), truths


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("coverage", [0.8, 0.9])
def test_the_promised_coverage_is_kept_however_wrong_the_probabilities_are(
    sharpness: float, coverage: float
) -> None:
    generator = np.random.default_rng(5)
    kept = []
    for _ in range(40):
        threshold = mass_threshold(*simulated(generator, 150, sharpness), coverage)
        said, truths = simulated(generator, 150, sharpness)
        kept.append(
            np.mean(
                [LEVELS[t] in prediction_set(row, threshold) for row, t in zip(said, truths, strict=True)]
            )
        )
    assert np.mean(kept) >= coverage - 0.015


def test_good_probabilities_give_small_sets() -> None:
    generator = np.random.default_rng(6)
    said, truths = simulated(generator, 400, 1.0)
    threshold = mass_threshold(said, truths, 0.9)
    sizes = [len(prediction_set(row, threshold)) for row in said]
    assert np.mean(sizes) < 2.5
    assert len(set(sizes)) > 1
