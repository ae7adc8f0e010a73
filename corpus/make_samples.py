"""Makes the sample documents in `corpus/samples` from the texts in `corpus/samples_source`.

    python corpus/make_samples.py --fonts DIR [--out DIR]

DIR is searched for DejaVu (Latin, Cyrillic, Arabic) and a Chinese font (`CJK_FONTS`); the fonts are embedded as
subsets and stay outside the repository. The same sources, fonts and library versions give the same bytes: dates
and file identifiers are fixed, the noise of the scanned pages has a seed, and zip members carry no clock time.

A source is TOML front matter between `+++` lines and then a small Markdown: `#` to `####` headings, paragraphs,
`- ` and `1. ` lists, `| a | b |` tables (first row: header; a row with one cell: a heading inside the table;
`{widths: 20 50 30}` before it), `{caption: ...}`, `{newpage}`, footnotes `[^1]` with `[^1]: text`, and inline
`**bold**`, `CO~2~`, `m^3^`.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import html
import io
import re
import tomllib
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
from docx import Document
from docx.shared import Pt
from fpdf import FPDF
from fpdf.text_region import ParagraphCollectorMixin
from PIL import Image

HERE = Path(__file__).resolve().parent
EPOCH = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
"""Creation date in every file, so that the bytes do not change from day to day."""

CJK_FONTS = (
    "wqy-microhei.ttc",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "SourceHanSansCN-Regular.otf",
)
"""The committed Chinese samples use the first; the others serve where it is missing."""

EXPECTED_COLUMNS = ("file", "title", "language", "status", "level", "error", "pages", "what_it_shows")
# Lengths in millimetres and type sizes in points, chosen by eye so that pages look like those of a ministry.
MARGIN, BOTTOM = 22.0, 24.0
INDENT = 7.0
TABLE_SIZE, TABLE_LINE, PAD = 8.5, 4.3, 1.4
NOTE_SIZE, NOTE_LINE = 7.5, 3.6
HEADING_SIZES = {1: 16.0, 2: 13.0, 3: 11.0, 4: 10.0}
NO_LINE_START = "，。、；：？！）》」』”’％%"
"""Chinese punctuation that never opens a line."""

INLINE = re.compile(r"\*\*(?P<bold>.+?)\*\*|~(?P<sub>[^~\s]+)~|\^(?P<sup>[^^\s]+)\^|\[\^(?P<note>\w+)\]")


@dataclass(frozen=True, slots=True)
class Node:
    """One block of a source: `kind` is h1..h4, p, bullet, number, table, caption or newpage."""

    kind: str
    text: str = ""
    label: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    widths: tuple[float, ...] = ()


@dataclass(frozen=True)
class Source:
    """One sample: its front matter (`options`), blocks and footnotes."""

    options: dict[str, Any]
    nodes: tuple[Node, ...]
    notes: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, key: str) -> str:
        return str(self.options.get(key, ""))

    @property
    def plain(self) -> bool:
        """Arabic and Chinese are set without inline marks."""
        return self["language"] in ("ar", "zh")

    @property
    def rtl(self) -> bool:
        return self["language"] == "ar"


# ---------------------------------------------------------------- reading the sources


def read_source(path: Path) -> Source:
    """Reads a source file; raises ValueError where the front matter is missing."""
    _, front, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    notes = dict(re.findall(r"^\[\^(\w+)\]: (.+)$", body, flags=re.M))
    body = re.sub(r"^\[\^\w+\]: .+$", "", body, flags=re.M)
    body = re.sub(r"(?<=\d) (?=\d{3}\b)", "\N{NO-BREAK SPACE}", body)
    return Source(tomllib.loads(front), tuple(parse(body)), notes)


def parse(body: str) -> Iterator[Node]:
    """Yields the blocks of a source's body."""
    widths: tuple[float, ...] = ()
    for chunk in re.split(r"\n\s*\n", body.strip()):
        lines = chunk.strip().splitlines()
        if found := re.fullmatch(r"\{widths: ([\d ]+)\}", lines[0]):
            widths, lines = tuple(map(float, found[1].split())), lines[1:]
        if lines and lines[0].startswith("|"):
            yield Node("table", rows=tuple(cells(line) for line in lines), widths=widths)
            widths = ()
        elif lines:
            yield from parse_lines(lines)


def cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))


def parse_lines(lines: Sequence[str]) -> Iterator[Node]:
    """Headings, lists and directives take a line each; all else of a chunk is one paragraph."""
    prose: list[str] = []
    for line in lines:
        if node := parse_line(line):
            yield node
        else:
            prose.append(line.strip())
    if prose:
        yield Node("p", " ".join(prose))


def parse_line(line: str) -> Node | None:
    if found := re.match(r"(#{1,4}) (.+)", line):
        return Node(f"h{len(found[1])}", found[2])
    if found := re.match(r"- (.+)", line):
        return Node("bullet", found[1], "•")
    if found := re.match(r"(\(?(?:\d{1,2}|[a-zа-г]|[ivx]+)[.)]) (.+)", line):
        return Node("number", found[2], found[1])
    if found := re.fullmatch(r"\{caption: (.+)\}", line):
        return Node("caption", found[1])
    return Node("newpage") if line == "{newpage}" else None


def runs(text: str) -> Iterator[tuple[str, str]]:
    """Splits text into (kind, text) with kind '', bold, sub, sup or note."""
    at = 0
    for found in INLINE.finditer(text):
        if found.start() > at:
            yield "", text[at : found.start()]
        yield str(found.lastgroup), str(found[str(found.lastgroup)])
        at = found.end()
    if at < len(text):
        yield "", text[at:]


def flat(text: str) -> str:
    """Text without marks, with Unicode subscripts, for table cells and headings."""
    digits = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    return "".join(
        part.translate(digits) if kind == "sub" else part for kind, part in runs(text) if kind != "note"
    )


# ---------------------------------------------------------------- fonts


def find_font(folder: Path, *names: str) -> Path:
    """The first of `names` anywhere below `folder`."""
    for name in names:
        for path in sorted(folder.rglob(name)):
            return path
    raise FileNotFoundError(f"none of {', '.join(names)} is in {folder}")


def add_fonts(pdf: FPDF, source: Source, folder: Path) -> None:
    """Registers the text font of a sample as `text`, upright and bold."""
    if source["language"] == "zh":
        path = find_font(folder, *CJK_FONTS)
        pdf.add_font("text", "", path, collection_font_number=0)
        return
    face = "DejaVuSerif" if source["font"] == "serif" else "DejaVuSans"
    pdf.add_font("text", "", find_font(folder, f"{face}.ttf"))
    pdf.add_font("text", "B", find_font(folder, f"{face}-Bold.ttf"))
    if source.rtl:
        # Ligatures would be written back in visual order by readers that reverse a line letter by letter.
        pdf.set_text_shaping(True, features={"liga": False, "rlig": False}, direction="rtl")


# ---------------------------------------------------------------- PDF


