"""Workbooks of coders, read with care: openpyxl without its formulas, after a look at every part of the archive."""

from __future__ import annotations

import io
import json
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import safe
from ndc_urban.exchange.columns import ANSWERS, LEVEL_ANSWERS
from ndc_urban.exchange.formats.workbook import EXACT_SHEET, shown
from ndc_urban.exchange.import_result import ImportResult, Place, Problem
from ndc_urban.exchange.parsing import parse
from ndc_urban.exchange.people import NOBODY_NAMED
from ndc_urban.exchange.row_checks import KNOWN_COLUMNS
from ndc_urban.exchange.rows import RawRow
from ndc_urban.exchange.tables import HEADER_WITHIN, column_letter, column_name, is_missing

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAY_BE_MERGED = ("document", "page", "section", "language", "codebook", "sheet_coder")
"""Columns in which a value that is merged over rows belongs to each of them."""

OF_ONE_ROW = ("unit", "text", "sha256", "start", "length", "fingerprint", "row")
"""Columns besides the answers in which each row has a content of its own."""

NAMELESS = "nameless"
"""A sheet with the hidden columns of an exported one, but with no answers that are called so."""

OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_COLUMNS = 200
"""Columns that are read; an exported sheet has fewer than 40, coders may add some."""

MAX_ROWS = 1_000_000
"""Rows that are read; Excel allows 1,048,576."""

