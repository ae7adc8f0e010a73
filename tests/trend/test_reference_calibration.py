"""Calibration to a published round: cut points that give the published shares, applied unchanged."""

from __future__ import annotations

import numpy as np
import pytest

from ndc_urban.trend.estimates import Population
from ndc_urban.trend.reference_calibration import calibrate, calibrated, calibrated_change, levels_by
from ndc_urban.trend.tables import AT_LEAST_MODERATE

PUBLISHED = {AT_LEAST_MODERATE: 0.6, "strong": 0.14}


def population(score: list[float] | np.ndarray, weight: list[int] | None = None) -> Population:
    size = len(score)
    zeros = np.zeros(size, dtype=np.int64)
    return Population(
        zeros,
        zeros - 1,
        np.array(weight or [1] * size),
        np.full(size, np.nan),
        np.array(score, dtype=float),
        tuple(f"P{number:03d}" for number in range(size)),
    )


def test_the_reference_round_gets_the_published_shares() -> None:
    one = population(np.random.default_rng(1).normal(size=166))
    reference = calibrate("2016-17", one, PUBLISHED)
    assert calibrated(reference, one, AT_LEAST_MODERATE).share == pytest.approx(0.6, abs=0.5 / 166 + 1e-9)
    assert calibrated(reference, one, "strong").share == pytest.approx(0.14, abs=0.5 / 166 + 1e-9)


def test_the_cuts_are_applied_unchanged() -> None:
    one = population([float(number) for number in range(100)])
    reference = calibrate("first", one, PUBLISHED)
    assert reference.cuts == (39.5, 85.5)
    later = population([float(number) + 10 for number in range(100)])
    assert calibrated(reference, later, AT_LEAST_MODERATE).share == pytest.approx(0.7)
    assert calibrated(reference, later, "strong").share == pytest.approx(0.24)
    moved = calibrated_change(reference, one, later, "strong")
    assert moved.share == pytest.approx(0.10)
    assert moved.low < 0.10 < moved.high


def test_limits_hold_the_share_and_are_the_same_again() -> None:
    draw = np.random.default_rng(2)
    one, later = population(draw.normal(size=120)), population(draw.normal(0.4, size=110))
    reference = calibrate("first", one, PUBLISHED)
    first, second = calibrated(reference, later, "strong"), calibrated(reference, later, "strong")
    assert first == second
    assert 0 <= first.low <= first.share <= first.high <= 1
    assert 0.05 < first.high - first.low < 0.35


def test_equal_scores_are_never_parted() -> None:
    one = population([0.0] * 50 + [1.0] * 50)
    reference = calibrate("first", one, PUBLISHED)
    codes = levels_by(reference.cuts, one.score)
    assert len(set(codes[:50])) == 1
    assert len(set(codes[50:])) == 1
    assert calibrated(reference, one, AT_LEAST_MODERATE).share == 0.5


def test_a_document_for_many_parties_keeps_its_weight() -> None:
    one = population([float(number) for number in range(51)], weight=[1] * 50 + [28])
    reference = calibrate("first", population([float(number) for number in range(51)]), PUBLISHED)
    made = calibrated(reference, one, "strong")
    assert made.share == pytest.approx((28 + 6) / 78, abs=1 / 78)
    assert made.low >= 28 / 78
