"""Coding sheets as CSV: one table of passages, one of levels and one of the codebook."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import safe
from ndc_urban.exchange.columns import LEVEL_COLUMNS, PASSAGE_COLUMNS, level_rows, passage_rows
from ndc_urban.exchange.export_bundle import LEVELS, ExportBundle, ExportFiles, companion, passages_and_levels
from ndc_urban.exchange.guide import ATTRIBUTES, LEVEL_ATTRIBUTES
from ndc_urban.exchange.import_result import ImportResult, Place, Problem
from ndc_urban.exchange.parsing import parse
from ndc_urban.exchange.protocol import FileSample
from ndc_urban.exchange.rows import RawRow
from ndc_urban.exchange.tables import bare, column_letter, table_bytes

SUFFIXES = (".csv", ".tsv")
NOT_A_NUMBER = "#"
CODEBOOK_COLUMNS = ("field", "value", "name", "rule")
MAX_CELL = 10_000_000
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


def read(path: Path, *, coder: str = "") -> ImportResult:
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


def recognises(file: FileSample) -> bool:
    """Whether the first line names the columns of passages or of levels."""
    first = file.first_line.casefold()
    return (
        not file.text.startswith(("[", "{", "<"))
        and "document" in first
        and ("code" in first or "level" in first)
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
