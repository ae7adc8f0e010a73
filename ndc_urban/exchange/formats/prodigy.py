"""Coding tasks for Prodigy, as JSONL for its `choice` interface: one task a passage, the attributes as options.

A label covers its whole passage, so no positions within the text are counted. What a model suggests stands in the
task's `meta`, which the interface shows below the card; it is never accepted in advance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import safe
from ndc_urban.exchange.attributes import label_of
from ndc_urban.exchange.columns import UNKNOWN_TIMESTAMP, Row, level_rows, passage_rows
from ndc_urban.exchange.export_bundle import LEVELS, ExportBundle, ExportFiles, companion
from ndc_urban.exchange.formats.json_lines import as_cells, lines_bytes
from ndc_urban.exchange.formats.tool_files import (
    LAST_TIMESTAMP,
    fields_of_unit,
    labels_of,
    not_imported,
    parse_tool_files,
)
from ndc_urban.exchange.guide import (
    ATTRIBUTES,
    LEVEL_FIELDS,
    LEVEL_OPTIONS,
    NOT_A_LABEL,
    PASSAGE_FIELDS,
    Attribute,
)
from ndc_urban.exchange.import_result import ImportResult, Place, Problem
from ndc_urban.exchange.people import NOBODY_NAMED
from ndc_urban.exchange.protocol import FileSample
from ndc_urban.exchange.rows import CLOCKED, Identity, RawRow

SUFFIXES = (".jsonl",)
OURS = "ndc_urban"
"""The field in which a task keeps the columns of its row; Prodigy hands back the fields that it does not know."""

SESSIONS = ("_annotator_id", "_session_id")
"""The fields in which Prodigy says who answered."""


_STARTED = re.compile(r"(?:^|[-_])\d{4}-\d\d-\d\d[_T -]\d\d[-:]\d\d[-:]\d\d")
"""A session without a name: when the server was started, with the dataset's name in front of it in newer versions."""


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


def read(path: Path, *, coder: str = "", people: Mapping[str, str] = NOBODY_NAMED) -> ImportResult:
    """The codings of an export of Prodigy (`prodigy db-out`), of the levels beside it, or of a folder with both."""
    return parse_tool_files(path, SUFFIXES, _rows, coder, people)


def recognises(file: FileSample) -> bool:
    """Whether the first line is a task with options, or with the columns of a sheet."""
    first = file.first_object
    return first is not None and ("options" in first or OURS in first)


def _rows(path: Path, problems: list[Problem]) -> Iterator[RawRow]:
    for number, task in safe.json_lines(path.name, safe.file_bytes(path)):
        place = Place(path.name, row=number)
        ours = task.get(OURS)
        if not isinstance(ours, dict):
            raise ExchangeFileInvalid(
                f"{path.name}, line {number}: the task has no field {OURS!r} with its document and place.",
                remedy="Give Prodigy the exported file itself, and export with `prodigy db-out`.",
            )
        cells = as_cells(ours)
        if fields_of_unit(cells) == PASSAGE_FIELDS:
            cells["text"] = str(task.get("text", ""))
        if task.get("spans"):
            problems.append(not_imported(place, "spans", task["spans"], "Prodigy"))
        answers = _answers(task, place, cells, problems)
        if answers is None:
            yield RawRow(cells | {"comment": ""}, place)
            continue
        yield RawRow(cells | answers, place, identity=_identity(task, cells.get("coder", "")))


def _answers(
    task: Mapping[str, Any], place: Place, cells: Mapping[str, str], problems: list[Problem]
) -> dict[str, str] | None:
    """What was answered; None for a task without an answer that counts."""
    accepted = task.get("accept", [])
    labels = [str(each) for each in accepted] if isinstance(accepted, list) else [str(accepted)]
    document, fields = cells.get("document", ""), fields_of_unit(cells)
    if labels and task.get("answer", "accept") != "accept":
        problems.append(
            Problem("note", "not_accepted", place, f"The task was answered “{task['answer']}”.", "", document)
        )
        labels = []
    found = labels_of(labels, fields, replace(place, column="accept"), document, problems)
    if not found:
        return None
    answers = {field: found.get(field, "") for field in fields}
    exported = cells.get("coder", "")
    if exported and _name_of(task, exported) not in ("", exported):  # somebody else's answer took its place
        answers |= dict.fromkeys(("coder", "coded_at", "adjudicates", "comment"), "")
    stamp = task.get("_timestamp")
    before = answers.get("coded_at", cells.get("coded_at", ""))
    if before in ("", UNKNOWN_TIMESTAMP) and isinstance(stamp, int | float) and 0 < stamp < LAST_TIMESTAMP:
        answers["coded_at"] = datetime.fromtimestamp(stamp, UTC).isoformat(timespec="seconds")
        answers[CLOCKED] = "1"
    typed = task.get("user_input")
    if isinstance(typed, str) and typed.strip():
        answers["comment"] = typed
    return answers


def _identity(task: Mapping[str, Any], exported: str) -> Identity | None:
    """Who answered; None where Prodigy does not know, or where the answer is the exported one."""
    name = _name_of(task, exported)
    if not name or ("_session_id" not in task and name == exported):
        return None
    sessions = (str(task.get(field) or "") for field in SESSIONS)
    return Identity(name, "name", tuple(each for each in sessions if each not in ("", name)))


def _name_of(task: Mapping[str, Any], exported: str) -> str:
    """The name of the person who answered; empty for a session that is the timestamp of the server's start."""
    annotator, session = (str(task.get(field) or "").strip() for field in SESSIONS)
    if _STARTED.search(annotator):
        annotator = ""
    if annotator and (annotator == exported or session.endswith(f"-{annotator}")):
        return annotator
    if _STARTED.search(session):
        return annotator if annotator != session else ""
    return _without_dataset(annotator or session)


def _without_dataset(session: str) -> str:
    """The name in a session: what `?session=` said, behind the name of the dataset and a hyphen.

    Either may hold hyphens. A dataset with an underscore ends at the first hyphen, any other at the last.

    >>> _without_dataset("ndc_urban-anne-marie"), _without_dataset("ndc-urban-ana"), _without_dataset("ana")
    ('anne-marie', 'ana', 'ana')
    """
    dataset, _, name = session.partition("-")
    return (name if "_" in dataset else session.rpartition("-")[2]) or session
