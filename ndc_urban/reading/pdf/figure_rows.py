"""Rows that no ruling parts: figures below each other in one cell, each beside the line of text that it belongs to.

Such tables are shaded in bands, or have rulings above and below only. Lengths are in points; thresholds were chosen by
eye on real NDCs.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ndc_urban.reading.pdf.glyphs import ASCENT, DESCENT, Bools, Floats, Glyphs, Ints, middle_of
from ndc_urban.reading.pdf.ruled_tables import Grid

_FIGURES = frozenset("0123456789.,%+-−–$€£~<>")
_IS_FIGURE = np.isin(np.arange(0x10000), [ord(letter) for letter in _FIGURES])  # by code
_FEWEST = 3  # figures below each other; two can be a range of years
_BESIDE = 0.7  # of the size: a figure's baseline is nearer to a line of its label, also in the middle of two
_SAME_LINE = 0.3  # of the size: baselines of one line differ by less


@dataclass(frozen=True, slots=True)
class _Letters:
    """The letters in a grid: cell and baseline of each, (n,), and their usual size."""

    cell: Ints
    baseline: Floats
    size: float

    def lines(self, cells: Ints) -> list[float]:
        """The baselines of the lines in these cells, from above."""
        lines: list[float] = []
        for base in np.sort(self.baseline[np.isin(self.cell, cells)]).tolist():
            if not lines or base - lines[-1] > _SAME_LINE * self.size:
                lines.append(base)
        return lines


def with_rows_of_figures(grid: Grid, glyphs: Glyphs) -> Grid:
    """The grid, its cells of several figures divided into rows where the lines of the labels beside them say so."""
    divided: Grid | None = grid
    while divided is not None:
        grid, divided = divided, _once_divided(divided, glyphs)
    return grid


def _once_divided(grid: Grid, glyphs: Glyphs) -> Grid | None:
    """The grid with the first cell divided that can be, and those beside it; it has more cells."""
    ink = glyphs.ink
    box = glyphs.ink_box
    cell = grid.locate((box[:, :2] + box[:, 2:]) / 2)
    inside = np.flatnonzero((cell >= 0) & (glyphs.turn[ink] == 0))
    if not len(inside):
        return None
    at = ink[inside]
    figure = glyphs.by_code(_IS_FIGURE, _FIGURES.__contains__)[at]
    plain = np.bincount(cell[inside[~figure]], minlength=grid.cell_count) == 0
    may_be = plain & (np.bincount(cell[inside], minlength=grid.cell_count) >= _FEWEST)
    if not may_be.any():
        return None
    size = middle_of(glyphs.size[at])
    letters = _Letters(cell[inside], glyphs.baseline[at], max(size, 1.0))
    attempts = (_divided(grid, number, plain, letters) for number in np.flatnonzero(may_be).tolist())
    return next((divided for divided in attempts if divided is not None), None)


def _divided(grid: Grid, number: int, plain: Bools, letters: _Letters) -> Grid | None:
    """The grid with the rows of a cell of figures divided; None where its lines and those of the labels do not fit."""
    figures = letters.lines(np.array([number]))
    rows, columns = np.nonzero(grid.cells == number)
    first, last = int(rows.min()), int(rows.max())
    if len(figures) < _FEWEST or columns.min() == 0:
        return None
    beside = np.setdiff1d(
        grid.cells[first : last + 1], np.delete(grid.cells, np.s_[first : last + 1], axis=0)
    )
    labels = np.intersect1d(beside, grid.cells[first : last + 1, : int(columns.min())])
    values = np.setdiff1d(beside, labels)
    labels = labels[~plain[labels]]
    cuts = _cuts(figures, letters.lines(labels), letters.size)
    if not plain[values].all() or cuts is None or len(letters.lines(values)) != len(figures):
        return None
    floors = [_floor(grid.ys, *cut) for cut in cuts]
    ys = np.unique(np.concatenate([grid.ys, floors]))
    middles = (ys[:-1] + ys[1:]) / 2
    cells = grid.cells[np.searchsorted(grid.ys, middles, side="right") - 1]
    part = np.searchsorted(floors, middles)
    part = np.where(np.isin(cells, beside), part[:, None], 0)
    numbers = np.unique(np.stack([cells, part], axis=-1).reshape(-1, 2), axis=0, return_inverse=True)[1]
    divided = Grid(grid.xs, ys, numbers.reshape(cells.shape))
    return divided if divided.cell_count > grid.cell_count else None


def _floor(ys: Floats, middle: float, above: float, below: float) -> float:
    """Where to part two lines with baselines `above` and `below`: at an edge of the grid, else in the `middle`."""
    there = ys[(ys > above) & (ys < below)]
    return float(there[0]) if len(there) else middle


def _cuts(figures: list[float], labels: list[float], size: float) -> list[tuple[float, float, float]] | None:
    """Between every two figures the height in the middle of two lines of labels, and the baselines of these; None where
    a figure stands beside no line of a label.
    """
    near = _BESIDE * size
    if any(all(abs(label - figure) > near for label in labels) for figure in figures):
        return None
    cuts = []
    for above, below in pairwise(figures):
        lines = [label for label in labels if above - near <= label <= below + near]
        steps = [pair for pair in pairwise(lines) if pair[1] > above and pair[0] < below]
        if not steps:
            return None
        start, end = max(steps, key=lambda pair: (round(pair[1] - pair[0]), pair[1]))
        cuts.append(((start + DESCENT * size + end - ASCENT * size) / 2, start, end))
    return cuts
