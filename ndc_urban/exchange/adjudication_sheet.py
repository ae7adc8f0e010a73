"""Disagreements as a table or workbook to be filled in; it is read back as any other coding sheet."""

from __future__ import annotations

import io
from pathlib import Path

from ndc_urban.exchange.coder_disagreements import Disagreements
from ndc_urban.exchange.coding_sheet import CodingSheet
from ndc_urban.exchange.columns import ANSWERS, LEVEL_ANSWERS
from ndc_urban.exchange.export_bundle import LEVELS, Material, Written, companion
from ndc_urban.exchange.formats.csv_table import table_bytes
from ndc_urban.exchange.formats.xlsx import LEVELS_SHEET, ONE_LIST, _Book


def written(found: Disagreements, main: Path) -> Written:
    """The files of a sheet to adjudicate: one workbook for .xlsx, else a table of passages and one of levels."""
    if main.suffix.lower() == ".xlsx":
        return {main: _workbook(found)}
    return {
        main: table_bytes(found.passages, found.passage_columns),
        companion(main, LEVELS): table_bytes(found.levels, found.level_columns),
    }


def _workbook(found: Disagreements) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book = _Book(workbook, Material(CodingSheet(())))
    book._table(ONE_LIST, found.passages, found.passage_columns, ANSWERS)
    book._table(LEVELS_SHEET, found.levels, found.level_columns, LEVEL_ANSWERS)
    book._codebook()
    book._lists()
    book._exact()
    workbook.close()
    return stream.getvalue()
