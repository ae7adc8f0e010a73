"""Coding tasks for doccano, as JSONL for a project of text classification: one example a passage.

A label covers its whole passage. doccano counts the positions of spans in UTF-16 units or in grapheme clusters,
by a setting of the project; whole passages do not depend on it. Fields besides `text` and `label` come back as
they went.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import safe
from ndc_urban.exchange.attributes import label_of
from ndc_urban.exchange.columns import Row, level_rows, passage_rows
from ndc_urban.exchange.export_bundle import LEVELS, ExportBundle, ExportFiles, companion
from ndc_urban.exchange.formats import csv_table
from ndc_urban.exchange.formats.colours import ATTRIBUTES as COLOURS
from ndc_urban.exchange.formats.colours import text_on
from ndc_urban.exchange.formats.json_lines import as_cells, lines_bytes
from ndc_urban.exchange.formats.tool_files import fields_of_unit, labels_of, parse_tool_files
from ndc_urban.exchange.guide import ATTRIBUTES, LEVEL_FIELDS, LEVEL_OPTIONS, PASSAGE_FIELDS, Attribute
from ndc_urban.exchange.import_result import ImportResult, Place, Problem
from ndc_urban.exchange.people import NOBODY_NAMED
from ndc_urban.exchange.protocol import ZIP_START, FileSample
from ndc_urban.exchange.rows import Identity, RawRow
from ndc_urban.exchange.safe import is_content

SUFFIXES = (".jsonl",)
TABLES = (".csv",)
"""doccano's export CSV: a table with the columns of an example, labels joined with `#`."""
JOINED = "#"
EXPORTED = "exported_labels"
"""The labels that an example had when it was exported, to see whether somebody changed them in doccano."""

READ = (".jsonl", ".json")
"""Endings of the files in a zip that are read."""

NOT_MEMBERS = ("", "all", "unknown")
"""Names of files that are not those of members: of a project whose members share labels, and of unlabelled examples."""

NOT_COLUMNS = frozenset(
    {"label", "labels", "cats", "entities", "meta", "metadata", "annotations", "Comments", "comments"}
)
"""Fields of an example that are doccano's own."""


@dataclass(frozen=True, slots=True)
class Example:
    """An example with its place, and the member whose file it is in, if any.

    `may_be_exported` says that unchanged labels are those of the import; the member who imported them has them, and
    another member who has the same labels gave them.
    """

    fields: Mapping[str, Any]
    place: Place
    who: str = ""
    may_be_exported: bool = True


def write(bundle: ExportBundle, main: Path) -> ExportFiles:
    """The files of an export: passages and documents, and the labels of both projects."""
    texts = bundle.texts
    return {
        main: lines_bytes(
            _example(row, row["text"], PASSAGE_FIELDS) for row in passage_rows(bundle.sheet, bundle.coder)
        ),
        companion(main, "labels", ".json"): _labels(ATTRIBUTES),
        companion(main, LEVELS): lines_bytes(
            _example(row, texts.get(row["sha256"]) or row["document"], LEVEL_FIELDS)
            for row in level_rows(bundle.sheet, bundle.coder, bundle.inclusion)
        ),
        companion(main, "levels-labels", ".json"): _labels(LEVEL_OPTIONS),
    }


def _example(row: Row, text: str, fields: Sequence[str]) -> dict[str, Any]:
    labels = [label_of(name, row[name]) for name in fields if row[name]]
    return {"text": text, "label": labels, EXPORTED: labels} | {
        name: value for name, value in row.items() if name not in ("text", *fields)
    }


def _labels(attributes: Sequence[Attribute]) -> bytes:
    """What doccano takes under Labels › Import Labels."""
    labels = [
        {
            "text": label_of(attribute.field, attribute.value),
            "suffix_key": None,
            "background_color": colour,
            "text_color": text_on(colour),
        }
        for attribute in attributes
        for colour in [COLOURS[attribute.field, attribute.value]]
    ]
    return (json.dumps(labels, indent=1) + "\n").encode()


