"""Glyphs become pieces (unbroken stretches of a line), pieces become lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, pairwise
from operator import attrgetter
from statistics import median
from typing import NamedTuple

import numpy as np

from ndc_urban.document import BBox
from ndc_urban.reading.pdf.bidi import logical_order
from ndc_urban.reading.pdf.glyphs import ASCENT, DESCENT, Bools, Floats, Glyphs, Ints
from ndc_urban.reading.pdf.letter_spacing import letter_spaced

GAP = 0.9
"""Pieces end where the next glyph is further away than this many ems."""

SOFT_HYPHEN = "\u00ad"
OTHER_SIZE = 1.15
"""Ratio of the type sizes of a text and of notes beside it; the cells of a table have the same. Chosen by eye."""

_HYPHENS = ("-", SOFT_HYPHEN, "\u2010")
_WIDE_GAP = (
    2.0  # ems: parts of a line stand further apart, as labels of a chart and column heads do; chosen by eye
)
_SPACE_GAP = 0.28  # ems, where no space character stands; letter spacing is less; chosen by eye on real NDCs
_RTL_SPACE_GAP = 0.18  # ems; Arabic letters join, so that smaller gaps are spaces; chosen by eye on real NDCs
_BASELINE_SHIFT = 0.6  # of the size: raised and lowered letters stay within it, the next line does not
_SAME_BASELINE = 0.35  # of the size: pieces of equal size whose baselines differ by less are on one line
_SMALL = 0.8  # of the size: raised footnote marks and indices are set smaller than this
_EVEN = 0.1  # points: more than the rounding of sizes and baselines within one run
_BACKWARDS = 1.5  # ems: a glyph so far to the left begins another piece; kerning moves it by less
_UNDER = 0.35  # of the size: an underline is no further below the baseline; the next ruling of a table is
_SLACK = (4.0, 0.1)  # points, or share of the width, by which an underline may differ from its text
_MOST_LEADING = 2.2  # ems: wider steps are between paragraphs
_LEAST_LEADING = 0.9  # ems: lines set solid are 1.0 apart
_USUAL_LEADING = 1.2  # ems: single spacing in word processors
_RAISED = 0.15  # of the size: a mark stands higher by more; an index is not raised
_UNITS = re.compile(r"(?:^|[\s\d/(])(?:[kcmdh]?m|ha|10|s)$")
_MARK = re.compile(r"[\d,*†‡§\s\[\]()a-c]{1,6}$")


class TextRun(NamedTuple):
    """A piece of a line or a whole line: its text, box (points from the top left), and how it is set.

    `bold` is the share of bold letters; `cell` the cell of a table it stands in, -1 outside of tables; `turn` counts
    quarter turns clockwise; `parts` are stretches of a line that stand wide apart.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    baseline: float
    size: float
    bold: float = 0.0
    cell: int = -1
    turn: int = 0
    underlined: bool = False
    parts: int = 1

    @property
    def upright(self) -> bool:
        return self.turn == 0

    @property
    def bbox(self) -> BBox:
        return (self.x0, self.top, self.x1, self.bottom)


def median_size(pieces: Sequence[TextRun]) -> float:
    """The usual size of the type of one piece or more, in points."""
    return median(piece.size for piece in pieces)


def pieces_of(glyphs: Glyphs, cells: Ints, *, rtl: bool = False) -> list[TextRun]:
    """Pieces in the reader's order; `cells` (n,) names the table cell of each glyph, -1 for none.

    With `rtl` the glyphs are expected in visual order, from right to left on each line.
    """
    ink = glyphs.ink
    if not len(ink):
        return []
    breaks, gaps = _breaks(glyphs, cells, ink, rtl)
    spaced = (np.diff(ink, prepend=-1) > 1) | (gaps > (_RTL_SPACE_GAP if rtl else _SPACE_GAP))
    if not rtl:
        spaced &= ~letter_spaced(glyphs, ink, spaced & ~breaks, gaps)
    starts = np.flatnonzero(breaks)
    ends = np.append(starts[1:], len(ink))
    runs = _runs(glyphs, ink, starts, cells)
    texts = list(compress(glyphs.text, (~glyphs.blank).tolist()))
    if not rtl:
        for at in np.flatnonzero(spaced).tolist():
            texts[at] = " " + texts[at]
    return [
        _piece(glyphs, ink[start:end], texts[start:end], spaced[start:end], run, rtl=rtl)
        for start, end, run in zip(starts.tolist(), ends.tolist(), runs, strict=True)
    ]


