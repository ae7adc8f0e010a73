"""Printed percents: every row sums to 100."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from ndc_urban.codebook import LEVELS
from ndc_urban.trend.rounding import percent_of, printed_levels
from ndc_urban.trend.tables import AT_LEAST_MODERATE

counts = st.lists(st.integers(0, 400), min_size=3, max_size=3).filter(any)


@given(counts, counts)
def test_equal_counts_print_equally(one: list[int], other: list[int]) -> None:
    """Strong and at least moderate are rounded by themselves: the rest of the row does not matter."""
    total = max(sum(one), sum(other))
    strong = min(one[2], other[2])
    upper = min(max(strong, one[1]), total)
    rows = [
        {"low": (total - upper) / total, "moderate": (upper - strong) / total, "strong": strong / total},
        {"strong": strong / total, AT_LEAST_MODERATE: upper / total},
    ]
    printed = [printed_levels(row) for row in rows]
    assert printed[0] == printed[1]
    assert printed[0]["strong"] == percent_of(strong / total)
    assert printed[0][AT_LEAST_MODERATE] == percent_of(upper / total)


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


@given(st.floats(0, 1))
def test_a_percent_is_the_nearest(share: float) -> None:
    assert abs(percent_of(share) - share * 100) <= 0.5 + 1e-7
