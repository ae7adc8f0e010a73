"""Word documents (.docx) to blocks: headings by style, list items, paragraphs, notes and table rows.

Text in parts of their own is read where it stands: notes, documents that were merged in whole (altChunk), SmartArt.
What a reader of the document sees but this reader does not understand (charts, ink, sheets) is named in a note.

The XML is walked directly: a library that gives a paragraph's runs leaves out tracked insertions, text boxes
and content controls, in which covers and forms keep their text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ndc_urban.document import Block, Page
from ndc_urban.errors import ReadingError
from ndc_urban.reading.embedded import read_embedded
from ndc_urban.reading.office_file import OfficeFile
from ndc_urban.reading.ooxml import main_part, parts_by_id, related_part
from ndc_urban.reading.options import Reading
from ndc_urban.reading.tables import Cell, Row, joined, table_rows
from ndc_urban.reading.titles import is_short_title
from ndc_urban.reading.unread_parts import UnreadParts

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_HEADING_LEVEL = 6
"""As in HTML; Word has nine levels, of which the lower ones hardly occur."""

NESTING_LIMIT = 40
"""Of tables, text boxes and controls in each other; must be less than Python's limit of recursion allows."""

MAX_COLUMNS = 64
"""Word itself allows 63 columns."""

SMALLEST_SEEN = 3
"""Half points of letters that can be read: a point is a speck, as in HTML; Word itself offers no less than that."""

MAX_DIGITS = 9
"""A longer number in the file is a mistake or an attack and is ignored."""

MAX_DOCUMENTS_IN_EACH_OTHER = 3
"""A report that was merged of merged reports has two; a file that holds itself never ends."""

CONTAINERS = frozenset(
    {"sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "AlternateContent", "Choice", "Fallback"}
)
UNREAD = frozenset({"del", "moveFrom", "instrText", "delText", "pPr", "rt", "txbxContent"})
"""Deleted or moved away, field codes, settings, glosses; text boxes are read apart."""

SETTINGS = frozenset({"sectPr", "tcPr", "tblPr", "sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr"})
"""Beside the text of a container."""

UNREAD_OBJECTS = {
    "chart": "chart",
    "contentPart": "ink drawing",
    "control": "form control",
    "subDoc": "linked document",
}
"""Elements that show something from a part that is not understood, and what to call it."""

CHARACTERS = {"tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-", "ptab": " ", "p": " ", "den": "/"}
"""What some elements put into the text; `den` is the lower part of a fraction in an equation."""

HEADING_STYLE = re.compile(r"heading (\d)", re.IGNORECASE)
CONTENTS_STYLE = re.compile(r"toc \d|table of figures", re.IGNORECASE)
SPACES = re.compile(r"\s+")


def read_docx(path: Path, data: bytes) -> Reading:
    """The blocks of a .docx file, on one page without a number; notes name what was not understood.

    Left out: deleted text, comments, running heads and the entries of a table of contents. Raises
    `DamagedFile` for a broken or hostile file and `EncryptedFile` for one behind a password.
    """
    return _read(path, data)


def _read(path: Path, data: bytes, level: int = 0) -> Reading:
    """The file, which stands inside `level` other documents."""
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
    styles = _styles(file.xml(styles_part) if styles_part else None)
    _join_paragraphs(body)
    reader = _Reader(styles, notes, _Parts(path, file, parts_by_id(file, main), level))
    page = Page(number=None, blocks=tuple(reader.blocks(body)), reader="docx")
    return Reading((page,), reader.parts.all_notes)


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


def _is_too_small(run: _Element) -> bool:
    """Whether a run is nothing but letters of a size that nobody can read."""
    if _number(_value(_child(run, "rPr", "sz")), SMALLEST_SEEN) >= SMALLEST_SEEN:
        return False
    return all(_tag(child) in {"rPr", "t", "tab", "br"} for child in run)


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
    is_hidden: bool | None = None


def _styles(root: _Element | None) -> dict[str, _Style]:
    if root is None:
        return {}
    return {_value(style, "styleId") or "": _style(style) for style in root if _tag(style) == "style"}


def _style(style: _Element) -> _Style:
    name = _value(_child(style, "name")) or ""
    bold, hidden = _child(style, "rPr", "b"), _child(style, "rPr", "vanish")
    return _Style(
        name=name,
        base=_value(_child(style, "basedOn")),
        level=_named_level(name) or _outline_level(style),
        is_list=_list_mark(style),
        is_bold=None if bold is None else _is_on(bold),
        is_hidden=None if hidden is None else _is_on(hidden),
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
class _Parts:
    """The parts that elements of the text name by number, and what was met in them that cannot be read.

    `level` counts the documents that this one stands in; `read` holds the names of those read inside it.
    """

    path: Path
    file: OfficeFile
    by_id: Mapping[str, str]
    level: int
    read: set[str] = field(default_factory=set)
    unread: UnreadParts = field(default_factory=UnreadParts)
    notes: list[str] = field(default_factory=list)

    @property
    def all_notes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.notes, *self.unread.notes)))

    def document(self, element: _Element, attribute: str = "id") -> Iterator[Block]:
        """The blocks of the document inside this one that an element names."""
        name = self.by_id.get(_value(element, attribute) or "")
        if name is None:
            self.unread.add("linked document")
            return
        if name in self.read or self.level >= MAX_DOCUMENTS_IN_EACH_OTHER:
            self.unread.add(f"embedded document ({PurePosixPath(name).name})")
            return
        self.read.add(name)
        data = self.file.part(name)
        try:
            reading = read_embedded(self.path, name, data or b"", partial(_read, level=self.level + 1))
        except ReadingError:
            reading = Reading(())
        blocks = [block for page in reading.pages for block in page.blocks]
        if not (blocks or reading.notes):
            self.unread.add(f"embedded document ({PurePosixPath(name).name})")
        self.notes.extend(reading.notes)
        yield from blocks

    def smart_art(self, element: _Element) -> Iterator[Block]:
        """The texts of a diagram, each in a shape of its own."""
        name = self.by_id.get(_value(element, "dm") or "")
        points = _child(self.file.xml(name), "ptLst") if name else None
        if points is None:
            self.unread.add("diagram")
            return
        for point in points:
            text = _diagram_text(point) if _value(point, "type") != "pres" else ""
            if text:
                yield Block("list_item", text)


