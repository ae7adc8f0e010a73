"""Which passages of a document say what an earlier one says: to the letter, or in other columns and nearly the same
words, as the tables of an annex list the projects of the text again by cost, by rank and by indicator.

Compared are the beginnings of the longer words of a passage, of a table row those of each cell; numbers are left out,
as they are what differs from table to table. Not here: whether two documents are the same (`training.dataset`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ndc_urban.document import CELL_SEPARATOR, Passage, folded
from ndc_urban.languages import ALL
from ndc_urban.lexicon.fold import fold

_WORD = re.compile(r"[^\W\d_]{4,}")  # of four letters or more: shorter words are mostly function words
_STEM = 5  # letters of a word that count: inflected forms share them ("products", "production")
_MISSING = 10  # one word in so many of the shorter text may lack in the longer one
_NEXT_ROW = 2  # blocks from one row of a table to the next: a heading inside the table may stand between them

_MOST_PARTS = 20
"""So many texts are looked up by one stem; the rarest stems of a sentence are in fewer, and the time has a bound."""

Floats = NDArray[np.float64]
Stems = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How many stems a text needs to be compared, and what share of the longer text the shorter one must be."""

    fewest: int
    share: float


_ROWS = _Likeness(fewest=5, share=0.5)
"""Cells of rows of two tables: the name of a project has some five longer words."""

_TEXTS = _Likeness(fewest=10, share=0.8)
"""Where one of the two is running text: sentences share more words by chance than names of projects."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A cell of a row, or a whole passage of running text (`table` -1)."""

    stems: Stems
    table: int

    def repeats(self, other: _Part) -> bool:
        """Whether it says the same as the other, not standing in the same table."""
        if self.table == other.table >= 0:
            return False
        shorter, longer = sorted((self.stems, other.stems), key=len)
        like = _ROWS if min(self.table, other.table) >= 0 else _TEXTS
        if len(shorter) < max(like.fewest, like.share * len(longer)):
            return False
        return len(shorter - longer) <= len(shorter) // _MISSING


def distinct(passages: Sequence[Passage], merit: Sequence[float] | Floats | None = None) -> list[int]:
    """Rows of the passages without those that repeat another (annex tables, running text), in order.

    Of those that say the same the one of greatest `merit` stays, the first where none is given or several are equal.
    """
    parts = _parts(passages)
    frequency = Counter(stem for of_passage in parts for part in of_passage for stem in part.stems)
    kept = _Kept(frequency)
    seen: set[str] = set()
    order = range(len(passages))
    rows = []
    for row in order if merit is None else sorted(order, key=lambda row: -merit[row]):
        text = folded(passages[row].text)
        if not text or text in seen:
            continue
        seen.add(text)
        if not any(map(kept.has, parts[row])):
            rows.append(row)
            kept.add(parts[row])
    return sorted(rows)


class _Kept:
    """The parts of the passages kept so far, found by their stems.

    Of a text, one of its few rarest stems must be in any other that it repeats: only those are looked up.
    """

    def __init__(self, frequency: Counter[str]) -> None:
        self._frequency = frequency
        self._by_stem: dict[str, list[_Part]] = defaultdict(list)
        self._by_rare_stem: dict[str, list[_Part]] = defaultdict(list)

    def has(self, part: _Part) -> bool:
        """Whether the part repeats one that was kept."""
        return any(part.repeats(other) for other in self._candidates(part))

    def add(self, parts: Iterable[_Part]) -> None:
        for part in parts:
            for stem in part.stems:
                if len(self._by_stem[stem]) < _MOST_PARTS:
                    self._by_stem[stem].append(part)
            for stem in self._rarest(part.stems):
                if len(self._by_rare_stem[stem]) < _MOST_PARTS:
                    self._by_rare_stem[stem].append(part)

    def _candidates(self, part: _Part) -> Iterator[_Part]:
        for stem in self._rarest(part.stems):
            yield from self._by_stem.get(stem, ())
        for stem in part.stems:
            yield from self._by_rare_stem.get(stem, ())

    def _rarest(self, stems: Stems) -> list[str]:
        order = sorted(stems, key=lambda stem: (self._frequency[stem], stem))
        return order[: len(stems) // _MISSING + 1]


def _parts(passages: Sequence[Passage]) -> list[tuple[_Part, ...]]:
    """What of each passage is compared: its cells or all of it, where it has enough words.

    A cell that comes back within its table is a label of several rows and tells none of them.
    """
    tables = _tables(passages)
    found = [
        [_stems(cell, passage.language) for cell in passage.text.split(CELL_SEPARATOR)]
        if table >= 0
        else [_stems(passage.text, passage.language)]
        for passage, table in zip(passages, tables, strict=True)
    ]
    times = Counter(
        (table, stems) for each, table in zip(found, tables, strict=True) for stems in set(each) if table >= 0
    )
    return [
        tuple(
            _Part(stems, table)
            for stems in each
            if len(stems) >= (_TEXTS if table < 0 else _ROWS).fewest and times[table, stems] < 2
        )
        for each, table in zip(found, tables, strict=True)
    ]


def _tables(passages: Sequence[Passage]) -> list[int]:
    """The number of the table that each passage is a row of, -1 for other passages."""
    tables: list[int] = []
    number, last = -1, -_NEXT_ROW - 1
    for passage in passages:
        if passage.kind != "table_row":
            tables.append(-1)
            continue
        if passage.block - last > _NEXT_ROW:
            number += 1
        last = passage.block
        tables.append(number)
    return tables


def _stems(text: str, language: str) -> Stems:
    """Beginnings of the longer words; pairs of neighbouring characters where no spaces part words."""
    if language in ALL and ALL[language].characters_per_word:
        letters = "".join(filter(str.isalpha, text))
        return frozenset(map("".join, pairwise(letters)))
    return frozenset(fold(word)[:_STEM] for word in _WORD.findall(text))
