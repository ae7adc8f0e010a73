"""Coding sheets as CSV: one table of passages, one of levels and one of the codebook.

A cell that a spreadsheet program would run as a formula gets an apostrophe in front, which is taken off again on the
way back (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import safe
from ndc_urban.exchange.columns import LEVEL_COLUMNS, PASSAGE_COLUMNS, level_rows, passage_rows
from ndc_urban.exchange.export_bundle import LEVELS, Material, Written, companion, passages_and_levels
from ndc_urban.exchange.guide import LEVEL_MARKS, MARKS
from ndc_urban.exchange.import_result import Place, Problem, Returned
from ndc_urban.exchange.parsing import RawRow, parse

SUFFIXES = (".csv", ".tsv")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
"""A cell that begins like this is told to be text; the apostrophe is in, so that it can be taken off again."""

NOT_A_NUMBER = "#"
CODEBOOK_COLUMNS = ("field", "value", "name", "rule")
MAX_CELL = 10_000_000
_LIMIT = threading.Lock()


def written(material: Material, main: Path) -> Written:
    """The files of an export: passages, levels, and the codebook to code by."""
    guide = [
        {"field": mark.field, "value": mark.value, "name": mark.name, "rule": mark.rule}
        for mark in (*MARKS, *LEVEL_MARKS)
    ]
    return {
        main: table_bytes(map(_as_text, passage_rows(material.sheet, material.coder)), PASSAGE_COLUMNS),
        companion(main, LEVELS): table_bytes(
            level_rows(material.sheet, material.coder, material.inclusion), LEVEL_COLUMNS
        ),
        companion(main, "codebook"): table_bytes(guide, CODEBOOK_COLUMNS),
    }


def _as_text(row: Mapping[str, str]) -> Mapping[str, str]:
    """A row whose fingerprint Excel cannot take for a number: one such as 123…e9 would come back as 1.23E+21."""
    return {**row, "fingerprint": f"{NOT_A_NUMBER}{row['fingerprint']}"}


def table_bytes(rows: Iterable[Mapping[str, str]], columns: Sequence[str]) -> bytes:
    """A table in UTF-8 with a byte order mark, by which Excel knows it."""
    lines = io.StringIO(newline="")
    writer = csv.DictWriter(lines, columns, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({column: guarded(row[column]) for column in columns})
    return b"\xef\xbb\xbf" + lines.getvalue().encode("utf-8", "surrogatepass")


def guarded(text: str) -> str:
    """A text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def bare(cell: str) -> str:
    """The text that `guarded` made a cell of."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def read(path: Path, *, coder: str = "") -> Returned:
    """The codings of a table of passages, of the levels beside it, or of a folder with both.

    Raises `ExchangeFileInvalid` for a file that is no such table.
    """
    passages, levels = passages_and_levels(path, SUFFIXES)
    files = tuple(file for file in (passages, levels) if file is not None)
    problems: list[Problem] = []
    rows: dict[Path, list[RawRow]] = {}
    for file in files:
        column = "level" if file == levels else "code"
        rows[file] = list(_rows(file, column, problems))
    return parse(
        files,
        rows.get(passages, []) if passages else [],
        rows.get(levels, []) if levels else [],
        coder=coder,
        problems=problems,
    )


def _rows(path: Path, needed: str, problems: list[Problem]) -> Iterator[RawRow]:
    text = safe.decoded(path.name, safe.file_bytes(path))
    with _long_cells():
        try:
            table = list(_cells(text))
        except csv.Error as error:
            raise ExchangeFileInvalid(f"{path.name} is not a sound CSV file ({error}).") from error
    if not table:
        raise ExchangeFileInvalid(f"{path.name} has no rows.")
    header = [name.strip().casefold() for name in table[0]]
    if needed not in header or "document" not in header:
        raise ExchangeFileInvalid(
            f"{path.name} has no columns “document” and “{needed}” in its first row.",
            remedy="Keep the first row of the exported sheet.",
        )
    letters = {name: column_letter(at) for at, name in enumerate(header)}
    for number, cells in enumerate(table[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        place = Place(path.name, row=number)
        if len(cells) > len(header) and any(cells[len(header) :]):
            problems.append(
                Problem(
                    "error",
                    "too_many_cells",
                    place,
                    f"The row has {len(cells)} cells, the header {len(header)}.",
                )
            )
            continue
        named = {name: bare(cell) for name, cell in zip(header, cells, strict=False)}
        if "fingerprint" in named:
            named["fingerprint"] = named["fingerprint"].strip().removeprefix(NOT_A_NUMBER)
        yield RawRow(named, place, letters)


def _cells(text: str) -> Iterator[list[str]]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


@contextmanager
def _long_cells() -> Iterator[None]:
    """Allows cells longer than the 131,072 characters at which the csv module stops."""
    with _LIMIT:
        before = csv.field_size_limit(MAX_CELL)
        try:
            yield
        finally:
            csv.field_size_limit(before)


def column_letter(at: int) -> str:
    """The letter of a column counted from 0, as spreadsheets name them.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
