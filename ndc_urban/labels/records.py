"""People's and readers' labels as records, and how they are read from a folder of annotations."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ndc_urban.codebook import CODES, LEVELS, ROLES, SECTORS, STRANDS, URBAN_CODES
from ndc_urban.errors import AnnotationsInvalid, PathMissing

LEVELS_FILE = "levels.csv"
PASSAGES_FILE = "passages.jsonl"
CONFIDENCES = (1, 2, 3)
FLAGS = {"0": False, "1": True}
DOCUMENT_NAME = re.compile(r"[A-Z]{3}_.+")
"""The Party's ISO3 code and the round: folds and counts by Party rest on it."""

Numbered = Iterator[tuple[int, Mapping[str, Any]]]
"""Rows, each with the line of its file on which it ends."""


def party_of(document: str) -> str:
    """The ISO3 code that a document's name begins with."""
    return document.split("_", 1)[0]


@dataclass(frozen=True, slots=True)
class PassageLabel:
    """What one coder said of one passage; `sector`, `strand` and `role` are empty unless the code is E or I.

    `seen` is the part of the text, from and to, that the coder had in view; None for all of it.
    """

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
    seen: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        _require_document_name(self.document)
        if self.code not in CODES:
            raise ValueError(f"unknown code {self.code!r}: E, I, X or N")
        for value, known, name in (
            (self.sector, SECTORS, "sector"),
            (self.strand, STRANDS, "strand"),
            (self.role, ROLES, "role"),
        ):
            if value and value not in known:
                raise ValueError(f"unknown {name} {value!r}: {', '.join(known)}")
            if value and not self.is_urban:
                raise ValueError(f"a {name} belongs to the codes E and I only, not to {self.code}")

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
        _require_document_name(self.document)
        if self.level not in LEVELS:
            raise ValueError(f"unknown level {self.level!r}: {', '.join(LEVELS)}")
        if self.confidence not in CONFIDENCES:
            raise ValueError(f"unknown confidence {self.confidence}: 1, 2 or 3")


def _require_document_name(name: str) -> None:
    if not DOCUMENT_NAME.fullmatch(name):
        raise ValueError(f"a document is named by its Party's ISO3 code and its round, not {name!r}")


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
    passages = load_passage_labels(folder)
    levels = tuple(_checked(_level, folder / LEVELS_FILE, _csv_rows))
    return Annotations(passages, levels)


def load_passage_labels(folder: Path) -> tuple[PassageLabel, ...]:
    """The labels of `passages.jsonl`; none where there is no such file. Raises `AnnotationsInvalid` for a bad row."""
    path = folder / PASSAGES_FILE
    return tuple(_checked(_passage, path, _json_lines)) if path.is_file() else ()


def _json_lines(path: Path) -> Numbered:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield number, _parsed(path, number, line)


def _parsed(path: Path, number: int, line: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise AnnotationsInvalid(f"{path.name}, line {number}: not JSON ({error.msg}).") from error
    if not isinstance(row, dict):
        raise AnnotationsInvalid(f"{path.name}, line {number}: not an object.")
    return row


def _csv_rows(path: Path) -> Numbered:
    with path.open(encoding="utf-8-sig", newline="") as rows:
        reader = csv.DictReader(rows)
        for row in reader:
            yield reader.line_num, row


def _checked(make: Any, path: Path, read: Callable[[Path], Numbered]) -> Iterator[Any]:
    try:
        rows = list(read(path))
    except UnicodeDecodeError as error:
        raise AnnotationsInvalid(f"{path.name} is not in UTF-8.", remedy="Save it as UTF-8.") from error
    for number, row in rows:
        try:
            record = make(row)
        except KeyError as error:
            raise AnnotationsInvalid(f"{path.name}, line {number}: no column {error.args[0]!r}.") from error
        except (ValueError, TypeError) as error:
            raise AnnotationsInvalid(f"{path.name}, line {number}: {error}.") from error
        yield record


def _string(row: Mapping[str, Any], column: str) -> str:
    value = row[column]
    if not isinstance(value, str):
        raise TypeError(f"{column} is no text: {value!r}")
    return value


def _passage(row: Mapping[str, Any]) -> PassageLabel:
    return PassageLabel(
        document=_string(row, "document"),
        coder=_string(row, "coder"),
        block=int(row["block"]),
        code=_string(row, "code"),
        sector=_string(row, "sector"),
        strand=_string(row, "strand"),
        role=_string(row, "role"),
        source=_string(row, "source"),
        section=_string(row, "section"),
        text=_string(row, "text"),
        wave=int(row.get("wave", 1)),
        seen=_seen(row),
    )


def _seen(row: Mapping[str, Any]) -> tuple[int, int] | None:
    seen = row.get("seen")
    if seen is None:
        return None
    first, last = map(int, seen)
    return first, last


def _level(row: Mapping[str, Any]) -> LevelLabel:
    return LevelLabel(
        document=_string(row, "document"),
        coder=_string(row, "coder"),
        level=_string(row, "level"),
        confidence=int(row["confidence"]),
        dedicated=_flag(row, "dedicated"),
    )


def _flag(row: Mapping[str, Any], column: str) -> bool:
    value = _string(row, column)
    if value not in FLAGS:
        raise ValueError(f"{column} is 0 or 1, not {value!r}")
    return FLAGS[value]
