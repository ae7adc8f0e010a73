"""Ruled tables: rulings become grids, and a grid says for each point of the page which cell it is in.

The rulings are snapped to common coordinates and joined into components that cross each other; the elementary
boxes between the coordinates of a component are united wherever no ruling parts them, so that cells over
several rows or columns come out whole (compare A. Nurminen, Algorithmic Extraction of Data in Tables in PDF
Documents, 2013).

Not here: tables without vertical rulings (`borderless_tables`), and what the cells say (`tables`). Lengths are in
points. Unless a reason says otherwise, thresholds were chosen by eye on real NDCs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ndc_urban.document import BBox
from ndc_urban.reading.pdf.glyphs import Bools, Floats, Glyphs, Ints

_THIN = 3.0  # a ruling is thinner, the shading of a row thicker
_SNAP = 2.2  # rulings nearer than this are one: double lines, and borders that each cell draws for itself
_JOIN = 4.5  # pieces of a line with a smaller gap are one: borders drawn cell by cell leave gaps at corners
_TOUCH = 3.5  # rulings that end this near to another one touch it; more than the width of a ruling
_SHORTEST = 8.0  # a shorter stroke is a tick, a dash or an underlined letter
_OVERHANG = 12.0  # rulings that reach further show a side that is not drawn; corners reach less
_MAX_LINES = 400
"""A component of more rulings than this in one direction is a drawing."""
_MAX_PAGE_LINES = 4 * _MAX_LINES  # in one direction on a page, which may hold several tables; a map has more

_COVERED = 0.5  # of the side of a box that a ruling must run along to part it from the next
_WORD_GAP = 0.15  # ems; letters nearer than this are of one word, a space takes more
_TORN = 0.1  # of the cells: more torn words than that are not an accident of one cell
_LEAST_WIDTH, _LEAST_HEIGHT = 12, 7  # points: a shaded cell holds a letter or two on a line of small print
_GROUND = 0.4  # share of the page: a larger rectangle is a background
_MIN_SHADED = 4  # cells: two rows of two are the smallest table that shading alone can draw
_SAME_SIDE = (
    1.0  # edges of the shading of one cell's lines differ by less: they are drawn to the same numbers
)
_MOSTLY = 0.7  # share of a grid that is shaded; less of it is the ground of a page or a frame


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: `xs` (columns + 1,) and `ys` (rows + 1,) in points; `cells` (rows, columns) numbers its
    cells from 0; boxes of the same number are one cell.
    """

    xs: Floats
    ys: Floats
    cells: Ints

    @property
    def bbox(self) -> BBox:
        return (float(self.xs[0]), float(self.ys[0]), float(self.xs[-1]), float(self.ys[-1]))

    @property
    def cell_count(self) -> int:
        return int(self.cells.max()) + 1

    def locate(self, points: Floats) -> Ints:
        """The cell of each of n points (n, 2); -1 outside."""
        column = np.searchsorted(self.xs, points[:, 0], side="right") - 1
        row = np.searchsorted(self.ys, points[:, 1], side="right") - 1
        rows, columns = self.cells.shape
        inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        found = self.cells[np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)]
        return np.where(inside, found, -1)


def flat_lines(rulings: Floats) -> Floats:
    """The horizontal rulings (m, 4) as lines (k, 3): position down the page, start and end across it."""
    wide, tall = rulings[:, 2] - rulings[:, 0], rulings[:, 3] - rulings[:, 1]
    return _merged(rulings[(tall <= _THIN) & (wide >= tall)], along=0)


def upright_lines(rulings: Floats) -> Floats:
    """The vertical rulings (m, 4) as lines (k, 3): position across the page, start and end down it."""
    wide, tall = rulings[:, 2] - rulings[:, 0], rulings[:, 3] - rulings[:, 1]
    return _merged(rulings[(wide <= _THIN) & (tall >= wide)], along=1)


def grids_of(rulings: Floats, flat: Floats | None = None) -> list[Grid]:
    """The grids that the rulings (m, 4) of a page draw, larger ones first; `flat` (k, 3) are the lines of those that
    are horizontal, where the caller has them.
    """
    upright = upright_lines(rulings)
    if flat is None:
        flat = flat_lines(rulings) if len(upright) else upright
    if min(len(flat), 2 * len(upright)) < 2 or max(len(flat), len(upright)) > _MAX_PAGE_LINES:
        return []
    grids = [_grid(flat[a], upright[b]) for a, b in _components(flat, upright)]
    found = [grid for grid in grids if grid is not None]
    return sorted(found, key=lambda grid: -_area(grid.bbox))


