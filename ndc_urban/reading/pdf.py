"""The front door of PDF reading: `read_pdf` turns the bytes of a PDF into pages of blocks in reading order."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from ndc_urban.document import Block, Page
from ndc_urban.errors import DamagedFile, TooManyPages
from ndc_urban.reading.flow import Draft, drafts_of
from ndc_urban.reading.furniture import without_furniture
from ndc_urban.reading.glyphs import PageContent
from ndc_urban.reading.headings import mark_headings
from ndc_urban.reading.lines import lines_of, pieces_of
from ndc_urban.reading.pdfium import PdfiumFile

PdfReader = Literal["auto", "pdfium", "pdfplumber"]
MAX_PAGES = 2000


def read_pdf(
    path: Path, data: bytes, *, reader: PdfReader = "auto", max_pages: int = MAX_PAGES
) -> tuple[Page, ...]:
    """Pages of a PDF with their blocks in reading order; boxes in points from the page's top left corner.

    `path` serves messages only. Raises `DamagedFile`, `EncryptedFile` or `TooManyPages`.
    """
    with PdfiumFile(path, data) as file:
        _check_count(path, file.page_count, max_pages)
        contents = list(file.pages())
    pieces = [pieces_of(content.glyphs, np.full(len(content.glyphs), -1)) for content in contents]
    kept = without_furniture(pieces, [content.height for content in contents])
    drafts: list[list[Draft]] = [
        drafts_of(lines_of(page), content.number) for page, content in zip(kept, contents, strict=True)
    ]
    mark_headings([draft for page in drafts for draft in page])
    return tuple(_page(content, page) for content, page in zip(contents, drafts, strict=True))


def _check_count(path: Path, count: int, max_pages: int) -> None:
    if count == 0:
        raise DamagedFile(path, "The PDF opens but holds no pages.")
    if count > max_pages:
        raise TooManyPages(path, f"The PDF has {count:,} pages; at most {max_pages:,} are read.")


def _page(content: PageContent, drafts: list[Draft]) -> Page:
    blocks = tuple(
        Block(
            kind=draft.kind,
            text=draft.text,
            page=content.number,
            bbox=draft.box,
            level=draft.level,
            cells=draft.cells,
            header=draft.header,
        )
        for draft in drafts
    )
    return Page(
        number=content.number,
        blocks=blocks,
        reader="pdfium",
        width=content.width,
        height=content.height,
        needs_ocr=not blocks and content.shows,
    )
