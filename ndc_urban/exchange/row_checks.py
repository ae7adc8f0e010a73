"""What is wrong with the rows of a sheet taken together: deleted rows, repeated ones, and rows that contradict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from ndc_urban.exchange.import_result import ImportedRow, Item, Place, Problem
from ndc_urban.exchange.rows import RawRow, problem_at
from ndc_urban.labels.records import LevelLabel

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
        where = f"row {earlier.place.row}" if earlier.place.row else str(earlier.place)
        if earlier.coding.answers == item.coding.answers:
            message = f"The same coding is already in {where}."
            problems.append(problem_at(row, "note", "repeated", "coder", message))
            continue
        here, there = _said(item), _said(earlier)
        message = f"{item.coding.coder} said {here} here and {there} in {where}; neither is imported."
        remedy = "Keep the row that is right, or correct the coder's name in one of them."
        problems.append(problem_at(row, "error", "conflict", "coder", message, remedy))
        if key not in conflicts:
            message = f"{item.coding.coder} said {there} here and {here} in row {item.place.row}; neither is imported."
            problems.append(problem_at(earlier_row, "error", "conflict", "coder", message, remedy))
        conflicts.add(key)
    return tuple(item for key, (_, item) in first.items() if key not in conflicts)


def _said(item: ImportedRow[Item]) -> str:
    """The answers of a coding in a few words."""
    coding = item.coding
    answers = (coding.level,) if isinstance(coding, LevelLabel) else coding.attributes
    comment = f" with the comment {coding.comment[:40]!r}" if coding.comment else ""
    return " ".join(filter(None, answers)) + comment
