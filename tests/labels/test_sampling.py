"""Samples: probability samples that estimate without bias, and choices for training that say why."""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ndc_urban.errors import UsageError
from ndc_urban.labels.sampling import (
    MIN_PER_STRATUM,
    SamplingUnit,
    Stratum,
    allocation,
    choose_for_training,
    draw_for_estimate,
    needed_for,
    strata_of,
    width,
)

LEVELS = ("low", "moderate", "strong")
MIDDLE = {"low": (0.1, 0.02), "moderate": (0.9, 0.2), "strong": (0.99, 0.85)}


def units(counts: dict[str, int], *, seed: int = 0) -> list[SamplingUnit]:
    chance = random.Random(seed)
    found = []
    for level, count in counts.items():
        for number in range(count):
            found.append(
                SamplingUnit(
                    key=f"{level}{number:04d}",
                    document=f"XAA_{level}{number}",
                    stratum=level,
                    outcomes=MIDDLE[level],
                    uncertainty=chance.random(),
                    uncertainty_reason="the model cannot decide between low and moderate",
                    disagreement="two views differ" if number % 7 == 0 else "",
                    attributes=frozenset({f"language {number % 4}", f"sector {number % 3}"}),
                    columns={"sha256": f"{number:064d}", "path": f"{level}{number}.pdf"},
                )
            )
    return found


POPULATION = units({"low": 80, "moderate": 60, "strong": 25})


def test_the_inclusion_probability_is_that_of_the_stratum() -> None:
    sample = draw_for_estimate(POPULATION, 60, seed=1)
    drawn = Counter(pick.unit.stratum for pick in sample.units)
    size = Counter(each.stratum for each in POPULATION)
    assert sum(drawn.values()) == 60
    for pick in sample.units:
        stratum = pick.unit.stratum
        assert pick.inclusion_probability == pytest.approx(drawn[stratum] / size[stratum])
    assert len({pick.unit.key for pick in sample.units}) == 60


def test_every_unit_is_drawn_as_often_as_its_probability_says() -> None:
    often: Counter[str] = Counter()
    repeats = 400
    for seed in range(repeats):
        often.update(pick.unit.key for pick in draw_for_estimate(POPULATION, 40, seed).units)
    probability = {
        each.name: each.drawn / each.population for each in draw_for_estimate(POPULATION, 40, 0).strata
    }
    for each in POPULATION:
        p = probability[each.stratum]
        assert abs(often[each.key] / repeats - p) < 5 * math.sqrt(p * (1 - p) / repeats)


def test_weighting_by_the_probabilities_gives_the_truth_on_average() -> None:
    truth = {each.key: random.Random(each.key).random() < each.outcomes[0] for each in POPULATION}
    share = sum(truth.values()) / len(POPULATION)
    estimates = []
    for seed in range(400):
        picks = draw_for_estimate(POPULATION, 40, seed).units
        total = sum(truth[pick.unit.key] / (pick.inclusion_probability or 1) for pick in picks)
        estimates.append(total / len(POPULATION))
    assert np.mean(estimates) == pytest.approx(share, abs=4 * np.std(estimates) / math.sqrt(400))


def test_the_seed_and_nothing_else_decides_the_draw() -> None:
    shuffled = random.Random(5).sample(POPULATION, len(POPULATION))
    one, same = draw_for_estimate(POPULATION, 30, 7), draw_for_estimate(shuffled, 30, 7)
    assert [pick.unit.key for pick in one.units] == [pick.unit.key for pick in same.units]
    assert one.units != draw_for_estimate(POPULATION, 30, 8).units


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines may be busy
@given(
    st.lists(st.tuples(st.integers(1, 60), st.floats(0.001, 0.25)), min_size=1, max_size=5),
    st.integers(0, 200),
)
def test_an_allocation_fits_the_strata_and_no_exchange_betters_it(
    shape: list[tuple[int, float]], more: int
) -> None:
    strata = [Stratum(str(n), size, 0, (variance,)) for n, (size, variance) in enumerate(shape)]
    least = sum(min(size, MIN_PER_STRATUM) for size, _ in shape)
    number = min(least + more, sum(size for size, _ in shape))
    sizes = allocation(strata, number)
    assert sum(sizes.values()) == number
    assert all(
        min(each.population, MIN_PER_STRATUM) <= sizes[each.name] <= each.population for each in strata
    )

    def variance(of: dict[str, int]) -> float:
        return sum(
            each.population**2 * each.variances[0] * (1 / of[each.name] - 1 / each.population)
            for each in strata
        )

    floor = {each.name: min(each.population, 5) for each in strata}
    if sum(floor.values()) <= number:
        for giver in strata:
            for taker in strata:
                changed = sizes | {giver.name: sizes[giver.name] - 1}
                changed[taker.name] += 1
                if changed[giver.name] >= floor[giver.name] and changed[taker.name] <= taker.population:
                    assert variance(changed) >= variance(sizes) * (1 - 1e-9)


