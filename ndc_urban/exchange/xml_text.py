"""Text for XML files: what XML cannot hold is replaced, the rest is escaped. Nothing here parses XML."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr  # writes only

_NOT_IN_XML = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_ENDS = {0x85: " ", 0x2028: " ", 0x2029: " ", 0xFEFF: " "}
"""Characters that XML holds but that some programs take for the end of a line or drop."""


def clean(text: str) -> str:
    """A text with a space for each character that XML cannot hold or that programs may take for the end of a line."""
    return _NOT_IN_XML.sub(" ", text).translate(_LINE_ENDS)


def quoted(text: str) -> str:
    """A text as a quoted attribute; line breaks are kept."""
    return quoteattr(clean(text), {"\n": "&#10;", "\t": "&#9;"})


def content(text: str) -> str:
    """A text as the content of an element."""
    return escape(clean(text))
