"""Word documents (.docx) to blocks: headings by style, list items, paragraphs, notes and table rows.

The XML is walked directly: a library that gives a paragraph's runs leaves out tracked insertions, text boxes
and content controls, in which covers and forms keep their text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ndc_urban.document import Block, Page
from ndc_urban.reading.office_file import OfficeFile
from ndc_urban.reading.ooxml import main_part, related_part
from ndc_urban.reading.tables import Cell, Row, joined, table_rows
from ndc_urban.reading.titles import is_short_title

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_HEADING_LEVEL = 6
"""As in HTML; Word has nine levels, of which the lower ones hardly occur."""

NESTING_LIMIT = 40
"""Of tables, text boxes and controls in each other; must be less than Python's limit of recursion allows."""

MAX_COLUMNS = 64
"""Word itself allows 63 columns."""

MAX_DIGITS = 9
"""A longer number in the file is a mistake or an attack and is ignored."""

CONTAINERS = frozenset(
    {"sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "AlternateContent", "Choice"}
)
UNREAD = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "pPr", "rt", "txbxContent"})
"""Deleted or moved away, shown twice, field codes, settings, glosses; text boxes are read apart."""

CHARACTERS = {"tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-", "ptab": " "}
HEADING_STYLE = re.compile(r"heading (\d)", re.IGNORECASE)
CONTENTS_STYLE = re.compile(r"toc \d|table of figures", re.IGNORECASE)
SPACES = re.compile(r"\s+")


def read_docx(path: Path, data: bytes) -> tuple[Page, ...]:
    """The blocks of a .docx file, on one page without a number.

    Left out: deleted text, comments, running heads and the entries of a table of contents. Raises
    `DamagedFile` for a broken or hostile file and `EncryptedFile` for one behind a password.
    """
    file = OfficeFile(path, data, "Word document")
    main = main_part(file)
    root = file.xml(main)
    body = _child(root, "body") if root is not None else None
    if body is None:
        raise file.without_text()
    notes = {}
    for kind in ("footnote", "endnote"):
        part = related_part(file, main, f"{kind}s")
        notes.update(_notes(kind, file.xml(part) if part else None))
    styles_part = related_part(file, main, "styles")
    reader = _Reader(_styles(file.xml(styles_part) if styles_part else None), notes)
    return (Page(number=None, blocks=tuple(reader.blocks(body)), reader="docx"),)


def _tag(element: _Element) -> str:
    """The name of an element without its namespace, which differs between the two kinds of OOXML."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _child(element: _Element | None, *names: str) -> _Element | None:
    """The descendant found by following the names, None where one is missing."""
    for name in names:
        if element is None:
            return None
        element = next((child for child in element if _tag(child) == name), None)
    return element


def _value(element: _Element | None, name: str = "val") -> str | None:
    if element is None:
        return None
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), None)


def _is_on(element: _Element | None) -> bool:
    """Whether a switch (bold, hidden) is set: present and not said to be off."""
    return element is not None and _value(element) not in {"0", "false", "off"}


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) <= MAX_DIGITS else default


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph style says of its paragraphs; None where its base style decides."""

    name: str = ""
    base: str | None = None
    level: int | None = None
    is_list: bool | None = None
    is_bold: bool | None = None


def _styles(root: _Element | None) -> dict[str, _Style]:
    if root is None:
        return {}
    return {_value(style, "styleId") or "": _style(style) for style in root if _tag(style) == "style"}


def _style(style: _Element) -> _Style:
    name = _value(_child(style, "name")) or ""
    bold = _child(style, "rPr", "b")
    return _Style(
        name=name,
        base=_value(_child(style, "basedOn")),
        level=_named_level(name) or _outline_level(style),
        is_list=_list_mark(style),
        is_bold=None if bold is None else _is_on(bold),
    )


def _named_level(name: str) -> int | None:
    if name.lower() == "title":
        return 1
    match = HEADING_STYLE.fullmatch(name)
    return min(int(match[1]), MAX_HEADING_LEVEL) if match and match[1] != "0" else None


def _outline_level(element: _Element) -> int | None:
    """Level 1 to 6 from an outline level, 0 where it says body text, None where there is none."""
    outline = _number(_value(_child(element, "pPr", "outlineLvl")), -1)
    if outline < 0:
        return None
    return 0 if outline > 8 else min(outline + 1, MAX_HEADING_LEVEL)


def _list_mark(element: _Element) -> bool | None:
    numbering = _child(element, "pPr", "numPr")
    return None if numbering is None else _value(_child(numbering, "numId")) != "0"


def _notes(kind: str, root: _Element | None) -> dict[tuple[str, str], _Element]:
    """Footnotes or endnotes by kind and number, without the lines that part them from the text."""
    if root is None:
        return {}
    return {
        (f"{kind}Reference", _value(note, "id") or ""): note
        for note in root
        if _tag(note) == kind and _value(note, "type") in {None, "normal"}
    }


