"""Coding tasks for doccano, as JSONL for a project of text classification: one example a passage.

A label covers its whole passage. doccano counts the positions of spans in UTF-16 units or in grapheme clusters,
by a setting of the project; whole passages do not depend on it. Fields besides `text` and `label` come back as
they went.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import safe
from ndc_urban.exchange.attributes import fields_of, label_of
from ndc_urban.exchange.columns import Row, level_rows, passage_rows
from ndc_urban.exchange.export_bundle import LEVELS, ExportBundle, ExportFiles, companion
from ndc_urban.exchange.formats.colours import ATTRIBUTES as COLOURS
from ndc_urban.exchange.formats.colours import text_on
from ndc_urban.exchange.formats.json_lines import as_cells, lines_bytes
from ndc_urban.exchange.formats.tool_files import parse_tool_files
from ndc_urban.exchange.guide import ATTRIBUTES, LEVEL_FIELDS, LEVEL_OPTIONS, PASSAGE_FIELDS, Attribute
from ndc_urban.exchange.import_result import ImportResult, Place, Problem
from ndc_urban.exchange.protocol import FileSample
from ndc_urban.exchange.rows import RawRow

SUFFIXES = (".jsonl",)
EXPORTED = "exported_labels"
"""The labels that an example had when it was exported, to see whether somebody changed them in doccano."""


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


def read(path: Path, *, coder: str = "") -> ImportResult:
    """The codings of an export of doccano, of the levels beside it, or of a folder with both.

    doccano writes one file for each member who annotated: give the name with `coder`.
    """
    return parse_tool_files(path, SUFFIXES, _rows, coder)


def recognises(file: FileSample) -> bool:
    """Whether the first line is an example with a list of labels."""
    first = file.first_object
    return first is not None and isinstance(first.get("label", first.get("labels")), list)


def _rows(path: Path | None, fields: Sequence[str], problems: list[Problem]) -> Iterator[RawRow]:
    if path is None:
        return
    for number, example in safe.json_lines(path.name, safe.file_bytes(path)):
        place = Place(path.name, row=number)
        nested = example.get("meta") or example.get("metadata")
        fields_given = {**nested, **example} if isinstance(nested, dict) else example
        cells = as_cells(
            {name: value for name, value in fields_given.items() if name not in ("label", "meta")}
        )
        if "document" not in cells:
            raise ExchangeFileInvalid(
                f"{path.name}, line {number}: the example has no field “document”.",
                remedy="Import the exported file itself into doccano (column data: text, column label: label).",
            )
        if "level" in fields:
            cells.pop("text", None)
        given = example.get("label", example.get("labels", []))
        labels = [str(each) for each in given] if isinstance(given, list) else [str(given)]
        before = example.get(EXPORTED)
        if isinstance(before, list) and before and sorted(before) != sorted(labels):
            cells |= dict.fromkeys(("coder", "sheet_coder", "coded_at", "adjudicates", "comment"), "")
        found, odd = fields_of(labels)
        for label in odd:
            message = f"The codebook has no {label!r}, or the example has two of the same kind."
            problems.append(
                Problem(
                    "error", "misspelt", place, message, "", cells["document"], cells.get("coder", ""), label
                )
            )
        if odd:
            found = {}
            cells["comment"] = ""
        yield RawRow(cells | {name: found.get(name, "") for name in fields}, place)
