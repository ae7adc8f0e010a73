"""What stands around the corrected shares: designs, heavy units, errors of labels, length, other shares."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ndc_urban.trend.corrections import Moves, corrected_content, corrected_moves, merged
from ndc_urban.trend.estimates import (
    Estimate,
    Ints,
    Population,
    Refused,
    change,
    corrected,
    has_trait,
    labelled,
)
from ndc_urban.trend.label_error import (
    EITHER,
    TOO_HIGH,
    TOO_LOW,
    allowing_for,
    misclassification,
    true_shares,
    with_label_error,
)
from ndc_urban.trend.length import Documents, at_equal_length
from ndc_urban.trend.reference_calibration import calibrate, calibrated
from ndc_urban.trend.tables import AT_LEAST_MODERATE


def population(
    predicted: Ints, label: Ints, probability: float | list[float] = 0.75, weight: Ints | None = None
) -> Population:
    size = len(predicted)
    chance = np.where(label >= 0, np.broadcast_to(np.asarray(probability, dtype=float), size), np.nan)
    return Population(
        predicted,
        label,
        np.ones(size, dtype=np.int64) if weight is None else weight,
        chance,
        np.linspace(-3, 3, size),
        tuple(f"P{number}" for number in range(size)),
    )


def shown(result: Estimate | Refused) -> Estimate:
    assert isinstance(result, Estimate)
    return result


def levels(*counts: int) -> Ints:
    return np.repeat(np.arange(3), counts).astype(np.int64)


@pytest.mark.parametrize("estimate", [corrected, labelled])
def test_everything_labelled_is_exact_also_with_unequal_probabilities(estimate: object) -> None:
    label = levels(20, 15, 10)
    chances = [0.3 if number % 3 else 0.9 for number in range(len(label))]
    result = shown(
        (corrected if estimate is corrected else labelled)(
            population(np.roll(label, 4), label, chances), "strong"
        )
    )
    assert (result.share, result.low, result.high) == pytest.approx((10 / 45, 10 / 45, 10 / 45))


def test_labels_of_another_design_are_refused_at_four_standard_deviations() -> None:
    predicted = levels(40, 40, 20)
    label = np.where(np.arange(100) % 2 == 0, predicted, -1)
    assert isinstance(corrected(population(predicted, label, 0.5), "strong"), Estimate)
    # 50 labels with 0.4: 125 for 100 documents, 2.0 deviations of 12.2; with 0.3: 167, 4.4 deviations of 15.3
    assert isinstance(corrected(population(predicted, label, 0.4), "strong"), Estimate)
    refused = corrected(population(predicted, label, 0.3), "strong")
    assert isinstance(refused, Refused)
    assert "4 standard deviations" in refused.reason


def test_a_heavy_document_is_found_and_left_out() -> None:
    weight = np.array([1] * 40 + [28], dtype=np.int64)
    one = population(levels(20, 20, 1), levels(20, 20, 1), 1.0, weight)
    assert one.heaviest == 40
    rest = one.without_heaviest()
    assert rest is not None
    assert shown(corrected(one, "strong")).share == pytest.approx(28 / 68)
    assert shown(corrected(rest, "strong")).share == 0
    assert population(levels(20, 20, 1), levels(20, 20, 1)).without_heaviest() is None


@pytest.mark.parametrize("direction", [EITHER, TOO_HIGH, TOO_LOW])
def test_errors_of_labels_are_undone(direction: str) -> None:
    true = np.array([0.4, 0.35, 0.25])
    matrix = misclassification(0.1, direction)
    assert matrix.sum(axis=1) == pytest.approx([1, 1, 1])
    assert true_shares(true @ matrix, 0.1, direction) == pytest.approx(true)


def test_labels_that_are_too_high_lower_the_share() -> None:
    one = population(levels(40, 30, 30), levels(40, 30, 30), 1.0)
    high, low = (shown(with_label_error(one, "strong", 0.1, each)) for each in (TOO_HIGH, TOO_LOW))
    # too high: low 0.4 / 0.9, moderate (0.3 - 0.1 * low) / 0.9, strong 0.3 - 0.1 * moderate; too low: 0.3 / 0.9
    assert high.share == pytest.approx(0.3 - 0.1 * (0.3 - 0.1 * 0.4 / 0.9) / 0.9)
    assert low.share == pytest.approx(0.3 / 0.9)


def test_a_bias_in_5_percent_of_the_labels_is_covered_when_it_is_allowed_for() -> None:
    draw = np.random.default_rng(14)
    held = {"plain": 0, "allowed": 0}
    repetitions = 60
    for _ in range(repetitions):
        true = draw.choice(3, 160, p=[0.4, 0.35, 0.25])
        predicted = np.where(draw.random(160) < 0.85, true, np.clip(true + draw.choice([-1, 1], 160), 0, 2))
        told = np.where(draw.random(160) < 0.05, np.clip(true + 1, 0, 2), true)
        one = population(predicted, np.where(draw.random(160) < 0.75, told, -1))
        truth = float(has_trait(true, "strong").mean())
        for name, rate in (("plain", 0.0), ("allowed", 0.05)):
            result = shown(allowing_for(one, "strong", rate))
            held[name] += result.low - 1e-9 <= truth <= result.high + 1e-9
    assert held["plain"] / repetitions < 0.85
    assert held["allowed"] / repetitions >= 0.93


def test_longer_texts_of_equal_density_show_no_change_at_equal_length() -> None:
    draw = np.random.default_rng(3)
    inside, repetitions = 0, 40
    for _ in range(repetitions):
        characters = [np.exp(draw.normal(np.log(median), 0.7, 100)) for median in (24_000, 50_000, 95_000)]
        together = np.concatenate(characters)
        urban = draw.poisson(together / 100_000 * 8) >= 4
        rounds = tuple(name for name in "abc" for _ in range(100))
        found = at_equal_length(
            Documents(together, urban.astype(float), rounds, tuple(f"P{n % 100}" for n in range(300)))
        )
        assert urban[200:].mean() - urban[:100].mean() > 0.3
        inside += found["c"].odds_low <= 1 <= found["c"].odds_high
    assert inside / repetitions >= 0.9


def test_a_real_change_of_density_is_seen_at_equal_length() -> None:
    draw = np.random.default_rng(4)
    characters = np.exp(draw.normal(np.log(50_000), 0.7, 300))
    urban = draw.poisson(characters / 100_000 * np.repeat([4, 12], 150)) >= 4
    rounds = tuple(name for name in "ab" for _ in range(150))
    found = at_equal_length(
        Documents(characters, urban.astype(float), rounds, tuple(f"P{n}" for n in range(300)))
    )
    assert found["b"].odds_low > 1
    assert found["b"].share > found["a"].share


def test_content_that_the_model_misses_is_corrected() -> None:
    truth = [number % 2 == 0 for number in range(80)]
    predicted = [has and number % 10 != 0 for number, has in enumerate(truth)]
    known = [has if number % 3 else None for number, has in enumerate(truth)]
    cells = corrected_content(predicted, known, [2 / 3 if value is not None else np.nan for value in known])
    assert cells["reliable"] == "yes"
    assert cells["corrected"] > sum(predicted) / 80
    assert cells["corrected_low"] <= 0.5 <= cells["corrected_high"]


@pytest.mark.parametrize(
    ("known", "reason"), [([None] * 60, "the labels do not say"), ([True] * 20 + [None] * 40, "at least 30")]
)
def test_content_without_labels_is_marked_as_unreliable(known: list[bool | None], reason: str) -> None:
    cells = corrected_content([True] * 60, known, [0.5] * 60)
    assert cells["reliable"].startswith("no: ")
    assert reason in cells["reliable"]
    assert np.isnan(cells["corrected"])


def test_a_round_without_a_scored_document_has_no_corrected_content() -> None:
    assert corrected_content([], [], [])["reliable"] == "no: the labels do not say"


def test_moves_are_those_of_the_labels_where_all_are_labelled() -> None:
    before, after = levels(20, 20, 10), np.roll(levels(20, 20, 10), 7)
    moves = Moves((before, np.clip(after + 1, 0, 2)), (before, after), np.full(50, 1.0), np.full(50, True))
    result = corrected_moves(moves)
    assert not isinstance(result, Refused)
    for pair, (of_all, of_from) in result.items():
        number = int(((before == pair[0]) & (after == pair[1])).sum())
        assert of_all.share == pytest.approx(number / 50)
        assert of_from.share == pytest.approx(number / int((before == pair[0]).sum()))
    too_few = Moves((before, after), (np.full(50, -1), after), np.full(50, 0.75), np.full(50, True))
    assert isinstance(corrected_moves(too_few), Refused)


def test_labels_of_unchanged_texts_say_nothing_of_a_move() -> None:
    before = levels(20, 20, 10)
    other = np.arange(50) >= 44
    after = np.where(other, 0, before)
    label = np.where(other, -1, before)
    chance = np.where(other, np.nan, 0.9)
    refused = corrected_moves(Moves((before, after), (before, label), chance, other))
    assert isinstance(refused, Refused)
    assert "of 6 Parties with another text in the second round none have labels" in refused.reason
    known = corrected_moves(Moves((before, after), (before, after), np.full(50, 0.9), other))
    assert not isinstance(known, Refused)
    assert known[2, 0][0].share == pytest.approx(6 / 50)


def test_a_change_with_only_unchanged_texts_labelled_is_refused() -> None:
    before = levels(20, 20, 10)
    other = np.arange(50) >= 44
    texts = tuple(str(number) for number in range(50))
    one = replace(population(before, before), text=texts)
    later = replace(
        population(np.where(other, 0, before), np.where(other, -1, before)),
        text=tuple("new" + text if changed else text for text, changed in zip(texts, other, strict=True)),
    )
    for estimate in ("corrected", "labelled"):
        assert isinstance(change(one, later, "strong", estimate), Refused)
        assert not isinstance(change(one, replace(later, text=texts), "strong", estimate), Refused)
    assert not isinstance(change(one, later, "strong", "count"), Refused)


def test_a_move_without_labels_joins_the_nearest() -> None:
    strata = np.array([0, 0, 4, 8, 5])
    sampled = np.array([True, True, True, False, False])
    assert merged(strata, sampled, 3).tolist() == [0, 0, 4, 4, 4]


def test_the_anchor_is_drawn_within_the_rounding_and_the_restatement() -> None:
    one = population(levels(80, 60, 26), levels(80, 60, 26))
    published = {AT_LEAST_MODERATE: 0.6, "strong": 0.14}
    fixed = calibrate("2016-17", one, published)
    spans = {AT_LEAST_MODERATE: ((0.595, 0.605),), "strong": ((0.135, 0.145), (0.155, 0.165))}
    drawn = calibrate("2016-17", one, published, spans)
    narrow, wide = (calibrated(each, one, "strong") for each in (fixed, drawn))
    assert wide.share == narrow.share
    assert wide.high >= 0.155
    assert narrow.high < 0.155
