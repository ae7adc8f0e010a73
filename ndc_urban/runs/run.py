"""A run: the tables, where they lie, and the counts that decide the exit status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ndc_urban.errors import EXIT_NONE_SCORED, EXIT_OK, EXIT_SOME_FAILED
from ndc_urban.runs.tables import FAILED, NEEDS_OCR, OK


@dataclass(frozen=True)
class Counts:
    """How many files there were, and how many of them were scored, need text recognition, or failed."""

    files: int
    ok: int
    needs_ocr: int
    failed: int

    @classmethod
    def of(cls, documents: pd.DataFrame) -> Counts:
        """Counts the column `status` of the table of documents."""
        status = documents["status"]
        ok, needs_ocr, failed = (int((status == name).sum()) for name in (OK, NEEDS_OCR, FAILED))
        return cls(len(documents), ok, needs_ocr, failed)

    @property
    def exit_status(self) -> int:
        """0 when all files were scored, 3 when some were not, 4 when none was."""
        if self.ok == self.files:
            return EXIT_OK
        return EXIT_SOME_FAILED if self.ok else EXIT_NONE_SCORED


@dataclass(frozen=True)
class Run:
    """What `score` made. The tables have the columns and types of `DOCUMENTS`, `PASSAGES` and `FAILURES` in
    `ndc_urban.runs.tables`; `info` is the content of run.json. `estimation` is the table that trends are made from,
    `ESTIMATION` in `ndc_urban.runs.estimation`, and `reasons` says why (`REASONS` in `ndc_urban.runs.tables`); both are
    None in a folder of a version that did not write them.
    """

    folder: Path
    documents: pd.DataFrame
    passages: pd.DataFrame
    failures: pd.DataFrame
    info: Mapping[str, Any]
    counts: Counts
    estimation: pd.DataFrame | None = None
    reasons: pd.DataFrame | None = None
