"""Scores become scored passages, the urban ones ranked as evidence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ndc_urban.codebook import URBAN_CODES
from ndc_urban.document import Passage
from ndc_urban.model.assessment import Code, ScoredPassage
from ndc_urban.model.passage_model import Floats, PassageScores

EVIDENCE_THRESHOLD = 0.75
"""An urban passage is evidence from this `p_urban` on; if none is, the best one is evidence. It must lie above
`URBAN_FROM`, so that evidence is surer than a count; chosen by eye on real NDCs."""
FULL_EVIDENCE_LENGTH = 60
"""Shorter passages (a title in a table) rank lower, as they say little when read alone; characters, chosen by eye on
real NDCs."""
SHORTEST_MERIT = 0.5
"""The share of its probability that even the shortest passage keeps in the ranking; chosen by eye on real NDCs."""
_CODES: dict[str, Code] = {"E": "E", "I": "I", "X": "X", "N": "N"}


def scored_passages(
    passages: Sequence[Passage], scores: PassageScores, rows: Sequence[int]
) -> tuple[ScoredPassage, ...]:
    """The passages with their scores; `rows` are those of the `distinct` passages, which alone can be evidence."""
    urban = [row for row in rows if scores.code[row] in URBAN_CODES]
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
    """Rank of each passage that is evidence, best first."""

    def merit(row: int) -> float:
        length = min(len(passages[row].text), FULL_EVIDENCE_LENGTH) / FULL_EVIDENCE_LENGTH
        return float(p_urban[row]) * (SHORTEST_MERIT + (1 - SHORTEST_MERIT) * length)

    ordered = sorted(urban, key=lambda row: (-merit(row), row))
    evidence = [row for row in ordered if p_urban[row] >= EVIDENCE_THRESHOLD] or ordered[:1]
    return {row: rank for rank, row in enumerate(evidence, 1)}
