"""Labels: what one coder said of one passage or of one document, the same from a file to training.

A label holds no text: it names a place in a file (`anchors`). Nothing here reads or writes.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, get_args

from ndc_urban.codebook import CODES, LEVELS, ROLES, SECTORS, STRANDS, URBAN_CODES
from ndc_urban.identity import check_document
from ndc_urban.labels.anchors import Anchor
from ndc_urban.labels.coders import CoderKind

NAME_SEPARATOR = ";"
"""Separates the names of coders in a table."""
CONFIDENCES = (1, 2, 3)

Review = Literal["", "changed", "kept", "unseen"]
"""What a coder did with the suggestion in view: said something else; kept it; kept it in less time than it takes to
read the passage. Empty where there was no suggestion."""


class ByCoder(Protocol):
    """A label, of a passage or a document, as far as it matters who gave it and what was in view."""

    @property
    def coder(self) -> str: ...

    @property
    def kind(self) -> CoderKind: ...

    @property
    def review(self) -> Review: ...


REVIEWS: tuple[Review, ...] = get_args(Review)
ATTRIBUTE_SEPARATOR = "."
"""Between the attributes of a suggestion in a table."""

UnitKey = tuple[str, Anchor]
"""A document and a place in a file of it."""

_SOUND_NAME = re.compile(r"[^;\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class PassageLabel:
    """What one coder said of one passage.

    `coded_at` is ISO 8601 and may be empty where it is not known; `sector`, `strand` and `role` are empty unless the
    code is E or I. `adjudicates` names the coders whose labels of this passage it settles; theirs are kept. `wave`
    counts the rounds of coding. `seen` is the part of the text, from and to, that the coder had in view; None for all.
    `suggestion` is what a model suggested while the coder decided, as `said` writes it, and `review` what is known of
    that; both are empty where there was no suggestion. `kind` is what the coder is; no table of labels holds it.
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
    wave: int = 1
    seen: tuple[int, int] | None = None
    suggestion: str = ""
    review: Review = ""
    kind: CoderKind = "person"

    def __post_init__(self) -> None:
        check_document(self.document)
        check_coder(self.coder)
        check_timestamp(self.coded_at)
        check_attributes(self.code, self.sector, self.strand, self.role)
        check_review(self.review)
        for name in self.adjudicates:
            check_coder(name)

    @property
    def is_urban(self) -> bool:
        """Whether the code is E or I."""
        return self.code in URBAN_CODES

    @property
    def attributes(self) -> tuple[str, str, str, str]:
        """Code, sector, strand and role."""
        return self.code, self.sector, self.strand, self.role

    @property
    def said(self) -> str:
        """The attributes in one word, such as `E.tr.m.r`: what a suggestion is compared with."""
        return as_said(*self.attributes)

    @property
    def key(self) -> UnitKey:
        """The unit that was coded."""
        return self.document, self.anchor

    @property
    def unit_of_coder(self) -> Hashable:
        """What a coder says once: a unit, and once more where the coder settles labels of it."""
        return self.key, self.coder, bool(self.adjudicates)

    @property
    def answers(self) -> Hashable:
        """What was said, without who said it and when."""
        return *self.attributes, self.comment, self.adjudicates


@dataclass(frozen=True, slots=True)
class LevelLabel:
    """What one coder said of one document; `sha256` is the file read, `confidence` 1 to 3 (3 is sure).

    `suggestion`, `review` and `kind` are as in `PassageLabel`.
    """

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
    suggestion: str = ""
    review: Review = ""
    kind: CoderKind = "person"

    def __post_init__(self) -> None:
        check_document(self.document)
        check_coder(self.coder)
        check_timestamp(self.coded_at)
        check_review(self.review)
        if self.level not in LEVELS:
            raise ValueError(f"unknown level {self.level!r}: {', '.join(LEVELS)}")
        if self.confidence not in CONFIDENCES:
            raise ValueError(f"unknown confidence {self.confidence!r}: 1, 2 or 3")
        if self.inclusion_probability is not None and not 0.0 < self.inclusion_probability <= 1.0:
            raise ValueError(f"an inclusion probability lies in (0, 1], not at {self.inclusion_probability}")
        for name in self.adjudicates:
            check_coder(name)

    @property
    def said(self) -> str:
        """The level: what a suggestion is compared with."""
        return self.level

    @property
    def key(self) -> tuple[str, str]:
        """The file that was coded."""
        return self.document, self.sha256

    @property
    def unit_of_coder(self) -> Hashable:
        """What a coder says once: a unit, and once more where the coder settles labels of it."""
        return self.key, self.coder, bool(self.adjudicates)

    @property
    def answers(self) -> Hashable:
        """What was said, without who said it and when."""
        return self.level, self.confidence, self.dedicated, self.comment, self.adjudicates


def as_said(code: str, sector: str, strand: str, role: str) -> str:
    """The attributes of a passage in one word.

    >>> as_said("E", "tr", "m", "r"), as_said("N", "", "", "")
    ('E.tr.m.r', 'N')
    """
    return ATTRIBUTE_SEPARATOR.join((code, sector, strand, role)).rstrip(ATTRIBUTE_SEPARATOR)


def check_review(review: str) -> None:
    """Raises `ValueError` for a word that is not one of `REVIEWS`."""
    if review not in REVIEWS:
        raise ValueError(f"unknown review {review!r}: {', '.join(filter(None, REVIEWS))}, or empty")


def check_coder(name: str) -> None:
    """Raises `ValueError` for a name that is empty, or that tables of names could not hold."""
    if not _SOUND_NAME.fullmatch(name) or name != name.strip():
        raise ValueError(
            f"a coder's name is not empty and has no semicolon, line break or outer space: {name!r}"
        )


def check_timestamp(timestamp: str) -> None:
    """Raises `ValueError` for a date or time that is not ISO 8601; empty is allowed."""
    if timestamp:
        try:
            datetime.fromisoformat(timestamp)
        except ValueError as error:
            raise ValueError(f"a date like 2026-08-31 or 2026-08-31T14:05:00, not {timestamp!r}") from error


def check_attributes(code: str, sector: str, strand: str, role: str) -> None:
    """Raises `ValueError` for a code or attribute that the codebook lacks, or attributes if the code is X or N."""
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
