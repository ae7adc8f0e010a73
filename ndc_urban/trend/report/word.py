"""The report as a Word document, ready for a briefing: the short part, the figures, and every table with its notes.

It uses Word's own styles only (Title, Heading 1, List Bullet, Caption, Table Grid), so that any template fits.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.shared import Cm, Emu, Inches, Pt

from ndc_urban.trend.figures.canvas import Drawing
from ndc_urban.trend.report.about import About
from ndc_urban.trend.report.printing import Printed
from ndc_urban.trend.report.sections import Section

_NOT_IN_XML = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CREATED = datetime(2000, 1, 1)
"""A fixed date: the same trend makes the same bytes."""
_ZIP_TIME = (2000, 1, 1, 0, 0, 0)
_WIDTH = Inches(6.3)
"""Of figures: less than the 17 cm (6.7 inches) between the margins of an upright page."""
_SHORT_SIDE, _LONG_SIDE, _MARGIN = Cm(21), Cm(29.7), Cm(2)
"""A4. The short part is upright; the annex lies on its side, as its tables have up to 14 columns."""
_SMALL = Pt(8)
"""In tables: ten columns fit on a page."""
_LETTER, _PADDING = Pt(4.5), Pt(12)
"""Of a bold letter in tables, and of the margins of a cell: no word is broken. Chosen by eye."""
_SHORT_TEXT = 12
"""Letters: as many as a percent with its interval has."""
_LONG_TEXT = 40
"""Letters: longer texts get no wider column."""
_LEFT_OUT = frozenset({"parties"})
"""About two hundred rows, easier to search in the workbook."""


def word(about: About, sections: Sequence[Section], drawings: Sequence[Drawing]) -> bytes:
    """The document as a .docx file; the same trend makes the same bytes."""
    document = docx.Document()
    document.core_properties.title = about.title
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.created = document.core_properties.modified = _CREATED
    document.add_paragraph(_clean(about.title), style="Title")
    _page(document.sections[-1], _SHORT_SIDE, _LONG_SIDE)
    for place, section in enumerate(sections):
        if place == 1:
            _page(document.add_section(), _LONG_SIDE, _SHORT_SIDE)
        _section(document, section, drawings)
    for title, lines in (("Notes", about.notes), ("Where the figures come from", about.provenance)):
        document.add_paragraph(title, style="Heading 1")
        _list(document, lines)
    stream = io.BytesIO()
    document.save(stream)
    return _without_times(stream.getvalue())


def _page(section: Any, width: Any, height: Any) -> None:
    """Size, orientation and margins of the pages of a part."""
    section.page_width, section.page_height = width, height
    section.orientation = WD_ORIENT.LANDSCAPE if width > height else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN


def _widths(printed: Printed, room: int) -> list[Any]:
    """The width of each column: its longest short text or, if that is too much, its longest word.

    What is left is shared out by the length of the texts.
    """
    columns = list(zip(printed.columns, *printed.rows, strict=True))
    needed = [_needed(column, _SHORT_TEXT) for column in columns]
    if sum(needed) > room:
        needed = [_needed(column, 0) for column in columns]
    more = [min(_LONG_TEXT, max(map(len, column))) for column in columns]
    spare = max(0, room - sum(needed))
    return [
        Emu(int(least + spare * part / max(1, sum(more)))) for least, part in zip(needed, more, strict=True)
    ]


def _needed(column: Sequence[str], whole: int) -> int:
    """The width of a column in which texts of up to `whole` letters and single words stay on a line."""
    head, *texts = column
    unbroken = [text for text in texts if len(text) <= whole]
    words = [word for text in (head, *texts) if text not in unbroken for word in text.split()]
    return max(map(len, [*unbroken, *words, ""])) * _LETTER + _PADDING


def _section(document: Any, section: Section, drawings: Sequence[Drawing]) -> None:
    document.add_paragraph(_clean(section.title), style="Heading 1")
    figures = [drawing for drawing in drawings if drawing.name.startswith(section.figures)]
    if section.figures_first:
        _figures(document, figures)
    else:
        _list(document, section.sentences)
    for printed in section.tables:
        if section.key in _LEFT_OUT:
            document.add_paragraph("The level of each Party is in trend.xlsx and tables/parties.csv.")
        else:
            _table(document, printed)
    if section.figures_first:
        _list(document, section.sentences)
    else:
        _figures(document, figures)
    _list(document, (*section.notes, *section.sources), small=True)


def _figures(document: Any, figures: Sequence[Drawing]) -> None:
    for drawing in figures:
        document.add_picture(io.BytesIO(drawing.png), width=_WIDTH)
        document.inline_shapes[-1]._inline.docPr.set("descr", _clean(drawing.description))
        document.add_paragraph(_clean(drawing.title), style="Caption")


def _list(document: Any, lines: Sequence[str], *, small: bool = False) -> None:
    for line in lines:
        paragraph = document.add_paragraph(_clean(line), style="List Bullet")
        if small:
            for run in paragraph.runs:
                run.font.size = _SMALL


def _table(document: Any, printed: Printed) -> None:
    document.add_paragraph(_clean(printed.caption), style="Caption")
    rows = (printed.columns, *printed.rows)
    table = document.add_table(rows=len(rows), cols=len(printed.columns), style="Table Grid")
    widths = _widths(printed, document.sections[-1].page_width - 2 * _MARGIN)
    for column, width in zip(table.columns, widths, strict=True):
        column._gridCol.w = width
    # the cells are asked for once: python-docx counts all rows again for each row that is asked for
    cells = iter(table._cells)
    for place, texts in enumerate(rows):
        for text, width in zip(texts, widths, strict=True):
            cell = next(cells)
            cell.width = width
            run = cell.paragraphs[0].add_run(_clean(text))
            run.font.size = _SMALL
            run.bold = place == 0
    _list(document, printed.notes, small=True)


def _clean(text: str) -> str:
    """A text with a space for each character that XML cannot hold."""
    return _NOT_IN_XML.sub(" ", text)


def _without_times(data: bytes) -> bytes:
    """The same archive with one date for all its parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _ZIP_TIME), old.read(name), compress_type=zipfile.ZIP_DEFLATED)
    return stream.getvalue()
