"""The entry point of PDF reading: `read_pdf` turns the bytes of a PDF into pages of blocks in reading order.

Here the steps are put in order; each step is a module of its own. Not here: which reader serves a page (`readers`), and
text recognition (`reading.ocr`).
"""

from __future__ import annotations

import gc
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ndc_urban.document import BBox, Block, Page
from ndc_urban.reading.options import MAX_PAGES, PdfReader
from ndc_urban.reading.pdf.bidi import is_rtl, visual_order
from ndc_urban.reading.pdf.borderless_tables import (
    Ink,
    horizontally_ruled_tables_of,
    ink_of,
    unruled_tables_of,
)
from ndc_urban.reading.pdf.catalogue import Catalogue
from ndc_urban.reading.pdf.columns import regions_of
from ndc_urban.reading.pdf.contents import without_contents
from ndc_urban.reading.pdf.figure_rows import with_rows_of_figures
from ndc_urban.reading.pdf.footnotes import mark_footnotes
from ndc_urban.reading.pdf.furniture import edge_lines, printed_numbers, without_furniture, without_margins
from ndc_urban.reading.pdf.glyphs import Floats, PageContent, no_glyphs
from ndc_urban.reading.pdf.headings import mark_headings
from ndc_urban.reading.pdf.hyphens import repair_words, settle_hyphens
from ndc_urban.reading.pdf.implied_rulings import implied_rulings
from ndc_urban.reading.pdf.lines import TextRun, lines_of, pieces_of, underlined
from ndc_urban.reading.pdf.overprint import without_copies
from ndc_urban.reading.pdf.page_joins import join_columns, join_pages, on_one_line, without_page_turns
from ndc_urban.reading.pdf.paragraphs import Draft, body_size, drafts_of
from ndc_urban.reading.pdf.quality import TextQuality, lacks_text, quality_of
from ndc_urban.reading.pdf.readers import read_contents
from ndc_urban.reading.pdf.rotation import turned_back, turned_upright
from ndc_urban.reading.pdf.ruled_tables import Grid, cells_of, flat_lines, grids_of, shaded_grids, tears_words
from ndc_urban.reading.pdf.tables import Table, drafts_of_table, join_tables, table_of

_SIDEWAYS_WORDS = 5
"""Shorter text that runs sideways labels the axis of a chart; chosen by eye on real NDCs."""

_COLLECTED_AFTER = 50_000
"""New objects after which garbage is looked for, in place of Python's 700: a page makes some ten thousand and hardly a
cycle, and looking took 2% of the time of reading.
"""

_NUMBERED_WORD = re.compile(r"\w*\d\w*")


def read_pdf(
    path: Path,
    data: bytes,
    *,
    reader: PdfReader = "auto",
    max_pages: int = MAX_PAGES,
    on_page: Callable[[int], None] | None = None,
    catalogue: Catalogue | None = None,
) -> tuple[Page, ...]:
    """Pages of a PDF with their blocks in reading order; boxes in points from the page's top left corner.

    `path` serves messages only; `on_page` is called with the number of each page once it is read; `catalogue` is that
    of the file, where the caller has it.

    Raises `DamagedFile`, `EncryptedFile`, `Portfolio`, `DynamicForm` or `TooManyPages`.
    """
    # closed at once even where an error is on its way: pdfium must not be asked to close a file at exit
    with _rare_collections(), closing(read_contents(path, data, reader, max_pages, catalogue)) as contents:
        sheets = []
        for content, name in contents:
            sheets.append(_sheet(content, name))
            if on_page is not None:
                on_page(content.number)
    edges = [edge_lines(sheet.pieces, sheet.content.height) for sheet in sheets]
    kept = without_furniture([sheet.pieces for sheet in sheets], edges)
    lacking = _lacking(sheets, kept)
    return tuple(map(_page, sheets, _drafts(sheets, kept), lacking, _printed(sheets, edges)))


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Looks for garbage less often, for as long as the block runs.

    Where it is looked for as seldom already, or never (0), nothing changes: of two threads that read at the same time
    the first alone sets and restores the usual threshold, whichever ends first.
    """
    usual = gc.get_threshold()
    if not 0 < usual[0] < _COLLECTED_AFTER:
        yield
        return
    gc.set_threshold(_COLLECTED_AFTER, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page between glyphs and blocks: loose pieces and tables, `turns` quarter turns away from how it is
    shown.
    """

    content: PageContent
    reader: str
    pieces: list[TextRun]
    tables: list[Table]
    quality: TextQuality
    turns: int
    rtl: bool


