"""HTML to blocks: headings, paragraphs, list items and table rows as the markup has them.

What is not shown is taken out of the page first, in `ndc_urban.reading.html_hidden_text`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from ndc_urban.document import Block, BlockKind, Page
from ndc_urban.errors import DamagedFile
from ndc_urban.reading.html_hidden_text import NEVER_SHOWN, frames_note, without_hidden_text
from ndc_urban.reading.options import Reading
from ndc_urban.reading.tables import Cell, Row, joined, table_rows
from ndc_urban.reading.text import decode, has_wide_characters
from ndc_urban.reading.titles import is_short_title

if TYPE_CHECKING:
    from lxml.html import HtmlElement

HEADINGS = {f"h{level}": level for level in range(1, 7)}
PSEUDO_HEADING_LEVEL = 6
"""Of a paragraph in bold: below every heading that the markup names."""

MAX_COLSPAN = 50
"""Must be greater than the columns of any table on a page; a larger number is a mistake or an attack."""

MAX_ROWSPAN = 65_534
"""As in browsers; the rows of the table are the limit in practice."""

MAX_DIGITS = 9
"""A longer number is not worth reading, as it is cut down to the limit or ignored."""

BLOCKS = frozenset(
    "html body div section article main header footer aside nav p pre blockquote address center fieldset figure "
    "figcaption form td th tr ul ol li dl dt dd hr h1 h2 h3 h4 h5 h6 details summary".split()
)
TABLE_GROUPS = frozenset({"thead", "tbody", "tfoot", "colgroup"})
BOLD = frozenset({"b", "strong"})
FIELDS = frozenset({"input", "textarea", "select", "option", "button", "svg", "text"})
"""Parts of forms and of drawings (SVG), which stand apart from the text beside them."""

KIND_OF_TAG: dict[str, BlockKind] = {
    "li": "list_item",
    "dd": "list_item",
    "figcaption": "caption",
    "p": "paragraph",
    "blockquote": "paragraph",
}
SPACES = re.compile(r"\s+")
CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""Those that lxml hands out but does not take."""
NOTE_MARK = re.compile(r"\[?\(?\d{1,3}\)?\]?|\*+|[ivx]{1,5}|\[[a-z]\]")
UNIT_BEFORE = re.compile(r"(?:\b(?:[kcdm]?m|ha)|10)$")
DECLARED_CHARSET = re.compile(
    rb"<\?xml[^>]+encoding\s*=\s*[\"']([\w-]+)|<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE
)
DECLARED_WITHIN = 8192
"""Bytes of a page in which its encoding is declared; browsers look at fewer."""

BYTE_ENCODINGS = ("cp", "iso", "koi8", "mac", "big5", "euc", "gb", "hz", "shift", "tis", "ptcp", "kz")
"""Begin the names of encodings that a page can declare. Not those of two or four bytes a character, as the declaration
itself was read byte by byte, nor what Python knows beside encodings of text."""

SEVEN_BIT_ENCODINGS = ("iso2022", "hz")
"""Write other scripts in bytes of ASCII, so that any such page is sound UTF-8, too."""

CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
MEANT_BY = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
"""What browsers take a declared encoding for: pages declare the narrow one and use the wide one."""
TOO_DEEP = "Excessive depth"

Steps = Iterator[tuple["HtmlElement", bool]]
"""Elements to be walked next, each with whether it stands in bold."""


def read_html(path: Path, data: bytes) -> Reading:
    """The blocks of an HTML file, on one page without a number; notes name what is hidden or in other files.

    Raises `DamagedFile` where the bytes hold no markup that can be parsed, or so deeply nested that text would be
    lost. Nothing is loaded from elsewhere.
    """
    root = _parse(path, _text(data))
    for frame in list(root.iter("iframe")):
        _open_frame(path, frame)
    hidden = without_hidden_text(root)
    collector = _Collector()
    try:
        _walk(_steps(root, collector, bold=False), collector)
    except RecursionError as error:
        raise DamagedFile(path, "The HTML is nested too deeply to be read.") from error
    collector.flush()
    notes = (frames_note(root), _hidden_note(hidden))
    page = Page(number=None, blocks=tuple(collector.blocks), reader="html")
    return Reading((page,), tuple(note for note in notes if note))


