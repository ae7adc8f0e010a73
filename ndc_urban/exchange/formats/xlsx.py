"""Coding sheets as Excel workbooks: written by `workbook`, read back by `xlsx_reading`."""

from __future__ import annotations

import io
from pathlib import Path

from ndc_urban.exchange.columns import (
    ANSWERS,
    LEVEL_ANSWERS,
    LEVEL_COLUMNS,
    PASSAGE_COLUMNS,
    Row,
    level_rows,
    passage_rows,
)
from ndc_urban.exchange.export_bundle import ExportBundle, ExportFiles
from ndc_urban.exchange.formats.workbook import LEVELS_SHEET, ONE_LIST, CodingWorkbook
from ndc_urban.exchange.formats.xlsx_reading import is_protected, read
from ndc_urban.exchange.protocol import FileSample

__all__ = ["read", "recognises", "write"]

LARGE = 20_000
"""A workbook of more passages is written row by row through files, which takes little memory but makes a larger file;
chosen by eye."""


def write(bundle: ExportBundle, main: Path) -> ExportFiles:
    """The workbook of an export."""
    stream = io.BytesIO()
    rows = list(passage_rows(bundle.sheet, bundle.coder))
    levels = list(level_rows(bundle.sheet, bundle.coder, bundle.inclusion))
    with CodingWorkbook(stream, constant_memory=len(bundle.sheet.units) > LARGE) as book:
        if bundle.one_list or not rows:
            book.add_table(ONE_LIST, rows, PASSAGE_COLUMNS, ANSWERS)
        else:
            for document, of_document in _by_document(rows).items():
                book.add_table(document, of_document, PASSAGE_COLUMNS, ANSWERS)
        book.add_table(LEVELS_SHEET, levels, LEVEL_COLUMNS, LEVEL_ANSWERS)
    return {main: stream.getvalue()}


def recognises(file: FileSample) -> bool:
    """Whether a file is a workbook, or an old or protected one, which the reader refuses with a remedy."""
    return "xl/workbook.xml" in file.members or is_protected(file.data)


def _by_document(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["document"], []).append(row)
    return found
