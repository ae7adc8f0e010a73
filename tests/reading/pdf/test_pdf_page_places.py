"""On which pages a passage stands, and the numbers that pages bear themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fpdf import FPDF

from ndc_urban.document import Block, Document, Page
from ndc_urban.reading import read
from ndc_urban.reading.pdf.furniture import edge_lines, printed_numbers
from ndc_urban.reading.pdf.lines import TextRun
from ndc_urban.reading.pdf.page_joins import PAGE_TURN, over_page
from ndc_urban.runs.tables import PASSAGES
from ndc_urban.segment import segment
from tests.support.written_pdf import new_pdf, write

SENTENCE = "The city council of the port extends its tram lines to the outer districts until the year 2030. "


def saved(pdf: FPDF, folder: Path) -> Document:
    path = folder / "written.pdf"
    pdf.output(str(path))
    return read(path)


def long_text(sentences: int) -> FPDF:
    """One paragraph of numbered clauses over the pages of a document."""
    pdf = new_pdf()
    write(pdf, "Transport in cities", size=16, style="B")
    write(pdf, "The plan: " + ", ".join(f"measure {n}, which {SENTENCE[4:-2]}" for n in range(sentences)))
    return pdf


def test_the_parts_of_a_long_paragraph_name_the_page_they_stand_on(tmp_path: Path) -> None:
    document = saved(long_text(120), tmp_path)
    passages = segment(document)
    assert document.page_count == 3
    assert document.blocks[-1].last_page == 3
    pages = [passage.page for passage in passages]
    assert pages == sorted(pages) and set(pages) == {1, 2, 3}
    assert any(passage.page == 1 and passage.last_page == 2 for passage in passages)
    assert all(passage.last_page in (passage.page, passage.page + 1) for passage in passages if passage.page)


def test_what_a_passage_says_is_on_the_page_it_names(tmp_path: Path) -> None:
    import pypdfium2

    document = saved(long_text(120), tmp_path)
    shown = [
        " ".join(page.get_textpage().get_text_range().split())
        for page in pypdfium2.PdfDocument(document.path)
    ]
    for passage in segment(document):
        if passage.page == passage.last_page:
            assert passage.text in shown[(passage.page or 0) - 1]
        else:
            begin, end = passage.text[:20], passage.text[-20:]
            assert begin in shown[(passage.page or 0) - 1] and end in shown[(passage.last_page or 0) - 1]


def test_a_word_that_the_end_of_a_page_divides_stands_where_it_begins() -> None:
    assert over_page("the munici-", "pality plans") == f"the munici\xadpality{PAGE_TURN}plans"
    assert over_page("one", "two") == f"one{PAGE_TURN}two"
    assert over_page("", "rest") == f"{PAGE_TURN}rest"
    assert over_page("all", "") == "all"


def test_the_cells_of_a_row_over_a_page_break_go_on_each_by_itself(tmp_path: Path) -> None:
    pdf = new_pdf()
    pdf.set_auto_page_break(False)
    widths = (60, 110)
    for x, width in zip((20, 80), widths, strict=True):
        pdf.rect(x, 240, width, 30)
    pdf.text(22, 246, "Urban transport")
    pdf.text(82, 246, "Trams are extended to")
    pdf.add_page()
    for y, height in ((20, 20), (40, 12)):
        for x, width in zip((20, 80), widths, strict=True):
            pdf.rect(x, y, width, height)
    pdf.text(22, 26, "in the port")
    pdf.text(82, 26, "the outer districts")
    pdf.text(22, 46, "Waste")
    pdf.text(82, 46, "Waste is collected in the capital")
    rows = [block for block in saved(pdf, tmp_path).blocks if block.kind == "table_row"]
    first = rows[0]
    assert first.text == "Urban transport in the port | Trams are extended to the outer districts"

    def page_of(words: str) -> int | None:
        return first.pages_of(first.text.index(words), first.text.index(words) + 1)[0]

    assert page_of("Urban") == page_of("Trams") == 1
    assert page_of("in the port") == page_of("the outer") == 2
    assert (first.page, first.last_page) == (1, 2)
    assert "\f" not in "".join(first.cells)


def numbered(foot: Callable[[int], str], pages: int) -> list[str]:
    lines = [
        [TextRun(foot(n), 280, 780, 320, 792, 790, 10), TextRun("City text", 80, 300, 300, 312, 310, 11)]
        for n in range(pages)
    ]
    return printed_numbers(edge_lines(page, 842.0) for page in lines)


@pytest.mark.parametrize(
    ("foot", "expected"),
    [
        (lambda n: f"{n + 5}", ["5", "6", "7", "8"]),
        (lambda n: f"- {n} -", ["0", "1", "2", "3"]),
        (lambda n: f"Page {n + 1} of 40", ["1", "2", "3", "4"]),
        (lambda n: f"Plan for 2030, page {n + 11}", ["11", "12", "13", "14"]),
        (lambda n: ["i", "ii", "iii", "iv"][n], ["i", "ii", "iii", "iv"]),
        (lambda n: f"{n + 3} of 40, {n + 21} of all", ["3", "4", "5", "6"]),
        (lambda n: "Plan for 2030", ["", "", "", ""]),
        (lambda n: str(7 * n * n), ["", "", "", ""]),
    ],
)
def test_the_number_that_counts_on_is_the_page_s_own(foot: Callable[[int], str], expected: list[str]) -> None:
    assert numbered(foot, 4) == expected


def test_passages_bear_the_printed_number_of_their_page(tmp_path: Path) -> None:
    pdf = new_pdf()
    pdf.set_auto_page_break(False)
    for n in range(4):
        if n:
            pdf.add_page()
        pdf.set_y(100)
        write(pdf, f"{SENTENCE}This is said on sheet {n}.")
        pdf.set_y(-15)
        pdf.cell(0, 8, f"{n + 21}", align="C")
    passages = segment(saved(pdf, tmp_path))
    assert [(passage.page, passage.printed_page) for passage in passages] == [
        (1, "21"), (2, "22"), (3, "23"), (4, "24")
    ]  # fmt: skip


def test_page_labels_of_the_file_serve_where_pages_bear_no_number(tmp_path: Path) -> None:
    pdf = new_pdf()
    pdf.set_page_label(label_style="r")
    write(pdf, SENTENCE)
    pdf.add_page(label_style="D", label_start=1)
    write(pdf, SENTENCE + "More.")
    assert [page.printed for page in saved(pdf, tmp_path).pages] == ["i", "1"]


def test_a_position_in_the_text_has_the_page_it_stands_on() -> None:
    block = Block("paragraph", "first second third", page=2, page_turns=((6, 3), (13, 4)))
    after = Block("paragraph", "fourth", page=4)
    document = Document(
        Path("a.pdf"), "0" * 64, "pdf", (Page(2, (block,), "pdfium"), Page(4, (after,), "pdfium"))
    )
    assert [document.page_at(at) for at in (0, 5, 6, 12, 13, 19)] == [2, 2, 3, 3, 4, 4]
    assert block.pages_of(0, 6) == (2, 2)
    assert block.pages_of(4, 8) == (2, 3)
    assert block.pages_of(6, 18) == (3, 4)


def test_the_new_columns_come_last() -> None:
    assert list(PASSAGES)[-2:] == ["last_page", "printed_page"]