def _hidden_note(characters: int) -> str | None:
    if not characters:
        return None
    return f"Text that the page hides was not read ({characters:,} characters)."


def _parse(path: Path, markup: str) -> HtmlElement:
    from lxml import etree, html

    # Without huge_tree the parser stops, silently, at a picture of 10 MB in the page and at a depth of 256.
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise DamagedFile(path, "The HTML cannot be parsed.") from error
    if any(TOO_DEEP in entry.message for entry in parser.error_log):
        raise DamagedFile(path, "The HTML is nested too deeply to be read.")
    return root


def _open_frame(path: Path, frame: HtmlElement) -> None:
    """Puts the page that a frame holds itself (`srcdoc`) in its place; one inside that stays closed."""
    markup = frame.get("srcdoc")
    if markup and markup.strip():
        body = _parse(path, CONTROL_CHARACTERS.sub(" ", markup)).find("body")
        frame.clear(keep_tail=True)
        frame.tag = "div"
        if body is not None:
            frame.text = body.text
            frame.extend(list(body))


def _text(data: bytes) -> str:
    """The markup, in the encoding that it shows or declares or, where it declares none or a wrong one, a guess."""
    markup = _decoded(data)
    if markup.lstrip("\ufeff \t\r\n").startswith("<?xml"):
        return CDATA.sub(lambda match: escape(match[1]), markup)
    return markup


def _decoded(data: bytes) -> str:
    match = DECLARED_CHARSET.search(data[:DECLARED_WITHIN])
    declared = _meant((match[1] or match[2]).decode("ascii")) if match else ""
    if not declared.startswith(SEVEN_BIT_ENCODINGS) and (
        has_wide_characters(data) or _decodes(data, "utf-8")
    ):
        return decode(data)
    return data.decode(declared) if declared and _decodes(data, declared) else decode(data)


def _meant(encoding: str) -> str:
    """The encoding that a declared one stands for; empty where it is unknown or cannot be."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return ""
    name = MEANT_BY.get(name, name)
    return name if name.startswith(BYTE_ENCODINGS) else ""


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (UnicodeError, LookupError):
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


def _clean(text: str) -> str:
    return SPACES.sub(" ", text).strip()


def _walk(steps: Steps, collector: _Collector) -> None:
    """Takes the steps and those that each of them leads to.

    With a stack of its own: tags that are never closed nest a long page more deeply than Python's calls may.
    """
    stack = [steps]
    while stack:
        step = next(stack[-1], None)
        if step is None:
            stack.pop()
        else:
            element, bold = step
            stack.append(_steps(element, collector, bold))


def _steps(element: HtmlElement, collector: _Collector, bold: bool) -> Steps:
    tag = element.tag if isinstance(element.tag, str) else ""
    if not tag or tag in NEVER_SHOWN:
        return
    if tag == "br":
        collector.line_break()
    elif tag == "table":
        yield from _table_steps(element, collector)
    elif tag == "sup":
        collector.add(_superscript(element, collector.parts), bold)
    elif tag in BLOCKS:
        yield from _block_steps(element, tag, collector, bold)
    elif tag in FIELDS:
        collector.add(" ", bold)
        yield from _child_steps(element, collector, bold)
        collector.add(" ", bold)
    else:
        yield from _child_steps(element, collector, bold or tag in BOLD)


def _child_steps(element: HtmlElement, collector: _Collector, bold: bool) -> Steps:
    collector.add(element.text, bold)
    for child in element:
        yield child, bold
        collector.add(child.tail, bold)


def _block_steps(element: HtmlElement, tag: str, collector: _Collector, bold: bool) -> Steps:
    collector.flush()
    kind, level = collector.kind, collector.level
    if tag in HEADINGS:
        collector.kind, collector.level = "heading", HEADINGS[tag]
    elif not (kind == "list_item" and tag in {"p", "div", "blockquote"}):
        collector.kind, collector.level = KIND_OF_TAG.get(tag, "paragraph"), 0
    yield from _child_steps(element, collector, bold)
    collector.flush()
    collector.kind, collector.level = kind, level


def _superscript(element: HtmlElement, before: list[str]) -> str:
    """The superscript's text, but nothing for a footnote mark: those do not belong in a sentence."""
    text = _clean(element.text_content())
    preceding = "".join(before[-2:]).rstrip()
    is_mark = NOTE_MARK.fullmatch(text) and not UNIT_BEFORE.search(preceding)
    return "" if is_mark else text


