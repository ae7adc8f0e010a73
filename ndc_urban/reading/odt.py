"""OpenDocument texts (.odt) to blocks: headings, list items, paragraphs, notes and table rows as a reader sees them.

Left out: deleted and hidden text, comments, running heads and the entries of tables of contents and indexes. Texts and
formulas embedded as objects, and what is filled into forms, are read where they stand; other objects (charts, sheets)
are named in a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ndc_urban.document import Block, Page
from ndc_urban.errors import ReadingError
from ndc_urban.reading.office_file import OfficeFile
from ndc_urban.reading.options import Reading
from ndc_urban.reading.tables import Cell, Row, joined, table_rows
from ndc_urban.reading.titles import is_short_title
from ndc_urban.reading.unread_parts import UnreadParts

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

NOT_SHOWN = frozenset(
    "text:tracked-changes text:sequence-decls text:user-field-decls text:variable-decls text:dde-connection-decls "
    "text:table-of-content text:illustration-index text:table-index text:object-index text:user-index "
    "text:alphabetical-index text:table-of-content-source text:bibliography-source text:section-source office:forms "
    "text:soft-page-break office:annotation".split()
)
"""Beside paragraphs: old versions, settings, and indexes, which repeat the text."""

OBJECTS = frozenset({"draw:object", "draw:object-ole", "draw:plugin", "draw:applet", "draw:floating-frame"})
"""What a frame shows that is a file of its own."""

CALLED = {
    "office:chart": "chart",
    "office:spreadsheet": "embedded sheet",
    "office:drawing": "embedded drawing",
}
"""Kinds of embedded documents that are not read."""

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
    **{prefix: _NAMESPACE.format(prefix) for prefix in ("office", "style", "table", "text", "form")},
    "math": "http://www.w3.org/1998/Math/MathML",
    "xlink": "http://www.w3.org/1999/xlink",
}


def read_odt(path: Path, data: bytes) -> Reading:
    """The blocks of an .odt file, on one page without a number; notes name what was not understood.

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
    reader = _Reader(styles, file, _filled_in(text))
    page = Page(number=None, blocks=tuple(reader.blocks(text)), reader="odt")
    return Reading((page,), reader.unread.notes)


def _filled_in(text: _Element) -> Mapping[str, str]:
    """What is filled into the fields of forms, by the name under which the text shows each."""
    forms = _child(text, "office:forms")
    found = {}
    for control in forms.iter() if forms is not None else ():
        value = _value(control, "form:current-value") or _value(control, "form:value")
        name = _value(control, "form:id") or control.get("{http://www.w3.org/XML/1998/namespace}id", "")
        if (
            name
            and value
            and _tag(control) in {"form:text", "form:textarea", "form:formatted-text", "form:combobox"}
        ):
            found[name] = value
    return found


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


def _paragraph_of(text: str) -> Iterator[Block]:
    if cleaned := _clean(text):
        yield Block("paragraph", cleaned)


def _holds_paragraphs(element: _Element) -> bool:
    return any(_tag(inside) in {"text:p", "text:h"} for inside in element.iter())


def _formula(element: _Element) -> Iterator[str]:
    """The characters of a formula in their order; the parts of a fraction are set apart by a stroke."""
    if _tag(element) in {"math:annotation", "math:annotation-xml"}:
        return
    yield element.text or ""
    for place, child in enumerate(element):
        yield "/" if place and _tag(element) == "math:mfrac" else ""
        yield from _formula(child)
    # White space between elements has no meaning; words stand in an element of their own.
    yield " " if _tag(element) == "math:mtext" else ""


@dataclass(frozen=True, slots=True)
class _Look:
    """How text looks at some place in a paragraph."""

    is_bold: bool = False
    is_hidden: bool = False


@dataclass(frozen=True)
class _Reader:
    """Reads with the styles of a file, its other parts, and what is filled into its forms."""

    styles: Mapping[_Key, _Style]
    file: OfficeFile
    filled_in: Mapping[str, str]
    folder: str = ""
    unread: UnreadParts = field(default_factory=UnreadParts)

    def blocks(self, container: _Element, depth: int = 0, *, in_list: bool = False) -> Iterator[Block]:
        """The blocks of the text, a cell, a list or a text box in order."""
        if depth > NESTING_LIMIT:
            self.unread.add("part nested too deeply")
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
            elif tag in OBJECTS:
                yield from self._object(child, depth)
            elif tag == "draw:control":
                yield from self._field(child)
            elif tag not in NOT_SHOWN and tag not in CONTAINERS and _holds_paragraphs(child):
                self.unread.add(f"part that is not known ({tag})")

    def _field(self, control: _Element) -> Iterator[Block]:
        yield from _paragraph_of(self.filled_in.get(_value(control, "draw:control"), ""))

    def _object(self, element: _Element, depth: int) -> Iterator[Block]:
        """A text or formula embedded as an object; others are named in a note."""
        name = _value(element, "xlink:href").removeprefix("./").strip("/")
        try:
            root = self.file.xml(f"{self.folder}{name}/content.xml") if name else next(iter(element), None)
        except ReadingError:
            root = None
        if root is None:
            self.unread.add(
                "embedded object" if _tag(element).startswith("draw:object") else "linked document"
            )
        elif _tag(root) == "math:math":
            yield from _paragraph_of("".join(_formula(root)))
        elif (text := _child(root, "office:body", "office:text")) is not None:
            styles = {**self.styles, **_styles(root)}
            inner = _Reader(styles, self.file, _filled_in(text), f"{self.folder}{name}/", self.unread)
            yield from inner.blocks(text, depth + 1)
        else:
            kinds = [_tag(kind) for body in root if _tag(body) == "office:body" for kind in body]
            self.unread.add(next((CALLED[kind] for kind in kinds if kind in CALLED), "embedded object"))

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
            elif _tag(apart) == "draw:control":
                yield from self._field(apart)
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
                cells.extend([Cell("", continues=True)] * (times - from_left))
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
        if tag == "text:note" or tag in SHAPES or tag == "draw:control":
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
