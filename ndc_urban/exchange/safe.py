"""Files from elsewhere, opened with care: sizes, zip archives, XML and JSON lines that may be hostile.

Every reader of a coder's file takes its bytes from here. Nothing is unpacked to disk, no entity is resolved, and
nothing that could run code (pickles, macros) is ever loaded.
"""

from __future__ import annotations

import io
import json
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ndc_urban.errors import ExchangeFileInvalid, ExchangeFileUnsafe, PathMissing

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_FILE_BYTES = 256 * 1024 * 1024
"""Of a file as it lies on disk; coding material for two hundred NDCs takes a tenth of it."""

MAX_UNPACKED_BYTES = 512 * 1024 * 1024
"""Of all that an archive or a compressed file holds."""

MAX_RATIO = 200
"""How many bytes one compressed byte may become; text reaches 10, repeated rows 60, a bomb 1000."""

RATIO_FREE_BYTES = 4 * 1024 * 1024
"""Up to this size the ratio does not matter."""

MAX_MEMBERS = 20_000
_CHUNK = 1024 * 1024


def file_bytes(path: Path) -> bytes:
    """The content of a file of at most `MAX_FILE_BYTES`.

    Raises `PathMissing`, `ExchangeFileUnsafe` for one that is too large and `ExchangeFileInvalid` for one that is
    empty or cannot be opened.
    """
    if not path.is_file():
        raise PathMissing(f"There is no file {path}.")
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise ExchangeFileUnsafe(
            f"{path.name} has {size // 1024**2} MB, more than the {MAX_FILE_BYTES // 1024**2} MB that are read."
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ExchangeFileInvalid(f"{path.name} cannot be read ({error.strerror or error}).") from error
    if not data:
        raise ExchangeFileInvalid(f"{path.name} is empty.", remedy="Export it again from the coding tool.")
    return data


class Archive:
    """A zip archive whose members are read into memory one by one, checked before the first is opened.

    Raises `ExchangeFileInvalid` for a broken archive or one behind a password, and `ExchangeFileUnsafe` for one that
    unpacks to too much, or with members that are links, stand twice, or lead out of the archive by their names.
    """

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise ExchangeFileInvalid(f"{name} is broken: its zip container cannot be opened.") from error
        self._check(infos)
        self._infos = {info.filename: info for info in infos}
        self._left = MAX_UNPACKED_BYTES

    @property
    def members(self) -> tuple[str, ...]:
        """Names of the members, folders left out."""
        return tuple(name for name, info in self._infos.items() if not info.is_dir())

    def __contains__(self, member: object) -> bool:
        return member in self._infos

    def read(self, member: str) -> bytes:
        """A member's content. Counts what really comes out: the sizes that an archive states may be false."""
        info = self._infos.get(member)
        if info is None:
            raise ExchangeFileInvalid(f"{self.name} has no part {member!r}.")
        parts: list[bytes] = []
        size = 0
        try:
            with self._zip.open(info) as stream:
                while part := stream.read(_CHUNK):
                    size += len(part)
                    self._left -= len(part)
                    if self._left < 0 or _is_bomb(size, info.compress_size):
                        raise self._unsafe(f"its part {member!r} unpacks to far more than it says")
                    parts.append(part)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, zlib.error) as error:
            raise ExchangeFileInvalid(f"{self.name} is broken: {member!r} cannot be unpacked.") from error
        except RuntimeError as error:
            raise ExchangeFileInvalid(f"{self.name} is behind a password.") from error
        return b"".join(parts)

    def _check(self, infos: list[zipfile.ZipInfo]) -> None:
        if len(infos) > MAX_MEMBERS:
            raise self._unsafe(f"it has {len(infos)} parts")
        if len({info.filename for info in infos}) < len(infos):
            raise self._unsafe("it has two parts of one name")
        if sum(info.file_size for info in infos) > MAX_UNPACKED_BYTES:
            raise self._unsafe("it unpacks to more than any coding material")
        for info in infos:
            if info.flag_bits & 1:
                raise ExchangeFileInvalid(
                    f"{self.name} is behind a password.", remedy="Save it without a password."
                )
            if not is_sound_member(info.filename):
                raise self._unsafe(f"the name of its part {info.filename!r} leads out of the archive")
            if stat.S_ISLNK(info.external_attr >> 16):
                raise self._unsafe(f"its part {info.filename!r} is a link")
            if _is_bomb(info.file_size, info.compress_size):
                raise self._unsafe(f"its part {info.filename!r} unpacks to {info.file_size // 1024**2} MB")

    def _unsafe(self, why: str) -> ExchangeFileUnsafe:
        return ExchangeFileUnsafe(f"{self.name} is not opened: {why}.")


