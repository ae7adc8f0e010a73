"""Finds the documents among files and in folders, the same way for every command, and hashes each.

A file that cannot be opened is kept, with its error.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ndc_urban.errors import FileUnreadable, NoDocuments, PathMissing, ReadingError
from ndc_urban.files import sha256_of
from ndc_urban.reading.formats import ENDINGS, endings_in_words

_OFFICE_LOCK = "~$"
"""Begins the names of the files in which Word notes who has a document open."""


@dataclass(frozen=True)
class Input:
    """A file to score: path as given, hash and size in bytes; or `error` where it cannot be opened."""

    path: Path
    sha256: str = ""
    size: int = 0
    error: ReadingError | None = None


def find_inputs(paths: Sequence[Path]) -> tuple[Input, ...]:
    """All documents in `paths`, in the order given, and those of a folder sorted by path; each path once.

    Folders are searched recursively for the endings of the formats that are read; hidden files and folders and
    Office lock files are left out. A file named in `paths` is taken whatever its ending.

    Raises `PathMissing` for a path that is not there and `NoDocuments` when nothing is found.
    """
    found: dict[Path, Input] = {}
    for path in paths:
        for candidate in _candidates(path):
            found.setdefault(candidate.path, candidate)
    if not found:
        listed = ", ".join(str(path) for path in paths) or "no path"
        remedy = f"Give a folder that holds {endings_in_words()} files."
        raise NoDocuments(f"No documents found in {listed}.", remedy=remedy)
    return tuple(found.values())


def documents_in(folder: Path) -> list[Input]:
    """The documents in a folder and the folders below, sorted by path; see `find_inputs`."""
    return sorted(_in_folder(folder), key=lambda item: item.path.as_posix())


def _candidates(path: Path) -> Iterator[Input]:
    if path.is_dir():
        yield from documents_in(path)
    elif path.exists() or path.is_symlink():
        yield identify(path)
    else:
        raise PathMissing(f"There is no file or folder {path}.")


def _in_folder(top: Path) -> Iterator[Input]:
    """Documents below `top`; links to folders are followed once, so that a loop of links ends."""
    refused: list[OSError] = []
    seen: set[str] = set()
    for folder, subfolders, names in os.walk(top, onerror=refused.append, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            subfolders.clear()
            continue
        seen.add(real)
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        for name in names:
            if _is_document(name):
                yield identify(Path(folder, name))
    for error in refused:
        yield _unreadable(Path(error.filename), "The folder cannot be opened", error)


def _is_document(name: str) -> bool:
    return not name.startswith((".", _OFFICE_LOCK)) and Path(name).suffix.lower() in ENDINGS


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
