"""Pages whose text runs sideways, as annex tables do: turned upright for reading, boxes turned back
afterwards.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ndc_urban.document import BBox
from ndc_urban.reading.pdf.glyphs import Floats, Glyphs, PageContent


def turned_upright(content: PageContent) -> tuple[PageContent, int]:
    """The page turned so that most of its text is upright, and the quarter turns anticlockwise that it
    took.
    """
    glyphs = content.glyphs
    if not len(glyphs.ink):
        return content, 0
    turns = int(np.bincount(glyphs.turn[glyphs.ink], minlength=4).argmax())
    if turns == 0:
        return content, 0
    width, height = content.width, content.height
    turned = replace(
        content,
        width=height if turns % 2 else width,
        height=width if turns % 2 else height,
        glyphs=_turned_glyphs(glyphs, turns, width, height),
        rulings=turned_boxes(content.rulings, turns, width, height),
        fills=turned_boxes(content.fills, turns, width, height),
    )
    return turned, turns


def _turned_glyphs(glyphs: Glyphs, turns: int, width: float, height: float) -> Glyphs:
    # upright text has its baseline at a height on the page, text set sideways at a distance from the left
    upright = glyphs.turn % 2 == 0
    x_base = width - glyphs.baseline if turns in (1, 2) else glyphs.baseline
    y_base = height - glyphs.baseline if turns in (2, 3) else glyphs.baseline
    return Glyphs(
        glyphs.text,
        turned_boxes(glyphs.box, turns, width, height),
        np.where(upright, y_base, x_base),
        glyphs.size,
        glyphs.bold,
        (glyphs.turn - turns) % 4,
    )


def turned_boxes(boxes: Floats, turns: int, width: float, height: float) -> Floats:
    """Boxes (n, 4) on a page of that size after so many quarter turns of it anticlockwise."""
    x0, y0, x1, y1 = boxes.T
    sides = {
        0: (x0, y0, x1, y1),
        1: (y0, width - x1, y1, width - x0),
        2: (width - x1, height - y1, width - x0, height - y0),
        3: (height - y1, x0, height - y0, x1),
    }[turns % 4]
    return np.stack(sides, axis=1)


def turned_back(box: BBox, turns: int, width: float, height: float) -> BBox:
    """A box on the upright page, placed on the page as it was; `width` and `height` are those of the upright
    one.
    """
    left, top, right, bottom = turned_boxes(np.array([box]), -turns % 4, width, height)[0].tolist()
    return (left, top, right, bottom)
