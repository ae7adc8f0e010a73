"""Coding sheets as Excel workbooks: drop-downs, frozen heads, the codebook at hand, places hidden but there.

Written with XlsxWriter. A workbook that comes back may have been changed by hand and saved by Excel, LibreOffice or
Google Sheets: see `xlsx_reading`.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ndc_urban.exchange.attributes import values
from ndc_urban.exchange.columns import (
    ANSWERS,
    HIDDEN,
    LEVEL_ANSWERS,
    LEVEL_COLUMNS,
    PASSAGE_COLUMNS,
    Row,
    level_rows,
    passage_rows,
)
from ndc_urban.exchange.export_bundle import Material, Written
from ndc_urban.exchange.guide import FIELD_NOTES, LEVEL_MARKS, MARKS, NOT_A_LABEL, TITLE
from ndc_urban.languages import ALL

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

LEVELS_SHEET, CODEBOOK_SHEET, LISTS_SHEET, EXACT_SHEET, ONE_LIST = (
    "Levels",
    "Codebook",
    "Lists",
    "Exact text",
    "Passages",
)
RESERVED = frozenset({LEVELS_SHEET.lower(), CODEBOOK_SHEET.lower(), LISTS_SHEET.lower(), EXACT_SHEET.lower()})
EXACT_COLUMNS = ("row", "column", "part", "exact")

MAX_SHOWN = 32_000
"""Characters of a text that a cell shows, in UTF-16 units as Excel counts them; its own limit is 32,767."""

MAX_SHEET_NAME = 31
LISTS = ("code", "sector", "strand", "role", "level", "confidence", "dedicated")
WIDTHS: Mapping[str, int] = {
    "text": 90,
    "section": 30,
    "comment": 30,
    "document": 14,
    "coded_at": 18,
    "coder": 12,
}
WRAPPED = ("text", "section", "comment")
NUMBERS = ("unit", "page")
PROBABILITIES = ("suggested_p_urban", "suggested_p_low", "suggested_p_moderate", "suggested_p_strong")
LARGE = 20_000
"""A sheet of more passages is written row by row through files, which takes little memory and a larger workbook."""

FURTHER_ROWS = 200
"""Rows below the last one that have drop-downs too, for rows of a second coder."""

_NOT_SHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|x005F_", re.IGNORECASE)
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")


def shown(text: str) -> str:
    """A text as a cell can hold it: without control characters and with at most `MAX_SHOWN` characters.

    Where this is not the text itself, the text is on the sheet `EXACT_SHEET` too.
    """
    clean = _ESCAPE_LIKE.sub("", _NOT_SHOWN.sub("", text.replace("\r\n", "\n")))
    units = clean.encode("utf-16-le")
    if len(units) <= 2 * MAX_SHOWN:
        return clean
    return f"{units[: 2 * MAX_SHOWN].decode('utf-16-le', 'ignore')} […]"


def written(material: Material, main: Path) -> Written:
    """The workbook of an export."""
    import xlsxwriter

    stream = io.BytesIO()
    large = len(material.sheet.units) > LARGE
    options = {"constant_memory": large, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(stream, options)
    _Book(book, material).write()
    book.close()
    return {main: stream.getvalue()}


class _Book:
    def __init__(self, book: Workbook, material: Material) -> None:
        self.book = book
        self.material = material
        self.exact: list[tuple[str, str, int, str]] = []
        plain: dict[str, Any] = {"valign": "top"}
        self.head = book.add_format({"bold": True, "valign": "top", "text_wrap": True, "bg_color": "#dfe7ee"})
        self.head_answer = book.add_format(
            {"bold": True, "valign": "top", "text_wrap": True, "bg_color": "#fff2cc"}
        )
        self.head_model = book.add_format(
            {
                "italic": True,
                "valign": "top",
                "text_wrap": True,
                "bg_color": "#e4dfec",
                "font_color": "#5f497a",
            }
        )
        self.formats: dict[tuple[str, bool], Format] = {}
        for right_to_left in (False, True):
            order = {"reading_order": 2, "align": "right"} if right_to_left else {}
            self.formats["plain", right_to_left] = book.add_format(plain | order)
            self.formats["wrapped", right_to_left] = book.add_format(plain | order | {"text_wrap": True})
            self.formats["answer", right_to_left] = book.add_format(
                plain | order | {"locked": False, "text_wrap": True, "bg_color": "#fffbeb"}
            )
            self.formats["model", right_to_left] = book.add_format(
                plain | {"italic": True, "font_color": "#5f497a", "bg_color": "#f5f2f9"}
            )

    def write(self) -> None:
        rows = list(passage_rows(self.material.sheet, self.material.coder))
        levels = list(level_rows(self.material.sheet, self.material.coder, self.material.inclusion))
        names: set[str] = set(RESERVED)
        if self.material.one_list or not rows:
            self._table(ONE_LIST, rows, PASSAGE_COLUMNS, ANSWERS)
        else:
            for document, of_document in _by_document(rows).items():
                self._table(_sheet_name(document, names), of_document, PASSAGE_COLUMNS, ANSWERS)
        self._table(LEVELS_SHEET, levels, LEVEL_COLUMNS, LEVEL_ANSWERS)
        self._codebook()
        self._lists()
        self._exact()

    def _table(self, name: str, rows: Sequence[Row], columns: Sequence[str], answers: Sequence[str]) -> None:
        sheet = self.book.add_worksheet(name)
        right_to_left = bool(rows) and all(map(_is_right_to_left, rows))
        if right_to_left:
            sheet.right_to_left()
        suggested = any(row.get("suggested_model") for row in rows)
        for at, column in enumerate(columns):
            hidden = column in HIDDEN or (column.startswith("suggested_") and not suggested)
            model = column.startswith("suggested_")
            head = self.head_model if model else self.head_answer if column in answers else self.head
            sheet.write_string(0, at, f"{column} ({NOT_A_LABEL})" if model else column, head)
            sheet.set_column(at, at, WIDTHS.get(column, 10), None, {"hidden": hidden})
        for number, row in enumerate(rows, 1):
            arabic = _is_right_to_left(row)
            for at, column in enumerate(columns):
                self._cell(sheet, number, at, column, row, self._format(column, answers, arabic))
        last = len(rows) + FURTHER_ROWS
        for number in range(len(rows) + 1, last + 1):
            for at, column in enumerate(columns):
                sheet.write_blank(number, at, None, self._format(column, [*answers, column], right_to_left))
        self._drop_downs(sheet, columns, answers, last)
        sheet.freeze_panes(1, columns.index("document") + 1)
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
        sheet.protect(
            "",
            {
                "format_cells": True,
                "format_columns": True,
                "format_rows": True,
                "sort": True,
                "autofilter": True,
                "insert_rows": True,
            },
        )

    def _format(self, column: str, answers: Sequence[str], right_to_left: bool) -> Format:
        if column in answers:
            kind = "answer"
        elif column.startswith("suggested_"):
            kind = "model"
        else:
            kind = "wrapped" if column in WRAPPED else "plain"
        return self.formats[kind, right_to_left]

    def _cell(self, sheet: Worksheet, number: int, at: int, column: str, row: Row, style: Format) -> None:
        value = row[column]
        if not value:
            sheet.write_blank(number, at, None, style)
            return
        if column in NUMBERS or (column in PROBABILITIES and float(f"{float(value):.16G}") == float(value)):
            sheet.write_number(number, at, float(value), style)
            return
        text = shown(value)
        if text != value:
            self._keep_exact(row["row"], column, value, level="level" in row)
        sheet.write_string(number, at, text, style)

    def _keep_exact(self, row: str, column: str, value: str, *, level: bool) -> None:
        """Keeps a text that a cell cannot hold, as JSON in ASCII and in parts that cells can hold."""
        encoded = json.dumps(value).replace("_", "\\u005f")
        key = f"level {row}" if level else row
        for part, start in enumerate(range(0, len(encoded), MAX_SHOWN)):
            self.exact.append((key, column, part, encoded[start : start + MAX_SHOWN]))

    def _drop_downs(
        self, sheet: Worksheet, columns: Sequence[str], answers: Sequence[str], last: int
    ) -> None:
        for at, column in enumerate(columns):
            if column not in answers or column not in LISTS:
                continue
            listed = LISTS.index(column)
            letter = chr(ord("A") + listed)
            sheet.data_validation(
                1,
                at,
                last,
                at,
                {
                    "validate": "list",
                    "source": f"={LISTS_SHEET}!${letter}$2:${letter}${len(_choices(column)) + 1}",
                    "input_title": column,
                    "input_message": _prompt(column),
                    "error_title": f"No such {column}",
                    "error_message": f"Choose from the list: {', '.join(_choices(column))}"[:255],
                },
            )

    def _codebook(self) -> None:
        sheet = self.book.add_worksheet(CODEBOOK_SHEET)
        sheet.write_string(0, 0, TITLE, self.head)
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 1, 12)
        sheet.set_column(2, 2, 34)
        sheet.set_column(3, 3, 110)
        for at, name in enumerate(("field", "value", "name", "rule")):
            sheet.write_string(1, at, name, self.head)
        wrapped = self.formats["wrapped", False]
        for number, mark in enumerate((*MARKS, *LEVEL_MARKS), 2):
            rule = mark.rule or FIELD_NOTES[mark.field]
            for at, text in enumerate((mark.field, mark.value, mark.name, rule)):
                sheet.write_string(number, at, text, wrapped)
        sheet.freeze_panes(2, 0)
        sheet.protect()

    def _lists(self) -> None:
        sheet = self.book.add_worksheet(LISTS_SHEET)
        for number, row in enumerate((LISTS, *zip_longest(*map(_choices, LISTS)))):
            for at, value in enumerate(row):
                if value:
                    sheet.write_string(number, at, value, None if number else self.head)
        sheet.hide()

    def _exact(self) -> None:
        sheet = self.book.add_worksheet(EXACT_SHEET)
        for at, name in enumerate(EXACT_COLUMNS):
            sheet.write_string(0, at, name, self.head)
        for number, (row, column, part, text) in enumerate(self.exact, 1):
            sheet.write_string(number, 0, row)
            sheet.write_string(number, 1, column)
            sheet.write_number(number, 2, part)
            sheet.write_string(number, 3, text)
        sheet.hide()


def _choices(column: str) -> Sequence[str]:
    return {"confidence": ("1", "2", "3"), "dedicated": ("0", "1")}.get(column) or values(column)


def _prompt(column: str) -> str:
    """What shows beside a cell, in at most the 255 characters that Excel allows."""
    if column == "confidence":
        return "3 is sure, 1 is not sure."
    if column == "dedicated":
        return "1 if a section or block is devoted to cities, 0 if none is."
    if column == "level":
        return "See the sheet Codebook."
    named = [f"{mark.value} {mark.name}" for mark in MARKS if mark.field == column]
    prompt = (
        "\n".join(named)
        if column in ("code", "strand", "role")
        else ", ".join(_short(each) for each in named)
    )
    return prompt[:255]


def _short(named: str) -> str:
    return re.split(r",| and ", named)[0]


def _is_right_to_left(row: Row) -> bool:
    """Whether the text of a row is in a language written from right to left."""
    language = ALL.get(row.get("language", ""))
    return language is not None and language.right_to_left


def _by_document(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["document"], []).append(row)
    return found


def _sheet_name(document: str, taken: set[str]) -> str:
    """A name that Excel takes: at most 31 characters, no brackets, each once whatever its case."""
    base = _NOT_IN_SHEET_NAME.sub(" ", document).strip()[:MAX_SHEET_NAME] or "document"
    name, number = base, 1
    while name.lower() in taken:
        number += 1
        name = f"{base[: MAX_SHEET_NAME - 5]} ({number})"
    taken.add(name.lower())
    return name
