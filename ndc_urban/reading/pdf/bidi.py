"""Right-to-left text: from where the glyphs stand on the line to the order in which they are read.

Readers disagree on the order of Arabic text, and each is wrong on some files; the place of the glyphs is not.
The rules are the parts of the Unicode Bidirectional Algorithm (UAX #9) that matter within one line of one
direction.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np

from ndc_urban.reading.pdf.glyphs import LINE_BREAK, Floats, Glyphs, Ints

_LEFT = frozenset({"L", "EN", "AN"})
_NUMBERS = frozenset({"EN", "AN"})
_WITH_NUMBERS = frozenset({"CS", "ES", "ET"})
_ALEFS = frozenset("اأإآٱ")
_LAM = "ل"
_RTL_LETTER = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_MIN_SPACE = 0.05  # ems: a narrower space was made up by the reader and says nothing
_SAME_LINE = 0.4  # of the size: glyphs on a line differ less in height, lines differ by the whole size
_BEHIND = 0.001  # points: a mark is sorted right behind its letter, and before any other glyph


def is_rtl(text: str) -> bool:
    """Whether most letters are of a script written from right to left."""
    if not _RTL_LETTER.search(text):
        return False
    rtl = ltr = 0
    for character, count in Counter(text).items():
        kind = unicodedata.bidirectional(character)
        rtl += count * (kind in ("R", "AL"))
        ltr += count * (kind == "L")
    return rtl > ltr


def visual_order(glyphs: Glyphs) -> Glyphs:
    """The glyphs line by line from top to bottom, each line from right to left; spaces the reader made up
    go.
    """
    width = glyphs.box[:, 2] - glyphs.box[:, 0]
    real = width > _MIN_SPACE * np.maximum(glyphs.size, 1.0)
    ink = np.zeros(len(glyphs), dtype=np.bool_)
    ink[glyphs.ink] = True
    kept = np.flatnonzero(
        (ink | real) & np.array([text not in ("", LINE_BREAK) for text in glyphs.text], dtype=np.bool_)
    )
    if not len(kept):
        return glyphs
    lines = _lines(glyphs, kept)
    place = _places(glyphs, kept, lines)
    return glyphs.take(_with_ligatures(glyphs, kept[np.lexsort((np.arange(len(kept)), -place, lines))]))


def _with_ligatures(glyphs: Glyphs, order: Ints) -> Ints:
    """Lam-alef, which is one glyph and comes from some readers as alef and lam in one place, put right."""
    order = order.copy()
    for at in range(len(order) - 1):
        one, two = int(order[at]), int(order[at + 1])
        if (
            glyphs.text[one] in _ALEFS
            and glyphs.text[two] == _LAM
            and glyphs.box[one, 0] == glyphs.box[two, 0]
        ):
            order[at], order[at + 1] = two, one
    return order


def _lines(glyphs: Glyphs, kept: Ints) -> Ints:
    """The number of the line, from the top, in which each of the glyphs at `kept` (n,) stands."""
    base, size = glyphs.baseline[kept], np.maximum(glyphs.size[kept], 1.0)
    order = np.argsort(base, kind="stable")
    steps = np.concatenate(
        ([False], np.diff(base[order]) > _SAME_LINE * np.minimum(size[order][1:], size[order][:-1]))
    )
    lines = np.empty(len(kept), dtype=np.int64)
    lines[order] = np.cumsum(steps)
    return lines


def _places(glyphs: Glyphs, kept: Ints, lines: Ints) -> Floats:
    """Right edges of the glyphs; a mark above or below a letter takes the letter's, very slightly reduced."""
    place: Floats = glyphs.box[kept, 2].copy()
    texts = [glyphs.text[at] for at in kept.tolist()]
    marks = [i for i, text in enumerate(texts) if unicodedata.combining(text[0])]
    if not marks:
        return place
    bases = np.ones(len(kept), dtype=np.bool_)
    bases[marks] = False
    left, right = glyphs.box[kept, 0], glyphs.box[kept, 2]
    for mark in marks:
        middle = (left[mark] + right[mark]) / 2
        under = np.flatnonzero(bases & (lines == lines[mark]) & (left <= middle) & (middle <= right))
        if len(under):
            place[mark] = right[under[0]] - _BEHIND
    return place


def logical_order(texts: Sequence[str]) -> list[str]:
    """One line's glyphs, given from right to left, in the order in which they are read."""
    pieces = list(texts)
    kinds = [_kind(piece) for piece in pieces]
    ordered: list[str] = []
    at = 0
    while at < len(pieces):
        end = _end_of_left_run(kinds, at)
        if end > at:
            ordered.extend(reversed(pieces[at:end]))
            at = end
        else:
            ordered.append(pieces[at])
            at += 1
    return ordered


def _kind(piece: str) -> str:
    return unicodedata.bidirectional(piece[0]) if piece else "ON"


def _end_of_left_run(kinds: Sequence[str], at: int) -> int:
    """Where the run of left-to-right glyphs that starts at `at` ends; `at` itself if none starts there."""
    if kinds[at] not in _LEFT:
        return at
    end = at + 1
    while end < len(kinds):
        if kinds[end] in _LEFT or kinds[end] == "NSM":
            end += 1
            continue
        ahead = end
        while ahead < len(kinds) and kinds[ahead] not in (*_LEFT, "R", "AL"):
            ahead += 1
        if ahead == len(kinds) or kinds[ahead] not in _LEFT or not _joins(kinds, end, ahead):
            break
        end = ahead + 1
    return end


def _joins(kinds: Sequence[str], start: int, end: int) -> bool:
    """Whether the neutral glyphs between two left-to-right ones belong to them: separators in a number, or
    anything between letters."""
    if kinds[start - 1] in _NUMBERS and kinds[end] in _NUMBERS:
        return end - start == 1 and kinds[start] in _WITH_NUMBERS
    return "L" in (kinds[start - 1], kinds[end])