@dataclass(frozen=True)
class _Reader:
    styles: dict[str, _Style]
    notes: dict[tuple[str, str], _Element]
    parts: _Parts

    def blocks(self, container: _Element, depth: int = 0) -> Iterator[Block]:
        """The blocks of a body, cell or text box in order."""
        if depth > NESTING_LIMIT:
            self.parts.unread.add("part nested too deeply")
            return
        for child in container:
            tag = _tag(child)
            if tag == "p":
                yield from self._paragraph(child, depth)
            elif tag == "tbl":
                yield from self._table(child, depth)
            elif tag == "altChunk":
                yield from self.parts.document(child)
            elif tag in CONTAINERS and not _is_unread(child):
                yield from self.blocks(child, depth + 1)
            elif tag not in SETTINGS and not _is_unread(child):
                yield from self._other(child)

    def _other(self, element: _Element) -> Iterator[Block]:
        """What stands between paragraphs without being one: equations are read, other text is named in a note."""
        text = self._text(element)
        if text and _tag(element) in {"oMath", "oMathPara"}:
            yield Block("paragraph", text)
        elif text:
            self.parts.unread.add(f"part that is not known ({_tag(element)})")
        elif _tag(element) in UNREAD_OBJECTS:
            self.parts.unread.add(UNREAD_OBJECTS[_tag(element)])

    def _paragraph(self, paragraph: _Element, depth: int) -> Iterator[Block]:
        text = self._text(paragraph)
        chain = self._chain(_value(_child(paragraph, "pPr", "pStyle")))
        if text and not any(CONTENTS_STYLE.fullmatch(style.name) for style in chain):
            yield self._block(paragraph, text, chain)
        for element in self._read_elements(paragraph):
            note = self.notes.get((_tag(element), _value(element, "id") or ""))
            note_text = self._text(note) if note is not None else ""
            if note_text:
                yield Block("footnote", note_text)
            yield from self._object(element)
        for box in _text_boxes(paragraph):
            yield from self.blocks(box, depth + 1)

    def _object(self, element: _Element) -> Iterator[Block]:
        """What a diagram or a document embedded in a paragraph holds; others are named in a note."""
        tag = _tag(element)
        if tag == "relIds":
            yield from self.parts.smart_art(element)
        elif tag == "OLEObject":
            program = _value(element, "ProgID") or "unknown"
            if program.startswith("Word.Document") and _value(element, "DrawAspect") != "Icon":
                yield from self.parts.document(element)
            else:
                self.parts.unread.add(f"embedded object ({program})")
        elif tag in UNREAD_OBJECTS:
            self.parts.unread.add(UNREAD_OBJECTS[tag])

    def _read_elements(self, element: _Element) -> Iterator[_Element]:
        """All elements below one in order, without those that are not read and without hidden runs."""
        for child in element:
            if _is_unread(child) or (_tag(child) == "r" and self._is_hidden(child)):
                continue
            yield child
            yield from self._read_elements(child)

    def _is_hidden(self, run: _Element) -> bool:
        mark = _child(run, "rPr", "vanish")
        if mark is not None:
            return _is_on(mark)
        if _is_too_small(run):
            return True
        name = _value(_child(run, "rPr", "rStyle"))
        return name is not None and bool(_first(*(style.is_hidden for style in self._chain(name))))

    def _text(self, element: _Element) -> str:
        return SPACES.sub(" ", "".join(map(_characters, self._read_elements(element)))).strip()

    def _all_bold(self, paragraph: _Element, by_style: bool) -> bool:
        """Whether every run with text is bold, by itself or by the style."""
        runs = [child for child in self._read_elements(paragraph) if _tag(child) == "r" and self._text(child)]
        marks = [_child(run, "rPr", "b") for run in runs]
        return bool(runs) and all(by_style if mark is None else _is_on(mark) for mark in marks)

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
        if _is_title(text) and self._all_bold(paragraph, bold_style):
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
            return Cell("", _span(cell), continues=True)
        blocks = list(self.blocks(cell, depth + 1))
        shown = [block for block in blocks if block.kind != "footnote"]
        text = joined(block.text for block in shown)
        return Cell(
            text,
            _span(cell),
            is_title=_is_title(text),
            is_header=bool(shown) and all(block.kind == "heading" for block in shown),
            notes=tuple(block for block in blocks if block.kind == "footnote"),
        )


