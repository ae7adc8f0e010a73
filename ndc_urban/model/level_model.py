"""The level model: from scored passages to low, moderate or strong.

A proportional-odds model (McCullagh 1980) over a handful of amounts that a reader would count too: urban passages,
the best of them, those that stand under a heading on cities, sectors with urban responses. Every amount can only
grow when an urban passage is added, and no weight is negative: an urban measure more never lowers the level.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ndc_urban.document import CELL_SEPARATOR, Passage
from ndc_urban.lexicon import Lexicon
from ndc_urban.model.assessment import LEVELS, Level
from ndc_urban.model.passage_model import Floats, PassageScores, logistic

AMOUNTS: Mapping[str, str] = {
    "urban": "urban passages",
    "sure": "clearly urban passages",
    "top": "strength of the ten best passages",
    "explicit": "passages that name cities or local governments",
    "devoted": "urban passages under headings on cities",
    "sections": "sections with several urban passages",
    "sectors": "sectors with urban responses",
}
"""Name and description of the amounts, in the order of the columns."""

TOP = 10
SURE = 0.8
MAX_TITLE_WORDS = 15
MAX_CELL_WORDS = 8
NOT_A_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class LevelModel:
    """`weights` (amounts,) over amounts standardised by `scale`, and two rising `cuts` between the levels."""

    weights: Floats
    scale: Floats
    cuts: Floats

    def __post_init__(self) -> None:
        if (self.weights < 0).any():
            raise ValueError("no weight of the level model is negative")
        if not self.cuts[0] < self.cuts[1]:
            raise ValueError("the cuts rise")

    def score(self, amounts: Floats) -> Floats:
        """Level score of each row of amounts."""
        return np.asarray((amounts / self.scale) @ self.weights)

    def probabilities(self, amounts: Floats) -> Floats:
        """Probabilities of low, moderate and strong, shape (rows, 3)."""
        return level_probabilities(self.score(amounts), self.cuts)


def level_probabilities(score: Floats, cuts: Floats) -> Floats:
    """Cumulative logits to probabilities, shape (rows, 3)."""
    at_least = logistic(score[:, None] - cuts[None, :])
    return np.column_stack([1 - at_least[:, 0], at_least[:, 0] - at_least[:, 1], at_least[:, 1]])


def most_likely(probabilities: Floats) -> list[Level]:
    """The level with the highest probability of each row."""
    return [LEVELS[int(column)] for column in probabilities.argmax(axis=1)]


class AmountCounter:
    """Counts in a document what the level model weighs."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._strength = {name: concept.strength for name, concept in lexicon.concepts.items()}
        self._titles: dict[tuple[str, str], bool] = {}

    def count(self, passages: Sequence[Passage], scores: PassageScores) -> Floats:
        """The amounts of one document, shape (len(AMOUNTS),); a passage that is repeated counts once."""
        rows = distinct(passages)
        p = scores.p_urban[rows]
        explicit = np.array([scores.code[row] == "E" for row in rows], dtype=bool)
        best = np.sort(p)[::-1][:TOP]
        return np.array(
            [
                math.log1p((p >= 0.5).sum()),
                math.log1p((p >= SURE).sum()),
                best.sum() / TOP,
                math.log1p(p[explicit].sum()),
                math.log1p(self._devoted(passages, rows, p)),
                math.log1p(_full_sections(passages, rows, p)),
                _sectors(scores, rows, p),
            ]
        )

    def _devoted(self, passages: Sequence[Passage], rows: Sequence[int], p: Floats) -> float:
        """Expected urban passages under headings, or in table rows whose first cell is a title, on cities."""
        return float(sum(value for row, value in zip(rows, p, strict=True) if self.is_devoted(passages[row])))

    def is_devoted(self, passage: Passage) -> bool:
        """Whether the passage stands under a title on cities."""
        titles = passage.section[1:] if len(passage.section) > 1 else passage.section
        if any(self._is_urban_title(title, passage.language) for title in titles):
            return True
        if passage.kind != "table_row":
            return False
        first = passage.text.split(CELL_SEPARATOR, 1)[0]
        return len(first.split()) <= MAX_CELL_WORDS and self._is_urban_title(first, passage.language)

    def _is_urban_title(self, title: str, language: str) -> bool:
        key = (title, language)
        if key not in self._titles:
            short = len(title.split()) <= MAX_TITLE_WORDS
            self._titles[key] = short and any(
                self._strength[match.concept] == "core" for match in self._lexicon.find(title, language)
            )
        return self._titles[key]


def distinct(passages: Sequence[Passage]) -> list[int]:
    """Rows of the passages without those that repeat an earlier one (annex tables, running text)."""
    seen: set[str] = set()
    rows = []
    for row, passage in enumerate(passages):
        text = NOT_A_WORD.sub("", passage.text).casefold()
        if text and text not in seen:
            seen.add(text)
            rows.append(row)
    return rows


def _full_sections(passages: Sequence[Passage], rows: Sequence[int], p: Floats) -> int:
    """How many sections hold at least three urban passages (the codebook's mark of a section with content)."""
    count: dict[tuple[str, ...], int] = {}
    for row, value in zip(rows, p, strict=True):
        if value >= 0.5:
            count[passages[row].section] = count.get(passages[row].section, 0) + 1
    return sum(number >= 3 for number in count.values())


def _sectors(scores: PassageScores, rows: Sequence[int], p: Floats) -> float:
    """Expected number of sectors with an urban response."""
    none: dict[str, float] = {}
    for row, value in zip(rows, p, strict=True):
        if value >= 0.3 and scores.role[row] != "c" and scores.sector[row]:
            none[scores.sector[row]] = none.get(scores.sector[row], 1.0) * (1.0 - value)
    return float(sum(1.0 - value for value in none.values()))


Integers = NDArray[np.int64]
