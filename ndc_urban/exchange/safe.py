"""Files from coding tools, opened with care: their limits and errors, text and JSON.

Every reader of a coder's file takes its bytes from here. How archives and XML are opened is in
`ndc_urban.safe_archive`. Nothing that could run code (pickles, macros) is ever loaded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ndc_urban import safe_archive
from ndc_urban.errors import ExchangeFileInvalid, ExchangeFileUnsafe, PathMissing
from ndc_urban.safe_archive import (
    ArchiveError,
    EncryptedArchive,
    Limits,
    UnsafeArchive,
    ZipArchive,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_FILE_BYTES = 256 * 1024 * 1024
"""Of a file on disk; coding sheets for two hundred NDCs take a tenth of it."""

MAX_UNPACKED_BYTES = 512 * 1024 * 1024
"""Of all that an archive or a compressed file holds."""

MAX_RATIO = 200
"""How many bytes one compressed byte may become; text reaches 10, repeated rows 60, a bomb 1000."""

RATIO_FREE_BYTES = 4 * 1024 * 1024
"""Up to this size the ratio does not matter: a sheet of blank rows compresses further than text, and so little fills no
memory."""


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
    unpacks to too much, or with members that are links, have one name, or lead out of the archive by their names.
    """

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        with _errors_of(name):
            self._zip = ZipArchive(data, _limits())
            self._zip.check()

    @property
    def members(self) -> tuple[str, ...]:
        """Names of the members, folders left out."""
        return self._zip.members

    def __contains__(self, member: object) -> bool:
        return member in self._zip

    def read(self, member: str) -> bytes:
        """A member's content."""
        with _errors_of(self.name):
            return self._zip.read(member)


def is_content(member: str) -> bool:
    """Whether a member of an archive is somebody's: no folder, and nothing that macOS adds when it packs one.

    >>> [is_content(name) for name in ("ana.jsonl", "__MACOSX/._ana.jsonl", "x/.DS_Store", "x/")]
    [True, False, False, False]
    """
    parts = member.split("/")
    return "__MACOSX" not in parts and bool(parts[-1]) and not parts[-1].startswith(".")


def _limits() -> Limits:
    return Limits(MAX_UNPACKED_BYTES, MAX_UNPACKED_BYTES, MAX_RATIO, RATIO_FREE_BYTES)


@contextmanager
def _errors_of(name: str) -> Iterator[None]:
    """Translates the errors of archives and XML into those of files from coding tools."""
    try:
        yield
    except EncryptedArchive as error:
        raise ExchangeFileInvalid(
            f"{name} is protected with a password.", remedy="Save it without a password."
        ) from error
    except UnsafeArchive as error:
        raise ExchangeFileUnsafe(f"{name} is not opened: {error.why}.") from error
    except ArchiveError as error:
        raise ExchangeFileInvalid(f"{name} is broken: {error.why}.") from error


def inflated(name: str, data: bytes) -> bytes:
    """What zlib packed, up to the limits above. Raises `ExchangeFileInvalid` and `ExchangeFileUnsafe`."""
    with _errors_of(name):
        return safe_archive.inflated(data, _limits())


def xml_root(name: str, data: bytes) -> _Element:
    """The root of an XML part; raises `ExchangeFileInvalid` and, for a document type, `ExchangeFileUnsafe`."""
    with _errors_of(name):
        return safe_archive.xml_root(data)


def xml_elements(name: str, data: bytes) -> Iterator[_Element]:
    """The elements of an XML part as they end, each emptied afterwards; raises like `xml_root`."""
    with _errors_of(name):
        yield from safe_archive.xml_elements(data)


def decoded(name: str, data: bytes) -> str:
    """Text in UTF-8 (with or without a byte order mark) or in UTF-16 with one, as Excel saves it."""
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
