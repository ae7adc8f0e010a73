"""Zip archives and XML that may be hostile, opened with care.

Nothing is unpacked to disk, no entity is resolved, and sizes are counted as the data come out, since those that an
archive states may be false. The errors say why, as a clause; callers make of them the errors that users meet.
"""

from __future__ import annotations

import io
import math
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_MEMBERS = 20_000
"""Of an archive. A project with two hundred texts has some hundreds; ten thousands take the opener long to list."""

_CHUNK = 1024 * 1024
"""Bytes that are unpacked at a time: what an archive can take beyond its limits before it is noticed."""

_IS_ENCRYPTED = 1
_BROKEN = (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, zlib.error)
"""What zipfile raises for archives whose bytes were changed."""

_DOCUMENT_TYPE = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
"""Its only use in the files that are read would be entities that expand without end or name other files."""


class ArchiveError(Exception):
    """An archive, or XML, that is not read; `why` is a clause that says why."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class BrokenArchive(ArchiveError):
    """The data are damaged or something else than they should be."""


class EncryptedArchive(ArchiveError):
    """A password is needed."""


class UnsafeArchive(ArchiveError):
    """The data look made to do harm."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may come out of an archive: bytes of one member, of all members that are read, and per packed byte.

    Up to `ratio_free_bytes` of a member the ratio does not matter.
    """

    member: int
    unpacked: int
    ratio: float = math.inf
    ratio_free_bytes: int = 0

    def exceeds_ratio(self, unpacked: int, packed: int) -> bool:
        """Whether more comes out of packed bytes than text can."""
        return unpacked > self.ratio_free_bytes and unpacked > self.ratio * max(packed, 1)


class ZipArchive:
    """A zip archive whose members are read into memory one by one.

    Raises `BrokenArchive`, and `UnsafeArchive` for more than `MAX_MEMBERS` members.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._infos = self._zip.infolist()
        except _BROKEN as error:
            raise BrokenArchive("its zip container cannot be opened") from error
        if len(self._infos) > MAX_MEMBERS:
            raise UnsafeArchive(f"it has {len(self._infos)} parts")
        self._limits = limits
        self._by_name = {info.filename.lstrip("/"): info for info in self._infos}
        self._left = limits.unpacked

    @property
    def members(self) -> tuple[str, ...]:
        """Names of the members, folders left out."""
        return tuple(name for name, info in self._by_name.items() if not info.is_dir())

    def __contains__(self, member: object) -> bool:
        return member in self._by_name

    def read(self, member: str) -> bytes:
        """A member's content. Raises `ArchiveError`."""
        info = self._by_name.get(member)
        if info is None:
            raise BrokenArchive(f"it has no part {member!r}")
        if info.flag_bits & _IS_ENCRYPTED:
            raise EncryptedArchive("a password is needed")
        if info.file_size > self._limits.member:
            raise UnsafeArchive(f"its part {member!r} unpacks to {_megabytes(info.file_size)}")
        try:
            with self._zip.open(info) as stream:
                return b"".join(self._counted(member, info, stream))
        except RuntimeError as error:
            raise EncryptedArchive("a password is needed") from error
        except _BROKEN as error:
            raise BrokenArchive(f"its part {member!r} cannot be unpacked") from error

    def _counted(self, member: str, info: zipfile.ZipInfo, stream: IO[bytes]) -> Iterator[bytes]:
        size = 0
        while part := stream.read(_CHUNK):
            size += len(part)
            self._left -= len(part)
            too_large = self._left < 0 or size > self._limits.member
            if too_large or self._limits.exceeds_ratio(size, info.compress_size):
                raise UnsafeArchive(f"its part {member!r} unpacks to far more than it declares")
            yield part

    def check(self) -> None:
        """Looks at all members before the first is read.

        Raises `EncryptedArchive`, and `UnsafeArchive` for members that unpack to too much, have one name, are links,
        or lead out of the archive by their names.
        """
        if len({info.filename for info in self._infos}) < len(self._infos):
            raise UnsafeArchive("it has two parts of one name")
        total = sum(info.file_size for info in self._infos)
        if total > self._limits.unpacked:
            raise UnsafeArchive(f"it unpacks to {_megabytes(total)}")
        for info in self._infos:
            if info.flag_bits & _IS_ENCRYPTED:
                raise EncryptedArchive("a password is needed")
            if not is_sound_member(info.filename):
                raise UnsafeArchive(f"the name of its part {info.filename!r} points outside the archive")
            if stat.S_ISLNK(info.external_attr >> 16):
                raise UnsafeArchive(f"its part {info.filename!r} is a link")
            if self._limits.exceeds_ratio(info.file_size, info.compress_size):
                raise UnsafeArchive(f"its part {info.filename!r} unpacks to {_megabytes(info.file_size)}")


def _megabytes(size: int) -> str:
    return f"{size // 1024**2} MB"


def is_sound_member(name: str) -> bool:
    """Whether a member's name stays in the archive: relative, no `..`, backslash, drive or control character."""
    parts = name.rstrip("/").split("/")
    if not name or name.startswith("/") or "\\" in name or ":" in parts[0]:
        return False
    return all(part not in ("", "..") and part.isprintable() for part in parts)


def inflated(data: bytes, limits: Limits) -> bytes:
    """What zlib packed, up to the limits. Raises `BrokenArchive` and `UnsafeArchive`."""
    limit = max(limits.ratio_free_bytes, int(min(limits.member, limits.unpacked, limits.ratio * len(data))))
    stream = zlib.decompressobj()
    try:
        unpacked = stream.decompress(data, limit)
    except zlib.error as error:
        raise BrokenArchive("it cannot be unpacked") from error
    if stream.unconsumed_tail:
        raise UnsafeArchive("it unpacks to far more than a file of its kind")
    if not stream.eof:
        raise BrokenArchive("it is truncated")
    return unpacked


_XML_OPTIONS: Mapping[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""For XML from elsewhere: nothing is expanded, loaded or run."""


def xml_root(data: bytes) -> _Element:
    """The root of an XML part, without comments. Raises `BrokenArchive` and, for a document type, `UnsafeArchive`."""
    from lxml import etree

    _refuse_document_type(data)
    parser = etree.XMLParser(**_XML_OPTIONS)
    try:
        root: _Element = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BrokenArchive(f"its XML is not sound ({error})") from error
    if root.getroottree().docinfo.doctype:  # in an encoding that was not looked for
        raise _document_type()
    return root


def xml_elements(data: bytes) -> Iterator[_Element]:
    """The elements of an XML part as they end, each emptied afterwards; raises like `xml_root`."""
    from lxml import etree

    _refuse_document_type(data)
    events = etree.iterparse(io.BytesIO(data), **_XML_OPTIONS)
    try:
        for _, element in events:
            yield element
            element.clear()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BrokenArchive(f"its XML is not sound ({error})") from error


def _refuse_document_type(data: bytes) -> None:
    if any(declaration in data for declaration in _DOCUMENT_TYPE):
        raise _document_type()


def _document_type() -> UnsafeArchive:
    return UnsafeArchive("its XML declares a document type, which no office program or coding tool writes")
