"""The tables as a workbook: a sheet for each, numbers as numbers, notes and sources on the last sheet."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from ndc_urban.codebook import LEVELS
from ndc_urban.trend.frames import ESTIMATES, frame_of, in_order, percents_of, rounds_of, rows_of, where
from ndc_urban.trend.report.about import About
from ndc_urban.trend.report.tidy import with_percents
from ndc_urban.trend.tables import AT_LEAST_MODERATE, BASES, Trend

_CREATED = datetime(2000, 1, 1)  # a fixed date: the same trend makes the same bytes
_SHARES = frozenset(
    "share low high published p_low p_moderate p_strong share_without low_without high_without heaviest_weight "
    "corrected corrected_low corrected_high share_of_from share_low share_high weighted weighted_low weighted_high "
    "least most rate adjusted adjusted_low adjusted_high strong strong_low strong_high at_least_moderate "
    "at_least_moderate_low at_least_moderate_high strong_without at_least_moderate_without published_strong "
    "published_at_least_moderate share_parties corrected_parties corrected_parties_low corrected_parties_high".split()
)
_HEADS = {
    "change": 5,
    "parties": 3,
    "levels": 4,
    "groups": 4,
    "transitions": 4,
    "sectors": 4,
    "topics": 3,
    "themes": 4,
    "missing": 3,
    "label_error": 3,
    "grades": 3,
    "specification": 3,
}
"""The number of columns that stay in view when a sheet is scrolled; 2 for other sheets."""
_LONGEST_TEXT = 32767
"""Characters in a cell: the limit of Excel."""
_WIDEST, _NARROWEST = 48, 8
"""Widths of columns in characters, chosen by eye."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


class _Book:
    """A workbook in memory with the formats that all its sheets share."""

    def __init__(self, title: str) -> None:
        self.stream = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = Workbook(self.stream, options)
        self.book.set_properties({"title": title, "created": _CREATED})
        border = {"valign": "top"}
        self.text = self.book.add_format(border)
        self.wrapped = self.book.add_format(border | {"text_wrap": True})
        self.head = self.book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#EADFC4"}
        )
        self.numbers = {
            form: self.book.add_format(border | {"num_format": form})
            for form in ("0", "0.0", "0.00", "0%", "0.0%", "+0.0%;-0.0%;0.0%", "0.000")
        }

    def sheet(self, name: str, columns: Sequence[str], frozen: int) -> Worksheet:
        sheet = self.book.add_worksheet(_FORBIDDEN.sub("_", name)[:31])  # the limit of Excel
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column, self.head)
        sheet.freeze_panes(1, frozen)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet

    def cell(self, sheet: Worksheet, row: int, column: int, value: object, form: str = "0") -> None:
        """Writes a number with its format, a truth value or a text; an empty cell for None."""
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, self.text)
        elif isinstance(value, (int, float)):
            sheet.write_number(row, column, value, self.numbers[form])
        elif value is not None:
            sheet.write_string(row, column, str(value)[:_LONGEST_TEXT], self.text)

    def bytes(self) -> bytes:
        self.book.close()
        return self.stream.getvalue()


def workbook(trend: Trend, about: About) -> bytes:
    """The workbook as bytes; the same trend makes the same bytes."""
    book = _Book(about.title)
    _overview(book, trend)
    for table in trend.tables:
        columns, rows = with_percents(table)
        sheet = book.sheet(table.name, columns, _HEADS.get(table.name, 2))
        for place, column in enumerate(columns):
            values = [row[column] for row in rows]
            for line, value in enumerate(values, 1):
                book.cell(sheet, line, place, value, _form(table.name, column, value))
            sheet.set_column(place, place, _width(column, values))
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    _notes(book, trend, about)
    return book.bytes()


def _form(table: str, column: str, value: object) -> str:
    if table == "transitions" and column in ("corrected", "low", "high"):
        return "0.0"
    if column.startswith("odds_") or column == "urban_per_100000":
        return "0.00"
    if table in ("change", "specification") and column in (
        "change",
        "low",
        "high",
        "change_without",
        "low_without",
        "high_without",
    ):
        return "+0.0%;-0.0%;0.0%"
    counted = column == "published" and isinstance(value, (int, float)) and value > 1
    return "0.0%" if column in _SHARES and not counted else "0"


def _width(column: str, values: Sequence[object]) -> int:
    longest = max([len(column), *(len(str(value)) for value in values if isinstance(value, str))])
    return min(max(longest + 2, _NARROWEST), _WIDEST)


def _overview(book: _Book, trend: Trend) -> None:
    """The levels as the report prints them: a row for each round, basis and estimate that sums to 100%."""
    levels = frame_of(trend, "levels")
    shown = (*LEVELS, AT_LEAST_MODERATE)
    limits = [f"{level}, {end}" for level in ("strong", AT_LEAST_MODERATE) for end in ("from", "to")]
    columns = ["round", "basis", "estimate", *shown, *limits, "n", "note"]
    sheet = book.sheet("overview", columns, 3)
    line = 0
    for round_ in rounds_of(trend):
        for basis in in_order(levels["basis"], BASES):
            for estimate in in_order(levels["estimate"], ESTIMATES):
                part = where(levels, round=round_, basis=basis, estimate=estimate)
                if part.empty:
                    continue
                line += 1
                for place, (value, form) in enumerate(_overview_row(part, (round_, basis, estimate))):
                    book.cell(sheet, line, place, value, form)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _WIDEST if column == "note" else 12)


def _overview_row(part: pd.DataFrame, key: tuple[str, str, str]) -> list[tuple[Any, str]]:
    percents = percents_of(part)
    rows = {row["level"]: row for row in rows_of(part)}
    shares = [
        (percents[level] / 100 if level in percents else None, "0%") for level in (*LEVELS, AT_LEAST_MODERATE)
    ]
    limits = [
        (rows[level][end] if level in rows else None, "0.0%")
        for level in ("strong", AT_LEAST_MODERATE)
        for end in ("low", "high")
    ]
    notes = " ".join(dict.fromkeys(row["note"] for row in rows.values() if row["note"]))
    counts = [row["n"] for row in rows.values() if row["n"] is not None]
    return [
        *((text, "0") for text in key),
        *shares,
        *limits,
        (max(counts, default=None), "0"),
        (notes or None, "0"),
    ]


def _notes(book: _Book, trend: Trend, about: About) -> None:
    sheet = book.sheet("notes", ("about", "kind", "text"), 1)
    lines = [(table.name, "title", table.title) for table in trend.tables]
    lines += [(table.name, "note", note) for table in trend.tables for note in table.notes]
    lines += [(table.name, "source", source) for table in trend.tables for source in table.sources]
    lines += [("all", "note", note) for note in about.notes]
    lines += [("all", "where the figures come from", fact) for fact in about.provenance]
    for row, texts in enumerate(lines, 1):
        for place, text in enumerate(texts):
            sheet.write_string(row, place, text[:_LONGEST_TEXT], book.wrapped)
    for place, width in enumerate((14, 26, 110)):
        sheet.set_column(place, place, width)