def _sheet(content: PageContent, reader: str) -> _Sheet:
    """Splits a page into tables and loose pieces of lines."""
    quality = quality_of(content.glyphs)
    content, turns = turned_upright(content)
    rtl = is_rtl(content.glyphs.string)
    glyphs = without_copies(content.glyphs)
    glyphs = visual_order(glyphs) if rtl else glyphs
    ink = ink_of(glyphs)
    centres = (glyphs.box[:, :2] + glyphs.box[:, 2:]) / 2
    flat = flat_lines(content.rulings)
    grids = _ruled(content, ink, flat)
    pieces = pieces_of(glyphs, cells_of(grids, centres), rtl=rtl)
    unruled = unruled_tables_of(without_margins(pieces, content.height), ink)
    if unruled:
        grids = [*grids, *unruled]
        pieces = pieces_of(glyphs, cells_of(grids, centres), rtl=rtl)
    tables, loose = _tables(content, grids, pieces, rtl)
    loose = underlined(loose, flat)
    content = replace(content, glyphs=no_glyphs())  # the pieces hold all that is needed of them
    return _Sheet(content, reader, loose, tables, quality, turns, rtl)


def _ruled(content: PageContent, ink: Ink, flat: Floats) -> list[Grid]:
    """Grids drawn by rulings on all sides, then those drawn by the horizontal rulings `flat` (k, 3) alone."""
    implied = implied_rulings(content.rulings, content.glyphs)
    rulings = np.concatenate([content.rulings, implied])
    grids = [
        grid
        for grid in grids_of(rulings, None if len(implied) else flat)
        if grid.cells.shape[1] > 1 and not tears_words(grid, content.glyphs)
    ]
    shaded = shaded_grids(content.fills, rulings, grids, content.width * content.height)
    grids.extend(grid for grid in shaded if not tears_words(grid, content.glyphs))
    free = np.array(
        [not any(_touches(line, grid) for grid in grids) for line in flat.tolist()], dtype=np.bool_
    )
    grids.extend(horizontally_ruled_tables_of(flat[free], ink))
    return [with_rows_of_figures(grid, content.glyphs) for grid in grids]


def _touches(line: list[float], grid: Grid) -> bool:
    left, top, right, bottom = grid.bbox
    return top - 3 < line[0] < bottom + 3 and line[1] < right and line[2] > left


def _tables(
    content: PageContent, grids: Sequence[Grid], pieces: list[TextRun], rtl: bool
) -> tuple[list[Table], list[TextRun]]:
    """The tables among the grids, and the pieces outside of them."""
    tables, first = [], 0
    in_tables: set[int] = set()
    for grid in grids:
        table = table_of(grid, pieces, first, content, rtl=rtl)
        if table is not None:
            tables.append(table)
            in_tables.update(range(first, first + grid.cell_count))
        first += grid.cell_count
    return tables, [piece for piece in pieces if piece.cell not in in_tables]


def _lacking(sheets: Sequence[_Sheet], kept: Sequence[Sequence[TextRun]]) -> list[bool]:
    """Of each page whether it lacks text, by what is left of it without running heads, page numbers and stamps."""
    stamps = Counter(
        stamp
        for sheet, pieces in zip(sheets, kept, strict=True)
        if sheet.content.is_scan
        for stamp in {_pattern(piece.text) for piece in pieces}
    )
    lacking = []
    for sheet, pieces in zip(sheets, kept, strict=True):
        if not (sheet.content.picture or sheet.content.outlines):  # so on most pages
            lacking.append(lacks_text(sheet.content, sheet.quality, sheet.quality.letters))
            continue
        once = [piece.text for piece in pieces if stamps[_pattern(piece.text)] < 2]
        cells = [cell for table in sheet.tables for row in table.rows for cell in row.cells]
        left = sum(letter.isalpha() for text in (*once, *cells) for letter in text)
        lacking.append(lacks_text(sheet.content, sheet.quality, left))
    return lacking


