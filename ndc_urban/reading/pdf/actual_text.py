"""Text that a file gives for what it draws (`/ActualText`, ISO 32000-1, 14.9.4), where that is not what is shown.

It is meant for ligatures, drop caps and hyphens, and pdfium takes it for the text. Where a whole line has another text
than its letters, the letters are what people see. They are not believed where they spell fewer words.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterable

import numpy as np
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]
from numpy.typing import NDArray

from ndc_urban.reading.common_words import common_words
from ndc_urban.reading.pdf.glyphs import Glyphs
from ndc_urban.reading.pdf.pdfium_calls import ADDRESS, BYTES, INT, UNSIGNED, by_address

_FEWEST = 4
"""Letters of a text object: shorter ones are ligatures and drop caps, for which the entry is meant."""

_WIDE = 3.0
"""Ems: no letter and no space is so wide; one that stands for a whole line is."""

_EVEN = 0.02
"""Points by which letters may differ that pdfium spreads evenly over the line; rounding is below."""

_IS_NARROW = np.isin(np.arange(128), [ord(letter) for letter in "fijlt"]).astype(np.int64)
"""By code: letters half as wide as others in every font but a typewriter's."""

_LESS = 0.5
"""The letters' share of known words may be so much smaller than that of the entries: names are in no list. What a font
without characters spells has no known words at all."""

_WORD = re.compile(r"[^\W\d_]{4,}")
_KEY = b"ActualText\0"

_count_marks = by_address(pdfium_c.FPDFPageObj_CountMarks, INT, ADDRESS)
_get_mark = by_address(pdfium_c.FPDFPageObj_GetMark, ADDRESS, ADDRESS, UNSIGNED)
_get_string = by_address(
    pdfium_c.FPDFPageObjMark_GetParamStringValue,
    INT,
    ADDRESS,
    BYTES,
    ADDRESS,
    UNSIGNED,
    ADDRESS,
)
_remove_mark = by_address(pdfium_c.FPDFPageObj_RemoveMark, INT, ADDRESS, ADDRESS)
_length = ctypes.c_ulong()


def has_marks(texts: Iterable[int]) -> bool:
    """Whether any of the text objects at these addresses has marks: without, none has an entry for its text."""
    return any(map(_count_marks, texts))


def spread_evenly(glyphs: Glyphs, owner: NDArray[np.uint64]) -> list[int]:
    """Addresses of the text objects whose letters look spread over another text; `owner` (n,) has those of glyphs."""
    sides = glyphs.box[:, 2:] - glyphs.box[:, :2]
    wide = (np.maximum(sides[:, 0], sides[:, 1]) > _WIDE * np.maximum(glyphs.size, 1.0)) & (owner != 0)
    found = set(owner[wide].tolist())
    at = np.flatnonzero((glyphs.codes > 0x20) & (owner != 0))
    if len(at):
        starts = np.flatnonzero(np.diff(owner[at], prepend=owner[at[:1]] + np.uint64(1)))
        count = np.diff(np.append(starts, len(at)))
        width = np.where(glyphs.turn[at] % 2 == 1, sides[at, 1], sides[at, 0])
        second = np.minimum(starts + 1, len(at) - 1)
        may_be = (count >= _FEWEST) & (np.abs(width[second] - width[starts]) < _EVEN)  # few
        for start, end in zip(starts[may_be].tolist(), (starts + count)[may_be].tolist(), strict=True):
            own = width[start:end]
            narrows = int(_IS_NARROW[np.minimum(glyphs.codes[at[start:end]], len(_IS_NARROW) - 1)].sum())
            if own.max() - own.min() < _EVEN and 0 < narrows < end - start:
                found.add(int(owner[at[start]]))
    return sorted(found)


def without_actual_text(texts: Iterable[int]) -> bool:
    """Takes the entry from the objects at these addresses, for the next reading of their page; whether any had it."""
    found = False
    for text in texts:
        for at in range(_count_marks(text) - 1, -1, -1):
            mark = _get_mark(text, at)
            if _has_actual_text(mark):
                found = bool(_remove_mark(text, mark)) or found
    return found


def has_actual_text(text: int) -> bool:
    """Whether the text object at an address has the entry."""
    return any(_has_actual_text(_get_mark(text, at)) for at in range(_count_marks(text)))


def _has_actual_text(mark: int) -> bool:
    return bool(_get_string(mark, _KEY, 0, 0, ctypes.addressof(_length)))


def spells_words(letters: str, entries: str) -> bool:
    """Whether the text of the letters of a page has words where its text with the entries has others."""
    own, given = (Counter(_WORD.findall(text.lower())) for text in (letters, entries))
    own, given = own - given, given - own
    known, others = (sum(each[word] for word in each if word in common_words()) for each in (own, given))
    return known > 0 and known * given.total() >= _LESS * others * own.total()
