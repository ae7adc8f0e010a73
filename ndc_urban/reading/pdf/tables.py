"""Grids and the pieces of text in their cells become rows: cells in order, the header in force, and headings inside.

Also joins a table that goes on over a page break. Not here: where a table is (`ruled_tables`, `borderless_tables`).
Unless a reason says otherwise, thresholds were chosen by eye on real NDCs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from ndc_urban.document import CELL_SEPARATOR, BBox
from ndc_urban.reading.pdf.glyphs import Floats, PageContent
from ndc_urban.reading.pdf.lines import TextRun, join_lines, lines_of
from ndc_urban.reading.pdf.page_joins import over_page
from ndc_urban.reading.pdf.paragraphs import Draft, drafts_of, without_bullet
from ndc_urban.reading.pdf.ruled_tables import Grid

_BOLD = 0.8  # share of bold letters in a header; not all of it, as units and footnote marks are set plain
_TITLE_WORDS = 15  # words; a cell of running text has more
_PLAIN_TITLE_WORDS = 10  # words of a heading in plain print; longer rows in one cell are mostly sentences
_LETTERS = 0.5  # share of letters in a heading: numbered ones have figures, rows of amounts have little else
_SAME_COLUMN = 6.0  # points: edges of a table's columns move by less from one page to the next
_MIN_FILLED = 0.15  # share of cells with text; of a chart or a form drawn with rulings few are filled
_FORM_CELLS = 12  # of a table with no more cells many may be empty
_MOST_HEADER_ROWS = 3  # further rows that look like column headings are rows of the body in bold
_LONGEST_CELL = 220  # words: half a page; a longer cell is running text that the table only frames
_STRAY_BULLET = re.compile(r"(?<=\S)\s+[•●▪■➢►]$")  # of the column beside, whose items it begins
_STACKED = 4  # lines of one letter each; three may be the items of a list
_WORD_STEP = 1.5  # of the usual step down from letter to letter; between two words it is about twice that
_AMOUNT = re.compile(r"(?!(?:(?:19|20)\d\d[-–/ ]*)+$)[-−\d., ]*\d\s*%?")
"""A figure that is not a year or years: a row below the column headings that has one is of the body, also in bold."""
TABLE_HEADING_LEVEL = 7  # below the six levels of headings outside of tables


@dataclass(slots=True)
class Row:
    """One row: its cells' texts by column, the share of bold letters, and whether one cell spans the whole
    row.

    The label of a cell merged downwards stands in each of its rows; `from_above` are the columns in which it does so
    without beginning there. `covering` has the text of each cell in all the columns that it covers.
    """

    cells: tuple[str, ...]
    covering: tuple[str, ...]
    from_above: frozenset[int]
    bold: float
    box: BBox
    lines: tuple[tuple[TextRun, ...], ...] = ()
    spans_all: bool = False
    shaded: bool = False

    @property
    def filled(self) -> tuple[str, ...]:
        return tuple(cell for cell in self.cells if cell)


@dataclass(slots=True)
class Table:
    """The rows of one table on one page, before the header is known; `xs` are the edges of its columns."""

    page: int
    box: BBox
    xs: tuple[float, ...]
    rows: list[Row] = field(default_factory=list)
    header: tuple[str, ...] = ()
    header_rows: int = 0


def table_of(
    grid: Grid, pieces: Sequence[TextRun], first: int, content: PageContent, *, rtl: bool
) -> Table | None:
    """The table in `grid`, whose cells are numbered from `first`; None where the rulings are not a table."""
    by_cell: dict[int, list[TextRun]] = defaultdict(list)
    end = first + grid.cell_count
    for piece in pieces:
        if first <= piece.cell < end:
            by_cell[piece.cell - first].append(piece)
    corners = _corners(grid)
    used_columns = sorted({corners[cell][1] for cell in by_cell})
    if len(used_columns) < 2 or len(by_cell) < 2 or _is_drawing(grid, len(by_cell)):
        return None
    rows = _rows(grid, corners, by_cell, used_columns, content.fills, rtl)
    xs = tuple(float(grid.xs[column]) for column in used_columns)
    return Table(content.number, grid.bbox, (*xs, float(grid.xs[-1])), rows)


def _is_drawing(grid: Grid, filled: int) -> bool:
    return filled < _MIN_FILLED * grid.cell_count and grid.cell_count > _FORM_CELLS


def _corners(grid: Grid) -> list[tuple[int, int]]:
    """Top row and leftmost column of each cell."""
    top = np.full(grid.cell_count, grid.cells.shape[0])
    left = np.full(grid.cell_count, grid.cells.shape[1])
    rows, columns = np.indices(grid.cells.shape)
    np.minimum.at(top, grid.cells, rows)
    np.minimum.at(left, grid.cells, columns)
    return list(zip(top.tolist(), left.tolist(), strict=True))


def _rows(
    grid: Grid,
    corners: Sequence[tuple[int, int]],
    by_cell: dict[int, list[TextRun]],
    columns: list[int],
    fills: Floats,
    rtl: bool,
) -> list[Row]:
    by_row: dict[int, list[int]] = defaultdict(list)
    for cell in by_cell:
        by_row[corners[cell][0]].append(cell)
    lines = {cell: tuple(lines_of(pieces, rtl=rtl)) for cell, pieces in by_cell.items()}
    texts = {cell: _text_of(found) for cell, found in lines.items()}
    rows = []
    for row in sorted(by_row):
        if not any(map(str.isalnum, "".join(texts[cell] for cell in by_row[row]))):
            continue
        own = set(by_row[row])
        across = [int(cell) for cell in grid.cells[row, columns]]
        begins = [corners[cell][1] == column for cell, column in zip(across, columns, strict=True)]
        if rtl:
            across.reverse()
            begins.reverse()
        above = [
            start and cell not in own and _is_label(texts.get(cell, ""))
            for start, cell in zip(begins, across, strict=True)
        ]
        shown = [
            cell if start and (cell in own or label) else -1
            for start, cell, label in zip(begins, across, above, strict=True)
        ]
        pieces = [piece for cell in by_row[row] for piece in by_cell[cell]]
        rows.append(
            Row(
                tuple(texts.get(cell, "") for cell in shown),
                tuple(texts.get(cell, "") for cell in across),
                frozenset(at for at, label in enumerate(above) if label),
                _bold_share(pieces),
                _around(pieces),
                lines=tuple(lines.get(cell, ()) for cell in shown),
                spans_all=len(set(grid.cells[row].tolist())) == 1,
                shaded=_is_shaded(pieces, fills),
            )
        )
    return rows


def _text_of(lines: Sequence[TextRun]) -> str:
    """The lines of a cell as text; letters that stand below each other are words, separated by wider gaps."""
    texts = [_STRAY_BULLET.sub("", line.text) for line in lines]
    if len(lines) < _STACKED or not all(len(line.text) == 1 and line.text.isalpha() for line in lines):
        return join_lines(filter(None, texts))
    steps = [below.baseline - above.baseline for above, below in pairwise(lines)]
    usual = sorted(steps)[len(steps) // 2]
    gaps = ["", *(" " if step > _WORD_STEP * usual else "" for step in steps)]
    return "".join(f"{gap}{line.text}" for gap, line in zip(gaps, lines, strict=True))


def _is_label(text: str) -> bool:
    """Whether the text of a merged cell labels its rows; running text beside them is not said again for each."""
    return any(map(str.isalpha, text)) and len(text.split()) <= _TITLE_WORDS


def _bold_share(pieces: Sequence[TextRun]) -> float:
    letters = sum(len(piece.text) for piece in pieces)
    return sum(piece.bold * len(piece.text) for piece in pieces) / max(1, letters)


def _around(pieces: Sequence[TextRun]) -> BBox:
    return (
        min(piece.x0 for piece in pieces),
        min(piece.top for piece in pieces),
        max(piece.x1 for piece in pieces),
        max(piece.bottom for piece in pieces),
    )


def _is_shaded(pieces: Sequence[TextRun], fills: Floats) -> bool:
    if not len(fills):
        return False
    x = np.array([(piece.x0 + piece.x1) / 2 for piece in pieces])
    y = np.array([(piece.top + piece.bottom) / 2 for piece in pieces])
    inside = (
        (fills[:, None, 0] <= x)
        & (x <= fills[:, None, 2])
        & (fills[:, None, 1] <= y)
        & (y <= fills[:, None, 3])
    )
    return bool(inside.any(axis=0).all())


def join_tables(tables: Sequence[Table], first_on_page: Callable[[Table], bool]) -> None:
    """Finds the headers, and carries them and broken rows over to tables that go on with the one before, in
    place.
    """
    before: Table | None = None
    for table in tables:
        if before is not None and first_on_page(table) and _goes_on(before, table):
            _continue(before, table)
        else:
            table.header_rows = _header_rows(table)
            table.header = _header(table.rows[: table.header_rows])
        before = table if table.rows else before


def _goes_on(before: Table, table: Table) -> bool:
    if before.page + 1 != table.page or len(before.xs) != len(table.xs):
        return False
    return all(abs(a - b) < _SAME_COLUMN for a, b in zip(before.xs, table.xs, strict=True))


def _continue(before: Table, table: Table) -> None:
    table.header = before.header
    repeated = 0
    for row, earlier in zip(table.rows, before.rows[: before.header_rows or 1], strict=False):
        if row.cells != earlier.cells:
            break
        repeated += 1
    if repeated and not before.header:
        table.header = before.header = _header(table.rows[:repeated])
        before.header_rows = repeated
    del table.rows[:repeated]
    if table.rows and before.rows and _is_rest(before, table.rows[0]):
        rest = table.rows.pop(0)
        last = before.rows[-1]
        last.cells = tuple(over_page(*pair) for pair in zip(last.cells, rest.cells, strict=True))
        last.lines = tuple(a + b for a, b in zip(last.lines, rest.lines, strict=True))
    if before.rows and 0 in before.rows[-1].from_above:
        _carry_label(before.rows[-1].cells[0], table.rows)


def _carry_label(label: str, rows: Sequence[Row]) -> None:
    """Gives the label of a cell that the page break divides to its rows on the new page, in place."""
    for row in rows:
        if row.cells[0] or row.spans_all:
            return
        row.cells, row.from_above = (label, *row.cells[1:]), row.from_above | {0}


def _is_rest(before: Table, row: Row) -> bool:
    """Whether a first row on a new page is the rest of the last row on the page before."""
    last = before.rows[-1]
    if row.spans_all or last.spans_all:
        return False
    pairs = [(a, b) for a, b in zip(last.cells, row.cells, strict=True) if b]
    if any(b[:1].islower() and a and a[-1:] not in ".;:" for a, b in pairs):
        return True
    if row.cells[0]:
        return False
    body = before.rows[before.header_rows :]
    spanning = any(not earlier.cells[0] or 0 in earlier.from_above for earlier in body)
    return not spanning or all(a and a[-1:] not in ".;:!?" for a, _ in pairs)


def _header_rows(table: Table) -> int:
    """How many of the first rows are column headings."""
    if len(table.rows) < 2:
        return 0
    count = 0
    for row in table.rows[:-1]:
        if not _looks_like_header(row, table) or (count and any(map(_AMOUNT.fullmatch, row.filled))):
            break
        count += 1
        if count == _MOST_HEADER_ROWS:
            break
    return count


def _looks_like_header(row: Row, table: Table) -> bool:
    if row.spans_all or len(row.filled) < 2:
        return False
    if any(len(cell.split()) > 2 * _TITLE_WORDS for cell in row.filled):
        return False
    others = [other for other in table.rows if other is not row and len(other.filled) >= 2]
    if row.bold >= _BOLD and any(other.bold < _BOLD for other in others):
        return True
    return row.shaded and not all(other.shaded for other in others)


def _header(rows: Sequence[Row]) -> tuple[str, ...]:
    """Column headings; of several header rows the texts are joined from top to bottom, and a heading over several
    columns is given to each of them.
    """
    if not rows:
        return ()
    columns = zip(*(row.covering for row in rows), strict=True)
    return tuple(" ".join(dict.fromkeys(filter(None, column))) for column in columns)


def drafts_of_table(table: Table, *, rtl: bool = False) -> list[Draft]:
    """The rows as blocks; a short row in one cell over all columns is a heading inside the table."""
    drafts: list[Draft] = []
    for at, row in enumerate(table.rows):
        header = () if at < table.header_rows else table.header
        if len(row.filled) == 1 and row.spans_all and _is_title(row):
            drafts.append(_inner_heading(row.filled[0], row, table.page))
        elif _is_layout(row):
            drafts.extend(_unfolded(row, table.page, rtl))
        else:
            text = CELL_SEPARATOR.join(row.filled)
            drafts.append(
                Draft("table_row", table.page, text=text, cells=row.cells, header=header, box=row.box)
            )
    return drafts


def _inner_heading(text: str, row: Row, page: int) -> Draft:
    return Draft("heading", page, text=text, level=TABLE_HEADING_LEVEL, box=row.box)


def _is_layout(row: Row) -> bool:
    """Whether the table only sets a label beside pages of running text."""
    words = sorted(len(cell.split()) for cell in row.filled)
    return len(words) <= 2 and words[-1] > _LONGEST_CELL and (len(words) == 1 or words[0] <= _TITLE_WORDS)


def _unfolded(row: Row, page: int, rtl: bool) -> list[Draft]:
    """A row of a layout table: its label as a heading, then its text as paragraphs."""
    drafts: list[Draft] = []
    for cell, lines in zip(row.cells, row.lines, strict=True):
        if cell and len(cell.split()) <= _TITLE_WORDS:
            drafts.append(_inner_heading(cell, row, page))
        elif cell:
            drafts.extend(drafts_of(lines, page, rtl=rtl))
    return drafts


def _is_title(row: Row) -> bool:
    """Whether the only text of a row looks like a heading: a few words, and more than figures, a note or a list item.

    In plain print it must be shorter than where bold letters, shading or capitals set it off.
    """
    text = row.filled[0]
    if len(text.split()) > _TITLE_WORDS or text.endswith((".", ";", ",", "。", "；")) or text[:1].islower():
        return False
    if sum(map(str.isalpha, text)) < _LETTERS * len(text.replace(" ", "")) or without_bullet(text) != text:
        return False
    return row.bold >= _BOLD or row.shaded or text.isupper() or len(text.split()) <= _PLAIN_TITLE_WORDS
