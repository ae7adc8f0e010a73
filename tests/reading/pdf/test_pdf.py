"""PDFs written here with fpdf2, read back: what stands on the page comes out as the right blocks."""

from __future__ import annotations

from pathlib import Path

import pytest
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace
from written_pdf import new_pdf, write

from ndc_urban.document import Block, Page
from ndc_urban.reading.pdf.pages import read_pdf

NAME = Path("written.pdf")
TOWN = "The town plants trees along its streets so that people can walk in the shade on hot days. "
BUSES = "Buses that run on electricity replace the old ones on the ring road before the year 2032. "
ROWS = [
    ("Sector", "Measure", "Cost"),
    ("Transport", "Cycle lanes on all main streets of the capital, with trees for shade", "12"),
    ("Waste", "Sorting of waste at home in every district", "7"),
    ("Buildings", "Roofs painted white", "3"),
]


def read(pdf: FPDF, reader: str = "auto") -> tuple[Page, ...]:
    return read_pdf(NAME, bytes(pdf.output()), reader=reader)  # type: ignore[arg-type]


def blocks_of(pdf: FPDF, reader: str = "auto") -> list[Block]:
    return [block for page in read(pdf, reader) for block in page.blocks]


def kinds(blocks: list[Block]) -> list[str]:
    return [block.kind for block in blocks]


@pytest.mark.parametrize("reader", ["auto", "pdfium", "pdfplumber"])
def test_headings_paragraphs_and_items(reader: str) -> None:
    pdf = new_pdf()
    write(pdf, "A plan for cooler towns", size=20, style="B")
    write(pdf, "1. What we do", size=14, style="B")
    write(pdf, (TOWN + BUSES) * 2)
    write(pdf, "- " + TOWN.strip(), gap=1)
    write(pdf, "- Second thing that the town does", gap=1)
    blocks = blocks_of(pdf, reader)
    assert kinds(blocks) == ["heading", "heading", "paragraph", "list_item", "list_item"]
    assert blocks[0].level < blocks[1].level
    assert blocks[2].text == ((TOWN + BUSES) * 2).strip()
    assert blocks[4].text == "Second thing that the town does"


@pytest.mark.parametrize("reader", ["pdfium", "pdfplumber"])
def test_the_reader_is_named_and_boxes_are_from_the_top_left(reader: str) -> None:
    pdf = new_pdf()
    pdf.set_xy(20, 30)
    pdf.cell(text="Thirty millimetres down")
    (page,) = read(pdf, reader)
    assert page.reader == reader
    assert (page.number, round(page.width or 0), round(page.height or 0)) == (1, 595, 842)
    left, top, right, bottom = page.blocks[0].bbox or (0, 0, 0, 0)
    assert 56 < left < 62 < right
    assert 80 < top < bottom < 105


@pytest.mark.parametrize("reader", ["pdfium", "pdfplumber"])
def test_each_row_of_a_ruled_table_is_one_block_with_cells_and_header(reader: str) -> None:
    pdf = new_pdf()
    write(pdf, TOWN)
    with pdf.table(ROWS, col_widths=(20, 50, 10), headings_style=FontFace(emphasis="BOLD")):
        pass
    blocks = [block for block in blocks_of(pdf, reader) if block.cells]
    assert [block.cells for block in blocks] == ROWS
    assert blocks[0].header == ()
    assert all(block.header == ROWS[0] for block in blocks[1:])
    assert blocks[1].text == " | ".join(ROWS[1])


def test_a_header_repeated_on_the_next_page_is_given_once_and_stays_in_force() -> None:
    pdf = new_pdf()
    body = [(f"Sector {n}", f"Measure number {n} of the town", str(n)) for n in range(60)]
    with pdf.table([ROWS[0], *body], headings_style=FontFace(emphasis="BOLD")):
        pass
    pages = read(pdf)
    assert len(pages) > 1
    rows = [block for page in pages for block in page.blocks]
    assert [row.cells for row in rows] == [ROWS[0], *body]
    assert all(row.header == ROWS[0] for row in rows[1:])


