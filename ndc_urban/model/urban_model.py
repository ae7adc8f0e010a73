"""The whole model: a document in, its level and scored passages out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ndc_urban.annotations.codebook import URBAN_CODES
from ndc_urban.document import Document, Passage
from ndc_urban.model.assessment import Assessment, Code, ScoredPassage
from ndc_urban.model.level_model import AmountCounter, LevelModel, distinct, most_likely
from ndc_urban.model.passage_model import Floats, PassageModel, PassageScores
from ndc_urban.model.prediction_set import prediction_set
from ndc_urban.segment import segment

TOP_SECTORS = 5
FULL_EVIDENCE_LENGTH = 60
"""Shorter passages (a title in a table) rank lower: they say little when read alone."""


@dataclass(frozen=True)
class UrbanModel:
    """A passage model and a level model that belong together.

    `hash` identifies weights, vocabulary and configuration; `trained_on` holds the SHA-256 of every file of the
    documents that it was trained on; `mass` is the threshold of the prediction sets and `coverage` what they promise.
    """

    passage_model: PassageModel
    level_model: LevelModel
    counter: AmountCounter
    mass: float
    coverage: float
    name: str
    hash: str = ""
    trained_on: frozenset[str] = frozenset()
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (0.0 <= self.mass <= 1.0 and 0.0 < self.coverage < 1.0):
            raise ValueError("mass and coverage of the prediction sets lie between 0 and 1")

    def was_trained_on(self, sha256: str) -> bool:
        """Whether a file, or another copy of the same document, was in the training data."""
        return sha256 in self.trained_on

    def assess(self, document: Document) -> Assessment:
        """Segments and scores a document."""
        return self.assess_passages(segment(document))

    def assess_passages(self, passages: Sequence[Passage]) -> Assessment:
        """Scores a document that is segmented already; a document without passages is low."""
        scores = self.passage_model.score(passages)
        rows = distinct(passages)
        probabilities = self.level_model.probabilities(self.counter.count(passages, scores)[None, :])[0]
        urban = [row for row in rows if scores.code[row] in URBAN_CODES]
        sectors = _sectors(scores, urban)
        return Assessment(
            level=most_likely(probabilities[None, :])[0],
            p_low=float(probabilities[0]),
            p_moderate=float(probabilities[1]),
            p_strong=float(probabilities[2]),
            prediction_set=prediction_set(probabilities, self.mass),
            urban_passages=len(urban),
            passages=len(passages),
            urban_share=_share(passages, rows, urban),
            sectors=len(sectors),
            top_sectors=tuple(name for name, _ in sectors.most_common(TOP_SECTORS)),
            scored=_scored(passages, scores, _ranks(passages, scores.p_urban, urban)),
        )


def _sectors(scores: PassageScores, urban: Sequence[int]) -> Counter[str]:
    """Sectors of the urban responses (challenges are none)."""
    return Counter(
        str(scores.sector[row]) for row in urban if scores.role[row] in ("r", "d") and scores.sector[row]
    )


def _share(passages: Sequence[Passage], rows: Sequence[int], urban: Sequence[int]) -> float:
    """Share of the urban passages in the characters of the document."""
    total = sum(len(passages[row].text) for row in rows)
    return sum(len(passages[row].text) for row in urban) / total if total else 0.0


def _ranks(passages: Sequence[Passage], p_urban: Floats, urban: Sequence[int]) -> dict[int, int]:
    """Rank of each urban passage, best first."""

    def merit(row: int) -> float:
        length = min(len(passages[row].text), FULL_EVIDENCE_LENGTH) / FULL_EVIDENCE_LENGTH
        return float(p_urban[row]) * (0.5 + 0.5 * length)

    ordered = sorted(urban, key=lambda row: (-merit(row), row))
    return {row: rank for rank, row in enumerate(ordered, 1)}


def _scored(
    passages: Sequence[Passage], scores: PassageScores, ranks: Mapping[int, int]
) -> tuple[ScoredPassage, ...]:
    return tuple(
        ScoredPassage(
            passage=passage,
            p_urban=float(np.clip(scores.p_urban[row], 0.0, 1.0)),
            code=_code(str(scores.code[row])),
            sector=str(scores.sector[row]),
            strand=str(scores.strand[row]),
            role=str(scores.role[row]),
            evidence_rank=ranks.get(row),
        )
        for row, passage in enumerate(passages)
    )


def _code(value: str) -> Code:
    codes: dict[str, Code] = {"E": "E", "I": "I", "X": "X", "N": "N"}
    return codes[value]
