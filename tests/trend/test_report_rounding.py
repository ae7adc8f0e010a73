"""Printed percents: every row sums to 100."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndc_urban.codebook import LEVELS
from ndc_urban.trend.rounding import largest_remainder, percent_of, printed_levels
from ndc_urban.trend.tables import AT_LEAST_MODERATE

counts = st.lists(st.integers(0, 400), min_size=3, max_size=3).filter(any)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=12).filter(lambda shares: sum(shares) > 1e-6))
def test_parts_sum_to_the_total_and_stay_near_their_own_value(shares: list[float]) -> None:
    parts = largest_remainder(shares)
    assert sum(parts) == 100
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - share / math.fsum(shares) * 100) < 1 + 1e-6


@given(counts)
def test_a_larger_share_is_never_printed_smaller(numbers: list[int]) -> None:
    parts = largest_remainder(numbers)
    for one in range(3):
        for other in range(3):
            if numbers[one] > numbers[other]:
                assert parts[one] >= parts[other]


@given(counts)
def test_a_row_of_levels_sums_to_100_and_at_least_moderate_is_the_sum_as_printed(numbers: list[int]) -> None:
    shares = dict(zip(LEVELS, (number / sum(numbers) for number in numbers), strict=True))
    printed = printed_levels(shares | {AT_LEAST_MODERATE: shares["moderate"] + shares["strong"]})
    assert printed["low"] + printed["moderate"] + printed["strong"] == 100
    assert printed[AT_LEAST_MODERATE] == printed["moderate"] + printed["strong"]


@given(counts, st.sampled_from([*LEVELS, AT_LEAST_MODERATE]))
def test_what_follows_from_the_others_is_worked_out(numbers: list[int], hidden: str) -> None:
    shares = dict(zip(LEVELS, (number / sum(numbers) for number in numbers), strict=True))
    shares[AT_LEAST_MODERATE] = shares["moderate"] + shares["strong"]
    assert printed_levels({key: share for key, share in shares.items() if key != hidden}) == printed_levels(
        shares
    )


@given(st.lists(st.floats(-0.05, 1.05), min_size=3, max_size=3).filter(lambda shares: max(shares) > 0))
def test_estimates_outside_of_0_to_1_still_print_a_row_of_100(shares: list[float]) -> None:
    printed = printed_levels(dict(zip(LEVELS, shares, strict=True)))
    assert sum(printed[level] for level in LEVELS) == 100
    assert min(printed.values()) >= 0


def test_the_published_counts_of_2022_print_as_published() -> None:
    published = {"low": 70 / 193, "moderate": 76 / 193, "strong": 47 / 193}
    assert printed_levels(published) == {"low": 36, "moderate": 40, "strong": 24, AT_LEAST_MODERATE: 64}


def test_two_published_figures_make_a_row() -> None:
    printed = printed_levels({"strong": 0.14, AT_LEAST_MODERATE: 0.6, "low": math.nan, "moderate": None})
    assert printed == {"low": 40, "moderate": 46, "strong": 14, AT_LEAST_MODERATE: 60}


def test_one_figure_alone_stays_alone() -> None:
    assert printed_levels({"strong": 0.145}) == {"strong": 15}
    assert printed_levels({}) == {}


@pytest.mark.parametrize("shares", [[0, 0, 0], [-1, 2], [math.nan, 1], []])
def test_no_whole_no_parts(shares: list[float]) -> None:
    with pytest.raises(ValueError, match="no shares of a whole"):
        largest_remainder(shares)


@given(st.floats(0, 1))
def test_a_percent_is_the_nearest(share: float) -> None:
    assert abs(percent_of(share) - share * 100) <= 0.5 + 1e-7
