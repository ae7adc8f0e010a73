"""How colours look in grey and to colour-blind readers.

Colour blindness is simulated as in Machado, Oliveira and Fernandes 2009 (full severity, linear RGB).
Lightness is CIE L*.
"""

from __future__ import annotations

import numpy as np

from ndc_urban.trend.figures.palette import linear, luminance

RGB = tuple[float, float, float]

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


def seen_with(matrix: tuple[RGB, RGB, RGB], colour: str) -> str:
    """The colour as a reader with that colour blindness sees it; `matrix` is `DEUTERANOPIA` or `PROTANOPIA`."""
    values = np.clip(np.array(matrix) @ linear(colour), 0, 1)
    gamma = np.where(values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(float(value) * 255):02X}" for value in gamma)


def lightness(colour: str) -> float:
    """CIE L*, 0 to 100: equal steps look equally far apart in grey."""
    y = luminance(colour)
    return 116 * y ** (1 / 3) - 16 if y > 216 / 24389 else y * 24389 / 27
