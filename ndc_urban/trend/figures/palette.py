"""Colours that tell the levels apart for colour-blind readers and in grey, and the measures that prove it.

The three levels run from light to dark, so that their order shows without colour. Luminance and contrast are those of
WCAG 2.2; colour blindness is simulated as in Machado, Oliveira and Fernandes 2009 (full severity, linear RGB).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

RGB = tuple[float, float, float]

LEVEL_COLOURS: Mapping[str, str] = MappingProxyType(
    {"low": "#EADFC4", "moderate": "#63A9B8", "strong": "#14375E"}
)
INK = "#1F2328"
QUIET_INK = "#565C63"
LINE = "#8A9098"
PAPER = "#FFFFFF"
BLACK = "#000000"
NOTHING = "#F4F4F4"
"""Where there is no level: nearly white, and always hatched too."""
HATCH = "////"
HEAT = ("#FFFFFF", "#CFE3E6", "#7DB8C4", "#2B6A8C", "#14375E")
"""From nothing to all, each step darker than the one before."""

DEUTERANOPIA = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
PROTANOPIA = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)

_LUMINANCE = (0.2126, 0.7152, 0.0722)


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
    """Black or white text, whichever reads better on `colour`."""
    return max((BLACK, PAPER), key=lambda ink: contrast(ink, colour))


def seen_with(matrix: tuple[RGB, RGB, RGB], colour: str) -> str:
    """The colour as a reader with that colour blindness sees it; `matrix` is `DEUTERANOPIA` or `PROTANOPIA`."""
    values = np.clip(np.array(matrix) @ linear(colour), 0, 1)
    gamma = np.where(values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(float(value) * 255):02X}" for value in gamma)


def lightness(colour: str) -> float:
    """CIE L*, 0 to 100: equal steps look equally far apart in grey."""
    y = luminance(colour)
    return 116 * y ** (1 / 3) - 16 if y > 216 / 24389 else y * 24389 / 27


def heat_colour(share: float) -> str:
    """The colour of a share between 0 and 1, between the steps of `HEAT`."""
    place = min(max(share, 0.0), 1.0) * (len(HEAT) - 1)
    below = min(int(place), len(HEAT) - 2)
    one, other = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in HEAT[below : below + 2])
    mixed = one + (other - one) * (place - below)
    return "#" + "".join(f"{round(float(value)):02X}" for value in mixed)
