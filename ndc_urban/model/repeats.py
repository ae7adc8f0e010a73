"""Which passages of a document say what an earlier one says: to the letter, or in other columns and nearly the same
words, as the tables of an annex list the projects of the text again by cost, by rank and by indicator.

Compared are the beginnings of the longer words of a passage, of a table row those of each cell; numbers are left out,
as they are what differs from table to table. Not here: whether two documents are the same (`training.dataset`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ndc_urban.document import CELL_SEPARATOR, Passage, folded
from ndc_urban.languages import ALL
from ndc_urban.lexicon.fold import fold

_WORD = re.compile(r"[^\W\d_]{4,}")  # of four letters or more: shorter words are mostly function words
_STEM = 5  # letters of a word that count: inflected forms share them ("products", "production")
_MISSING = 10  # one word in so many of the shorter text may be missing from the longer one
_NEXT_ROW = 2  # blocks from one row of a table to the next: a heading inside the table may stand between them

_MOST_PARTS = 40
"""So many texts are looked up by one stem; the rarest stems of a sentence are in fewer, and the time has a bound."""

_MOST_TRIED = 24
"""Texts in a group for which the greatest sum is searched; in larger groups the search could take too long."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
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


@dataclass(frozen=True)
class Repeats:
    """Which passages of a document say the same.

    `texts` (n,) numbers the different texts of the n passages, -1 for one without words; `alike` holds for a text all
    those that say the same in other words. Saying the same is mutual, but two that say the same as a third one may
    differ.
    """

    texts: Ints
    alike: Mapping[int, frozenset[int]]

    def distinct(self, merit: Sequence[float] | Floats | None = None) -> list[int]:
        """Rows of the passages without those that repeat another (annex tables, running text), in order.

        Of those that say the same the one of greatest `merit` stays, the first where none is given or several are
        equal.
        """
        order = range(len(self.texts))
        kept: dict[int, int] = {}
        for row in order if merit is None else sorted(order, key=lambda row: -merit[row]):
            text = int(self.texts[row])
            if text >= 0 and text not in kept and not kept.keys() & self.alike.get(text, frozenset()):
                kept[text] = row
        return sorted(kept.values())

    def heaviest(self, weights: Floats) -> float:
        """The greatest sum of `weights` (n,), none negative, of passages of which no two say the same.

        It is how passages are counted: one more passage never lowers it, and neither does a greater weight.
        """
        by_text = self._by_text(weights)
        apart = [text for text in by_text if not by_text.keys() & self.alike.get(text, frozenset())]
        total = sum(by_text.pop(text) for text in apart)
        return total + sum(_heaviest(part, self.alike) for part in _parted(by_text, self.alike))

    def best(self, weights: Floats, count: int) -> float:
        """The greatest sum of at most `count` of the `weights` (n,) of passages of which no two say the same."""
        order = sorted(self._by_text(weights).items(), key=lambda item: -item[1])

        def further(start: int, left: int, barred: frozenset[int]) -> float:
            found = 0.0
            for at in range(start, len(order)):
                text, weight = order[at]
                if not left or weight * left <= found:
                    break
                if text not in barred:
                    rest = further(at + 1, left - 1, barred | self.alike.get(text, frozenset()))
                    found = max(found, weight + rest)
            return found

        return further(0, count, frozenset())

    def _by_text(self, weights: Floats) -> dict[int, float]:
        """The greatest weight of each text that has one."""
        found: dict[int, float] = {}
        for row in np.flatnonzero((weights > 0) & (self.texts >= 0)).tolist():
            text = int(self.texts[row])
            found[text] = max(found.get(text, 0.0), float(weights[row]))
        return found


def repeats_of(passages: Sequence[Passage]) -> Repeats:
    """Compares the passages of a document with each other."""
    numbers: dict[str, int] = {}
    words = [folded(each.text) for each in passages]
    texts = [numbers.setdefault(each, len(numbers)) if each else -1 for each in words]
    parts = _parts(passages)
    seen = _Seen(Counter(stem for of_passage in parts for part in of_passage for stem in part.stems))
    alike: dict[int, set[int]] = defaultdict(set)
    for text, of_passage in zip(texts, parts, strict=True):
        for other in {other for part in of_passage for other in seen.like(part)} - {text}:
            alike[text].add(other)
            alike[other].add(text)
        seen.add(of_passage, text)
    return Repeats(
        np.array(texts, dtype=np.int64).reshape(-1), {text: frozenset(those) for text, those in alike.items()}
    )


