"""The tables of a run for people, as a workbook and as CSV: with Party and file on every row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from ndc_urban.codebook import LEVELS, ROLES, SECTORS, STRANDS
from ndc_urban.counting import either
from ndc_urban.exchange.guide import CODE_NAMES
from ndc_urban.exchange.tables import BYTE_ORDER_MARK, guarded
from ndc_urban.exchange.xml_text import clean
from ndc_urban.report.records import Report, ReportDocument, ReportPassage
from ndc_urban.report.wording import EXPLAINED, LANGUAGE_NAMES

Cell = str | int | float | None
Rows = Iterable[Sequence[Cell]]

_LONGEST_CELL = 32_767
"""Characters that Excel takes into a cell."""
_WIDTHS: Mapping[str, int] = {
    "Text": 80,
    "Section": 40,
    "Reason": 60,
    "File": 32,
    "Message": 50,
    "Remedy": 60,
    "Meaning": 90,
}
"""Columns of text, in characters; the others fit their headings."""
_WIDTH = 14
"""The usual width of a column, in characters. Chosen by eye."""
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""The same run makes the same bytes, so the workbook does not say when it was made."""

_FILE = ("Party", "ISO3", "File")
_DOCUMENTS = (
    *_FILE,
    *("Language", "Pages", "Status", "Level", "P low", "P moderate", "P strong", "May be"),
    *("Urban passages", "Passages", "Urban share", "Sectors", "In training"),
)
_EVIDENCE = (
    *_FILE,
    *("Rank", "Page", "Section", "Text", "P urban", "Code", "Sector", "Strand", "Role", "Themes"),
)
_REASONS = (*_FILE, "Of", "Rank", "Page", "Reason", "Effect")
_FAILURES = (*_FILE, "Error", "Message", "Remedy", "Pages")
_TOTALS = ("Language", *(level.capitalize() for level in LEVELS), "Scored", "Not scored", "All")


def workbook(report: Report) -> bytes:
    """The workbook; nothing in it runs as a formula or becomes a link."""
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": "Urban content of NDCs", "created": _LONG_AGO})
        for name, (columns, rows) in _tables(report).items():
            _sheet(book, name, columns, rows)
        _sheet(book, "About", ("Term", "Meaning"), (*report.facts.items(), *EXPLAINED))
    return stream.getvalue()


def csv_tables(report: Report) -> dict[str, bytes]:
    """The sheets of the workbook as CSV, by file name, in UTF-8 with a byte order mark, so that Excel reads it as such.

    No cell runs as a formula: a text that begins like one, or reads as a missing value, has an apostrophe in front.
    """
    return {
        f"{name.lower().replace(' ', '-')}.csv": _csv(columns, rows)
        for name, (columns, rows) in _tables(report).items()
    }


def _csv(columns: Sequence[str], rows: Rows) -> bytes:
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        cells = [guarded(clean(cell)) if isinstance(cell, str) else cell for cell in row]
        writer.writerow([*cells, *[None] * (len(columns) - len(cells))])
    return BYTE_ORDER_MARK + lines.getvalue().encode("utf-8", "surrogatepass")


def _tables(report: Report) -> dict[str, tuple[Sequence[str], Rows]]:
    """Columns and rows by the name of the table."""
    documents = report.documents
    return {
        "Documents": (_DOCUMENTS, map(_document, documents)),
        "Evidence": (_EVIDENCE, (_evidence(d, p) for d in documents for p in d.evidence)),
        "Reasons": (_REASONS, (row for each in documents for row in _reasons(each))),
        "Not read": (_FAILURES, (row for each in documents for row in _failures(each))),
        "Totals": (_TOTALS, _totals(report)),
    }


def _sheet(book: Any, name: str, columns: Sequence[str], rows: Rows) -> None:
    sheet = book.add_worksheet(name)
    head, wrapped = (
        book.add_format({"bold": True, "text_wrap": True}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    plain = book.add_format({"valign": "top"})
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column, head)
        sheet.set_column(at, at, _WIDTHS.get(column, _WIDTH), wrapped if column in _WIDTHS else plain)
    last = 0
    for last, row in enumerate(rows, 1):
        for at, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(last, at, clean(value)[:_LONGEST_CELL])
            elif value is not None:
                sheet.write_number(last, at, value)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)


def _file(document: ReportDocument) -> tuple[Cell, ...]:
    return document.party, document.iso3, document.name


def _document(document: ReportDocument) -> tuple[Cell, ...]:
    language = LANGUAGE_NAMES.get(document.language, document.language)
    start = (*_file(document), language, document.pages, document.status)
    result = document.result
    if result is None:
        return start
    return (
        *start,
        *(result.level, result.p_low, result.p_moderate, result.p_strong, either(result.levels)),
        *(document.urban_passages, document.passage_count, document.urban_share),
        ", ".join(SECTORS[code] for code in sorted({code for code, _ in document.sectors})),
        "yes" if document.in_training else "no",
    )


def _evidence(document: ReportDocument, passage: ReportPassage) -> tuple[Cell, ...]:
    return (
        *_file(document),
        *(passage.rank, passage.page, passage.section, passage.text, passage.p_urban),
        f"{passage.code} {CODE_NAMES.get(passage.code, '')}".strip(),
        *(SECTORS.get(passage.sector, ""), STRANDS.get(passage.strand, ""), ROLES.get(passage.role, "")),
        ", ".join(passage.themes),
    )


def _reasons(document: ReportDocument) -> Iterable[tuple[Cell, ...]]:
    for why in document.reasons:
        yield (*_file(document), "document", None, None, why.text, why.effect)
    for passage in document.evidence:
        for why in passage.reasons:
            yield (*_file(document), "passage", passage.rank, passage.page, why.text, why.effect)


def _failures(document: ReportDocument) -> Iterable[tuple[Cell, ...]]:
    for each in document.not_read:
        yield (*_file(document), each.error, each.message, each.remedy, each.pages)


def _totals(report: Report) -> Iterable[tuple[Cell, ...]]:
    """Levels by language; a copy of another document does not count."""
    counted = {each.key for each in report.counted}
    documents = [each for each in report.documents if each.result is None or each.key in counted]
    languages = sorted({document.language for document in documents if document.language})
    for language in (*languages, ""):
        found = [each for each in documents if language in ("", each.language)]
        levels = [each.result.level for each in found if each.result]
        name = LANGUAGE_NAMES.get(language, language) if language else "All"
        yield (
            name,
            *(levels.count(level) for level in LEVELS),
            len(levels),
            len(found) - len(levels),
            len(found),
        )
