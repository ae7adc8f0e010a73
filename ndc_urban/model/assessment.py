"""What the model says of a document: scored passages and the level that follows from them. No I/O, no arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ndc_urban.codebook import CODES, LEVELS, Code, Level
from ndc_urban.document import Passage

__all__ = ["CODES", "LEVELS", "Assessment", "Code", "Level", "Reason", "ScoredPassage"]


@dataclass(frozen=True, slots=True)
class Reason:
    """What raised (`effect` > 0) or lowered a level or a probability, as a phrase; `effect` is in logits."""

    text: str
    effect: float

    def __str__(self) -> str:
        return f"{self.text} ({self.effect:+.1f})"


def in_sentences(reasons: Iterable[Reason]) -> str:
    """Reasons of a level as sentences for people; empty if there are none.

    >>> in_sentences([Reason("a short document", 0.4), Reason("no heading about cities", -0.2)])
    'Raised by: a short document. Lowered by: no heading about cities.'
    """
    listed = list(reasons)
    sides = (
        ("Raised by", [each.text for each in listed if each.effect > 0]),
        ("Lowered by", [each.text for each in listed if each.effect <= 0]),
    )
    return " ".join(f"{side}: {'; '.join(texts)}." for side, texts in sides if texts)


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A passage with what the passage model says of it.

    `p_urban` is the calibrated probability (0 to 1) that a coder would give the passage `E` or `I`; `code` the most
    likely of E, I, X, N. `sector`, `strand` and `role` are attributes of the codebook, empty unless the code is E or I.
    `evidence_rank` counts the document's evidence from 1 (best), None for all other passages. `reasons` say, for the
    best evidence, which words, terms and heading weighed most.
    """

    passage: Passage
    p_urban: float
    code: Code
    sector: str = ""
    strand: str = ""
    role: str = ""
    evidence_rank: int | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Assessment:
    """The level of one document with its probabilities and the scored passages it rests on.

    `p_low`, `p_moderate`, `p_strong` sum to 1. `prediction_set` holds the contiguous levels that contain the true one
    with the coverage stated in the model card. `urban_passages` counts the passages coded E or I among `passages`;
    `urban_share` is their share of the document's words (0 to 1). `sectors` is the number of sectors with urban
    responses and `top_sectors` their codes, most frequent first. `profile` counts what the urban passages are about.
    `reasons` say in words what moved the level up or down, strongest first; `notes`, why the document cannot be judged
    as an NDC is and its probabilities are drawn together (empty for nearly all documents).
    """

    level: Level
    p_low: float
    p_moderate: float
    p_strong: float
    prediction_set: tuple[Level, ...]
    urban_passages: int
    passages: int
    urban_share: float
    sectors: int
    top_sectors: tuple[str, ...]
    scored: tuple[ScoredPassage, ...]
    reasons: tuple[Reason, ...] = ()
    profile: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def evidence(self) -> tuple[ScoredPassage, ...]:
        """The ranked passages, best first."""
        ranked = [passage for passage in self.scored if passage.evidence_rank is not None]
        return tuple(sorted(ranked, key=lambda passage: passage.evidence_rank or 0))

    @property
    def confidence(self) -> float:
        """Probability of the level given."""
        return {"low": self.p_low, "moderate": self.p_moderate, "strong": self.p_strong}[self.level]
