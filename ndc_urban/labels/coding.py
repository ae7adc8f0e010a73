"""What is given to coders and what comes back from them: units, suggestions of a model, and people's codings.

A suggestion is a prediction and never becomes a label by itself: the two are different types, kept in different places
of every format. Nothing here reads or writes.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime

from ndc_urban.codebook import CODES, LEVELS, ROLES, SECTORS, STRANDS, URBAN_CODES
from ndc_urban.labels.anchors import Anchor
from ndc_urban.labels.records import CONFIDENCES, DOCUMENT_NAME

NAME_SEPARATOR = ";"
"""Stands between the names of coders in a table."""

UnitKey = tuple[str, Anchor]

_SOUND_NAME = re.compile(r"[^;\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a model says of a unit: `model` is its hash, `p_urban` a probability (0 to 1), the rest codebook marks."""

    model: str
    p_urban: float
    code: str
    sector: str = ""
    strand: str = ""
    role: str = ""

    def __post_init__(self) -> None:
        if not 0.0 <= self.p_urban <= 1.0:
            raise ValueError(f"p_urban lies between 0 and 1, not at {self.p_urban}")
        check_marks(self.code, self.sector, self.strand, self.role)


@dataclass(frozen=True, slots=True)
class Unit:
    """A passage that is to be coded: its document (KEN_2022), where it stands, and what a coder needs to see."""

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
        """What tells this unit from all others."""
        return self.document, self.anchor


@dataclass(frozen=True, slots=True)
class Coding:
    """What one coder said of one passage.

    `coded_at` is ISO 8601 and may be empty where it is not known; `sector`, `strand` and `role` are empty unless the
    code is E or I. `adjudicates` names the coders whose codings of this passage it settles; theirs are kept.
    """

    document: str
    anchor: Anchor
    coder: str
    coded_at: str
    codebook: str
    code: str
    sector: str = ""
    strand: str = ""
    role: str = ""
    comment: str = ""
    adjudicates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_document(self.document)
        check_coder(self.coder)
        check_moment(self.coded_at)
        check_marks(self.code, self.sector, self.strand, self.role)
        for name in self.adjudicates:
            check_coder(name)

    @property
    def key(self) -> UnitKey:
        """The unit that was coded."""
        return self.document, self.anchor

    @property
    def unit_of_coder(self) -> Hashable:
        """What a coder says once: a unit, and once more where the coder settles codings of it."""
        return self.key, self.coder, bool(self.adjudicates)

    @property
    def answers(self) -> Hashable:
        """What was said, without who said it and when."""
        return self.code, self.sector, self.strand, self.role, self.comment, self.adjudicates


@dataclass(frozen=True, slots=True)
class LevelCoding:
    """What one coder said of one document; `sha256` is the file read, `confidence` 1 to 3 (3 is sure)."""

    document: str
    sha256: str
    coder: str
    coded_at: str
    codebook: str
    level: str
    confidence: int
    dedicated: bool
    comment: str = ""
    adjudicates: tuple[str, ...] = ()
    inclusion_probability: float | None = None

    def __post_init__(self) -> None:
        check_document(self.document)
        check_coder(self.coder)
        check_moment(self.coded_at)
        if self.level not in LEVELS:
            raise ValueError(f"unknown level {self.level!r}: {', '.join(LEVELS)}")
        if self.confidence not in CONFIDENCES:
            raise ValueError(f"unknown confidence {self.confidence!r}: 1, 2 or 3")
        if self.inclusion_probability is not None and not 0.0 < self.inclusion_probability <= 1.0:
            raise ValueError(f"an inclusion probability lies in (0, 1], not at {self.inclusion_probability}")
        for name in self.adjudicates:
            check_coder(name)

    @property
    def key(self) -> tuple[str, str]:
        """The file that was coded."""
        return self.document, self.sha256

    @property
    def unit_of_coder(self) -> Hashable:
        """What a coder says once: a unit, and once more where the coder settles codings of it."""
        return self.key, self.coder, bool(self.adjudicates)

    @property
    def answers(self) -> Hashable:
        """What was said, without who said it and when."""
        return self.level, self.confidence, self.dedicated, self.comment, self.adjudicates


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
    """What is to be coded, and people's codings that are there already; every coding belongs to one of the units."""

    units: tuple[Unit, ...]
    codings: tuple[Coding, ...] = ()
    levels: tuple[LevelCoding, ...] = ()
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


def check_document(name: str) -> None:
    """Raises `ValueError` for a name that does not begin with a Party's ISO3 code and an underscore."""
    if not DOCUMENT_NAME.fullmatch(name):
        raise ValueError(f"a document is named by its Party's ISO3 code and its round, not {name!r}")


def check_coder(name: str) -> None:
    """Raises `ValueError` for a name that is empty, or that tables of names could not hold."""
    if not _SOUND_NAME.fullmatch(name) or name != name.strip():
        raise ValueError(
            f"a coder's name is not empty and has no semicolon, line break or outer space: {name!r}"
        )


def check_moment(moment: str) -> None:
    """Raises `ValueError` for a date or time that is not ISO 8601; empty is allowed."""
    if moment:
        try:
            datetime.fromisoformat(moment)
        except ValueError as error:
            raise ValueError(f"a date like 2026-08-31 or 2026-08-31T14:05:00, not {moment!r}") from error


def check_marks(code: str, sector: str, strand: str, role: str) -> None:
    """Raises `ValueError` for a code or mark that the codebook lacks, or marks where the code is X or N."""
    if code not in CODES:
        raise ValueError(f"unknown code {code!r}: E, I, X or N")
    for value, known, name in (
        (sector, SECTORS, "sector"),
        (strand, STRANDS, "strand"),
        (role, ROLES, "role"),
    ):
        if value and value not in known:
            raise ValueError(f"unknown {name} {value!r}: {', '.join(known)}")
        if value and code not in URBAN_CODES:
            raise ValueError(f"a {name} belongs to the codes E and I only, not to {code}")
