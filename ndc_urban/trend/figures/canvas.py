"""A slide to draw on, 16 by 9, with title, subtitle and source. The same input makes the same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ndc_urban.trend.figures.markup import accessible
from ndc_urban.trend.figures.palette import INK, PAPER, QUIET_INK

WIDTH, HEIGHT = 13.333, 7.5
"""Inches: the size of a PowerPoint slide, so that font sizes are the same there."""
DOTS_PER_INCH = 150
"""About 2,000 pixels across, as many as a projector shows."""

TITLE_SIZE, SUBTITLE_SIZE, TEXT_SIZE, SMALL_SIZE, SOURCE_SIZE = 22, 13, 12, 10.5, 9
"""Points. Chosen by eye on a slide, like the other lengths here."""
MARGIN = 0.03
"""Left and right, relative to the width."""
TOP, BOTTOM = 0.815, 0.075
"""The area of the drawing, relative to the height."""

_LETTER = 0.7
"""The width of a letter with its margin, relative to its font size."""
_SMALLEST = 6.0
"""Points: the smallest size that can be read in print."""
LINE_SPACING = 1.25
"""From line to line, relative to the font size. Chosen by eye."""
_DOTS = " …"
_MEASURED_AT = 100
"""Dots per inch at which the width of a text is measured: those of a figure that is not yet written."""

_FONTS = ["DejaVu Sans"]
_SETTINGS: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": _FONTS,
    "font.size": TEXT_SIZE,
    "text.color": INK,
    "axes.edgecolor": QUIET_INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "none",  # text stays text: it can be searched, read aloud and edited on the slide
    "svg.image_inline": True,
    "path.simplify": False,
    "text.usetex": False,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
}


@dataclass(frozen=True)
class Drawing:
    """A finished figure: `name` is the stem of its files, `description` its content in words."""

    name: str
    title: str
    description: str
    svg: bytes
    png: bytes


@contextmanager
def settings(name: str) -> Iterator[None]:
    """The matplotlib settings of this project, whatever the user's own are; these are restored at the end."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        mpl.rcParams["svg.hashsalt"] = name
        yield


def slide(title: str, subtitle: str, source: str) -> Figure:
    """A slide with its text but without a drawing; to be called within `settings`."""
    figure = Figure(figsize=(WIDTH, HEIGHT), facecolor=PAPER)
    FigureCanvasAgg(figure)
    figure.text(MARGIN, 0.962, title, size=TITLE_SIZE, weight="bold", va="top", ha="left")
    room = (1 - 2 * MARGIN) * WIDTH * 72
    for y, side, text, size in (
        (0.893, "top", subtitle, SUBTITLE_SIZE),
        (0.02, "bottom", source, SOURCE_SIZE),
    ):
        figure.text(MARGIN, y, fitted(text, size, room), size=size, va=side, ha="left", color=QUIET_INK)
    return figure


def fitted(text: str, size: float, room: float, *, lines: int = 2, weight: str = "normal") -> str:
    """`text` in at most `lines` lines of `room` points; a longer text is cut and ends in dots."""

    def fits(line: str) -> bool:
        return _width(line, size, weight) <= room

    made: list[str] = [""]
    for word in text.split():
        longer = f"{made[-1]} {word}".strip()
        if fits(longer) or not made[-1]:
            made[-1] = longer
        else:
            made.append(word)
    kept = made[:lines]
    if len(made) > lines or not fits(kept[-1]):
        while kept[-1] and not fits(kept[-1] + _DOTS):
            kept[-1] = kept[-1][:-1].rstrip()
        kept[-1] += _DOTS
    return "\n".join(kept)


@cache
def _width(line: str, size: float, weight: str) -> float:
    """The points that a line takes. Kept, as every slide of a trend has the same source."""
    probe = _measure().text(0, 0, line, family=_FONTS, size=size, weight=weight)
    width = probe.get_window_extent().width
    probe.remove()
    return float(width) * 72 / _MEASURED_AT


@cache
def _measure() -> Figure:
    figure = Figure(dpi=_MEASURED_AT)
    FigureCanvasAgg(figure)
    return figure


def add(axes: Axes, shape: Artist) -> None:
    """Adds a shape to axes whose limits are set. `add_patch` and `plot` would look for new ones, which takes longer."""
    axes.add_artist(shape)


def names_across(names: Sequence[str], width: float) -> tuple[list[str], float]:
    """The names of rounds side by side with `width` points each, and the size at which they fit.

    If they would not fit, years lose their century, other names go on a second line after their first word, and then
    all names get smaller.
    """
    years = all(len(name) == 4 and name.isdigit() for name in names)
    shown = [
        name
        if len(name) * _LETTER * SMALL_SIZE <= width
        else f"’{name[2:]}"
        if years
        else name.replace(" ", "\n", 1)
        for name in names
    ]
    widest = max(len(line) for name in shown for line in name.split("\n")) * _LETTER
    return shown, min(SMALL_SIZE, max(width / widest, _SMALLEST))


def second_line(names: Sequence[str]) -> float:
    """The points that names below or above an axis need beside their first line."""
    return SMALL_SIZE * LINE_SPACING if any("\n" in name for name in names) else 0.0


def finished(
    figure: Figure, name: str, title: str, description: str, tips: dict[str, str] | None = None
) -> Drawing:
    """The slide as SVG and PNG; `tips` are tooltips for parts of the drawing, by their id. Within `settings`."""
    vector = io.BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(vector, format="svg", metadata=nothing)
    svg = accessible(vector.getvalue(), name, title, description, tips or {})
    return Drawing(name, title, description, svg, _in_dots(figure))


def _in_dots(figure: Figure) -> bytes:
    """The slide as PNG."""
    dots = io.BytesIO()
    figure.savefig(dots, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return dots.getvalue()
