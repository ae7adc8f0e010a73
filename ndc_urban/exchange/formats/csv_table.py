"""Coding sheets as CSV: one table of passages, one of levels and one of the codebook."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import safe
from ndc_urban.exchange.columns import LEVEL_COLUMNS, PASSAGE_COLUMNS, level_rows, passage_rows
from ndc_urban.exchange.export_bundle import LEVELS, ExportBundle, ExportFiles, companion, passages_and_levels
from ndc_urban.exchange.guide import ATTRIBUTES, LEVEL_ATTRIBUTES
from ndc_urban.exchange.import_result import ImportResult, Place, Problem
from ndc_urban.exchange.parsing import parse
from ndc_urban.exchange.people import NOBODY_NAMED
from ndc_urban.exchange.protocol import FileSample
from ndc_urban.exchange.rows import RawRow
from ndc_urban.exchange.tables import HEADER_WITHIN, bare, column_letter, column_name, is_missing, table_bytes

SUFFIXES = (".csv", ".tsv")
DELIMITERS = (",", ";", "\t", "|")
NOT_A_NUMBER = "#"
CODEBOOK_COLUMNS = ("field", "value", "name", "rule")
MAX_CELL = 10_000_000
"""Characters of a cell: more than a whole NDC has; the csv module refuses a longer one."""
_LIMIT = threading.Lock()


def write(bundle: ExportBundle, main: Path) -> ExportFiles:
    """The files of an export: passages, levels, and the codebook to code by."""
    guide = [
        {"field": attribute.field, "value": attribute.value, "name": attribute.name, "rule": attribute.rule}
        for attribute in (*ATTRIBUTES, *LEVEL_ATTRIBUTES)
    ]
    return {
        main: table_bytes(map(_as_text, passage_rows(bundle.sheet, bundle.coder)), PASSAGE_COLUMNS),
        companion(main, LEVELS): table_bytes(
            level_rows(bundle.sheet, bundle.coder, bundle.inclusion), LEVEL_COLUMNS
        ),
        companion(main, "codebook"): table_bytes(guide, CODEBOOK_COLUMNS),
    }


def _as_text(row: Mapping[str, str]) -> Mapping[str, str]:
    """A row whose fingerprint Excel cannot take for a number: one such as 123…e9 would come back as 1.23E+21."""
    return {**row, "fingerprint": f"{NOT_A_NUMBER}{row['fingerprint']}"}


def read(path: Path, *, coder: str = "", people: Mapping[str, str] = NOBODY_NAMED) -> ImportResult:
    """The codings of a table of passages, of the levels beside it, or of a folder with both.

    Raises `ExchangeFileInvalid` for a file that is not such a table.
    """
    passages, levels = passages_and_levels(path, SUFFIXES)
    if passages == path and _holds_levels(path):
        passages, levels = None, path
    files = tuple(file for file in (passages, levels) if file is not None)
    problems: list[Problem] = []
    rows: dict[Path, list[RawRow]] = {}
    for file in files:
        column = "level" if file == levels else "code"
        rows[file] = list(table_rows(file, column, problems))
    return parse(
        files,
        rows.get(passages, []) if passages else [],
        rows.get(levels, []) if levels else [],
        coder=coder,
        people=people,
        problems=problems,
    )


def _holds_levels(path: Path) -> bool:
    """Whether a table has the columns of levels and not those of passages, whatever its name."""
    text = safe.decoded(path.name, safe.file_bytes(path))
    with _long_cells():
        try:
            return _header(text, "code") is None and _header(text, "level") is not None
        except csv.Error:
            return False


def recognises(file: FileSample) -> bool:
    """Whether one of the first lines names the columns of passages or of levels."""
    if file.text.startswith(("[", "{", "<")):
        return False
    with _long_cells():
        try:
            return any(_header(file.text, needed) is not None for needed in ("code", "level"))
        except csv.Error:
            return False


def table_rows(path: Path, needed: str, problems: list[Problem]) -> Iterator[RawRow]:
    """The rows below the header, which names the columns `document` and `needed`."""
    text = safe.decoded(path.name, safe.file_bytes(path))
    with _long_cells():
        try:
            delimiter, header_row = _header(text, needed) or ("", 0)
            table = list(_records(text, delimiter)) if delimiter else []
        except csv.Error as error:
            raise ExchangeFileInvalid(f"{path.name} is not a valid CSV file ({error}).") from error
    if not table:
        raise ExchangeFileInvalid(
            f"{path.name} has no columns “document” and “{needed}” in its first {HEADER_WITHIN} rows.",
            remedy="Keep the first row of the exported sheet.",
        )
    header = [column_name(cell) for cell in table[header_row]]
    letters = {name: column_letter(at) for at, name in enumerate(header)}
    for number, cells in enumerate(table[header_row + 1 :], header_row + 2):
        if not any(cell.strip() for cell in cells):
            continue
        place = Place(path.name, row=number)
        if len(cells) > len(header) and any(cells[len(header) :]):
            problems.append(
                Problem(
                    "error",
                    "too_many_cells",
                    place,
                    f"The row has {len(cells)} cells, the header {len(header)}; the first too many is "
                    f"{next(filter(None, cells[len(header) :]))[:60]!r}.",
                    "Put quotes around cells that hold the separator, or save the sheet as CSV again.",
                    value=next(filter(None, cells[len(header) :])),
                )
            )
            continue
        written = list(zip(header, cells, strict=False))
        missing = {name: cell for name, cell in written if is_missing(name, cell)}
        named = {name: "" if name in missing else bare(cell) for name, cell in written}
        if "fingerprint" in named:
            named["fingerprint"] = named["fingerprint"].strip().removeprefix(NOT_A_NUMBER)
        yield RawRow(named, place, letters, missing=missing)


def _header(text: str, needed: str) -> tuple[str, int] | None:
    """The delimiter of a table and the row of its header, which may stand below a title, `sep=;` or blank lines."""
    for delimiter in DELIMITERS:
        for number, cells in enumerate(islice(_records(text, delimiter), HEADER_WITHIN)):
            if {"document", needed} <= set(map(column_name, cells)):
                return delimiter, number
    return None


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


@contextmanager
def _long_cells() -> Iterator[None]:
    """Allows cells longer than the 131,072 characters at which the csv module stops."""
    with _LIMIT:
        before = csv.field_size_limit(MAX_CELL)
        try:
            yield
        finally:
            csv.field_size_limit(before)
