"""A run: its tables, the counts that decide the exit status, and the folder that they are read from."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from ndc_urban.corpus.library import RUN_FILE, refuse_unfinished
from ndc_urban.counting import counted
from ndc_urban.errors import (
    EXIT_NONE_SCORED,
    EXIT_OK,
    EXIT_SOME_FAILED,
    AccessDenied,
    PathMissing,
    RunDamaged,
)
from ndc_urban.files import bare
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

if TYPE_CHECKING:
    import pandas as pd


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
        return cls.of_statuses(documents["status"])

    @classmethod
    def of_statuses(cls, statuses: Iterable[str]) -> Counts:
        """Counts the status of each document."""
        found = Counter(statuses)
        return cls(found.total(), found[OK], found[NEEDS_OCR], found[FAILED])

    @property
    def exit_status(self) -> int:
        """0 when all files were scored, 3 when some were not, 4 when none was."""
        if self.ok == self.files:
            return EXIT_OK
        return EXIT_SOME_FAILED if self.ok else EXIT_NONE_SCORED


@dataclass(frozen=True, repr=False)
class Run:
    """What `score` made. The tables have the columns and types of `DOCUMENTS`, `PASSAGES`, `FAILURES` and `REASONS` in
    `ndc_urban.runs.tables`; `estimation`, from which trends are made, those of `ESTIMATION` in
    `ndc_urban.runs.estimation`. `info` is the content of run.json.

    The tables of a run in a folder are read when they are first asked for. `rows` gives them without pandas, which
    takes longer to load than many a run to finish.
    """

    folder: Path
    documents: pd.DataFrame
    passages: pd.DataFrame
    failures: pd.DataFrame
    estimation: pd.DataFrame
    reasons: pd.DataFrame
    info: Mapping[str, Any]
    counts: Counts
    _home: Path = field(default=Path(), compare=False)
    """Where `folder` is, whatever folder the program goes to before a table is asked for."""

    def __repr__(self) -> str:
        where = "" if self.folder == Path() else f" in {self.folder}"
        return f"<Run{where}: {self.counts.ok} of {counted(self.counts.files, 'file')} scored>"

    @classmethod
    def in_folder(cls, root: Path) -> Run:
        """The finished run in a folder that holds all files. Raises `RunDamaged`."""
        run = object.__new__(cls)
        folder = RunFolder(root)
        known = {
            "folder": root,
            "_home": root.absolute(),
            "info": read_info(root),
            "counts": Counts.of_statuses(
                str(row["status"]) for row in read_rows(folder.documents, DOCUMENTS)
            ),
        }
        for name, value in known.items():
            object.__setattr__(run, name, value)
        return run

    if not TYPE_CHECKING:  # a type checker knows the fields

        def __getattr__(self, name: str) -> pd.DataFrame:
            if name not in TABLES:
                raise AttributeError(f"a run has no attribute {name!r}")
            table = _read_table(getattr(RunFolder(self._home), name), TABLES[name])
            object.__setattr__(self, name, table)
            return table

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of a table, such as `"passages"`, as plain values; a missing one is None."""
        if name in vars(self):
            yield from map(plain, vars(self)[name].to_dict("records"))
        else:
            yield from read_rows(getattr(RunFolder(self._home), name), TABLES[name])

    @property
    def scale(self) -> str:
        """The scale that the levels in `documents` are on, empty where run.json does not name it."""
        return scale_of(self.info)

    @property
    def evidence_only(self) -> bool:
        """Whether `passages` has only the ranked evidence."""
        return is_evidence_only(self.info)

    def with_all_tables(self) -> Run:
        """The run with all tables in memory, so that its folder may go."""
        return replace(self)


TABLES: Mapping[str, Schema] = {
    "documents": DOCUMENTS,
    "passages": PASSAGES,
    "failures": FAILURES,
    "estimation": ESTIMATION,
    "reasons": REASONS,
}
"""The tables of a run, by the names of the attributes of `Run` and `RunFolder`."""


def scale_of(info: Mapping[str, Any]) -> str:
    """The scale of the levels, by the content of run.json."""
    return str(info.get("configuration", {}).get("scale", ""))