def _columns_before(row: _Element) -> int:
    return min(_number(_value(_child(row, "trPr", "gridBefore")), 0), MAX_COLUMNS)


def _span(cell: _Element) -> int:
    return min(max(_number(_value(_child(cell, "tcPr", "gridSpan")), 1), 1), MAX_COLUMNS)


def _width(row: _Element) -> int:
    """Columns of the table grid that a row takes."""
    return _columns_before(row) + sum(_span(cell) for cell in _cells(row))


def _join_paragraphs(body: _Element) -> None:
    """Joins each paragraph whose end a tracked change deletes to the one that follows, in place."""
    marked = [
        paragraph
        for paragraph in body.iter()
        if _tag(paragraph) == "p"
        and any(_child(paragraph, "pPr", "rPr", mark) is not None for mark in ("del", "moveFrom"))
    ]
    for paragraph in marked:
        following, around = paragraph.getnext(), paragraph.getparent()
        if following is None or around is None or _tag(following) != "p":
            continue
        at = 0 if _child(following, "pPr") is None else 1
        content = [child for child in paragraph if _tag(child) != "pPr"]
        following[at:at] = content
        around.remove(paragraph)


def _first(*values: bool | int | None) -> bool | int | None:
    return next((value for value in values if value is not None), None)


def _rows(table: _Element) -> Iterator[_Element]:
    """The rows that are shown: neither hidden nor deleted by a tracked change."""
    for child in table:
        if _tag(child) == "tr":
            if not any(_is_on(_child(child, "trPr", mark)) for mark in ("del", "hidden")):
                yield child
        elif _tag(child) in CONTAINERS and not _is_unread(child):
            yield from _rows(child)


def _cells(row: _Element) -> Iterator[_Element]:
    for child in row:
        if _tag(child) == "tc":
            if _child(child, "tcPr", "cellDel") is None:
                yield child
        elif _tag(child) in CONTAINERS and not _is_unread(child):
            yield from _cells(child)


def _is_unread(element: _Element) -> bool:
    """Whether an element is not shown, or shown twice: the second of two alternatives says the same."""
    tag = _tag(element)
    return tag in UNREAD or (tag == "Fallback" and element.getprevious() is not None)


def _characters(element: _Element) -> str:
    """The characters that an element itself puts into the text."""
    tag = _tag(element)
    if tag == "t":
        return element.text or ""
    if tag == "textpath":
        return f" {_value(element, 'string') or ''} "
    if tag == "ddList":
        return _chosen(element)
    return CHARACTERS.get(tag, "")


def _chosen(choices: _Element) -> str:
    """The entry that is chosen in a drop-down field of a form; the text holds none."""
    entries = [_value(child) or "" for child in choices if _tag(child) == "listEntry"]
    chosen = _number(_value(_child(choices, "result")), 0)
    return entries[chosen] if chosen < len(entries) else ""


def _diagram_text(point: _Element) -> str:
    """The text of a shape in a diagram, its paragraphs set apart."""
    paragraphs = [child for child in point.iter() if _tag(child) == "p"]
    texts = ("".join(map(_characters, paragraph.iter())) for paragraph in paragraphs)
    return joined(SPACES.sub(" ", text).strip() for text in texts)


def _text_boxes(paragraph: _Element) -> Iterator[_Element]:
    """The text boxes anchored in a paragraph; those inside a text box are found when that one is read."""
    for child in paragraph:
        tag = _tag(child)
        if tag == "txbxContent":
            yield child
        elif not _is_unread(child):
            yield from _text_boxes(child)


def _is_title(text: str) -> bool:
    return is_short_title(text, may_end_with_colon=False)