@dataclass(frozen=True)
class _Reader:
    styles: dict[str, _Style]
    notes: dict[tuple[str, str], _Element]

    def blocks(self, container: _Element, depth: int = 0) -> Iterator[Block]:
        """The blocks of a body, cell or text box in order."""
        if depth > NESTING_LIMIT:
            return
        for child in container:
            tag = _tag(child)
            if tag == "p":
                yield from self._paragraph(child, depth)
            elif tag == "tbl":
                yield from self._table(child, depth)
            elif tag in CONTAINERS:
                yield from self.blocks(child, depth + 1)

    def _paragraph(self, paragraph: _Element, depth: int) -> Iterator[Block]:
        text = _text(paragraph)
        chain = self._chain(_value(_child(paragraph, "pPr", "pStyle")))
        if text and not any(CONTENTS_STYLE.fullmatch(style.name) for style in chain):
            yield self._block(paragraph, text, chain)
        for element in _read_elements(paragraph):
            note = self.notes.get((_tag(element), _value(element, "id") or ""))
            note_text = _text(note) if note is not None else ""
            if note_text:
                yield Block("footnote", note_text)
        for box in _text_boxes(paragraph):
            yield from self.blocks(box, depth + 1)

    def _chain(self, style_id: str | None) -> list[_Style]:
        """A style and those it is based on, nearest first."""
        chain: list[_Style] = []
        while style_id in self.styles and len(chain) < NESTING_LIMIT:
            chain.append(self.styles[style_id])
            style_id = chain[-1].base
        return chain

    def _block(self, paragraph: _Element, text: str, chain: list[_Style]) -> Block:
        level = _first(_outline_level(paragraph), *(style.level for style in chain))
        if level:
            return Block("heading", text, level=level)
        if any(style.name.lower() == "caption" for style in chain):
            return Block("caption", text)
        if _first(_list_mark(paragraph), *(style.is_list for style in chain)):
            return Block("list_item", text)
        bold_style = bool(_first(*(style.is_bold for style in chain)))
        if _is_title(text) and _all_bold(paragraph, bold_style):
            return Block("heading", text, level=MAX_HEADING_LEVEL)
        return Block("paragraph", text)

    def _table(self, table: _Element, depth: int) -> Iterator[Block]:
        elements = list(_rows(table))
        columns = max((_width(row) for row in elements), default=0)
        if columns <= 1 or sum(1 for row in elements for _ in _cells(row)) == 1:
            # A frame around text, not a table of rows and columns.
            for element in elements:
                for cell in _cells(element):
                    yield from self.blocks(cell, depth + 1)
            return
        yield from table_rows([self._row(element, depth) for element in elements])

    def _row(self, row: _Element, depth: int) -> Row:
        before = _columns_before(row)
        left_out = [Cell("", before)] if before else []
        cells = [*left_out, *(self._cell(cell, depth) for cell in _cells(row))]
        return Row(cells, is_header=_is_on(_child(row, "trPr", "tblHeader")))

    def _cell(self, cell: _Element, depth: int) -> Cell:
        merge = _child(cell, "tcPr", "vMerge")
        if merge is not None and _value(merge) != "restart":
            # A cell merged with the one above may hold old text in the file that nobody sees.
            return Cell("", _span(cell))
        blocks = list(self.blocks(cell, depth + 1))
        text = joined(block.text for block in blocks if block.kind != "footnote")
        notes = tuple(block for block in blocks if block.kind == "footnote")
        return Cell(text, _span(cell), is_title=_is_title(text), notes=notes)


def _columns_before(row: _Element) -> int:
    return min(_number(_value(_child(row, "trPr", "gridBefore")), 0), MAX_COLUMNS)


def _span(cell: _Element) -> int:
    return min(max(_number(_value(_child(cell, "tcPr", "gridSpan")), 1), 1), MAX_COLUMNS)


def _width(row: _Element) -> int:
    """Columns of the table grid that a row takes."""
    return _columns_before(row) + sum(_span(cell) for cell in _cells(row))


def _first(*values: bool | int | None) -> bool | int | None:
    return next((value for value in values if value is not None), None)


def _rows(table: _Element) -> Iterator[_Element]:
    for child in table:
        if _tag(child) == "tr":
            yield child
        elif _tag(child) in CONTAINERS:
            yield from _rows(child)


def _cells(row: _Element) -> Iterator[_Element]:
    for child in row:
        if _tag(child) == "tc":
            yield child
        elif _tag(child) in CONTAINERS:
            yield from _cells(child)


def _read_elements(element: _Element) -> Iterator[_Element]:
    """All elements below one in order, without those that are not read and without hidden runs."""
    for child in element:
        tag = _tag(child)
        if tag in UNREAD or (tag == "r" and _is_on(_child(child, "rPr", "vanish"))):
            continue
        yield child
        yield from _read_elements(child)


def _text(element: _Element) -> str:
    parts = []
    for child in _read_elements(element):
        tag = _tag(child)
        if tag == "t":
            parts.append(child.text or "")
        elif tag == "p":
            parts.append(" ")
        else:
            parts.append(CHARACTERS.get(tag, ""))
    return SPACES.sub(" ", "".join(parts)).strip()


def _text_boxes(paragraph: _Element) -> Iterator[_Element]:
    """The text boxes anchored in a paragraph; those inside a text box are found when that one is read."""
    for child in paragraph:
        tag = _tag(child)
        if tag == "txbxContent":
            yield child
        elif tag not in UNREAD:
            yield from _text_boxes(child)


def _all_bold(paragraph: _Element, by_style: bool) -> bool:
    """Whether every run with text is bold, by itself or by the style."""
    runs = [child for child in _read_elements(paragraph) if _tag(child) == "r" and _text(child)]
    marks = [_child(run, "rPr", "b") for run in runs]
    return bool(runs) and all(by_style if mark is None else _is_on(mark) for mark in marks)


def _is_title(text: str) -> bool:
    return is_short_title(text, may_end_with_colon=False)
