"""The tables of a run that people read: their columns, types, and how they are filled from results.

The table that trends are estimated from is in `ndc_urban.runs.estimation`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ndc_urban.corpus.inputs import Input
from ndc_urban.errors import NeedsOcr, ReadingError
from ndc_urban.model.assessment import Assessment, Reason, ScoredPassage
from ndc_urban.page_ranges import page_ranges
from ndc_urban.parties import iso3_of
from ndc_urban.runs.engine import Lost
from ndc_urban.runs.notes import NOTE_SEPARATOR, repetitions
from ndc_urban.runs.worker import Outcome, Scored

Schema = Mapping[str, str]
Result = Outcome | Lost
Row = dict[str, Any]

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
}
"""One row per file; `status` is `ok`, `needs_ocr` or `failed`, and what follows it is missing unless `ok`, but for
`seconds` and `notes`: what to know beside the level, parted by `; `."""

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
the number that the first of them itself bears, missing where it cannot be told."""

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


def documents_table(results: Iterable[tuple[Input, Result]], trained_on: Collection[str]) -> pd.DataFrame:
    """The table `DOCUMENTS` in the order of `results`; `trained_on` holds hashes of training documents."""
    listed = list(results)
    repeated = repetitions(
        [(as_text(item.path), item.sha256, _fingerprint(result)) for item, result in listed]
    )
    rows = [
        _document_row(item, result, trained_on) | {"notes": _notes(result, again)}
        for (item, result), again in zip(listed, repeated, strict=True)
    ]
    return _table(rows, DOCUMENTS)


def _fingerprint(result: Result) -> str:
    return result.fingerprint if isinstance(result, Scored) else ""


def _notes(result: Result, again: str) -> str | None:
    """The cell `notes`; None where there is nothing to say."""
    own = (*result.reading, *result.assessment.notes) if isinstance(result, Scored) else ()
    return NOTE_SEPARATOR.join([*own, *([again] if again else [])]) or None


def passages_table(results: Iterable[tuple[Input, Result]]) -> pd.DataFrame:
    """The table `PASSAGES` in the order of `results`, each distinct document once."""
    rows = [
        _passage_row(item.sha256, scored) | _file_cells(item)
        for item, result in _distinct(results)
        for scored in result.passages
    ]
    return _table(rows, PASSAGES)


def reasons_table(results: Iterable[tuple[Input, Result]]) -> pd.DataFrame:
    """The table `REASONS` in the order of `results`, each distinct document once."""
    rows = [
        row | _file_cells(item)
        for item, result in _distinct(results)
        for row in _reason_rows(item.sha256, result.assessment)
    ]
    return _table(rows, REASONS)


def _distinct(results: Iterable[tuple[Input, Result]]) -> Iterator[tuple[Input, Scored]]:
    """The scored documents, of files with the same content the first."""
    seen: set[str] = set()
    for item, result in results:
        if isinstance(result, Scored) and item.sha256 not in seen:
            seen.add(item.sha256)
            yield item, result


def _file_cells(item: Input) -> Row:
    """What tells a reader of any table which file a row is about."""
    return {"path": as_text(item.path), "iso3": iso3_of(item.path.name)}


def _reason_rows(sha256: str, assessment: Assessment) -> Iterator[Row]:
    def row(subject: str, reason: Reason) -> Row:
        text = reason.text.translate(_CONTROL_TO_SPACE)
        return {
            "sha256": sha256,
            "subject": subject,
            "reason": text,
            "effect": _rounded(reason.effect),
        }

    yield from (row("document", reason) for reason in assessment.reasons)
    for each in assessment.evidence:
        place = {"evidence_rank": each.evidence_rank, "page": each.passage.page}
        yield from (row("passage", reason) | place for reason in each.reasons)


def failures_table(results: Iterable[tuple[Input, Result]]) -> pd.DataFrame:
    """The table `FAILURES` in the order of `results`."""
    errors = [(item, _error_of(item, result)) for item, result in results]
    return _table([_failure_row(item, error) for item, error in errors if error is not None], FAILURES)


def _table(rows: list[Row], schema: Schema) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(schema)).astype(dict(schema))


def _document_row(item: Input, result: Result, trained_on: Collection[str]) -> Row:
    row: Row = {
        **_file_cells(item),
        "sha256": item.sha256,
        "status": _status(result),
        "seconds": _rounded(result.seconds),
    }
    if isinstance(result, Scored):
        row |= {"language": result.language, "pages": result.pages} | _assessment_cells(result.assessment)
        row["in_training"] = item.sha256 in trained_on
    return row


def _status(result: Result) -> str:
    if isinstance(result, Scored):
        return OK
    return NEEDS_OCR if isinstance(result.error, NeedsOcr) else FAILED


def _assessment_cells(assessment: Assessment) -> Row:
    return {
        "level": assessment.level,
        "p_low": _rounded(assessment.p_low),
        "p_moderate": _rounded(assessment.p_moderate),
        "p_strong": _rounded(assessment.p_strong),
        "prediction_set": LIST_SEPARATOR.join(assessment.prediction_set),
        "urban_passages": assessment.urban_passages,
        "passages": assessment.passages,
        "urban_share": _rounded(assessment.urban_share),
        "sectors": assessment.sectors,
        "top_sectors": LIST_SEPARATOR.join(assessment.top_sectors),
    }


def _passage_row(sha256: str, scored: ScoredPassage) -> Row:
    passage = scored.passage
    return {
        "sha256": sha256,
        "page": passage.page,
        "section": passage.location.translate(_CONTROL_TO_SPACE),
        "kind": passage.kind,
        "text": passage.text.translate(_CONTROL_TO_SPACE),
        "p_urban": _rounded(scored.p_urban),
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


def _error_of(item: Input, result: Result) -> ReadingError | None:
    """Why the document was not scored, or not in full; None where all is well."""
    if not isinstance(result, Scored):
        return result.error
    missing = result.pages_needing_ocr
    if not missing:
        return None
    where = page_ranges(missing).replace(LIST_SEPARATOR, ", ")
    message = f"Page {where} of {result.pages}: no usable text there; the level rests on the other pages."
    return NeedsOcr(item.path, message, pages=missing)


def _failure_row(item: Input, error: ReadingError) -> Row:
    return {
        "path": as_text(item.path),
        "sha256": item.sha256,
        "error": error.code,
        "message": error.message.translate(_CONTROL_TO_SPACE),
        "remedy": error.remedy,
        "pages": page_ranges(error.pages),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), _DECIMALS)
