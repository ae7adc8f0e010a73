"""Tables in CSV that spreadsheet programs open correctly: with a byte order mark, and no cell that runs as a formula.

A cell that a program would run as a formula gets an apostrophe in front, which is taken off again on the way back
(OWASP, "CSV Injection"). So does a text that programs write for a missing value.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from ndc_urban import files

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MISSING = frozenset({"NA", "NaN", "nan", "<NA>", "None", "#N/A"})
"""What programs write into empty cells: R (NA, NaN), pandas (nan, <NA>, None) and Excel (#N/A)."""

NEVER_MISSING = ("document", "text")
"""Columns that are never empty, so that such a word in them is their content."""

HEADER_WITHIN = 10
"""Rows at the top of a table in which its header is looked for; titles above it take one to three. Chosen by eye."""


def table_bytes(rows: Iterable[Mapping[str, str]], columns: Sequence[str]) -> bytes:
    """A table in UTF-8 with a byte order mark, by which Excel recognises UTF-8."""
    lines = io.StringIO(newline="")
    writer = csv.DictWriter(lines, columns, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({column: guarded(row[column]) for column in columns})
    return BYTE_ORDER_MARK + lines.getvalue().encode("utf-8", "surrogatepass")


def marked(text: str) -> str:
    """A text that no import takes for a missing value: it gets an apostrophe, as one that has some already does."""
    return f"'{text}" if text.lstrip("'").strip() in MISSING else text


def unmarked(cell: str) -> str:
    """The text that `marked` made a cell of."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").strip() in MISSING else cell


def guarded(text: str) -> str:
    """A text that no spreadsheet program takes for a formula, and no import for a missing value."""
    mark = marked(text)
    return mark if mark != text else files.guarded(text)


def bare(cell: str) -> str:
    """The text that `guarded` made a cell of."""
    text = unmarked(cell)
    return text if text != cell else files.bare(cell)


def is_missing(column: str, cell: str) -> bool:
    """Whether a cell holds what a program writes for a missing value.

    >>> is_missing("sector", "NA"), is_missing("sector", "na"), is_missing("text", "NA")
    (True, False, False)
    """
    return column not in NEVER_MISSING and cell.strip() in MISSING


def column_name(cell: str) -> str:
    """The name of a column as it stands in a header: programs and people change capitals, spaces and points.

    >>> column_name("Coded.at "), column_name("suggested code")
    ('coded_at', 'suggested_code')
    """
    return "_".join(_BETWEEN_WORDS.split(cell.strip().casefold()))


_BETWEEN_WORDS = re.compile(r"[ ._-]+")


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
