"""What the model says of a document: scored passages and the level that follows from them. No I/O, no arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ndc_urban.codebook import CODES, LEVELS, Code, Level, Scale
from ndc_urban.document import Passage

__all__ = ["CODES", "LEVELS", "Assessment", "Code", "Level", "LevelOnScale", "Reason", "ScoredPassage"]

MIN_EFFECT = 0.15
"""Effects below this, in logits, are not reported: they move a probability by less than four percentage points."""


OF_HEADING = "heading “"
"""What a reason begins with that names the heading of a passage, and not words of its text."""


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


@dataclass(frozen=True, slots=True)
class LevelOnScale:
    """The level of a document on one scale.

    `p_low`, `p_moderate`, `p_strong` sum to 1. `prediction_set` holds the contiguous levels that contain the true one
    with the coverage stated in the model card.
    """

    scale: Scale
    level: Level
    p_low: float
    p_moderate: float
    p_strong: float
    prediction_set: tuple[Level, ...]

    @property
    def probabilities(self) -> tuple[float, float, float]:
        """Of low, moderate and strong."""
        return (self.p_low, self.p_moderate, self.p_strong)


@dataclass(frozen=True)
class Assessment:
    """The level of one document and the scored passages it rests on.

    `on_scale` is the level on the scale that was asked for, whose fields `level`, `p_low` and so on repeat;
    `on_other_scales` the level on each other scale that the model knows. `urban_passages` counts the passages coded E
    or I among `passages`; `urban_share` is their share of the document's words (0 to 1). `sectors` is the number of
    sectors with urban responses and `top_sectors` their codes, most frequent first. `profile` counts what the urban
    passages are about; `means` are the means of implementation that they provide for. `reasons` say in words what
    moved the level up or down, strongest first; `notes`, why the document cannot be judged like an NDC, so that its
    probabilities are drawn together (empty for nearly all documents).
    """

    on_scale: LevelOnScale
    urban_passages: int
    passages: int
    urban_share: float
    sectors: int
    top_sectors: tuple[str, ...]
    scored: tuple[ScoredPassage, ...]
    reasons: tuple[Reason, ...] = ()
    profile: Mapping[str, int] = field(default_factory=dict)
    means: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    on_other_scales: tuple[LevelOnScale, ...] = ()

    @property
    def scale(self) -> Scale:
        """The scale of `level`."""
        return self.on_scale.scale

    @property
    def level(self) -> Level:
        """The likeliest level."""
        return self.on_scale.level

    @property
    def p_low(self) -> float:
        """Probability of low."""
        return self.on_scale.p_low

    @property
    def p_moderate(self) -> float:
        """Probability of moderate."""
        return self.on_scale.p_moderate

    @property
    def p_strong(self) -> float:
        """Probability of strong."""
        return self.on_scale.p_strong

    @property
    def prediction_set(self) -> tuple[Level, ...]:
        """The levels that are possible, from low to strong."""
        return self.on_scale.prediction_set

    @property
    def evidence(self) -> tuple[ScoredPassage, ...]:
        """The ranked passages, best first."""
        ranked = [passage for passage in self.scored if passage.evidence_rank is not None]
        return tuple(sorted(ranked, key=lambda passage: passage.evidence_rank or 0))

    @property
    def confidence(self) -> float:
        """Probability of the level given."""
        return {"low": self.p_low, "moderate": self.p_moderate, "strong": self.p_strong}[self.level]
