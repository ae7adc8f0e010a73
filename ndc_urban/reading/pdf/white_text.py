"""Text in the white of the paper: seen on a dark ground, by nobody on paper. The page is drawn to distinguish the two,
which takes longer than reading it; few pages have such text.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ndc_urban.reading.pdf.drawing import drawn
from ndc_urban.reading.pdf.glyphs import Bools, Glyphs

_SIDE = 600
"""Pixels of the longer side: a letter has two or more of them, and the ground around it shows."""

_NEARLY_WHITE = 245
"""Of 255: white, with what smoothing and colour conversion take off; chosen by eye."""

_MOST = 0.5
"""A word is unseen where more than this share of its letters is: other print may touch some of them."""


def shows_nothing(page: Any, glyphs: Glyphs, white: Bools, size: tuple[float, float]) -> Bools:
    """Which of the `white` glyphs (n,) of a loaded page belong to words on nothing but white, (n,); `size` is that of
    the shown page in points. None of them where the page cannot be drawn.
    """
    pixels = drawn(page, _SIDE)
    if pixels is None or min(size) <= 0:
        return np.zeros(len(glyphs), dtype=np.bool_)
    darkest = np.minimum(np.minimum(pixels[:, :, 0], pixels[:, :, 1]), pixels[:, :, 2])
    tall, wide = darkest.shape
    scale = np.array([wide / size[0], tall / size[1]] * 2)
    corners = np.clip(glyphs.box[white] * scale, 0, [wide - 1, tall - 1] * 2).astype(np.int64)
    blank_around = [
        int(darkest[top : bottom + 1, left : right + 1].min()) >= _NEARLY_WHITE
        for left, top, right, bottom in corners.tolist()
    ]
    words = np.cumsum(glyphs.blank)
    count = np.bincount(words[white], minlength=int(words[-1]) + 1)
    share = np.bincount(words[white], weights=blank_around, minlength=len(count)) / np.maximum(count, 1)
    return np.asarray(white & (share > _MOST)[words], dtype=np.bool_)