def _is_bomb(unpacked: int, packed: int) -> bool:
    return unpacked > RATIO_FREE_BYTES and unpacked > MAX_RATIO * max(packed, 1)


def is_sound_member(name: str) -> bool:
    """Whether a member's name stays in the archive: relative, no `..`, backslash, drive or control character."""
    parts = name.rstrip("/").split("/")
    if not name or name.startswith("/") or "\\" in name or ":" in parts[0]:
        return False
    return all(part not in ("", "..") and part.isprintable() for part in parts)


def inflated(name: str, data: bytes) -> bytes:
    """What zlib packed, up to the limits above. Raises `ExchangeFileInvalid` and `ExchangeFileUnsafe`."""
    limit = max(RATIO_FREE_BYTES, min(MAX_UNPACKED_BYTES, MAX_RATIO * len(data)))
    stream = zlib.decompressobj()
    try:
        unpacked = stream.decompress(data, limit)
    except zlib.error as error:
        raise ExchangeFileInvalid(f"{name} is broken: it cannot be unpacked.") from error
    if stream.unconsumed_tail:
        raise ExchangeFileUnsafe(f"{name} is not opened: it unpacks to far more than any coding material.")
    if not stream.eof:
        raise ExchangeFileInvalid(f"{name} is cut short.")
    return unpacked


def xml_root(name: str, data: bytes) -> Element:
    """The root of an XML part; raises `ExchangeFileUnsafe` where it declares a document type or entities."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise ExchangeFileUnsafe(f"{name} declares XML entities, which no coding tool writes.") from error
    except (ParseError, ValueError, LookupError) as error:
        raise ExchangeFileInvalid(f"{name} is not sound XML ({error}).") from error
    return root


def xml_elements(name: str, data: bytes) -> Iterator[Element]:
    """The elements of an XML part as they end, each emptied afterwards; raises like `xml_root`."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    try:
        for _, element in iterparse(io.BytesIO(data), forbid_dtd=True):
            yield element
            element.clear()
    except DefusedXmlException as error:
        raise ExchangeFileUnsafe(f"{name} declares XML entities, which no coding tool writes.") from error
    except (ParseError, ValueError, LookupError) as error:
        raise ExchangeFileInvalid(f"{name} is not sound XML ({error}).") from error


def decoded(name: str, data: bytes) -> str:
    """Text in UTF-8 (with or without a mark of byte order) or in UTF-16 with one, as Excel saves it."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ExchangeFileInvalid(
            f"{name} is not in UTF-8 (byte {error.start + 1}).",
            remedy="Save it as UTF-8; in Excel choose “CSV UTF-8 (comma delimited)”.",
        ) from error


def json_value(name: str, text: str) -> Any:
    """What a JSON text says; raises `ExchangeFileInvalid` for one that is not sound or nested too deep."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ExchangeFileInvalid(
            f"{name}, line {error.lineno}: not JSON ({error.msg}).",
            remedy="Export the file again from the coding tool.",
        ) from error
    except (RecursionError, ValueError) as error:
        raise ExchangeFileInvalid(f"{name} is JSON that no coding tool writes.") from error


def json_lines(name: str, data: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSONL file, each with its line number; blank lines are passed over."""
    text = decoded(name, data)
    if not text.strip():
        raise ExchangeFileInvalid(f"{name} is empty.", remedy="Export it again from the coding tool.")
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (json.JSONDecodeError, RecursionError, ValueError) as error:
            raise ExchangeFileInvalid(
                f"{name}, line {number}: not JSON.", remedy="Export the file again from the coding tool."
            ) from error
        if not isinstance(value, dict):
            raise ExchangeFileInvalid(f"{name}, line {number}: not an object.")
        yield number, value
