"""What a coder saved in the review of a report (`ndc-urban report --review`): one JSON object in one line.

Its `passages` and `levels` are rows with the columns of a coding sheet. The page gives the text and the start of a
passage but no fingerprint, which is made here. A passage that a coder typed (`typed`), as the reader had not found it,
has no start: its anchor is the fingerprint alone. What else is in the object serves the page itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ndc_urban.codebook import CODEBOOK_VERSION
from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import safe
from ndc_urban.exchange.columns import level_rows, passage_rows
from ndc_urban.exchange.export_bundle import ExportBundle, ExportFiles
from ndc_urban.exchange.formats.json_lines import as_cells
from ndc_urban.exchange.import_result import ImportResult, Place
from ndc_urban.exchange.parsing import parse
from ndc_urban.exchange.people import NOBODY_NAMED
from ndc_urban.exchange.protocol import FileSample
from ndc_urban.exchange.rows import CLOCKED, RawRow, RowInvalid, invalid
from ndc_urban.labels.anchors import fingerprint

FORMAT = "ndc-urban-review"
VERSION = 1
PASSAGES, LEVELS = "passages", "levels"
TYPED = "typed"
"""Column of a passage that a coder typed: its text has to be found in the document."""


def write(bundle: ExportBundle, main: Path) -> ExportFiles:
    """The file of an export. A report does not load it, as it belongs to no run; it is for other programs."""
    value = {
        "format": FORMAT,
        "version": VERSION,
        "codebook": CODEBOOK_VERSION,
        "coder": bundle.coder,
        PASSAGES: list(passage_rows(bundle.sheet, bundle.coder)),
        LEVELS: list(level_rows(bundle.sheet, bundle.coder, bundle.inclusion)),
    }
    return {main: (json.dumps(value, ensure_ascii=True) + "\n").encode()}


def read(path: Path, *, coder: str = "", people: Mapping[str, str] = NOBODY_NAMED) -> ImportResult:
    """The codings of a saved review."""
    value = safe.json_value(path.name, safe.decoded(path.name, safe.file_bytes(path)))
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise ExchangeFileInvalid(
            f"{path.name} is not a saved review.", remedy="Save it again in the report."
        )
    if value.get("version") != VERSION:
        raise ExchangeFileInvalid(
            f"{path.name} is a review of version {value.get('version')!r}.",
            remedy="Import it with the version of ndc-urban that made the report.",
        )
    rows = [_with_fingerprint(row) for row in _rows(path, value, PASSAGES)]
    lacking = {row.place: error for row in rows if (error := _lack(row))}
    result = parse(
        (path,),
        [row for row in rows if row.place not in lacking],
        list(_rows(path, value, LEVELS)),
        coder=coder,
        people=people,
        complete=False,
        problems=[invalid(row, lacking[row.place]) for row in rows if row.place in lacking],
    )
    saved_at = value.get("saved_at")
    return replace(result, saved_at=saved_at if isinstance(saved_at, str) else "")


def recognises(file: FileSample) -> bool:
    """Whether the object in the first line says that it is a review."""
    first = file.first_object
    return first is not None and first.get("format") == FORMAT


def _rows(path: Path, value: Mapping[str, Any], part: str) -> Iterator[RawRow]:
    rows = value.get(part, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ExchangeFileInvalid(f"{path.name}: {part} is not a list of rows.", remedy="Save it again.")
    for number, row in enumerate(rows, 1):
        cells = as_cells(row) | ({CLOCKED: "1"} if "entries" in value else {})
        yield RawRow(cells, Place(path.name, sheet=part, row=number))


def _with_fingerprint(row: RawRow) -> RawRow:
    text = row.cells.get("text", "")
    if row.get("fingerprint") or not text:
        return row
    place = {"start": "0", "length": "0"} if _is_typed(row) else {"length": str(len(text))}
    return replace(row, cells={**row.cells, **place, "fingerprint": fingerprint(text)})


def _is_typed(row: RawRow) -> bool:
    return row.get(TYPED) == "1"


def _lack(row: RawRow) -> RowInvalid | None:
    """What a typed passage lacks, without which nothing of it could be kept."""
    if not _is_typed(row) or (row.get("text") and row.get("code")):
        return None
    what = "code" if row.get("text") else "text"
    return RowInvalid(
        f"no_{what}",
        what,
        f"A missing passage was typed, but it has no {what}.",
        f"Load the file in the review again, give the {what} or remove the passage, and save.",
    )
