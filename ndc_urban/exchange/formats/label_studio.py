"""Coding tasks for Label Studio: one task a passage, with choices for the attributes, and the labelling configurations.

People's codings are `annotations`, a model's suggestions `predictions`. A choice is for its whole passage,
so that no positions are counted: Label Studio has counted them in UTF-16 units in some versions and in code points
in others (its issues 1347 and 1008).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr  # writes only

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import safe
from ndc_urban.exchange.columns import Row, level_rows, passage_rows
from ndc_urban.exchange.export_bundle import LEVELS, ExportBundle, ExportFiles, companion
from ndc_urban.exchange.formats import csv_table
from ndc_urban.exchange.formats.json_lines import as_cells
from ndc_urban.exchange.formats.label_studio_flat import (
    CODINGS,
    SAID,
    flat_rows,
    identity_of,
    texts_of,
    timestamp,
)
from ndc_urban.exchange.formats.tool_files import fields_of_unit, not_imported, parse_tool_files
from ndc_urban.exchange.guide import (
    ATTRIBUTES,
    LEVEL_FIELDS,
    LEVEL_OPTIONS,
    NOT_A_LABEL,
    PASSAGE_FIELDS,
    TITLE,
    Attribute,
)
from ndc_urban.exchange.import_result import ImportResult, Place, Problem
from ndc_urban.exchange.people import NOBODY_NAMED
from ndc_urban.exchange.protocol import FileSample
from ndc_urban.exchange.rows import CLOCKED, SECONDS, RawRow

SUFFIXES = (".json",)
OF_A_CODING = ("coder", "coded_at", "codebook", "adjudicates", "inclusion_probability", "sheet_coder", "row")
"""Columns that belong to one coding, not to its passage: they go with the annotation."""

OURS = "ndc_urban"


def write(bundle: ExportBundle, main: Path) -> ExportFiles:
    """The files of an export: tasks and configuration for passages, and the same for documents."""
    sheet, coder, texts = bundle.sheet, bundle.coder, bundle.texts
    levels = [
        row | {"text": texts.get(row["sha256"]) or row["document"]}
        for row in level_rows(sheet, coder, bundle.inclusion)
    ]
    return {
        main: _json(_tasks(passage_rows(sheet, coder), PASSAGE_FIELDS, coder)),
        companion(main, "config", ".xml"): _configuration(PASSAGE_FIELDS, ATTRIBUTES).encode(),
        companion(main, LEVELS): _json(_tasks(levels, LEVEL_FIELDS, coder)),
        companion(main, "levels-config", ".xml"): _configuration(LEVEL_FIELDS, LEVEL_OPTIONS).encode(),
    }


def _json(tasks: Iterable[Mapping[str, Any]]) -> bytes:
    return (json.dumps(list(tasks), ensure_ascii=True, indent=1) + "\n").encode()


def _tasks(rows: Iterable[Row], fields: Sequence[str], coder: str) -> Iterator[dict[str, Any]]:
    """One task for each unit; the rows of one unit follow each other."""
    task: dict[str, Any] | None = None
    for row in rows:
        if task is None or task["data"]["unit"] != row["unit"]:
            if task is not None:
                yield _with_codings(task)
            task = _task(row, fields, coder)
        if row[fields[0]]:
            task["annotations"].append(_annotation(row, fields))
    if task is not None:
        yield _with_codings(task)


def _with_codings(task: dict[str, Any]) -> dict[str, Any]:
    """The task, with its codings in its data too: JSON-MIN and CSV have nothing else of what was exported."""
    notes = [each["result"][0]["meta"][OURS] for each in task["annotations"]]
    return task | {"data": task["data"] | {CODINGS: notes}} if notes else task


def _task(row: Row, fields: Sequence[str], coder: str) -> dict[str, Any]:
    data = {name: value for name, value in row.items() if name not in (*fields, "comment", *OF_A_CODING)}
    data["sheet_coder"] = coder
    if row.get("inclusion_probability"):
        data["inclusion_probability"] = row["inclusion_probability"]
    data["heading"] = " · ".join(filter(None, (row["document"], row.get("section", ""))))
    suggested = {name: row.get(f"suggested_{name}", "") for name in fields}
    task: dict[str, Any] = {"data": data, "annotations": [], "predictions": []}
    if suggested[fields[0]]:
        score = row.get("suggested_p_urban") or row[f"suggested_p_{suggested['level']}"]
        task["predictions"] = [
            {
                "model_version": f"{row['suggested_model'][:12]} ({NOT_A_LABEL})",
                "score": float(score),
                "result": list(_choices(suggested, fields)),
            }
        ]
    return task


def _annotation(row: Row, fields: Sequence[str]) -> dict[str, Any]:
    result = list(_choices(row, fields))
    if row["comment"]:
        result.append(_result("comment", "textarea", {"text": [row["comment"]]}))
    said = {name: row[name] for name in (*fields, "comment") if row[name]}
    result[0]["meta"] = {OURS: {name: row[name] for name in OF_A_CODING if name in row} | {SAID: said}}
    return {"result": result, "was_cancelled": False, "ground_truth": False}


def _choices(row: Mapping[str, str], fields: Sequence[str]) -> Iterator[dict[str, Any]]:
    for name in fields:
        if row.get(name):
            yield _result(name, "choices", {"choices": [row[name]]})


def _result(name: str, kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": name, "from_name": name, "to_name": "text", "type": kind, "value": dict(value)}


def _configuration(fields: Sequence[str], attributes: Sequence[Attribute]) -> str:
    """The labelling configuration: the passage, its place, and a list of choices for each field."""
    lines = [
        "<View>",
        f"  <!-- {TITLE} -->",
        '  <Header value="$heading" size="5"/>',
        '  <Text name="text" value="$text"/>',
    ]
    for name in fields:
        lines.append(f'  <Header value={quoteattr(name.capitalize())} size="6"/>')
        required = ' required="true"' if name in ("code", *LEVEL_FIELDS) else ""
        lines.append(
            f'  <Choices name="{name}" toName="text" choice="single-radio" showInline="true"{required}>'
        )
        for attribute in attributes:
            if attribute.field == name:
                hint = f" hint={quoteattr(attribute.rule)}" if attribute.rule else ""
                named = (
                    f"{attribute.value} {attribute.name}"
                    if attribute.name != attribute.value
                    else attribute.value
                )
                lines.append(
                    f"    <Choice value={quoteattr(named)} alias={quoteattr(attribute.value)}{hint}/>"
                )
        lines.append("  </Choices>")
    lines += [
        '  <TextArea name="comment" toName="text" placeholder="Comment" maxSubmissions="1"/>',
        "</View>",
        "",
    ]
    return "\n".join(lines)


def read(path: Path, *, coder: str = "", people: Mapping[str, str] = NOBODY_NAMED) -> ImportResult:
    """The codings of an export of Label Studio (JSON, JSON-MIN or CSV), with the levels beside it, or of a folder.

    An annotation that was made in Label Studio is by the person in `completed_by`; its timestamp is the one at which
    it was last changed.
    """
    return parse_tool_files(path, SUFFIXES, _rows, coder, people)


def recognises(file: FileSample) -> bool:
    """Whether a file is a JSON list, or a table with the columns of Label Studio."""
    header = file.first_line.replace('"', "").strip().replace("\t", ",").replace(";", ",").split(",")
    first = file.first_item
    is_task = first is None or bool({"data", "document"} & first.keys())
    return (file.text.startswith("[") and is_task) or {"annotation_id", "document"} <= set(header)


def _rows(path: Path, problems: list[Problem]) -> Iterator[RawRow]:
    if path.suffix.lower() in csv_table.SUFFIXES:
        table = csv_table.table_rows(path, "document", problems)
        yield from flat_rows(((row.place, row.cells) for row in table), problems)
        return
    tasks = safe.json_value(path.name, safe.decoded(path.name, safe.file_bytes(path)))
    if not isinstance(tasks, list):
        raise ExchangeFileInvalid(
            f"{path.name} is not a list of tasks.", remedy="Export as JSON, JSON-MIN or CSV."
        )
    for number, task in enumerate(tasks, 1):
        place = Place(path.name, row=number)
        if isinstance(task, dict) and "data" not in task and "document" in task:
            continue
        data = task.get("data") if isinstance(task, dict) else None
        if not isinstance(data, dict) or "document" not in data:
            raise ExchangeFileInvalid(
                f"{path.name}, task {number}: no data with a document.",
                remedy="Export as JSON, JSON-MIN or CSV, from a project made of the exported tasks.",
            )
        yield from _task_rows(place, task, data, problems)
    flat = [
        (Place(path.name, row=number), task) for number, task in enumerate(tasks, 1) if "data" not in task
    ]
    yield from flat_rows(flat, problems)


def _task_rows(
    place: Place, task: Mapping[str, Any], data: Mapping[str, Any], problems: list[Problem]
) -> Iterator[RawRow]:
    fields = fields_of_unit(data)
    base = as_cells(data)
    base.pop("heading", None)
    if fields == LEVEL_FIELDS:
        base.pop("text", None)
    document = base.get("document", "")
    if task.get("drafts"):
        message = "A draft that nobody submitted is not imported."
        problems.append(Problem("note", "draft", place, message, "", document))
    annotations = task.get("annotations") or task.get("completions") or []
    if task.get("comment_count") and not any(map(comments_in, _dicts([task, *_dicts(annotations)]))):
        count = task["comment_count"]
        message = f"The discussion of this task in Label Studio (comment_count {count}) is not in the file."
        problems.append(Problem("note", "remark", place, message, "", document))
    rows = 0
    seen: list[Mapping[str, Any]] = []
    for annotation in annotations if isinstance(annotations, list) else []:
        if not isinstance(annotation, dict):
            continue
        if annotation.get("was_cancelled"):
            problems.append(Problem("note", "skipped", place, "The task was skipped.", "", document))
            continue
        rows += 1
        yield _annotated(RawRow(base, place), annotation, fields, seen, problems)
    if not rows:
        yield RawRow(base, place)


def _annotated(
    task: RawRow,
    annotation: Mapping[str, Any],
    fields: Sequence[str],
    seen: list[Mapping[str, Any]],
    problems: list[Problem],
) -> RawRow:
    """The row of one annotation: choices, comment, and who said it when.

    `seen` are the exported codings of the task that were met: an annotation that somebody made of another one has
    that one's note, and is not the same coding again.
    """
    cells: dict[str, str] = {}
    meta: Mapping[str, Any] = {}
    results = annotation.get("result")
    for result in results if isinstance(results, list) else []:
        if not isinstance(result, dict):
            continue
        if not isinstance(result.get("value"), dict):
            kind = str(result.get("type", ""))
            problems.append(not_imported(task.place, kind, result.get("value", result), "Label Studio"))
            continue
        name = str(result.get("from_name", ""))
        if name in fields or name == "comment":
            cells[name] = "\n".join(texts_of(result["value"]))
        else:
            problems.append(not_imported(task.place, name, result["value"], "Label Studio"))
        own = (result.get("meta") or {}).get(OURS) if isinstance(result.get("meta"), dict) else None
        meta = own if isinstance(own, dict) else meta
    remarks = comments_in(annotation)
    is_copy = meta in seen or annotation.get("parent_annotation") is not None
    if meta and not is_copy and meta.get(SAID) == {name: value for name, value in cells.items() if value}:
        seen.append(meta)
        return replace(task, cells={**task.cells, **cells, **as_cells(meta)})
    cells["coded_at"] = timestamp(annotation.get("updated_at") or annotation.get("created_at"))
    if remarks:
        cells["comment"] = "\n".join(filter(None, [cells.get("comment", ""), *remarks]))
    cells |= {SECONDS: str(annotation.get("lead_time") or ""), CLOCKED: "1"}
    who = identity_of(annotation.get("completed_by") or annotation.get("created_username"))
    return replace(task, cells={**task.cells, **cells}, identity=who)


def _dicts(values: Any) -> list[Mapping[str, Any]]:
    return [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []


def comments_in(annotation: Mapping[str, Any]) -> list[str]:
    """The comments in the discussion of an annotation, each with its author in front where the file names one."""
    texts = []
    for each in _dicts(annotation.get("comments")):
        text = str(each.get("text") or "").strip()
        who = identity_of(each.get("created_by"))
        if text:
            texts.append(f"{who.shown}: {text}" if who else text)
    return texts
