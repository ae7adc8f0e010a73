"""The colours of levels in a report can be told apart in grey and by colour-blind readers, and their text be read."""

from __future__ import annotations

import itertools

import pytest
from colour_vision import DEUTERANOPIA, PROTANOPIA, lightness, seen_with

from ndc_urban.trend.figures.palette import LEVEL_COLOURS, luminance

TEXT = {"low": "#000000", "moderate": "#000000", "strong": "#FFFFFF"}
"""As report.css has it."""
LEAST_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3."""
LEAST_STEP = 15
"""Steps of lightness (CIE L*) that are told apart at a glance; chosen by eye."""


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    "matrix", [None, DEUTERANOPIA, PROTANOPIA], ids=["all", "deuteranopia", "protanopia"]
)
def test_levels_differ_in_lightness_and_their_text_can_be_read(
    matrix: tuple[tuple[float, float, float], ...],
) -> None:
    seen = {level: seen_with(matrix, colour) if matrix else colour for level, colour in LEVEL_COLOURS.items()}
    for one, other in itertools.combinations(seen.values(), 2):
        assert abs(lightness(one) - lightness(other)) >= LEAST_STEP
    for level, colour in seen.items():
        assert contrast(colour, TEXT[level]) >= LEAST_CONTRAST
