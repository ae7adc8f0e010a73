"""A writer of Excel workbooks for coders: drop-downs, frozen headers, the codebook, and anchors in hidden columns.

Written with XlsxWriter. A workbook that comes back may have been changed by hand and saved by Excel, LibreOffice or
Google Sheets: see `xlsx_reading`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from ndc_urban.exchange.attributes import values
from ndc_urban.exchange.columns import HIDDEN, Row
from ndc_urban.exchange.guide import ATTRIBUTES, FIELD_NOTES, LEVEL_ATTRIBUTES, NOT_A_LABEL, TITLE
from ndc_urban.exchange.tables import is_missing
from ndc_urban.languages import ALL

if TYPE_CHECKING:
    from xlsxwriter.format import Format
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
"""Characters that Excel allows in the name of a sheet."""

MAX_MESSAGE = 255
"""Characters that Excel allows in the message of a drop-down."""

LISTS = ("code", "sector", "strand", "role", "level", "confidence", "dedicated")
USUAL_WIDTH = 10
WIDTHS: Mapping[str, int] = {
    "text": 90,
    "section": 30,
    "comment": 30,
    "document": 14,
    "coded_at": 18,
    "coder": 12,
}
"""Widths of columns in characters, chosen by eye."""

WRAPPED = ("text", "section", "comment")
NUMBERS = ("unit", "page")
PROBABILITIES = ("suggested_p_urban", "suggested_p_low", "suggested_p_moderate", "suggested_p_strong")
FURTHER_ROWS = 200
"""Rows below the last one that have drop-downs too, for rows of a second coder; chosen by eye."""

CELL_STYLES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "plain": {},
        "wrapped": {"text_wrap": True},
        "answer": {"locked": False, "text_wrap": True, "bg_color": "#fffbeb"},
        "model": {"italic": True, "font_color": "#5f497a", "bg_color": "#f5f2f9"},
    }
)
ALLOWED_IN_PROTECTED_SHEETS = (
    "format_cells",
    "format_columns",
    "format_rows",
    "sort",
    "autofilter",
    "insert_rows",
)

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


class CodingWorkbook:
    """A workbook of coding sheets: tables to fill in, then the codebook, the lists of the drop-downs and exact texts.

    Used as a context; what belongs to every workbook is added, and the stream is filled, when the context ends.
    `constant_memory` writes through files, row by row, for large workbooks.
    """

    def __init__(self, stream: BinaryIO, *, constant_memory: bool = False) -> None:
        import xlsxwriter

        self._book = xlsxwriter.Workbook(
            stream,
            {"constant_memory": constant_memory, "strings_to_formulas": False, "strings_to_urls": False},
        )
        self._exact: list[tuple[str, str, int, str]] = []
        self._names: set[str] = set(RESERVED)
        self._head = self._head_format("#dfe7ee")
        self._head_answer = self._head_format("#fff2cc")
        self._head_model = self._head_format("#e4dfec", bold=False, italic=True, font_color="#5f497a")
        self._formats: dict[tuple[str, bool], Format] = {}
        for right_to_left in (False, True):
            order = {"reading_order": 2, "align": "right"} if right_to_left else {}
            for kind, style in CELL_STYLES.items():
                self._formats[kind, right_to_left] = self._book.add_format(
                    {"valign": "top"} | (order if kind != "model" else {}) | dict(style)
                )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._codebook()
            self._lists()
            self._exact_texts()
            self._book.close()

    def add_table(
        self, name: str, rows: Sequence[Row], columns: Sequence[str], answers: Sequence[str]
    ) -> None:
        """Adds a sheet with a row for each unit; the columns `answers` are to be filled in.

        The sheet gets a name that Excel takes and that no other sheet has.
        """
        sheet = self._book.add_worksheet(name if name == LEVELS_SHEET else _sheet_name(name, self._names))
        right_to_left = bool(rows) and all(map(_is_right_to_left, rows))
        if right_to_left:
            sheet.right_to_left()
        self._header(sheet, rows, columns, answers)
        for number, row in enumerate(rows, 1):
            for at, column in enumerate(columns):
                self._cell(
                    sheet, number, at, column, row, self._format(column, answers, _is_right_to_left(row))
                )
        last = len(rows) + FURTHER_ROWS
        for number in range(len(rows) + 1, last + 1):
            for at, column in enumerate(columns):
                sheet.write_blank(number, at, None, self._format(column, [*answers, column], right_to_left))
        self._drop_downs(sheet, columns, answers, last)
        sheet.freeze_panes(1, columns.index("document") + 1)
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
        sheet.protect("", dict.fromkeys(ALLOWED_IN_PROTECTED_SHEETS, True))

    def _head_format(self, background: str, **style: Any) -> Format:
        return self._book.add_format(
            {"bold": True, "valign": "top", "text_wrap": True, "bg_color": background} | style
        )

    def _header(
        self, sheet: Worksheet, rows: Sequence[Row], columns: Sequence[str], answers: Sequence[str]
    ) -> None:
        suggested = any(row.get("suggested_model") for row in rows)
        for at, column in enumerate(columns):
            model = column.startswith("suggested_")
            hidden = column in HIDDEN or (model and not suggested)
            head = self._head_model if model else self._head_answer if column in answers else self._head
            sheet.write_string(0, at, f"{column} ({NOT_A_LABEL})" if model else column, head)
            sheet.set_column(at, at, WIDTHS.get(column, USUAL_WIDTH), None, {"hidden": hidden})

    def _format(self, column: str, answers: Sequence[str], right_to_left: bool) -> Format:
        if column in answers:
            kind = "answer"
        elif column.startswith("suggested_"):
            kind = "model"
        else:
            kind = "wrapped" if column in WRAPPED else "plain"
        return self._formats[kind, right_to_left]

    def _cell(self, sheet: Worksheet, number: int, at: int, column: str, row: Row, style: Format) -> None:
        value = row[column]
        if not value:
            sheet.write_blank(number, at, None, style)
            return
        if column in NUMBERS or (column in PROBABILITIES and float(f"{float(value):.16G}") == float(value)):
            sheet.write_number(number, at, float(value), style)
            return
        text = shown(value)
        if text != value or is_missing(column, value):
            self._keep_exact(row["row"], column, value, level="level" in row)
        sheet.write_string(number, at, text, style)

    def _keep_exact(self, row: str, column: str, value: str, *, level: bool) -> None:
        """Keeps a text that a cell cannot hold, as JSON in ASCII and in parts that cells can hold."""
        encoded = json.dumps(value).replace("_", "\\u005f")
        key = f"level {row}" if level else row
        for part, start in enumerate(range(0, len(encoded), MAX_SHOWN)):
            self._exact.append((key, column, part, encoded[start : start + MAX_SHOWN]))

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
                    "error_message": f"Choose from the list: {', '.join(_choices(column))}"[:MAX_MESSAGE],
                },
            )

    def _codebook(self) -> None:
        sheet = self._book.add_worksheet(CODEBOOK_SHEET)
        sheet.write_string(0, 0, TITLE, self._head)
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 1, 12)
        sheet.set_column(2, 2, 34)
        sheet.set_column(3, 3, 110)
        for at, name in enumerate(("field", "value", "name", "rule")):
            sheet.write_string(1, at, name, self._head)
        wrapped = self._formats["wrapped", False]
        for number, attribute in enumerate((*ATTRIBUTES, *LEVEL_ATTRIBUTES), 2):
            rule = attribute.rule or FIELD_NOTES[attribute.field]
            for at, text in enumerate((attribute.field, attribute.value, attribute.name, rule)):
                sheet.write_string(number, at, text, wrapped)
        sheet.freeze_panes(2, 0)
        sheet.protect()

    def _lists(self) -> None:
        sheet = self._book.add_worksheet(LISTS_SHEET)
        for number, row in enumerate((LISTS, *zip_longest(*map(_choices, LISTS)))):
            for at, value in enumerate(row):
                if value:
                    sheet.write_string(number, at, value, None if number else self._head)
        sheet.hide()

    def _exact_texts(self) -> None:
        sheet = self._book.add_worksheet(EXACT_SHEET)
        for at, name in enumerate(EXACT_COLUMNS):
            sheet.write_string(0, at, name, self._head)
        for number, (row, column, part, text) in enumerate(self._exact, 1):
            sheet.write_string(number, 0, row)
            sheet.write_string(number, 1, column)
            sheet.write_number(number, 2, part)
            sheet.write_string(number, 3, text)
        sheet.hide()


def _is_right_to_left(row: Row) -> bool:
    """Whether the text of a row is in a language written from right to left."""
    language = ALL.get(row.get("language", ""))
    return language is not None and language.right_to_left


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
    named = [f"{attribute.value} {attribute.name}" for attribute in ATTRIBUTES if attribute.field == column]
    prompt = (
        "\n".join(named)
        if column in ("code", "strand", "role")
        else ", ".join(_short(each) for each in named)
    )
    return prompt[:MAX_MESSAGE]


def _short(named: str) -> str:
    return re.split(r",| and ", named)[0]


def _sheet_name(document: str, taken: set[str]) -> str:
    """A name that Excel takes: at most 31 characters, no brackets, each once whatever its case."""
    base = _NOT_IN_SHEET_NAME.sub(" ", document).strip()[:MAX_SHEET_NAME] or "document"
    name, number = base, 1
    while name.lower() in taken:
        number += 1
        name = f"{base[: MAX_SHEET_NAME - 5]} ({number})"
    taken.add(name.lower())
    return name
