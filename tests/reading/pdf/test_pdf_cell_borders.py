"""Tables whose cells are drawn in the ways of word processors: borders and shading piece by piece, narrow columns."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from fpdf import FPDF

from ndc_urban.reading import read
from ndc_urban.reading.pdf.hyphens import Breaks
from tests.support.written_pdf import new_pdf, write

ROWS = [
    ("(a)", "Buses of the port and the lines to it", "2030 and after"),
    ("(b)", "Lanes for cycling along the river", "2028"),
    ("(c)", "Trams to the stations in the north", "2032"),
    ("(d)", "Trees along all streets of the town", "2035"),
]
BULLET = "\x95"
"""As the encoding of the font has it."""

LEFT, TOP, HEIGHT = 20, 40, 8
EDGES = (LEFT, 35, 110, 180)
WIDER = (LEFT, 60, 110, 180)


def table_rows(pdf: FPDF, folder: Path) -> list[tuple[str, ...]]:
    path = folder / "written.pdf"
    pdf.output(str(path))
    return [block.cells for block in read(path).blocks if block.kind == "table_row"]


def texts(pdf: FPDF) -> None:
    pdf.set_font("Helvetica", size=9)
    for number, row in enumerate(ROWS):
        for x, text in zip(EDGES, row, strict=False):
            pdf.text(x + 2, TOP + number * HEIGHT + 5, text)


def test_columns_are_recognised_by_where_borders_of_rows_are_divided(tmp_path: Path) -> None:
    pdf = new_pdf()
    texts(pdf)
    for number in range(len(ROWS) + 1):
        for x0, x1 in pairwise(EDGES):
            pdf.line(x0, TOP + number * HEIGHT, x1, TOP + number * HEIGHT)
    assert table_rows(pdf, tmp_path) == ROWS


def test_rows_are_recognised_by_where_the_sides_of_a_table_are_divided(tmp_path: Path) -> None:
    pdf = new_pdf()
    texts(pdf)
    for number in range(len(ROWS)):
        for x in EDGES:
            pdf.line(x, TOP + number * HEIGHT, x, TOP + (number + 1) * HEIGHT)
    assert table_rows(pdf, tmp_path) == ROWS


def test_figures_below_each_other_are_rows_by_the_labels_beside_them(tmp_path: Path) -> None:
    """Rulings above and below the head and at the end only, each divided where the column ends."""
    rows = [
        ("Sector", "Cost"),
        ("Buses", "14,917"),
        ("Trams and/the port", "1,533"),
        ("Lanes", "972"),
        ("All", "9"),
    ]
    pdf = new_pdf()
    pdf.set_font("Helvetica", size=9)
    y = float(TOP)
    for number, (label, figure) in enumerate(rows):
        lines = label.split("/")
        for at, line in enumerate(lines):
            pdf.text(EDGES[1] + 2, y + 4 + 4 * at, line)
        pdf.text(EDGES[2] + 2, y + 2 + 2 * len(lines), figure)
        y += 1 + 4 * len(lines)
        if number == 0:
            ruled = [float(TOP), y]
    for level in (*ruled, y):
        for x0, x1 in pairwise(EDGES[1:]):
            pdf.line(x0, level, x1, level)
    assert table_rows(pdf, tmp_path) == [(label.replace("/", " "), figure) for label, figure in rows]


def test_figures_beside_a_single_label_stay_in_one_cell(tmp_path: Path) -> None:
    pdf = new_pdf()
    pdf.set_font("Helvetica", size=9)
    for x0, x1 in pairwise(EDGES):
        for top, height in ((TOP, 8), (TOP + 8, 20)):
            pdf.rect(x0, top, x1 - x0, height)
    for x, text in zip(EDGES, ("Plan", "Years", "Place"), strict=False):
        pdf.text(x + 1, TOP + 5, text)
    pdf.text(EDGES[0] + 1, TOP + 13, "Trams")
    pdf.text(EDGES[2] + 2, TOP + 13, "The port")
    for at, year in enumerate(("2020", "2025", "2030")):
        pdf.text(EDGES[1] + 2, TOP + 13 + 4 * at, year)
    assert table_rows(pdf, tmp_path)[1] == ("Trams", "2020 2025 2030", "The port")


@pytest.mark.parametrize(("second", "heads"), [(("14,917", "12%"), 1), (("2020", "2025-2030"), 2)])
def test_a_bold_row_with_an_amount_is_no_second_row_of_column_heads(
    second: tuple[str, str], heads: int, tmp_path: Path
) -> None:
    pdf = new_pdf()
    rows = [("Sector", "Cost", "Share"), ("Energy", *second), ("Cities", "972", "3%"), ("Farms", "12", "1%")]
    for number, row in enumerate(rows):
        pdf.set_font("Helvetica", style="B" if number < 2 else "", size=9)
        for (x0, x1), text in zip(pairwise(EDGES), row, strict=True):
            pdf.rect(x0, TOP + number * HEIGHT, x1 - x0, HEIGHT)
            pdf.text(x0 + 1, TOP + number * HEIGHT + 5, text)
    path = tmp_path / "written.pdf"
    pdf.output(str(path))
    headers = [block.header for block in read(path).blocks]
    expected = rows[0] if heads == 1 else ("Sector Energy", "Cost 2020", "Share 2025-2030")
    assert headers == [()] * heads + [expected] * (len(rows) - heads)


def test_borders_divided_through_a_sentence_make_no_column(tmp_path: Path) -> None:
    pdf = new_pdf()
    pdf.set_font("Helvetica", size=9)
    line = (
        "The plan of the town names what the offices do and reports to the council once in every year of it"
    )
    for number in range(4):
        pdf.text(LEFT, TOP + number * HEIGHT + 5, line)
        for x0, x1 in pairwise(EDGES):
            pdf.line(x0, TOP + number * HEIGHT, x1, TOP + number * HEIGHT)
    assert table_rows(pdf, tmp_path) == []


def test_a_cell_shaded_line_by_line_is_one_cell(tmp_path: Path) -> None:
    pdf = new_pdf()
    pdf.set_font("Helvetica", size=9)
    pdf.set_fill_color(220, 230, 240)
    cells = [
        ("Trams for", "the port"),
        ("Rails are laid", "to the harbour", "by the year 2030"),
        ("Ministry",),
    ]
    for row in range(2):
        for x0, x1, lines in zip(WIDER, WIDER[1:], cells, strict=False):
            height = 18 / len(lines)
            for at, text in enumerate(lines):
                top = TOP + 20 * row + at * height
                pdf.rect(x0 + 0.5, top, x1 - x0 - 1, height, style="F")
                pdf.text(x0 + 2, top + 4, text)
    joined = ("Trams for the port", "Rails are laid to the harbour by the year 2030", "Ministry")
    assert table_rows(pdf, tmp_path) == [joined, joined]


def test_a_bullet_of_the_next_column_is_no_part_of_a_label(tmp_path: Path) -> None:
    pdf = new_pdf()
    pdf.set_font("Helvetica", size=9)
    for number, (_, text, year) in enumerate(ROWS):
        for x0, x1 in ((20, 110), (110, 180)):
            pdf.rect(x0, TOP + number * HEIGHT, x1 - x0, HEIGHT)
        pdf.text(22, TOP + number * HEIGHT + 5, text)
        pdf.text(106, TOP + number * HEIGHT + 5, BULLET)
        pdf.text(112, TOP + number * HEIGHT + 5, year)
    assert table_rows(pdf, tmp_path) == [(text, year) for _, text, year in ROWS]


def test_words_broken_by_a_narrow_column_are_whole() -> None:
    breaks = Breaks(
        ["6.Implementatio n of plans", "of implementation", "Municipaliti es", "sector es", "region a"]
    )
    assert breaks.settled("6.Implementatio n of plans") == "6.Implementation of plans"
    for sound in ("the actor es", "national a", "Gouvernem xq", "energy in"):
        assert breaks.settled(sound) == sound


@pytest.mark.parametrize("underlined", [True, False])
def test_an_underlined_label_with_a_full_stop_is_a_heading(underlined: bool, tmp_path: Path) -> None:
    pdf = new_pdf()
    long = "The offices of the town name what they plan until the year 2030 and report to the council. " * 3
    for label in ("Cities and their streets.", "Coasts."):
        write(pdf, label, style="U" if underlined else "", gap=0)
        write(pdf, long, gap=8)
    path = tmp_path / "written.pdf"
    pdf.output(str(path))
    found = [block.text for block in read(path).blocks if block.kind == "heading"]
    assert found == (["Cities and their streets.", "Coasts."] if underlined else [])
