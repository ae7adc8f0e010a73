"""A run: its tables, the counts that decide the exit status, and the folder that they are written to and read from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ndc_urban.corpus.library import RUN_FILE
from ndc_urban.errors import EXIT_NONE_SCORED, EXIT_OK, EXIT_SOME_FAILED, OutputUnwritable, PathMissing
from ndc_urban.runs.estimation import ESTIMATION
from ndc_urban.runs.tables import (
    DOCUMENTS,
    FAILED,
    FAILURES,
    NEEDS_OCR,
    OK,
    PASSAGES,
    REASONS,
    Schema,
)


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
    """What `score` made. The tables have the columns and types of `DOCUMENTS`, `PASSAGES`, `FAILURES` and `REASONS` in
    `ndc_urban.runs.tables`; `estimation`, from which trends are made, those of `ESTIMATION` in
    `ndc_urban.runs.estimation`. `info` is the content of run.json.
    """

    folder: Path
    documents: pd.DataFrame
    passages: pd.DataFrame
    failures: pd.DataFrame
    estimation: pd.DataFrame
    reasons: pd.DataFrame
    info: Mapping[str, Any]
    counts: Counts


@dataclass(frozen=True)
class RunFolder:
    """The paths of the files of a run."""

    root: Path

    @property
    def documents(self) -> Path:
        return self.root / "documents.csv"

    @property
    def passages(self) -> Path:
        return self.root / "passages.csv"

    @property
    def failures(self) -> Path:
        return self.root / "failures.csv"

    @property
    def reasons(self) -> Path:
        return self.root / "reasons.csv"

    @property
    def estimation(self) -> Path:
        return self.root / "estimation.csv"

    @property
    def info(self) -> Path:
        return self.root / RUN_FILE

    @property
    def files(self) -> tuple[Path, ...]:
        """All of them."""
        return (self.documents, self.passages, self.failures, self.reasons, self.estimation, self.info)


def write_run(run: Run, root: Path) -> None:
    """Writes the files of `run` into the existing folder `root`. Raises `OutputUnwritable`."""
    folder = RunFolder(root)
    try:
        _write_table(run.documents, folder.documents)
        _write_table(run.passages, folder.passages)
        _write_table(run.failures, folder.failures)
        _write_table(run.estimation, folder.estimation)
        _write_table(run.reasons, folder.reasons)
        text = json.dumps(run.info, ensure_ascii=False, indent=2) + "\n"
        folder.info.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise OutputUnwritable(f"Writing the results failed: {error.strerror or error}.") from error


def _write_table(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, encoding="utf-8", errors="backslashreplace", lineterminator="\n")


def load_run(root: Path) -> Run:
    """The run in folder `root`, as `score` returned it.

    Raises `PathMissing` where a file of it is missing.
    """
    folder = RunFolder(root)
    for path in folder.files:
        if not path.is_file():
            raise PathMissing(
                f"{root} is not a complete run folder: {path.name} is missing.",
                remedy="Give a folder that `ndc-urban score` made.",
            )
    info: Mapping[str, Any] = json.loads(folder.info.read_text(encoding="utf-8"))
    documents = _read_table(folder.documents, DOCUMENTS)
    return Run(
        folder=root,
        documents=documents,
        passages=_read_table(folder.passages, PASSAGES),
        failures=_read_table(folder.failures, FAILURES),
        estimation=_read_table(folder.estimation, ESTIMATION),
        reasons=_read_table(folder.reasons, REASONS),
        info=info,
        counts=Counts.of(documents),
    )


def _read_table(path: Path, schema: Schema) -> pd.DataFrame:
    """A table as it was written: an empty cell is missing, and a passage that says `NA` stays one."""
    return pd.read_csv(path, dtype=dict(schema), keep_default_na=False, na_values=[""], encoding="utf-8")