def read(path: Path, *, coder: str = "", people: Mapping[str, str] = NOBODY_NAMED) -> ImportResult:
    """The codings of an export of doccano, of the levels beside it, or of a folder with both.

    doccano packs one file for each member who annotated, of the member's name, into a zip.
    """
    return parse_tool_files(path, SUFFIXES, _rows, coder, people)


def recognises(file: FileSample) -> bool:
    """Whether the first line is an example with a list of labels, also in the files of a zip."""
    if not file.is_zip and file.name.lower().endswith(TABLES):
        header = file.first_line.replace('"', "").strip().split(",")
        return {"text", "label", "document"} <= set(header) and "code" not in header
    if not file.is_zip:
        return _is_example(file.first_object or file.first_item)
    packed = [each for each in file.members if is_content(each)]
    if not any(each.lower().endswith(READ) for each in packed):
        return False
    archive = safe.Archive(file.name, file.data)
    members = [FileSample(each, archive.read(each)) for each in packed if each.lower().endswith(READ)]
    return any(_is_example(each.first_object or each.first_item) for each in members)


def _is_example(first: Mapping[str, Any] | None) -> bool:
    if first is None:
        return False
    has_labels = any(isinstance(first.get(name), list) for name in ("label", "labels", "cats", "entities"))
    return has_labels or _is_of_users(first.get("annotations"))


def _is_of_users(annotations: Any) -> bool:
    """Whether these are the annotations of older versions, each with its label and user."""
    return (
        isinstance(annotations, list)
        and bool(annotations)
        and all(isinstance(each, dict) and "label" in each and "result" not in each for each in annotations)
    )


def _rows(path: Path, problems: list[Problem]) -> Iterator[RawRow]:
    if path.suffix.lower() in TABLES:
        for row in csv_table.table_rows(path, "label", problems):
            yield from _example_rows(_of_table(row), problems)
        return
    data = safe.file_bytes(path)
    if not data.startswith(ZIP_START):
        examples = list(_examples(path.name, data, ""))
        if not examples:
            raise ExchangeFileInvalid(
                f"{path.name} contains no example.", remedy="Export as JSONL from doccano."
            )
        for example in examples:
            yield from _example_rows(example, problems)
        return
    archive = safe.Archive(path.name, data)
    members: list[tuple[str, list[Example]]] = []
    for member in filter(is_content, archive.members):
        if not member.lower().endswith(READ):
            message = f"{member} in the zip is not read."
            remedy = "Export as JSONL." if not member.lower().endswith(".txt") else ""
            problems.append(
                Problem("question", "other_file", Place(path.name), message, remedy, value=member)
            )
            continue
        name = f"{path.name}, {member}"
        who = PurePosixPath(member).stem
        members.append((member, list(_examples(name, archive.read(member), who))))
    if not members:
        raise ExchangeFileInvalid(f"{path.name} holds no JSONL file.", remedy="Export as JSONL from doccano.")
    unchanged = {member: sum(map(_is_unchanged, examples)) for member, examples in members}
    importer = max(unchanged, key=lambda member: unchanged[member])
    for member, examples in members:
        for example in examples:
            yield from _example_rows(replace(example, may_be_exported=member == importer), problems)


def _examples(name: str, data: bytes, who: str) -> Iterator[Example]:
    text = safe.decoded(name, data).lstrip()
    if not text:
        return  # a member who annotated nothing
    listed = safe.json_value(name, text) if text.startswith("[") else None
    found = enumerate(listed, 1) if isinstance(listed, list) else safe.json_lines(name, data)
    for number, fields in found:
        if not isinstance(fields, dict):
            raise ExchangeFileInvalid(f"{name}, example {number}: not an object.")
        nested = fields.get("meta") or fields.get("metadata")
        merged = {**nested, **fields} if isinstance(nested, dict) else fields
        if "document" not in merged:
            raise ExchangeFileInvalid(
                f"{name}, line {number}: the example has no field “document”.",
                remedy="Import the exported file itself into doccano (column data: text, column label: label).",
            )
        yield Example(merged, Place(name, row=number), "" if who in NOT_MEMBERS else who)


