"""The text of pages that are not a `Document` yet."""

from __future__ import annotations

from collections.abc import Sequence

from ndc_urban.document import BLOCK_SEPARATOR, Page


def text_of(pages: Sequence[Page]) -> str:
    """The text of those pages that can be used."""
    return BLOCK_SEPARATOR.join(block.text for page in pages if not page.needs_ocr for block in page.blocks)


def letters_of(pages: Sequence[Page]) -> int:
    """How many letters the pages that can be used hold."""
    return sum(char.isalpha() for char in text_of(pages))