class SamplePdf(FPDF):
    """A PDF with running heads, page numbers and footnotes, set from a `Source`.

    `toc` and `total` come from a first pass: page numbers are known only once the document has been set.
    """

    def __init__(self, source: Source, fonts: Path, toc: dict[str, int], total: int) -> None:
        super().__init__(format="A4")
        self.source = source
        self.known_toc, self.total = toc, total
        self.toc: dict[str, int] = {}
        self.pending: list[str] = []
        self.size = float(source.options.get("size", 10))
        self.leading = self.size * float(source.options.get("leading", 0.5))
        self.accent = tuple(int(c) for c in source.options.get("accent", (31, 56, 100)))
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, BOTTOM)
        self.set_creation_date(EPOCH)
        self.set_title(source["title"])
        self.set_lang(source["language"])
        add_fonts(self, source, fonts)

    def file_id(self) -> str:
        """A file identifier made from the title: it would hold the time of day otherwise."""
        digest = hashlib.sha256(self.source["file"].encode()).hexdigest()[:32].upper()
        return f"<{digest}><{digest}>"

    # -- page furniture

    @property
    def bold(self) -> str:
        return "" if self.source["language"] == "zh" else "B"

    @property
    def bare(self) -> bool:
        """Covers and pictures of pages have neither running head nor page number."""
        return not self.source.nodes or bool(self.source.options.get("cover") and self.page == 1)

    @property
    def side(self) -> str:
        return "R" if self.source.rtl else "L"

    def header(self) -> None:
        head = self.source["running_head"]
        if not head or self.bare:
            return
        self.set_font("text", "", 8)
        self.set_text_color(110)
        self.set_y(11)
        self.cell(0, 4, head, align=self.source["head_align"] or self.side)
        self.set_draw_color(170)
        self.line_at(16)
        self.set_text_color(0)
        self.set_y(MARGIN)

    def line_at(self, y: float) -> None:
        FPDF.line(self, self.l_margin, y, self.w - self.r_margin, y)

    def footer(self) -> None:
        self.draw_notes()
        if self.bare:
            return
        style = self.source["page_number"] or "{page}"
        self.set_y(-14)
        self.set_font("text", "", 8)
        self.set_text_color(90)
        self.cell(0, 4, style.format(page=self.page, total=self.total), align="C")
        self.set_text_color(0)

    def draw_notes(self) -> None:
        """Sets the footnotes of the page above its number, and frees their room for the next page."""
        if self.pending:
            top = self.h - self.b_margin
            self.set_auto_page_break(False)
            self.set_draw_color(120)
            FPDF.line(self, self.l_margin, top + 2, self.l_margin + 45, top + 2)
            self.set_xy(self.l_margin, top + 3.5)
            self.set_font("text", "", NOTE_SIZE)
            for note in self.pending:
                self.multi_cell(0, NOTE_LINE, note, align="L", new_x="LMARGIN", new_y="NEXT")
        self.pending = []
        self.set_auto_page_break(True, BOTTOM)

    # -- small helpers

    def wrap(self, text: str, width: float) -> str:
        """Text ready for `multi_cell`: Chinese is broken here, as fpdf2 would begin lines with a comma."""
        if self.source["language"] != "zh":
            return text
        lines, line = [], ""
        for char in text:
            if self.get_string_width(line + char) > width and char not in NO_LINE_START:
                lines.append(line)
                line = ""
            line += char
        return "\n".join([*lines, line])

    def block(self, text: str, height: float, width: float = 0.0, align: str = "") -> None:
        """A paragraph from the current position down, in a single style."""
        width = width or self.epw
        room = width - 2 * self.c_margin - (0.4 * self.font_size if self.source["language"] == "zh" else 0)
        self.multi_cell(
            width, height, self.wrap(text, room), align=align or self.side, new_x="LMARGIN", new_y="NEXT"
        )

    def needs(self, height: float) -> None:
        """Goes to the next page unless `height` is left on this one."""
        if self.y + height > self.page_break_trigger:
            self.add_page()

    def tint(self, on: bool) -> None:
        self.set_text_color(*self.accent if on else (0, 0, 0))

    # -- blocks

    def heading(self, node: Node) -> None:
        level = int(node.kind[1])
        if level == 1 and self.source.options.get("break_before_h1") and self.y > MARGIN + 5:
            self.add_page()
        self.needs({1: 56, 2: 32}.get(level, 24))
        self.ln({1: 5.0, 2: 3.5}.get(level, 2.0))
        if level <= 2:
            self.toc[node.text] = self.page
        self.set_font("text", self.bold, HEADING_SIZES[level])
        self.tint(level < 4)
        self.block(flat(node.text), HEADING_SIZES[level] * 0.48)
        self.tint(False)
        self.ln(1.5)

    def caption(self, node: Node) -> None:
        self.needs(40)
        self.ln(1.5)
        self.set_font("text", self.bold, 8.5)
        self.block(flat(node.text), 4.4)
        self.ln(1)

    def plain_text(self, node: Node) -> None:
        """Paragraph or list item of a script that is set without inline marks."""
        self.set_font("text", "", self.size)
        indent = INDENT if node.label else 0.0
        self.needs(2 * self.leading)
        top = self.y
        if node.label:
            self.set_x(self.w - self.r_margin - indent if self.source.rtl else self.l_margin)
            self.cell(indent, self.leading, node.label, align="C" if node.label == "•" else self.side)
        left = self.l_margin + (0 if self.source.rtl else indent)
        self.set_xy(left, top)
        self.block(node.text, self.leading, self.epw - indent)
        self.ln(1.0 if node.label else 2.4)

    def rich(self, region: ParagraphCollectorMixin, node: Node, indent: float) -> None:
        """Paragraph, list item or (in columns) heading with inline marks."""
        is_heading = node.kind.startswith("h")
        size = HEADING_SIZES[int(node.kind[1])] - 1 if is_heading else self.size
        options: dict[str, Any] = {
            "top_margin": 2.5 if is_heading else 0,
            "bottom_margin": 1 if node.label else 2.2,
        }
        if node.label and indent:
            options |= {"indent": indent, "bullet_string": node.label}
        self.set_font("text", self.bold if is_heading else "", size)
        with region.paragraph(line_height=self.leading / self.font_size, **options) as paragraph:
            for kind, text in runs(node.text if indent or not node.label else f"{node.label} {node.text}"):
                self.set_font("text", self.bold if is_heading or kind == "bold" else "", size)
                self.char_vpos = {"sub": "SUB", "sup": "SUP", "note": "SUP"}.get(kind, "LINE")
                paragraph.write(text)
            self.char_vpos = "LINE"

    def flow(self, nodes: Sequence[Node], columns: int) -> None:
        """Sets prose in one or two columns."""
        for node in nodes:
            self.reserve_notes(node)
        align = self.source["align"] or "L"
        self.set_font("text", "", self.size)
        # fpdf2 shifts an indented paragraph to the right without making it narrower.
        right = self.r_margin + (INDENT if columns == 1 and nodes[0].label else 0)
        with self.text_columns(
            ncols=columns, gutter=8, balance=columns > 1, text_align=align, r_margin=right
        ) as region:
            for node in nodes:
                self.rich(region, node, INDENT if columns == 1 else 0)

    def reserve_notes(self, node: Node) -> None:
        """Keeps room at the foot of the page for the footnotes of a paragraph, and both on the same page."""
        marks = [text for kind, text in runs(node.text) if kind == "note"]
        if not marks:
            return
        notes = [f"{mark} {flat(self.source.notes[mark])}" for mark in marks]
        self.set_font("text", "", NOTE_SIZE)
        height = sum(self.count_lines(note, self.epw) for note in notes) * NOTE_LINE + (
            0 if self.pending else 5
        )
        self.set_font("text", "", self.size)
        self.needs(height + (self.count_lines(node.text, self.epw) + 1) * self.leading)
        self.pending += notes
        self.set_auto_page_break(True, self.b_margin + height)

    def count_lines(self, text: str, width: float) -> int:
        lines = self.multi_cell(
            width, 4, self.wrap(text, width - 2 * self.c_margin), dry_run=True, output="LINES"
        )
        return len(lines) if isinstance(lines, list) else 1

    # -- tables

    def table_block(self, node: Node) -> None:
        shares = node.widths or (1.0,) * len(node.rows[0])
        widths = [self.epw * share / sum(shares) for share in shares]
        self.ln(1)
        self.table_row(node.rows[0], widths, header=None, shade=True)
        for row in node.rows[1:]:
            self.table_row(row, widths, header=node.rows[0], shade=len(row) == 1)
        self.ln(4)

    def table_row(
        self, row: Sequence[str], widths: Sequence[float], *, header: Sequence[str] | None, shade: bool
    ) -> None:
        """One row, kept whole; a row that does not fit goes to the next page below a repeated header."""
        spans = widths if len(row) > 1 else [sum(widths)]
        texts = [flat(cell) for cell in row]
        self.set_font("text", self.bold if shade else "", TABLE_SIZE)
        counts = [self.count_lines(text, width - 1) for text, width in zip(texts, spans, strict=True)]
        height = max(counts) * TABLE_LINE + 2 * PAD
        if self.y + height > self.page_break_trigger - (14 if shade else 0):
            self.add_page()
            if header:
                self.table_row(header, widths, header=None, shade=True)
                self.set_font("text", self.bold if shade else "", TABLE_SIZE)
        self.draw_cells(texts, spans, height, "header" if shade and not header else "band" if shade else "")

    def draw_cells(self, texts: Sequence[str], widths: Sequence[float], height: float, look: str) -> None:
        top, x = self.y, self.w - self.r_margin if self.source.rtl else self.l_margin
        self.set_draw_color(150)
        self.set_fill_color(*(self.accent if look == "header" else (226, 232, 240)))
        for text, width in zip(texts, widths, strict=True):
            x -= width if self.source.rtl else 0
            self.rect(x, top, width, height, style="DF" if look else "D")
            self.set_xy(x + 0.5, top + PAD)
            self.set_text_color(*((255, 255, 255) if look == "header" else (0, 0, 0)))
            self.block(text, TABLE_LINE, width - 1)
            x += 0 if self.source.rtl else width
        self.set_text_color(0)
        self.set_xy(self.l_margin, top + height)

    # -- the whole

    def cover(self) -> None:
        self.set_fill_color(*self.accent)
        self.rect(0, 0, self.w, 38, style="F")
        self.set_y(80)
        for key, size, gap in (
            ("party", 15.0, 8.0),
            ("title", 23.0, 10.0),
            ("subtitle", 13.0, 30.0),
            ("date", 11.0, 0.0),
        ):
            if self.source[key]:
                self.set_font("text", self.bold if key == "title" else "", size)
                self.tint(key == "title")
                self.block(self.source[key], size * 0.52, align="C")
                self.ln(gap)
        self.tint(False)
        self.add_page()

    def title_block(self) -> None:
        for key, size in (("party", 11.0), ("title", 17.0), ("subtitle", 11.0), ("date", 9.0)):
            if self.source[key]:
                self.set_font("text", self.bold if key == "title" else "", size)
                self.tint(key == "title")
                self.block(self.source[key], size * 0.5, align="C")
                self.ln(2)
        self.tint(False)
        self.ln(3)

    def contents(self) -> None:
        self.set_font("text", self.bold, 14)
        self.block(self.source["toc"], 8)
        self.ln(3)
        for node in self.source.nodes:
            if node.kind in ("h1", "h2"):
                self.contents_line(node)
        self.add_page()

    def contents_line(self, node: Node) -> None:
        indent = 0.0 if node.kind == "h1" else 6.0
        self.set_font("text", "", 10)
        title, page = flat(node.text), str(self.known_toc.get(node.text, 0))
        room = self.epw - indent - self.get_string_width(title + page) - 6
        dots = "." * max(3, int(room / self.get_string_width(".")))
        self.set_x(self.l_margin + indent)
        self.cell(self.epw - indent - 10, 6.5, f"{title} {dots}")
        self.cell(10, 6.5, page, align="R", new_x="LMARGIN", new_y="NEXT")

    def typeset(self) -> None:
        """Sets the whole document."""
        self.add_page()
        self.cover() if self.source.options.get("cover") else self.title_block()
        if self.source["toc"]:
            self.contents()
        columns = int(self.source.options.get("columns", 1))
        special: dict[str, Callable[[Node], None]] = {"table": self.table_block, "caption": self.caption}
        special |= dict.fromkeys(("h1",) if columns > 1 else ("h1", "h2", "h3", "h4"), self.heading)
        special["newpage"] = lambda _: self.add_page()
        for single, group in groupby(self.source.nodes, key=lambda node: node.kind in special):
            nodes = list(group)
            if single:
                for node in nodes:
                    special[node.kind](node)
            elif self.source.plain:
                for node in nodes:
                    self.plain_text(node)
            elif columns > 1:
                self.flow(nodes, columns)
            else:
                for node in nodes:
                    self.flow([node], 1)


