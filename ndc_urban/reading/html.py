"""HTML to blocks: headings, paragraphs, list items and table rows as the markup tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ndc_urban.document import CELL_SEPARATOR, Block, BlockKind, Page
from ndc_urban.errors import DamagedFile

if TYPE_CHECKING:
    from lxml.html import HtmlElement

HEADINGS = {f"h{level}": level for level in range(1, 7)}
PSEUDO_HEADING_LEVEL = 6
TABLE_HEADING_LEVEL = 7
MAX_HEADING_WORDS = 15
SKIPPED = frozenset(
    "head script style noscript template svg iframe object embed img video audio canvas map".split()
)
BLOCKS = frozenset(
    "html body div section article main header footer aside nav p pre blockquote address center fieldset figure "
    "figcaption form td th tr ul ol li dl dt dd hr h1 h2 h3 h4 h5 h6 details summary".split()
)
TABLE_GROUPS = frozenset({"thead", "tbody", "tfoot", "colgroup"})
BOLD = frozenset({"b", "strong"})
KIND_OF_TAG: dict[str, BlockKind] = {
    "li": "list_item",
    "dd": "list_item",
    "figcaption": "caption",
    "p": "paragraph",
    "blockquote": "paragraph",
}
SPACES = re.compile(r"\s+")
NOTE_MARK = re.compile(r"\[?\(?\d{1,3}\)?\]?|\*+|[ivx]{1,5}|\[[a-z]\]")
UNIT_BEFORE = re.compile(r"(?:\b(?:[kcdm]?m|ha)|10)$")
META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


def read_html(path: Path, data: bytes) -> tuple[Page, ...]:
    """The blocks of an HTML file, on one page without a number.

    Raises `DamagedFile` where the bytes hold no markup that can be parsed. Nothing is loaded from elsewhere.
    """
    root = _parse(path, data)
    collector = _Collector()
    _walk(root, collector)
    collector.flush()
    return (Page(number=None, blocks=tuple(collector.blocks), reader="html"),)


def _parse(path: Path, data: bytes) -> HtmlElement:
    from lxml import etree, html

    parser = html.HTMLParser(
        encoding=_encoding(data), no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        return html.document_fromstring(data, parser=parser)
    except (etree.LxmlError, LookupError, ValueError) as error:
        raise DamagedFile(path, "The HTML cannot be parsed.") from error


def _encoding(data: bytes) -> str:
    """The encoding that the bytes declare or, where they declare none or a wrong one, the best guess."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if _decodes(data, "utf-8"):
        return "utf-8"
    declared = META_CHARSET.search(data[:4096])
    if declared and _decodes(data, declared[1].decode("ascii", "replace")):
        return declared[1].decode("ascii")
    from charset_normalizer import from_bytes

    guess = from_bytes(data).best()
    return guess.encoding if guess else "cp1252"


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


@dataclass
class _Collector:
    """Gathers inline text until a block ends, then makes the block."""

    blocks: list[Block] = field(default_factory=list)
    kind: BlockKind = "paragraph"
    level: int = 0
    parts: list[str] = field(default_factory=list)
    letters: int = 0
    bold_letters: int = 0
    breaks: int = 0

    def add(self, text: str | None, bold: bool) -> None:
        if not text:
            return
        if text.strip():
            self.breaks = 0
        letters = sum(map(str.isalpha, text))
        self.letters += letters
        self.bold_letters += letters if bold else 0
        self.parts.append(text)

    def line_break(self) -> None:
        """One `<br>` is a space; two in a row end the paragraph."""
        self.breaks += 1
        if self.breaks > 1 and self.kind == "paragraph":
            self.flush()
        else:
            self.parts.append(" ")

    def flush(self) -> None:
        text = _clean("".join(self.parts))
        if text:
            self.blocks.append(self._block(text))
        self.parts.clear()
        self.letters = self.bold_letters = self.breaks = 0

    def _block(self, text: str) -> Block:
        if self.kind == "heading":
            return Block("heading", text, level=self.level)
        if self.kind == "paragraph" and self._looks_like_heading(text):
            return Block("heading", text, level=PSEUDO_HEADING_LEVEL)
        return Block(self.kind, text)

    def _looks_like_heading(self, text: str) -> bool:
        """A short paragraph all in bold stands for a heading in hand-made HTML."""
        return 0 < self.letters == self.bold_letters and is_short_title(text)


def is_short_title(text: str) -> bool:
    """Whether a text is short and unpunctuated enough to be a heading."""
    return len(text.split()) <= MAX_HEADING_WORDS and not text.endswith((".", ";", ",", "。", "；"))


def _clean(text: str) -> str:
    return SPACES.sub(" ", text).strip()


def _walk(element: HtmlElement, collector: _Collector, bold: bool = False) -> None:
    tag = element.tag if isinstance(element.tag, str) else ""
    if not tag or tag in SKIPPED:
        return
    if tag == "br":
        collector.line_break()
    elif tag == "table":
        collector.flush()
        collector.blocks.extend(_table_blocks(element))
    elif tag == "sup":
        collector.add(_superscript(element, collector.parts), bold)
    elif tag in BLOCKS:
        _walk_block(element, tag, collector, bold)
    else:
        _walk_children(element, collector, bold or tag in BOLD)


def _walk_children(element: HtmlElement, collector: _Collector, bold: bool) -> None:
    collector.add(element.text, bold)
    for child in element:
        _walk(child, collector, bold)
        collector.add(child.tail, bold)