def is_evidence_only(info: Mapping[str, Any]) -> bool:
    """Whether the table of passages has only the ranked evidence, by the content of run.json."""
    return bool(info.get("configuration", {}).get("evidence_only", False))


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
    def parquet(self) -> Path:
        """The passages in another format; a run has it only on demand."""
        return self.root / "passages.parquet"

    @property
    def info(self) -> Path:
        return self.root / RUN_FILE

    @property
    def files(self) -> tuple[Path, ...]:
        """Those that every finished run has."""
        return (self.documents, self.passages, self.failures, self.reasons, self.estimation, self.info)


def load_run(root: Path | str) -> Run:
    """The run in folder `root`, as `score` returned it.

    Raises `RunUnfinished` where the run was stopped, and `PathMissing` where a file of it is missing.
    """
    folder = Path(root)
    refuse_incomplete(folder)
    return Run.in_folder(folder)


def refuse_incomplete(root: Path) -> None:
    """Raises `RunUnfinished` for a run that was stopped, `PathMissing` for a folder without all files of a run, and
    `RunDamaged` where a table lacks a column.
    """
    if not root.is_dir():
        raise PathMissing(f"There is no folder {root}.")
    refuse_unfinished(root)
    folder = RunFolder(root)
    for path in folder.files:
        if not path.is_file():
            raise PathMissing(
                f"{root} is not a complete run folder: {path.name} is missing.",
                remedy="Give a folder that `ndc-urban score` made.",
            )
    for name, schema in TABLES.items():
        path = getattr(folder, name)
        if missing := [column for column in schema if column not in columns_of(path)]:
            raise RunDamaged(
                f"{path} has no column {', '.join(missing)}: it was changed, or made by another version of the program."
            )


def read_info(root: Path) -> dict[str, Any]:
    """The content of run.json of the run in folder `root`. Raises `RunDamaged`."""
    path = RunFolder(root).info
    with _named(path):
        info = json.loads(path.read_bytes())
    if isinstance(info, dict):
        return info
    raise RunDamaged(f"{path} is not that of a run.")


def columns_of(path: Path) -> list[str]:
    """The columns of a table of a run. Raises `RunDamaged`."""
    with _named(path), _opened(path) as stream:
        return next(csv_reader(stream), [])


def _opened(path: Path) -> TextIO:
    return path.open(encoding="utf-8-sig", newline="")  # a table that a spreadsheet saved begins with a mark


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Raises `RunDamaged`, which names the table, for what is wrong with its content."""
    try:
        yield
    except PermissionError as error:
        raise AccessDenied.to(error) from error
    except (OSError, ValueError, KeyError, csv.Error) as error:
        raise RunDamaged(f"{path} cannot be read ({error}).") from error


def plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row of a data frame with None for missing values, as JSON has them."""
    import pandas as pd

    return {str(key): None if pd.isna(value) else value for key, value in row.items()}


_VALUE_OF: Mapping[str, Callable[[str], Any]] = {
    "string": bare,
    "Int64": int,
    "Float64": float,
    "boolean": lambda cell: {"true": True, "false": False}[cell.lower()],
}
"""By the type of a column: how a cell that is not empty is read."""


_LONGEST_CELL = 2**31 - 1
"""Characters, the most that the library counts to; its usual limit of 131,072 is less than a passage may have."""


def csv_reader(lines: Iterable[str]) -> Iterator[list[str]]:
    """The lines of a table of a run, however long a passage is."""
    csv.field_size_limit(_LONGEST_CELL)
    return csv.reader(lines)


def read_rows(path: Path, schema: Schema) -> Iterator[dict[str, Any]]:
    """The rows of a table as it was written, with a plain value or None for each of its columns.

    Raises `RunDamaged`.
    """
    with _named(path), _opened(path) as stream:
        lines = csv_reader(stream)
        columns = [(name, _VALUE_OF[schema.get(name, "string")]) for name in next(lines, [])]
        for line in filter(None, lines):
            yield {
                name: value_of(cell) if cell else None
                for (name, value_of), cell in zip(columns, line, strict=True)
            }


def _read_table(path: Path, schema: Schema) -> pd.DataFrame:
    """A table as it was written: an empty cell is missing, a passage that says `NA` stays one, and texts are bare."""
    import pandas as pd

    with _named(path):
        table = pd.read_csv(path, dtype=dict(schema), keep_default_na=False, na_values=[""], encoding="utf-8")
    for name, kind in schema.items():
        if kind == "string" and name in table:
            marked = table[name].str.startswith("'", na=False)
            table.loc[marked, name] = table.loc[marked, name].map(bare)
    return table
