"""Finds the documents among files and in folders, the same way for every command, and hashes each.

A folder is accounted for: what looks like a document is listed, also where it cannot be read or opened, and what does
not is counted.
"""

from __future__ import annotations

import os
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ndc_urban.errors import AddressGiven, FileUnreadable, NoDocuments, PathMissing, ReadingError
from ndc_urban.files import sha256_of
from ndc_urban.reading.formats import (
    HEAD_BYTES,
    endings_in_words,
    is_document_by_content,
    is_document_by_name,
)

_OFFICE_LOCK = "~$"
"""Begins the names of the files in which Word notes who has a document open."""

_ADDRESS = re.compile(r"(https?):/+(.*)", re.IGNORECASE)

HIDDEN, LOCK, NO_ENDING = "hidden", "lock file", "no ending"
"""What is passed over for something else than its ending."""


@dataclass(frozen=True)
class Input:
    """A file to score: path as given, hash and size in bytes; or `error` where it cannot be opened."""

    path: Path
    sha256: str = ""
    size: int = 0
    error: ReadingError | None = None


@dataclass(frozen=True)
class PassedOver:
    """A file, or a hidden folder, that is not a document: by its ending, or one of `HIDDEN`, `LOCK` and `NO_ENDING`."""

    path: Path
    kind: str


@dataclass(frozen=True)
class Found:
    """The documents that were found, and how many other files were passed over, by kind or ending."""

    inputs: tuple[Input, ...]
    passed_over: Mapping[str, int]


def search(paths: Sequence[Path]) -> Found:
    """All documents in `paths`, in the order given, and those of a folder sorted by path; each path once.

    Folders are searched recursively for files that are documents by their endings or their first bytes, also of kinds
    that are not read. Hidden files and folders, Office lock files and other files are counted. A file named in `paths`
    is taken whatever its ending.

    Raises `PathMissing` for a path that is not there and `NoDocuments` when nothing is found.
    """
    found: dict[Path, Input] = {}
    passed_over: dict[Path, str] = {}
    for path in paths:
        for candidate in _candidates(path):
            if isinstance(candidate, Input):
                found.setdefault(candidate.path, candidate)
            else:
                passed_over[candidate.path] = candidate.kind
    counts = dict(sorted(Counter(passed_over.values()).items()))
    if not found:
        listed = ", ".join(str(path) for path in paths) or "no path"
        others = f" Skipped: {kinds_in_words(counts)}." if counts else ""
        remedy = f"Give a folder that holds {endings_in_words()} files."
        raise NoDocuments(f"No documents found in {listed}.{others}", remedy=remedy)
    return Found(tuple(found.values()), counts)


def find_inputs(paths: Sequence[Path]) -> tuple[Input, ...]:
    """The documents that `search` finds."""
    return search(paths).inputs


def documents_in(folder: Path) -> list[Input]:
    """The documents in a folder and the folders below, sorted by path; see `search`."""
    return [each for each in _in_order(folder) if isinstance(each, Input)]


def kinds_in_words(kinds: Mapping[str, int]) -> str:
    """How many files of each kind were passed over, for messages.

    >>> kinds_in_words({".png": 12, "hidden": 1})
    '12 .png, 1 hidden'
    """
    return ", ".join(f"{count} {kind}" for kind, count in kinds.items())


def _candidates(path: Path) -> Iterator[Input | PassedOver]:
    if path.is_dir():
        yield from _in_order(path)
    elif path.exists() or path.is_symlink():
        yield identify(path)
    else:
        _refuse_address(path)
        raise PathMissing(f"There is no file or folder {path}.")


def _refuse_address(path: Path) -> None:
    """Raises `AddressGiven` for the address of a web page; a `Path` has lost one of its slashes."""
    found = _ADDRESS.match(path.as_posix())
    if found:
        address = f"{found[1]}://{found[2]}"
        raise AddressGiven(
            f"{address} is an address, and only files are read.",
            remedy=f"Download it first: {shlex.join(['ndc-urban', 'corpus', 'download', address, '--out', 'ndcs'])}",
        )


def _in_order(folder: Path) -> list[Input | PassedOver]:
    return sorted(_in_folder(folder), key=lambda item: item.path.as_posix())


def _in_folder(top: Path) -> Iterator[Input | PassedOver]:
    """What is below `top`; links to folders are followed once, so that a loop of links ends."""
    refused: list[OSError] = []
    seen: set[str] = set()
    for folder, subfolders, names in os.walk(top, onerror=refused.append, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            subfolders.clear()
            continue
        seen.add(real)
        yield from (PassedOver(Path(folder, name), HIDDEN) for name in subfolders if name.startswith("."))
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        for name in names:
            yield _judged(Path(folder, name))
    for error in refused:
        yield _unreadable(Path(error.filename), "The folder cannot be opened", error)


def _judged(path: Path) -> Input | PassedOver:
    """A file of a folder, as a document or as passed over."""
    name = path.name
    if name.startswith("."):
        return PassedOver(path, HIDDEN)
    if name.startswith(_OFFICE_LOCK):
        return PassedOver(path, LOCK)
    by_name = is_document_by_name(name)
    if by_name or (by_name is None and is_document_by_content(name, _head(path))):
        return identify(path)
    return PassedOver(path, path.suffix.lower() or NO_ENDING)


def _head(path: Path) -> bytes:
    """The first bytes of a file, none where it cannot be opened."""
    if not path.is_file():
        return b""
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError:
        return b""


def identify(path: Path) -> Input:
    """The file with its hash and size, or with the error where it cannot be opened."""
    if path.is_symlink() and not path.exists():
        return Input(path, error=FileUnreadable(path, "The link leads to a file that does not exist."))
    if not path.is_file():
        return Input(path, error=FileUnreadable(path, "This is not an ordinary file."))
    try:
        digest = sha256_of(path)
        size = path.stat().st_size
    except OSError as error:
        return _unreadable(path, "The file cannot be opened", error)
    return Input(path, digest, size)


def _unreadable(path: Path, what: str, error: OSError) -> Input:
    return Input(path, error=FileUnreadable(path, f"{what}: {error.strerror or error}."))
