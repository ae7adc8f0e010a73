"""A collection of NDCs with its register: `documents.csv`, and the files that it names."""

from __future__ import annotations

import tarfile
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ndc_urban.errors import DamagedFile, FileUnreadable, PathMissing, UsageError
from ndc_urban.files import read_csv

REGISTER = "documents.csv"
PANEL = "panel.csv"
ARCHIVES = "html*.tar.gz"
REGISTER_COLUMNS = ("file", "sha256", "document", "iso3", "language", "kind", "machine_translated")
PANEL_COLUMNS = ("iso3", "evaluation_only")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the register: which NDC (`document`) it is a copy of, in which language and format."""

    file: str
    sha256: str
    document: str
    iso3: str
    language: str
    kind: str
    machine_translated: bool


@dataclass(frozen=True)
class Collection:
    """A folder with `documents.csv` and the files it names, loose or (HTML) in `html*.tar.gz`."""

    folder: Path

    def __post_init__(self) -> None:
        if not (self.folder / REGISTER).is_file():
            raise PathMissing(
                f"There is no {REGISTER} in {self.folder}.",
                remedy=f"Give the folder that holds the documents and their register {REGISTER}.",
            )

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All rows of the register."""
        return tuple(
            Entry(
                file=row["file"],
                sha256=row["sha256"],
                document=row["document"],
                iso3=row["iso3"],
                language=row["language"],
                kind=row["kind"],
                machine_translated=row["machine_translated"] == "yes",
            )
            for row in _rows(self.folder / REGISTER, REGISTER_COLUMNS)
        )

    @cached_property
    def by_file(self) -> Mapping[str, Entry]:
        """The rows by file name."""
        return {entry.file: entry for entry in self.entries}

    @cached_property
    def evaluation_only(self) -> frozenset[str]:
        """ISO3 codes of the Parties whose documents are kept for evaluation; empty without a panel."""
        panel = self.folder / PANEL
        if not panel.is_file():
            return frozenset()
        return frozenset(
            row["iso3"] for row in _rows(panel, PANEL_COLUMNS) if row["evaluation_only"] == "yes"
        )

    def in_force(self, review_round: str) -> Mapping[str, tuple[str, str]]:
        """For each Party of a round its document and the file with its English text; empty without a panel."""
        panel = self.folder / PANEL
        if not panel.is_file():
            return {}
        return {
            row["iso3"]: (row["document"], row["english_text"])
            for row in _rows(panel, (*PANEL_COLUMNS, "round", "document", "english_text"))
            if row["round"] == review_round
        }

    def path(self, file: str) -> Path:
        """Where a file of the register lies; raises `FileUnreadable` where the collection does not hold it."""
        path = self.folder / file
        if path.is_file():
            return path
        unpacked = Path(self._unpacked.name) / file
        if unpacked.is_file():
            return unpacked
        raise FileUnreadable(
            path,
            f"The register names {file}, but it is not in the collection.",
            remedy="Complete the collection, or remove the row from documents.csv.",
        )

    @cached_property
    def _unpacked(self) -> tempfile.TemporaryDirectory[str]:
        """The archives' files in a temporary folder, which is removed with the collection."""
        scratch = tempfile.TemporaryDirectory(prefix="ndc-urban-")
        for archive in sorted(self.folder.glob(ARCHIVES)):
            try:
                with tarfile.open(archive) as tar:
                    tar.extractall(scratch.name, filter="data")
            except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
                raise DamagedFile(
                    archive,
                    f"{archive.name} cannot be unpacked ({error}).",
                    remedy="Copy the collection again.",
                ) from error
        return scratch


def _rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a table that has at least these columns."""
    remedy = f"Restore {path.name}, or save it as CSV in UTF-8 with its columns."
    return read_csv(path, columns, error=UsageError, remedy=remedy).rows