def build_pdf(source: Source, fonts: Path) -> bytes:
    """Sets a sample twice: the first pass finds the page numbers of the contents."""
    first = SamplePdf(source, fonts, {}, 0)
    first.typeset()
    pdf = SamplePdf(source, fonts, first.toc, first.page_no())
    if source["password"]:
        # RC4 draws no random numbers, so that the file stays the same; it only has to ask for a password.
        pdf.set_encryption(owner_password=f"owner-{source['file']}", user_password=source["password"])
    pdf.typeset()
    return bytes(pdf.output())


# ---------------------------------------------------------------- pictures of pages


def scan(page: pypdfium2.PdfPage, seed: int) -> bytes:
    """A page as a flatbed scanner would see it: grey, a little askew, with grain."""
    picture = page.render(scale=150 / 72, grayscale=True).to_pil()
    picture = picture.rotate(0.7 - 1.1 * (seed % 2), resample=Image.Resampling.BICUBIC, fillcolor=236)
    grain = np.random.default_rng(seed).normal(0, 5, (picture.height, picture.width))
    grey = np.clip(np.asarray(picture, dtype=float) * 0.9 + 12 + grain, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(grey).save(out, "JPEG", quality=38)
    return out.getvalue()


def build_scan(source: Source, fonts: Path) -> bytes:
    """The sample as pictures only: no page has a letter that could be extracted."""
    pages = pypdfium2.PdfDocument(build_pdf(source, fonts))
    pdf = SamplePdf(Source(source.options, ()), fonts, {}, 0)
    pdf.set_auto_page_break(False)
    for number, page in enumerate(pages):
        FPDF.add_page(pdf)
        pdf.image(io.BytesIO(scan(page, number)), 0, 0, pdf.w, pdf.h)
    return bytes(pdf.output())


# ---------------------------------------------------------------- HTML and Word


def html_inline(text: str, notes: bool = True) -> str:
    tags = {"bold": "strong", "sub": "sub", "sup": "sup"}
    out = []
    for kind, part in runs(text):
        escaped = html.escape(part, quote=False)
        if kind == "note":
            out.append(f'<sup><a href="#note{part}">{part}</a></sup>' if notes else "")
        else:
            out.append(f"<{tags[kind]}>{escaped}</{tags[kind]}>" if kind else escaped)
    return "".join(out)


def html_table(node: Node) -> str:
    def row(texts: Sequence[str], tag: str) -> str:
        span = f' colspan="{len(node.rows[0])}"' if len(texts) == 1 else ""
        return "<tr>" + "".join(f"<{tag}{span}>{html_inline(text)}</{tag}>" for text in texts) + "</tr>"

    body = "\n".join(row(texts, "th" if len(texts) == 1 else "td") for texts in node.rows[1:])
    return f"<table>\n<thead>{row(node.rows[0], 'th')}</thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def html_nodes(nodes: Iterable[Node]) -> Iterator[str]:
    for kind, group in groupby(nodes, key=lambda node: node.kind):
        if kind in ("bullet", "number"):
            tag = "ul" if kind == "bullet" else "ol"
            items = "\n".join(f"<li>{html_inline(node.text)}</li>" for node in group)
            yield f"<{tag}>\n{items}\n</{tag}>"
            continue
        for node in group:
            if kind == "table":
                yield html_table(node)
            elif kind == "caption":
                yield f'<p class="caption">{html_inline(node.text)}</p>'
            elif kind != "newpage":
                tag = f"h{int(kind[1]) + 1}" if kind.startswith("h") else "p"
                yield f"<{tag}>{html_inline(node.text)}</{tag}>"


HTML_STYLE = """body { font-family: Georgia, serif; max-width: 46em; margin: 2em auto; line-height: 1.5 }
table { border-collapse: collapse; width: 100%; font-size: 0.9em }
th, td { border: 1px solid #999; padding: 0.3em 0.6em; text-align: start; vertical-align: top }
.caption { font-weight: bold } nav { font-size: 0.85em; color: #666 } footer { border-top: 1px solid #999 }"""


def build_html(source: Source) -> bytes:
    """The sample as a web page, with the furniture that such pages have."""
    title = html.escape(source["title"], quote=False)
    notes = "\n".join(
        f'<p id="note{mark}">{mark}. {html_inline(text)}</p>' for mark, text in source.notes.items()
    )
    parts = [
        f'<!DOCTYPE html>\n<html lang="{source["language"]}">\n<head>\n<meta charset="utf-8">',
        f"<title>{title}</title>\n<style>\n{HTML_STYLE}\n</style>\n</head>\n<body>",
        f"<nav>{html.escape(source['running_head'], quote=False)}</nav>\n<main>\n<h1>{title}</h1>",
        f"<p>{source['subtitle']}</p>\n<p>{source['date']}</p>",
        *html_nodes(source.nodes),
        f"</main>\n<footer>\n{notes}\n</footer>\n</body>\n</html>\n",
    ]
    return "\n".join(parts).encode()


def build_docx(source: Source) -> bytes:
    """The sample as a Word file with heading styles, lists and tables."""
    document = Document()
    properties = document.core_properties
    properties.title, properties.language, properties.author = (
        source["title"],
        source["language"],
        source["party"],
    )
    properties.created = properties.modified = EPOCH.replace(tzinfo=None)
    document.styles["Normal"].font.size = Pt(11)
    document.sections[0].header.paragraphs[0].text = source["running_head"]
    document.add_heading(source["title"], 0)
    for key in ("party", "subtitle", "date"):
        document.add_paragraph(source[key])
    for node in source.nodes:
        add_to_docx(document, node)
    out = io.BytesIO()
    document.save(out)
    return without_clock(out.getvalue())


def add_to_docx(document: Any, node: Node) -> None:
    if node.kind == "table":
        docx_table(document, node)
    elif node.kind == "newpage":
        document.add_page_break()
    elif node.kind in ("h1", "h2", "h3", "h4"):
        document.add_heading(flat(node.text), int(node.kind[1]))
    else:
        style = {"bullet": "List Bullet", "number": "List Number", "caption": "Caption"}.get(node.kind)
        docx_runs(document.add_paragraph(style=style), node.text)


def docx_runs(paragraph: Any, text: str) -> None:
    for kind, part in runs(text):
        run = paragraph.add_run(part)
        run.bold = True if kind == "bold" else None
        run.font.subscript = True if kind == "sub" else None
        run.font.superscript = True if kind in ("sup", "note") else None


def docx_table(document: Any, node: Node) -> None:
    width = len(node.rows[0])
    table = document.add_table(rows=0, cols=width, style="Table Grid")
    for row in node.rows:
        added = table.add_row().cells
        if len(row) == 1:
            added[0].merge(added[-1])
        for cell, text in zip(added, row, strict=False):
            cell.text = ""
            docx_runs(cell.paragraphs[0], text)
    document.add_paragraph()


def without_clock(packed: bytes) -> bytes:
    """The same zip file with fixed dates in its directory."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, EPOCH.timetuple()[:6]), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


# ---------------------------------------------------------------- all samples


def build(source: Source, fonts: Path) -> bytes:
    """The bytes of a sample; the ending of its name and `made_as` say how."""
    ending, made_as = Path(source["file"]).suffix, source["made_as"]
    if ending == ".html":
        return build_html(source)
    if ending == ".docx":
        return build_docx(source)
    if made_as == "scan":
        return build_scan(source, fonts)
    data = build_pdf(source, fonts)
    return data[: len(data) * 3 // 10] if made_as == "truncated" else data


def expected_row(source: Source, data: bytes) -> dict[str, str]:
    """What a reading of the sample must find, from its front matter."""
    error = {"encrypted": "encrypted_file", "truncated": "damaged_file"}.get(source["made_as"], "")
    status = "failed" if error else "needs_ocr" if source["made_as"] == "scan" else "ok"
    counted = source["file"].endswith(".pdf") and not error
    return {
        "file": source["file"],
        "title": source["title"],
        "language": source["language"],
        "status": status,
        "level": source["level"] if status == "ok" else "",
        "error": error,
        "pages": str(len(pypdfium2.PdfDocument(data))) if counted else "",
        "what_it_shows": source["shows"],
    }


def variants(source: Source) -> Iterator[Source]:
    """The sample itself and, where its front matter lists them, copies that are encrypted or cut off."""
    copies = source.options.get("copies", [])
    yield source
    for copy in copies:
        yield Source({**source.options, **copy}, source.nodes, source.notes)


def write_expected(rows: Iterable[dict[str, str]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, EXPECTED_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: row["file"]))


def make_samples(fonts: Path, out: Path, sources: Path = HERE / "samples_source") -> list[dict[str, str]]:
    """Writes all samples and `expected.csv` to `out`; returns the rows of the latter."""
    out.mkdir(parents=True, exist_ok=True)
    rows = []
    for path in sorted(sources.glob("*.md")):
        for source in variants(read_source(path)):
            data = build(source, fonts)
            (out / source["file"]).write_bytes(data)
            rows.append(expected_row(source, data))
    write_expected(rows, out / "expected.csv")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--fonts", type=Path, required=True, help="folder with DejaVu and a Chinese font")
    parser.add_argument("--out", type=Path, default=HERE / "samples")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", module="fpdf")
    for row in make_samples(arguments.fonts, arguments.out):
        print(f"{row['file']:48} {row['status']:10} {row['level']:9} {row['pages']}")


if __name__ == "__main__":
    main()
