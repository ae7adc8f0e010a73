"""The whole model: a document in, its level and scored passages out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ndc_urban.codebook import URBAN_CODES, Scale
from ndc_urban.document import Document, Passage
from ndc_urban.model.assessment import Assessment, LevelOnScale, ScoredPassage
from ndc_urban.model.denial import without_denials
from ndc_urban.model.doubt import doubt_about, doubted
from ndc_urban.model.evidence import scored_passages
from ndc_urban.model.identity import known_scale
from ndc_urban.model.known_texts import KnownTexts
from ndc_urban.model.level_model import LevelFeatureCounter, LevelModel
from ndc_urban.model.level_reasons import level_reasons, sectors_of, urban_counts
from ndc_urban.model.passage_model import Floats, PassageModel
from ndc_urban.model.passage_reasons import passage_reasons
from ndc_urban.model.prediction_set import level_on_scale
from ndc_urban.model.profile import means_in, profile_of
from ndc_urban.model.repeats import repeats_of
from ndc_urban.segment import segment

TOP_SECTORS = 5
"""So many sectors are named for a document: as many as fit in a cell of a table."""
EXPLAINED_EVIDENCE = 10
"""So many of the best passages get reasons; as many as the evaluation of the evidence looks at."""


@dataclass(frozen=True)
class UrbanModel:
    """A passage model and a level model that belong together.

    `hash` identifies weights, vocabulary and configuration; `known` are the Parties and texts that it was trained on;
    `masses` holds the threshold of the prediction sets on each scale and `coverage` what they promise. `scale` is the
    one whose levels are given first.
    """

    passage_model: PassageModel
    level_model: LevelModel
    counter: LevelFeatureCounter
    masses: Mapping[Scale, float]
    coverage: float
    name: str
    hash: str = ""
    known: KnownTexts = field(default_factory=KnownTexts)
    details: Mapping[str, Any] = field(default_factory=dict)
    scale: Scale = "codebook"

    def __post_init__(self) -> None:
        if not all(0.0 <= each <= 1.0 for each in (*self.masses.values(), self.coverage)):
            raise ValueError("masses and coverage of the prediction sets lie between 0 and 1")
        if set(self.masses) != set(self.level_model.scales) or self.scale not in self.masses:
            raise ValueError(
                "there is a mass for each scale of the level model, and its levels are on one of them"
            )

    def on(self, scale: Scale | None) -> UrbanModel:
        """The same model with levels on another scale (None: its own); raises `UsageError` if it does not know it."""
        return replace(self, scale=known_scale(scale, self.name, self.scale, self.masses))

    def copy_in_training(self, sha256: str, passages: Sequence[Passage], iso3: str = "") -> str:
        """SHA-256 of the training file of which a file is a copy, perhaps saved again; empty where there is none."""
        return self.known.copy_of(sha256, passages, iso3)

    @property
    def parties(self) -> frozenset[str]:
        """ISO3 codes of the Parties of which a document was in the training data."""
        return self.known.parties

    def assess(self, document: Document) -> Assessment:
        """Segments and scores a document; its level is less certain where the text is too short or of another kind."""
        passages = segment(document)
        return doubted(self.assess_passages(passages), doubt_about(document, passages), self.masses)

    def assess_passages(self, passages: Sequence[Passage]) -> Assessment:
        """Scores a document that is segmented already; a document without passages is low."""
        scores = without_denials(passages, self.passage_model.score(passages), self.passage_model)
        repeats = repeats_of(passages)
        rows = repeats.distinct(scores.p_urban)
        features = self.counter.count(passages, scores, repeats)
        on_scales = {scale: self._level(features.vector, scale) for scale in self.level_model.scales}
        scored = tuple(self._explained(each) for each in scored_passages(passages, scores, rows))
        counted = [scored[row] for row in rows]
        urban = [each for each in counted if each.code in URBAN_CODES]
        sectors = sectors_of(urban)
        profile = profile_of(counted)
        return Assessment(
            on_scale=on_scales[self.scale],
            on_other_scales=tuple(said for scale, said in on_scales.items() if scale != self.scale),
            urban_passages=len(urban),
            passages=len(passages),
            urban_share=_share(counted, urban),
            sectors=len(sectors),
            top_sectors=tuple(name for name, _ in sectors.most_common(TOP_SECTORS)),
            scored=scored,
            reasons=level_reasons(self.level_model, features, urban_counts(urban, self.counter)),
            profile=profile,
            means=means_in(profile),
        )

    def _level(self, vector: Floats, scale: Scale) -> LevelOnScale:
        probabilities = self.level_model.probabilities(vector[None, :], scale)[0]
        return level_on_scale(scale, probabilities, self.masses[scale])

    def _explained(self, scored: ScoredPassage) -> ScoredPassage:
        """The best evidence with its reasons; other passages as they are."""
        if scored.evidence_rank is None or scored.evidence_rank > EXPLAINED_EVIDENCE:
            return scored
        return replace(scored, reasons=passage_reasons(self.passage_model, scored.passage))


def _share(counted: Sequence[ScoredPassage], urban: Sequence[ScoredPassage]) -> float:
    """Share of the urban passages in the characters of the document."""
    total = sum(len(each.passage.text) for each in counted)
    return sum(len(each.passage.text) for each in urban) / total if total else 0.0
