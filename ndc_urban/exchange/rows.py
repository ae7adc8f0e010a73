"""Rows of coders' files as they are in the file, before anything in them is interpreted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from ndc_urban.exchange.import_result import Place, Problem, Severity

WHOLE_NUMBERS = frozenset({"unit", "units", "row", "page", "start", "length", "confidence", "dedicated"})
"""Columns with whole numbers: programs write 1.0 where a column has empty cells, R writes 1e+05, and some write digits
in full width."""

SECONDS, CLOCKED = "seconds", "clocked"
"""Cells that the reader of a tool's file adds: how long the unit was open, and "1" where the tool recorded the time."""

_THOUSANDS = re.compile(r"(?<=\d)[, '](?=\d{3}(?:\D|$))")
"""The mark between thousands, as Google Sheets writes what it shows."""
_WHOLE_NUMBER = re.compile(r"(\d+)(?:\.0+)?(?:[eE]\+?0?(\d))?")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a tool calls the person who coded a row: `shown`, and `others` that mean the same.

    A `number` is nobody's name; an `account` (an e-mail address, a file of one member) may be; a `name` was typed by
    the person.
    """

    shown: str
    kind: Literal["number", "account", "name"]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as it is in a file: cells by column name (a column that the file lacks is not in it), and its place.

    `letters` gives each column's letter in a spreadsheet; elsewhere columns are named by their headers. `identity` is
    what a tool says of who coded the row, where that is not a coder's name in its cell. `missing` are the words for
    missing values (`NA`) in cells that count as empty.
    """

    cells: Mapping[str, str]
    place: Place
    letters: Mapping[str, str] = field(default_factory=dict)
    identity: Identity | None = None
    missing: Mapping[str, str] = field(default_factory=dict)

    def at(self, column: str) -> Place:
        """The place of one of its cells."""
        return replace(self.place, column=self.letters.get(column, column))

    def get(self, column: str) -> str:
        """A cell without the spaces around it; empty where there is none. A whole number has no decimal point."""
        cell = self.cells.get(column, "").strip()
        if column in WHOLE_NUMBERS:
            plain = _THOUSANDS.sub("", unicodedata.normalize("NFKC", cell))
            found = _WHOLE_NUMBER.fullmatch(plain)
            return found[1] + "0" * int(found[2] or 0) if found else cell
        return cell

    def written(self, column: str) -> str:
        """A cell as the file has it, also where it holds a word for a missing value; for messages."""
        return self.missing.get(column) or self.cells.get(column, "")


class RowInvalid(Exception):
    """A cell that cannot be taken."""

    def __init__(self, kind: str, column: str, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.kind, self.column, self.message, self.remedy = kind, column, message, remedy


def problem_at(
    row: RawRow, severity: Severity, kind: str, column: str, message: str, remedy: str = ""
) -> Problem:
    """A problem with a cell of a row, with what the cell holds; a passage's text is not repeated."""
    value = row.written(column) if column != "text" else ""
    return Problem(
        severity, kind, row.at(column), message, remedy, row.get("document"), row.get("coder"), value
    )


def invalid(row: RawRow, error: RowInvalid) -> Problem:
    """The problem that a cell is which cannot be taken."""
    return problem_at(row, "error", error.kind, error.column, error.message, error.remedy)
