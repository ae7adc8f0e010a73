"""The whole model: a document in, its level and scored passages out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ndc_urban.codebook import URBAN_CODES
from ndc_urban.document import Document, Passage
from ndc_urban.model.assessment import Assessment, ScoredPassage
from ndc_urban.model.denial import without_denials
from ndc_urban.model.doubt import doubt_about, doubted
from ndc_urban.model.evidence import scored_passages
from ndc_urban.model.level_model import LevelFeatureCounter, LevelModel, most_likely
from ndc_urban.model.passage_model import PassageModel
from ndc_urban.model.prediction_set import prediction_set
from ndc_urban.model.profile import RESPONSES, profile_of
from ndc_urban.model.reasons import document_reasons, passage_reasons
from ndc_urban.model.repeats import repeats_of
from ndc_urban.segment import segment

TOP_SECTORS = 5
"""So many sectors are named for a document: as many as fit in a cell of a table."""
EXPLAINED_EVIDENCE = 10
"""So many of the best passages get reasons; as many as the evaluation of the evidence looks at."""


@dataclass(frozen=True)
class UrbanModel:
    """A passage model and a level model that belong together.

    `hash` identifies weights, vocabulary and configuration; `trained_on` holds the SHA-256 of every file of the
    documents that it was trained on; `mass` is the threshold of the prediction sets and `coverage` what they promise.
    """

    passage_model: PassageModel
    level_model: LevelModel
    counter: LevelFeatureCounter
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
        """Segments and scores a document; says less surely what rests on too little or on text of another kind."""
        passages = segment(document)
        return doubted(self.assess_passages(passages), doubt_about(document, passages), self.mass)

    def assess_passages(self, passages: Sequence[Passage]) -> Assessment:
        """Scores a document that is segmented already; a document without passages is low."""
        scores = without_denials(passages, self.passage_model.score(passages), self.passage_model)
        repeats = repeats_of(passages)
        rows = repeats.distinct(scores.p_urban)
        features = self.counter.count(passages, scores, repeats)
        probabilities = self.level_model.probabilities(features.vector[None, :])[0]
        scored = tuple(self._explained(each) for each in scored_passages(passages, scores, rows))
        counted = [scored[row] for row in rows]
        urban = [each for each in counted if each.code in URBAN_CODES]
        sectors = _sectors(urban)
        return Assessment(
            level=most_likely(probabilities[None, :])[0],
            p_low=float(probabilities[0]),
            p_moderate=float(probabilities[1]),
            p_strong=float(probabilities[2]),
            prediction_set=prediction_set(probabilities, self.mass),
            urban_passages=len(urban),
            passages=len(passages),
            urban_share=_share(counted, urban),
            sectors=len(sectors),
            top_sectors=tuple(name for name, _ in sectors.most_common(TOP_SECTORS)),
            scored=scored,
            reasons=document_reasons(
                self.level_model, features, measures=sectors.total(), sectors=len(sectors)
            ),
            profile=profile_of(counted),
        )

    def _explained(self, scored: ScoredPassage) -> ScoredPassage:
        """The best evidence with its reasons; other passages as they are."""
        if scored.evidence_rank is None or scored.evidence_rank > EXPLAINED_EVIDENCE:
            return scored
        return replace(scored, reasons=passage_reasons(self.passage_model, scored.passage))


def _sectors(urban: Sequence[ScoredPassage]) -> Counter[str]:
    """Sectors of the urban responses (challenges are none), in the order of the document."""
    return Counter(each.sector for each in urban if each.role in RESPONSES and each.sector)


def _share(counted: Sequence[ScoredPassage], urban: Sequence[ScoredPassage]) -> float:
    """Share of the urban passages in the characters of the document."""
    total = sum(len(each.passage.text) for each in counted)
    return sum(len(each.passage.text) for each in urban) / total if total else 0.0