def shaded_grids(fills: Floats, rulings: Floats, grids: Sequence[Grid], page_area: float) -> list[Grid]:
    """Grids drawn by the edges of shaded cells (k, 4), with the rulings, outside of the `grids` found
    already.
    """
    cells = _outermost(fills, page_area)
    middles = (cells[:, :2] + cells[:, 2:]) / 2
    cells = cells[cells_of(grids, middles) < 0]
    if len(cells) < _MIN_SHADED:
        return []
    cells = _stacked(cells, rulings)
    x0, y0, x1, y1 = cells.T
    edges = [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]
    free = rulings[cells_of(grids, (rulings[:, :2] + rulings[:, 2:]) / 2) < 0]
    found = grids_of(np.concatenate([free, *(np.stack(edge, axis=1) for edge in edges)]))
    return [grid for grid in found if grid.cells.shape[1] > 1 and _shaded_share(grid, cells) > _MOSTLY]


def _stacked(cells: Floats, rulings: Floats) -> Floats:
    """The shaded rectangles (k, 4), those of the lines of one cell united: word processors shade a cell line by line.

    They touch in one column, and what parts them runs neither along a ruling nor through the whole table, as the end of
    a row does.
    """
    flat = flat_lines(rulings)
    order = np.lexsort((cells[:, 1], cells[:, 0]))
    united: list[list[float]] = []
    for cell in cells[order].tolist():
        above = united[-1] if united else None
        if above is not None and _touch(above, cell) and not _ends_row(cell, cells, flat):
            above[3] = cell[3]
        else:
            united.append(cell)
    return np.array(united).reshape(-1, 4)


def _touch(above: list[float], below: list[float]) -> bool:
    """Whether a rectangle goes on below another of the same width."""
    sides = abs(above[0] - below[0]) < _SAME_SIDE and abs(above[2] - below[2]) < _SAME_SIDE
    return sides and abs(above[3] - below[1]) < _SAME_SIDE


def _ends_row(cell: list[float], cells: Floats, flat: Floats) -> bool:
    """Whether the upper edge of a shaded rectangle is a ruling, or one with edges of those on all sides of it."""
    left, top, right, _ = cell
    ruled = (np.abs(flat[:, 0] - top) < _SNAP) & (flat[:, 1] < right) & (flat[:, 2] > left)
    if ruled.any():
        return True
    beside = cells[(cells[:, 1] < top + _SNAP) & (cells[:, 3] > top - _SNAP)]
    through = (beside[:, 1] < top - _SNAP) & (beside[:, 3] > top + _SNAP)
    return not through.any()


def _shaded_share(grid: Grid, cells: Floats) -> float:
    """The share of the grid's area that shaded cells (k, 4) cover."""
    left, top, right, bottom = grid.bbox
    middle = (cells[:, :2] + cells[:, 2:]) / 2
    inside = (middle[:, 0] > left) & (middle[:, 0] < right) & (middle[:, 1] > top) & (middle[:, 1] < bottom)
    area = (cells[inside, 2] - cells[inside, 0]) * (cells[inside, 3] - cells[inside, 1])
    return float(area.sum()) / max(1.0, _area(grid.bbox))


def _outermost(fills: Floats, page_area: float) -> Floats:
    """Shaded rectangles that can be cells: neither specks nor backgrounds, nor inside of another one."""
    width, height = fills[:, 2] - fills[:, 0], fills[:, 3] - fills[:, 1]
    sized = (width > _LEAST_WIDTH) & (height > _LEAST_HEIGHT) & (width * height < _GROUND * page_area)
    fills = fills[sized][:_MAX_LINES]
    inside = (
        (fills[:, None, 0] >= fills[None, :, 0] - 0.5)
        & (fills[:, None, 1] >= fills[None, :, 1] - 0.5)
        & (fills[:, None, 2] <= fills[None, :, 2] + 0.5)
        & (fills[:, None, 3] <= fills[None, :, 3] + 0.5)
    )
    area = (fills[:, 2] - fills[:, 0]) * (fills[:, 3] - fills[:, 1])
    inside &= area[:, None] < area[None, :] - 1
    return fills[~inside.any(axis=1)]


