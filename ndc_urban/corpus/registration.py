"""Makes or completes the register of a folder: which file is a copy of which NDC. Its table is in `register`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ndc_urban.cache.reading import read
from ndc_urban.corpus.inputs import Input, find_inputs
from ndc_urban.corpus.register import REGISTER_COLUMNS
from ndc_urban.document import UNKNOWN_LANGUAGE, Document
from ndc_urban.errors import ReadingError, UsageError
from ndc_urban.files import csv_table, read_csv
from ndc_urban.identity import document_name
from ndc_urban.parties import iso3_of
from ndc_urban.reading.formats import format_of_ending

COLUMNS = (*REGISTER_COLUMNS, "submission_date")
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d)")


@dataclass(frozen=True)
class Registered:
    """The rows of a register, the columns of which the first are `COLUMNS`; `added` files are new in it.

    The names of `unnamed` files do not begin with a Party's code; `unread` files could not be read, so that their
    language is not known.
    """

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    added: int
    unnamed: tuple[str, ...]
    unread: tuple[str, ...]

    def as_bytes(self) -> bytes:
        """The file `documents.csv`."""
        return csv_table(self.columns, self.rows)


def register_folder(
    folder: Path,
    known: Sequence[Mapping[str, str]] = (),
    *,
    round_name: str = "",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Registered:
    """Adds the documents of a folder to the rows of its register, which are not changed.

    The Party is taken from the code that the file's name begins with (`KEN_…`), the language from the text. With
    `round_name` a document is named by its Party and this round, so that its files (PDF, HTML, translations) are
    copies of one NDC; otherwise by its file. Raises `NoDocuments` and `PathMissing`.
    """
    listed = {row["sha256"] for row in known}
    inputs = [each for each in find_inputs([folder]) if each.error is None and each.sha256 not in listed]
    new = []
    unread = []
    for done, item in enumerate(inputs, 1):
        document = _document(item)
        if document is None:
            unread.append(item.path.name)
        new.append(_row(item, folder, round_name, document))
        progress(done, len(inputs))
    extra = tuple(dict.fromkeys(name for row in known for name in row if name not in COLUMNS))
    return Registered(
        (*COLUMNS, *extra),
        (*known, *new),
        len(new),
        tuple(row["file"] for row in new if not row["iso3"]),
        tuple(unread),
    )


def _row(item: Input, folder: Path, round_name: str, document: Document | None) -> dict[str, str]:
    iso3 = iso3_of(item.path.name)
    date = _DATE.search(item.path.name)
    named = format_of_ending(item.path)
    format = document.format if document else named.name if named else ""
    return {
        "file": item.path.relative_to(folder).as_posix(),
        "sha256": item.sha256,
        "document": f"{iso3}_{round_name}" if iso3 and round_name else document_name(item.path.name, iso3),
        "iso3": iso3,
        "language": document.language if document else UNKNOWN_LANGUAGE,
        "kind": format,
        "machine_translated": "no",
        "submission_date": date.group() if date else "",
    }


def _document(item: Input) -> Document | None:
    """The document, read; None where it cannot be read."""
    try:
        return read(item.path, ocr="never")
    except ReadingError:
        return None


def load_rows(path: Path) -> list[dict[str, str]]:
    """The rows of an existing register. Raises `UsageError`."""
    return read_csv(path, REGISTER_COLUMNS, error=UsageError).rows
