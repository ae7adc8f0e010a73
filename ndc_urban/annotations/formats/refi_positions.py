"""Where the selections of a REFI-QDA project stand, held against the text that their program says was selected.

The standard counts Unicode code points. A program that counts UTF-16 units (as Qt does, and with it QualCoder where a
person selects) is ahead by one for each character beyond the Basic Multilingual Plane. Programs write what was
selected, or its beginning, as the selection's name: that tells the two apart.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Literal

Placing = Literal["stated", "shifted", "unsure", "wrong"]
"""`stated`: where it says. `shifted`: its positions were UTF-16 units. `unsure`: nothing tells. `wrong`: other text."""

Span = tuple[int, int]

_RARE = re.compile("[\U00010000-\U0010ffff]")


def placed(
    text: str, span: Span, name: str, waiting: Collection[Span], *, exact: bool
) -> tuple[Span, Placing]:
    """Where a selection stands in its text, and how that is known.

    `waiting` are the passages that were to be coded: a selection of a whole one needs no other sign. `exact` says that
    the program writes the whole selected text as the name, so that another text is a fault and no mere title.
    """
    start, end = span
    if _is_named(text[max(start, 0) : end], name) or (not name.strip() and span in waiting):
        return span, "stated"
    if _first_rare(text) >= end:
        return span, "wrong" if exact and name.strip() else "stated"
    units = _units(text)
    moved = _code_points(units, start), _code_points(units, end)
    if name.strip() and _is_named(text[moved[0] : moved[1]], name):
        return moved, "shifted"
    if exact and name.strip():
        return span, "wrong"
    return span, "stated" if span in waiting else "unsure"


def _is_named(selected: str, name: str) -> bool:
    """Whether a name is the selected text or its beginning; white space and its kinds do not count."""
    wanted = " ".join(name.split())
    return bool(wanted) and " ".join(selected.split()).startswith(wanted)


@lru_cache(maxsize=2)
def _first_rare(text: str) -> int:
    """Where the first character beyond the Basic Multilingual Plane stands; the text's end where there is none."""
    found = _RARE.search(text)
    return found.start() if found else len(text)


@lru_cache(maxsize=2)
def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _code_points(units: bytes, at: int) -> int:
    return len(units[: 2 * max(at, 0)].decode("utf-16-le", "replace"))
