"""What is given to coders and what comes back from them: units, suggestions of a model, and people's codings.

A suggestion is a prediction and never becomes a label by itself: the two are different types, kept in different places
of every format. Nothing here reads or writes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from ndc_urban.codebook import LEVELS
from ndc_urban.identity import check_document
from ndc_urban.labels.anchors import Anchor
from ndc_urban.labels.records import LevelLabel, PassageLabel, UnitKey, check_attributes


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a model says of a unit: `model` is its hash, `p_urban` a probability (0 to 1), the rest attributes."""

    model: str
    p_urban: float
    code: str
    sector: str = ""
    strand: str = ""
    role: str = ""

    def __post_init__(self) -> None:
        if not 0.0 <= self.p_urban <= 1.0:
            raise ValueError(f"p_urban lies between 0 and 1, not at {self.p_urban}")
        check_attributes(self.code, self.sector, self.strand, self.role)


@dataclass(frozen=True, slots=True)
class Unit:
    """A passage that is to be coded: its document (KEN_2022), its place, and what a coder needs to see."""

    document: str
    anchor: Anchor
    text: str
    section: str = ""
    kind: str = "paragraph"
    language: str = "und"
    suggestion: Suggestion | None = None

    def __post_init__(self) -> None:
        check_document(self.document)
        if len(self.text) != self.anchor.length:
            raise ValueError("the anchor of a unit has the length of its text")

    @property
    def key(self) -> UnitKey:
        """What distinguishes this unit from all others."""
        return self.document, self.anchor


@dataclass(frozen=True, slots=True)
class LevelSuggestion:
    """What a model says of a document: a prediction, never a label. The probabilities are of low, moderate, strong."""

    document: str
    sha256: str
    model: str
    level: str
    p_low: float
    p_moderate: float
    p_strong: float

    def __post_init__(self) -> None:
        check_document(self.document)
        if self.level not in LEVELS:
            raise ValueError(f"unknown level {self.level!r}: {', '.join(LEVELS)}")

    @property
    def key(self) -> tuple[str, str]:
        """The file that the model read."""
        return self.document, self.sha256


@dataclass(frozen=True)
class CodingSheet:
    """What is to be coded, and people's existing codings; every coding belongs to one of the units."""

    units: tuple[Unit, ...]
    codings: tuple[PassageLabel, ...] = ()
    levels: tuple[LevelLabel, ...] = ()
    suggestions: tuple[LevelSuggestion, ...] = ()

    def __post_init__(self) -> None:
        keys = {unit.key for unit in self.units}
        if len(keys) != len(self.units):
            raise ValueError("a unit is in a coding sheet once")
        if any(coding.key not in keys for coding in self.codings):
            raise ValueError("a coding belongs to a unit of its sheet")
        _require_one_each("coding of a unit", [coding.unit_of_coder for coding in self.codings])
        _require_one_each("level of a document", [level.unit_of_coder for level in self.levels])
        _require_one_each("suggested level of a document", [each.key for each in self.suggestions])

    @property
    def documents(self) -> tuple[tuple[str, str], ...]:
        """Name and SHA-256 of every file concerned, in order."""
        of_units = [(unit.document, unit.anchor.sha256) for unit in self.units]
        of_levels = [*(each.key for each in self.levels), *(each.key for each in self.suggestions)]
        return tuple(dict.fromkeys([*of_units, *of_levels]))


def _require_one_each(what: str, keys: Iterable[Hashable]) -> None:
    seen: set[Hashable] = set()
    for key in keys:
        if key in seen:
            raise ValueError(f"there is one {what} by each coder")
        seen.add(key)
