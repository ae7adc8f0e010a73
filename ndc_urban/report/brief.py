"""A brief in Word: an opening summary and one page for each document, with styles only, so that any template fits.

It uses Word's own styles (Title, Subtitle, Heading 1 and 2, List Bullet, Quote, Caption, Table Grid) and two of its
own: *Document Heading*, which begins a page, and *Quote Right to Left*.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from ndc_urban.codebook import LEVELS, SECTORS
from ndc_urban.exchange.xml_text import clean
from ndc_urban.report.payload import direction
from ndc_urban.report.records import Report, ReportDocument, ReportPassage
from ndc_urban.report.wording import WHOSE_TEXT

QUOTATIONS = 5
"""For each document, so that a document takes one page."""
LONGEST_QUOTATION = 450
"""Characters: five such quotations take about 25 lines, half a page of A4."""
_REASONS = 4
_TOP_SECTORS = 6
"""That many take two or three lines in the brief. Chosen by eye."""
_DOCUMENT_HEADING, _QUOTE_RTL = "Document Heading", "Quote Right to Left"
CAVEAT = (
    "The level is a model's estimate of how much of the document is about cities. It says nothing about how good the "
    "measures are or whether they are carried out. Read the passages before you cite the level."
)


def brief(report: Report) -> bytes:
    """The brief as a .docx file."""
    document = docx.Document()
    _add_styles(document)
    _summary(document, report)
    for each in report.scored:
        _page(document, each)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _add_styles(document: Any) -> None:
    styles = document.styles
    heading = styles.add_style(_DOCUMENT_HEADING, WD_STYLE_TYPE.PARAGRAPH)
    heading.base_style = styles["Heading 1"]
    heading.paragraph_format.page_break_before = True
    heading.next_paragraph_style = styles["Normal"]
    quote = styles.add_style(_QUOTE_RTL, WD_STYLE_TYPE.PARAGRAPH)
    quote.base_style = styles["Quote"]
    quote.element.get_or_add_pPr().append(OxmlElement("w:bidi"))
    quote.element.get_or_add_rPr().append(OxmlElement("w:rtl"))


def _summary(document: Any, report: Report) -> None:
    document.add_paragraph("Urban content of NDCs", style="Title")
    facts = ", ".join(f"{name.lower()} {value}" for name, value in report.facts.items())
    document.add_paragraph(f"A brief by ndc-urban: {facts}.", style="Subtitle")
    counts = Counter(each.result.level for each in report.scored if each.result)
    unsure = sum(not each.result.is_sure for each in report.scored if each.result)
    document.add_paragraph(
        f"{len(report.scored)} of {len(report.documents)} documents were scored; for {unsure} of them more than one "
        "level is possible."
    )
    rows = [
        (level, str(counts[level]), _share(counts[level], len(report.scored))) for level in reversed(LEVELS)
    ]
    _table(document, ("Level", "Documents", "Share"), rows)
    sectors = Counter(sector for each in report.scored for sector in {code for code, _ in each.sectors})
    if sectors:
        document.add_paragraph("Sectors with urban measures", style="Heading 2")
        named = [(SECTORS[code], str(count)) for code, count in sectors.most_common(_TOP_SECTORS)]
        _table(document, ("Sector", "Documents"), named)
    if report.not_read:
        document.add_paragraph("What was not read", style="Heading 2")
        for lost in report.not_read:
            document.add_paragraph(f"{clean(lost.path)}: {clean(lost.message)}", style="List Bullet")
    document.add_paragraph(CAVEAT)
    document.add_paragraph(WHOSE_TEXT)


def _page(document: Any, each: ReportDocument) -> None:
    result = each.result
    if result is None:
        return
    document.add_paragraph(clean(each.party or each.name), style=_DOCUMENT_HEADING)
    pages = "" if each.pages is None else f", {each.pages} pages"
    document.add_paragraph(f"{clean(each.name)}{pages}", style="Subtitle")
    may_be = "" if result.is_sure else f" It may be {' or '.join(result.levels)}."
    document.add_paragraph(
        f"Urban content: {result.level}, with a probability of {result.probability:.0%}.{may_be} "
        f"{each.urban_passages} of {each.passage_count} passages are urban."
    )
    if each.reasons:
        document.add_paragraph("Why this level", style="Heading 2")
        for why in each.reasons[:_REASONS]:
            side = "Raised by" if why.effect > 0 else "Lowered by"
            document.add_paragraph(f"{side} {clean(why.text)}", style="List Bullet")
    sectors = Counter[str]()
    for (sector, _), count in each.sectors.items():
        sectors[sector] += count
    if sectors:
        document.add_paragraph("Sectors", style="Heading 2")
        found = [f"{SECTORS[code]} ({count})" for code, count in sectors.most_common(_TOP_SECTORS)]
        document.add_paragraph("Urban measures: " + ", ".join(found) + ".")
    if each.evidence:
        document.add_paragraph("Best evidence", style="Heading 2")
        for passage in each.evidence[:QUOTATIONS]:
            _quotation(document, each, passage)
    notes = [CAVEAT]
    if each.in_training:
        notes.insert(0, "The model was trained on this document and looks surer of it than it is.")
    document.add_paragraph(" ".join(notes))


def _quotation(document: Any, each: ReportDocument, passage: ReportPassage) -> None:
    style = _QUOTE_RTL if direction(passage.language) == "rtl" else "Quote"
    paragraph = document.add_paragraph(style=style)
    run = paragraph.add_run(_shortened(clean(passage.text)) or "(no text in this run)")
    language = OxmlElement("w:lang")
    language.set(qn("w:bidi" if style == _QUOTE_RTL else "w:val"), passage.language or "und")
    run._element.get_or_add_rPr().append(language)
    document.add_paragraph(clean(each.citation(passage)), style="Caption")


def _table(document: Any, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    table = document.add_table(rows=0, cols=len(heads), style="Table Grid")
    for cells in (heads, *rows):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text


def _share(count: int, total: int) -> str:
    return f"{count / total:.0%}" if total else ""


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_QUOTATION:
        return text
    return text[:LONGEST_QUOTATION].rsplit(" ", 1)[0] + " […]"
