"""What a document is called in a folder of annotations: its Party's code and its round, or its file's name."""

from __future__ import annotations

from pathlib import PurePath

from ndc_urban.annotations.records import DOCUMENT_NAME

UNKNOWN_PARTY = "XXX"
"""Stands for the code of a Party that is not known."""


def document_name(path: str, iso3: str = "") -> str:
    """A name for a document that no register names: that of its file, with the Party's code in front.

    >>> document_name("plans/KEN_2020-12-28_en.pdf", "KEN"), document_name("plans/Kenya.pdf")
    ('KEN_2020-12-28_en', 'XXX_Kenya')
    """
    stem = " ".join(PurePath(path).stem.split()) or "document"
    code = iso3 or UNKNOWN_PARTY
    return stem if stem.startswith(f"{code}_") and DOCUMENT_NAME.fullmatch(stem) else f"{code}_{stem}"
