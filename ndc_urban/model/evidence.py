"""Scores become scored passages, the urban ones ranked as evidence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ndc_urban.codebook import URBAN_CODES
from ndc_urban.document import Passage
from ndc_urban.model.assessment import Code, ScoredPassage
from ndc_urban.model.level_model import distinct
from ndc_urban.model.passage_model import Floats, PassageScores

SURE = 0.75
"""An urban passage is evidence from this probability on; where none is, the best one stands for them."""
FULL_EVIDENCE_LENGTH = 60
"""Shorter passages (a title in a table) rank lower: they say little when read alone."""
_CODES: dict[str, Code] = {"E": "E", "I": "I", "X": "X", "N": "N"}


def scored_passages(passages: Sequence[Passage], scores: PassageScores) -> tuple[ScoredPassage, ...]:
    """The passages with their scores; of passages that are repeated the first is evidence."""
    urban = [row for row in distinct(passages) if scores.code[row] in URBAN_CODES]
    ranks = _ranks(passages, scores.p_urban, urban)
    return tuple(
        ScoredPassage(
            passage=passage,
            p_urban=float(np.clip(scores.p_urban[row], 0.0, 1.0)),
            code=_CODES[str(scores.code[row])],
            sector=str(scores.sector[row]),
            strand=str(scores.strand[row]),
            role=str(scores.role[row]),
            evidence_rank=ranks.get(row),
        )
        for row, passage in enumerate(passages)
    )


def _ranks(passages: Sequence[Passage], p_urban: Floats, urban: Sequence[int]) -> dict[int, int]:
    """Rank of each passage that is surely urban, best first."""

    def merit(row: int) -> float:
        length = min(len(passages[row].text), FULL_EVIDENCE_LENGTH) / FULL_EVIDENCE_LENGTH
        return float(p_urban[row]) * (0.5 + 0.5 * length)

    ordered = sorted(urban, key=lambda row: (-merit(row), row))
    sure = [row for row in ordered if p_urban[row] >= SURE] or ordered[:1]
    return {row: rank for rank, row in enumerate(sure, 1)}
