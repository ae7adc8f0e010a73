"""Where the files are that labels were made on: the collection that a file is from, and its address at the UNFCCC."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from ndc_urban.corpus.registry import UNFCCC_FILES
from ndc_urban.errors import UsageError
from ndc_urban.files import csv_lines, read_csv

COLLECTIONS = "https://github.com/"
"""The column `source` of the register names repositories there."""


@dataclass(frozen=True, slots=True)
class LabelSource:
    """A file that labels were made on; `collection` and `official` are addresses, empty where none is known.

    `official` is the document as the Party submitted it; the file itself, with this SHA-256, is in the collection.
    """

    document: str
    file: str
    sha256: str
    language: str
    labels: int
    collection: str
    official: str


def label_sources(labels: Iterable[tuple[str, str]], register: Path) -> list[LabelSource]:
    """The files of labels (document and SHA-256 of each), in the order of the documents.

    Raises `UsageError` for a register without the columns file, sha256, source and unfccc_path.
    """
    columns = ("file", "sha256", "source", "unfccc_path")
    table = read_csv(register, columns, error=UsageError, remedy="Give the register of the shipped corpus.")
    known = {row["sha256"]: row for row in table.rows}
    counts: dict[tuple[str, str], int] = {}
    for key in labels:
        counts[key] = counts.get(key, 0) + 1
    found = []
    for (document, sha256), count in sorted(counts.items()):
        row = known.get(sha256, {})
        collection = f"{COLLECTIONS}{row['source']}" if row.get("source") else ""
        official = f"{UNFCCC_FILES}{row['unfccc_path']}" if row.get("unfccc_path") else ""
        file, language = row.get("file", ""), row.get("language", "")
        found.append(LabelSource(document, file, sha256, language, count, collection, official))
    return found


def sources_csv(found: Sequence[LabelSource]) -> bytes:
    """The table as CSV, with the fields of `LabelSource` as columns."""
    return csv_lines(([field.name for field in fields(LabelSource)], *map(astuple, found)))
