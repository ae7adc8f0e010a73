"""Lists of abbreviations: their entries spell out names and say nothing of what is planned, so they are not passages.

An entry is recognised by its form, under the title of such a list or in a run of entries. Not here: tables of contents,
which the readers leave out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ndc_urban.document import Block
from ndc_urban.languages import ALL, any_of

_TITLE = re.compile(
    rf"(?:.{{0,20}}\W)?(?:{any_of(language.acronym_titles for language in ALL.values())})\W*", re.IGNORECASE
)
_SHORT_FORM = r"(?=[^|:–=]{2,14}?\s*[|:–=\-])(?:[^\W\d_]*[^\W\d_a-zà-ÿа-я][\w₂&./+'’-]*)"
_ENTRY = re.compile(rf"{_SHORT_FORM}(?:\s[A-Z]\w{{0,6}})?\s*(?:[|:=]|\s[-–]\s)\s*\S")
_CAPITALS = re.compile(r"[A-ZÀ-ÞА-Я]\S*[A-ZÀ-ÞА-Я\d₂]")
_LONGEST = 160  # characters: the longest names of organisations, with a remark
_SORTED = 0.8  # share of entries that follow the one before in the alphabet; people sort by hand and by sound
_RUN = 8  # entries in a row that make a list without a title; three or four also stand under a table


def in_acronym_lists(blocks: Sequence[Block]) -> frozenset[int]:
    """The places among the blocks of a document of the entries of lists of abbreviations."""
    found: set[int] = set()
    run: list[int] = []
    under_title = False
    for at, block in enumerate(blocks):
        if block.kind != "heading" and is_entry(block.text):
            run.append(at)
            if under_title:
                found.add(at)
            continue
        found.update(_list_without_title(blocks, run))
        run = []
        if block.kind == "heading":
            under_title = _TITLE.fullmatch(block.text) is not None
    return frozenset(found.union(_list_without_title(blocks, run)))


def _list_without_title(blocks: Sequence[Block], run: Sequence[int]) -> Sequence[int]:
    """A run of entries in the order of the alphabet; rows that begin with names of sectors are in none."""
    if len(run) < _RUN:
        return ()
    names = [blocks[at].text.casefold() for at in run]
    rising = sum(a < b for a, b in pairwise(names))
    return run if rising >= _SORTED * (len(run) - 1) else ()


def is_entry(text: str) -> bool:
    """Whether a text is a short form in capitals, a separator (or the wall of a cell), and what it stands for."""
    if len(text) > _LONGEST or not _ENTRY.match(text):
        return False
    return _CAPITALS.match(text) is not None
