"""What a run keeps of one document: the cells of its rows in all tables, as one line of JSON.

A worker makes it, the journal and the cache keep it, and when a run is finished its tables are written from it. What
depends on the run (the path, copies of the same text, training documents) is added then.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ndc_urban.cache.reading import is_lasting
from ndc_urban.document import Document
from ndc_urban.errors import NeedsOcr, ReadingError
from ndc_urban.model.assessment import Assessment
from ndc_urban.page_ranges import page_ranges
from ndc_urban.runs.estimation import estimation_cells
from ndc_urban.runs.notes import fingerprint, reading_notes
from ndc_urban.runs.tables import (
    FAILED,
    FAILURES,
    LIST_SEPARATOR,
    NEEDS_OCR,
    OK,
    PASSAGES,
    REASONS,
    Cell,
    Row,
    assessment_cells,
    failure_cells,
    passage_cells,
    reason_rows,
    rounded,
)

_OF_FILE = ("sha256", "path", "iso3")
PASSAGE_CELLS = tuple(name for name in PASSAGES if name not in _OF_FILE)
REASON_CELLS = tuple(name for name in REASONS if name not in _OF_FILE)
FAILURE_CELLS = tuple(name for name in FAILURES if name not in _OF_FILE)
"""The columns of the tables but for those of the file, which may lie elsewhere the next time."""

PASSING_ERRORS = frozenset(
    {"timeout", "out_of_memory", "reader_crashed", "file_unreadable", "ocr_unavailable", "unreadable"}
)
"""Codes of errors that another attempt, or another machine, may not meet: such a failure is not kept in the cache."""


@dataclass(frozen=True)
class Record:
    """One document of a run.

    `document` and `failure` are cells of those tables by column, `passages` and `reasons` rows in the order of
    `PASSAGE_CELLS` and `REASON_CELLS`, `estimation` cells of that table, empty unless the document was scored. `info`
    is the entry in run.json. `copy_of` is the SHA-256 of the training file whose text this is, empty for others.
    `notes` and `fingerprint` are as in `ndc_urban.runs.notes`; `lasting` says whether another attempt would give the
    same.
    """

    status: str
    seconds: float | None
    document: Row = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    fingerprint: str = ""
    passages: tuple[tuple[Cell, ...], ...] = ()
    reasons: tuple[tuple[Cell, ...], ...] = ()
    failure: Row = field(default_factory=dict)
    estimation: Row = field(default_factory=dict)
    info: Mapping[str, Any] = field(default_factory=dict)
    copy_of: str = ""
    lasting: bool = True

    @property
    def is_scored(self) -> bool:
        return self.status == OK

    def as_line(self) -> bytes:
        """The record as JSON in UTF-8, without a line break."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        # Half of a surrogate pair, which damaged files hold, becomes the escape that JSON has for it.
        return text.encode("utf-8", "backslashreplace")

    @classmethod
    def from_line(cls, line: bytes) -> Record:
        """The record as it was. Raises `ValueError` or `TypeError` for another line."""
        return cls(**json.loads(line))


def record_of(document: Document, assessment: Assessment, *, copy_of: str, seconds: float) -> Record:
    """The record of a document that was scored in so many seconds; `copy_of` as in `Record`."""
    missing = _not_read(document)
    return Record(
        status=OK,
        seconds=rounded(seconds),
        document={
            "language": document.language,
            "pages": document.page_count,
            **assessment_cells(assessment),
        },
        notes=(*reading_notes(document), *assessment.notes),
        fingerprint=fingerprint(document),
        passages=tuple(_in_order(passage_cells(each), PASSAGE_CELLS) for each in assessment.scored),
        reasons=tuple(_in_order(row, REASON_CELLS) for row in reason_rows(assessment)),
        failure={} if missing is None else failure_cells(missing),
        estimation=estimation_cells(assessment),
        info={
            "readers": _readers(document),
            "notes": list(document.notes),
            "reasons": [str(reason) for reason in assessment.reasons],
        },
        copy_of=copy_of,
        lasting=is_lasting(document),
    )


def failed_record(error: ReadingError, *, seconds: float | None = None, trace: str = "") -> Record:
    """The record of a document that was not scored; `trace` is an unforeseen error's traceback."""
    return Record(
        status=NEEDS_OCR if isinstance(error, NeedsOcr) else FAILED,
        seconds=rounded(seconds),
        failure=failure_cells(error),
        info={"traceback": trace} if trace else {},
        lasting=error.code not in PASSING_ERRORS,
    )


def _in_order(row: Row, columns: tuple[str, ...]) -> tuple[Cell, ...]:
    return tuple(row[name] for name in columns)


def _not_read(document: Document) -> NeedsOcr | None:
    """What a user should know of pages without usable text; None where there are none."""
    missing = document.pages_needing_ocr
    if not missing:
        return None
    where = page_ranges(missing).replace(LIST_SEPARATOR, ", ")
    message = (
        f"Page {where} of {document.page_count}: no usable text there; the level rests on the other pages."
    )
    return NeedsOcr(document.path, message, pages=missing)


def _readers(document: Document) -> dict[str, str]:
    """For each reader the pages it served as ranges; empty ranges for formats without pages."""
    pages: defaultdict[str, list[int]] = defaultdict(list)
    for page in document.pages:
        pages[page.reader].extend([] if page.number is None else [page.number])
    return {reader: page_ranges(numbers) for reader, numbers in pages.items()}
