"""The package of an Office file: a zip of XML parts, opened with care for hostile files."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from ndc_urban.errors import DamagedFile, EncryptedFile
from ndc_urban.reading.formats import DAMAGED_OFFICE_REMEDY

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_PART_BYTES = 32 * 1024 * 1024
"""Of one XML part, unpacked; the text of a thousand pages takes less, a zip bomb more."""

MAX_MEMBERS = 20_000
MAIN_PART = "word/document.xml"
UNSAFE_REMEDY = "Open it in Word or LibreOffice and save it as PDF."


class Package:
    """An Office file whose XML parts are read one by one, never more than `MAX_PART_BYTES` each.

    Raises `DamagedFile` for a broken zip and `EncryptedFile` for one behind a password.
    """

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise self._damaged("The Word document is broken: its zip container cannot be opened.") from error
        self._members = {info.filename.lstrip("/"): info for info in self._zip.infolist()}
        if len(self._zip.infolist()) > MAX_MEMBERS:
            raise self._damaged("The Word document holds far more parts than a document has.", UNSAFE_REMEDY)

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
        info = self._members.get(name)
        return None if info is None else self._parse(self._read(info))

    def _read(self, info: zipfile.ZipInfo) -> bytes:
        if info.flag_bits & 1:
            raise EncryptedFile(self.path, "The Word document is behind a password.")
        if info.file_size > MAX_PART_BYTES:
            size = info.file_size // (1024 * 1024)
            raise self._damaged(
                f"The Word document unpacks to {size} MB of text, more than a document holds.", UNSAFE_REMEDY
            )
        try:
            with self._zip.open(info) as part:
                return part.read(MAX_PART_BYTES)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, zlib.error) as error:
            raise self._damaged("The Word document is broken: a part of it cannot be unpacked.") from error

    def _parse(self, data: bytes) -> _Element:
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self._damaged("The Word document is broken: a part of it is not sound XML.") from error
        if root.getroottree().docinfo.doctype:
            # Office never writes one; its only use here would be entities that expand without end.
            raise self._damaged("The Word document holds XML that no word processor writes.", UNSAFE_REMEDY)
        return root

    def _damaged(self, message: str, remedy: str = DAMAGED_OFFICE_REMEDY) -> DamagedFile:
        return DamagedFile(self.path, message, remedy=remedy)
