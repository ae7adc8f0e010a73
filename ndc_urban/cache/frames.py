"""A frame: a line of JSON that says how long some data is and what its SHA-256 is, and the data in a line of its own.

Cache entries and the journal of a run are made of frames, so that what is damaged or half written is noticed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

_LONGEST_HEADER = 10_000
"""Bytes; must be greater than any header. Without a bound, a damaged file would be read into memory whole."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A sound frame: what its header says, and where its data lies in the file."""

    header: Mapping[str, Any]
    start: int
    length: int

    @property
    def end(self) -> int:
        """Where the next frame begins."""
        return self.start + self.length + 1


def framed(header: Mapping[str, Any], data: bytes) -> bytes:
    """The bytes of a frame; `data` is one line of text or more, without the last line break."""
    described = dict(header) | {"bytes": len(data), "check": hashlib.sha256(data).hexdigest()}
    return json.dumps(described, ensure_ascii=True).encode() + b"\n" + data + b"\n"


def sound_frames(stream: BinaryIO) -> Iterator[tuple[Frame, bytes]]:
    """The frames of a file with their data, up to the first that is damaged or cut off."""
    size = os.fstat(stream.fileno()).st_size  # a damaged length must not ask for memory that is not there
    while True:
        header = _header(stream.readline(_LONGEST_HEADER))
        if header is None:
            return
        start, length = stream.tell(), int(header["bytes"])
        if start + length >= size:
            return
        data = stream.read(length)
        is_whole = len(data) == length and stream.read(1) == b"\n"
        if not is_whole or hashlib.sha256(data).hexdigest() != header["check"]:
            return
        yield Frame(header, start, length), data


def _header(line: bytes) -> dict[str, Any] | None:
    if not line.endswith(b"\n"):
        return None
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        return None
    sound = isinstance(header, dict) and isinstance(header.get("bytes"), int) and "check" in header
    return header if sound and header["bytes"] >= 0 else None