def _of_table(row: RawRow) -> Example:
    """The example in a row of the export CSV: lists are joined, or written as Python writes them."""
    lists = {
        name: [each for each in row.get(name).split(JOINED) if each]
        for name in ("label", "comments")
        if name in row.cells
    }
    before = [each.strip(" '\"") for each in row.get(EXPORTED).strip("[]").split(",")]
    return Example({**row.cells, **lists, EXPORTED: [each for each in before if each]}, row.place)


def _is_unchanged(example: Example) -> bool:
    """Whether an example has labels, and those with which it was exported to doccano."""
    before, labels = example.fields.get(EXPORTED), _labels_in(example.fields)
    return isinstance(before, list) and bool(before) and sorted(map(str, before)) == sorted(labels)


def _labels_in(fields: Mapping[str, Any]) -> list[str]:
    given = fields.get("label", fields.get("labels", fields.get("cats"))) or []
    return [str(each) for each in given] if isinstance(given, list) else [str(given)]


def _example_rows(example: Example, problems: list[Problem]) -> Iterator[RawRow]:
    """The row of an example; in files of older versions one for each user."""
    annotations = example.fields.get("annotations")
    if "label" in example.fields or "labels" in example.fields or not _is_of_users(annotations):
        yield _row(example, problems)
        return
    by_user: dict[str, list[str]] = {}
    for each in annotations or []:
        by_user.setdefault(str(each.get("user") or ""), []).append(str(each["label"]))
    for user, labels in (by_user or {"": []}).items():
        yield _row(replace(example, fields={**example.fields, "label": labels}, who=user), problems)


def _row(example: Example, problems: list[Problem]) -> RawRow:
    cells = as_cells({name: value for name, value in example.fields.items() if name not in NOT_COLUMNS})
    fields = fields_of_unit(cells)
    if fields == LEVEL_FIELDS:
        cells.pop("text", None)
    spans = _spans_in(example.fields)
    if spans:
        names = ", ".join(spans)[:60]
        message = f"The labels are of parts of the text: {names!r}. Here a label is of the whole passage."
        remedy = "Label in a project of text classification, and export that."
        place = replace(example.place, column="label")
        problems.append(
            Problem("error", "span_labels", place, message, remedy, cells["document"], "", spans[0])
        )
        return RawRow(cells | {"comment": ""}, example.place)
    labels = _labels_in(example.fields)
    is_exported = _is_unchanged(example) and example.may_be_exported
    if example.fields.get(EXPORTED) and not is_exported:
        cells |= dict.fromkeys(("coder", "sheet_coder", "coded_at", "adjudicates", "comment"), "")
    place = replace(example.place, column="label")
    found = labels_of(labels, fields, place, cells["document"], problems)
    comments = _comments(example.fields)
    if found:
        kept = [cells["comment"]] if cells.get("comment") else []
        cells["comment"] = "\n".join(dict.fromkeys([*kept, *comments]))
    else:
        cells["comment"] = ""
        for comment in comments:
            message = f"A comment on an example without labels is not imported: {comment[:60]!r}."
            place = replace(example.place, column="Comments")
            problems.append(
                Problem("note", "remark", place, message, "", cells["document"], example.who, comment)
            )
    is_of_member = example.who and not is_exported
    kind: Literal["number", "account"] = "number" if example.who.isdecimal() else "account"
    who = Identity(example.who, kind) if is_of_member else None
    return RawRow(cells | {name: found.get(name, "") for name in fields}, example.place, identity=who)


def _spans_in(fields: Mapping[str, Any]) -> list[str]:
    """The labels of parts of the text, as a project of sequence labelling has them."""
    entities, given = fields.get("entities"), fields.get("label", fields.get("labels"))
    names = [each.get("label") for each in entities or () if isinstance(each, dict)]
    lists = given if isinstance(given, list) else []
    return [str(each) for each in (*names, *(each[-1] for each in lists if isinstance(each, list) and each))]


def _comments(fields: Mapping[str, Any]) -> list[str]:
    """The comments on an example; doccano exports their texts as a list."""
    given = fields.get("Comments", fields.get("comments"))
    listed = given if isinstance(given, list) else [given]
    texts = [each.get("text") if isinstance(each, dict) else each for each in listed]
    return [text for text in texts if isinstance(text, str) and text.strip()]
