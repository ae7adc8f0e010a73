"""The level model: from scored passages to low, moderate or strong.

A proportional-odds model (McCullagh 1980) over five features that a reader would weigh too: how many passages name
cities, relative to the length of the rest of the document, the best of them, headings about cities and what stands
under them. No weight is negative; a passage that is clearly urban adds to the features and not to the length, and one
that is clearly not urban adds to the length alone. So an urban measure never lowers the level, and other text never
raises it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ndc_urban.document import CELL_SEPARATOR, Passage
from ndc_urban.languages import english_characters
from ndc_urban.lexicon import Lexicon
from ndc_urban.model.assessment import LEVELS, Level
from ndc_urban.model.passage_model import Floats, PassageScores, logistic
from ndc_urban.model.repeats import Repeats

LEVEL_FEATURES: Mapping[str, str] = {
    "explicit": "passages that name cities or local governments, relative to the length of the other text",
    "top": "strength of the three best passages",
    "titles": "headings about cities with urban passages under them",
    "fullest": "urban passages in the section with the most",
    "devoted": "urban passages under headings, or in blocks of tables, about cities",
}
"""Name and description of the level features, in the order of the columns."""

TOP = 3
"""So many of the best passages count: one good passage may be chance. The numbers here are part of what the shipped
weights were fitted to; they were chosen by trial on the training documents, and figures of the alternatives are not on
record."""
DOUBTFUL, CLEAR = 0.2, 0.6
"""A passage is other text up to the first probability and clearly urban from the second; in between partly both."""
MAX_TITLE_WORDS = 15
"""A longer heading is a sentence, not a title."""
MAX_CELL_WORDS = 8
"""A first cell with more words is content, not the title of a block of rows."""
TYPICAL_LENGTH = 30_000
"""Characters of text that is not urban for which nothing is subtracted or added: about ten pages."""
LEAST_LENGTH = 600
"""Characters that a document is assumed to have at least, so that a single urban line does not count as a whole
document."""
LENGTH_POWER = 0.6
"""How much the length of a document counts: 0 not at all, 1 as a share of the document."""


@dataclass(frozen=True, slots=True)
class DocumentFeatures:
    """What the level model knows of a document, counted in passages.

    `top` is the mean probability of the best passages, `other_characters` the length of the text that is not urban.
    """

    explicit: float
    top: float
    titles: int
    fullest: float
    devoted: float
    other_characters: float

    @property
    def length(self) -> float:
        """Text that is not urban, in typical documents."""
        return max(self.other_characters, LEAST_LENGTH) / TYPICAL_LENGTH

    @property
    def vector(self) -> Floats:
        """The level features, shape (len(LEVEL_FEATURES),)."""
        return np.array(
            [
                math.log1p(self.explicit / self.length**LENGTH_POWER),
                self.top,
                math.log1p(self.titles),
                math.log1p(self.fullest),
                math.log1p(self.devoted),
            ]
        )


@dataclass(frozen=True)
class LevelModel:
    """`weights` (features,) over features divided by `scale`, and two rising `cuts` between the levels.

    `typical` holds the mean features of the training documents, with which reasons compare a document.
    """

    weights: Floats
    scale: Floats
    cuts: Floats
    typical: Floats

    def __post_init__(self) -> None:
        if any(each.shape != (len(LEVEL_FEATURES),) for each in (self.weights, self.scale, self.typical)):
            raise ValueError(f"the level model has {len(LEVEL_FEATURES)} weights, scales and typical values")
        numbers = [*self.weights, *self.scale, *self.typical, *self.cuts]
        if self.cuts.shape != (2,) or not np.isfinite(numbers).all():
            raise ValueError("the level model has two cuts, and all its numbers are finite")
        if (self.weights < 0).any() or (self.scale <= 0).any():
            raise ValueError("no weight of the level model is negative, and every scale is positive")
        if not self.cuts[0] < self.cuts[1]:
            raise ValueError("the cuts rise")

    def score(self, features: Floats) -> Floats:
        """Level score of each row of features."""
        return np.asarray((features / self.scale) @ self.weights)

    def effects(self, features: Floats) -> Floats:
        """How far each feature of one document moves its score from a typical document's, shape (features,)."""
        return np.asarray((features - self.typical) / self.scale * self.weights)

    def probabilities(self, features: Floats) -> Floats:
        """Probabilities of low, moderate and strong, shape (rows, 3)."""
        return level_probabilities(self.score(features), self.cuts)


def level_probabilities(score: Floats, cuts: Floats) -> Floats:
    """Cumulative logits to probabilities, shape (rows, 3)."""
    at_least = logistic(score[:, None] - cuts[None, :])
    return np.column_stack([1 - at_least[:, 0], at_least[:, 0] - at_least[:, 1], at_least[:, 1]])


def most_likely(probabilities: Floats) -> list[Level]:
    """The level with the highest probability of each row."""
    return [LEVELS[int(column)] for column in probabilities.argmax(axis=1)]


class LevelFeatureCounter:
    """Counts the level features of documents."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._strength = {name: concept.strength for name, concept in lexicon.concepts.items()}
        self._titles: dict[tuple[str, str], bool] = {}

    def count(self, passages: Sequence[Passage], scores: PassageScores, repeats: Repeats) -> DocumentFeatures:
        """The features of one document; of passages that say the same (`repeats`) one counts, for each feature the
        one that has most of it.
        """
        clear = np.clip((scores.p_urban - DOUBTFUL) / (CLEAR - DOUBTFUL), 0.0, 1.0)
        urban = scores.p_urban * clear
        titles: set[str] = set()
        sections: dict[str, list[int]] = {}
        devoted = np.zeros(len(passages))
        for row in np.flatnonzero(urban > 0.0).tolist():
            passage = passages[row]
            sections.setdefault(passage.section[-1] if passage.section else "", []).append(row)
            titles.update(self._urban_titles(passage))
            devoted[row] = urban[row] if self.is_devoted(passage) else 0.0
        return DocumentFeatures(
            explicit=repeats.heaviest(scores.p_explicit * clear),
            top=repeats.best(urban, TOP) / TOP,
            titles=len(titles),
            fullest=max((repeats.heaviest(_only(urban, rows)) for rows in sections.values()), default=0.0),
            devoted=repeats.heaviest(devoted),
            other_characters=repeats.heaviest(_lengths(passages) * (1.0 - clear)),
        )

    def is_devoted(self, passage: Passage) -> bool:
        """Whether the passage is under a heading, or in a table row whose first cell is a title, about cities."""
        if self._urban_titles(passage):
            return True
        first = passage.text.split(CELL_SEPARATOR, 1)[0] if passage.kind == "table_row" else ""
        return len(first.split()) <= MAX_CELL_WORDS and self._is_urban_title(first, passage.language)

    def _urban_titles(self, passage: Passage) -> list[str]:
        """The headings about cities above a passage; the title of the whole document does not count."""
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


def _lengths(passages: Sequence[Passage]) -> Floats:
    """Characters of each passage, as of English text, (n,)."""
    return np.array(
        [len(each.text) * english_characters(each.language) for each in passages], dtype=np.float64
    )


def _only(values: Floats, rows: Sequence[int]) -> Floats:
    """The values (n,) at the rows, and nothing at the others."""
    found = np.zeros_like(values)
    found[rows] = values[rows]
    return found
