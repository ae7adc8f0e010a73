"""What a PDF reader hands over of one page: glyphs with boxes, rulings, fills. Both readers speak it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

LINE_BREAK = "\n"
"""A glyph of this text marks the end of a line as the reader sees it; its box means nothing."""

ASCENT, DESCENT = 0.8, 0.22
"""Of the size, above and below the baseline: about what Helvetica and Times have; boxes without their own get these."""

SPACES = frozenset(" \t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000")


BLANK = SPACES | {LINE_BREAK, ""}

_GRID = 50  # rows and columns into which a page is divided to measure what is covered
_TABLE = 0x10000  # the code points of Unicode's first plane, in which nearly all text is
_IS_BLANK = np.zeros(_TABLE, dtype=np.bool_)
_IS_BLANK[[ord(character) for character in BLANK if character]] = True


@dataclass(frozen=True, eq=False)
class Glyphs:
    """The n glyphs of a page in the reader's order.

    `text` holds n strings (a ligature may be several letters); `box` is (n, 4): left, top, right, bottom in
    points from the page's top left corner; `baseline`, `size` (points), `bold` and `turn` (quarter turns
    clockwise against upright text, 0 to 3) are (n,).
    """

    text: list[str]
    box: Floats
    baseline: Floats
    size: Floats
    bold: Bools
    turn: Ints

    @cached_property
    def string(self) -> str:
        """All texts in one."""
        return "".join(self.text)

    @cached_property
    def codes(self) -> NDArray[np.uint32]:
        """The code point with which each glyph begins, (n,); 0 for one without text."""
        text = self.string
        if len(text) != len(self) or "" in self.text:
            text = "".join(part[:1] or "\0" for part in self.text)
        return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)

    @cached_property
    def blank(self) -> Bools:
        """Which glyphs are spaces, line breaks or without text, (n,)."""
        return self.by_code(_IS_BLANK, BLANK.__contains__)

    @cached_property
    def ink(self) -> Ints:
        """Positions of the glyphs that are neither spaces nor line breaks."""
        return np.flatnonzero(~self.blank)

    @cached_property
    def ink_box(self) -> Floats:
        """Their boxes, (m, 4)."""
        return self.box.take(self.ink, axis=0)

    def by_code(self, table: Bools, ask: Callable[[str], bool]) -> Bools:
        """What `ask` says of each glyph, (n,), from a table of its answers by code where that will do."""
        codes = self.codes
        if len(self.string) == len(self) and (not len(codes) or int(codes.max()) < len(table)):
            return table[codes]
        return np.fromiter(map(ask, self.text), dtype=np.bool_, count=len(self))

    def __len__(self) -> int:
        return len(self.text)

    def take(self, keep: NDArray[Any]) -> Glyphs:
        """The glyphs at the positions `keep` (m,), in that order."""
        return Glyphs(
            [self.text[i] for i in keep.tolist()],
            self.box[keep],
            self.baseline[keep],
            self.size[keep],
            self.bold[keep],
            self.turn[keep],
        )


def middle_of(values: Floats) -> float:
    """The median of one number or more; NumPy's takes five times as long for some hundred."""
    ordered = np.sort(values)
    half = len(ordered) // 2
    return float(ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2)


def put_together(parts: Sequence[Glyphs]) -> Glyphs:
    """The glyphs of all parts, one part after the other."""
    names = ("box", "baseline", "size", "bold", "turn")
    arrays = (np.concatenate([getattr(part, name) for part in parts]) for name in names)
    return Glyphs([letter for part in parts for letter in part.text], *arrays)


def moved(glyphs: Glyphs, right: float, down: float) -> Glyphs:
    """The glyphs so many points further to the right and down."""
    if not right and not down:
        return glyphs
    baseline = glyphs.baseline + np.where(glyphs.turn % 2 == 0, down, right)
    return replace(glyphs, box=glyphs.box + np.array([right, down, right, down]), baseline=baseline)


def boxes_of(corners: Sequence[tuple[float, ...]]) -> Floats:
    """The n boxes with those `corners` (left, top, right, bottom), (at most n, 4); those that are not finite are left
    out.
    """
    boxes = np.array(corners, dtype=np.float64).reshape(-1, 4)
    return boxes[np.isfinite(boxes).all(axis=1)]


def covered_share(boxes: Floats, width: float, height: float) -> float:
    """The share of a page of that size that boxes (n, 4) cover together, to within a fiftieth of its sides."""
    if not len(boxes) or width <= 0 or height <= 0:
        return 0.0
    grid = np.zeros((_GRID, _GRID), dtype=np.bool_)
    places = np.nan_to_num(boxes / np.array([width, height, width, height]) * _GRID)
    for left, top, right, bottom in np.clip(np.round(places), 0, _GRID).astype(np.int64).tolist():
        grid[top:bottom, left:right] = True
    return float(grid.mean())


def no_glyphs() -> Glyphs:
    """The glyphs of a page without text."""
    nothing = np.zeros(0)
    return Glyphs(
        [], np.zeros((0, 4)), nothing, nothing, np.zeros(0, dtype=np.bool_), np.zeros(0, dtype=np.int64)
    )


@dataclass(frozen=True, slots=True)
class PageContent:
    """One page as a reader found it.

    `rulings` is (m, 4): thin horizontal or vertical strokes as left, top, right, bottom; `fills` (k, 4) are
    shaded rectangles. `shows` says whether anything besides text is drawn, `picture` the share of the page
    that its images cover, `is_scan` that these are a printed page, `outlines` about how many letters may be drawn
    as shapes; `doubtful` is set where the reader is known to lose letters, `readable` is False where it failed;
    `label` is the page's number as the file's page labels give it, empty where it has none.
    """

    number: int
    width: float
    height: float
    glyphs: Glyphs
    rulings: Floats
    fills: Floats
    shows: bool = False
    picture: float = 0.0
    readable: bool = True
    outlines: int = 0
    is_scan: bool = False
    doubtful: bool = False
    label: str = ""


def unreadable_page(number: int, width: float = 0.0, height: float = 0.0) -> PageContent:
    """The content of a page that a reader could not load."""
    return PageContent(
        number, width, height, no_glyphs(), np.zeros((0, 4)), np.zeros((0, 4)), shows=True, readable=False
    )
