"""Colours hold for colour-blind readers, in grey, and under the text that stands on them."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from colour_vision import DEUTERANOPIA, PROTANOPIA, RGB, lightness, seen_with
from hypothesis import given
from hypothesis import strategies as st

from ndc_urban.trend.figures.palette import (
    HEAT,
    LEVEL_COLOURS,
    NOTHING,
    PAPER,
    QUIET_INK,
    contrast,
    heat_colour,
    ink_on,
    linear,
    luminance,
)

PAIRS = list(combinations(LEVEL_COLOURS.values(), 2))
FAR_APART = 20
"""Steps of CIE L*: areas this far apart can be distinguished in print without colour."""


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_levels_differ_in_grey(one: str, other: str) -> None:
    assert abs(lightness(one) - lightness(other)) >= FAR_APART


@pytest.mark.parametrize("matrix", [DEUTERANOPIA, PROTANOPIA], ids=["deuteranopia", "protanopia"])
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_levels_differ_for_colour_blind_readers(one: str, other: str, matrix: tuple[RGB, RGB, RGB]) -> None:
    assert abs(lightness(seen_with(matrix, one)) - lightness(seen_with(matrix, other))) >= FAR_APART


def test_levels_get_darker_with_urban_content() -> None:
    steps = [lightness(LEVEL_COLOURS[level]) for level in ("low", "moderate", "strong")]
    assert steps == sorted(steps, reverse=True)


def test_simulated_grey_stays_grey() -> None:
    """The rows of the matrices sum to 1, so what has no colour has none for anyone."""
    for matrix in (DEUTERANOPIA, PROTANOPIA):
        assert seen_with(matrix, "#808080") == "#808080"


def test_the_simulation_confuses_red_and_green() -> None:
    red, green = "#C00000", "#507000"
    apart = abs(linear(red) - linear(green)).sum()
    seen = abs(linear(seen_with(DEUTERANOPIA, red)) - linear(seen_with(DEUTERANOPIA, green))).sum()
    assert seen < apart / 2


@given(st.floats(0, 1))
def test_numbers_read_on_every_heat(share: float) -> None:
    colour = heat_colour(share)
    assert contrast(ink_on(colour), colour) >= 4.5


@pytest.mark.parametrize("colour", [*LEVEL_COLOURS.values(), NOTHING, PAPER, *HEAT])
def test_text_reads_on_every_area(colour: str) -> None:
    assert contrast(ink_on(colour), colour) >= 4.5


def test_quiet_text_reads_on_paper() -> None:
    assert contrast(QUIET_INK, PAPER) >= 4.5


def test_heat_gets_darker_all_the_way() -> None:
    steps = [luminance(heat_colour(percent / 100)) for percent in range(101)]
    assert all(before > after for before, after in pairwise(steps))
    assert heat_colour(-1) == HEAT[0]
    assert heat_colour(2) == HEAT[-1]
