"""The package of an Office file: a zip of XML parts, opened with care for hostile files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ndc_urban.errors import DamagedFile, EncryptedFile
from ndc_urban.reading.formats import DAMAGED_OFFICE_REMEDY
from ndc_urban.safe_archive import (
    ArchiveError,
    EncryptedArchive,
    Limits,
    UnsafeArchive,
    ZipArchive,
    xml_root,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_PART_BYTES = 32 * 1024 * 1024
"""Of one XML part, unpacked; the text of a thousand pages takes less, a zip bomb more."""

MAX_UNPACKED_BYTES = 4 * MAX_PART_BYTES
"""Of all parts that are read: the text, its styles, and the notes."""

MAIN_PART = "word/document.xml"
UNSAFE_REMEDY = "Open it in Word or LibreOffice and save it as PDF."


class Package:
    """An Office file whose XML parts are read one by one, never more than `MAX_PART_BYTES` each.

    Raises `DamagedFile` for a broken zip and `EncryptedFile` for one behind a password.
    """

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        with self._errors():
            self._zip = ZipArchive(data, Limits(MAX_PART_BYTES, MAX_UNPACKED_BYTES))

    def main_part(self) -> str:
        """The name of the part that holds the document's text."""
        return self.related("", "officeDocument") or MAIN_PART

    def related(self, part: str, kind: str) -> str | None:
        """The part that `part` names as its `kind` ("styles", "footnotes"); None if there is none."""
        folder, name = posixpath.split(part)
        relations = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        if relations is None:
            return None
        for relation in relations:
            if relation.get("Type", "").endswith(f"/{kind}") and relation.get("TargetMode") != "External":
                target = posixpath.join("/", folder, relation.get("Target", ""))
                return posixpath.normpath(target).lstrip("/")
        return None

    def xml(self, name: str) -> _Element | None:
        """The root element of a part, None where the package has no such part."""
        if name not in self._zip:
            return None
        with self._errors():
            return xml_root(self._zip.read(name))

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Translates the errors of archives and XML into those of documents."""
        try:
            yield
        except EncryptedArchive as error:
            raise EncryptedFile(self.path, "The Word document is behind a password.") from error
        except UnsafeArchive as error:
            raise DamagedFile(
                self.path, f"The Word document is not opened: {error.why}.", remedy=UNSAFE_REMEDY
            ) from error
        except ArchiveError as error:
            message = f"The Word document is broken: {error.why}."
            raise DamagedFile(self.path, message, remedy=DAMAGED_OFFICE_REMEDY) from error
