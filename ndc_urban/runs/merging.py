"""Joins finished runs of one model into one, row by row: parts of a run give the bytes of the whole run.

Parts made with `--shard` are put back into the order of the whole; other runs follow one another in the order given.
"""

from __future__ import annotations

import csv
import heapq
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ndc_urban.errors import OutputUnwritable, RunDamaged, RunsDiffer
from ndc_urban.files import bare, folder_written_whole
from ndc_urban.runs.finishing import Tables, Tally, write_info
from ndc_urban.runs.folder import (
    TABLES,
    Counts,
    Run,
    RunFolder,
    columns_of,
    csv_reader,
    is_evidence_only,
    read_info,
    refuse_incomplete,
    scale_of,
)
from ndc_urban.runs.notes import NOTE_SEPARATOR, Repetitions
from ndc_urban.runs.shards import MISSING_SHARDS, WHOLE, Shard, as_entries, missing_parts
from ndc_urban.runs.tables import PASSAGES
from ndc_urban.runs.worker import READING_OPTIONS

Cells = dict[str, str]

_NEEDED = ("model", "configuration", "inputs", "passed_over", "start", "end")
"""Entries of run.json without which runs cannot be joined."""

_OF_ONE_RESULT = ("status", "level", "p_low", "p_moderate", "p_strong", "passages")
"""Columns of the table of documents that two runs agree on where they give a file the same result."""


@dataclass(frozen=True)
class _Part:
    """A run to be joined: its folder and the content of its run.json."""

    folder: RunFolder
    info: Mapping[str, Any]

    @property
    def model(self) -> Mapping[str, str]:
        model: Mapping[str, str] = self.info["model"]
        return model

    @property
    def shard(self) -> Shard | None:
        named = self.info["configuration"].get("shard")
        return None if named is None or "positions" not in self.info else Shard.from_text(named)


def merge(runs: Sequence[Path], out: Path, *, partial: bool = False) -> Run:
    """Joins the runs in these folders into the new folder `out`.

    Raises `RunUnfinished` and `PathMissing` for a folder that is not a finished run; `RunsDiffer` for runs of several
    models, for two results of one file, where some list all passages and others the evidence alone, for parts of
    different runs and, unless `partial`, where parts of a run are missing; `RunDamaged` for a run whose files are not
    as they were written or are of another version; `OutputExists` and `OutputUnwritable`.
    """
    parts = [_load(RunFolder(folder)) for folder in runs]
    _check(parts, partial=partial)
    with folder_written_whole(out) as hidden:
        try:
            _write(parts, hidden)
        except OSError as error:
            raise OutputUnwritable(f"Writing {out} failed ({error.strerror or error}).") from error
        except (ValueError, KeyError, csv.Error) as error:
            raise RunDamaged(f"The tables or run.json of a run do not fit together ({error}).") from error
    return Run.in_folder(out)


def _load(folder: RunFolder) -> _Part:
    refuse_incomplete(folder.root)
    info = read_info(folder.root)
    if missing := [name for name in _NEEDED if name not in info]:
        raise RunDamaged(f"{folder.info} does not have {', '.join(missing)}.")
    for name, schema in TABLES.items():
        if columns_of(getattr(folder, name)) != list(schema):
            raise RunDamaged(f"{getattr(folder, name)} is of another version of the program.")
    return _Part(folder, info)


def _check(parts: Sequence[_Part], *, partial: bool) -> None:
    times = Counter(part.folder.root.resolve() for part in parts)
    if twice := [part.folder.root.as_posix() for part in parts if times[part.folder.root.resolve()] > 1]:
        raise RunsDiffer(f"{twice[0]} is given twice.", remedy="Name each run once.")
    models = {part.model["hash"]: part.model["name"] for part in parts}
    if len(models) > 1:
        names = ", ".join(f"{name} ({number[:12]})" for number, name in models.items())
        raise RunsDiffer(f"The runs were made by different models: {names}.")
    if len({is_evidence_only(part.info) for part in parts}) > 1:
        raise RunsDiffer(
            "Some runs list all passages, others the evidence alone.",
            remedy="Score all documents with --evidence-only, or all without.",
        )
    scales = sorted({scale_of(part.info) for part in parts})
    if len(scales) > 1:
        raise RunsDiffer(
            f"The levels of the runs are on different scales: {', '.join(scales)}.",
            remedy="Score all documents with the same --scale.",
        )
    if _are_shards(parts):
        _check_shards(parts, partial=partial)
    elif not partial and _missing(parts):
        some = [part.folder.root.as_posix() for part in parts if missing_parts([part.info])]
        raise RunsDiffer(
            f"Parts of a run ({', '.join(some)}) and other runs are not joined at once: nobody would notice "
            "a missing part.",
            remedy="Join all parts first, then their run with the others; or join what there is with --partial.",
        )


