"""Reading order: a page is cut into columns where a gutter runs down it, and read column after column.

Not here: columns of tables (`borderless_tables`). Lengths are in points. Thresholds were chosen by eye on real NDCs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ndc_urban.reading.pdf.lines import OTHER_SIZE, TextRun, median_size
from ndc_urban.reading.pdf.tables import Table

Item = TextRun | Table

_GUTTER = 9.0  # columns of text stand further apart; the spaces of justified text are narrower
_MIN_SIDE = 4  # lines on each side; fewer are a caption beside a picture or two names beside each other
_LOOSE_LEADING = 2.0  # ems from line to line at most, where one column goes on alone below the other
_MIN_WORDS = 3.0  # words on a line, on average, on either side; cells of tables have fewer
_MIN_WORDS_OF_NOTES = (
    2.0  # the same where notes in the margin stand beside the text, in another size than it has
)
_BESIDE = 0.3  # of a piece's height: pieces that overlap by more stand on one line
_ROUNDING = 0.1  # points, so that the first and the last line are within the band
_MAX_DEPTH = 4  # cuts within cuts: two columns, in them two more; bounds the recursion


@dataclass(frozen=True, slots=True)
class _Gap:
    """White space between two neighbours on a line."""

    x0: float
    x1: float
    top: float
    bottom: float
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class _Band:
    """A gutter: its middle, the first and the last baseline beside it, and whether notes stand on one side of it."""

    middle: float
    top: float
    bottom: float
    notes: Literal["left", "right", ""]


def regions_of(
    pieces: Sequence[TextRun], tables: Sequence[Table], *, rtl: bool = False
) -> list[list[TextRun] | Table]:
    """Columns of pieces and tables in reading order."""
    ordered: list[list[TextRun] | Table] = []
    left = list(pieces)
    for table in sorted(tables, key=lambda table: table.box[1]):
        above = [piece for piece in left if piece.baseline < table.box[1] + 2]
        ordered.extend(_columns(above, rtl, 0))
        ordered.append(table)
        taken = set(map(id, above))
        left = [piece for piece in left if id(piece) not in taken]
    ordered.extend(_columns(left, rtl, 0))
    return [region for region in ordered if isinstance(region, Table) or region]


def _columns(pieces: list[TextRun], rtl: bool, depth: int) -> list[list[TextRun]]:
    """Columns of a part of the page: what is above the gutter, its first side, its second side, what is
    below.
    """
    if len(pieces) < 2 * _MIN_SIDE or depth > _MAX_DEPTH:
        return [pieces] if pieces else []
    band = _gutter_band(pieces)
    if band is None:
        return [pieces]
    top = _head(pieces, band) if band.notes else band.top
    bottom = _foot(pieces, band.middle, band.bottom)
    above = [piece for piece in pieces if piece.baseline < top]
    below = [piece for piece in pieces if piece.baseline > bottom]
    inside = [piece for piece in pieces if top <= piece.baseline <= bottom]
    one: list[TextRun] = []
    two: list[TextRun] = []
    for piece in inside:
        (one if _place(piece, inside, rtl) < band.middle else two).append(piece)
    notes_first = band.notes == ("right" if rtl else "left")
    sides = (two, one) if rtl != notes_first else (one, two)
    parts = (above, *sides, below)
    return [column for part in parts for column in _columns(part, rtl, depth + 1)]


def _place(piece: TextRun, pieces: Sequence[TextRun], rtl: bool) -> float:
    """Where a piece stands across the page; a bullet stands where the line does that it begins."""
    if any(map(str.isalnum, piece.text)):
        return (piece.x0 + piece.x1) / 2
    line = [other for other in pieces if abs(other.baseline - piece.baseline) < 1.0]
    following = [other for other in line if (other.x1 <= piece.x0 if rtl else other.x0 >= piece.x1)]
    first = min(following, key=lambda other: abs(other.x0 - piece.x0), default=piece)
    return (first.x0 + first.x1) / 2


def _head(pieces: list[TextRun], band: _Band) -> float:
    """Where the text beside notes begins: above the first note, as far up as its lines follow each other."""
    first = band.top + _ROUNDING
    for piece in sorted(pieces, key=lambda piece: -piece.baseline):
        if piece.baseline >= first:
            continue
        crosses = piece.x0 < band.middle < piece.x1
        if crosses or first - piece.baseline > _LOOSE_LEADING * max(piece.size, 1.0):
            break
        first = piece.baseline
    return first - _ROUNDING


def _foot(pieces: list[TextRun], middle: float, bottom: float) -> float:
    """Where the columns end: the longer one may go on alone below the last line that both have."""
    last = bottom
    for piece in sorted(pieces, key=lambda piece: piece.baseline):
        if piece.baseline <= bottom:
            continue
        crosses = piece.x0 < middle < piece.x1
        if crosses or piece.baseline - last > _LOOSE_LEADING * max(piece.size, 1.0):
            break
        last = piece.baseline
    return last + _ROUNDING


def _gutter_band(pieces: list[TextRun]) -> _Band | None:
    """The longest gutter between two columns of running text."""
    gaps = _gaps(pieces)
    best: tuple[int, _Band] | None = None
    for start, gap in enumerate(gaps):
        if best is not None and len(gaps) - start <= best[0]:
            break
        x0, x1, members = gap.x0, gap.x1, [gap]
        for other in gaps[start + 1 :]:
            low, high = max(x0, other.x0), min(x1, other.x1)
            if high - low >= _GUTTER and not _crossed(pieces, low, high, members[-1].top, other.bottom):
                x0, x1 = low, high
                members.append(other)
        if (best is None or len(members) > best[0]) and _is_text(members, pieces):
            band = [pieces[i].baseline for gap in members for i in (gap.left, gap.right)]
            middle, notes = (x0 + x1) / 2, _side_of_notes(members, pieces)
            best = (len(members), _Band(middle, min(band) - _ROUNDING, max(band) + _ROUNDING, notes))
    return best[1] if best is not None else None


def _gaps(pieces: list[TextRun]) -> list[_Gap]:
    x0 = np.array([piece.x0 for piece in pieces])
    x1 = np.array([piece.x1 for piece in pieces])
    top = np.array([piece.top for piece in pieces])
    bottom = np.array([piece.bottom for piece in pieces])
    gaps = []
    furthest = float(x0.max(initial=0.0))
    for i, piece in enumerate(pieces):
        if furthest < piece.x1 + _GUTTER:  # nothing stands beside it
            continue
        overlap = np.minimum(bottom, piece.bottom) - np.maximum(top, piece.top)
        beside = overlap > _BESIDE * (piece.bottom - piece.top)
        near = np.flatnonzero(beside & (x0 >= piece.x1 + _GUTTER))
        if len(near):
            j = int(near[np.argmin(x0[near])])
            blocked = beside & (x0 < x0[j]) & (x1 > piece.x1)
            blocked[i] = False
            if not blocked.any():
                gaps.append(
                    _Gap(
                        piece.x1,
                        float(x0[j]),
                        min(piece.top, pieces[j].top),
                        max(piece.bottom, pieces[j].bottom),
                        i,
                        j,
                    )
                )
    return sorted(gaps, key=lambda gap: gap.top)


def _crossed(pieces: Sequence[TextRun], x0: float, x1: float, top: float, bottom: float) -> bool:
    return any(
        piece.x0 < x1 - 1 and piece.x1 > x0 + 1 and piece.bottom > top + 1 and piece.top < bottom - 1
        for piece in pieces
    )


def _is_text(members: Sequence[_Gap], pieces: Sequence[TextRun]) -> bool:
    """Whether both sides hold running text rather than the columns of a table."""
    left, right = {gap.left for gap in members}, {gap.right for gap in members}
    if min(len(left), len(right)) < _MIN_SIDE:
        return False
    words = min(np.mean([len(pieces[i].text.split()) for i in side]) for side in (left, right))
    return bool(words >= (_MIN_WORDS_OF_NOTES if _side_of_notes(members, pieces) else _MIN_WORDS))


def _side_of_notes(members: Sequence[_Gap], pieces: Sequence[TextRun]) -> Literal["left", "right", ""]:
    """On which side the type is so much smaller that it must be notes, if on any."""
    left = median_size([pieces[i] for i in {gap.left for gap in members}])
    right = median_size([pieces[i] for i in {gap.right for gap in members}])
    if max(left, right) < OTHER_SIZE * min(left, right):
        return ""
    return "left" if left < right else "right"
