"""A brief in Word: an opening summary and one page for each document, with styles only, so that any template fits.

It uses Word's own styles (Title, Subtitle, Heading 1 and 2, List Bullet, Quote, Caption, Light List Accent 1) and three
of its own: *Document Heading*, which begins a page, *Quote Right to Left* and *Caveat*.
"""

from __future__ import annotations

import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from types import MappingProxyType
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from ndc_urban.codebook import LEVELS, SECTORS
from ndc_urban.counting import agreeing, chance, counted, either
from ndc_urban.exchange.xml_text import clean
from ndc_urban.report.payload import direction
from ndc_urban.report.records import LevelResult, Report, ReportDocument, ReportPassage
from ndc_urban.report.wording import WHOSE_TEXT

QUOTATIONS = 5
"""For each document, so that a document takes one page."""
LONGEST_QUOTATION = 420
"""Letters of a Latin script, or half as many Chinese ones: with five such quotations each of 233 NDCs took one page of
A4 in LibreOffice, whose substitute fonts are wide."""
_REASONS = 4
"""The strongest: four take four to eight lines. Chosen by eye."""
_LONGEST_REASON = 160
"""Letters: two lines of A4."""
_TOP_SECTORS = 6
"""That many take two or three lines in the brief. Chosen by eye."""
_MOST_NAMED = 40
"""Parties that the summary names: about six lines."""
_MOST_LOST = 20
"""Files that the summary names as not read: the report has them all."""
_DOCUMENT_HEADING, _QUOTE_RTL, _CAVEAT = "Document Heading", "Quote Right to Left", "Caveat"
_TABLE = "Light List Accent 1"
_SIZES: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "Normal": (10, 0, 4),
        "Title": (22, 0, 6),
        "Subtitle": (10, 0, 6),
        "Heading 1": (16, 0, 2),
        "Heading 2": (11, 6, 2),
        "List Bullet": (10, 0, 1),
        "Quote": (10, 0, 0),
        "Caption": (8, 0, 5),
    }
)
"""Letters, space above and space below in points, by style: small enough for one page a document."""
_MARGIN_CM = 2.0
_A4_CM = (21.0, 29.7)
CAVEAT = (
    "The level is a model's estimate of how much of the document is about cities. It says nothing about how good the "
    "measures are or whether they are carried out. Read the passages before you cite the level."
)


def brief(report: Report) -> bytes:
    """The brief as a .docx file."""
    brief_ = _Brief()
    _summary(brief_, report)
    for each in report.scored:
        _page(brief_, each)
    return brief_.as_bytes()


