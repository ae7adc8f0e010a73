"""Labels with texts (`passages.jsonl`), and how they are read from a folder of annotations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ndc_urban.codebook import URBAN_CODES
from ndc_urban.errors import AnnotationsInvalid, PathMissing
from ndc_urban.identity import check_document
from ndc_urban.labels.records import LevelLabel, check_attributes
from ndc_urban.labels.store import LEVELS_TABLE, read_level_labels

PASSAGES_FILE = "passages.jsonl"
Numbered = Iterator[tuple[int, Mapping[str, Any]]]
"""Rows, each with the line of its file on which it ends."""


@dataclass(frozen=True, slots=True)
class LabelWithText:
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
        check_document(self.document)
        check_attributes(self.code, self.sector, self.strand, self.role)

    @property
    def is_urban(self) -> bool:
        """Whether the code is E or I."""
        return self.code in URBAN_CODES


@dataclass(frozen=True)
class Annotations:
    """All labels of a folder."""

    passages: tuple[LabelWithText, ...]
    levels: tuple[LevelLabel, ...]


def load_annotations(folder: Path) -> Annotations:
    """Reads `passages.jsonl` and `levels.csv` of a folder.

    Raises `PathMissing` where a file is not there and `AnnotationsInvalid`, naming file and line, for a bad row.
    """
    for name in (PASSAGES_FILE, LEVELS_TABLE):
        if not (folder / name).is_file():
            raise PathMissing(
                f"There is no {name} in {folder}.", remedy="Give the folder that holds the annotations."
            )
    passages = load_labels_with_texts(folder)
    levels = read_level_labels(folder)
    return Annotations(passages, levels)


def load_labels_with_texts(folder: Path) -> tuple[LabelWithText, ...]:
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


def _passage(row: Mapping[str, Any]) -> LabelWithText:
    return LabelWithText(
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
