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


def cells_of(*rows: Row) -> list[tuple[str, ...]]:
    return [block.cells for block in table_rows(rows)]


def test_a_label_over_several_rows_stands_in_each_of_them() -> None:
    transport, energy = Cell("Transport", rows=3, is_title=True), Cell("Energy", rows=2, is_title=True)
    rows = [
        Row(titles("Sector", "Measure", "Year")),
        Row([transport, *titles("Trams", "2030")]),
        Row(titles("Buses", "2032")),
        Row(titles("Cycle lanes", "2035")),
        Row([energy, *titles("Solar roofs", "2030")]),
        Row(titles("Street lamps", "2031")),
    ]
    blocks = list(table_rows(rows))
    assert [block.kind for block in blocks] == ["table_row"] * 6
    assert [block.cells[0] for block in blocks[1:]] == ["Transport"] * 3 + ["Energy"] * 2
    assert blocks[2].text == "Transport | Buses | 2032"
    assert {block.header for block in blocks[1:]} == {("Sector", "Measure", "Year")}


def test_a_label_in_any_column_keeps_the_others_in_place() -> None:
    year, fund = Cell("2030", rows=2, is_title=True), Cell("Own funds", span=2, rows=2, is_title=True)
    first = Row([*titles("Trams"), year, *titles("Ministry"), fund])
    assert cells_of(Row(titles("a", "b", "c", "d", "e")), first, Row(titles("Buses", "Cities")))[2] == (
        "Buses", "2030", "Cities", "Own funds", "",
    )  # fmt: skip
    # A row that ends before the merged cell is filled up.
    assert cells_of(Row(titles("a", "b", "c")), Row([*titles("x", "y"), year]), Row(titles("z")))[2] == (
        "z", "", "2030",
    )  # fmt: skip


def test_a_long_text_over_several_rows_stands_once() -> None:
    long = Cell("The municipalities build the network together.", rows=2)
    rows = [Row([*titles("Trams"), long]), Row(titles("Buses"))]
    assert cells_of(*rows) == [("Trams", long.text), ("Buses", "")]
    assert [block.kind for block in table_rows(rows)] == ["table_row", "table_row"]


def test_a_lone_cell_beside_a_merged_one_is_no_heading() -> None:
    label = Cell("Transport", rows=2, is_title=True)
    found = shape(Row([label, *titles("Trams")]), Row([Cell("Buses", is_title=True, is_header=True)]))
    assert found[1] == ("table_row", "Transport | Buses", ())


def test_footnotes_of_a_merged_cell_come_once() -> None:
    label = Cell("Transport", rows=2, is_title=True, notes=(Block("footnote", "On land."),))
    kinds = [block.kind for block in table_rows([Row([label, *titles("a")]), Row(titles("b"))])]
    assert kinds == ["table_row", "footnote", "table_row"]


def test_column_headings_in_two_rows_are_joined() -> None:
    rows = [
        Row([Cell("Sector", rows=2, is_title=True), Cell("Target", span=2, is_title=True)]),
        Row(titles("2025", "2030")),
        Row(titles("Transport", "5%", "9%")),
    ]
    assert list(table_rows(rows))[2].header == ("Sector", "Target: 2025", "Target: 2030")


def test_a_first_row_whose_label_reaches_down_is_no_header() -> None:
    label = Cell("Transport", rows=3, is_title=True)
    rows = [Row([label, *titles("Trams")]), Row(titles("Buses")), Row(titles("Cycle lanes"))]
    assert [block.header for block in table_rows(rows)] == [(), (), ()]


def test_a_row_of_one_cell_is_a_heading_where_it_looks_like_one() -> None:
    plain = "Trams and buses run on all main roads of the capital by the year 2030"
    head = Row(titles("Measure", "Year"))

    def kind(cell: Cell) -> str:
        return list(table_rows([head, Row([cell]), head]))[1].kind

    assert kind(Cell("Transport", span=2, is_title=True)) == "heading"
    assert kind(Cell(plain, span=2, is_title=True)) == "table_row"
    assert kind(Cell(plain, span=2, is_title=True, is_header=True)) == "heading"
    assert kind(Cell(f"2. {plain}", span=2, is_title=True)) == "heading"
    assert kind(Cell(f"{plain}.", span=2, is_header=True)) == "table_row"


def test_giant_spans_end_with_the_table() -> None:
    giant = Cell("Transport " * 10, span=50, rows=65_000, is_title=True)
    rows = [Row([giant, *titles("x")]), *(Row([giant, *titles("y")]) for _ in range(300))]
    blocks = list(table_rows(rows))
    assert len(blocks) == 301
    assert sum(len(block.text) for block in blocks) < 2_000_000


def test_a_cell_does_not_reach_from_the_head_into_the_body() -> None:
    head = Row([Cell("Sector", rows=9, is_title=True), *titles("Year")], is_header=True)
    assert cells_of(head, Row(titles("Transport", "2030")))[1] == ("Transport", "2030")
