"""The run folder: what is in it, how it comes to be in one stroke, and how it is read again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ndc_urban.errors import OutputUnwritable, PathMissing
from ndc_urban.runs.estimation import ESTIMATION
from ndc_urban.runs.run import Counts, Run
from ndc_urban.runs.tables import DOCUMENTS, FAILURES, PASSAGES, REASONS, Schema


@dataclass(frozen=True)
class RunFolder:
    """Where the files of a run lie."""

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
        return self.root / "run.json"


def write_run(run: Run, root: Path) -> None:
    """Writes the files of `run` into the existing folder `root`. Raises `OutputUnwritable`."""
    folder = RunFolder(root)
    try:
        _write_table(run.documents, folder.documents)
        _write_table(run.passages, folder.passages)
        _write_table(run.failures, folder.failures)
        if run.estimation is not None:
            _write_table(run.estimation, folder.estimation)
        if run.reasons is not None:
            _write_table(run.reasons, folder.reasons)
        text = json.dumps(run.info, ensure_ascii=False, indent=2) + "\n"
        folder.info.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise OutputUnwritable(f"Writing the results failed: {error.strerror or error}.") from error


def _write_table(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, encoding="utf-8", errors="backslashreplace", lineterminator="\n")


def load_run(root: Path) -> Run:
    """The run in folder `root`, as `score` returned it.

    Raises `PathMissing` where a file of it lacks; only estimation.csv and reasons.csv may, which older versions did
    not write.
    """
    folder = RunFolder(root)
    for path in (folder.documents, folder.passages, folder.failures, folder.info):
        if not path.is_file():
            raise PathMissing(f"{root} is no complete run folder: {path.name} is missing.")
    info: Mapping[str, Any] = json.loads(folder.info.read_text(encoding="utf-8"))
    documents = _read_table(folder.documents, DOCUMENTS)
    return Run(
        folder=root,
        documents=documents,
        passages=_read_table(folder.passages, PASSAGES),
        failures=_read_table(folder.failures, FAILURES),
        info=info,
        counts=Counts.of(documents),
        estimation=_read_table(folder.estimation, ESTIMATION) if folder.estimation.is_file() else None,
        reasons=_read_table(folder.reasons, REASONS) if folder.reasons.is_file() else None,
    )


def _read_table(path: Path, schema: Schema) -> pd.DataFrame:
    """A table as it was written: an empty cell is missing, and a passage that says `NA` stays one."""
    return pd.read_csv(path, dtype=dict(schema), keep_default_na=False, na_values=[""], encoding="utf-8")