class _Run(NamedTuple):
    """Extent, style and cell of an unbroken run of glyphs; `even` if all are of one size on one baseline."""

    cell: int
    box: BBox
    size: float
    base: float
    bold: float
    turn: int
    even: bool


def _runs(glyphs: Glyphs, ink: Ints, starts: Ints, cells: Ints) -> Iterator[_Run]:
    """The runs that begin at `starts` (k,) among the glyphs at `ink` (n,), all measured at once."""
    box, size, base = glyphs.ink_box, glyphs.size[ink], glyphs.baseline[ink]
    boxes = np.concatenate(
        [np.minimum.reduceat(box[:, :2], starts), np.maximum.reduceat(box[:, 2:], starts)], axis=1
    )
    spread = np.maximum.reduceat(size, starts) - np.minimum.reduceat(size, starts)
    sway = np.maximum.reduceat(base, starts) - np.minimum.reduceat(base, starts)
    ends = np.append(starts[1:], len(ink))
    bold = np.add.reduceat(glyphs.bold[ink].astype(np.float64), starts) / (ends - starts)
    first = ink[starts]
    even = (spread < _EVEN) & (sway < _EVEN)
    sizes, bases = size[starts], base[starts]
    for at in np.flatnonzero(~even).tolist():
        own = slice(starts[at], ends[at])
        middle = (own.stop - own.start) // 2
        sizes[at], bases[at] = np.sort(size[own])[middle], np.sort(base[own])[middle]
    sizes = np.where(sizes != 0, sizes, boxes[:, 3] - boxes[:, 1])
    columns = (cells[first], boxes, sizes, bases, bold, glyphs.turn[first], even)
    for cell, corners, *style in zip(*(column.tolist() for column in columns), strict=True):
        yield _Run(cell, tuple(corners), *style)


def _breaks(glyphs: Glyphs, cells: Ints, ink: Ints, rtl: bool) -> tuple[Bools, Floats]:
    """Where a piece begins (n,), and the gap before each glyph in ems (n,)."""
    box, base, turn = glyphs.ink_box, glyphs.baseline[ink], glyphs.turn[ink]
    size = np.maximum(glyphs.size[ink], 1.0)
    em = np.maximum(size[1:], size[:-1])
    low, high = np.where(turn % 2 == 0, box[:, 0], box[:, 1]), np.where(turn % 2 == 0, box[:, 2], box[:, 3])
    gap = np.maximum(low[1:] - high[:-1], low[:-1] - high[1:]) / em
    backwards = np.zeros(len(em), dtype=np.bool_) if rtl else (low[:-1] - low[1:]) / em > _BACKWARDS
    moved = np.abs(base[1:] - base[:-1]) > _BASELINE_SHIFT * em
    elsewhere = (cells[ink][1:] != cells[ink][:-1]) | (turn[1:] != turn[:-1])
    broken = moved | (gap > GAP) | elsewhere | (backwards & (gap > 0))
    return np.concatenate(([True], broken)), np.concatenate(([0.0], gap))


