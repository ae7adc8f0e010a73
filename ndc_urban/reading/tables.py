"""Tables whose cells the markup names (HTML, Word): their rows as blocks, with the column headings in force.

A reader puts the cells into `Row`s, and `table_rows` decides for all formats which rows are column headings and which
are headings inside the table. Tables of PDFs, whose cells are found by their place on the page, are in
`ndc_urban.reading.pdf.tables`: they are told apart by shading, rulings and the share of bold letters and go on from
page to page, none of which markup knows; one rule for both would change what is read from one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ndc_urban.document import CELL_SEPARATOR, Block

TABLE_HEADING_LEVEL = 7
"""Below the six levels of headings in the text."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    `span` counts the columns that it takes. A column into which a cell from the row above reaches down is a cell
    without text. `is_title`: the text is short and unpunctuated enough for a heading. `is_header`: the markup or bold
    type makes the cell a heading. `notes` are footnotes, which follow the row.
    """

    text: str
    span: int = 1
    is_title: bool = False
    is_header: bool = False
    notes: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row from first to last; `is_header` where the markup makes it a row of column headings."""

    cells: Sequence[Cell]
    is_header: bool = False

    @property
    def filled(self) -> list[Cell]:
        """The cells that hold text."""
        return [cell for cell in self.cells if cell.text]

    @property
    def texts(self) -> tuple[str, ...]:
        """Cell texts by column: a cell over several columns stands in the first of them."""
        return tuple(text for cell in self.cells for text in (cell.text, *[""] * (cell.span - 1)))


def joined(texts: Iterable[str]) -> str:
    """The text of a cell in one line, its paragraphs and list items set apart by semicolons."""
    stripped = (text.rstrip(";") for text in texts)
    return "; ".join(text for text in stripped if text)


def table_rows(rows: Iterable[Row]) -> Iterator[Block]:
    """One block per row with text, followed by its footnotes; column headings are given along with the rows below."""
    rows = [row for row in rows if row.filled]
    columns = max((sum(cell.span for cell in row.cells) for row in rows), default=0)
    header: tuple[str, ...] = ()
    for index, row in enumerate(rows):
        if _is_header_row(row, index, len(rows)):
            header = row.texts
            yield _table_row(row, ())
        elif columns > 1 and _is_table_heading(row, columns):
            yield Block("heading", row.filled[0].text, level=TABLE_HEADING_LEVEL)
        elif columns == 1:
            yield Block("paragraph", row.filled[0].text)
        else:
            yield _table_row(row, header)
        for cell in row.filled:
            yield from cell.notes


def _table_row(row: Row, header: tuple[str, ...]) -> Block:
    text = CELL_SEPARATOR.join(cell.text for cell in row.filled)
    return Block("table_row", text, cells=row.texts, header=header)


def _is_header_row(row: Row, index: int, rows: int) -> bool:
    """A row that the markup marks, one of heading cells alone, or a first row of short cells; never the only row."""
    if len(row.cells) < 2 or rows < 2:
        return False
    if row.is_header:
        return True
    filled = row.filled
    if len(filled) < 2 or not all(cell.is_title for cell in filled):
        return False
    return index == 0 or all(cell.is_header for cell in filled)


def _is_table_heading(row: Row, columns: int) -> bool:
    """A single short text that takes the whole row, or stands at its beginning in a heading cell."""
    if len(row.filled) != 1:
        return False
    cell = row.filled[0]
    takes_all = cell.span >= columns or len(row.cells) == 1
    return cell.is_title and (takes_all or (cell.is_header and row.cells[0] is cell))
