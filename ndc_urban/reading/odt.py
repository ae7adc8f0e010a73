"""OpenDocument texts (.odt) to blocks: headings, list items, paragraphs, notes and table rows as a reader sees them.

Left out: deleted and hidden text, comments, running heads and the entries of tables of contents and indexes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ndc_urban.document import Block, Page
from ndc_urban.reading.office_file import OfficeFile
from ndc_urban.reading.tables import Cell, Row, joined, table_rows
from ndc_urban.reading.titles import is_short_title

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_HEADING_LEVEL = 6
"""As in HTML; OpenDocument has ten levels, of which the lower ones hardly occur."""

NESTING_LIMIT = 40
"""Of lists, tables and text boxes in each other; must be less than Python's limit of recursion allows."""

MAX_COLUMNS = 64
"""As in Word; a larger number of columns or repetitions is a mistake or an attack."""

MAX_REPEATED = 40
"""Characters of a cell that may be said to stand in several columns ("yes", "2030"); a small file that repeats longer
ones would fill the memory."""

MAX_DIGITS = 9
"""A longer number in the file is a mistake or an attack and is ignored."""

BOLD_WEIGHT = 600
"""From this weight on fonts are called semi-bold or bold; 400 is regular."""

LISTS = frozenset({"text:list", "text:list-item", "text:list-header", "text:numbered-paragraph"})
SHAPES = frozenset(
    f"draw:{name}" for name in "frame text-box a g custom-shape rect circle ellipse path polygon line".split()
)
FOREIGN = "other"
"""An element of another namespace, as programs add them around text; it is read as if it were not there."""

CONTAINERS = SHAPES | {"text:section", "text:bibliography", "text:index-body", "text:index-title", FOREIGN}
"""Elements whose paragraphs are read where they stand; of indexes only the bibliography is read."""

COMMENT = "comment"
"""Stands for comments and instructions in the XML."""

UNREAD = {
    "text:note", "text:ruby-text", "text:script", "text:hidden-paragraph", "office:annotation", COMMENT,
}  # fmt: skip
"""Within a paragraph: notes, which are read apart; glosses, programs, comments of reviewers."""

CHARACTERS = {"text:s": " ", "text:tab": " ", "text:line-break": " "}
HEADING_STYLE = re.compile(r"heading (\d)", re.IGNORECASE)
SPACES = re.compile(r"\s+")

_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
_NAMESPACES = {
    "draw": _NAMESPACE.format("drawing"),
    "fo": _NAMESPACE.format("xsl-fo-compatible"),
    **{prefix: _NAMESPACE.format(prefix) for prefix in ("office", "style", "table", "text")},
}


def read_odt(path: Path, data: bytes) -> tuple[Page, ...]:
    """The blocks of an .odt file, on one page without a number.

    Raises `DamagedFile` for a broken or hostile file and `EncryptedFile` for one behind a password.
    """
    file = OfficeFile(path, data, "OpenDocument text")
    if b"encryption-data" in (file.part("META-INF/manifest.xml") or b""):
        raise file.encrypted()
    content = file.xml("content.xml")
    text = _child(content, "office:body", "office:text") if content is not None else None
    if content is None or text is None:
        raise file.without_text()
    styles = {**_styles(file.xml("styles.xml")), **_styles(content)}
    return (Page(number=None, blocks=tuple(_Reader(styles).blocks(text)), reader="odt"),)


@lru_cache(maxsize=1024)
def _short(name: str) -> str:
    """A name with the usual prefix in place of its namespace."""
    namespace, _, local = name[1:].partition("}")
    prefix = next((prefix for prefix, uri in _NAMESPACES.items() if uri == namespace), "")
    return f"{prefix}:{local}" if prefix else FOREIGN


def _tag(element: _Element) -> str:
    return _short(element.tag) if isinstance(element.tag, str) else COMMENT


def _value(element: _Element | None, name: str) -> str:
    """An attribute; empty where it is missing."""
    if element is None:
        return ""
    prefix, _, local = name.partition(":")
    return element.get(f"{{{_NAMESPACES[prefix]}}}{local}", "")


def _number(element: _Element, name: str, default: int, most: int) -> int:
    text = _value(element, name)
    return min(max(int(text), 1), most) if text.isdecimal() and len(text) <= MAX_DIGITS else default


def _child(element: _Element, *names: str) -> _Element | None:
    """The descendant found by following the names, None where one is missing."""
    found: _Element | None = element
    for name in names:
        found = next((child for child in found if _tag(child) == name), None) if found is not None else None
    return found