def test_the_labels_needed_are_the_fewest_that_keep_the_width() -> None:
    for points in (0.05, 0.1, 0.2, 0.3):
        needed = needed_for(POPULATION, points)
        assert (draw_for_estimate(POPULATION, needed, 1).expected_width or 0) <= points
        if needed > 3 * MIN_PER_STRATUM:
            assert (draw_for_estimate(POPULATION, needed - 1, 1).expected_width or 1) > points
    assert needed_for(POPULATION, 0.0001) == len(POPULATION)


def test_a_census_has_no_sampling_error_and_a_sure_model_none_that_is_zero() -> None:
    strata = strata_of(POPULATION)
    assert width([replace(each, drawn=each.population) for each in strata]) == 0
    sure = [replace(each, outcomes=(1.0, 1.0)) for each in POPULATION]
    assert (draw_for_estimate(sure, 30, 1).expected_width or 0) > 0


@pytest.mark.parametrize("number", [5, 166, 1000])
def test_too_few_and_too_many_are_refused_with_a_remedy(number: int) -> None:
    with pytest.raises(UsageError) as caught:
        draw_for_estimate(POPULATION, number, 1)
    assert caught.value.remedy


@pytest.mark.parametrize("points", [0, 1, -0.2, float("nan")])
def test_an_impossible_width_is_refused(points: float) -> None:
    with pytest.raises(UsageError, match="wide"):
        needed_for(POPULATION, points)


def test_a_choice_for_training_says_why_and_is_marked_unusable() -> None:
    sample = choose_for_training(POPULATION, 20, seed=1)
    rows = sample.rows()
    assert len(rows) == 20
    assert {row["usable_for_estimation"] for row in rows} == {"no"}
    assert {row["inclusion_probability"] for row in rows} == {""}
    kinds = Counter(row["reason"].split(":")[0] for row in rows)
    assert kinds == {"all strata": 4, "disagreement": 4, "uncertain": 8, "diverse": 4}
    assert {row["stratum"] for row in rows} == set(LEVELS)


def test_the_most_doubtful_are_chosen() -> None:
    plain = [replace(each, disagreement="") for each in POPULATION]
    picks = choose_for_training(plain, 20, seed=1).units
    uncertain = [pick.unit.uncertainty for pick in picks if pick.reason.startswith("uncertain")]
    others = {each.uncertainty for each in plain} - {pick.unit.uncertainty for pick in picks}
    assert min(uncertain) > max(others)


def test_a_population_that_is_small_is_chosen_whole_and_more_is_refused() -> None:
    few = units({"low": 2, "strong": 1})
    assert len(choose_for_training(few, 3, seed=1).units) == 3
    with pytest.raises(UsageError, match="3 to draw from"):
        choose_for_training(few, 4, seed=1)
    with pytest.raises(UsageError, match="0 to draw from"):
        choose_for_training([], 1, seed=1)


def test_a_row_of_an_estimate_holds_what_trend_needs() -> None:
    row = draw_for_estimate(POPULATION, 30, seed=9, model="m" * 64).rows()[0]
    assert row["usable_for_estimation"] == "yes"
    assert 0 < float(row["inclusion_probability"]) <= 1
    assert (row["seed"], row["model"], row["purpose"]) == ("9", "m" * 64, "estimate")
    assert int(row["stratum_drawn"]) <= int(row["stratum_population"])
