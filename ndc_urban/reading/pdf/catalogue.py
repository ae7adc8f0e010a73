"""What the catalogue of a PDF says beside its pages: layers, portfolios, dynamic forms. Found by the keys alone, as
pdfium gives no access to the catalogue.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

_OBJECT_STREAM = re.compile(rb"/ObjStm\b")
_STREAM = re.compile(rb"stream\r?\n")
_MAX_STREAMS = 2_000  # at some hundred objects each, more than a document has
_MAX_UNPACKED = 1 << 20
"""Bytes of one stream of objects that are looked at; writers put a few hundred objects into one."""

_MAX_ALL = 1 << 25
"""Bytes of all of them: a file made to do harm ends here."""

_HEAD = 2_000
"""Bytes after the name of the type within which the stream begins."""

_PASSAGE = 1 << 21
"""Packed bytes of one stream that are looked at."""


class Catalogue:
    """The keys of a file's objects; those in compressed streams are unpacked when first asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._packed: bytes | None = None

    def names(self, key: bytes) -> bool:
        """Whether the key, a name with its slash, is anywhere among the objects."""
        if key in self._data:
            return True
        if self._packed is None:
            self._packed = b"\n".join(_unpacked(self._data))
        return key in self._packed


def _unpacked(data: bytes) -> Iterator[bytes]:
    left = _MAX_ALL
    for number, found in enumerate(_OBJECT_STREAM.finditer(data)):
        if number >= _MAX_STREAMS or left <= 0:
            return
        start = _STREAM.search(data, found.end(), found.end() + _HEAD)
        if start is None:
            continue
        try:
            text = zlib.decompressobj().decompress(data[start.end() : start.end() + _PASSAGE], _MAX_UNPACKED)
        except zlib.error:
            continue
        left -= len(text)
        yield text
