"""The levels that coders gave to documents, with the probability that a document was drawn for coding."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ndc_urban.codebook import LEVELS
from ndc_urban.errors import AnnotationsInvalid
from ndc_urban.labels.adjudication import one_per_unit
from ndc_urban.labels.coders import CoderKind, read_coders
from ndc_urban.labels.independence import independent
from ndc_urban.labels.records import NAME_SEPARATOR, REVIEWS, Review
from ndc_urban.trend.panel import Standing, read_rows

LEVELS_FILE = "levels.csv"


@dataclass(frozen=True, slots=True)
class LabelledLevel:
    """A document's level code (0 low, 1 moderate, 2 strong) and inclusion probability, nan if unknown."""

    level: int
    probability: float


@dataclass(frozen=True)
class Labels:
    """Labels by the name of the document and, if the table has this column, by the hash of a file.

    `by_standing` has labels of what stood for a Party in a round, by round and ISO3 code; with it the others are empty.
    """

    by_document: Mapping[str, LabelledLevel]
    by_sha256: Mapping[str, LabelledLevel]
    by_standing: Mapping[tuple[str, str], LabelledLevel] = field(default_factory=dict)

    def of(self, standing: Standing, hashes: tuple[str, ...]) -> LabelledLevel | None:
        """The label of the document of a Party in a round, by its name or by one of its files."""
        document = standing.document
        if (standing.round, standing.iso3) in self.by_standing:
            return self.by_standing[standing.round, standing.iso3]
        if document in self.by_document:
            return self.by_document[document]
        return next((self.by_sha256[sha256] for sha256 in hashes if sha256 in self.by_sha256), None)


NO_LABELS = Labels({}, {})


@dataclass(frozen=True, slots=True)
class _CodedLevel:
    """What one coder said of a document, which is named or known by the hash of a file."""

    document: str
    sha256: str
    coder: str
    kind: CoderKind
    review: Review
    adjudicates: tuple[str, ...]
    label: LabelledLevel


def load_labels(folder: Path) -> Labels:
    """Reads levels.csv of a folder of annotations: `document, coder, level`, optional `inclusion_probability`.

    If several coders labelled a document, `one_per_unit` chooses as it does for training. Levels that are a model's, or
    suggestions that were kept unseen, do not count (`ndc_urban.labels.independence`). Raises `PathMissing`, and
    `AnnotationsInvalid` with the row.
    """
    path = folder / LEVELS_FILE
    rows = enumerate(read_rows(path, ("document", "coder", "level")), 2)
    kinds = read_coders(folder)
    coded = independent(_coded(path, number, row, kinds) for number, row in rows)
    counted = [each.item for each in one_per_unit(coded, lambda each: each.document)]
    return Labels(
        {each.document: each.label for each in counted},
        {each.sha256: each.label for each in counted if each.sha256},
    )


def _coded(path: Path, number: int, row: Mapping[str, str], kinds: Mapping[str, CoderKind]) -> _CodedLevel:
    sha256 = row.get("sha256", "")
    adjudicates = tuple(filter(None, row.get("adjudicates", "").split(NAME_SEPARATOR)))
    review: Review = next((each for each in REVIEWS if each == row.get("review")), "")
    return _CodedLevel(
        row["document"] or sha256,
        sha256,
        row["coder"],
        kinds.get(row["coder"], "person"),
        review,
        adjudicates,
        _label(path, number, row),
    )


def _label(path: Path, number: int, row: Mapping[str, str]) -> LabelledLevel:
    if row["level"] not in LEVELS:
        raise AnnotationsInvalid(
            f"{path}, row {number}: unknown level {row['level']!r}: {', '.join(LEVELS)}."
        )
    text = row.get("inclusion_probability", "").strip()
    return LabelledLevel(LEVELS.index(row["level"]), _probability(path, number, text) if text else math.nan)


def _probability(path: Path, number: int, text: str) -> float:
    value = float(text) if text.replace(".", "", 1).replace("e-", "", 1).isdigit() else math.nan
    if not 0.0 < value <= 1.0:
        raise AnnotationsInvalid(
            f"{path}, row {number}: {text!r} is not an inclusion probability.",
            remedy="Write a number above 0 and at most 1, or leave the cell empty if it is unknown.",
        )
    return value
