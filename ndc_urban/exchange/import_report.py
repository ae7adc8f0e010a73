"""The report of an import: what was imported, what was not, and where each problem is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ndc_urban.counting import agreeing, counted
from ndc_urban.exchange.import_result import Problem
from ndc_urban.exchange.tables import table_bytes

REPORT_COLUMNS = (
    "severity",
    "kind",
    "file",
    "sheet",
    "row",
    "column",
    "document",
    "coder",
    "value",
    "message",
    "remedy",
)

MANY = 5
"""More notes of one kind than this are counted, not listed; the table lists them all. Chosen by eye."""


@dataclass(frozen=True)
class ImportReport:
    """What became of a file.

    `found` counts the codings and levels in it, `imported` those that were added, `duplicates` those that were in the
    folder already, `conflicts` those that contradict what the same coder said before, `refused` the others that were
    not taken, `reanchored` the imported ones whose text stands elsewhere than the file says, `uncoded` the passages
    that nobody coded. `applied` is False where nothing was imported because something is wrong.
    """

    problems: tuple[Problem, ...]
    found: int
    imported: int
    duplicates: int
    conflicts: int
    refused: int
    reanchored: int
    uncoded: int
    applied: bool
    coders: tuple[str, ...] = ()
    format: str = ""

    @property
    def blocking(self) -> tuple[Problem, ...]:
        """The problems for which nothing is imported unless somebody says so."""
        return tuple(problem for problem in self.problems if problem.severity != "note")

    @property
    def refusal(self) -> str:
        """Why nothing was imported; empty where something was."""
        if self.applied or not self.blocking:
            return ""
        errors = sum(problem.severity == "error" for problem in self.problems)
        questions = len(self.blocking) - errors
        parts = [
            counted(errors, "error") if errors else "",
            counted(questions, "question") if questions else "",
        ]
        first = self.blocking[0]
        counts = " and ".join(filter(None, parts))
        return f"Nothing was imported: {counts}. The first: {first.place}: {first.message}"

    def csv(self) -> bytes:
        """The problems as a table."""
        return table_bytes(map(_cells, self.problems), REPORT_COLUMNS)

    def lines(self) -> Iterator[str]:
        """The problems in words, a line each; notes of one kind that are many are counted."""
        many = {
            kind: count
            for kind, count in Counter(each.kind for each in self.problems if each.severity == "note").items()
            if count > MANY
        }
        for kind, count in many.items():
            yield f"note: {count} times {kind.replace('_', ' ')}"
        for problem in self.problems:
            if problem.severity == "note" and problem.kind in many:
                continue
            whose = (
                f" ({problem.document})"
                if problem.document and problem.document != problem.place.sheet
                else ""
            )
            remedy = f" {problem.remedy}" if problem.remedy else ""
            yield f"{problem.severity}: {problem.place}{whose}: {problem.message}{remedy}"

    def summary(self) -> Iterator[str]:
        """The counts in words."""
        by = f", by {', '.join(self.coders)}" if self.coders else ""
        yield f"{counted(self.found, 'coding')} found{by}; {counted(self.uncoded, 'passage')} not coded"
        if not self.applied:
            yield "nothing was imported"
            return
        were = agreeing(self.duplicates, "was", "were")
        yield (
            f"{self.imported} imported, {self.duplicates} {were} in the folder already, {self.conflicts} in conflict, "
            f"{self.refused} refused; {self.reanchored} imported at another place than the file says"
        )

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        counts = (
            "found",
            "imported",
            "duplicates",
            "conflicts",
            "refused",
            "reanchored",
            "uncoded",
            "applied",
        )
        return {name: getattr(self, name) for name in counts} | {
            "coders": list(self.coders),
            "kinds": dict(Counter(problem.kind for problem in self.problems)),
            "problems": [dict(_cells(problem)) for problem in self.problems],
        }


def _cells(problem: Problem) -> Mapping[str, str]:
    place = problem.place
    return {
        "severity": problem.severity,
        "kind": problem.kind,
        "file": place.file,
        "sheet": place.sheet,
        "row": "" if place.row is None else str(place.row),
        "column": place.column,
        "document": problem.document,
        "coder": problem.coder,
        "value": problem.value,
        "message": problem.message,
        "remedy": problem.remedy,
    }
