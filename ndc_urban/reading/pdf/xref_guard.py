"""Tables of objects that claim more than a PDF can hold: both readers would go through all of them, for minutes."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

from ndc_urban.errors import DamagedFile

MAX_OBJECTS = 8_388_607
"""The most objects that a PDF may have (ISO 32000-1, annex C)."""

_MAX_TABLES = 1000  # a file has one for each time it was saved; bounds the search in a hostile one
_DICTIONARY_LENGTH = 2000  # bytes before and after /XRef that its dictionary may take
_STREAM_TYPE = re.compile(rb"/XRef\b")
_RANGES = re.compile(rb"/Index\s*\[([\d\s]*)")
_SIZE = re.compile(rb"/Size\s+(\d+)")


def require_possible_tables(path: Path, data: bytes) -> None:
    """Raises `DamagedFile` where a cross-reference stream claims more objects than there can be."""
    for found in islice(_STREAM_TYPE.finditer(data), _MAX_TABLES):
        around = data[max(0, found.start() - _DICTIONARY_LENGTH) : found.end() + _DICTIONARY_LENGTH]
        ranges = _RANGES.search(around)
        counts = ranges[1].split()[1::2] if ranges else _SIZE.findall(around)
        if any(int(count[:20]) > MAX_OBJECTS for count in counts):
            message = "The PDF claims to hold more objects than a PDF can: its structure is broken."
            raise DamagedFile(path, message)
