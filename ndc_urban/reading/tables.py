"""Tables whose cells the markup names (HTML, Word): their rows as blocks, with the column headings in force.

A reader puts the cells into `Row`s, and `table_rows` decides for all formats which rows are column headings and which
are headings inside the table. Merged cells are expanded into the grid first: a label that reaches over several rows
stands in each of them, in its column.

Tables of PDFs, whose cells are found by their place on the page, are in `ndc_urban.reading.pdf.tables`: they are
distinguished by shading, rulings and the share of bold letters and continue from page to page, none of which markup
has; one rule for both would change what is read from one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ndc_urban.document import CELL_SEPARATOR, Block

TABLE_HEADING_LEVEL = 7
"""Below the six levels of headings in the text."""

MAX_LABEL = 200
"""Characters of a merged cell's text that is repeated in each of its rows; must be greater than fifteen long words,
which a label may have."""

MAX_REPEATED = 500_000
"""Characters of labels that are repeated in one table: some ten thousand rows. A small file with more would fill the
memory."""

MAX_REACHING_COLUMNS = 200
"""Columns in which a cell may reach down; must be greater than the columns of any table that people read."""

MAX_PLAIN_TITLE_WORDS = 10
"""Of a row with one text that is neither bold, nor marked as a heading, nor numbered; a longer one is a sentence
without a full stop. Chosen by eye on real NDCs."""

NUMBERED = re.compile(
    r"(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,5})\)|(?:\d{1,2}|[a-z]|[ivx]{1,5})\.|\d{1,2}(?:\.\d{1,2})+)\s", re.I
)
"""Begins a heading by its number or letter."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    `span` counts the columns that it takes, `rows` the rows, where the markup says so only at the first of them.
    `continues`: the cell is a part of the merged cell above, and has no text of its own. `is_title`: the text is short
    and unpunctuated enough for a heading. `is_header`: the markup or bold type makes the cell a heading. `notes` are
    footnotes, which follow the row.
    """

    text: str
    span: int = 1
    rows: int = 1
    continues: bool = False
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
    def own(self) -> list[Cell]:
        """The filled cells that begin in this row."""
        return [cell for cell in self.cells if cell.text and not cell.continues]

    @property
    def texts(self) -> tuple[str, ...]:
        """Cell texts by column: a cell over several columns stands in the first of them."""
        return tuple(text for cell in self.cells for text in (cell.text, *[""] * (cell.span - 1)))

    @property
    def columns(self) -> int:
        """The columns that its cells take."""
        return sum(cell.span for cell in self.cells)


def joined(texts: Iterable[str]) -> str:
    """The text of a cell in one line, its paragraphs and list items set apart by semicolons."""
    stripped = (text.rstrip(";") for text in texts)
    return "; ".join(text for text in stripped if text)


def table_rows(rows: Iterable[Row]) -> Iterator[Block]:
    """One block per row with text, followed by its footnotes; column headings are given along with the rows below."""
    rows = [row for row in _with_labels(_expanded(rows)) if row.own]
    columns = max((row.columns for row in rows), default=0)
    header: tuple[str, ...] = ()
    above: Row | None = None
    for index, row in enumerate(rows):
        is_header = _is_header_row(row, index, rows, above)
        if is_header:
            header = _column_headings(row, above)
            yield _table_row(row, ())
        elif columns > 1 and _is_table_heading(row, columns):
            yield Block("heading", row.filled[0].text, level=TABLE_HEADING_LEVEL)
        elif columns == 1:
            yield Block("paragraph", row.filled[0].text)
        else:
            yield _table_row(row, header)
        above = row if is_header else None
        for cell in row.own:
            yield from cell.notes


def _expanded(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows with a cell for each place into which a cell from above reaches by its `rows`.

    A cell never reaches from the rows of column headings into the body.
    """
    reaching: dict[int, tuple[Cell, int]] = {}
    in_head = False
    for row in rows:
        if row.is_header != in_head:
            reaching, in_head = {}, row.is_header
        cells: list[Cell] = []
        below: dict[int, tuple[Cell, int]] = {}
        column = 0
        for cell in (*row.cells, None):
            column = _continue(reaching, below, cells, column, to_the_end=cell is None)
            if cell is not None:
                cells.append(cell)
                if cell.rows > 1 and column < MAX_REACHING_COLUMNS:
                    below[column] = (replace(cell, text="", rows=1, continues=True, notes=()), cell.rows - 1)
                column += cell.span
        reaching = below
        yield replace(row, cells=cells)


