"""The tables of a run that people read: their columns, types, and what each cell says of a document.

The table that trends are estimated from is in `ndc_urban.runs.estimation`. What a run keeps of a document until the
tables are written is in `ndc_urban.runs.records`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ndc_urban.errors import ReadingError
from ndc_urban.model.assessment import Assessment, Reason, ScoredPassage
from ndc_urban.page_ranges import page_ranges
from ndc_urban.parties import iso3_of

Schema = Mapping[str, str]
Cell = str | int | float | bool | None
Row = dict[str, Cell]

DOCUMENTS: Schema = {
    "path": "string",
    "sha256": "string",
    "iso3": "string",
    "language": "string",
    "pages": "Int64",
    "status": "string",
    "level": "string",
    "p_low": "Float64",
    "p_moderate": "Float64",
    "p_strong": "Float64",
    "prediction_set": "string",
    "urban_passages": "Int64",
    "passages": "Int64",
    "urban_share": "Float64",
    "sectors": "Int64",
    "top_sectors": "string",
    "in_training": "boolean",
    "seconds": "Float64",
    "notes": "string",
    "scale": "string",
    "means": "string",
    "party_seen": "boolean",
    "characters": "Int64",
}
"""One row per file; `status` is `ok`, `needs_ocr` or `failed`, and what follows it is missing unless `ok`, but for
`seconds` and `notes`: what to know beside the level, separated by `; `. `characters` is the length of all passages."""

PASSAGES: Schema = {
    "sha256": "string",
    "page": "Int64",
    "section": "string",
    "kind": "string",
    "text": "string",
    "p_urban": "Float64",
    "code": "string",
    "sector": "string",
    "strand": "string",
    "role": "string",
    "evidence_rank": "Int64",
    "path": "string",
    "iso3": "string",
    "language": "string",
    "start": "Int64",
    "last_page": "Int64",
    "printed_page": "string",
}
"""One row per passage of each distinct document (by hash), in document order; `path` and `iso3` are those of its first
file. `start` is the passage's place in the text of the document (`Document.text`), which labels are anchored at.

`page` and `last_page` are pages of the file, counted from 1, on which the passage begins and ends; `printed_page` is
the number that the first of them itself bears, missing where it is not found."""

FAILURES: Schema = {
    "path": "string",
    "sha256": "string",
    "error": "string",
    "message": "string",
    "remedy": "string",
    "pages": "string",
}
"""One row per file not scored, or not in full: then `error` is `needs_ocr` and `pages` lists what is missing."""

REASONS: Schema = {
    "sha256": "string",
    "subject": "string",
    "evidence_rank": "Int64",
    "page": "Int64",
    "reason": "string",
    "effect": "Float64",
    "path": "string",
    "iso3": "string",
}
"""What moved each level (`subject` document) and what weighed in its best evidence (`subject` passage), strongest
first; `effect` in logits, positive towards more urban content."""

OK, NEEDS_OCR, FAILED = "ok", "needs_ocr", "failed"

LIST_SEPARATOR = ";"
_DECIMALS = 4
"""Of probabilities and shares; more than a model is sure of, and few enough to read."""

_CONTROL_TO_SPACE = {code: " " for code in [*range(32), 127] if chr(code) != "\n"}
"""Programs disagree on control characters in CSV files: some end a row at one, some end the text."""


def as_text(path: Path) -> str:
    """A path with forward slashes, fit for a table; bytes in it that are not UTF-8 are written as escapes."""
    text = path.as_posix().translate(_CONTROL_TO_SPACE)
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def file_cells(path: Path, sha256: str) -> Row:
    """The cells that say, in any table, which file a row is about."""
    return {"path": as_text(path), "sha256": sha256, "iso3": iso3_of(path.name)}


def assessment_cells(assessment: Assessment) -> Row:
    """The cells of `DOCUMENTS` that say what the model says of a document."""
    return {
        "level": assessment.level,
        "p_low": rounded(assessment.p_low),
        "p_moderate": rounded(assessment.p_moderate),
        "p_strong": rounded(assessment.p_strong),
        "prediction_set": LIST_SEPARATOR.join(assessment.prediction_set),
        "scale": assessment.scale,
        "means": LIST_SEPARATOR.join(assessment.means) or None,
        "urban_passages": assessment.urban_passages,
        "passages": assessment.passages,
        "urban_share": rounded(assessment.urban_share),
        "sectors": assessment.sectors,
        "top_sectors": LIST_SEPARATOR.join(assessment.top_sectors),
        "characters": sum(len(scored.passage.text) for scored in assessment.scored),
    }


def passage_cells(scored: ScoredPassage) -> Row:
    """The cells of `PASSAGES` but for those of the file."""
    passage = scored.passage
    return {
        "page": passage.page,
        "section": passage.location.translate(_CONTROL_TO_SPACE),
        "kind": passage.kind,
        "text": passage.text.translate(_CONTROL_TO_SPACE),
        "p_urban": rounded(scored.p_urban),
        "code": scored.code,
        "sector": scored.sector,
        "strand": scored.strand,
        "role": scored.role,
        "evidence_rank": scored.evidence_rank,
        "language": passage.language,
        "start": passage.start,
        "last_page": passage.last_page,
        "printed_page": passage.printed_page or None,
    }


def reason_rows(assessment: Assessment) -> Iterator[Row]:
    """The cells of `REASONS` but for those of the file, a row for each reason."""
    for reason in assessment.reasons:
        yield _reason_cells("document", reason)
    for each in assessment.evidence:
        place: Row = {"evidence_rank": each.evidence_rank, "page": each.passage.page}
        yield from (_reason_cells("passage", reason) | place for reason in each.reasons)


def _reason_cells(subject: str, reason: Reason) -> Row:
    return {
        "subject": subject,
        "evidence_rank": None,
        "page": None,
        "reason": reason.text.translate(_CONTROL_TO_SPACE),
        "effect": rounded(reason.effect),
    }


def failure_cells(error: ReadingError) -> Row:
    """The cells of `FAILURES` but for those of the file."""
    return {
        "error": error.code,
        "message": error.message.translate(_CONTROL_TO_SPACE),
        "remedy": error.remedy,
        "pages": page_ranges(error.pages),
    }


def rounded(value: float | None) -> float | None:
    """A probability, a share or a number of seconds, as it is written."""
    return None if value is None else round(float(value), _DECIMALS)