class _Brief:
    """A document of Word whose paragraphs get their styles by id: looking one up each time takes 10 ms."""

    def __init__(self) -> None:
        self._document = docx.Document()
        _set_up(self._document)
        self._ids = {style.name: style.style_id for style in self._document.styles}

    def add(self, text: str = "", style: str = "Normal") -> Any:
        paragraph = self._document.add_paragraph(clean(text))
        paragraph._p.style = self._ids[style]
        return paragraph

    def table(self, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
        """A table, and a short empty line that keeps what follows from its border."""
        table = self._document.add_table(rows=0, cols=len(heads), style=_TABLE)
        for cells in (heads, *rows):
            for cell, text in zip(table.add_row().cells, cells, strict=True):
                cell.text = text
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        self.add(style=_CAVEAT)

    def as_bytes(self) -> bytes:
        stream = io.BytesIO()
        self._document.save(stream)
        return stream.getvalue()


def _set_up(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = (Cm(side) for side in _A4_CM)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(_MARGIN_CM)
    styles = document.styles
    for name, (size, above, below) in _SIZES.items():
        styles[name].font.size = Pt(size)
        styles[name].paragraph_format.space_before = Pt(above)
        styles[name].paragraph_format.space_after = Pt(below)
    styles["Normal"].paragraph_format.line_spacing = 1.0
    styles["Quote"].paragraph_format.left_indent = Cm(0.5)
    styles["Quote"].paragraph_format.keep_with_next = True
    styles["Caption"].paragraph_format.left_indent = Cm(0.5)
    heading = styles.add_style(_DOCUMENT_HEADING, WD_STYLE_TYPE.PARAGRAPH)
    heading.base_style = styles["Heading 1"]
    heading.paragraph_format.page_break_before = True
    heading.next_paragraph_style = styles["Normal"]
    quote = styles.add_style(_QUOTE_RTL, WD_STYLE_TYPE.PARAGRAPH)
    quote.base_style = styles["Quote"]
    quote.element.get_or_add_pPr().append(OxmlElement("w:bidi"))
    quote.element.get_or_add_rPr().append(OxmlElement("w:rtl"))
    caveat = styles.add_style(_CAVEAT, WD_STYLE_TYPE.PARAGRAPH)
    caveat.base_style = styles["Normal"]
    caveat.font.size = Pt(8)
    caveat.paragraph_format.space_before = Pt(4)


def _summary(brief_: _Brief, report: Report) -> None:
    brief_.add("Urban content of NDCs", "Title")
    brief_.add(" · ".join(f"{name}: {value}" for name, value in report.facts.items()), "Subtitle")
    for note in report.notes:
        brief_.add(note)
    counts = Counter(each.result.level for each in report.counted if each.result)
    unsure = sum(not each.result.is_sure for each in report.counted if each.result)
    brief_.add(
        f"{len(report.scored)} of {counted(len(report.documents), 'document')} scored; for {unsure} more than one "
        "level is possible."
    )
    if report.copies:
        verb = agreeing(report.copies, "is", "are")
        brief_.add(f"{counted(report.copies, 'copy')} of another {verb} not counted below.")
    rows = [
        (level.capitalize(), str(counts[level]), _share(counts[level], len(report.counted)))
        for level in reversed(LEVELS)
    ]
    brief_.table(("Level", "Documents", "Share"), rows)
    strong = [
        each.party or each.name for each in report.counted if each.result and each.result.level == LEVELS[-1]
    ]
    if strong:
        brief_.add("Strong urban content", "Heading 2")
        brief_.add(_named(strong, _MOST_NAMED))
    sectors = Counter(sector for each in report.counted for sector in {code for code, _ in each.sectors})
    if sectors:
        brief_.add("Sectors with urban measures", "Heading 2")
        named = [
            (SECTORS[code].capitalize(), str(count)) for code, count in sectors.most_common(_TOP_SECTORS)
        ]
        brief_.table(("Sector", "Documents"), named)
    if report.not_read:
        brief_.add("What was not read", "Heading 2")
        for lost in report.not_read[:_MOST_LOST]:
            brief_.add(f"{lost.path.rsplit('/', 1)[-1]}: {lost.message}", "List Bullet")
        if len(report.not_read) > _MOST_LOST:
            brief_.add(f"and {len(report.not_read) - _MOST_LOST} more, which the report names", "List Bullet")
    brief_.add("How to read this", "Heading 2")
    brief_.add(CAVEAT)
    brief_.add(WHOSE_TEXT)


def _page(brief_: _Brief, each: ReportDocument) -> None:
    if each.result is None:
        return
    brief_.add(each.party or each.name, _DOCUMENT_HEADING)
    brief_.add(each.name if each.pages is None else f"{each.name}, {counted(each.pages, 'page')}", "Subtitle")
    brief_.add(" ".join(_level(each, each.result)))
    if each.reasons:
        brief_.add("Why this level", "Heading 2")
        for why in each.reasons[:_REASONS]:
            side = "Raised by" if why.effect > 0 else "Lowered by"
            brief_.add(f"{side} {_shortened(why.text, _LONGEST_REASON)}", "List Bullet")
    sectors = Counter[str]()
    for (sector, _), count in each.sectors.items():
        sectors[sector] += count
    if sectors:
        brief_.add("Sectors", "Heading 2")
        found = [f"{SECTORS[code]} ({count})" for code, count in sectors.most_common(_TOP_SECTORS)]
        brief_.add("Urban measures: " + ", ".join(found) + ".")
    if each.evidence:
        brief_.add("Best evidence", "Heading 2")
        for passage in each.evidence[:QUOTATIONS]:
            _quotation(brief_, each, passage)
    else:
        brief_.add("No passage is urban with enough probability to count as evidence.")
    brief_.add(CAVEAT, _CAVEAT)


def _level(each: ReportDocument, result: LevelResult) -> Iterable[str]:
    """What is to be said of the level, in sentences."""
    yield f"Urban content: {result.level}, with a probability of {chance(result.probability)}."
    if not result.is_sure:
        yield f"It may be {either(result.levels)}."
    if each.codebook is not None:
        yield f"By the codebook's rules: {each.codebook.level}, with {chance(each.codebook.probability)}."
    yield (
        f"{each.urban_passages} of {counted(each.passage_count, 'passage')} "
        f"{agreeing(each.urban_passages, 'is', 'are')} urban."
    )
    if each.in_training:
        yield "The model was trained on this document, so the probability may be too high."
        if each.out_of_fold is not None:
            yield f"A model that had not seen this Party says {each.out_of_fold.level}."


def _quotation(brief_: _Brief, each: ReportDocument, passage: ReportPassage) -> None:
    style = _QUOTE_RTL if direction(passage.language) == "rtl" else "Quote"
    run = brief_.add(style=style).add_run(
        _shortened(clean(passage.text), LONGEST_QUOTATION) or "(no text in this run)"
    )
    language = OxmlElement("w:lang")
    language.set(qn("w:bidi" if style == _QUOTE_RTL else "w:val"), passage.language or "und")
    run._element.get_or_add_rPr().append(language)
    brief_.add(each.citation(passage), "Caption")


def _share(count: int, total: int) -> str:
    return f"{count / total:.0%}" if total else ""


def _named(names: Sequence[str], most: int) -> str:
    """Names, each once and sorted, and how many are left out."""
    once = sorted(set(names))
    more = f" and {len(once) - most} more" if len(once) > most else ""
    return ", ".join(once[:most]) + more


def _shortened(text: str, longest: int) -> str:
    """The beginning of a text, to the end of a word; a wide letter, as of Chinese, takes the room of two."""
    widths = accumulate(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
    fits = sum(width <= longest for width in widths)
    if fits == len(text):
        return text
    words = text[:fits].rsplit(" ", 1)
    kept = words[0] if len(words[0]) > fits / 2 else text[:fits]
    return f"{kept} […]"
