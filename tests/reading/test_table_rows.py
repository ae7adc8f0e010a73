"""What the rows of a table become, whatever format they come from."""

from __future__ import annotations

from ndc_urban.document import Block
from ndc_urban.reading.tables import Cell, Row, table_rows


def titles(*texts: str, is_header: bool = False) -> list[Cell]:
    return [Cell(text, is_title=True, is_header=is_header) for text in texts]


def shape(*rows: Row) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(block.kind, block.text, block.header) for block in table_rows(rows)]


def test_a_first_row_of_titles_heads_the_rows_below() -> None:
    assert shape(Row(titles("Measure", "Year")), Row([Cell("Trams run everywhere."), Cell("2030")])) == [
        ("table_row", "Measure | Year", ()),
        ("table_row", "Trams run everywhere. | 2030", ("Measure", "Year")),
    ]


def test_rows_without_text_are_left_out_and_a_single_row_is_no_header() -> None:
    assert shape(Row([Cell(""), Cell("")])) == []
    (row,) = table_rows([Row(titles("Measure", "Year"), is_header=True)])
    assert (row.kind, row.cells, row.header) == ("table_row", ("Measure", "Year"), ())


def test_a_title_over_all_columns_is_a_heading_and_the_column_headings_stay() -> None:
    found = shape(
        Row(titles("Measure", "Year")),
        Row([Cell("Transport", span=2, is_title=True)]),
        Row(titles("Trams", "2030")),
    )
    assert found[1] == ("heading", "Transport", ())
    assert found[2] == ("table_row", "Trams | 2030", ("Measure", "Year"))


def test_a_later_row_of_heading_cells_changes_the_column_headings() -> None:
    found = shape(
        Row(titles("Measure", "Year")),
        Row(titles("Trams", "2030")),
        Row(titles("Target", "Unit", is_header=True)),
        Row(titles("Less waste", "tonnes")),
    )
    assert found[3] == ("table_row", "Less waste | tonnes", ("Target", "Unit"))


def test_a_marked_header_row_with_one_title_keeps_all_its_cells() -> None:
    rows = [Row([Cell("Key data", is_title=True, is_header=True), Cell("")], is_header=True)]
    head, _ = table_rows([*rows, Row(titles("Trams", "2030"))])
    assert (head.kind, head.cells) == ("table_row", ("Key data", ""))


def test_footnotes_follow_their_row() -> None:
    note = Block("footnote", "In the capital only.")
    found = shape(Row([Cell("Trams", notes=(note,)), Cell("2030")]))
    assert found == [("table_row", "Trams | 2030", ()), ("footnote", "In the capital only.", ())]


def test_one_column_holds_paragraphs() -> None:
    assert shape(Row([Cell("Trams run everywhere.")])) == [("paragraph", "Trams run everywhere.", ())]
