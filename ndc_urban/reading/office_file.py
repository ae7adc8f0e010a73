"""A file of an office program: a zip of XML parts, of which a reader takes those that it needs.

How hostile archives and XML are kept out is in `ndc_urban.safe_archive`; here its errors become those of documents.
"""

from __future__ import annotations

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

UNSAFE_REMEDY = "Open it in Word or LibreOffice and save it as PDF."


class OfficeFile:
    """The parts of an office file; `called` is what messages call it ("Word document").

    Raises `DamagedFile` for a broken or hostile file and `EncryptedFile` for one behind a password.
    """

    def __init__(self, path: Path, data: bytes, called: str) -> None:
        self.path = path
        self.called = called
        with self._errors():
            self._zip = ZipArchive(data, Limits(MAX_PART_BYTES, MAX_UNPACKED_BYTES))

    def part(self, name: str) -> bytes | None:
        """The bytes of a part, None where the file has no such part."""
        if name not in self._zip:
            return None
        with self._errors():
            return self._zip.read(name)

    def xml(self, name: str) -> _Element | None:
        """The root element of a part, None where the file has no such part."""
        data = self.part(name)
        if data is None:
            return None
        with self._errors():
            return xml_root(data)

    def encrypted(self) -> EncryptedFile:
        """The error for a file behind a password."""
        return EncryptedFile(self.path, f"The {self.called} is protected with a password.")

    def without_text(self) -> DamagedFile:
        """The error for a file that lacks its main part."""
        message = f"The {self.called} is broken: the part with its text is missing."
        return DamagedFile(self.path, message, remedy=DAMAGED_OFFICE_REMEDY)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Translates the errors of archives and XML into those of documents."""
        try:
            yield
        except EncryptedArchive as error:
            raise self.encrypted() from error
        except UnsafeArchive as error:
            message = f"The {self.called} is not opened: {error.why}."
            raise DamagedFile(self.path, message, remedy=UNSAFE_REMEDY) from error
        except ArchiveError as error:
            message = f"The {self.called} is broken: {error.why}."
            raise DamagedFile(self.path, message, remedy=DAMAGED_OFFICE_REMEDY) from error
