"""What a file becomes once it is read: a document of pages, blocks and, after segmentation, passages.

Nothing here reads or writes. Every class is frozen and checks its fields when it is made, so that every
`Document` is valid.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

BlockKind = Literal["heading", "paragraph", "list_item", "table_row", "caption", "footnote"]
BLOCK_KINDS: tuple[str, ...] = get_args(BlockKind)

UNKNOWN_LANGUAGE = "und"
"""ISO 639-2 code for text whose language could not be recognised."""

CELL_SEPARATOR = " | "
"""Separates the cells of a table row."""

BLOCK_SEPARATOR = "\n"
"""Separates two blocks in the text of a document."""

_NOT_A_WORD = re.compile(r"[\W_]+")

BBox = tuple[float, float, float, float]
"""Left, top, right, bottom in points (1/72 inch) from the page's top left corner."""


def folded(text: str) -> str:
    """A text without case, spaces and punctuation: what two readings of one passage have in common."""
    return _NOT_A_WORD.sub("", text).casefold()


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item or table row, as it appears on a page.

    `text` has no line breaks. For a table row it is the filled cells joined by `CELL_SEPARATOR`; `cells` then
    holds all cells, empty ones too, and `header` the column headings in force (empty where the table has none).
    `level` is 1 (highest) to 7 for a heading and 0 otherwise; 7 is a heading inside a table. `page` is the page of the
    file, counted from 1, on which the block begins. `page_turns` are the places in `text` from which on it stands on
    another page, as (offset, page) in order; empty where all of it stands on one page.
    """

    kind: BlockKind
    text: str
    page: int | None = None
    bbox: BBox | None = None
    level: int = 0
    cells: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    page_turns: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in BLOCK_KINDS:
            raise ValueError(f"unknown kind of block: {self.kind!r}")
        if not self.text.strip():
            raise ValueError("a block has text")
        if BLOCK_SEPARATOR in self.text:
            raise ValueError("the text of a block has no line breaks")
        if (self.kind == "heading") != (1 <= self.level <= 7):
            raise ValueError("a heading, and nothing else, has a level from 1 to 7")
        if self.page is not None and self.page < 1:
            raise ValueError("pages are counted from 1")
        if self.page_turns and self.page is None:
            raise ValueError("a block without a page goes on to none")

    @property
    def last_page(self) -> int | None:
        """The last page on which some of the block stands."""
        return self.pages_of(0, len(self.text))[1]

    def pages_of(self, start: int, end: int) -> tuple[int | None, int | None]:
        """The page on which a stretch of the text begins, and the last page on which some of it stands."""
        if self.page is None or not self.page_turns:
            return self.page, self.page
        before = bisect_right(self.page_turns, start, key=lambda turn: turn[0])
        first = self.page_turns[before - 1][1] if before else self.page
        later = [page for offset, page in self.page_turns[before:] if offset < end]
        return first, max([first, *later])


@dataclass(frozen=True, slots=True)
class Page:
    """A page and its blocks in reading order.

    `number` is 1-based, None for formats without pages (HTML, text). `reader` says who read it: "pdfium",
    "pdfplumber", "ocr", or the name of a format without pages. `printed` is the number printed on the page, as text
    ("12", "iv"), empty where it has none. `needs_ocr` is set where the page shows something but holds no usable text,
    so that nothing of it can be scored before character recognition; `damaged` where its text or its numbers are not
    those shown.
    """

    number: int | None
    blocks: tuple[Block, ...]
    reader: str
    width: float | None = None
    height: float | None = None
    needs_ocr: bool = False
    damaged: bool = False
    printed: str = ""

    def __post_init__(self) -> None:
        if not self.reader:
            raise ValueError("a page names its reader")
        if any(block.page != self.number for block in self.blocks):
            raise ValueError("a page holds blocks of that page only")


@dataclass(frozen=True)
class Document:
    """One file, read: its pages in order, its language and what identifies it.

    `sha256` is the hash of the file's bytes; `format` the name of its format in the registry of input formats;
    `language` an ISO 639-1 code, `und` where unknown; `notes` say in plain words what a user should know of the
    reading (a page that had to be read another way, and so on). `passages` are those that `ndc_urban.segment` finds,
    where that was done before; None where it was not.
    """

    path: Path
    sha256: str
    format: str
    pages: tuple[Page, ...]
    language: str = UNKNOWN_LANGUAGE
    notes: tuple[str, ...] = ()
    passages: tuple[Passage, ...] | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.sha256) != 64:
            raise ValueError("sha256 is 64 hexadecimal digits")

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks in reading order."""
        return tuple(block for page in self.pages for block in page.blocks)

    @cached_property
    def text(self) -> str:
        """The blocks' texts in reading order, joined by `BLOCK_SEPARATOR`; passages' offsets refer to it."""
        return BLOCK_SEPARATOR.join(block.text for block in self.blocks)

    @cached_property
    def block_starts(self) -> tuple[int, ...]:
        """For each block the offset in `text` where it begins."""
        starts, at = [], 0
        for block in self.blocks:
            starts.append(at)
            at += len(block.text) + len(BLOCK_SEPARATOR)
        return tuple(starts)

    @cached_property
    def printed_pages(self) -> Mapping[int, str]:
        """The numbers that pages themselves bear, by page; pages without one are left out."""
        return {page.number: page.printed for page in self.pages if page.number is not None and page.printed}

    def page_at(self, position: int) -> int | None:
        """The page on which the character of `text` at that position stands."""
        index = max(bisect_right(self.block_starts, position) - 1, 0)
        if not self.blocks:
            return None
        offset = position - self.block_starts[index]
        return self.blocks[index].pages_of(offset, offset + 1)[0]

    @property
    def pages_needing_ocr(self) -> tuple[int, ...]:
        """Numbers of the pages that hold no usable text."""
        return tuple(page.number for page in self.pages if page.needs_ocr and page.number is not None)

    @property
    def damaged_pages(self) -> tuple[int, ...]:
        """Numbers of the pages whose text or numbers are not those shown."""
        return tuple(page.number for page in self.pages if page.damaged and page.number is not None)

    @property
    def page_count(self) -> int | None:
        """How many pages the file has; None for formats without pages."""
        return len(self.pages) if all(page.number is not None for page in self.pages) else None


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is coded and scored: a paragraph, a list item or a table row, or a part of a long one.

    `text` equals `document.text[start:end]`. `section` is the path of headings above it, highest first; `header`
    the column headings of a table row; `block` the index of its block in `document.blocks`; `language` the
    passage's own where it differs from the document's. `page` is the page of the file on which it begins, `last_page`
    the one on which it ends; `printed_page` is the number that the first of them itself bears, empty where it has none.
    """

    text: str
    start: int
    end: int
    block: int
    kind: BlockKind
    page: int | None = None
    section: tuple[str, ...] = ()
    header: tuple[str, ...] = field(default=())
    bbox: BBox | None = None
    language: str = UNKNOWN_LANGUAGE
    last_page: int | None = None
    printed_page: str = ""

    def __post_init__(self) -> None:
        if self.end - self.start != len(self.text):
            raise ValueError("start and end span the text")

    @property
    def location(self) -> str:
        """The section path in one line; for a table row with the column headings last, in brackets."""
        path = " › ".join(self.section)
        if not self.header:
            return path
        columns = f"[{CELL_SEPARATOR.join(cell for cell in self.header if cell)}]"
        return f"{path} › {columns}" if path else columns