def _piece(
    glyphs: Glyphs, members: Ints, texts: list[str], spaced: Bools, run: _Run, *, rtl: bool
) -> TextRun:
    upright = run.turn == 0
    if rtl:
        parts = [part for pair in zip(spaced.tolist(), texts, strict=True) for part in _parts(*pair)]
        text = "".join(logical_order(parts))
    elif run.even or not upright:
        text = "".join(texts)
    else:
        small = glyphs.size[members] < _SMALL * run.size
        raised = (small & (glyphs.baseline[members] < run.base - _RAISED * run.size)).tolist()
        text = _joined(texts, raised)
    x0, top, x1, bottom = run.box
    return TextRun(
        text=tidy(text),
        x0=x0,
        top=run.base - ASCENT * run.size if upright else top,
        x1=x1,
        bottom=run.base + DESCENT * run.size if upright else bottom,
        baseline=run.base if upright else bottom,
        size=run.size,
        bold=run.bold,
        cell=run.cell,
        turn=run.turn,
    )


def _parts(spaced: bool, text: str) -> tuple[str, ...]:
    return (" ", text) if spaced else (text,)


def _joined(texts: Sequence[str], raised: Sequence[bool]) -> str:
    """Glyphs, with the spaces before them, as text; raised footnote marks inside are left out."""
    if not any(raised):
        return "".join(texts)
    out: list[str] = []
    at = 0
    while at < len(texts):
        if raised[at] and out:
            end = at
            while end < len(texts) and raised[end]:
                end += 1
            mark = "".join(texts[at:end])
            if not _is_footnote_mark(mark.strip(), "".join(out)):
                out.append(mark)
            elif mark.startswith(" "):
                out.append(" ")
            at = end
            continue
        out.append(texts[at])
        at += 1
    return "".join(out)


def _is_footnote_mark(mark: str, before: str) -> bool:
    return bool(_MARK.match(mark)) and not _UNITS.search(before.rstrip())


def tidy(text: str) -> str:
    """One line: spaces single, compatibility ligatures and Arabic presentation forms folded, accents joined to their
    letters, nothing else changed.
    """
    if not text.isascii() and _TO_FOLD.search(text):
        text = _TO_FOLD.sub(lambda found: _folded(found[0]), text)
    if not text.isascii() and _COMBINING.search(text):
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def _folded(character: str) -> str:
    code = ord(character)
    if 0x7F <= code <= 0x9F:
        return "•"  # a symbol font without a Unicode map: in running text that is a bullet
    if 0xE000 <= code <= 0xF8FF:
        return _PRIVATE.get(code, "")
    return unicodedata.normalize("NFKC", character) if code >= 0xFB00 and code != 0xFEFF else ""


_TO_FOLD = re.compile(
    "[\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\ue000-\uf8ff\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufeff]"
)
"""Controls and marks of direction, the private use area, Latin ligatures and Arabic presentation forms."""

_COMBINING = re.compile("[\u0300-\u036f]")
_PRIVATE = dict.fromkeys((0xF0B7, 0xF0A7, 0xF0D8, 0xF0FC, 0xF076, 0xF071, 0xF0A8, 0xF02D, 0xF06E), "•")
"""Bullets of the Symbol and Wingdings fonts, which word processors leave in the private use area."""


def underlined(pieces: Sequence[TextRun], flat: Floats) -> list[TextRun]:
    """The pieces, those marked under which one of the horizontal rulings `flat` (k, 3) runs along."""
    marked = list(pieces)
    if not pieces or not len(flat):
        return marked
    base, size, x0, x1 = np.array([(piece.baseline, piece.size, piece.x0, piece.x1) for piece in pieces]).T
    slack = np.maximum(_SLACK[0], _SLACK[1] * (x1 - x0))
    for down, start, end in flat.tolist():
        below = (down > base) & (down < base + _UNDER * size)
        for at in np.flatnonzero(below & (np.abs(start - x0) < slack) & (np.abs(end - x1) < slack)).tolist():
            marked[at] = pieces[at]._replace(underlined=True)
    return marked


