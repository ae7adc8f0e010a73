"""Coding sheets as JSONL: one object a row, with the columns of the sheet as fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import safe
from ndc_urban.exchange.columns import level_rows, passage_rows
from ndc_urban.exchange.export_bundle import LEVELS, ExportBundle, ExportFiles, companion, passages_and_levels
from ndc_urban.exchange.import_result import ImportResult, Place
from ndc_urban.exchange.parsing import parse
from ndc_urban.exchange.people import NOBODY_NAMED
from ndc_urban.exchange.protocol import FileSample
from ndc_urban.exchange.rows import RawRow
from ndc_urban.exchange.tables import NEVER_MISSING, is_missing, marked, unmarked

SUFFIXES = (".jsonl",)


def write(bundle: ExportBundle, main: Path) -> ExportFiles:
    """The files of an export: passages and levels."""
    return {
        main: lines_bytes(map(_marked, passage_rows(bundle.sheet, bundle.coder))),
        companion(main, LEVELS): lines_bytes(
            map(_marked, level_rows(bundle.sheet, bundle.coder, bundle.inclusion))
        ),
    }


def _marked(row: Mapping[str, str]) -> Mapping[str, str]:
    """A row whose texts are not taken for missing values on the way back."""
    return {name: cell if name in NEVER_MISSING else marked(cell) for name, cell in row.items()}


def lines_bytes(objects: Iterable[Mapping[str, Any]]) -> bytes:
    """JSON objects, one a line, in UTF-8; what is not valid text (half a surrogate pair) is escaped."""
    lines = (json.dumps(each, ensure_ascii=not _is_sound(each)) + "\n" for each in objects)
    return "".join(lines).encode("utf-8")


def _is_sound(value: Mapping[str, Any]) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in str(value))


def read(path: Path, *, coder: str = "", people: Mapping[str, str] = NOBODY_NAMED) -> ImportResult:
    """The codings of a file of passages, of the levels beside it, or of a folder with both."""
    passages, levels = passages_and_levels(path, SUFFIXES)
    return parse(
        tuple(file for file in (passages, levels) if file is not None),
        list(_rows(passages, "code")),
        list(_rows(levels, "level")),
        coder=coder,
        people=people,
    )


def recognises(file: FileSample) -> bool:
    """Whether the first line is a JSON object. Tools write such lines too: theirs are to be asked first."""
    return file.first_object is not None


def _rows(path: Path | None, needed: str) -> Iterator[RawRow]:
    if path is None:
        return
    records = list(safe.json_lines(path.name, safe.file_bytes(path)))
    if records and not any(needed in record for _, record in records):
        raise ExchangeFileInvalid(
            f"No line of {path.name} has the field “{needed}”; the first has {', '.join(records[0][1])[:200]}.",
            remedy="Name the format with --format if a coding tool wrote the file; else keep the exported fields.",
        )
    for number, record in records:
        if needed not in record and "document" not in record:
            raise ExchangeFileInvalid(f"{path.name}, line {number}: no “document” and no “{needed}”.")
        cells = as_cells(record)
        missing = {name: cell for name, cell in cells.items() if is_missing(name, cell)}
        yield RawRow(
            {name: "" if name in missing else unmarked(cell) for name, cell in cells.items()},
            Place(path.name, row=number),
            missing=missing,
        )


def as_cells(record: Mapping[str, Any]) -> dict[str, str]:
    """A record's values as cells: None is empty, a list (of names) is joined, what is nested is left out."""
    cells: dict[str, str] = {}
    for name, value in record.items():
        if value is None:
            cells[name] = ""
        elif isinstance(value, bool):
            cells[name] = "1" if value else "0"
        elif isinstance(value, str | int | float):
            cells[name] = str(value)
        elif isinstance(value, list) and all(isinstance(each, str) for each in value):
            cells[name] = ";".join(value)
    return cells
