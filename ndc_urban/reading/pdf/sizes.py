"""Font sizes that say nothing: Type 3 fonts set in any unit, text squeezed to a fraction. Boxes are more reliable."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ndc_urban.reading.pdf.glyphs import ASCENT, DESCENT, Glyphs, middle_of
from ndc_urban.reading.pdf.overprint import extent

_USUAL_WIDTH = 0.5
"""Ems of an average letter."""

_NARROW, _WIDE = 0.2, 2.0
"""An average letter is never narrower or wider than so many ems: condensed fonts have 0.35, Chinese has 1.0."""

_FEW_NARROW, _FEW_WIDE = 0.1, 4.0
"""The same for a few letters, which may all be "i" or "l" (0.22)."""

_ENOUGH = 12
"""Letters from which an average width is reliable."""

_TALL = 2.0
"""A box higher than so many sizes was made with the size that was wrong."""

_LEAST_SIZE = 0.01  # points: no letter is so small; a size of 0 must not divide
_SAME = 0.01  # share: a box as high as the size was made from the size alone and says nothing for it
_FLAT = 0.45
"""A box lower than this share of the size speaks against the size; that of a sound font has 0.9 to 1.4."""


def with_true_sizes(glyphs: Glyphs) -> tuple[Glyphs, bool]:
    """The glyphs with sizes as they are shown, and whether there were letters much narrower than their size says: a
    reader that compares by size may have lost some of them.
    """
    ink = glyphs.ink
    if not len(ink):
        return glyphs, False
    low, high = extent(glyphs, ink)
    box, size, width = glyphs.ink_box, glyphs.size[ink], high - low
    share = width / np.maximum(size, _LEAST_SIZE)
    odd = (share < _NARROW) | (share > _WIDE)
    if (
        odd.sum() < _ENOUGH / 2 and not ((share < _FEW_NARROW) | (share > _FEW_WIDE)).any()
    ):  # so on most pages
        return glyphs, False
    tall = np.where(glyphs.turn[ink] % 2 == 1, box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])
    new, narrow = size.copy(), False
    steps = np.round(size, 1)
    for step in np.unique(steps).tolist():
        own = steps == step
        usual, count = middle_of(width[own]), int(own.sum())
        least, most = (_NARROW, _WIDE) if count >= _ENOUGH else (_FEW_NARROW, _FEW_WIDE)
        if usual <= 0 or least * step <= usual <= most * step:
            continue
        narrow |= usual < step and count >= _ENOUGH
        height = middle_of(tall[own])
        if step <= 0 or height < _FLAT * step or usual > step or abs(height - step) < _SAME * step:
            new[own] = usual / _USUAL_WIDTH
    if (new == size).all():
        return glyphs, narrow
    sizes, boxes = glyphs.size.copy(), glyphs.box.copy()
    sizes[ink] = new
    wrong = ink[(tall > _TALL * new) & (new != size) & (glyphs.turn[ink] == 0)]
    boxes[wrong, 1] = glyphs.baseline[wrong] - ASCENT * sizes[wrong]
    boxes[wrong, 3] = glyphs.baseline[wrong] + DESCENT * sizes[wrong]
    return replace(glyphs, size=sizes, box=boxes), narrow