def _pattern(text: str) -> str:
    """A stamp without its numbers, dates and codes."""
    return _NUMBERED_WORD.sub("#", text)


def _printed(sheets: Sequence[_Sheet], edges: Sequence[Sequence[TextRun]]) -> list[str]:
    """The number that each page bears: in its head or foot, the lines at its `edges`, else as the file labels it;
    empty where there is neither.
    """
    found = printed_numbers(edges)
    labels = [sheet.content.label for sheet in sheets]
    if all(label in ("", str(sheet.content.number)) for label, sheet in zip(labels, sheets, strict=True)):
        return found  # counting the pages of the file says nothing of what they bear
    return [number or label for number, label in zip(found, labels, strict=True)]


def _drafts(sheets: Sequence[_Sheet], kept: list[list[TextRun]]) -> list[list[Draft]]:
    """The blocks of each page, headings marked; `kept` are the pieces that are not running heads or page numbers."""
    if not any(kept) and not any(sheet.tables for sheet in sheets):
        kept = [sheet.pieces for sheet in sheets]  # the running heads are all there is
    tops = {
        sheet.content.number: min((piece.top for piece in pieces), default=sheet.content.height)
        for sheet, pieces in zip(sheets, kept, strict=True)
    }
    tables = [table for sheet in sheets for table in sorted(sheet.tables, key=lambda table: table.box[1])]
    join_tables(tables, lambda table: table.box[1] < tops[table.page] + 3)
    pages = without_contents(
        [_page_drafts(sheet, pieces) for sheet, pieces in zip(sheets, kept, strict=True)]
    )
    mark_headings([draft for page in pages for draft in page])
    join_pages(pages)
    repair_words([draft for page in pages for draft in page])
    settle_hyphens([draft for page in pages for draft in page])
    return pages


def _page_drafts(sheet: _Sheet, pieces: Sequence[TextRun]) -> list[Draft]:
    number, rtl = sheet.content.number, sheet.rtl
    drafts: list[Draft] = []
    body = body_size(pieces)
    for region in regions_of([piece for piece in pieces if piece.upright], sheet.tables, rtl=rtl):
        if isinstance(region, Table):
            drafts.extend(drafts_of_table(region, rtl=rtl))
        else:
            drafts.extend(drafts_of(lines_of(region, rtl=rtl), number, body=body, rtl=rtl))
    mark_footnotes(drafts, body)
    sideways = [piece for piece in pieces if not piece.upright and len(piece.text.split()) >= _SIDEWAYS_WORDS]
    return [*join_columns(drafts), *drafts_of(lines_of(sideways), number, body=body)]


def _page(sheet: _Sheet, drafts: Sequence[Draft], needs_ocr: bool, printed: str) -> Page:
    return Page(
        number=sheet.content.number,
        blocks=tuple(_block(draft, sheet) for draft in drafts),
        reader=sheet.reader,
        width=sheet.content.height if sheet.turns % 2 else sheet.content.width,
        height=sheet.content.width if sheet.turns % 2 else sheet.content.height,
        needs_ocr=needs_ocr,
        printed=printed,
    )


def _block(draft: Draft, sheet: _Sheet) -> Block:
    text, turns = without_page_turns(draft)
    return Block(
        kind=draft.kind,
        text=text,
        page=sheet.content.number,
        bbox=_shown(draft.box, sheet),
        level=draft.level,
        cells=tuple(map(on_one_line, draft.cells)),
        header=tuple(map(on_one_line, draft.header)),
        page_turns=turns,
    )


def _shown(box: BBox | None, sheet: _Sheet) -> BBox | None:
    """A block's box on the page as it is shown."""
    if box is None or sheet.turns == 0:
        return box
    return turned_back(box, sheet.turns, sheet.content.width, sheet.content.height)
