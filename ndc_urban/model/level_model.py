"""The level model: from scored passages to low, moderate or strong.

A proportional-odds model (McCullagh 1980) over features that a reader would weigh too: how many passages are urban, and
how many name cities relative to the length of the rest of the document; the best of them; headings about cities and
what stands under them; how many sectors have urban measures, what they are for and about. No weight is negative; a
passage that is clearly urban adds to the features and not to the length, and one that is clearly not urban adds to the
length alone. So an urban measure never lowers the level, and other text never raises it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from ndc_urban.codebook import RESPONSES, SCALES, SECTORS, Scale
from ndc_urban.document import CELL_SEPARATOR, Passage
from ndc_urban.languages import english_characters
from ndc_urban.lexicon import Lexicon
from ndc_urban.model.passage_model import Floats, PassageScores, logistic
from ndc_urban.model.repeats import Repeats

LEVEL_FEATURES: Mapping[str, str] = {
    "explicit": "passages that name cities or local governments, relative to the length of the other text",
    "top": "strength of the three best passages",
    "titles": "headings about cities with urban passages under them",
    "fullest": "urban passages in the section with the most",
    "devoted": "urban passages under headings, or in blocks of tables, about cities",
    "urban": "urban passages",
    "sectors": "sectors with urban measures",
    "delivery": "urban passages on delivery: governance, finance, capacity, monitoring",
    "adaptation": "urban passages on adaptation",
    "mitigation": "urban passages on mitigation",
    "housing": "urban passages on housing and informal settlements",
    "planning": "urban passages on planning and infrastructure",
    "governance": "urban passages on governance and capacity",
    "transport": "urban passages on transport",
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
    `sectors` counts those with urban measures, each as far as it is likely to have one.
    """

    explicit: float
    top: float
    titles: int
    fullest: float
    devoted: float
    urban: float
    sectors: float
    delivery: float
    adaptation: float
    mitigation: float
    housing: float
    planning: float
    governance: float
    transport: float
    other_characters: float

    @property
    def length(self) -> float:
        """Text that is not urban, in typical documents."""
        return max(self.other_characters, LEAST_LENGTH) / TYPICAL_LENGTH

    @property
    def vector(self) -> Floats:
        """The level features, shape (len(LEVEL_FEATURES),)."""
        counts = (
            self.fullest,
            self.devoted,
            self.urban,
            self.delivery,
            self.adaptation,
            self.mitigation,
            self.housing,
            self.planning,
            self.governance,
            self.transport,
        )
        fullest, devoted, urban, *others = map(math.log1p, counts)
        density = math.log1p(self.explicit / self.length**LENGTH_POWER)
        titles = math.log1p(self.titles)
        return np.array([density, self.top, titles, fullest, devoted, urban, self.sectors, *others])


@dataclass(frozen=True)
class LevelModel:
    """`weights` (features,) over features divided by `spread`, and two rising cuts between the levels on each scale.

    Kinds of coders look at the same things and draw their lines in other places: they share the weights, and each has
    `cuts` of its own, by scale. `typical` holds the mean features of the training documents, with which reasons compare
    a document.
    """

    weights: Floats
    spread: Floats
    cuts: Mapping[Scale, Floats]
    typical: Floats

    def __post_init__(self) -> None:
        if any(each.shape != (len(LEVEL_FEATURES),) for each in (self.weights, self.spread, self.typical)):
            raise ValueError(f"the level model has {len(LEVEL_FEATURES)} weights, spreads and typical values")
        if "codebook" not in self.cuts or not set(self.cuts) <= set(SCALES):
            raise ValueError(
                f"the level model has cuts on the scale codebook, and on no others than {SCALES}"
            )
        numbers = [*self.weights, *self.spread, *self.typical, *chain.from_iterable(self.cuts.values())]
        if any(cuts.shape != (2,) for cuts in self.cuts.values()) or not np.isfinite(numbers).all():
            raise ValueError("each scale has two cuts, and all numbers of the level model are finite")
        if (self.weights < 0).any() or (self.spread <= 0).any():
            raise ValueError("no weight of the level model is negative, and every spread is positive")
        if not all(cuts[0] < cuts[1] for cuts in self.cuts.values()):
            raise ValueError("the cuts rise")

    @property
    def scales(self) -> tuple[Scale, ...]:
        """The scales that the model has cuts for."""
        return tuple(scale for scale in SCALES if scale in self.cuts)

    def score(self, features: Floats) -> Floats:
        """Level score of each row of features."""
        return np.asarray((features / self.spread) @ self.weights)

    def effects(self, features: Floats) -> Floats:
        """How far each feature of one document moves its score from a typical document's, shape (features,)."""
        return np.asarray((features - self.typical) / self.spread * self.weights)

    def probabilities(self, features: Floats, scale: Scale) -> Floats:
        """Probabilities of low, moderate and strong on a scale, shape (rows, 3)."""
        return level_probabilities(self.score(features), self.cuts[scale])


def level_probabilities(score: Floats, cuts: Floats) -> Floats:
    """Cumulative logits to probabilities, shape (rows, 3)."""
    at_least = logistic(score[:, None] - cuts[None, :])
    return np.column_stack([1 - at_least[:, 0], at_least[:, 0] - at_least[:, 1], at_least[:, 1]])


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
            titles.update(self.urban_titles(passage))
            devoted[row] = urban[row] if self.is_devoted(passage) else 0.0
        return DocumentFeatures(
            explicit=repeats.heaviest(scores.p_explicit * clear),
            top=repeats.best(urban, TOP) / TOP,
            titles=len(titles),
            fullest=max((repeats.heaviest(_only(urban, rows)) for rows in sections.values()), default=0.0),
            devoted=repeats.heaviest(devoted),
            urban=repeats.heaviest(urban),
            sectors=_sectors(urban, scores, repeats),
            delivery=repeats.heaviest(_where(scores.role == "d", urban)),
            adaptation=repeats.heaviest(_where(scores.strand == "a", urban)),
            mitigation=repeats.heaviest(_where(scores.strand == "m", urban)),
            housing=repeats.heaviest(_where(scores.sector == "ho", urban)),
            planning=repeats.heaviest(_where(scores.sector == "pl", urban)),
            governance=repeats.heaviest(_where(scores.sector == "go", urban)),
            transport=repeats.heaviest(_where(scores.sector == "tr", urban)),
            other_characters=repeats.heaviest(_lengths(passages) * (1.0 - clear)),
        )

    def is_devoted(self, passage: Passage) -> bool:
        """Whether the passage is under a heading, or in a table row whose first cell is a title, about cities."""
        if self.urban_titles(passage):
            return True
        first = passage.text.split(CELL_SEPARATOR, 1)[0] if passage.kind == "table_row" else ""
        return len(first.split()) <= MAX_CELL_WORDS and self._is_urban_title(first, passage.language)

    def urban_titles(self, passage: Passage) -> list[str]:
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


def _where(chosen: NDArray[np.bool_], values: Floats) -> Floats:
    """The values (n,) where they are chosen, and nothing elsewhere."""
    return np.where(chosen, values, 0.0)


def _sectors(urban: Floats, scores: PassageScores, repeats: Repeats) -> float:
    """The number of sectors with urban measures; a sector with n expected ones counts as 1 - exp(-n).

    That is the chance of at least one event where n are expected (Poisson).
    """
    measures = _where(np.isin(scores.role, RESPONSES), urban)
    expected = (repeats.heaviest(_where(scores.sector == each, measures)) for each in SECTORS)
    return sum(1.0 - math.exp(-number) for number in expected)
