"""Entries of the cache: each a file of its own, written whole, checked when it is read, the least used removed first.

Any number of programs may use a cache at once: an entry appears by one renaming, and its name is the hash of all that
decides its content. Nothing in the cache can run.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ndc_urban.cache.frames import framed, sound_frames
from ndc_urban.errors import OutputUnwritable

READ, SCORED = "read", "scored"
"""The two kinds of entries: documents read and cut into passages, and what a model said of them."""

_TAG = "CACHEDIR.TAG"
_SIGNATURE = (
    "Signature: 8a477f597d28d172789f06886806bc55\n# Made by ndc-urban; it may be deleted at any time.\n"
)
"""Tells programs that make backups to pass the folder over (Cache Directory Tagging Specification)."""

_ENDING = ".jsonl"
_FORGOTTEN_AFTER = 3600.0
"""Seconds after which a file that was not finished belongs to a program that has ended; writing one takes less than a
second."""

Key = Mapping[str, str]
"""All that decides the content of an entry."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many entries of a kind there are, and their size in bytes."""

    entries: int
    size: int


@dataclass(frozen=True)
class Entries:
    """The entries of one kind in the cache folder `root`."""

    root: Path
    kind: str

    def get(self, key: Key) -> bytes | None:
        """The data of an entry; None where there is none or it is damaged, and then it is removed."""
        path = self._path(key)
        try:
            with path.open("rb") as stream:
                found = next(sound_frames(stream), None)
            if found is not None and found[0].header.get("key") == dict(key):
                with suppress(OSError):  # a cache that others share may be for reading only
                    os.utime(path)
                return found[1]
            path.unlink()
        except OSError:
            return None
        return None

    def has(self, key: Key) -> bool:
        """Whether there is an entry, sound or not."""
        return self._path(key).is_file()

    def put(self, key: Key, data: bytes) -> None:
        """Keeps an entry; a cache that cannot be written to (a full disk, no permission) keeps nothing."""
        path = self._path(key)
        unfinished = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._tag()
            handle, unfinished = tempfile.mkstemp(prefix=".", dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(framed({"key": dict(key)}, data))
            Path(unfinished).replace(path)
        except OSError:
            if unfinished:
                with suppress(OSError):
                    Path(unfinished).unlink(missing_ok=True)

    def _path(self, key: Key) -> Path:
        name = hashlib.sha256(json.dumps(dict(key), sort_keys=True).encode()).hexdigest()
        return self.root / self.kind / name[:2] / f"{name}{_ENDING}"

    def _tag(self) -> None:
        tag = self.root / _TAG
        if not tag.exists():
            tag.write_text(_SIGNATURE)


def sizes(root: Path) -> dict[str, Size]:
    """What a cache holds, by kind."""
    found = {kind: list(_files(root, kind)) for kind in (READ, SCORED)}
    return {kind: Size(len(entries), sum(entry[1] for entry in entries)) for kind, entries in found.items()}


def trim(root: Path, limit: int) -> int:
    """Removes the entries that were not used for longest until the others hold `limit` bytes; gives how many."""
    files = sorted(entry for kind in (READ, SCORED) for entry in _files(root, kind))
    total = sum(size for _, size, _ in files)
    removed = 0
    for _, size, path in files:
        if total <= limit:
            break
        try:
            path.unlink(missing_ok=True)
        except OSError:
            continue  # not ours to remove
        total -= size
        removed += 1
    return removed


def clear(root: Path) -> Size:
    """Removes all entries and gives what they were; other files in the folder stay. Raises `OutputUnwritable`."""
    before = sizes(root).values()
    try:
        for kind in (READ, SCORED):
            if (root / kind).is_dir():
                shutil.rmtree(root / kind)
        (root / _TAG).unlink(missing_ok=True)
    except OSError as error:
        raise OutputUnwritable(
            f"The cache in {root} cannot be removed ({error.strerror or error}).",
            remedy="Remove the folder yourself.",
        ) from error
    return Size(sum(each.entries for each in before), sum(each.size for each in before))


def _files(root: Path, kind: str) -> Iterator[tuple[float, int, Path]]:
    """Time of the last use, size and path of each entry; what a program left half written is removed."""
    for path in (root / kind).glob("*/*"):
        try:
            status = path.stat()
            if path.suffix == _ENDING and not path.name.startswith("."):
                yield status.st_mtime, status.st_size, path
            elif time.time() - status.st_mtime > _FORGOTTEN_AFTER:
                path.unlink()
        except OSError:
            continue  # another program removed it