def _check_shards(parts: Sequence[_Part], *, partial: bool) -> None:
    """Raises `RunsDiffer` unless these are the parts of one run."""
    if len({part.info.get(WHOLE) for part in parts}) > 1:
        raise RunsDiffer(
            "The parts of the run were made of different documents: some were added or removed in between.",
            remedy="Score all parts again over the same documents: cached documents are not read again.",
        )
    missing = _missing(parts)
    if missing and not partial:
        raise RunsDiffer(
            f"Parts of the run are missing: {', '.join(each['shard'] for each in missing)}.",
            remedy="Score them with --shard, or join what there is with --partial.",
        )
    different = sorted({name for part in parts for name in _differences(part, parts[0])})
    if different:
        raise RunsDiffer(
            f"The parts of the run do not agree in: {', '.join(different)}.",
            remedy="Score all parts with the same version of the program and the same options.",
        )


def _missing(parts: Sequence[_Part]) -> list[dict[str, str]]:
    """The parts of runs that the runs to be joined lack together, as run.json lists them."""
    return as_entries(missing_parts(part.info for part in parts))


def _differences(part: _Part, other: _Part) -> Iterator[str]:
    if part.info.get("code") != other.info.get("code"):
        yield "version of the program"
    for name in READING_OPTIONS:
        if part.info["configuration"].get(name) != other.info["configuration"].get(name):
            yield name


def _are_shards(parts: Sequence[_Part]) -> bool:
    """Whether all these runs are different parts of one run."""
    shards = [part.shard for part in parts]
    known = [shard for shard in shards if shard is not None]
    return len({shard.of for shard in known}) == 1 and len(set(known)) == len(shards)


def _write(parts: Sequence[_Part], folder: Path) -> None:
    paths = RunFolder(folder)
    tally = Tally()
    with ExitStack() as stack:
        parquet = all(part.folder.parquet.is_file() for part in parts)
        tables = Tables(paths, stack, parquet=parquet)
        readers = [_Reader(part) for part in parts]
        known: dict[str, Cells] = {}
        for reader, row, entry in _in_order(parts, readers):
            content = reader.content_of(row)
            before = known.get(row["path"])
            if before is None:
                known[row["path"]] = {name: row[name] for name in ("sha256", *_OF_ONE_RESULT)}
                _add(tables, row, entry, content, tally)
            elif any(row[name] != value for name, value in before.items()):
                raise RunsDiffer(f"The runs give {row['path']} two results.", remedy="Join one of them only.")
    write_info(paths.info, _head(parts, tally.counts), tables.inputs)


@dataclass(frozen=True)
class _Content:
    """The rows of one document in the other tables."""

    failure: list[str] | None
    passages: Sequence[list[str]]
    reasons: Sequence[list[str]]
    estimation: list[str] | None


def _add(tables: Tables, row: Cells, entry: Mapping[str, Any], content: _Content, tally: Tally) -> None:
    tally.statuses[row["status"]] += 1
    again = tally.repetitions.note(row["path"], row["sha256"], entry.get("fingerprint", ""))
    notes = NOTE_SEPARATOR.join(filter(None, [row["notes"], again]))
    tables.documents.copy([list((row | {"notes": notes}).values())])
    tables.input_lines.write(json.dumps(dict(entry), ensure_ascii=False) + "\n")
    if content.failure is not None:
        tables.failures.copy([content.failure])
    if row["status"] == "ok" and row["sha256"] not in tally.seen:
        tally.seen.add(row["sha256"])
        tables.passages.copy(content.passages)
        tables.reasons.copy(content.reasons)
        if tables.parquet is not None:
            tables.parquet.add(_typed(cells) for cells in content.passages)
        if content.estimation is not None:
            tables.estimation.copy([content.estimation])


def _typed(cells: Sequence[str]) -> list[str | int | float | None]:
    """The cells of a row of passages as the values that they stand for."""
    types: Mapping[str, Callable[[str], str | int | float]] = {"Int64": int, "Float64": float, "string": bare}
    return [types[kind](cell) if cell else None for cell, kind in zip(cells, PASSAGES.values(), strict=True)]