MAX_BLANK_ROWS = 10_000
"""Rows without anything in them after which a sheet is taken to have ended."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")


@dataclass(frozen=True, slots=True)
class Merged:
    """A range of merged cells: first and last row, first and last column counted from 0."""

    top: int
    bottom: int
    left: int
    right: int
    name: str


@dataclass(frozen=True, slots=True)
class SheetDetails:
    """What openpyxl does not say of a sheet: its merged cells, and cells with a formula whose value was not kept."""

    merged: tuple[Merged, ...] = ()
    formulas: frozenset[str] = frozenset()


def read(path: Path, *, coder: str = "", people: Mapping[str, str] = NOBODY_NAMED) -> ImportResult:
    """The codings of a workbook: every sheet with the columns of passages or of levels.

    Raises `ExchangeFileInvalid` for a file that is not a workbook or has no such sheet, and `ExchangeFileUnsafe`.
    """
    data = safe.file_bytes(path)
    details = _inspected(path.name, data)
    problems: list[Problem] = []
    book = _opened(path.name, data)
    try:
        exact = _exact_texts(book)
        passages: list[RawRow] = []
        levels: list[RawRow] = []
        for at, sheet in enumerate(book.worksheets):
            usual = details.get(f"xl/worksheets/sheet{at + 1}.xml", SheetDetails())
            kind, rows = _sheet_rows(path.name, sheet, details.get(_part_of(sheet), usual), exact, problems)
            if kind == "passages":
                passages.extend(rows)
            elif kind == "levels":
                levels.extend(rows)
        titles = [sheet.title for sheet in book.worksheets]
        saved = book.properties.modified
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        # openpyxl meets what it does not expect with errors of all these kinds.
        raise ExchangeFileInvalid(f"{path.name} cannot be read as a workbook ({error}).") from error
    finally:
        book.close()
    if not passages and not levels and not problems:
        raise ExchangeFileInvalid(
            f"{path.name} has no sheet with the columns of a coding sheet (it has {', '.join(titles)}).",
            remedy="Keep the first row of the exported sheets.",
        )
    returned = parse((path,), passages, levels, coder=coder, people=people, problems=problems)
    return replace(returned, saved_at=_timestamp(saved))


def is_protected(data: bytes) -> bool:
    """Whether a file has the container of old Excel files (.xls), which Excel also puts around a protected .xlsx."""
    return data.startswith(OLE_START)


def _inspected(name: str, data: bytes) -> Mapping[str, SheetDetails]:
    """Looks at all XML parts before openpyxl sees them; returns what it does not say of each sheet."""
    if is_protected(data) or name.lower().endswith(".xls"):
        raise ExchangeFileInvalid(
            f"{name} is an old or a protected Excel file.", remedy="Save it as .xlsx, without a password."
        )
    archive = safe.Archive(name, data)
    if "xl/workbook.xml" not in archive:
        raise ExchangeFileInvalid(f"{name} is not an Excel workbook.")
    if any(member.endswith("vbaProject.bin") for member in archive.members):
        raise ExchangeFileInvalid(f"{name} contains macros.", remedy="Save it as .xlsx, without macros.")
    details: dict[str, SheetDetails] = {}
    for member in archive.members:
        if not member.endswith((".xml", ".rels", ".vml")):
            continue
        elements = safe.xml_elements(f"{name}, {member}", archive.read(member))
        if member.startswith("xl/worksheets/"):
            details[member] = _details(elements)
        else:
            for _ in elements:
                pass
    return details


def _details(elements: Iterator[Element]) -> SheetDetails:
    merged: list[Merged] = []
    formulas: set[str] = set()
    formula = value = False
    for each in elements:
        if each.tag == f"{_MAIN}mergeCell":
            found = _range(each.get("ref", ""))
            merged += [found] if found else []
        elif each.tag == f"{_MAIN}f":
            formula = True
        elif each.tag == f"{_MAIN}v":
            value = bool(each.text)
        elif each.tag == f"{_MAIN}c":
            if formula and not value:
                formulas.add(each.get("r", ""))
            formula = value = False
    return SheetDetails(tuple(merged), frozenset(formulas))


def _range(ref: str) -> Merged | None:
    match = _RANGE.fullmatch(ref)
    if match is None:
        return None
    left, top, right, bottom = match.groups()
    return Merged(int(top), int(bottom), _column_number(left), _column_number(right), ref)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _opened(name: str, data: bytes) -> Any:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of drop-downs and headers that openpyxl passes over
            return openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except (
        InvalidFileException,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OSError,
        IndexError,
    ) as error:
        raise ExchangeFileInvalid(f"{name} cannot be read as a workbook ({error}).") from error


def _part_of(sheet: Any) -> str:
    return str(getattr(sheet, "_worksheet_path", "")).lstrip("/")


def _exact_texts(book: Any) -> Mapping[tuple[str, str], str]:
    """The texts that cells cannot hold, by row and column. Parts that were damaged are passed over."""
    if EXACT_SHEET not in book.sheetnames:
        return {}
    parts: dict[tuple[str, str], dict[int, str]] = {}
    for row in book[EXACT_SHEET].iter_rows(min_row=2, max_col=4, values_only=True):
        cells = [_text(value) for value in row] + [""] * (4 - len(row))
        if cells[0] and cells[2].isdecimal():
            parts.setdefault((cells[0], cells[1]), {})[int(cells[2])] = cells[3]
    texts: dict[tuple[str, str], str] = {}
    for key, numbered in parts.items():
        try:
            text = json.loads("".join(numbered[number] for number in sorted(numbered)))
        except (json.JSONDecodeError, RecursionError):
            continue
        if isinstance(text, str):
            texts[key] = text
    return texts


def _sheet_rows(
    file: str,
    sheet: Any,
    details: SheetDetails,
    exact: Mapping[tuple[str, str], str],
    problems: list[Problem],
) -> tuple[str, list[RawRow]]:
    """What kind of sheet it is (passages, levels or another one) and its rows."""
    lines = _lines(sheet)
    header, kind = _header(lines)
    if kind == NAMELESS:
        others = ", ".join(name for name in header if name and name not in KNOWN_COLUMNS)
        message = f"The sheet has no column code and no column level{f', but {others}' if others else ''}."
        remedy = "Give the column of the codes its name again: code; that of the levels: level."
        problems.append(Problem("error", "no_column", Place(file, sheet.title), message, remedy))
    if kind not in ("passages", "levels"):
        return "", []
    letters = {name: column_letter(at) for at, name in reversed(list(enumerate(header))) if name}
    answers = ANSWERS if kind == "passages" else LEVEL_ANSWERS
    rows: list[RawRow] = []
    shared: dict[Merged, str] = {}
    for number, cells in lines:
        _fill_merged(number, cells, header, details, shared)
        named = {name: cell for name, cell in reversed(list(zip(header, cells, strict=False))) if name}
        fault = _fault(number, header, details, answers)
        if fault is not None:
            name, kind_of_fault, message, remedy = fault
            place = Place(file, sheet.title, number, letters[name])
            whose = named.get("document", ""), named.get("coder", "")
            problems.append(Problem("error", kind_of_fault, place, message, remedy, *whose))
            named |= dict.fromkeys(answers, "")
        key = named.get("row", "") if kind == "passages" else f"level {named.get('row', '')}"
        missing: dict[str, str] = {}
        for name, value in named.items():
            text = exact.get((key, name))
            if text is not None and _same(value, shown(text)):
                named[name] = text
            elif is_missing(name, value):
                missing[name], named[name] = value, ""
        rows.append(RawRow(named, Place(file, sheet.title, number), letters, missing=missing))
    return kind, rows


def _lines(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold something, with their numbers; a sheet ends after many rows that hold nothing."""
    blank = 0
    sheet.reset_dimensions()  # a stated size may be false; the rows themselves count
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, max_row=MAX_ROWS, values_only=True), 1):
        cells = [_text(value) for value in row]
        if any(cells):
            blank = 0
            yield number, cells
        else:
            blank += 1
            if blank > MAX_BLANK_ROWS:
                return