def lines_of(pieces: Iterable[TextRun], *, rtl: bool = False) -> list[TextRun]:
    """Pieces of one column as whole lines from top to bottom, then those that run sideways."""
    lines: list[_Line] = []
    pieces = list(pieces)
    sideways = sorted((piece for piece in pieces if piece.turn), key=_sideways_place)
    for piece in sorted((piece for piece in pieces if not piece.turn), key=attrgetter("baseline")):
        for line in lines[:-4:-1]:
            if _on_line(piece, line.main):
                line.add(piece)
                break
        else:
            lines.append(_Line(piece, [piece]))
    return [*(_merged(line.pieces, rtl) for line in lines), *sideways]


@dataclass(slots=True)
class _Line:
    """A line as it grows, with its main piece: the largest, and of those as large the longest."""

    main: TextRun
    pieces: list[TextRun]

    def add(self, piece: TextRun) -> None:
        self.pieces.append(piece)
        if (piece.size, piece.x1 - piece.x0) > (self.main.size, self.main.x1 - self.main.x0):
            self.main = piece


def _sideways_place(piece: TextRun) -> tuple[int, int, float]:
    """Sorts pieces that do not run from left to right: by their turn, then by line, then along the line."""
    line, along = {
        1: (-piece.x1, piece.top),
        2: (-piece.bottom, -piece.x1),
        3: (piece.x0, -piece.bottom),
    }[piece.turn]
    return -piece.turn, round(line), along


def _on_line(piece: TextRun, main: TextRun) -> bool:
    """Whether a piece stands on the line of another one."""
    shift = abs(piece.baseline - main.baseline)
    size = max(piece.size, main.size)
    if shift < _SAME_BASELINE * size:
        return True
    return min(piece.size, main.size) < _SMALL * size and shift < _BASELINE_SHIFT * size


def _merged(line: list[TextRun], rtl: bool) -> TextRun:
    if len(line) == 1:
        return line[0]
    line = sorted(line, key=lambda piece: -piece.x1 if rtl else piece.x0)
    main = max(line, key=lambda piece: len(piece.text))
    letters = sum(len(piece.text) for piece in line)
    return main._replace(
        text=" ".join(piece.text for piece in line if piece.text),
        x0=min(piece.x0 for piece in line),
        top=min(piece.top for piece in line),
        x1=max(piece.x1 for piece in line),
        bottom=max(piece.bottom for piece in line),
        bold=sum(piece.bold * len(piece.text) for piece in line) / max(1, letters),
        parts=1 + sum(_gap(*pair) > _WIDE_GAP * main.size for pair in pairwise(line)),
        underlined=all(piece.underlined for piece in line),
    )


def _gap(one: TextRun, two: TextRun) -> float:
    """Points between two pieces of a line, in either direction."""
    return max(two.x0 - one.x1, one.x0 - two.x1)


def join_lines(texts: Iterable[str]) -> str:
    """Lines as running text, joined by a space; where a hyphen divides a word at a line's end a soft hyphen
    stands for it, until `settle_hyphens` knows all of the document's words.
    """
    whole = ""
    for text in texts:
        if not whole:
            whole = text
        elif whole[-1] in _HYPHENS and whole[-2:-1].isalnum():
            # two letters or more before the hyphen, so that "a-" or "CO2-" keeps it
            divided = whole[-3:-1].isalpha() and len(whole) > 2 and text[:1].islower()
            whole = whole[:-1] + (SOFT_HYPHEN if divided else "-") + text
        else:
            whole = f"{whole} {text}"
    return whole


def leading_of(lines: Sequence[TextRun]) -> float:
    """The usual distance of two baselines in ems of the font; 1.2 where there is nothing to measure."""
    steps = [
        (b.baseline - a.baseline) / max(a.size, b.size, 1.0)
        for a, b in pairwise(lines)
        if b.baseline > a.baseline
    ]
    usual = [step for step in steps if step < _MOST_LEADING]
    return max(_LEAST_LEADING, median(usual)) if usual else _USUAL_LEADING
