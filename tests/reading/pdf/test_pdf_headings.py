"""Which lines of a PDF are headings: those in the middle above those at the side, and not the labels of charts."""

from __future__ import annotations

from pathlib import Path

from fpdf import FPDF

from ndc_urban.document import Document
from ndc_urban.reading import read
from ndc_urban.segment import segment
from tests.support.written_pdf import new_pdf, write

TEXT = (
    "The plan names measures of adaptation that the sector takes in the years until 2030, and the offices that are "
    "in charge of them. Each of them reports to the council once a year."
)


def saved(pdf: FPDF, folder: Path) -> Document:
    path = folder / "written.pdf"
    pdf.output(str(path))
    return read(path)


def test_a_heading_in_the_middle_stands_above_those_of_its_style_at_the_side(tmp_path: Path) -> None:
    pdf = new_pdf()
    for sector in ("Water", "Human settlements", "Health"):
        pdf.set_font("Helvetica", style="B", size=11)
        pdf.cell(0, 8, sector, align="C")
        pdf.ln(10)
        for level in ("Macro level", "Level of operation"):
            write(pdf, level, style="B")
            write(pdf, f"{sector}: {TEXT}")
    sections = [passage.section for passage in segment(saved(pdf, tmp_path))]
    assert ("Human settlements", "Macro level") in sections
    assert ("Human settlements", "Level of operation") in sections
    assert ("Health", "Macro level") in sections


def test_labels_scattered_over_a_chart_are_no_headings(tmp_path: Path) -> None:
    pdf = new_pdf()
    write(pdf, TEXT)
    pdf.set_font("Helvetica", size=14)
    labels = [
        ("HEALTH 1%", 120, 80),
        ("FARMING 21%", 50, 92),
        ("CITIES 49%", 140, 104),
        ("WASTE", 75, 116),
        ("FORESTS", 30, 130),
    ]
    for label, x, y in labels:
        pdf.text(x, y, label)
    pdf.set_y(150)
    write(pdf, "Cities and towns", size=14, style="B")
    write(pdf, TEXT)
    headings = [block.text for block in saved(pdf, tmp_path).blocks if block.kind == "heading"]
    assert headings == ["Cities and towns"]


def test_labels_side_by_side_below_the_bars_of_a_chart_are_no_heading(tmp_path: Path) -> None:
    pdf = new_pdf()
    write(pdf, "1    Emissions", size=14, style="B")
    write(pdf, TEXT)
    pdf.set_font("Helvetica", style="B", size=13)
    for at, label in enumerate(("Farming", "Cities", "Waste")):
        pdf.text(30 + 45 * at, 130, label)
    pdf.set_y(140)
    write(pdf, TEXT)
    document = saved(pdf, tmp_path)
    assert [block.text for block in document.blocks if block.kind == "heading"] == ["1 Emissions"]
    assert "Farming Cities Waste" in [block.text for block in document.blocks]


def test_a_short_line_above_the_items_of_a_list_is_a_heading_but_not_one_that_leads_in(
    tmp_path: Path,
) -> None:
    pdf = new_pdf()
    for title in ("Cities and infrastructure", "The measures for cities are:"):
        write(pdf, TEXT, gap=8)
        write(pdf, title, gap=2)
        write(pdf, f"- {TEXT}", gap=2)
    headings = [block.text for block in saved(pdf, tmp_path).blocks if block.kind == "heading"]
    assert headings == ["Cities and infrastructure"]