def _header(lines: Iterator[tuple[int, list[str]]]) -> tuple[list[str], str]:
    """The column names of a sheet and its kind, from the header, which may stand below a title."""
    for _, cells in islice(lines, HEADER_WITHIN):
        header = [_column_name(cell) for cell in cells]
        kind = _kind(header)
        if kind:
            return header, kind
    return [], ""


def _column_name(cell: str) -> str:
    return column_name(cell.split("(", maxsplit=1)[0])


def _kind(header: list[str]) -> str:
    if "document" not in header:
        return ""
    if "code" in header:
        return "passages"
    if "level" in header:
        return "levels"
    return NAMELESS if "sha256" in header else ""


def _fill_merged(
    number: int, cells: list[str], header: list[str], details: SheetDetails, shared: dict[Merged, str]
) -> None:
    """Gives each row what merged cells of its column say, where that does not depend on the coder."""
    for each in details.merged:
        at = each.left
        if each.right == at < min(len(header), len(cells)) and header[at] in MAY_BE_MERGED:
            if number == each.top:
                shared[each] = cells[at]
            elif each.top < number <= each.bottom:
                cells[at] = shared.get(each, "")


def _fault(
    number: int, header: list[str], details: SheetDetails, answers: tuple[str, ...]
) -> tuple[str, str, str, str] | None:
    """Why the answers of a row are not certain (column, kind, message, remedy); None where they can."""
    for each in details.merged:
        if each.top <= number <= each.bottom:
            for at in range(each.left, min(each.right + 1, len(header))):
                if header[at] in (*answers, *OF_ONE_ROW):
                    message = f"The cells {each.name} are merged: which rows their content belongs to is not certain."
                    return header[at], "merged_cells", message, "Unmerge them and fill in each row."
    for at, name in enumerate(header):
        if name in answers and f"{column_letter(at)}{number}" in details.formulas:
            message = "The cell holds a formula whose value was not saved."
            return name, "formula", message, "Fill in the value itself, or open and save the file in Excel."
    return None


def _text(value: Any) -> str:
    """A cell's value as text: whole numbers without a point, dates as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat().removesuffix("T00:00:00")
    return str(value).replace("_x000D_", "")  # a carriage return, as Excel writes it


def _timestamp(saved: Any) -> str:
    """When the workbook was last saved; workbooks say so in UTC."""
    if not isinstance(saved, datetime):
        return ""
    return saved.replace(tzinfo=UTC, microsecond=0).isoformat()


def _same(cell: str, expected: str) -> bool:
    """Whether a cell still holds what was written, whatever a spreadsheet program made of its white space."""
    return cell == expected or cell.split() == expected.split()