def _table_steps(table: HtmlElement, collector: _Collector) -> Steps:
    """One block per row with text; rows of column headings are given along with the rows below them.

    What a broken page leaves inside a table without being a row of it (a table that is never closed holds the rest
    of the page) is read like any other text.
    """
    collector.flush()
    rows: list[Row] = []
    for part in _table_parts(table):
        if isinstance(part, Row):
            rows.append(part)
        else:
            collector.blocks.extend(table_rows(rows))
            rows = []
            yield from _loose_steps(part, collector)
    collector.blocks.extend(table_rows(rows))


def _table_parts(element: HtmlElement, in_head: bool = False) -> Iterator[Row | HtmlElement]:
    """Rows and loose elements of a table in order."""
    yield from _wrapped(element.text)
    for child in element:
        if child.tag in TABLE_GROUPS:
            yield from _table_parts(child, in_head or child.tag == "thead")
        elif child.tag != "tr" or _is_layout(child):
            yield child
        else:
            # One without cells counts, too, for those that reach down into it.
            cells = _cells(child)
            yield Row(cells, is_header=in_head)
            if not cells:
                yield from _wrapped(child.text)
        # Loose text behind a row belongs to no cell; lxml keeps it as the row's tail.
        yield from _wrapped(child.tail)


def _is_layout(row: HtmlElement) -> bool:
    """Whether a row holds a whole piece of the page (headings, tables) rather than cells."""
    if any(True for _ in row.iterdescendants("table", "h1", "h2", "h3")):
        return True
    others = (child.tag for child in row if isinstance(child.tag, str) and child.tag not in NEVER_SHOWN)
    return any(tag not in ("td", "th") for tag in others)


def _wrapped(text: str | None) -> Iterator[HtmlElement]:
    """Loose text as a paragraph."""
    from lxml import html

    if text and text.strip():
        paragraph = html.Element("p")
        paragraph.text = CONTROL_CHARACTERS.sub(" ", text)
        yield paragraph


def _loose_steps(element: HtmlElement, collector: _Collector) -> Steps:
    kind, level = collector.kind, collector.level
    collector.kind, collector.level = ("caption" if element.tag == "caption" else "paragraph"), 0
    if element.tag == "caption":
        yield from _child_steps(element, collector, bold=False)
    elif element.tag == "tr":
        collector.add(element.text, bold=False)
        for cell in element:
            yield cell, False
            collector.add(cell.tail, bold=False)
            collector.flush()
    else:
        yield element, False
    collector.flush()
    collector.kind, collector.level = kind, level


def _cells(row: HtmlElement) -> list[Cell]:
    """The cells of a row; loose text before or behind a cell is counted to it."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    return [_cell(cell, (cell is cells[0] and row.text) or "") for cell in cells]


def _cell(cell: HtmlElement, before: str) -> Cell:
    text = _clean(f"{before} {_cell_text(cell)} {cell.tail or ''}")
    is_header = cell.tag == "th" or _all_bold(cell)
    return Cell(
        text,
        max(_number(cell.get("colspan"), MAX_COLSPAN), 1),
        _number(cell.get("rowspan"), MAX_ROWSPAN) or MAX_ROWSPAN,  # 0 means the rest of the table
        is_title=is_short_title(text),
        is_header=is_header,
    )


def _number(value: str | None, most: int) -> int:
    """The number in an attribute, 1 where there is none."""
    value = (value or "").strip()
    return min(int(value), most) if value.isdecimal() and len(value) <= MAX_DIGITS else 1


def _cell_text(cell: HtmlElement) -> str:
    collector = _Collector()
    _walk(_child_steps(cell, collector, bold=False), collector)
    collector.flush()
    return joined(block.text for block in collector.blocks)


def _all_bold(cell: HtmlElement) -> bool:
    collector = _Collector()
    _walk(_child_steps(cell, collector, bold=False), collector)
    return 0 < collector.letters == collector.bold_letters
