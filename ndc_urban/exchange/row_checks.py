"""What is wrong with the rows of a sheet taken together: deleted rows, repeated ones, and rows that contradict."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ndc_urban.counting import agreeing, counted
from ndc_urban.exchange.attributes import understood
from ndc_urban.exchange.columns import LEVEL_COLUMNS, PASSAGE_COLUMNS
from ndc_urban.exchange.guide import PASSAGE_FIELDS
from ndc_urban.exchange.import_result import ImportedRow, Item, Place, Problem
from ndc_urban.exchange.rows import RawRow, problem_at
from ndc_urban.labels import store
from ndc_urban.labels.records import LevelLabel

KNOWN_COLUMNS = frozenset({*PASSAGE_COLUMNS, *LEVEL_COLUMNS, *store.CONFLICT_COLUMNS})
"""Of coding sheets, and of the tables in a folder of annotations, which can be imported too."""

MAX_UNITS = 10_000_000
"""A stated number of units above this is not believed; a sheet has at most 1,048,576 rows."""


def deleted_rows(rows: Sequence[RawRow], what: str) -> list[Problem]:
    """A question for each stretch of exported rows that are gone, found by the gaps in their numbers."""
    totals = Counter(row.get("units") for row in rows if row.get("units").isdecimal())
    if not totals:
        return []
    total = int(totals.most_common(1)[0][0])
    if total > MAX_UNITS:
        return []
    present = {int(row.get("unit")): row for row in rows if row.get("unit").isdecimal()}
    known = [0, *(number for number in sorted(present) if 0 < number <= total), total + 1]
    found: list[Problem] = []
    for before, after in pairwise(known):
        if after - before > 1:
            place, where = _around(present.get(before), present.get(after))
            span = f"{before + 1}" if after - before == 2 else f"{before + 1} to {after - 1}"
            message = f"Deleted: {what} {span} of {total}, {where}; nothing is imported for it."
            remedy = "Restore the row from the exported sheet."
            found.append(Problem("question", "deleted_row", place, message, remedy))
    return found


def _around(before: RawRow | None, after: RawRow | None) -> tuple[Place, str]:
    if before is not None:
        return before.place, f"after row {before.place.row}"
    if after is not None:
        return after.place, f"before row {after.place.row}"
    return Place(""), "all of them"


_ROW_NAMES = re.compile(r"x|index|unnamed:_\d+|_\d+|column\d+")
"""Headers, as `column_name` has them, that R, pandas, readr and Excel give to a column that has none."""


def other_columns(rows: Sequence[RawRow]) -> list[Problem]:
    """What columns of a spreadsheet hold that no coding sheet has.

    A note each; a question where all cells of one are values of a column that the sheet lacks, such as sector.
    """
    sheets: dict[tuple[str, str], list[RawRow]] = {}
    for row in rows:
        if row.letters:
            sheets.setdefault((row.place.file, row.place.sheet), []).append(row)
    return [problem for of_sheet in sheets.values() for problem in _other_columns(of_sheet)]


def _other_columns(rows: Sequence[RawRow]) -> Iterator[Problem]:
    header = rows[0].letters
    fields = ("level",) if "level" in header else PASSAGE_FIELDS
    lacking = [name for name in fields if name not in header]
    for column in header:
        if not column or column in KNOWN_COLUMNS or _ROW_NAMES.fullmatch(column):
            continue
        filled = [row for row in rows if row.get(column)]
        if not filled:
            continue
        meant = next(
            (each for each in lacking if all(understood(each, row.get(column)) for row in filled)), ""
        )
        cells = counted(len(filled), "cell")
        verb = agreeing(len(filled), "is", "are")
        message = f"The column “{column}” does not belong to a coding sheet: its {cells} {verb} not imported."
        if meant:
            remedy = f"If it is the column {meant}, which the sheet lacks, name it so. With --partial it is left out."
            yield problem_at(filled[0], "question", "other_column", column, message, remedy)
        else:
            yield problem_at(filled[0], "note", "other_column", column, message)


def one_each(
    coded: Sequence[tuple[RawRow, ImportedRow[Item]]], problems: list[Problem]
) -> tuple[ImportedRow[Item], ...]:
    """One coding of a unit by a coder: a repeated one is reported; of two that differ neither is taken."""
    first: dict[object, tuple[RawRow, ImportedRow[Item]]] = {}
    conflicts: set[object] = set()
    for row, item in coded:
        key = item.coding.unit_of_coder
        if key not in first:
            first[key] = row, item
            continue
        earlier_row, earlier = first[key]
        where = seen_from(item.place, earlier.place)
        if earlier.coding.answers == item.coding.answers:
            message = f"The same coding is already in {where}."
            problems.append(problem_at(row, "note", "repeated", "coder", message))
            continue
        here, there = _said(item), _said(earlier)
        message = f"{item.coding.coder} said {here} here and {there} in {where}; neither is imported."
        remedy = "Keep the row that is right, or correct the coder's name in one of them."
        problems.append(problem_at(row, "error", "conflict", "coder", message, remedy))
        if key not in conflicts:
            back = seen_from(earlier.place, item.place)
            message = f"{item.coding.coder} said {there} here and {here} in {back}; neither is imported."
            problems.append(problem_at(earlier_row, "error", "conflict", "coder", message, remedy))
        conflicts.add(key)
    return tuple(item for key, (_, item) in first.items() if key not in conflicts)


def seen_from(here: Place, there: Place) -> str:
    """Where another row is: its number, with sheet and file where these are others."""
    if there.row is None or there.file != here.file:
        return str(there)
    return f"sheet {there.sheet}, row {there.row}" if there.sheet != here.sheet else f"row {there.row}"


def _said(item: ImportedRow[Item]) -> str:
    """The answers of a coding in a few words."""
    coding = item.coding
    answers = (coding.level,) if isinstance(coding, LevelLabel) else coding.attributes
    comment = f" with the comment {coding.comment[:40]!r}" if coding.comment else ""
    return " ".join(filter(None, answers)) + comment
