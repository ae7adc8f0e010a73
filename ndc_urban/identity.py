"""What identifies documents and files: a document's name, and the SHA-256 of a file.

A document is named by its Party's code and its review round (`KEN_2022`), or, where no register names it, by its file.
Counts and folds by Party rest on the code. What a Party is, is said in `ndc_urban.parties`.
"""

from __future__ import annotations

import re
from pathlib import PurePath

UNKNOWN_PARTY = "XXX"
"""Used in place of the code of a Party that is not known."""

_DOCUMENT_NAME = re.compile(r"[A-Z]{3}_.+")
_CODE_FIRST = re.compile(r"([A-Z]{3})[_-](.+)")
_SHA256 = re.compile(r"[0-9a-f]{64}")


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


def check_document(name: str) -> None:
    """Raises `ValueError` for a name that does not begin with a Party's code and an underscore."""
    if not _DOCUMENT_NAME.fullmatch(name):
        raise ValueError(f"a document is named by its Party's ISO3 code and its round, not {name!r}")


def party_of(document: str) -> str:
    """The code of the Party that a document's name begins with.

    >>> party_of("KEN_2016-17")
    'KEN'
    """
    return document.split("_", 1)[0]


def round_of(document: str) -> str:
    """The round in a document's name, after the Party's code.

    >>> round_of("KEN_2016-17")
    '2016-17'
    """
    return document.split("_", 1)[1]


def is_sha256(digest: str) -> bool:
    """Whether a text is a SHA-256 as this program writes it: 64 hexadecimal digits in lower case."""
    return _SHA256.fullmatch(digest) is not None