@dataclass(frozen=True, slots=True)
class _Style:
    """What a style of paragraphs or characters says; None where the style that it is based on decides."""

    name: str = ""
    base: str = ""
    level: int | None = None
    is_bold: bool | None = None
    is_hidden: bool | None = None


_Key = tuple[str, str]
"""Family and name of a style: paragraphs and characters may have styles of one name."""


def _styles(root: _Element | None) -> Mapping[_Key, _Style]:
    """The styles in a part, both the named ones and those that stand for formatting by hand."""
    if root is None:
        return {}
    groups = (group for group in root if _tag(group) in {"office:styles", "office:automatic-styles"})
    return {
        (_value(style, "style:family"), _value(style, "style:name")): _style(style)
        for group in groups
        for style in group
        if _tag(style) == "style:style"
    }


def _style(style: _Element) -> _Style:
    name = _value(style, "style:display-name") or _value(style, "style:name").replace("_20_", " ")
    text = _child(style, "style:text-properties")
    weight, display = _value(text, "fo:font-weight"), _value(text, "text:display")
    return _Style(
        name=name.lower(),
        base=_value(style, "style:parent-style-name"),
        level=_style_level(style, name),
        is_bold=_is_bold(weight) if weight else None,
        is_hidden=display == "none" if display else None,
    )


def _style_level(style: _Element, name: str) -> int | None:
    if name.lower() == "title":
        return 1
    if match := HEADING_STYLE.fullmatch(name):
        return min(max(int(match[1]), 1), MAX_HEADING_LEVEL)
    return _number(style, "style:default-outline-level", 0, MAX_HEADING_LEVEL) or None


def _is_bold(weight: str) -> bool:
    return weight == "bold" or (weight.isdecimal() and len(weight) <= 4 and int(weight) >= BOLD_WEIGHT)


@dataclass(frozen=True, slots=True)
class _Look:
    """How text looks at some place in a paragraph."""

    is_bold: bool = False
    is_hidden: bool = False


@dataclass(frozen=True)
class _Reader:
    styles: Mapping[_Key, _Style]

    def blocks(self, container: _Element, depth: int = 0, *, in_list: bool = False) -> Iterator[Block]:
        """The blocks of the text, a cell, a list or a text box in order."""
        if depth > NESTING_LIMIT:
            return
        for child in container:
            tag = _tag(child)
            if tag in {"text:p", "text:h"}:
                yield from self._paragraph(child, depth, in_list=in_list)
            elif tag in LISTS:
                yield from self.blocks(child, depth + 1, in_list=True)
            elif tag == "table:table":
                yield from self._table(child, depth)
            elif tag in CONTAINERS and not _is_hidden(child):
                yield from self.blocks(child, depth + 1, in_list=in_list)

    def _paragraph(self, paragraph: _Element, depth: int, *, in_list: bool) -> Iterator[Block]:
        if any(_value(mark, "text:is-hidden") == "true" for mark in _hiding_fields(paragraph)):
            return
        chain = self._chain("paragraph", paragraph)
        runs = list(self._runs(paragraph, _look(chain, _Look())))
        text = _clean("".join(text for text, _ in runs))
        if text:
            bold = all(look.is_bold for part, look in runs if part.strip())
            yield _block(paragraph, text, chain, in_list=in_list, bold=bold)
        for apart in _read_apart(paragraph):
            if _tag(apart) == "text:note":
                yield from self._note(apart, depth)
            else:
                yield from self.blocks(apart, depth + 1)

    def _note(self, note: _Element, depth: int) -> Iterator[Block]:
        body = _child(note, "text:note-body")
        if body is not None:
            text = " ".join(block.text for block in self.blocks(body, depth + 1))
            if text:
                yield Block("footnote", text)

    def _runs(self, element: _Element, look: _Look) -> Iterator[tuple[str, _Look]]:
        """The text that a reader sees in a paragraph, in pieces that look alike."""
        if element.text and not look.is_hidden:
            yield element.text, look
        for child in element:
            tag = _tag(child)
            if not look.is_hidden and tag in CHARACTERS:
                yield CHARACTERS[tag], look
            elif tag not in UNREAD and not tag.startswith("draw:") and not _is_hidden(child):
                yield from self._runs(child, _look(self._chain("text", child), look))
            if child.tail and not look.is_hidden:
                yield child.tail, look

    def _chain(self, family: str, element: _Element) -> list[_Style]:
        """The style of an element and those it is based on, nearest first."""
        chain: list[_Style] = []
        name = _value(element, "text:style-name")
        while (family, name) in self.styles and len(chain) < NESTING_LIMIT:
            chain.append(self.styles[family, name])
            name = chain[-1].base
        return chain

    def _table(self, table: _Element, depth: int) -> Iterator[Block]:
        elements = list(_rows(table))
        cells = [cell for row, _ in elements for cell in row if _tag(cell) == "table:table-cell"]
        if len(cells) == 1 or all(_width(row) <= 1 for row, _ in elements):
            # A frame around text, not a table of rows and columns.
            for cell in cells:
                yield from self.blocks(cell, depth + 1)
            return
        yield from table_rows([Row(self._cells(row, depth), is_header) for row, is_header in elements])

    def _cells(self, row: _Element, depth: int) -> list[Cell]:
        """The cells of a row by column, without text where one from the left or from above covers them."""
        cells: list[Cell] = []
        covered_by_last = 0
        for child in row:
            most = max(1, MAX_COLUMNS - len(cells))
            times = _number(child, "table:number-columns-repeated", 1, most)
            if _tag(child) == "table:table-cell":
                cell = self._cell(child, depth)
                covered_by_last = cell.span - 1
                cells.extend([cell] * (times if len(cell.text) <= MAX_REPEATED else 1))
            elif _tag(child) == "table:covered-table-cell":
                from_left = min(times, covered_by_last)
                covered_by_last -= from_left
                cells.extend([Cell("")] * (times - from_left))
        return cells

    def _cell(self, cell: _Element, depth: int) -> Cell:
        blocks = list(self.blocks(cell, depth + 1))
        shown = [block for block in blocks if block.kind != "footnote"]
        text = joined(block.text for block in shown)
        return Cell(
            text,
            _number(cell, "table:number-columns-spanned", 1, MAX_COLUMNS),
            is_title=_is_title(text),
            is_header=bool(shown) and all(block.kind == "heading" for block in shown),
            notes=tuple(block for block in blocks if block.kind == "footnote"),
        )


