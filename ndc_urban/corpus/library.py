"""Finds the file that a label belongs to, by SHA-256: in a collection with its register, in a run, or in a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ndc_urban.cache.reading import read
from ndc_urban.corpus.inputs import documents_in
from ndc_urban.corpus.register import REGISTER, Collection
from ndc_urban.document import Document
from ndc_urban.errors import FileUnreadable, PathMissing, RunUnfinished, UsageError
from ndc_urban.files import bare, read_csv
from ndc_urban.identity import document_name
from ndc_urban.reading.options import MAX_PAGES, OcrMode, PdfReader

RUN_FILE = "run.json"
"""Of a run folder; it is put there last, so that a folder with it is finished."""

UNFINISHED = "unfinished"
"""The folder within a run folder where a run keeps what it has done, until it is finished."""


def is_unfinished_run(folder: Path) -> bool:
    """Whether the folder is that of a run that was stopped or is still under way."""
    return (folder / UNFINISHED).is_dir() and not (folder / RUN_FILE).is_file()


def refuse_unfinished(folder: Path) -> None:
    """Raises `RunUnfinished` for the folder of a run that was stopped or is still under way."""
    if is_unfinished_run(folder):
        raise RunUnfinished(f"The run in {folder} is not finished.")


@dataclass(frozen=True)
class Holding:
    """A file that was found: its hash, the document it is a copy of, and whether a register says so."""

    sha256: str
    document: str
    path: Path
    registered: bool = False
    collection: Collection | None = None

    @property
    def file(self) -> Path:
        """Its path; unpacks the archive of a collection where needed. Raises `FileUnreadable`."""
        return self.collection.path(self.path.as_posix()) if self.collection else self.path


@dataclass(frozen=True)
class Library:
    """The files that were found, and how they are read."""

    holdings: tuple[Holding, ...]
    reader: PdfReader = "auto"
    ocr: OcrMode = "auto"
    max_pages: int = MAX_PAGES

    @cached_property
    def by_hash(self) -> Mapping[str, Holding]:
        """The files by SHA-256; one whose document a register names is preferred to one named by its file."""
        found: dict[str, Holding] = {}
        for holding in self.holdings:
            if holding.sha256 not in found or (holding.registered and not found[holding.sha256].registered):
                found[holding.sha256] = holding
        return found

    @cached_property
    def by_document(self) -> Mapping[str, Sequence[Holding]]:
        """The files of each document, in order."""
        found: dict[str, list[Holding]] = {}
        for holding in self.by_hash.values():
            found.setdefault(holding.document, []).append(holding)
        return found

    def open(self, holding: Holding) -> Document:
        """The file, read. Raises `ReadingError` for one that cannot be read or has changed."""
        document = read(holding.file, reader=self.reader, ocr=self.ocr, max_pages=self.max_pages)
        if document.sha256 != holding.sha256:
            raise FileUnreadable(
                holding.path,
                "The file has changed: it is not the one that was scored or registered.",
                remedy="Give the folder of the unchanged file with --corpus, or score the file again.",
            )
        return document

    def with_more(self, other: Library) -> Library:
        """This library and the files of another one, read as this one says."""
        return Library((*self.holdings, *other.holdings), self.reader, self.ocr, self.max_pages)


def open_library(folder: Path) -> Library:
    """The files of a collection (with `documents.csv`), of a run (with `run.json`), or of any folder.

    Raises `PathMissing` where there is no such folder, and `RunUnfinished` for a run that was stopped.
    """
    if not folder.is_dir():
        raise PathMissing(f"There is no folder {folder}.")
    refuse_unfinished(folder)
    if (folder / RUN_FILE).is_file():
        return _of_run(folder)
    if (folder / REGISTER).is_file():
        return _of_collection(Collection(folder))
    return Library(tuple(_of_files(folder)))


def _of_collection(collection: Collection) -> Library:
    return Library(
        tuple(
            Holding(entry.sha256, entry.document, Path(entry.file), registered=True, collection=collection)
            for entry in collection.entries
        )
    )


def _of_run(folder: Path) -> Library:
    """The files that a run scored, read as the run read them."""
    info = _json(folder / RUN_FILE)
    configuration = info.get("configuration", {})
    rows = _rows(folder / REGISTER)
    holdings = tuple(
        Holding(row["sha256"], document_name(path, row.get("iso3") or ""), Path(path))
        for row in rows
        if row.get("status") == "ok" and (path := bare(row["path"]))
    )
    return Library(
        holdings,
        reader=configuration.get("reader", "auto"),
        ocr=configuration.get("ocr", "auto"),
        max_pages=configuration.get("max_pages", MAX_PAGES),
    )


def _of_files(folder: Path) -> Iterator[Holding]:
    for item in documents_in(folder):
        if item.error is None:
            yield Holding(item.sha256, document_name(item.path.as_posix()), item.path)


def _json(path: Path) -> Mapping[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{path} cannot be read.", remedy="Give a folder that `ndc-urban score` made."
        ) from error
    return value if isinstance(value, dict) else {}


def _rows(path: Path) -> list[dict[str, str]]:
    remedy = "Give a folder that `ndc-urban score` made."
    return read_csv(path, ("path", "sha256", "status"), error=UsageError, remedy=remedy).rows
