"""Reads labels that come with their texts (`passages.jsonl`) and makes the same records of them as of any other label.

The text itself is not kept: its fingerprint is, and the label finds its place in a file by it (`relocation`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ndc_urban.codebook import CODEBOOK_VERSION
from ndc_urban.corpus.register import Collection
from ndc_urban.errors import AnnotationsInvalid
from ndc_urban.labels.anchors import UNKNOWN_FILE, Anchor, fingerprint
from ndc_urban.labels.records import PassageLabel

PASSAGES_FILE = "passages.jsonl"


def read_labels_with_texts(folder: Path, collection: Collection | None = None) -> tuple[PassageLabel, ...]:
    """The labels of `passages.jsonl`, in order; none if there is no such file.

    Their anchors have no place yet (length 0); `start` holds the number of the block that was coded, which gives the
    order of the labels of a file. `collection` names the file of each label; without it the file is unknown. Raises
    `AnnotationsInvalid` for a bad row, and for a file that the register of the collection does not name.
    """
    path = folder / PASSAGES_FILE
    if not path.is_file():
        return ()
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise AnnotationsInvalid(f"{path.name} is not in UTF-8.", remedy="Save it as UTF-8.") from error
    return tuple(_labels(path.name, lines, collection))


def _labels(name: str, lines: list[str], collection: Collection | None) -> Iterator[PassageLabel]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = _object(name, number, line)
        try:
            label = _label(row, collection)
        except KeyError as error:
            raise AnnotationsInvalid(f"{name}, line {number}: no column {error.args[0]!r}.") from error
        except (ValueError, TypeError) as error:
            raise AnnotationsInvalid(f"{name}, line {number}: {error}.") from error
        yield label


def _object(name: str, number: int, line: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise AnnotationsInvalid(f"{name}, line {number}: not JSON ({error.msg}).") from error
    if not isinstance(row, dict):
        raise AnnotationsInvalid(f"{name}, line {number}: not an object.")
    return row


def _label(row: Mapping[str, Any], collection: Collection | None) -> PassageLabel:
    source, text, block = _string(row, "source"), _string(row, "text"), int(row["block"])
    return PassageLabel(
        document=_string(row, "document"),
        anchor=Anchor(_sha256(source, collection), None, block, 0, fingerprint(text)),
        coder=_string(row, "coder"),
        coded_at="",
        codebook=CODEBOOK_VERSION,
        code=_string(row, "code"),
        sector=_string(row, "sector"),
        strand=_string(row, "strand"),
        role=_string(row, "role"),
        wave=int(row.get("wave", 1)),
        seen=_seen(row),
    )


def _sha256(source: str, collection: Collection | None) -> str:
    if collection is None:
        return UNKNOWN_FILE
    if source not in collection.by_file:
        raise AnnotationsInvalid(
            f"Labels refer to {source}, which the register of the collection does not name."
        )
    return collection.by_file[source].sha256


def _string(row: Mapping[str, Any], column: str) -> str:
    value = row[column]
    if not isinstance(value, str):
        raise TypeError(f"{column} is not text: {value!r}")
    return value


def _seen(row: Mapping[str, Any]) -> tuple[int, int] | None:
    seen = row.get("seen")
    if seen is None:
        return None
    first, last = map(int, seen)
    return first, last
