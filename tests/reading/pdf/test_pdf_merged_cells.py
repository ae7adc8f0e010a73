"""Cells merged downwards and across in the tables of PDFs, and rows of a single cell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from fpdf import FPDF

from ndc_urban.document import Block
from ndc_urban.reading import read
from ndc_urban.reading.pdf.lines import TextRun, lines_of
from tests.support.written_pdf import new_pdf, write

Cell = tuple[int, int, int, int, str]
"""First column, first row, columns, rows, text."""

LEFT, TOP, WIDTH, HEIGHT = 20, 40, 55, 10


def draw(pdf: FPDF, cells: Sequence[Cell], *, top: float = TOP, bold: Sequence[str] = ()) -> None:
    for column, row, columns, rows, text in cells:
        x, y = LEFT + column * WIDTH, top + row * HEIGHT
        pdf.rect(x, y, columns * WIDTH, rows * HEIGHT)
        pdf.set_font("Helvetica", style="B" if text in bold else "", size=9)
        pdf.text(x + 2, y + 6, text)


def run(text: str, box: tuple[float, float, float, float], turn: int) -> TextRun:
    return TextRun(text, *box, baseline=box[3], size=10, turn=turn)


def blocks_of(pdf: FPDF, folder: Path) -> tuple[Block, ...]:
    path = folder / "written.pdf"
    pdf.output(str(path))
    return read(path).blocks


HEAD = ("Sector", "Measure", "Year")
HEAD_CELLS: list[Cell] = [(at, 0, 1, 1, text) for at, text in enumerate(HEAD)]
BODY: list[Cell] = [
    (0, 1, 1, 3, "Urban transport"),
    (1, 1, 1, 1, "Trams for the port"),
    (2, 1, 1, 1, "2030"),
    (1, 2, 1, 1, "Cycling lanes"),
    (2, 2, 1, 1, "2028"),
    (1, 3, 1, 1, "Bus corridors"),
    (2, 3, 1, 1, "2032"),
    (0, 4, 1, 1, "Forests"),
    (1, 4, 1, 1, "Planting of trees"),
    (2, 4, 1, 1, "2035"),
]


def test_the_label_of_a_cell_merged_downwards_goes_along_with_each_of_its_rows(tmp_path: Path) -> None:
    pdf = new_pdf()
    draw(pdf, [*HEAD_CELLS, *BODY], bold=HEAD)
    rows = [block for block in blocks_of(pdf, tmp_path) if block.kind == "table_row"]
    assert [row.cells for row in rows[1:]] == [
        ("Urban transport", "Trams for the port", "2030"),
        ("Urban transport", "Cycling lanes", "2028"),
        ("Urban transport", "Bus corridors", "2032"),
        ("Forests", "Planting of trees", "2035"),
    ]
    assert rows[2].text == "Urban transport | Cycling lanes | 2028"
    assert rows[2].header == HEAD


def test_running_text_in_a_merged_cell_is_said_once(tmp_path: Path) -> None:
    pdf = new_pdf()
    long = "The Government extends the network of trams through all districts of the port in stages"
    cells: list[Cell] = [
        (0, 0, 1, 1, "Trams"),
        (0, 1, 1, 1, "Lanes"),
        (0, 2, 1, 1, "Buses"),
        (1, 0, 2, 3, ""),
    ]
    draw(pdf, cells)
    pdf.set_font("Helvetica", size=6)
    pdf.text(LEFT + WIDTH + 2, TOP + 6, long)
    pdf.text(LEFT + WIDTH + 2, TOP + 9, "until the year 2030.")
    text = " ".join(block.text for block in blocks_of(pdf, tmp_path))
    assert text.count("network of trams") == 1


def test_a_head_over_several_columns_is_given_to_each_of_them(tmp_path: Path) -> None:
    pdf = new_pdf()
    heads = ("Measure", "Cost of measure", "National", "Foreign")
    cells: list[Cell] = [
        (0, 0, 1, 2, "Measure"),
        (1, 0, 2, 1, "Cost of measure"),
        (1, 1, 1, 1, "National"),
        (2, 1, 1, 1, "Foreign"),
        (0, 2, 1, 1, "Trams for the port"),
        (1, 2, 1, 1, "14"),
        (2, 2, 1, 1, "30"),
        (0, 3, 1, 1, "Cycling lanes"),
        (1, 3, 1, 1, "2"),
        (2, 3, 1, 1, "3"),
    ]
    draw(pdf, cells, bold=heads)
    rows = [block for block in blocks_of(pdf, tmp_path) if block.kind == "table_row"]
    assert rows[-1].cells == ("Cycling lanes", "2", "3")
    assert rows[-1].header == ("Measure", "Cost of measure National", "Cost of measure Foreign")


def test_a_merged_label_goes_on_over_the_page_break(tmp_path: Path) -> None:
    pdf = new_pdf()
    pdf.set_auto_page_break(False)
    body: list[Cell] = [
        (0, 0, 1, 2, "Urban transport"),
        (1, 0, 2, 1, "Trams for the port."),
        (1, 1, 2, 1, "Cycling lanes."),
    ]
    draw(pdf, body, top=250)
    pdf.add_page()
    draw(
        pdf,
        [(0, 0, 1, 1, ""), (1, 0, 2, 1, "Bus corridors."), (0, 1, 1, 1, "Forests"), (1, 1, 2, 1, "Trees.")],
        top=20,
    )
    rows = [block.cells for block in blocks_of(pdf, tmp_path) if block.kind == "table_row"]
    assert rows == [
        ("Urban transport", "Trams for the port."),
        ("Urban transport", "Cycling lanes."),
        ("Urban transport", "Bus corridors."),
        ("Forests", "Trees."),
    ]


def test_a_row_of_one_cell_is_a_heading_where_it_looks_like_one(tmp_path: Path) -> None:
    pdf = new_pdf()
    singles = [
        "Cities and towns",
        "1,200 - 1,400",
        "including all of the secondary towns and ports",
        "- Trams",
    ]
    cells: list[Cell] = list(HEAD_CELLS)
    for at, text in enumerate(singles):
        cells += [(0, 1 + 2 * at, 3, 1, text)]
        cells += [(column, 2 + 2 * at, 1, 1, f"Word {at} {column}") for column in range(3)]
    draw(pdf, cells, bold=HEAD)
    blocks = blocks_of(pdf, tmp_path)
    assert [block.text for block in blocks if block.kind == "heading" and block.level == 7] == [
        "Cities and towns"
    ]
    assert "1,200 - 1,400" in [block.text for block in blocks if block.kind == "table_row"]


def test_letters_below_each_other_are_the_words_of_a_label(tmp_path: Path) -> None:
    pdf = new_pdf()
    draw(
        pdf,
        [(0, 0, 1, 3, ""), *((1, row, 1, 1, text) for row, text in enumerate(("Trams", "Lanes", "Buses")))],
    )
    pdf.set_font("Helvetica", size=6)
    for step, letter in enumerate("BUS AND TRAM"):
        pdf.text(LEFT + 5, TOP + 3 + 2.2 * step, letter)
    assert [block.text for block in blocks_of(pdf, tmp_path)] == [
        "BUS AND TRAM | Trams",
        "BUS AND TRAM | Lanes",
        "BUS AND TRAM | Buses",
    ]


@pytest.mark.parametrize("angle", [90, -90])
def test_sideways_heads_of_several_lines_are_read_line_by_line(angle: int, tmp_path: Path) -> None:
    """Heads that run up the page have their first line at the left, those that run down it at the right."""
    pdf = new_pdf()
    write(pdf, "The plan of the port names what is built until 2030, and who is in charge of it. " * 2)
    draw(pdf, [(0, 0, 1, 4, ""), (1, 0, 1, 4, ""), (2, 0, 1, 4, "")])
    draw(pdf, [(at, 4, 1, 1, text) for at, text in enumerate(("Plan of the port", "12", "7"))])
    for column, lines in ((1, ("Trams and", "bus lanes", "in cities")), (2, ("Urban", "drainage"))):
        for at, line in enumerate(lines):
            x = LEFT + (column + 0.3) * WIDTH + 5 * (at if angle > 0 else len(lines) - at)
            y = TOP + (3.7 if angle > 0 else 0.3) * HEIGHT
            with pdf.rotation(angle, x=x, y=y):
                pdf.text(x, y, line)
    rows = [block for block in blocks_of(pdf, tmp_path) if block.kind == "table_row"]
    assert rows[0].cells == ("", "Trams and bus lanes in cities", "Urban drainage")


def test_parts_of_a_sideways_line_are_in_order() -> None:
    down = [run("later", box=(50, 60, 60, 90), turn=1), run("first", box=(50, 20, 60, 50), turn=1)]
    up = [run("later", box=(70, 20, 80, 50), turn=3), run("first", box=(70, 60, 80, 90), turn=3)]
    turned = [run("later", box=(20, 10, 50, 20), turn=2), run("first", box=(60, 10, 90, 20), turn=2)]
    assert [[line.text for line in lines_of(pieces)] for pieces in (down, up, turned)] == [
        ["first", "later"]
    ] * 3