def _area(box: BBox) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _merged(lines: Floats, along: int) -> Floats:
    """Strokes of one direction as (k, 3): position across, start and end along; pieces on a line united."""
    if not len(lines):
        return np.zeros((0, 3))
    across = 1 - along
    position = (lines[:, across] + lines[:, across + 2]) / 2
    order = np.argsort(position, kind="stable")
    places = position[order]
    spans = lines[order][:, [along, along + 2]].tolist()
    borders = [0, *(np.flatnonzero(np.diff(places) > _SNAP) + 1).tolist(), len(spans)]
    merged: list[tuple[float, float, float]] = []
    for first, end in pairwise(borders):
        place = float(places[(first + end) // 2])
        united = _united(spans[first:end])
        merged.extend((place, start, stop) for start, stop in united if stop - start >= _SHORTEST)
    return np.array(merged).reshape(-1, 3)


def _united(spans: list[list[float]]) -> list[tuple[float, float]]:
    united: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if united and start <= united[-1][1] + _JOIN:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        else:
            united.append((start, end))
    return united


def _components(flat: Floats, upright: Floats) -> list[tuple[list[int], list[int]]]:
    """Groups of rulings that touch: indices into `flat` and `upright`."""
    crossing = (
        (flat[:, None, 1] <= upright[None, :, 0] + _TOUCH)
        & (flat[:, None, 2] >= upright[None, :, 0] - _TOUCH)
        & (upright[None, :, 1] <= flat[:, None, 0] + _TOUCH)
        & (upright[None, :, 2] >= flat[:, None, 0] - _TOUCH)
    )
    groups: list[tuple[list[int], list[int]]] = []
    left = set(range(len(flat)))
    while left:
        seed = left.pop()
        rows, columns, todo = {seed}, set[int](), [seed]
        while todo:
            row = todo.pop()
            for column in np.flatnonzero(crossing[row]).tolist():
                if column in columns:
                    continue
                columns.add(column)
                near = set(np.flatnonzero(crossing[:, column]).tolist()) - rows
                rows |= near
                todo.extend(near)
        left -= rows
        if len(rows) >= 2 and columns and max(len(rows), len(columns)) <= _MAX_LINES:
            groups.append((sorted(rows), sorted(columns)))
    return groups


def _grid(flat: Floats, upright: Floats) -> Grid | None:
    """The grid of touching rulings; sides that are not drawn are put where the other rulings end."""
    ys = _positions(flat[:, 0], upright[:, 1:])
    xs = _positions(upright[:, 0], flat[:, 1:])
    if len(xs) < 2 or len(ys) < 2:
        return None
    walls = walls_of(upright, xs, ys)
    floors = walls_of(flat, ys, xs)
    return Grid(xs, ys, united_cells(walls, floors.T))


def _positions(places: Floats, ends: Floats) -> Floats:
    found = sorted(set(places.tolist()))
    positions = [found[0]]
    for place in found[1:]:
        if place - positions[-1] > _SNAP:
            positions.append(place)
    low, high = float(ends[:, 0].min()), float(ends[:, 1].max())
    if positions[0] - low > _OVERHANG:
        positions.insert(0, low)
    if high - positions[-1] > _OVERHANG:
        positions.append(high)
    return np.array(positions)


def walls_of(lines: Floats, places: Floats, steps: Floats) -> Bools:
    """(steps - 1, places): whether a line at that place parts the boxes left and right of it on that step."""
    parted = np.zeros((len(steps) - 1, len(places)), dtype=np.bool_)
    lengths = np.diff(steps)
    for place, start, end in lines.tolist():
        column = int(np.argmin(np.abs(places - place)))
        covered = np.minimum(end, steps[1:]) - np.maximum(start, steps[:-1])
        parted[:, column] |= covered > _COVERED * lengths
    return parted


def united_cells(walls: Bools, floors: Bools) -> Ints:
    """Numbers (rows, columns) of the cells; `walls` (rows, columns + 1), `floors` (rows + 1, columns)."""
    rows, columns = walls.shape[0], floors.shape[1]
    cells = np.full((rows, columns), -1, dtype=np.int64)
    number = 0
    for row in range(rows):
        for column in range(columns):
            if cells[row, column] < 0:
                _fill(cells, (row, column), number, walls, floors)
                number += 1
    return cells


def _fill(cells: Ints, start: tuple[int, int], number: int, walls: Bools, floors: Bools) -> None:
    """Numbers the box at `start` and all that no ruling parts from it, in place."""
    rows, columns = cells.shape
    todo = [start]
    cells[start] = number
    while todo:
        r, c = todo.pop()
        for near_r, near_c, open_ in (
            (r, c + 1, not walls[r, c + 1]),
            (r, c - 1, not walls[r, c]),
            (r + 1, c, not floors[r + 1, c]),
            (r - 1, c, not floors[r, c]),
        ):
            inside = 0 <= near_r < rows and 0 <= near_c < columns
            if open_ and inside and cells[near_r, near_c] < 0:
                cells[near_r, near_c] = number
                todo.append((near_r, near_c))


def cells_of(grids: Sequence[Grid], points: Floats) -> Ints:
    """For each of n points (n, 2) the number of its cell over all grids, -1 for none; the inner of two grids
    wins.
    """
    found = np.full(len(points), -1, dtype=np.int64)
    first = 0
    for grid in grids:
        local = grid.locate(points)
        found = np.where(local >= 0, local + first, found)
        first += grid.cell_count
    return found


def tears_words(grid: Grid, glyphs: Glyphs) -> bool:
    """Whether the grid's lines run through words too often for a table: then it is a chart or an ornament."""
    at = glyphs.ink
    if len(at) < 2:
        return False
    box = glyphs.ink_box
    cell = grid.locate((box[:, :2] + box[:, 2:]) / 2)
    size = np.maximum(glyphs.size[at][1:], 1.0)
    close = (np.diff(at) == 1) & (np.abs(box[1:, 0] - box[:-1, 2]) < _WORD_GAP * size)
    close &= np.abs(np.diff(glyphs.baseline[at])) < 1
    torn = close & (cell[1:] != cell[:-1])
    return int(torn.sum()) > max(1, _TORN * len(set(cell.tolist())))
