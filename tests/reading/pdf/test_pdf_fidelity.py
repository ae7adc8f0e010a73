"""Faithful text: divided words, letters set apart, glyphs out of order, and what else went wrong in real files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from written_pdf import new_pdf, write

from ndc_urban.document import Block
from ndc_urban.reading.pdf.furniture import edge_lines, without_furniture
from ndc_urban.reading.pdf.glyphs import Glyphs
from ndc_urban.reading.pdf.hyphens import Spelling, settle_hyphens
from ndc_urban.reading.pdf.lines import TextRun, join_lines, pieces_of
from ndc_urban.reading.pdf.overprint import without_copies
from ndc_urban.reading.pdf.pages import read_pdf
from ndc_urban.reading.pdf.paragraphs import Draft
from ndc_urban.reading.pdf.quality import quality_of

NAME = Path("written.pdf")
TOWN = "The town plants trees along its streets so that people can walk in the shade on hot days. "


def blocks_of(pdf: FPDF) -> list[Block]:
    return [block for page in read_pdf(NAME, bytes(pdf.output())) for block in page.blocks]


def glyphs_of(text: str, *, step: float = 5.0) -> Glyphs:
    """A line of glyphs five points wide, `step` apart, without space characters between them."""
    left = 50 + np.arange(len(text)) * step
    count = len(text)
    return Glyphs(
        list(text),
        np.stack([left, np.full(count, 90.0), left + 5, np.full(count, 100.0)], axis=1),
        np.full(count, 100.0),
        np.full(count, 10.0),
        np.zeros(count, dtype=np.bool_),
        np.zeros(count, dtype=np.int64),
    )


def test_divided_words_follow_the_spelling_of_the_document() -> None:
    spelling = Spelling(["A low-carbon town with micro-gardens, adaptation and gardens on its roofs"])
    assert spelling.settled("low\u00adcarbon") == "low-carbon"
    assert spelling.settled("adap\u00adtation") == "adaptation"
    assert spelling.settled("micro\u00adgardens") == "micro-gardens"
    assert spelling.settled("roofs\u00adgardens") == "roofs-gardens"
    assert spelling.settled("har\u00adbour") == "harbour"
    assert spelling.settled("socio\u00adeconomic") == "socio-economic"


def test_compounds_keep_their_hyphen_at_the_line_end() -> None:
    pdf = new_pdf()
    write(pdf, "The sub-sector of waste grows. " + TOWN)
    write(pdf, "The town has a plan for each sub-\nsector and for the adap-\ntation of its harbour.")
    assert blocks_of(pdf)[-1].text == (
        "The town has a plan for each sub-sector and for the adaptation of its harbour."
    )


def test_soft_hyphens_go_from_cells_and_headers_too() -> None:
    draft = Draft(
        "table_row", 1, text="a har\u00adbour", cells=("a", "har\u00adbour"), header=("har\u00adbour",)
    )
    settle_hyphens([draft])
    assert (draft.text, draft.cells, draft.header) == ("a harbour", ("a", "harbour"), ("harbour",))


def test_joining_lines_leaves_the_choice_open() -> None:
    assert join_lines(["sub-", "sector"]) == "sub\u00adsector"
    assert join_lines(["CO2-", "neutral"]) == "CO2-neutral"


def test_letters_set_apart_are_one_word() -> None:
    glyphs = glyphs_of("harbours", step=8)
    (piece,) = pieces_of(glyphs, np.full(8, -1))
    assert piece.text == "harbours"


def test_stretched_lines_keep_their_spaces() -> None:
    pdf = new_pdf()
    write(pdf, TOWN)
    pdf.set_char_spacing(3.2)
    pdf.cell(0, 6, "harbours and quays", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    text = " ".join(block.text for block in blocks_of(pdf))
    assert "harbours and quays" in text


def test_glyphs_out_of_order_call_for_the_second_reader() -> None:
    glyphs = glyphs_of("a line of text that is as long as it has to be")
    order = np.arange(len(glyphs))
    order[10:20] = order[10:20][::-1]
    assert not quality_of(glyphs).is_poor
    assert quality_of(glyphs.take(order)).is_poor


def test_arabic_runs_backwards_by_nature() -> None:
    glyphs = glyphs_of("المدن تزرع الاشجار على شوارعها كل سنة")
    glyphs = replace(glyphs, box=glyphs.box[::-1].copy())
    assert not quality_of(glyphs).is_poor


def label_beside_text(pdf: FPDF, label: str, text: str, *, left: float = 45, gap: float = 6) -> None:
    """A label with its text in a wider column beside it, nothing drawn around them."""
    y = pdf.get_y()
    pdf.multi_cell(left, 5.2, label, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
    low = pdf.get_y()
    pdf.set_xy(pdf.l_margin + left + 8, y)
    pdf.multi_cell(0, 5.2, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_y(max(low, pdf.get_y()) + gap)


def test_two_labels_beside_long_text_are_two_rows() -> None:
    pdf = new_pdf()
    write(pdf, TOWN * 4)
    label_beside_text(pdf, "What the town will do for shade without help", TOWN * 8)
    label_beside_text(pdf, "What the town will do for shade with help from outside", TOWN * 8)
    rows = [block for block in blocks_of(pdf) if block.cells]
    assert [row.cells[0] for row in rows] == [
        "What the town will do for shade without help",
        "What the town will do for shade with help from outside",
    ]
    assert all(row.cells[1] == (TOWN * 8).strip() for row in rows)


def test_a_label_beside_pages_of_text_keeps_the_next_label_in_the_table() -> None:
    pdf = new_pdf()
    for label in ("Shade", "Water", "Harbour", "Waste"):
        label_beside_text(pdf, label, TOWN * 7)
    rows = [block for block in blocks_of(pdf) if block.cells]
    assert [row.cells[0] for row in rows] == ["Shade", "Water", "Harbour", "Waste"]


def test_a_lone_foot_is_no_part_of_an_unruled_table() -> None:
    pdf = new_pdf()
    for label in ("Shade", "Water", "Harbour"):
        label_beside_text(pdf, label, TOWN * 4)
    pdf.set_auto_page_break(False)
    pdf.set_y(-15)
    pdf.cell(0, 5, "Plan of the town for shade on its streets, squares and quays", align="C")
    rows = [block for block in blocks_of(pdf) if block.cells]
    assert [row.cells for row in rows] == [
        (label, (TOWN * 4).strip()) for label in ("Shade", "Water", "Harbour")
    ]


def headings_of(pdf: FPDF) -> list[str]:
    return [block.text for block in blocks_of(pdf) if block.kind == "heading"]


def test_a_short_line_alone_above_its_text_is_a_heading() -> None:
    pdf = new_pdf()
    write(pdf, TOWN * 4, gap=8)
    write(pdf, "Shade on the streets", gap=2)
    write(pdf, TOWN * 4, gap=8)
    write(pdf, "The town has two aims.", gap=2)
    write(pdf, TOWN * 4)
    assert headings_of(pdf) == ["Shade on the streets"]


def test_lettered_lines_are_headings_where_text_follows_and_items_in_lists() -> None:
    pdf = new_pdf()
    write(pdf, TOWN * 3)
    write(pdf, "a) Shade on the streets")
    write(pdf, TOWN * 3)
    write(pdf, "b) Water in the harbour")
    write(pdf, TOWN * 3)
    for item in ("a) New trees", "b) New quays", "c) New buses"):
        write(pdf, item, gap=0.5)
    assert headings_of(pdf) == ["a) Shade on the streets", "b) Water in the harbour"]


def test_bold_lettered_lines_are_headings() -> None:
    pdf = new_pdf()
    for label in ("i) Shade on the streets", "ii) Water in the harbour"):
        write(pdf, label, style="B")
        write(pdf, "- " + TOWN)
    assert headings_of(pdf) == ["i) Shade on the streets", "ii) Water in the harbour"]


def test_a_long_title_over_many_lines_is_a_heading() -> None:
    pdf = new_pdf()
    title = "Plan for shade on the streets and squares of the town and for clean water in its old harbour"
    pdf.set_font("Helvetica", style="B", size=26)
    pdf.multi_cell(110, 12, title, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(10)
    write(pdf, TOWN * 6)
    assert headings_of(pdf) == [title]


def test_tables_of_contents_are_left_out() -> None:
    pdf = new_pdf()
    write(pdf, "Contents", style="B", gap=2)
    for page, entry in enumerate(("Shade on the streets", "Water in the harbour", "Waste", "Buses"), start=2):
        dots = "." * (70 - len(entry))
        write(pdf, f"{page - 1}. {entry} {dots} {page}", gap=0.5)
    pdf.add_page()
    write(pdf, "1. Shade on the streets", style="B")
    write(pdf, TOWN * 4)
    assert [(block.kind, block.text) for block in blocks_of(pdf)] == [
        ("heading", "1. Shade on the streets"),
        ("paragraph", (TOWN * 4).strip()),
    ]


def test_dots_without_page_numbers_stay() -> None:
    pdf = new_pdf()
    for name in ("Town", "Harbour", "Streets", "Quays", "Buses"):
        write(pdf, f"{name} ........ a word that is explained here", gap=0.5)
    text = " ".join(block.text for block in blocks_of(pdf))
    assert text.count("a word that is explained here") == 5


def test_deep_running_heads_go() -> None:
    names = ("shade", "water", "waste", "buses", "parks")
    pdf = FPDF()
    for name in names:
        pdf.add_page()
        pdf.set_y(36)  # the foot of the head is at 14% of the page's height
        write(pdf, "Office of Towns and Harbours", size=10, gap=10)
        write(pdf, f"About {name}. " + TOWN * 3)
    texts = [block.text for block in blocks_of(pdf)]
    assert texts == [f"About {name}. " + (TOWN * 3).strip() for name in names]


def test_running_heads_inside_a_frame_around_the_page_go() -> None:
    heads = [
        [
            TextRun("Office of Towns", 50, 20, 150, 32, 30, 10, cell=3),
            TextRun(f"About {name}", 50, 390, 150, 402, 400, 10, cell=3),
        ]
        for name in ("shade", "water", "waste")
    ]
    kept = without_furniture(heads, [edge_lines(page, 800.0) for page in heads])
    assert [[line.text for line in page] for page in kept] == [
        ["About shade"],
        ["About water"],
        ["About waste"],
    ]


def test_of_letters_printed_twice_one_copy_stays_in_order() -> None:
    text = "trees along all of the streets"
    one = glyphs_of(text)
    two = replace(one, box=one.box + np.array([0.06, 0, 0.06, 0]))
    both = Glyphs(
        one.text + two.text,
        np.concatenate([one.box, two.box]),
        *(
            np.concatenate([getattr(one, name), getattr(two, name)])
            for name in ("baseline", "size", "bold", "turn")
        ),
    )
    once = without_copies(both)
    pieces = pieces_of(once, np.full(len(once), -1))
    assert [piece.text for piece in pieces] == [text]
