"""Whether the picture that fills a page is print on paper or a photograph, by a small drawing of the page.

Thresholds were chosen by eye; figures of the alternatives are not on record.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ndc_urban.reading.pdf.drawing import drawn
from ndc_urban.reading.pdf.glyphs import Glyphs, Ints

WHOLE_PAGE = 0.7
"""Share of the page that the pictures of a scan cover at least; a chart across a page with margins has 0.5."""

SOME_GLYPHS = (20, 400)
"""A page with fewer letters than the first has no text in any case; one with more than the second has text of its own,
or text that was recognised. Only between the two the page is drawn, which takes longer than reading ten others."""

_SIDE = 600
"""Pixels of the longer side: letters are specks of two to six pixels then, still darker than the paper."""

_BLOCKS = 10
"""The page is looked at in so many rows and columns of blocks, as the light on a photographed page is uneven."""

_PAPER = 150
"""Paper is at least so bright (0 to 255)."""

_EVEN = 20
"""And as bright as the commonest shade around it, give or take."""

_PAPER_SHARE = 0.6
"""So much of a block is paper at least, where it is; of a block of dense print about 0.75 is."""

_PAPER_BLOCKS = 0.75
"""So many of the blocks are paper at least; of a scan all but those of stamps and pictures, of a photograph the sky."""

_DARKER = 60
"""Print is so much darker than paper at least."""

_PRINT_SHARE = (0.004, 0.3)
"""So much of the page is print: a line or two at least; blank paper has none, and no print covers a third."""


def may_be_scan(glyphs: Glyphs, picture: float) -> bool:
    """Whether it must be looked at what the pictures of a page are, which cover that share of it."""
    return picture > WHOLE_PAGE and SOME_GLYPHS[0] <= len(glyphs.ink) < SOME_GLYPHS[1]


def looks_printed(page: Any, glyphs: Glyphs, size: tuple[float, float]) -> bool:
    """Whether a loaded page of that size (width, height in points) is print on paper outside of its live text."""
    pixels = drawn(page, _SIDE)
    if pixels is None:
        return False
    grey = pixels[:, :, :3].mean(axis=2).astype(np.int64)
    tall, wide = grey.shape
    apart = np.ones(grey.shape, dtype=np.bool_)
    scale = np.array([wide / max(size[0], 1.0), tall / max(size[1], 1.0)] * 2)
    for left, top, right, bottom in np.clip(glyphs.box * scale, 0, _SIDE).astype(np.int64).tolist():
        apart[top : bottom + 1, left : right + 1] = False
    shades = [
        shade[inside]
        for rows, flags in zip(np.array_split(grey, _BLOCKS), np.array_split(apart, _BLOCKS), strict=True)
        for shade, inside in zip(
            np.array_split(rows, _BLOCKS, axis=1), np.array_split(flags, _BLOCKS, axis=1), strict=True
        )
        if inside.any()
    ]
    blocks = np.array([paper_and_print(each) for each in shades]).reshape(-1, 2)
    least, most = _PRINT_SHARE
    return (
        bool((blocks[:, 0].mean() >= _PAPER_BLOCKS) & (least <= blocks[:, 1].mean() <= most))
        if shades
        else False
    )


def paper_and_print(shades: Ints) -> tuple[bool, float]:
    """Whether a block is paper, by the grey of its pixels (n,), and which share of it is print."""
    paper = int(np.bincount(shades, minlength=256).argmax())
    is_paper = paper >= _PAPER and float((np.abs(shades - paper) <= _EVEN).mean()) >= _PAPER_SHARE
    return is_paper, float((shades < paper - _DARKER).mean())
