"""The run folder: what is in it, how it comes to be in one stroke, and how it is read again."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ndc_urban.errors import OutputExists, OutputUnwritable, PathMissing
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


def check_output(out: Path) -> None:
    """Raises `OutputExists` when `out` is a file or a folder that is not empty."""
    if out.is_symlink() and not out.exists():
        raise OutputExists(f"The output {out} is a link that leads nowhere.")
    if out.exists() and not out.is_dir():
        raise OutputExists(f"The output {out} is a file.")
    if out.is_dir() and any(out.iterdir()):
        raise OutputExists(f"The output folder {out} is not empty.")


@contextmanager
def reserved(out: Path) -> Iterator[Path]:
    """A hidden folder to write into; in the end its files are those of `out`, on an error it goes.

    It lies beside `out`, or in it where `out` is an empty folder already, which may be all that can be written to.
    Raises `OutputExists` and, when the place cannot be written to, `OutputUnwritable`, before any work.
    """
    check_output(out)
    place = out if out.is_dir() else out.parent
    hidden = place / f".{out.name}.{uuid.uuid4().hex[:8]}.unfinished"
    try:
        place.mkdir(parents=True, exist_ok=True)
        hidden.mkdir()
        (hidden / ".probe").touch()
        (hidden / ".probe").unlink()
    except OSError as error:
        raise OutputUnwritable(f"Cannot write to {out}: {error.strerror or error}.") from error
    try:
        yield hidden
        _publish(hidden, out)
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise


def _publish(hidden: Path, out: Path) -> None:
    """Moves the finished files to where they belong, or beside it if that is taken by now: no result is lost."""
    if hidden.parent == out and list(out.iterdir()) == [hidden]:
        for path in sorted(hidden.iterdir()):
            path.rename(out / path.name)
        hidden.rmdir()
    elif hidden.parent != out and not out.exists():
        hidden.rename(out)
    else:
        spare = hidden.with_name(f"{out.name or 'run'}-{uuid.uuid4().hex[:8]}")
        hidden.rename(spare)
        what = "has filled" if hidden.parent == out else "has appeared"
        raise OutputExists(f"The output {out} {what} during the run.", remedy=f"The results are in {spare}.")


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
