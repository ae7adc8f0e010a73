"""Coding tasks for Prodigy, as JSONL for its `choice` interface: one task a passage, the attributes as options.

A label covers its whole passage, so no positions within the text are counted. What a model suggests stands in the
task's `meta`, which the interface shows below the card; it is never accepted in advance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import safe
from ndc_urban.exchange.attributes import fields_of, label_of
from ndc_urban.exchange.columns import UNKNOWN_TIMESTAMP, Row, level_rows, passage_rows
from ndc_urban.exchange.export_bundle import LEVELS, ExportBundle, ExportFiles, companion
from ndc_urban.exchange.formats.json_lines import as_cells, lines_bytes
from ndc_urban.exchange.formats.tool_files import parse_tool_files
from ndc_urban.exchange.guide import (
    ATTRIBUTES,
    LEVEL_FIELDS,
    LEVEL_OPTIONS,
    NOT_A_LABEL,
    PASSAGE_FIELDS,
    Attribute,
)
from ndc_urban.exchange.import_result import ImportResult, Place, Problem
from ndc_urban.exchange.protocol import FileSample
from ndc_urban.exchange.rows import RawRow

SUFFIXES = (".jsonl",)
OURS = "ndc_urban"
"""The field in which a task keeps the columns of its row; Prodigy hands back the fields that it does not know."""


def write(bundle: ExportBundle, main: Path) -> ExportFiles:
    """The files of an export: passages, and documents whose level is to be coded."""
    texts = bundle.texts
    return {
        main: lines_bytes(
            _task(row, row["text"], PASSAGE_FIELDS, ATTRIBUTES)
            for row in passage_rows(bundle.sheet, bundle.coder)
        ),
        companion(main, LEVELS): lines_bytes(
            _task(row, texts.get(row["sha256"]) or row["document"], LEVEL_FIELDS, LEVEL_OPTIONS)
            for row in level_rows(bundle.sheet, bundle.coder, bundle.inclusion)
        ),
    }


def _task(row: Row, text: str, fields: Sequence[str], attributes: Sequence[Attribute]) -> dict[str, Any]:
    task: dict[str, Any] = {
        "text": text,
        "options": [
            {
                "id": label_of(attribute.field, attribute.value),
                "text": f"{attribute.field}: {attribute.value} {attribute.name}",
            }
            for attribute in attributes
        ],
        "meta": {name: row[name] for name in ("document", "page", "section") if row.get(name)},
        OURS: {name: value for name, value in row.items() if name not in ("text", *fields)},
    }
    suggestion = row.get("suggested_code") or row.get("suggested_level")
    if suggestion:
        task["meta"][NOT_A_LABEL] = suggestion
    if row[fields[0]]:
        task["accept"] = [label_of(name, row[name]) for name in fields if row[name]]
        task["answer"] = "accept"
    if row["coder"]:
        task["_annotator_id"] = row["coder"]
    return task


def read(path: Path, *, coder: str = "") -> ImportResult:
    """The codings of an export of Prodigy (`prodigy db-out`), of the levels beside it, or of a folder with both."""
    return parse_tool_files(path, SUFFIXES, _rows, coder)


def recognises(file: FileSample) -> bool:
    """Whether the first line is a task with options, or with the columns of a sheet."""
    first = file.first_object
    return first is not None and ("options" in first or OURS in first)


def _rows(path: Path | None, fields: Sequence[str], problems: list[Problem]) -> Iterator[RawRow]:
    if path is None:
        return
    for number, task in safe.json_lines(path.name, safe.file_bytes(path)):
        place = Place(path.name, row=number)
        ours = task.get(OURS)
        if not isinstance(ours, dict):
            raise ExchangeFileInvalid(
                f"{path.name}, line {number}: the task has no field {OURS!r} with its document and place.",
                remedy="Give Prodigy the exported file itself, and export with `prodigy db-out`.",
            )
        cells = as_cells(ours)
        if "level" not in fields:
            cells["text"] = str(task.get("text", ""))
        cells |= _answers(task, place, fields, cells, problems)
        yield RawRow(cells, place)


def _answers(
    task: Mapping[str, Any],
    place: Place,
    fields: Sequence[str],
    cells: Mapping[str, str],
    problems: list[Problem],
) -> dict[str, str]:
    accepted = task.get("accept", [])
    labels = [str(each) for each in accepted] if isinstance(accepted, list) else [str(accepted)]
    document = cells.get("document", "")
    if labels and task.get("answer", "accept") != "accept":
        problems.append(
            Problem("note", "not_accepted", place, f"The task was answered “{task['answer']}”.", "", document)
        )
        labels = []
    found, odd = fields_of(labels)
    for label in odd:
        message = f"The codebook has no {label!r}, or the task has two of the same kind."
        problems.append(Problem("error", "misspelt", place, message, "", document, "", label))
    if odd or not labels:
        return {"comment": ""}
    session = str(task.get("_annotator_id") or task.get("_session_id") or "")
    stamp = task.get("_timestamp")
    if (
        cells.get("coded_at", "") in ("", UNKNOWN_TIMESTAMP)
        and isinstance(stamp, int | float)
        and 0 < stamp < 1e11
    ):
        found["coded_at"] = datetime.fromtimestamp(stamp, UTC).isoformat(timespec="seconds")
    name = session or cells.get("coder", "")
    return {field: found.get(field, "") for field in fields} | {
        "coder": name,
        "sheet_coder": name,  # Prodigy says who answered; nobody types it
        "coded_at": found.get("coded_at", cells.get("coded_at", "")),
    }
