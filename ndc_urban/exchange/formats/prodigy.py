"""Coding tasks for Prodigy, as JSONL for its `choice` interface: one task a passage, the marks as options.

A label covers its whole passage, so no positions within the text are counted. What a model suggests stands in the
task's `meta`, which the interface shows below the card; it is never accepted in advance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import safe
from ndc_urban.exchange.attributes import fields_of, label_of
from ndc_urban.exchange.columns import UNKNOWN_MOMENT, Row, level_rows, passage_rows
from ndc_urban.exchange.export_bundle import LEVELS, Material, Written, companion, passages_and_levels
from ndc_urban.exchange.formats.json_lines import as_cells, lines_bytes
from ndc_urban.exchange.guide import LEVEL_MARKS, MARKS, NOT_A_LABEL, Mark
from ndc_urban.exchange.import_result import Place, Problem, Returned
from ndc_urban.exchange.parsing import RawRow, parse

SUFFIXES = (".jsonl",)
OURS = "ndc_urban"
"""The field in which a task keeps the columns of its row; Prodigy hands back the fields that it does not know."""

PASSAGE_FIELDS = ("code", "sector", "strand", "role")
LEVEL_FIELDS = ("level", "confidence", "dedicated")
LEVEL_OPTIONS: tuple[Mark, ...] = (
    *LEVEL_MARKS,
    *(
        Mark("confidence", str(value), name)
        for value, name in ((1, "not sure"), (2, "fairly sure"), (3, "sure"))
    ),
    Mark("dedicated", "1", "there is a section or block of its own"),
    Mark("dedicated", "0", "there is none"),
)


def written(material: Material, main: Path) -> Written:
    """The files of an export: passages, and documents whose level is to be coded."""
    texts = material.texts
    return {
        main: lines_bytes(
            _task(row, row["text"], PASSAGE_FIELDS, MARKS)
            for row in passage_rows(material.sheet, material.coder)
        ),
        companion(main, LEVELS): lines_bytes(
            _task(row, texts.get(row["sha256"]) or row["document"], LEVEL_FIELDS, LEVEL_OPTIONS)
            for row in level_rows(material.sheet, material.coder, material.inclusion)
        ),
    }


def _task(row: Row, text: str, fields: Sequence[str], marks: Sequence[Mark]) -> dict[str, Any]:
    task: dict[str, Any] = {
        "text": text,
        "options": [
            {"id": label_of(mark.field, mark.value), "text": f"{mark.field}: {mark.value} {mark.name}"}
            for mark in marks
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


def read(path: Path, *, coder: str = "") -> Returned:
    """The codings of an export of Prodigy (`prodigy db-out`), of the levels beside it, or of a folder with both."""
    return parse_tool_files(path, SUFFIXES, _rows, coder)


ToolRows = Callable[[Path | None, Sequence[str], list[Problem]], Iterable[RawRow]]
"""The rows of one file of a tool's export, with the fields to look for; problems are added to the list."""


def parse_tool_files(path: Path, suffixes: tuple[str, ...], rows: ToolRows, coder: str) -> Returned:
    """The codings of a tool that exports what was annotated alone: passages, and levels beside them."""
    passages, levels = passages_and_levels(path, suffixes)
    problems: list[Problem] = []
    return parse(
        tuple(file for file in (passages, levels) if file is not None),
        list(rows(passages, PASSAGE_FIELDS, problems)),
        list(rows(levels, LEVEL_FIELDS, problems)),
        coder=coder,
        complete=False,
        problems=problems,
    )


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
        message = f"The codebook has no {label!r}, or the task has two of a kind."
        problems.append(Problem("error", "misspelt", place, message, "", document, "", label))
    if odd or not labels:
        return {"comment": ""}
    session = str(task.get("_annotator_id") or task.get("_session_id") or "")
    stamp = task.get("_timestamp")
    if (
        cells.get("coded_at", "") in ("", UNKNOWN_MOMENT)
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