def test_a_table_with_horizontal_rulings_only() -> None:
    pdf = new_pdf()
    top = pdf.get_y()
    bold = FontFace(emphasis="BOLD")
    with pdf.table(ROWS, borders_layout="HORIZONTAL_LINES", col_widths=(20, 50, 10), headings_style=bold):
        pass
    for height in (top, pdf.get_y()):
        pdf.line(pdf.l_margin, height, pdf.w - pdf.r_margin, height)
    assert [block.cells for block in blocks_of(pdf)] == ROWS


def test_a_table_without_rulings() -> None:
    pdf = new_pdf()
    write(pdf, TOWN * 2)
    for row in [
        ("Energy", "1301", "5.7"),
        ("Waste", "205", "0.9"),
        ("Forests", "18", "81.7"),
        ("All", "94", "88"),
    ]:
        for width, cell in zip((60, 40, 40), row, strict=True):
            pdf.cell(width, 6, cell)
        pdf.ln()
    rows = [block.cells for block in blocks_of(pdf) if block.cells]
    assert rows[0] == ("Energy", "1301", "5.7")
    assert rows[-1] == ("All", "94", "88")


def test_a_section_row_over_all_columns_is_a_heading_inside_the_table() -> None:
    pdf = new_pdf()
    with pdf.table(col_widths=(30, 60)) as table:
        for cells in (("Aim", "Half of the emissions of the town"), ("Year", "The year is 2030")):
            row = table.row()
            for cell in cells:
                row.cell(cell)
        table.row().cell("Adaptation of the coast", colspan=2)
        row = table.row()
        row.cell("Dyke")
        row.cell("Twelve kilometres of dyke along the harbour")
    inside = [block for block in blocks_of(pdf) if block.kind == "heading"]
    assert [(block.text, block.level) for block in inside] == [("Adaptation of the coast", 7)]


def test_two_columns_are_read_one_after_the_other() -> None:
    pdf = new_pdf()
    with pdf.text_columns(ncols=2, gutter=12, text_align="J") as columns:
        columns.write(TOWN * 20)
        columns.write("\n\n" + BUSES * 20)
    text = " ".join(block.text for block in blocks_of(pdf))
    assert text.count(TOWN.strip()) == 20
    assert text.count(BUSES.strip()) == 20
    assert text.index(BUSES.strip()) > text.rindex(TOWN.strip())


@pytest.mark.parametrize("side", ["left", "right"])
def test_notes_in_the_margin_follow_the_text_that_they_stand_beside(side: str) -> None:
    pdf = new_pdf()
    notes, text = (20, 65) if side == "left" else (150, 20)
    pdf.set_font("Helvetica", size=11)
    pdf.set_xy(text, 40)
    pdf.multi_cell(125, 6, TOWN * 18)
    for at, y in enumerate((52, 110), start=1):
        pdf.set_font("Helvetica", size=7.5)
        pdf.set_xy(notes, y)
        pdf.multi_cell(40, 3.5, f"{at} Ministry of Housing. {BUSES * 2} http://example.org/{'housing-' * 9}")
    read = " ".join(block.text for block in blocks_of(pdf))
    assert read.startswith((TOWN * 18).strip())
    assert read.count(BUSES.strip()) == 4
    assert (
        read.index("2 Ministry of Housing") > read.index("1 Ministry of Housing") > read.rindex(TOWN.strip())
    )