def _look(chain: list[_Style], around: _Look) -> _Look:
    """How text with these styles looks inside text that looks like `around`."""
    bold = next((style.is_bold for style in chain if style.is_bold is not None), around.is_bold)
    hidden = next((style.is_hidden for style in chain if style.is_hidden is not None), around.is_hidden)
    return _Look(bold, hidden)


def _is_hidden(element: _Element) -> bool:
    """Whether a section or a field is not shown now, whatever condition that follows from."""
    if _tag(element) == "text:hidden-text":
        return _value(element, "text:is-hidden") != "false"
    if _value(element, "text:display") == "condition":
        return _value(element, "text:is-hidden") == "true"
    return _value(element, "text:display") == "none"


def _block(paragraph: _Element, text: str, chain: list[_Style], *, in_list: bool, bold: bool) -> Block:
    if _tag(paragraph) == "text:h":
        return Block("heading", text, level=_number(paragraph, "text:outline-level", 1, MAX_HEADING_LEVEL))
    level = next((style.level for style in chain if style.level), None)
    if level:
        return Block("heading", text, level=level)
    if any(style.name == "caption" for style in chain):
        return Block("caption", text)
    if in_list:
        return Block("list_item", text)
    if bold and _is_title(text):
        return Block("heading", text, level=MAX_HEADING_LEVEL)
    return Block("paragraph", text)


def _hiding_fields(element: _Element) -> Iterator[_Element]:
    """The fields in a paragraph that can hide it."""
    for child in element:
        if _tag(child) == "text:hidden-paragraph":
            yield child
        elif _tag(child) in {"text:span", "text:a"}:
            yield from _hiding_fields(child)


def _read_apart(element: _Element) -> Iterator[_Element]:
    """The notes and text boxes anchored in a paragraph; what is in those is found when they are read."""
    for child in element:
        tag = _tag(child)
        if tag == "text:note" or tag in SHAPES:
            yield child
        elif tag not in UNREAD:
            yield from _read_apart(child)


def _rows(table: _Element, *, is_header: bool = False) -> Iterator[tuple[_Element, bool]]:
    """The rows that are shown, each with whether it is marked as a row of column headings."""
    for child in table:
        tag = _tag(child)
        if tag == "table:table-row" and _value(child, "table:visibility") in {"", "visible"}:
            yield child, is_header
        elif tag in {"table:table-rows", "table:table-row-group", "table:table-header-rows"}:
            yield from _rows(child, is_header=is_header or tag == "table:table-header-rows")


def _width(row: _Element) -> int:
    """Columns of a row, covered ones included."""
    cells = [cell for cell in row if _tag(cell) in {"table:table-cell", "table:covered-table-cell"}]
    return sum(_number(cell, "table:number-columns-repeated", 1, MAX_COLUMNS) for cell in cells)


def _is_title(text: str) -> bool:
    return is_short_title(text, may_end_with_colon=False)


def _clean(text: str) -> str:
    return SPACES.sub(" ", text).strip()
