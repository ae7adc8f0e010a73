"""The level model: from scored passages to low, moderate or strong.

A proportional-odds model (McCullagh 1980) over a handful of amounts that a reader would weigh too: how many passages
name cities for the length of the document, the best of them, headings on cities and what stands under them. Each
amount grows with urban content for a given length, and no weight is negative: a passage that becomes urban, or an urban
measure as dense as the document, never lowers the level.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ndc_urban.document import CELL_SEPARATOR, Passage, folded
from ndc_urban.lexicon import Lexicon
from ndc_urban.model.assessment import LEVELS, Level
from ndc_urban.model.passage_model import Floats, PassageScores, logistic

AMOUNTS: Mapping[str, str] = {
    "explicit": "passages that name cities or local governments, for the length of the document",
    "top": "strength of the three best passages",
    "titles": "headings on cities",
    "fullest": "urban passages in the section that has most of them",
    "devoted": "urban passages under headings, or in blocks of tables, on cities",
}
"""Name and description of the amounts, in the order of the columns."""

TOP = 3
DOUBTFUL, CLEAR = 0.2, 0.6
"""A passage does not count as naming cities up to the first probability, and counts in full from the second."""
MAX_TITLE_WORDS = 15
MAX_CELL_WORDS = 8
TYPICAL_LENGTH = 30_000
"""Characters of a document for whose length nothing is taken off or added."""
LENGTH_POWER = 0.6
"""How much the length of a document counts: 0 not at all, 1 as a share of the document."""
CHARACTER_WEIGHT = {"zh": 3.0}
"""Characters of English that one character of a language stands for, where that is not about one."""


@dataclass(frozen=True)
class LevelModel:
    """`weights` (amounts,) over amounts standardised by `scale`, and two rising `cuts` between the levels."""

    weights: Floats
    scale: Floats
    cuts: Floats

    def __post_init__(self) -> None:
        if self.weights.shape != (len(AMOUNTS),) or self.scale.shape != self.weights.shape:
            raise ValueError(f"the level model has {len(AMOUNTS)} weights and scales")
        if self.cuts.shape != (2,) or not np.isfinite([*self.weights, *self.scale, *self.cuts]).all():
            raise ValueError("the level model has two cuts, and all its numbers are finite")
        if (self.weights < 0).any() or (self.scale <= 0).any():
            raise ValueError("no weight of the level model is negative, and every scale is positive")
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
        explicit = (scores.p_explicit[rows] * np.clip((p - DOUBTFUL) / (CLEAR - DOUBTFUL), 0.0, 1.0)).sum()
        best = np.sort(p)[::-1][:TOP]
        devoted = [value for row, value in zip(rows, p, strict=True) if self.is_devoted(passages[row])]
        titles = {title for row in rows for title in self._urban_titles(passages[row])}
        length = max(_length(passages, rows) / TYPICAL_LENGTH, 1e-3)
        return np.array(
            [
                math.log1p(explicit / length**LENGTH_POWER),
                best.sum() / TOP,
                math.log1p(len(titles)),
                math.log1p(_fullest_section(passages, rows, p)),
                math.log1p(sum(devoted)),
            ]
        )

    def is_devoted(self, passage: Passage) -> bool:
        """Whether the passage stands under a heading, or in a table row whose first cell is a title, on cities."""
        if self._urban_titles(passage):
            return True
        first = passage.text.split(CELL_SEPARATOR, 1)[0] if passage.kind == "table_row" else ""
        return len(first.split()) <= MAX_CELL_WORDS and self._is_urban_title(first, passage.language)

    def _urban_titles(self, passage: Passage) -> list[str]:
        """The headings on cities above a passage; the title of the whole document is none."""
        path = passage.section[1:] if len(passage.section) > 1 else passage.section
        return [title for title in path if self._is_urban_title(title, passage.language)]

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
        text = folded(passage.text)
        if text and text not in seen:
            seen.add(text)
            rows.append(row)
    return rows


def _fullest_section(passages: Sequence[Passage], rows: Sequence[int], p: Floats) -> float:
    """Expected number of urban passages in the section that has most of them."""
    count: dict[str, float] = {}
    for row, value in zip(rows, p, strict=True):
        heading = passages[row].section[-1] if passages[row].section else ""
        count[heading] = count.get(heading, 0.0) + float(value)
    return max(count.values(), default=0.0)


def _length(passages: Sequence[Passage], rows: Sequence[int]) -> float:
    return sum(len(passages[row].text) * CHARACTER_WEIGHT.get(passages[row].language, 1.0) for row in rows)
