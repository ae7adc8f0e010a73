"""The colours of the figures, and the contrast of text on them.

The three levels run from light to dark, so that their order is visible without colour. Luminance and contrast follow
WCAG 2.2. The tests also check the colours in grey and for colour-blind readers (tests/support/colour_vision.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

LEVEL_COLOURS: Mapping[str, str] = MappingProxyType(
    {"low": "#EADFC4", "moderate": "#63A9B8", "strong": "#14375E"}
)
INK = "#1F2328"
QUIET_INK = "#565C63"
LINE = "#8A9098"
PAPER = "#FFFFFF"
BLACK = "#000000"
NOTHING = "#F4F4F4"
"""For a document without a level: nearly white, and always hatched."""
HATCH = "////"
HEAT = ("#FFFFFF", "#CFE3E6", "#7DB8C4", "#2B6A8C", "#14375E")
"""From 0 to 100%, each step darker than the one before."""

_LUMINANCE = (0.2126, 0.7152, 0.0722)
"""Weights of red, green and blue in WCAG 2.2, as the constants of `linear` and `contrast`."""


def linear(colour: str) -> npt.NDArray[np.float64]:
    """The linear RGB values, 0 to 1, of a colour such as `#14375E`."""
    values = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    """Relative luminance: 0 is black, 1 is white.

    >>> luminance("#000000"), round(luminance("#FFFFFF"), 6)
    (0.0, 1.0)
    """
    return float(linear(colour) @ np.array(_LUMINANCE))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21; text needs 4.5 or more."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(colour: str) -> str:
    """Black or white text, whichever has the higher contrast on `colour`."""
    return max((BLACK, PAPER), key=lambda ink: contrast(ink, colour))


def heat_colour(share: float) -> str:
    """The colour of a share between 0 and 1, between the steps of `HEAT`."""
    place = min(max(share, 0.0), 1.0) * (len(HEAT) - 1)
    below = min(int(place), len(HEAT) - 2)
    one, other = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in HEAT[below : below + 2])
    mixed = one + (other - one) * (place - below)
    return "#" + "".join(f"{round(float(value)):02X}" for value in mixed)