class Letter(FPDF):
    """Pages with a running head and a page number."""

    def header(self) -> None:
        self.set_font("Helvetica", size=9)
        self.cell(0, 8, "Plan of the Republic of Examples", align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(6)

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Helvetica", size=9)
        self.cell(0, 8, f"Page {self.page_no()}", align="C")


def test_running_heads_and_page_numbers_go_and_sentences_cross_pages() -> None:
    pdf = Letter()
    pdf.set_auto_page_break(True, margin=25)
    pdf.add_page()
    names = [left + right for left in "abcdefghij" for right in "klmnopqrst"]
    write(
        pdf,
        "".join(f"In the town of {name} people plant trees along the streets for shade. " for name in names),
    )
    pages = read(pdf)
    assert len(pages) >= 2
    text = " ".join(block.text for page in pages for block in page.blocks)
    assert "Republic of Examples" not in text
    assert "Page" not in text
    assert [name for name in names if f"the town of {name} people plant trees along" not in text] == []
    for page in pages[:-1]:
        assert page.blocks[-1].text.endswith(".")


def test_words_hyphenated_at_the_line_end_are_joined() -> None:
    pdf = new_pdf()
    pdf.multi_cell(0, 6, "The plan of the town for cool streets and for the adap-\ntation of its harbour.")
    (block,) = blocks_of(pdf)
    assert block.text == "The plan of the town for cool streets and for the adaptation of its harbour."


def test_a_raised_footnote_mark_does_not_stand_in_the_sentence() -> None:
    pdf = new_pdf()
    pdf.write(6, "The town grows")
    pdf.char_vpos = "SUP"
    pdf.write(6, "12")
    pdf.char_vpos = "LINE"
    pdf.write(6, " by the year 2030 on 5 km")
    pdf.char_vpos = "SUP"
    pdf.write(6, "2")
    pdf.char_vpos = "LINE"
    pdf.write(6, " of land.")
    (block,) = blocks_of(pdf)
    assert block.text == "The town grows by the year 2030 on 5 km2 of land."


def test_footnotes_at_the_foot_are_blocks_of_their_own() -> None:
    pdf = new_pdf()
    write(pdf, TOWN * 3)
    pdf.set_y(-40)
    pdf.line(pdf.l_margin, pdf.get_y() - 2, pdf.l_margin + 50, pdf.get_y() - 2)
    write(pdf, "1 Counted by the office of statistics of the town.", size=8)
    blocks = blocks_of(pdf)
    assert kinds(blocks) == ["paragraph", "footnote"]


@pytest.mark.parametrize("reader", ["pdfium", "pdfplumber"])
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_rotated_pages_read_as_upright_ones(turn: int, reader: str) -> None:
    pdf = new_pdf()
    write(pdf, TOWN * 3)
    data = bytes(pdf.output()).replace(b"/Type /Page\n", f"/Type /Page\n/Rotate {turn}\n".encode())
    (page,) = read_pdf(NAME, data, reader=reader)  # type: ignore[arg-type]
    assert (round(page.width or 0) == 842) == (turn != 180)
    assert page.blocks
    assert set(TOWN.split()) <= set(" ".join(block.text for block in page.blocks).split())


def test_a_landscape_table_set_sideways_on_an_upright_page() -> None:
    pdf = new_pdf()
    with pdf.rotation(90, x=105, y=148):
        pdf.set_xy(10, 120)
        with pdf.table(ROWS, col_widths=(20, 50, 10), width=150, headings_style=FontFace(emphasis="BOLD")):
            pass
    rows = [block.cells for block in blocks_of(pdf) if block.cells]
    assert rows == ROWS


def test_a_picture_without_text_needs_recognition_and_an_empty_page_does_not() -> None:
    pdf = new_pdf()
    pdf.rect(20, 20, 150, 200, style="F")
    pdf.add_page()
    pages = read(pdf)
    assert [page.needs_ocr for page in pages] == [True, False]
    assert all(not page.blocks for page in pages)


def test_both_readers_agree_on_the_text() -> None:
    pdf = new_pdf()
    write(pdf, "A heading in large letters", size=18, style="B")
    write(pdf, (TOWN + BUSES) * 4)
    with pdf.table(ROWS):
        pass
    one, two = blocks_of(pdf, "pdfium"), blocks_of(pdf, "pdfplumber")
    assert [(block.kind, block.text, block.level) for block in one] == [
        (block.kind, block.text, block.level) for block in two
    ]
