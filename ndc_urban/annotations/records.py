"""People's and readers' labels as records, and how they are read from a folder of annotations."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ndc_urban.annotations.codebook import ROLES, SECTORS, STRANDS, URBAN_CODES
from ndc_urban.errors import AnnotationsInvalid, PathMissing

LEVELS_FILE = "levels.csv"
PASSAGES_FILE = "passages.jsonl"
CODES = frozenset("EIXN")
LEVEL_NAMES = ("low", "moderate", "strong")


@dataclass(frozen=True, slots=True)
class PassageLabel:
    """What one coder said of one passage; `sector`, `strand` and `role` are empty unless the code is E or I."""

    document: str
    coder: str
    block: int
    code: str
    sector: str
    strand: str
    role: str
    source: str
    section: str
    text: str
    wave: int

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"unknown code {self.code!r}: E, I, X or N")
        for value, known, name in (
            (self.sector, SECTORS, "sector"),
            (self.strand, STRANDS, "strand"),
            (self.role, ROLES, "role"),
        ):
            if value and value not in known:
                raise ValueError(f"unknown {name} {value!r}: {', '.join(known)}")

    @property
    def is_urban(self) -> bool:
        """Whether the code is E or I."""
        return self.code in URBAN_CODES


@dataclass(frozen=True, slots=True)
class LevelLabel:
    """What one coder said of one document: its level, and how sure (1 to 3) the coder was."""

    document: str
    coder: str
    level: str
    confidence: int
    dedicated: bool

    def __post_init__(self) -> None:
        if self.level not in LEVEL_NAMES:
            raise ValueError(f"unknown level {self.level!r}: {', '.join(LEVEL_NAMES)}")


@dataclass(frozen=True)
class Annotations:
    """All labels of a folder."""

    passages: tuple[PassageLabel, ...]
    levels: tuple[LevelLabel, ...]


def load_annotations(folder: Path) -> Annotations:
    """Reads `passages.jsonl` and `levels.csv` of a folder.

    Raises `PathMissing` where a file is not there and `AnnotationsInvalid`, naming file and line, for a bad row.
    """
    for name in (PASSAGES_FILE, LEVELS_FILE):
        if not (folder / name).is_file():
            raise PathMissing(
                f"There is no {name} in {folder}.", remedy="Give the folder that holds the annotations."
            )
    passages = tuple(_checked(_passage, folder / PASSAGES_FILE, _json_lines(folder / PASSAGES_FILE)))
    levels = tuple(_checked(_level, folder / LEVELS_FILE, _csv_rows(folder / LEVELS_FILE)))
    return Annotations(passages, levels)


def _json_lines(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _parsed(path, number, line)


def _parsed(path: Path, number: int, line: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise AnnotationsInvalid(f"{path.name}, line {number}: not JSON ({error.msg}).") from error
    if not isinstance(row, dict):
        raise AnnotationsInvalid(f"{path.name}, line {number}: not an object.")
    return row


def _csv_rows(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as rows:
        yield from csv.DictReader(rows)


def _checked(make: Any, path: Path, rows: Iterator[Mapping[str, Any]]) -> Iterator[Any]:
    for number, row in enumerate(rows, 1):
        try:
            record = make(row)
        except KeyError as error:
            raise AnnotationsInvalid(f"{path.name}, row {number}: no column {error.args[0]!r}.") from error
        except (ValueError, TypeError) as error:
            raise AnnotationsInvalid(f"{path.name}, row {number}: {error}.") from error
        yield record


def _passage(row: Mapping[str, Any]) -> PassageLabel:
    return PassageLabel(
        document=row["document"],
        coder=row["coder"],
        block=int(row["block"]),
        code=row["code"],
        sector=row["sector"],
        strand=row["strand"],
        role=row["role"],
        source=row["source"],
        section=row["section"],
        text=row["text"],
        wave=int(row.get("wave", 1)),
    )


def _level(row: Mapping[str, Any]) -> LevelLabel:
    return LevelLabel(
        document=row["document"],
        coder=row["coder"],
        level=row["level"],
        confidence=int(row["confidence"]),
        dedicated=row["dedicated"] == "1",
    )
