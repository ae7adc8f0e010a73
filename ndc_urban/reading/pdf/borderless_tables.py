"""Tables without vertical rulings: their columns are separated by white gutters that run down through all lines.

There are two kinds: tables with horizontal rulings of the same width above and below their rows, and tables without any
ruling. Both come out as a `Grid`, so that whatever follows knows one kind of table. Not here: tables with rulings on
all sides (`ruled_tables`), and columns of running text (`columns`). Lengths are in points. Unless a reason says
otherwise, thresholds were chosen by eye on real NDCs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from ndc_urban.document import BBox
from ndc_urban.reading.pdf.glyphs import Bools, Floats, Glyphs, Ints, middle_of
from ndc_urban.reading.pdf.lines import OTHER_SIZE, TextRun, median_size
from ndc_urban.reading.pdf.paragraphs import starts_item
from ndc_urban.reading.pdf.ruled_tables import Grid, united_cells, walls_of

_SAME_END = 16.0  # rulings of one table end within this of each other; a cell's padding is less than that
_MIN_RULES = 3  # above and below the head and below the body; two rulings frame a text box or a title
_FEW_RULES = 4
"""With so few rulings they part head, body and foot; with more they part the rows."""

_GUTTER = 4.0  # between rulings this narrow a gutter parts columns; spaces within a text are narrower
_WIDE_GUTTER = 9.0  # without rulings a gutter is wider: loose spaces of justified text reach several points
_CROSSING = 0.1  # share of lines that may cross a gutter: titles over the whole width, a long word
_ROW_GAP = 0.25  # of a line's height: white space beyond that within cells which parts rows
_MIN_UNRULED_ROWS = 3  # two rows could be chance: a name beside a date
_LABEL_WORDS = 6.0  # words; running text in two columns has more of them on a line
_LABEL_WIDTH = 0.75
"""A column of labels takes at most this share of the width of the text beside it."""

_MEMORY = 8  # lines above whose gutter a single line is compared with: those of the last few rows
_SAME_RULE = 2.5  # heights nearer than this are of one ruling: double lines, and borders drawn cell by cell
_PARTIAL = 0.25  # of the table's width: a shorter line is under a word
_FEWEST_GLYPHS = 8  # fewer are not a column
_SAME_LINE = 0.35  # of a line's height: raised and lowered letters stay within it, the next line does not
_LEAST_ROW_GAP = 0.2  # of a line's height, where the usual white space between lines is less than nothing
_MOST = 0.6  # share of lines, or of columns, that counts as most
_RAGGED = 0.12  # of a column's width: how far a full line of prose may end from the right edge
_FEWEST_PROSE_LINES = 3  # two long lines may be a long label
_NEXT_ROW = 3.2  # ems from row to row at most: a blank line between rows, not two
_FAR = 1.5  # ems from the last row: text below the table
_SAME_LEFT = 3.0  # points by which left edges of one column differ
_LEVEL = 0.5  # points between the baselines of one line
_BY_CHANCE = 0.25  # share of lines of notes that stand level with a line of the text
_PROSE_LETTERS = 25  # letters on a line, on average; columns of numbers and names have fewer
_FULL_LINES = 0.5  # share of a column's lines that reach its right edge: all but the last ones of paragraphs
_USUAL_BLANK = 20  # percentile of the white spaces: those within cells are smaller than those between rows
_ITEMS = 0.5  # share of texts that begin an item of a list; with more of them it is a list
_TEXT_WORDS = 9.0  # words in a column but the last, where there are three: half as many again as of labels


@dataclass(frozen=True, slots=True)
class Ink:
    """The n glyphs of a page that leave ink: `box` (n, 4), and whether each is a `small` letter (n,)."""

    box: Floats
    small: Bools


def ink_of(glyphs: Glyphs) -> Ink:
    """The ink of a page."""
    at = glyphs.ink
    return Ink(glyphs.ink_box, glyphs.by_code(_small_letters(), str.islower)[at])


@cache
def _small_letters() -> Bools:
    """By code, up to the signs like letters: whether it is a small letter."""
    return np.array([chr(code).islower() for code in range(0x2150)], dtype=np.bool_)


def horizontally_ruled_tables_of(flat: Floats, ink: Ink) -> list[Grid]:
    """Tables ruled by horizontal lines `flat` (k, 3) alone; `ink` is what the page shows in glyphs."""
    grids = []
    for stack in _stacks(flat):
        grid = _horizontally_ruled_table(stack, flat, ink)
        if grid is not None:
            grids.append(grid)
    return grids


def _stacks(flat: Floats) -> list[Floats]:
    """Lines of the same start and end, at least three, from top to bottom."""
    stacks: list[list[list[float]]] = []
    for line in flat[np.argsort(flat[:, 0])].tolist():
        for stack in stacks:
            first = stack[0]
            if abs(first[1] - line[1]) < _SAME_END and abs(first[2] - line[2]) < _SAME_END:
                stack.append(line)
                break
        else:
            stacks.append([line])
    return [np.array(stack) for stack in stacks if len(stack) >= _MIN_RULES]


def _horizontally_ruled_table(stack: Floats, flat: Floats, ink: Ink) -> Grid | None:
    left, right = float(stack[:, 1].min()), float(stack[:, 2].max())
    top, bottom = float(stack[0, 0]), float(stack[-1, 0])
    inside = _inside(ink, (left, top, right, bottom))
    gutters = gutters_of(inside, _GUTTER)
    if not gutters:
        return None
    within = flat[(flat[:, 0] > top - 1) & (flat[:, 0] < bottom + 1) & (flat[:, 1] > left - _SAME_END)]
    ys = np.array(sorted({*stack[:, 0].tolist(), *_partial(within, left, right)}))
    ys = ys[np.concatenate(([True], np.diff(ys) > _SAME_RULE))]
    xs = np.array([left - 2, *gutters, right + 2])
    if len(stack) <= _FEW_RULES:
        ys = _with_row_gaps(inside, ys, xs)
    floors = walls_of(within, ys, xs).T
    drawn = np.array([bool((np.abs(within[:, 0] - y) < _SAME_RULE).any()) for y in ys])
    floors[~drawn] = True
    return _checked(xs, ys, floors, inside)


def _partial(lines: Floats, left: float, right: float) -> list[float]:
    """Places of the lines that reach over part of the table only, but more than an underlined word."""
    return [line[0] for line in lines.tolist() if line[2] - line[1] > _PARTIAL * (right - left)]


def _checked(xs: Floats, ys: Floats, floors: Bools, ink: Ink) -> Grid | None:
    """The grid, if in most rows two columns or more hold text."""
    walls = np.ones((len(ys) - 1, len(xs)), dtype=np.bool_)
    columns_used = []
    for row, (top, bottom) in enumerate(pairwise(ys.tolist())):
        here = _inside(ink, (float(xs[0]), float(top), float(xs[-1]), float(bottom)))
        if not len(here.box):
            continue
        for at in range(1, len(xs) - 1):
            walls[row, at] = not _crosses(here, float(xs[at]))
        middles = (here.box[:, 0] + here.box[:, 2]) / 2
        columns_used.append(len(set(np.searchsorted(xs, middles).tolist())) if walls[row, 1:-1].any() else 1)
    if len(columns_used) < 2 or sum(used >= 2 for used in columns_used) < 0.5 * len(columns_used):
        return None
    return Grid(xs, ys, united_cells(walls, floors))


def _inside(ink: Ink, box: BBox) -> Ink:
    x, y = (ink.box[:, 0] + ink.box[:, 2]) / 2, (ink.box[:, 1] + ink.box[:, 3]) / 2
    kept = (x > box[0] - 2) & (x < box[2] + 2) & (y > box[1]) & (y < box[3])
    return Ink(ink.box[kept], ink.small[kept])


def _crosses(ink: Ink, x: float) -> bool:
    return bool(((ink.box[:, 0] < x + 1) & (ink.box[:, 2] > x - 1)).any())


def gutters_of(ink: Ink, width: float) -> list[float]:
    """Middles of the vertical strips, at least `width` points wide, that hardly any line of the ink
    crosses.
    """
    if len(ink.box) < _FEWEST_GLYPHS:
        return []
    left = float(ink.box[:, 0].min())
    lines = _line_numbers(ink)
    count = int(lines.max()) + 1
    span = int(np.ceil(float(ink.box[:, 2].max()) - left)) + 2
    occupied = np.zeros((count, span), dtype=np.bool_)
    starts = np.floor(ink.box[:, 0] - left).astype(int)
    ends = np.ceil(ink.box[:, 2] - left).astype(int)
    for line, start, end in zip(lines.tolist(), starts.tolist(), ends.tolist(), strict=True):
        occupied[line, start:end] = True
    crossed = occupied.sum(axis=0)
    free = crossed <= _CROSSING * count
    edges = np.flatnonzero(np.diff(np.concatenate(([False], free, [False])).astype(int)))
    strips = [(a, b) for a, b in edges.reshape(-1, 2).tolist() if b - a >= width and a > 0 and b < span - 1]
    return [left + a + _emptiest(crossed[a:b]) for a, b in strips]


def _emptiest(crossed: Ints) -> float:
    """The middle of the part of a strip that the fewest lines cross."""
    return float(np.flatnonzero(crossed == crossed.min()).mean()) + 0.5


def _line_numbers(ink: Ink) -> Ints:
    """Numbers the lines of the ink from top to bottom by the middles of the glyphs, (n,)."""
    middle = (ink.box[:, 1] + ink.box[:, 3]) / 2
    height = middle_of(ink.box[:, 3] - ink.box[:, 1])
    order = np.argsort(middle, kind="stable")
    steps = np.diff(middle[order], prepend=middle[order[0]]) > _SAME_LINE * height
    numbers = np.empty(len(ink.box), dtype=np.int64)
    numbers[order] = np.cumsum(steps)
    return numbers


def _with_row_gaps(ink: Ink, ys: Floats, xs: Floats) -> Floats:
    """The row borders, and more of them where a band between two rulings holds several rows of single
    lines.
    """
    borders = ys.tolist()
    for top, bottom in pairwise(ys.tolist()):
        here = _inside(ink, (float(xs[0]), top, float(xs[-1]), bottom))
        if len(here.box) > 3:
            borders.extend(row_borders(here, xs))
    return np.array(sorted(borders))


def row_borders(ink: Ink, xs: Floats) -> list[float]:
    """Heights at which rows without rulings between them part, for `ink` in the columns `xs` (c + 1,).

    Rows part where white space wider than the leading runs through; where most lines fill most columns also
    at each line that fills the first column and goes on with a small letter in none.
    """
    lines = _line_numbers(ink)
    count = int(lines.max()) + 1
    if count < 2:
        return []
    tops = np.array([ink.box[lines == line, 1].min() for line in range(count)])
    bottoms = np.array([ink.box[lines == line, 3].max() for line in range(count)])
    column = np.searchsorted(xs, (ink.box[:, 0] + ink.box[:, 2]) / 2) - 1
    filled = np.zeros((count, len(xs) - 1), dtype=np.bool_)
    filled[lines, np.clip(column, 0, len(xs) - 2)] = True
    reached = np.maximum.accumulate(bottoms)
    blank = np.concatenate(([0.0], tops[1:] - reached[:-1]))
    height = middle_of(ink.box[:, 3] - ink.box[:, 1])
    wide = max(_LEAST_ROW_GAP * height, _usual_blank(filled, tops, bottoms) + _ROW_GAP * height)
    starts = {at for at in range(1, count) if blank[at] > wide}
    many = filled.sum(axis=1) >= max(2, _MOST * (len(xs) - 1))
    if many.mean() >= _MOST and not _has_prose(ink, lines, column):
        goes_on = _goes_on(ink, lines, column, count)
        starts |= {at for at in range(1, count) if filled[at, 0] and many[at] and not goes_on[at]}
    return [float((reached[at - 1] + tops[at]) / 2) for at in _with_labels(sorted(starts), filled)]


def _has_prose(ink: Ink, lines: Ints, column: Ints) -> bool:
    """Whether some column holds long lines that mostly reach its right edge."""
    for number in range(int(column.max()) + 1):
        at = column == number
        if not at.any():
            continue
        ends = np.array([ink.box[at & (lines == line), 2].max() for line in np.unique(lines[at])])
        full = (ends > ends.max() - _RAGGED * (ends.max() - ink.box[at, 0].min())).mean()
        if len(ends) >= _FEWEST_PROSE_LINES and at.sum() / len(ends) >= _PROSE_LETTERS and full > _FULL_LINES:
            return True
    return False


def _usual_blank(filled: Bools, tops: Floats, bottoms: Floats) -> float:
    """The usual white space between two lines of one column; that within cells where there are such."""
    blanks: list[float] = []
    for column in range(filled.shape[1]):
        at = np.flatnonzero(filled[:, column])
        blanks.extend((tops[at[1:]] - bottoms[at[:-1]]).tolist())
    return float(np.percentile(blanks, _USUAL_BLANK)) if blanks else 0.0


def _with_labels(starts: list[int], filled: Bools) -> list[int]:
    """Those of the row starts (numbers of lines) whose row holds something in the first column."""
    ends = [*starts, len(filled)][1:]
    return [start for start, end in zip(starts, ends, strict=True) if filled[start:end, 0].any()]


def _goes_on(ink: Ink, lines: Ints, column: Ints, count: int) -> Bools:
    """Whether each of the lines begins with a small letter in a column but the first, or fills only some,
    (count,).
    """
    goes_on = np.zeros(count, dtype=np.bool_)
    order = np.lexsort((ink.box[:, 0], column, lines))
    first = np.concatenate(([True], (np.diff(lines[order]) != 0) | (np.diff(column[order]) != 0)))
    at = order[first]
    goes_on[lines[at[ink.small[at] & (column[at] > 0)]]] = True
    goes_on[
        lines[at[ink.small[at] & (np.bincount(lines[at], minlength=count)[lines[at]] <= column.max())]]
    ] = True
    return goes_on


def unruled_tables_of(pieces: Sequence[TextRun], ink: Ink) -> list[Grid]:
    """Tables without any ruling among the pieces outside of other tables."""
    loose = [piece for piece in pieces if piece.cell < 0 and piece.upright]
    grids = []
    for band in _bands(loose):
        grid = _unruled_table(band, ink)
        if grid is not None:
            grids.append(grid)
    return grids


def _bands(pieces: list[TextRun]) -> list[list[TextRun]]:
    """Runs of lines, each set in two pieces or more beside each other, or going on under such a line."""
    rows = _rows(pieces)
    bands: list[list[list[TextRun]]] = []
    open_ = False
    for row in rows:
        parted = len(row) >= 2
        near = bool(bands) and row[0].baseline - bands[-1][-1][0].baseline < _NEXT_ROW * max(row[0].size, 1)
        if open_ and near and (parted or _fits(row[0], bands[-1])):
            bands[-1].append(row)
        elif parted:
            bands.append([row])
            open_ = True
        else:
            open_ = False
    trimmed = [_trimmed(band) for band in bands]
    return [
        [piece for row in band for piece in row]
        for band in trimmed
        if sum(len(row) >= 2 for row in band) >= _MIN_UNRULED_ROWS
    ]


def _trimmed(band: list[list[TextRun]]) -> list[list[TextRun]]:
    """The band without the single lines at its end that start at its left: they are text below the table."""
    left = min(piece.x0 for row in band for piece in row)
    while band and len(band[-1]) == 1 and abs(band[-1][0].x0 - left) < _SAME_LEFT and _far(band):
        band = band[:-1]
    return band


def _far(band: list[list[TextRun]]) -> bool:
    if len(band) < 2:
        return False
    return band[-1][0].baseline - band[-2][0].baseline > _FAR * band[-1][0].size


def _rows(pieces: list[TextRun]) -> list[list[TextRun]]:
    rows: list[list[TextRun]] = []
    for piece in sorted(pieces, key=lambda piece: (piece.baseline, piece.x0)):
        if rows and abs(rows[-1][0].baseline - piece.baseline) < _SAME_LINE * piece.size:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [_without_bullets(sorted(row, key=lambda piece: piece.x0)) for row in rows]


def _without_bullets(row: list[TextRun]) -> list[TextRun]:
    """A bullet or a number before its item is not a column."""
    if len(row) > 1 and _LABEL.fullmatch(row[0].text):
        return row[1:]
    return row


_LABEL = re.compile(r"[^\w\s]{1,2}|[ov§üØ]|\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-zA-Z]|[ivxIVX]{1,5})[.)]*")


def _fits(line: TextRun, band: list[list[TextRun]]) -> bool:
    """Whether a single piece keeps to one side of the gutter in the lines above it."""
    parted = [row for row in band if len(row) >= 2][-_MEMORY:]
    if not parted:
        return False
    second = min(row[1].x0 for row in parted)
    first = max((row[0].x1 for row in parted if row[0].x1 < second), default=second)
    return line.x0 >= min(second, max(first, second - _SAME_LEFT)) or line.x1 <= second


def _unruled_table(band: list[TextRun], ink: Ink) -> Grid | None:
    box = (
        min(piece.x0 for piece in band) - 1,
        min(piece.top for piece in band) - 1,
        max(piece.x1 for piece in band) + 1,
        max(piece.bottom for piece in band) + 1,
    )
    inside = _inside(ink, box)
    gutters = gutters_of(inside, _WIDE_GUTTER)
    if not gutters:
        return None
    xs = np.array([box[0], *gutters, box[2]])
    if not _is_tabular(band, xs):
        return None
    ys = np.array(sorted({box[1], *row_borders(inside, xs), box[3]}))
    if len(ys) < _MIN_UNRULED_ROWS + 1 and not _is_key_value(inside, xs, ys):
        return None
    floors = np.ones((len(ys), len(xs) - 1), dtype=np.bool_)
    return _checked(xs, ys, floors, inside)


def _is_key_value(ink: Ink, xs: Floats, ys: Floats) -> bool:
    """Two rows of an unbroken label each, with its text in a much wider column beside it."""
    widths = np.diff(xs)
    if len(widths) != 2 or len(ys) != _MIN_UNRULED_ROWS or widths[0] > _LABEL_WIDTH * widths[1]:
        return False
    return all(
        _is_unbroken(_inside(ink, (float(xs[0]), top, float(xs[1]) - 2, bottom)))
        for top, bottom in pairwise(ys.tolist())
    )


def _is_unbroken(ink: Ink) -> bool:
    """Whether the lines of the ink follow each other without room for another line."""
    if not len(ink.box):
        return False
    order = np.argsort(ink.box[:, 1])
    reached = np.maximum.accumulate(ink.box[order, 3])
    height = middle_of(ink.box[:, 3] - ink.box[:, 1])
    return bool((ink.box[order[1:], 1] - reached[:-1] < height).all())


def _is_tabular(band: list[TextRun], xs: Floats) -> bool:
    """Three columns or more of short texts, or two of which the first holds labels rather than running
    text.
    """
    words = [0.0] * (len(xs) - 1)
    counts = [0] * (len(xs) - 1)
    for piece in band:
        at = int(np.clip(np.searchsorted(xs, (piece.x0 + piece.x1) / 2) - 1, 0, len(words) - 1))
        words[at] += len(piece.text.split())
        counts[at] += 1
    if _are_notes_beside_text(band, xs):
        return False
    if min(counts) < 2 or sum(starts_item(piece.text) for piece in band) > _ITEMS * len(band):
        return False
    means = [total / count for total, count in zip(words, counts, strict=True)]
    return means[0] <= _LABEL_WORDS if len(means) == 2 else max(means[:-1]) <= _TEXT_WORDS


def _are_notes_beside_text(band: list[TextRun], xs: Floats) -> bool:
    """Whether the first or the last column is in smaller type and its lines keep a distance of their own: the rows of
    a table share theirs.
    """
    for gutter in {float(xs[1]), float(xs[-2])}:
        sides: tuple[list[TextRun], list[TextRun]] = ([], [])
        for piece in band:
            sides[(piece.x0 + piece.x1) / 2 > gutter].append(piece)
        if all(sides) and _are_notes(*sorted(sides, key=median_size)):
            return True
    return False


def _are_notes(notes: list[TextRun], text: list[TextRun]) -> bool:
    if median_size(text) < OTHER_SIZE * median_size(notes):
        return False
    baselines = np.array([piece.baseline for piece in text])
    level = sum(bool((abs(baselines - piece.baseline) < _LEVEL).any()) for piece in notes)
    return level <= _BY_CHANCE * len(notes)
