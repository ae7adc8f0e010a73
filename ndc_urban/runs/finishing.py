"""Writes the tables of a run from its records, one document at a time and in the order of the inputs."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ndc_urban.codebook import Scale
from ndc_urban.errors import OutputUnwritable
from ndc_urban.files import FORMULA_STARTS, guarded
from ndc_urban.model.out_of_fold import OutOfFold
from ndc_urban.runs.estimation import ESTIMATION, estimation_row
from ndc_urban.runs.folder import Counts, RunFolder
from ndc_urban.runs.notes import NOTE_SEPARATOR, Repetitions
from ndc_urban.runs.parquet import ParquetTable
from ndc_urban.runs.records import PASSAGE_CELLS, REASON_CELLS, Record
from ndc_urban.runs.tables import (
    DOCUMENTS,
    FAILED,
    FAILURES,
    NEEDS_OCR,
    OK,
    PASSAGES,
    REASONS,
    Cell,
    Row,
    Schema,
    as_text,
    file_cells,
)

_STARTS = frozenset(FORMULA_STARTS)
"""Looked up before `guarded` is called: a run writes a million cells, and few of them need it."""


@dataclass(frozen=True)
class FileOfRun:
    """A file of a run: its path, its hash and its size in bytes, both empty where it could not be opened."""

    path: Path
    sha256: str
    size: int


@dataclass(frozen=True)
class Context:
    """What the tables say beside the records.

    `scale` is that of the levels, `parties` are those that the model saw in training, and `out_of_fold` has its
    out-of-fold predictions by hash. With `evidence_only` the table of passages holds the ranked evidence alone; with
    `parquet` it is written in that format, too.
    """

    scale: Scale
    parties: frozenset[str]
    out_of_fold: Mapping[str, OutOfFold]
    evidence_only: bool = False
    parquet: bool = False


@dataclass
class Tally:
    """What was written so far, as needed for what follows."""

    repetitions: Repetitions = field(default_factory=Repetitions)
    seen: set[str] = field(default_factory=set)
    statuses: Counter[str] = field(default_factory=Counter)

    @property
    def counts(self) -> Counts:
        statuses = self.statuses
        return Counts(statuses.total(), statuses[OK], statuses[NEEDS_OCR], statuses[FAILED])


def write_tables(
    folder: Path,
    files: Iterable[tuple[FileOfRun, Record]],
    context: Context,
    info_of: Callable[[Counts], Mapping[str, Any]],
) -> Counts:
    """Writes all files of a run into an existing folder; `info_of` gives what run.json says beside the inputs.

    No more than one record is in memory at a time. Raises `OutputUnwritable`.
    """
    paths = RunFolder(folder)
    tally = Tally()
    try:
        with ExitStack() as stack:
            tables = Tables(paths, stack, parquet=context.parquet)
            for file, record in files:
                tally.statuses[record.status] += 1
                _write_document(tables, file, record, context, tally)
        write_info(paths.info, info_of(tally.counts), tables.inputs)
    except OSError as error:
        raise OutputUnwritable(
            f"Writing the results failed ({error.strerror or error}). All documents are kept.",
            remedy="Make room on the disk, then give the same command again, with --resume.",
        ) from error
    return tally.counts


class Tables:
    """The open tables of a run; entries of run.json are kept in a file beside them until its head is known."""

    def __init__(self, paths: RunFolder, stack: ExitStack, *, parquet: bool) -> None:
        def table(path: Path, schema: Schema) -> _Table:
            return _Table(stack.enter_context(_opened(path)), schema)

        self.documents = table(paths.documents, DOCUMENTS)
        self.failures = table(paths.failures, FAILURES)
        self.passages = table(paths.passages, PASSAGES)
        self.reasons = table(paths.reasons, REASONS)
        self.estimation = table(paths.estimation, ESTIMATION)
        self.parquet = stack.enter_context(ParquetTable(paths.parquet, PASSAGES)) if parquet else None
        self.inputs = paths.root / "inputs.jsonl"
        self.input_lines = stack.enter_context(_opened(self.inputs))


class _Table:
    def __init__(self, stream: Any, schema: Schema) -> None:
        self._columns = tuple(schema)
        self._writer = csv.writer(stream, lineterminator="\n")
        self._writer.writerow(self._columns)

    def add(self, row: Row) -> None:
        self.add_cells([[row.get(name) for name in self._columns]])

    def add_cells(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Rows in the order of the columns; no text of a document runs as a formula where the table is opened."""
        self.copy(
            [guarded(cell) if type(cell) is str and cell[:1] in _STARTS else cell for cell in row]
            for row in rows
        )

    def copy(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Rows as another table has them."""
        self._writer.writerows(rows)


def _opened(path: Path) -> Any:
    return path.open("w", encoding="utf-8", errors="backslashreplace", newline="")


def _write_document(tables: Tables, file: FileOfRun, record: Record, context: Context, tally: Tally) -> None:
    cells = file_cells(file.path, file.sha256)
    again = tally.repetitions.note(as_text(file.path), file.sha256, record.fingerprint)
    iso3 = str(cells["iso3"] or "")
    copy_of = record.copy_of
    notes = [*record.notes, *_out_of_fold_note(record, copy_of, context), *([again] if again else [])]
    tables.documents.add(
        cells
        | record.document
        | {
            "status": record.status,
            "seconds": record.seconds,
            "in_training": bool(copy_of) if record.is_scored else None,
            "notes": NOTE_SEPARATOR.join(notes) or None,
            "party_seen": (iso3 in context.parties) if record.is_scored and iso3 else None,
        }
    )
    if record.failure:
        tables.failures.add(cells | record.failure)
    entry = {"path": cells["path"], "sha256": file.sha256, "bytes": file.size, **record.info}
    tables.input_lines.write(json.dumps(entry | _for_merging(record), ensure_ascii=False) + "\n")
    if record.is_scored and file.sha256 not in tally.seen:
        tally.seen.add(file.sha256)
        _write_content(tables, cells, record, context)
        row = estimation_row(
            file.sha256,
            record.estimation,
            copy_of=copy_of,
            scale=context.scale,
            out_of_fold=context.out_of_fold,
        )
        if row is not None:
            tables.estimation.add(row)


def _out_of_fold_note(record: Record, copy_of: str, context: Context) -> list[str]:
    """Where the trend takes another level than the tables show, which one and why."""
    if copy_of not in context.out_of_fold:
        return []
    level = context.out_of_fold[copy_of].level_on(context.scale)
    if level == record.document["level"]:
        return []
    return [f"in training: {level} by a model that had not seen the Party"]


def _for_merging(record: Record) -> dict[str, str]:
    """What finds copies of a text when runs are joined."""
    return {"fingerprint": record.fingerprint} if record.fingerprint else {}


def _write_content(tables: Tables, cells: Row, record: Record, context: Context) -> None:
    """The passages and reasons of a document."""
    rank = PASSAGE_CELLS.index("evidence_rank")
    passages = [row for row in record.passages if not context.evidence_only or row[rank] is not None]
    rows = list(_with_file(passages, PASSAGES, PASSAGE_CELLS, cells))
    tables.passages.add_cells(rows)
    if tables.parquet is not None:
        tables.parquet.add(rows)
    tables.reasons.add_cells(_with_file(record.reasons, REASONS, REASON_CELLS, cells))


def _with_file(
    rows: Iterable[Sequence[Cell]], schema: Schema, own: Sequence[str], cells: Row
) -> Iterator[list[Cell]]:
    """Rows in the order of the columns, each with the cells of the file."""
    places = {name: at for at, name in enumerate(own)}
    sources = [(places.get(name), cells.get(name)) for name in schema]
    for row in rows:
        yield [value if at is None else row[at] for at, value in sources]


def write_info(path: Path, head: Mapping[str, Any], inputs: Path) -> None:
    """Writes run.json: its head and, last, the entries of the inputs, which are too many to be held in memory.

    `inputs` is a file with an entry in each line; it is removed.
    """
    with _opened(path) as stream, inputs.open(encoding="utf-8", newline="\n") as lines:
        text = json.dumps(head, ensure_ascii=False, indent=2)
        stream.write(text.removesuffix("\n}") + ',\n  "inputs": [')
        separator = "\n"
        for line in lines:
            stream.write(f"{separator}    {line.rstrip()}")
            separator = ",\n"
        stream.write("\n  ]\n}\n")
    inputs.unlink()