def _walk_block(element: HtmlElement, tag: str, collector: _Collector, bold: bool) -> None:
    collector.flush()
    kind, level = collector.kind, collector.level
    if tag in HEADINGS:
        collector.kind, collector.level = "heading", HEADINGS[tag]
    elif not (kind == "list_item" and tag in {"p", "div", "blockquote"}):
        collector.kind, collector.level = KIND_OF_TAG.get(tag, "paragraph"), 0
    _walk_children(element, collector, bold)
    collector.flush()
    collector.kind, collector.level = kind, level


def _superscript(element: HtmlElement, before: list[str]) -> str:
    """The superscript's text, but nothing for a footnote mark: those do not belong in a sentence."""
    text = _clean(element.text_content())
    preceding = "".join(before[-2:]).rstrip()
    is_mark = NOTE_MARK.fullmatch(text) and not UNIT_BEFORE.search(preceding)
    return "" if is_mark else text


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    span: int
    is_header: bool


@dataclass(frozen=True, slots=True)
class _Row:
    cells: list[_Cell]
    in_head: bool


def _table_blocks(table: HtmlElement) -> Iterator[Block]:
    """One block per row with text; rows of column headings are given along with the rows below them.

    What a broken page leaves inside a table without being a row of it (a table that is never closed holds the rest
    of the page) is read like any other text.
    """
    rows: list[_Row] = []
    for part in _table_parts(table):
        if isinstance(part, _Row):
            rows.append(part)
        else:
            yield from _row_blocks(rows)
            rows = []
            yield from _loose_blocks(part)
    yield from _row_blocks(rows)


def _table_parts(element: HtmlElement, in_head: bool = False) -> Iterator[_Row | HtmlElement]:
    """Rows and loose elements of a table in order."""
    for child in element:
        if child.tag in TABLE_GROUPS:
            yield from _table_parts(child, in_head or child.tag == "thead")
        elif child.tag != "tr" or _is_layout(child):
            yield child
        elif cells := _cells(child):
            yield _Row(cells, in_head)
        # Loose text behind a row belongs to no cell; lxml keeps it as the row's tail.
        if child.tail and child.tail.strip():
            yield _wrapped(child.tail)


def _is_layout(row: HtmlElement) -> bool:
    """Whether a row holds a whole piece of the page (headings, tables) rather than cells."""
    if any(True for _ in row.iterdescendants("table", "h1", "h2", "h3")):
        return True
    return any(isinstance(child.tag, str) and child.tag not in ("td", "th") for child in row)


def _wrapped(text: str) -> HtmlElement:
    from lxml import html

    paragraph = html.Element("p")
    paragraph.text = text
    return paragraph


def _loose_blocks(element: HtmlElement) -> Iterator[Block]:
    collector = _Collector()
    if element.tag == "caption":
        collector.kind = "caption"
        _walk_children(element, collector, bold=False)
    elif element.tag == "tr":
        for cell in element:
            _walk(cell, collector)
            collector.add(cell.tail, bold=False)
            collector.flush()
    else:
        _walk(element, collector)
    collector.flush()
    yield from collector.blocks


def _row_blocks(rows: list[_Row]) -> Iterator[Block]:
    rows = [row for row in rows if any(cell.text for cell in row.cells)]
    columns = max((sum(cell.span for cell in row.cells) for row in rows), default=0)
    header: tuple[str, ...] = ()
    for index, row in enumerate(rows):
        block = _row_block(row.cells, columns, header)
        if _is_header_row(row, index, len(rows)):
            header = _spread(row.cells)
            block = Block("table_row", block.text, cells=block.cells)
        yield block


def _row_block(cells: list[_Cell], columns: int, header: tuple[str, ...]) -> Block:
    filled = [cell for cell in cells if cell.text]
    if len(filled) == 1 and columns > 1 and _is_table_heading(filled[0], cells, columns):
        return Block("heading", filled[0].text, level=TABLE_HEADING_LEVEL)
    if columns == 1:
        return Block("paragraph", filled[0].text)
    text = CELL_SEPARATOR.join(cell.text for cell in filled)
    return Block("table_row", text, cells=_spread(cells), header=header)


def _is_table_heading(cell: _Cell, cells: list[_Cell], columns: int) -> bool:
    spans_all = cell.span >= columns or len(cells) == 1
    return is_short_title(cell.text) and (spans_all or (cell.is_header and cells[0] is cell))


def _is_header_row(row: _Row, index: int, rows: int) -> bool:
    """A row of the table head, of `<th>` alone, or a first row of short cells."""
    filled = [cell for cell in row.cells if cell.text]
    if len(row.cells) < 2 or rows < 2:
        return False
    if row.in_head:
        return True
    if len(filled) < 2 or not all(is_short_title(cell.text) for cell in filled):
        return False
    return index == 0 or all(cell.is_header for cell in filled)


def _spread(cells: list[_Cell]) -> tuple[str, ...]:
    """Cell texts by column: a cell over several columns stands in the first of them."""
    return tuple(text for cell in cells for text in (cell.text, *[""] * (cell.span - 1)))


def _cells(row: HtmlElement) -> list[_Cell]:
    return [
        _Cell(_cell_text(cell), _span(cell), cell.tag == "th" or _all_bold(cell))
        for cell in row
        if cell.tag in ("td", "th")
    ]


def _span(cell: HtmlElement) -> int:
    value = cell.get("colspan", "1").strip()
    return min(max(int(value), 1), 50) if value.isdecimal() else 1


def _cell_text(cell: HtmlElement) -> str:
    """The text of a cell in one line, its paragraphs and list items set apart by semicolons."""
    collector = _Collector()
    _walk_children(cell, collector, bold=False)
    collector.flush()
    return "; ".join(block.text.rstrip(";") for block in collector.blocks if block.text.rstrip(";"))


def _all_bold(cell: HtmlElement) -> bool:
    collector = _Collector()
    _walk_children(cell, collector, bold=False)
    return 0 < collector.letters == collector.bold_letters