class _Reader:
    """Reads the tables of a run side by side, document by document."""

    def __init__(self, part: _Part) -> None:
        self._inputs = part.info["inputs"]
        self._repetitions = Repetitions()
        folder = part.folder
        self._documents = _Rows(folder.documents)
        self._failures = _Rows(folder.failures)
        self._passages = _Rows(folder.passages)
        self._reasons = _Rows(folder.reasons)
        self._estimation = _Rows(folder.estimation)
        self._seen: set[str] = set()

    def documents(self) -> Iterator[tuple[Cells, Mapping[str, Any]]]:
        """The rows, without the note on copies within this run, and their entries in run.json."""
        names = self._documents.columns
        for cells, entry in zip(self._documents, self._inputs, strict=True):
            row = dict(zip(names, cells, strict=True))
            again = self._repetitions.note(row["path"], row["sha256"], entry.get("fingerprint", ""))
            own = row["notes"].removesuffix(again).removesuffix(NOTE_SEPARATOR) if again else row["notes"]
            yield row | {"notes": own}, entry

    def content_of(self, row: Cells) -> _Content:
        """The rows in the other tables; documents must be asked for in their order."""
        failures = self._failures.take({"path": row["path"]}, at_most=1)
        of_file = {"sha256": row["sha256"]}
        if row["status"] != "ok" or row["sha256"] in self._seen:
            return _Content(next(iter(failures), None), (), (), None)
        self._seen.add(row["sha256"])
        estimation = self._estimation.take(of_file, at_most=1)
        return _Content(
            next(iter(failures), None),
            self._passages.take(of_file),
            self._reasons.take(of_file),
            next(iter(estimation), None),
        )


_BYTES_AT_ONCE = 16 * 1024
"""Of each table: the tables of 1,000 parts then take 80 MB."""


def _lines(path: Path) -> Iterator[str]:
    """The lines of a file, which is open only while some are read: an array job has more parts than a system lets a
    program have open files.
    """
    place = 0
    while True:
        with path.open("rb") as stream:
            stream.seek(place)
            lines = stream.readlines(_BYTES_AT_ONCE)
            place = stream.tell()
        if not lines:
            return
        yield from (line.decode("utf-8") for line in lines)


class _Rows:
    """The rows of a CSV file, of which those of one document can be taken together."""

    def __init__(self, path: Path) -> None:
        self._reader = csv_reader(_lines(path))
        self.columns = next(self._reader)
        self._next = next(self._reader, None)

    def __iter__(self) -> Iterator[list[str]]:
        while self._next is not None:
            row, self._next = self._next, next(self._reader, None)
            yield row

    def take(self, wanted: Mapping[str, str], at_most: int | None = None) -> list[list[str]]:
        """The rows from here on that have these values."""
        places = {self.columns.index(name): value for name, value in wanted.items()}
        taken: list[list[str]] = []
        while self._next is not None and all(self._next[at] == value for at, value in places.items()):
            if at_most is not None and len(taken) >= at_most:
                break
            taken.append(self._next)
            self._next = next(self._reader, None)
        return taken


def _in_order(
    parts: Sequence[_Part], readers: Sequence[_Reader]
) -> Iterable[tuple[_Reader, Cells, Mapping[str, Any]]]:
    """The documents of all runs: parts of a run as they were in the whole, other runs one after the other."""
    if _are_shards(parts):
        numbered = [_numbered(part, reader) for part, reader in zip(parts, readers, strict=True)]
        return (each[1:] for each in heapq.merge(*numbered, key=lambda each: each[0]))
    return ((reader, row, entry) for reader in readers for row, entry in reader.documents())


def _numbered(part: _Part, reader: _Reader) -> Iterator[tuple[int, _Reader, Cells, Mapping[str, Any]]]:
    """The documents of a part of a run, each with its place in the whole."""
    for place, (row, entry) in zip(part.info["positions"], reader.documents(), strict=True):
        yield place, reader, row, entry


def _head(parts: Sequence[_Part], counts: Counts) -> dict[str, Any]:
    """run.json of the joined run, but for the inputs."""
    first = {
        name: value for name, value in parts[0].info.items() if name not in ("inputs", "positions", WHOLE)
    }
    passed_over: dict[str, int] = {}
    for part in parts[:1] if _are_shards(parts) else parts:  # each part of a run has searched all folders
        for kind, number in part.info["passed_over"].items():
            passed_over[kind] = passed_over.get(kind, 0) + number
    codes = {part.info.get("code", "") for part in parts}
    return first | {
        "code": codes.pop() if len(codes) == 1 else "",
        "configuration": parts[0].info["configuration"] | {"shard": None},
        "start": min(part.info["start"] for part in parts),
        "end": max(part.info["end"] for part in parts),
        "counts": vars(counts),
        "passed_over": passed_over,
        MISSING_SHARDS: _missing(parts),
        "merged": [
            {
                "folder": part.folder.root.as_posix(),
                "version": part.info.get("version", ""),
                "code": part.info.get("code", ""),
                "configuration": part.info["configuration"],
            }
            for part in parts
        ],
    }
