"""The positions of selections in a REFI-QDA project, checked against the text that their program says was selected.

The standard counts Unicode code points. A program that counts UTF-16 units (as Qt does, and with it QualCoder where a
person selects) is ahead by one for each character beyond the Basic Multilingual Plane. Programs write what was
selected, or its beginning, as the selection's name: that distinguishes the two.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Literal

Placing = Literal["stated", "shifted", "unsure", "wrong"]
"""`stated`: where it says. `shifted`: its positions were UTF-16 units. `unsure`: not known. `wrong`: other text."""

Span = tuple[int, int]

_RARE = re.compile("[\U00010000-\U0010ffff]")


def placed(
    text: str, span: Span, name: str, waiting: Collection[Span], *, exact: bool
) -> tuple[Span, Placing]:
    """Where a selection is in its text, and how that is known.

    `waiting` are the passages that were to be coded, where their places are sure (`known_places`): a selection of a
    whole one needs no other sign. `exact` says that the program writes the whole selected text as the name, so that
    another text is a fault and no mere title.
    """
    start, end = span
    if _is_named(text[max(start, 0) : end], name) or (not name.strip() and span in waiting):
        return span, "stated"
    if _first_rare(text) >= end:
        return span, "wrong" if exact and name.strip() else "stated"
    moved = _from_units(text, span)
    if name.strip() and _is_named(text[moved[0] : moved[1]], name):
        return moved, "shifted"
    if exact and name.strip():
        return span, "wrong"
    return span, "stated" if span in waiting else "unsure"


def known_places(text: str, waiting: Sequence[Span], exported: Collection[Span]) -> frozenset[Span]:
    """Those of the passages to code that surely are where the file says.

    They come from the same program as all positions. They are known where they were `exported` so, or begin and end
    with lines; and none of them is where they fit no worse if they are taken for UTF-16 units.
    """
    after = [span for span in dict.fromkeys(waiting) if _first_rare(text) < span[1]]

    def fits(span: Span) -> bool:
        return span in exported or is_whole_lines(text, *span)

    if sum(map(fits, after)) <= sum(fits(_from_units(text, span)) for span in after):
        return frozenset()
    return frozenset(filter(fits, after))


def is_whole_lines(text: str, start: int, end: int) -> bool:
    """Whether a stretch of a text begins and ends with lines."""
    begins = start == 0 or text[start - 1 : start] == "\n"
    return begins and (end >= len(text) or text[end] in "\r\n") and end <= len(text)


def _is_named(selected: str, name: str) -> bool:
    """Whether a name is the selected text or its beginning; white space and its kinds do not count."""
    wanted = " ".join(name.split())
    return bool(wanted) and " ".join(selected.split()).startswith(wanted)


@lru_cache(maxsize=2)
def _first_rare(text: str) -> int:
    """Where the first character beyond the Basic Multilingual Plane is; the text's end if there is none."""
    found = _RARE.search(text)
    return found.start() if found else len(text)


@lru_cache(maxsize=2)
def _rare_ends(text: str) -> tuple[int, ...]:
    """Where the characters beyond the Basic Multilingual Plane end, in UTF-16 units."""
    return tuple(found.start() + before + 2 for before, found in enumerate(_RARE.finditer(text)))


def _from_units(text: str, span: Span) -> Span:
    """A stretch whose ends count UTF-16 units, in code points."""
    ends = _rare_ends(text)
    start, end = (min(max(at, 0) - bisect_right(ends, at), len(text)) for at in span)
    return start, end
