"""Limits of shares, totals and differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndc_urban.trend.intervals import (
    Stratum,
    beta_binomial,
    correlation,
    difference_limits,
    effective_number,
    total_limits,
    wilson,
)


def test_wilson_as_in_the_literature() -> None:
    # Newcombe (1998), table I: 81 of 263 and 0 of 20
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0.0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_wilson_of_nothing_is_undefined() -> None:
    assert all(math.isnan(limit) for limit in wilson(0.5, 0))


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_stays_between_0_and_1(counts: tuple[int, int]) -> None:
    found, n = counts
    low, high = wilson(found / n, n)
    assert 0 <= low <= found / n <= high <= 1


def test_newcombes_paired_example() -> None:
    """Newcombe (1998b), method 10, example of 36 pairs; our correlation is without his correction."""
    first = (0.4, *wilson(0.4, 100))
    same = difference_limits(first, first, 1.0)
    assert same == pytest.approx((-abs(first[0] - first[1] - first[2] + first[0]), -same[0]), abs=1e-9)
    independent = difference_limits(first, first, 0.0)
    assert independent[0] < same[0] < 0 < same[1] < independent[1]


def test_a_whole_census_has_no_uncertainty() -> None:
    strata = [Stratum(30, 4, 0), Stratum(10, 9, 0)]
    assert total_limits(strata) == (13, 13)


def test_no_error_seen_is_not_certainty() -> None:
    low, high = total_limits([Stratum(30, 0, 130)])
    assert low == 0
    assert 5 <= high <= 25


def test_limits_are_symmetric_under_the_complement() -> None:
    strata = [Stratum(20, 3, 50), Stratum(15, 12, 25)]
    mirrored = [Stratum(20, 17, 50), Stratum(15, 3, 25)]
    total = 20 + 50 + 15 + 25
    low, high = total_limits(strata)
    other_low, other_high = total_limits(mirrored)
    assert (total - other_high, total - other_low) == pytest.approx((low, high), abs=1)


def test_a_heavy_unlabelled_unit_widens_the_limits_by_its_weight() -> None:
    light = total_limits([Stratum(40, 20, 41)])
    heavy = total_limits([Stratum(40, 20, 40, heavy=(28,))])
    assert heavy[1] - heavy[0] > light[1] - light[0] + 20


@given(st.integers(0, 60), st.floats(0.2, 40), st.floats(0.2, 40))
def test_the_beta_binomial_sums_to_one_with_the_known_mean(units: int, a: float, b: float) -> None:
    probabilities = beta_binomial(units, a, b)
    assert probabilities.sum() == pytest.approx(1.0)
    assert float((np.arange(units + 1) * probabilities).sum()) == pytest.approx(units * a / (a + b), abs=1e-6)


def test_heavy_units_are_drawn_with_the_others() -> None:
    """Exchangeable: a heavy unit of weight 1 is one more ordinary unit."""
    assert total_limits([Stratum(10, 4, 19, heavy=(1,))]) == total_limits([Stratum(10, 4, 20)])


def test_effective_number_and_correlation() -> None:
    assert effective_number(np.array([2.0, 2.0, 2.0])) == pytest.approx(3)
    assert effective_number(np.array([28.0, 1.0, 1.0])) < 1.2
    assert correlation(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0])) == pytest.approx(1)
    assert correlation(np.array([1.0, 1.0, 1.0]), np.array([2.0, 4.0, 6.0])) == 0
    assert correlation(np.array([1.0]), np.array([2.0])) == 0
