"""Disagreements as a table or workbook to be filled in; it is read back as any other coding sheet."""

from __future__ import annotations

import io
from pathlib import Path

from ndc_urban.exchange.coder_disagreements import Disagreements
from ndc_urban.exchange.columns import ANSWERS, LEVEL_ANSWERS
from ndc_urban.exchange.export_bundle import LEVELS, ExportFiles, companion
from ndc_urban.exchange.formats.workbook import LEVELS_SHEET, ONE_LIST, CodingWorkbook
from ndc_urban.exchange.tables import table_bytes


def write(found: Disagreements, main: Path) -> ExportFiles:
    """The files of a sheet to adjudicate: one workbook for .xlsx, else a table of passages and one of levels."""
    if main.suffix.lower() == ".xlsx":
        return {main: _workbook(found)}
    return {
        main: table_bytes(found.passages, found.passage_columns),
        companion(main, LEVELS): table_bytes(found.levels, found.level_columns),
    }


def _workbook(found: Disagreements) -> bytes:
    stream = io.BytesIO()
    with CodingWorkbook(stream) as book:
        book.add_table(ONE_LIST, found.passages, found.passage_columns, ANSWERS)
        book.add_table(LEVELS_SHEET, found.levels, found.level_columns, LEVEL_ANSWERS)
    return stream.getvalue()
