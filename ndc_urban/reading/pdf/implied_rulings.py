"""Sides of cells that are not drawn, inferred from those that are: word processors draw borders cell by cell, so that a
border over the whole table is divided where a column (or a row) ends.

Rulings and the lines made here are boxes (left, top, right, bottom) in points. Thresholds were chosen by eye on real
NDCs.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import numpy as np

from ndc_urban.reading.pdf.glyphs import Bools, Floats, Glyphs

_THIN = 3.0  # a ruling is thinner
_TOUCH = 1.0  # pieces of one border touch, or overlap by their width; dashes leave gaps
_SNAP = 2.2  # places nearer than this are one: the corners of cells are pieces of their own
_FEWEST = 3  # borders that are divided in one place: those of two rows
_FEWEST_UPRIGHT = 2  # the same of upright borders: the sides of the table
_SHORTEST = 8.0  # a shorter stroke is the corner of a cell
_MOST = 80  # places of a page; a drawing has more
_TALLER = 2.0  # the first and the last row are at most so many times as high as the highest between
_ROOM = 8.0  # between the texts of two cells; words of one line stand nearer


def implied_rulings(rulings: Floats, glyphs: Glyphs) -> Floats:
    """Lines (k, 4) along the sides of cells that the rulings (m, 4) imply; none through a line of text."""
    wide, tall = rulings[:, 2] - rulings[:, 0], rulings[:, 3] - rulings[:, 1]
    flat_ones, upright_ones = (
        rulings[(tall <= _THIN) & (wide >= tall)],
        rulings[(wide <= _THIN) & (tall >= wide)],
    )
    # a place where a border is divided has two borders on each level
    if len(flat_ones) < 2 * _FEWEST and len(upright_ones) < 2 * _FEWEST_UPRIGHT:  # so on most pages
        return np.zeros((0, 4))
    turn, box = [1, 0, 3, 2], glyphs.ink_box
    upright = _sides(flat_ones, upright_ones, box, _FEWEST, across=False)
    flat = _sides(upright_ones[:, turn], flat_ones[:, turn], box[:, turn], _FEWEST_UPRIGHT, across=True)
    return np.array([*upright, *([top, left, bottom, right] for left, top, right, bottom in flat)]).reshape(
        -1, 4
    )


def _sides(borders: Floats, drawn: Floats, box: Floats, fewest: int, *, across: bool) -> list[list[float]]:
    """Upright lines where flat borders (m, 4) are divided one below the other and no side is `drawn` (k, 4), since one
    that is left out then means a merged cell; `box` (n, 4) are those of letters.

    With `across` all are turned: rows are found by upright borders, and the lines of text run the other way.
    """
    places = _divisions(borders)
    if len(places) > _MOST:
        return []
    lines = []
    across_at = (drawn[:, 0] + drawn[:, 2]) / 2
    for place, levels in places.items():
        if len(levels) < fewest or _is_drawn(levels, drawn[np.abs(across_at - place) <= _SNAP]):
            continue
        for top, bottom in pairwise(_with_ends(levels, place, borders)):
            inside = box[(box[:, 1] < bottom) & (box[:, 3] > top)]
            if not (_cut(inside, place).any() if across else _crossed(inside, place)):
                lines.append([place, top, place, bottom])
    return lines


def _with_ends(levels: list[float], place: float, borders: Floats) -> list[float]:
    """The levels with that of an undivided border next above and below: the first and the last row end there."""
    highest = max(end - start for start, end in pairwise(levels))
    spans = borders[(borders[:, 0] < place - _SNAP) & (borders[:, 2] > place + _SNAP)]
    middles = (spans[:, 1] + spans[:, 3]) / 2
    above = middles[(middles < levels[0] - _SNAP) & (middles >= levels[0] - _TALLER * highest)]
    below = middles[(middles > levels[-1] + _SNAP) & (middles <= levels[-1] + _TALLER * highest)]
    first = [float(above.max())] if len(above) else []
    last = [float(below.min())] if len(below) else []
    return [*first, *levels, *last]


def _divisions(borders: Floats) -> dict[float, list[float]]:
    """The places at which flat borders (m, 4) are divided, each with the levels of these borders from above."""
    by_level: dict[int, list[list[float]]] = defaultdict(list)
    order = np.argsort(borders[:, 1] + borders[:, 3], kind="stable")
    level, last = 0, -np.inf
    for left, top, right, bottom in borders[order].tolist():
        middle = (top + bottom) / 2
        level += middle - last > _SNAP
        last = middle
        by_level[level].append([left, right, middle])
    found: dict[float, list[float]] = {}
    for pieces in by_level.values():
        pieces.sort()
        steps = [(end[1], start[0]) for end, start in pairwise(pieces)]
        ends = [(end + start) / 2 for end, start in steps if -_SNAP <= start - end <= _TOUCH]
        for end in ends:
            place = next((each for each in found if abs(each - end) <= _SNAP), end)
            levels = found.setdefault(place, [])
            if not levels or pieces[0][2] - levels[-1] > _SNAP:
                levels.append(pieces[0][2])
    return found


def _is_drawn(levels: list[float], drawn: Floats) -> bool:
    """Whether a line of those drawn (k, 4) in a place stands between the levels."""
    along = np.minimum(drawn[:, 3], levels[-1]) - np.maximum(drawn[:, 1], levels[0])
    return bool((along > _SHORTEST).any())


def _cut(box: Floats, place: float) -> Bools:
    """Which letters (n, 4) a line at the place would cut through, (n,)."""
    return np.asarray((box[:, 0] < place - 1) & (box[:, 2] > place + 1), dtype=np.bool_)


def _crossed(box: Floats, place: float) -> bool:
    """Whether a line of text goes on over the place, by the boxes of its letters (n, 4)."""
    if _cut(box, place).any():
        return True
    near = box[(box[:, 2] > place - _ROOM) & (box[:, 0] < place + _ROOM)]
    before, behind = near[near[:, 2] <= place + 1], near[near[:, 0] >= place - 1]
    level = np.abs(before[:, None, 3] - behind[None, :, 3]) < 2
    close = behind[None, :, 0] - before[:, None, 2] < _ROOM
    return bool((level & close).any())
