"""Accents set as glyphs of their own, over or under a letter: both become the one accented letter."""

from __future__ import annotations

import unicodedata

import numpy as np

from ndc_urban.reading.pdf.glyphs import Bools, Glyphs, Ints

_COMBINING = {
    "`": "\u0300",
    "\u02cb": "\u0300",
    "\u00b4": "\u0301",
    "\u02ca": "\u0301",
    "^": "\u0302",
    "\u02c6": "\u0302",
    "~": "\u0303",
    "\u02dc": "\u0303",
    "\u00af": "\u0304",
    "\u02c9": "\u0304",
    "\u02d8": "\u0306",
    "\u02d9": "\u0307",
    "\u00a8": "\u0308",
    "\u02da": "\u030a",
    "\u00b0": "\u030a",
    "\u02dd": "\u030b",
    "\u02c7": "\u030c",
    "\u00b8": "\u0327",
    "\u02db": "\u0328",
}
"""Spacing accents, and what may stand for them, with the marks that join a letter."""

_MARKS = (0x0300, 0x036F)  # the Unicode block of combining marks
_DOTLESS = {"\u0131": "i", "\u0237": "j"}
_MOST = 2000
"""Accents of a page that are looked at; each is compared with all letters."""

_EDGE = 0.15  # of a letter's width at either side, over which no accent of its own stands; chosen by eye
_FAR = 0.6
"""Sizes up and down between accent and letter at most: the accents of capital letters may be raised."""

_TABLE = 0x370  # behind the last combining mark
_IS_ACCENT = np.zeros(_TABLE, dtype=np.bool_)
_IS_ACCENT[[ord(accent) for accent in _COMBINING]] = True
_IS_ACCENT[_MARKS[0] : _MARKS[1] + 1] = True


def with_joined_accents(glyphs: Glyphs) -> Glyphs:
    """The glyphs with accents joined to the letters that they stand over (NFC), whichever of the two comes first."""
    codes = glyphs.codes
    accents = np.flatnonzero(_IS_ACCENT[np.minimum(codes, _TABLE - 1)] & (codes < _TABLE))
    if not len(accents):
        return glyphs
    text, kept = list(glyphs.text), np.ones(len(glyphs), dtype=np.bool_)
    letters = np.array([part.isalpha() and len(part) == 1 for part in text], dtype=np.bool_)
    for at in accents[:_MOST].tolist():
        mark = _COMBINING.get(text[at], text[at])
        base = _letter_of(glyphs, letters, at, is_mark=mark == text[at])
        joined = (
            unicodedata.normalize("NFC", _DOTLESS.get(text[base], text[base]) + mark) if base >= 0 else ""
        )
        if len(joined) == 1:
            text[base], kept[at] = joined, False
            kept[_blanks_between(glyphs, at, base)] = False
    if kept.all():
        return glyphs
    joined_glyphs = Glyphs(text, glyphs.box, glyphs.baseline, glyphs.size, glyphs.bold, glyphs.turn)
    return joined_glyphs.take(np.flatnonzero(kept))


def _letter_of(glyphs: Glyphs, letters: Bools, at: int, *, is_mark: bool) -> int:
    """The position of the letter under the accent at `at`, -1 where there is none."""
    near = [
        place for place in (at + 1, at - 1, at + 2, at - 2) if 0 <= place < len(letters) and letters[place]
    ]
    for place in near:
        if _covers(glyphs, np.array([place]), at)[0]:
            return place
    if is_mark:  # a mark without width or in a strange place belongs to the letter before it
        return at - 1 if at and letters[at - 1] else -1
    others = np.flatnonzero(letters)
    under = others[_covers(glyphs, others, at)]
    return int(under[0]) if len(under) else -1


def _covers(glyphs: Glyphs, at: Ints, accent: int) -> Bools:
    """Whether the middle of the accent is over the inner part of each letter at `at` (n,), (n,)."""
    sideways = int(glyphs.turn[accent]) % 2
    box, own = glyphs.box[at], glyphs.box[accent]
    low, high = box[:, sideways], box[:, sideways + 2]
    middle, slack = (own[sideways] + own[sideways + 2]) / 2, _EDGE * (high - low)
    near = np.abs(glyphs.baseline[at] - glyphs.baseline[accent]) < _FAR * np.maximum(glyphs.size[at], 1.0)
    inside = (low + slack < middle) & (middle < high - slack)
    return np.asarray(inside & near & (glyphs.turn[at] == glyphs.turn[accent]), dtype=np.bool_)


def _blanks_between(glyphs: Glyphs, one: int, two: int) -> Ints:
    """Spaces that the reader put between an accent and its letter next to it."""
    first, last = min(one, two), max(one, two)
    return (
        np.arange(first + 1, last)[glyphs.blank[first + 1 : last]]
        if last - first <= 2
        else np.zeros(0, np.int64)
    )
