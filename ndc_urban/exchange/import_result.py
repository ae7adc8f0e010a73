"""What was read from a coder's file: its codings, each with its place, and what is wrong with the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Literal, TypeVar

from ndc_urban.exchange.coding_sheet import CodingSheet, LevelSuggestion, Unit
from ndc_urban.labels.records import LevelLabel, PassageLabel

Severity = Literal["error", "question", "note"]
"""`error`: this is not imported. `question`: it is, once somebody says so (--partial). `note`: good to know."""

Item = TypeVar("Item", PassageLabel, LevelLabel)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: file, sheet, row as a spreadsheet counts them, column by letter or by name."""

    file: str
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        parts = [self.file]
        if self.sheet:
            parts.append(f"sheet {self.sheet}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that people should know; `kind` is a short name for scripts, `value` what was there."""

    severity: Severity
    kind: str
    place: Place
    message: str
    remedy: str = ""
    document: str = ""
    coder: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class ImportedRow(Generic[Item]):
    """A coding and where it was.

    `text` is the coded text as the file has it, None where it has none; `changed` that it is not the text that the
    anchor was made of; `letters` gives the letters of the columns in a spreadsheet; `undated` that the file says that
    nobody knows when it was made, which is more than not saying when. `suggestion` is what a model suggested in view
    of the coder, as `said` of a label writes it; `seconds` how long the coder had the passage open, if the tool says;
    `clocked` that the tool recorded the time of the coding, so that no person wrote the timestamp.
    """

    coding: Item
    place: Place
    text: str | None = None
    changed: bool = False
    letters: Mapping[str, str] = field(default_factory=dict)
    undated: bool = False
    suggestion: str = ""
    seconds: float | None = None
    clocked: bool = False


@dataclass(frozen=True)
class ImportResult:
    """All that a file holds.

    `files` are those that were read, `uncoded` counts the units that nobody coded, `saved_at` is when the
    file says that it was last saved (ISO 8601), empty where it does not say.
    """

    files: tuple[Path, ...]
    units: tuple[Unit, ...] = ()
    passages: tuple[ImportedRow[PassageLabel], ...] = ()
    levels: tuple[ImportedRow[LevelLabel], ...] = ()
    suggestions: tuple[LevelSuggestion, ...] = ()
    problems: tuple[Problem, ...] = ()
    uncoded: int = 0
    saved_at: str = ""

    @property
    def sheet(self) -> CodingSheet:
        """The file's content as the sheet that it was written from."""
        return CodingSheet(
            self.units,
            tuple(each.coding for each in self.passages),
            tuple(each.coding for each in self.levels),
            self.suggestions,
        )
