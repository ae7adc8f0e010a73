"""What a document is called in a folder of annotations: its Party's code and its round, or its file's name."""

from __future__ import annotations

import re
from pathlib import PurePath

UNKNOWN_PARTY = "XXX"
"""Stands for the code of a Party that is not known."""


_CODE_FIRST = re.compile(r"([A-Z]{3})[_-](.+)")


def document_name(path: str, iso3: str = "") -> str:
    """A name for a document that no register names: that of its file, with the Party's code in front.

    >>> document_name("plans/KEN_2020-12-28_en.pdf", "KEN"), document_name("KEN-ndc.html"), document_name("Kenya.pdf")
    ('KEN_2020-12-28_en', 'KEN_ndc', 'XXX_Kenya')
    """
    stem = " ".join(PurePath(path).stem.split()) or "document"
    named = _CODE_FIRST.fullmatch(stem)
    if named and iso3 in ("", named[1]):
        return f"{named[1]}_{named[2]}"
    return f"{iso3 or UNKNOWN_PARTY}_{stem}"