def distinct(passages: Sequence[Passage], merit: Sequence[float] | Floats | None = None) -> list[int]:
    """Rows of the passages without those that repeat another, as `Repeats.distinct` chooses them."""
    return repeats_of(passages).distinct(merit)


def _parted(weights: Mapping[int, float], alike: Mapping[int, frozenset[int]]) -> Iterator[dict[int, float]]:
    """The texts with their weights, in connected groups: texts that say the same are in one group."""
    left = dict(weights)
    while left:
        reached = [next(iter(left))]
        part = {reached[0]: left.pop(reached[0])}
        while reached:
            for text in sorted(alike.get(reached.pop(), frozenset()) & left.keys()):
                part[text] = left.pop(text)
                reached.append(text)
        yield part


def _heaviest(weights: dict[int, float], alike: Mapping[int, frozenset[int]]) -> float:
    """The greatest sum of weights of a group, found by trying each text with and without (maximum weight independent
    set).

    A group of too many texts is added up from the heaviest downwards, which may give less than the greatest sum.
    """
    if len(weights) > _MOST_TRIED:
        return _from_the_heaviest(weights, alike)
    text = max(weights, key=lambda each: (len(alike[each] & weights.keys()), each))
    neighbours = alike[text] & weights.keys()
    if len(neighbours) == len(weights) - 1 and _all_alike(weights, alike):
        return max(weights.values())
    without = {each: weight for each, weight in weights.items() if each != text}
    with_it = {each: weight for each, weight in without.items() if each not in neighbours}
    return max(
        weights[text] + sum(_heaviest(part, alike) for part in _parted(with_it, alike)),
        sum(_heaviest(part, alike) for part in _parted(without, alike)),
    )


def _all_alike(texts: Mapping[int, float], alike: Mapping[int, frozenset[int]]) -> bool:
    return all(len(alike.get(text, frozenset()) & texts.keys()) == len(texts) - 1 for text in texts)


def _from_the_heaviest(weights: Mapping[int, float], alike: Mapping[int, frozenset[int]]) -> float:
    total, barred = 0.0, set[int]()
    for text, weight in sorted(weights.items(), key=lambda item: (-item[1], item[0])):
        if text not in barred:
            total += weight
            barred |= alike.get(text, frozenset())
    return total


class _Seen:
    """The parts of the passages seen so far, with the numbers of their texts, found by their stems.

    Of a text, one of its few rarest stems must be in any other that it repeats: only those are looked up.
    """

    def __init__(self, frequency: Counter[str]) -> None:
        self._frequency = frequency
        self._rare: dict[Stems, list[str]] = {}
        self._by_stem: dict[str, list[tuple[_Part, int]]] = defaultdict(list)
        self._by_rare_stem: dict[str, list[tuple[_Part, int]]] = defaultdict(list)

    def like(self, part: _Part) -> set[int]:
        """The texts that have a part which says the same."""
        return {text for other, text in self._candidates(part) if part.repeats(other)}

    def add(self, parts: Iterable[_Part], text: int) -> None:
        for part in parts:
            for stem in part.stems:
                if len(self._by_stem[stem]) < _MOST_PARTS:
                    self._by_stem[stem].append((part, text))
            for stem in self._rarest(part.stems):
                if len(self._by_rare_stem[stem]) < _MOST_PARTS:
                    self._by_rare_stem[stem].append((part, text))

    def _candidates(self, part: _Part) -> Iterator[tuple[_Part, int]]:
        for stem in self._rarest(part.stems):
            yield from self._by_stem.get(stem, ())
        for stem in part.stems:
            yield from self._by_rare_stem.get(stem, ())

    def _rarest(self, stems: Stems) -> list[str]:
        if stems not in self._rare:
            order = sorted((self._frequency[stem], stem) for stem in stems)
            self._rare[stems] = [stem for _, stem in order[: len(stems) // _MISSING + 1]]
        return self._rare[stems]


def _parts(passages: Sequence[Passage]) -> list[tuple[_Part, ...]]:
    """What of each passage is compared: its cells or all of it, where it has enough words.

    A cell that is repeated within its table is a label of several rows and distinguishes none of them.
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