def _continue(
    reaching: dict[int, tuple[Cell, int]],
    below: dict[int, tuple[Cell, int]],
    cells: list[Cell],
    column: int,
    *,
    to_the_end: bool,
) -> int:
    """Puts the cells that reach down into `column` and those next to it; returns the column behind them.

    At the end of the row those further to the right follow, separated by empty cells.
    """
    while True:
        if column not in reaching:
            further = [start for start in reaching if start > column] if to_the_end else []
            if not further:
                return column
            cells.append(Cell("", min(further) - column))
            column = min(further)
        cell, left = reaching.pop(column)
        cells.append(cell)
        if left > 1:
            below[column] = (cell, left - 1)
        column += cell.span


def _with_labels(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, each part of a merged cell with the label of the whole; a long text stands once, where it begins."""
    left = MAX_REPEATED
    above: dict[int, Cell] = {}
    for row in rows:
        cells: list[Cell] = []
        here: dict[int, Cell] = {}
        column = 0
        for cell in row.cells:
            origin, shown = above.get(column) if cell.continues else None, cell
            if origin is not None and left > 0:
                left -= len(origin.text)
                shown = replace(origin, span=cell.span, rows=1, continues=True, notes=())
            cells.append(shown)
            if shown.text and shown.is_title and len(shown.text) <= MAX_LABEL:
                here[column] = shown
            column += cell.span
        above = here
        yield replace(row, cells=cells)


def _table_row(row: Row, header: tuple[str, ...]) -> Block:
    text = CELL_SEPARATOR.join(cell.text for cell in row.filled)
    return Block("table_row", text, cells=row.texts, header=header)


def _is_header_row(row: Row, index: int, rows: Sequence[Row], above: Row | None) -> bool:
    """A row that the markup marks, one of heading cells alone, or a first row of short cells; never the only row.

    `above` is the row above if it is one of column headings: those that reach down from it head the columns, too.
    """
    if len(row.cells) < 2 or len(rows) < 2:
        return False
    if row.is_header:
        return True
    filled = row.filled
    if len(filled) < 2 or not all(cell.is_title for cell in filled):
        return False
    if any(cell.continues for cell in filled):
        return above is not None and _has_groups(above)
    if all(cell.is_header for cell in filled):
        return True
    return index == 0 and (_has_groups(row) or not any(cell.continues for cell in rows[1].filled))


def _has_groups(row: Row) -> bool:
    """Whether one of the column headings stands over several columns, which the next row distinguishes."""
    return any(cell.span > 1 for cell in row.filled)


def _column_headings(row: Row, above: Row | None) -> tuple[str, ...]:
    """The heading of each column; one that stands over several columns in the row above goes before theirs."""
    if above is None or not _has_groups(above):
        return row.texts
    groups = [cell for cell in above.cells for _ in range(cell.span)]
    cells = [cell for cell in row.cells for _ in range(cell.span)]
    groups.extend([Cell("")] * (len(cells) - len(groups)))
    return tuple(
        f"{group.text}: {text}" if group.text and text and group.span > cell.span else text
        for group, cell, text in zip(groups, cells, row.texts, strict=False)
    )


def _is_table_heading(row: Row, columns: int) -> bool:
    """A single short text that takes the whole row, or stands at its beginning in a heading cell.

    Never beside a merged cell, whose row it is.
    """
    if len(row.filled) != 1 or any(cell.continues for cell in row.cells):
        return False
    cell = row.filled[0]
    takes_all = cell.span >= columns or len(row.cells) == 1
    is_numbered = NUMBERED.match(cell.text) is not None
    looks_like_one = cell.is_header or is_numbered or len(cell.text.split()) <= MAX_PLAIN_TITLE_WORDS
    in_heading_cell = cell.is_header and row.cells[0] is cell
    return cell.is_title and ((takes_all and looks_like_one) or in_heading_cell)
