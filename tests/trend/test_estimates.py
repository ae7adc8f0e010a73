"""Estimates of shares: known answers, refusals, the European Union's weight, and coverage in simulations."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ndc_urban.trend.estimates import (
    MIN_LABELS,
    Estimate,
    Population,
    Refused,
    change,
    corrected,
    count,
    labelled,
)

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import trend_coverage


def population(
    predicted: list[int],
    label: list[int],
    *,
    weight: list[int] | None = None,
    probability: float | list[float] | None = None,
) -> Population:
    size = len(predicted)
    labels = np.array(label)
    share = (labels >= 0).mean() if probability is None else probability
    return Population(
        predicted=np.array(predicted),
        label=labels,
        weight=np.array(weight or [1] * size),
        probability=np.where(labels >= 0, share, np.nan),
        score=np.zeros(size),
        unit=tuple(f"P{number:03d}" for number in range(size)),
    )


def estimate(made: Estimate | Refused) -> Estimate:
    assert isinstance(made, Estimate), made
    return made


def test_a_few_documents_are_not_the_round() -> None:
    """All that are scored are labelled, but what the others are is not known: no width would mislead."""
    some = population([0, 2, 2, 1], [0, 2, 2, 1])
    assert estimate(corrected(some, "strong")).share == 0.5
    assert estimate(corrected(replace(some, unscored=4), "strong")).share == 0.5
    made = corrected(replace(some, unscored=5), "strong")
    assert isinstance(made, Refused)
    assert made.reason == "only 4 of 9 documents are scored"


def test_the_corrected_share_worked_by_hand() -> None:
    """100 documents, 60 predicted low and 40 strong; of 30 labelled lows 6 are strong, of 20 labelled strongs 15."""
    predicted = [0] * 60 + [2] * 40
    label = [2] * 6 + [0] * 24 + [-1] * 30 + [2] * 15 + [0] * 5 + [-1] * 20
    made = estimate(corrected(population(predicted, label), "strong"))
    assert made.share == pytest.approx(0.6 * 6 / 30 + 0.4 * 15 / 20)
    difference = 40 / 100 + (0.6 * 6 / 30 - 0.4 * 5 / 20)  # the count, and the errors seen within strata
    assert made.share == pytest.approx(difference)
    assert count(population(predicted, label), "strong").share == pytest.approx(0.4)
    assert made.n == 50
    assert made.low < made.share < made.high


def test_labels_weigh_by_the_inverse_of_their_probability() -> None:
    predicted, label = [0] * 100, [1] * 10 + [0] * 30 + [-1] * 60
    probability = [0.2] * 10 + [0.6] * 30 + [0.5] * 60
    made = estimate(corrected(population(predicted, label, probability=probability), "moderate"))
    assert made.share == pytest.approx(10 / 0.2 / (10 / 0.2 + 30 / 0.6))


def test_the_levels_sum_to_one() -> None:
    draw = np.random.default_rng(3)
    predicted = draw.integers(0, 3, 160).tolist()
    label = [int(level) if draw.random() < 0.5 else -1 for level in draw.integers(0, 3, 160)]
    one = population(predicted, label)
    for make in (count, corrected, labelled):
        shares = [estimate(make(one, trait)).share for trait in ("low", "moderate", "strong")]
        assert sum(shares) == pytest.approx(1)
        assert estimate(make(one, "at least moderate")).share == pytest.approx(shares[1] + shares[2])


def test_everything_labelled_is_the_truth() -> None:
    predicted, label = [0] * 20 + [2] * 20, [0] * 15 + [2] * 25
    made = estimate(corrected(population(predicted, label), "strong"))
    assert (made.low, made.share, made.high) == (25 / 40, 25 / 40, 25 / 40)


def test_a_predicted_level_without_labels_joins_its_neighbour() -> None:
    predicted = [0] * 50 + [1] * 40 + [2] * 10
    label = [0] * 25 + [-1] * 25 + [1] * 20 + [-1] * 30
    made = estimate(corrected(population(predicted, label), "moderate"))
    assert made.share == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("label", "probability", "reason"),
    [
        ([-1] * 100, None, "no labelled document"),
        ([0] * 60 + [-1] * 40, math.nan, "inclusion probabilities"),
        ([0] * (MIN_LABELS - 1) + [-1] * 71, 0.29, f"at least {MIN_LABELS}"),
        ([0] * 40 + [-1] * 60, 0.9, "not a complete sample"),
        ([0] * 40 + [-1] * 60, 0.1, "not a complete sample"),
    ],
)
def test_a_corrected_estimate_is_refused_with_a_reason(
    label: list[int], probability: float | None, reason: str
) -> None:
    made = corrected(population([0] * 100, label, probability=probability), "strong")
    assert isinstance(made, Refused)
    assert reason in made.reason


def test_labels_of_unknown_probability_speak_for_themselves_alone() -> None:
    one = population([0] * 100, [2] * 10 + [0] * 30 + [-1] * 60, probability=math.nan)
    made = estimate(labelled(one, "strong"))
    assert (made.share, made.n) == (0.25, 40)
    sampled = estimate(labelled(population([0] * 100, [2] * 10 + [0] * 30 + [-1] * 60), "strong"))
    assert sampled.high - sampled.low < made.high - made.low  # finite population


def test_the_union_counts_for_its_members() -> None:
    """50 documents and one for 28 Parties: strong, labelled strong."""
    predicted, label = [2] + [0] * 50, [2] + [0] * 40 + [-1] * 10
    one = population(predicted, label, weight=[28] + [1] * 50)
    for made in (count(one, "strong"), corrected(one, "strong"), labelled(one, "strong")):
        assert estimate(made).share == pytest.approx(28 / 78)
    assert count(one, "strong").low == pytest.approx(28 / 78)


def test_an_unlabelled_union_is_uncertain_by_its_whole_weight() -> None:
    predicted, label = [1] + [1] * 50, [-1] + [1, 2] * 20 + [-1] * 10
    known = population(predicted, [1, *label[1:]], weight=[28] + [1] * 50)
    unknown = population(predicted, label, weight=[28] + [1] * 50)
    width = [
        made.high - made.low for made in (estimate(corrected(each, "strong")) for each in (known, unknown))
    ]
    assert width[1] > width[0] + 0.25


def test_a_change_of_kept_documents_is_surer_than_of_new_ones() -> None:
    draw = np.random.default_rng(5)
    truth = draw.integers(0, 3, 160)
    predicted = np.clip(truth + draw.integers(-1, 2, 160), 0, 2)
    label = np.where(np.arange(160) % 2 == 0, truth, -1)
    first = population(predicted.tolist(), label.tolist())
    mixed = draw.permutation(160)
    other = population(
        predicted[mixed].tolist(), np.where(np.arange(160) % 2 == 0, truth[mixed], -1).tolist()
    )
    kept, new = change(first, first, "strong", "corrected"), change(first, other, "strong", "corrected")
    assert not isinstance(kept, Refused)
    assert not isinstance(new, Refused)
    assert kept.share == 0
    assert kept.high - kept.low < (new.high - new.low) * 0.5


def test_a_change_is_refused_where_a_round_is() -> None:
    first = population([0] * 100, [0] * 60 + [-1] * 40)
    second = population([0] * 100, [-1] * 100)
    assert isinstance(change(first, second, "strong", "corrected"), Refused)


def test_arrays_must_agree() -> None:
    one = population([0, 1], [0, 1])
    with pytest.raises(ValueError, match="same length"):
        Population(one.predicted, one.label, one.weight, one.probability, one.score, ("a",))
    with pytest.raises(ValueError, match="level codes"):
        population([0, 7], [0, 1])


# The smallest share of labels (30 of 200) and the largest (120 of 160), each with every accuracy and share of strong.
CORNERS = [
    trend_coverage.Cell(kind, accuracy, strong, labels, size)
    for kind, labels, size in (("near", 30, 200), ("any", 120, 160))
    for accuracy in (0.7, 0.95)
    for strong in (0.05, 0.4)
] + [
    trend_coverage.Cell("up", 0.8, 0.1, 30, 200),
    trend_coverage.Cell("up", 0.7, 0.4, 60, 200),
    trend_coverage.Cell("down", 0.7, 0.2, 30, 160),
    trend_coverage.Cell("down", 0.8, 0.1, 30, 160),
]
REPETITIONS = 300
NOMINAL, LEAST = 0.95, 0.93


@pytest.fixture(scope="module")
def coverages() -> dict[trend_coverage.Cell, dict[str, float]]:
    return {cell: trend_coverage.coverage(cell, REPETITIONS) for cell in CORNERS}


@pytest.mark.slow
@pytest.mark.parametrize("trait", ["strong", "at least moderate"])
def test_corrected_limits_cover_in_every_cell(
    coverages: dict[trend_coverage.Cell, dict[str, float]], trait: str
) -> None:
    """Corners of the grid; benchmarks/trend_coverage.py holds all of it. Seeds are fixed."""
    held = {cell: coverage[f"corrected {trait}"] for cell, coverage in coverages.items()}
    assert min(held.values()) >= LEAST, min(held.items(), key=lambda item: item[1])


@pytest.mark.slow
@pytest.mark.parametrize("trait", ["strong", "at least moderate"])
def test_limits_of_corrected_change_cover_in_every_cell(
    coverages: dict[trend_coverage.Cell, dict[str, float]], trait: str
) -> None:
    held = {cell: coverage[f"change {trait}"] for cell, coverage in coverages.items()}
    assert min(held.values()) >= LEAST, min(held.items(), key=lambda item: item[1])


@pytest.mark.slow
def test_classify_and_count_does_not_cover(coverages: dict[trend_coverage.Cell, dict[str, float]]) -> None:
    for trait in ("strong", "at least moderate"):
        held = [coverage[f"count {trait}"] for coverage in coverages.values()]
        assert min(held) < 0.5
        assert sum(share < LEAST for share in held) >= len(held) / 3


def test_corrected_limits_are_no_wider_than_labels_alone_where_the_model_is_good() -> None:
    cell = trend_coverage.Cell("near", 0.95, 0.2, 60, 180)
    draw = np.random.default_rng(8)
    levels = trend_coverage.levels_of(cell, draw)
    guesses = trend_coverage.predicted(levels, cell, draw)
    narrower = 0
    for _ in range(20):
        one = trend_coverage.population(levels, guesses, draw.choice(180, 60, replace=False))
        by_labels, by_both = estimate(labelled(one, "strong")), estimate(corrected(one, "strong"))
        narrower += by_both.high - by_both.low < by_labels.high - by_labels.low
    assert narrower >= 18


def test_limits_cover_where_predicted_levels_were_sampled_unequally() -> None:
    """Half of the labels from the documents that are predicted strong, as a sample for estimation may have it."""
    cell = trend_coverage.Cell("near", 0.8, 0.15, 60, 180)
    draw = np.random.default_rng(11)
    held = {"strong": 0, "at least moderate": 0}
    bias = dict.fromkeys(held, 0.0)
    repetitions = 300
    for _ in range(repetitions):
        levels = trend_coverage.levels_of(cell, draw)
        guesses = trend_coverage.predicted(levels, cell, draw)
        label, probability = np.full(180, -1), np.full(180, np.nan)
        for stratum, wanted in ((2, 30), (1, 15), (0, 15)):
            members = np.flatnonzero(guesses == stratum)
            chosen = draw.choice(members, min(wanted, len(members)), replace=False)
            label[chosen], probability[chosen] = levels[chosen], len(chosen) / len(members)
        one = Population(
            guesses,
            label,
            np.ones(180, dtype=np.int64),
            probability,
            np.zeros(180),
            tuple(map(str, range(180))),
        )
        for trait, least in (("strong", 2), ("at least moderate", 1)):
            made, true = estimate(corrected(one, trait)), float((levels >= least).mean())
            held[trait] += made.low - 1e-9 <= true <= made.high + 1e-9
            bias[trait] += (made.share - true) / repetitions
    assert min(held.values()) / repetitions >= LEAST
    assert max(abs(value) for value in bias.values()) < 0.01


def test_limits_cover_where_one_document_stands_for_28_parties() -> None:
    """Labelled or not: its level is drawn with the others', so its whole weight is at stake where it is not."""
    cell = trend_coverage.Cell("near", 0.8, 0.3, 60, 160)
    draw = np.random.default_rng(5)
    weight = np.ones(160, dtype=np.int64)
    weight[0] = 28
    held = {"strong": 0, "at least moderate": 0}
    repetitions = 300
    for _ in range(repetitions):
        levels = trend_coverage.levels_of(cell, draw)
        sample = draw.choice(160, 60, replace=False)
        alike = trend_coverage.population(levels, trend_coverage.predicted(levels, cell, draw), sample)
        one = replace(alike, weight=weight)
        for trait, least in (("strong", 2), ("at least moderate", 1)):
            made, true = (
                estimate(corrected(one, trait)),
                float(((levels >= least) * weight).sum() / weight.sum()),
            )
            held[trait] += made.low - 1e-9 <= true <= made.high + 1e-9
    assert min(held.values()) / repetitions >= LEAST
