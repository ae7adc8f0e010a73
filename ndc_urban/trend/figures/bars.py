"""Stacked bars: shares of low, moderate and strong in each round, by basis and estimate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from ndc_urban.trend.figures.canvas import (
    BOTTOM,
    HEIGHT,
    MARGIN,
    SMALL_SIZE,
    TEXT_SIZE,
    TOP,
    WIDTH,
    Drawing,
    add,
    finished,
    names_across,
    second_line,
    settings,
    slide,
)
from ndc_urban.trend.figures.palette import INK, LEVEL_COLOURS, LINE, PAPER, QUIET_INK, ink_on
from ndc_urban.trend.frames import ESTIMATES, completeness_text, frame_of, in_order, percents_of, rounds_of
from ndc_urban.trend.tables import (
    AT_LEAST_MODERATE,
    BASES,
    CORRECTED,
    DOCUMENTS,
    LABELLED,
    PARTIES,
    Trend,
)

NAME = "levels"
TITLE = "Urban content of NDCs: low, moderate and strong"
FROM_THE_AXIS = ("strong", "moderate", "low")
HEADINGS = {
    "count": ("Count", "levels predicted by the model"),
    "corrected": ("Corrected", "for errors of the model"),
    "anchored": ("Anchored", "calibrated to a published round"),
    "labelled": ("Labelled", "labelled documents only"),
    "published": ("Published", "by UN-Habitat"),
}
BASIS_NAMES = {DOCUMENTS: "Documents", PARTIES: "Parties"}
MEANING = {
    DOCUMENTS: "Documents: the EU's NDC counts once.",
    PARTIES: "Parties: the EU's NDC counts for each of its members.",
}
_BARS_ON_A_LINE = 18
"""With more, each basis gets its own slide. Chosen by eye: the numbers must fit in the bars."""
_LINE_HEIGHT = 0.95
"""Height of a number relative to its font size; in a part of a bar that is lower, the number stands beside it."""
_WIDEST = 0.9
"""Inches from bar to bar at most. Chosen by eye."""
_ROOM_BESIDE = 0.4
"""Inches from bar to bar from which a number fits between two bars: two digits with a margin."""

Panel = tuple[str, str]


def draw_levels(trend: Trend, source: str) -> tuple[Drawing, ...]:
    """One panel for each basis and estimate, one bar per round, on one slide; if bars are many, one slide per basis.

    Nothing if the trend has no levels.
    """
    levels = frame_of(trend, "levels").dropna(subset="share")
    remark = _remark(trend, levels)
    bases = in_order(levels["basis"], BASES)
    estimates = in_order(levels["estimate"], ESTIMATES)
    rounds = tuple(name for name in rounds_of(trend) if name in set(levels["round"]))
    if levels.empty:
        return ()
    if len(rounds) * len(estimates) <= _BARS_ON_A_LINE:
        lines = [[(basis, estimate) for estimate in estimates] for basis in bases]
        return (_draw(levels, rounds, lines, (NAME, TITLE, remark), source),)
    return tuple(
        _draw(
            levels,
            rounds,
            _in_lines([(basis, estimate) for estimate in estimates]),
            (f"{NAME}-{basis.lower()}", f"{TITLE}, by {basis}", remark),
            source,
        )
        for basis in bases
    )


def _remark(trend: Trend, levels: pd.DataFrame) -> str:
    """The most important caveat, short enough to stand beside the key."""
    if not (levels["estimate"] == CORRECTED).any():
        return "There is no corrected estimate: see the notes."
    incomplete = completeness_text(trend)
    return "Rounds are incomplete: see the notes." if ";" in incomplete else incomplete


def _in_lines(panels: Sequence[Panel]) -> list[list[Panel]]:
    width = 2 if len(panels) <= 4 else 3
    return [list(panels[start : start + width]) for start in range(0, len(panels), width)]


def _draw(
    levels: pd.DataFrame,
    rounds: tuple[str, ...],
    lines: list[list[Panel]],
    words: tuple[str, str, str],
    source: str,
) -> Drawing:
    """A slide; `words` are its name, its title and a remark."""
    name, title, remark = words
    bases = in_order((basis for line in lines for basis, _ in line), BASES)
    subtitle = "Percent in each round. " + " ".join(MEANING[basis] for basis in bases if basis in MEANING)
    columns = max(len(line) for line in lines)
    with settings(name):
        figure = slide(title, subtitle, source)
        _key(figure)
        figure.text(1 - MARGIN, TOP + 0.02, remark, ha="right", va="center", size=SMALL_SIZE, color=QUIET_INK)
        grid = figure.add_gridspec(
            len(lines),
            columns,
            left=MARGIN + 0.075,
            right=1 - MARGIN,
            top=TOP - 0.085,
            bottom=BOTTOM + 0.075,
            wspace=0.1,
            hspace=0.36 if len(bases) > 1 else 0.72,
        )
        width = WIDTH * 0.865 / columns
        places = max(float(len(rounds)), width / _WIDEST)
        for row, line in enumerate(lines):
            for column, (basis, estimate) in enumerate(line):
                axes = figure.add_subplot(grid[row, column])
                part = levels[(levels["basis"] == basis) & (levels["estimate"] == estimate)]
                _panel(axes, part, rounds, places, width / places)
                if row == 0 or len(bases) == 1:
                    _heading(axes, estimate)
                if column == 0:
                    axes.set_yticks([0, 50, 100], ["0", "50", "100"], size=SMALL_SIZE)
                    _margin(axes, BASIS_NAMES.get(basis, basis) if len(bases) > 1 else "")
        return finished(figure, name, title, _in_words(levels, rounds, bases))


def _key(figure: Figure) -> None:
    parts = [Patch(facecolor=LEVEL_COLOURS[level], edgecolor=LINE, label=level) for level in FROM_THE_AXIS]
    whiskers = Line2D(
        [],
        [],
        color=INK,
        marker="|",
        markersize=9,
        linewidth=1.4,
        label="95% interval for the round (strong; at least moderate)",
    )
    figure.legend(
        handles=[*parts, whiskers],
        loc="upper left",
        bbox_to_anchor=(MARGIN, TOP + 0.035),
        ncols=4,
        frameon=False,
        fontsize=TEXT_SIZE,
        numpoints=2,
        handlelength=1.4,
        columnspacing=1.6,
        borderaxespad=0,
        borderpad=0,
    )


def _heading(axes: Axes, estimate: str) -> None:
    heading, meaning = HEADINGS.get(estimate, (estimate, ""))
    axes.text(0, 1.155, heading, transform=axes.transAxes, size=TEXT_SIZE + 1, weight="bold", va="bottom")
    axes.text(0, 1.045, meaning, transform=axes.transAxes, size=SMALL_SIZE - 1, color=QUIET_INK, va="bottom")


def _margin(axes: Axes, basis: str) -> None:
    axes.annotate(
        basis,
        (0, 0.5),
        (-46, 0),
        xycoords="axes fraction",
        textcoords="offset points",
        rotation=90,
        ha="center",
        va="center",
        size=TEXT_SIZE + 1,
        weight="bold",
    )
    axes.annotate(
        "at least\nmoderate",
        (0, 0),
        (-8, -17),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="right",
        va="top",
        size=SMALL_SIZE - 1,
        color=QUIET_INK,
    )


def _panel(axes: Axes, part: pd.DataFrame, rounds: tuple[str, ...], places: float, unit: float) -> None:
    axes.set_xlim(-0.5, places - 0.5)
    axes.set_ylim(0, 100)
    axes.set_yticks([])
    names, size = names_across(rounds, unit * 72)
    below = second_line(names)
    axes.set_xticks(range(len(rounds)), names, size=size)
    axes.tick_params(length=0, pad=3)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    for place, name in enumerate(rounds):
        rows = part[part["round"] == name]
        if rows.empty:
            axes.text(place, 2, "–", ha="center", size=TEXT_SIZE, color=QUIET_INK)
        else:
            _bar(axes, place, rows, unit, below)


def _bar(axes: Axes, place: int, rows: pd.DataFrame, unit: float, below: float) -> None:
    percents = percents_of(rows)
    smallest = 100 * SMALL_SIZE * _LINE_HEIGHT / (axes.get_position().height * HEIGHT * 72)
    number: dict[str, Any] = {"va": "center_baseline", "size": SMALL_SIZE}
    base = 0
    for level in (level for level in FROM_THE_AXIS if level in percents):
        height = percents[level]
        colour = LEVEL_COLOURS[level]
        add(
            axes,
            Rectangle((place - 0.4, base), 0.8, height, facecolor=colour, edgecolor=PAPER, linewidth=0.8),
        )
        middle = base + height / 2
        if height >= smallest:
            # left of the whiskers
            axes.text(place - 0.17, middle, f"{height}", ha="center", color=ink_on(colour), **number)
        elif height and unit >= _ROOM_BESIDE:
            axes.text(place - 0.42, middle, f"{height}", ha="right", **number | {"size": SMALL_SIZE - 1.5})
        base += height
    if AT_LEAST_MODERATE in percents:
        axes.annotate(
            f"{percents[AT_LEAST_MODERATE]}",
            (place, 0),
            (0, -19 - below),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            va="top",
            size=TEXT_SIZE,
            weight="bold",
        )
    if not rows["estimate"].isin([CORRECTED, LABELLED]).all():
        return  # limits of a superpopulation are not set beside those of the round
    for level, aside in (("strong", 0.12), (AT_LEAST_MODERATE, 0.29)):
        _whisker(axes, place + aside, rows[rows["level"] == level])


def _whisker(axes: Axes, place: float, row: pd.DataFrame) -> None:
    row = row.dropna(subset=["low", "high"])
    if row.empty:
        return
    low, high = 100 * float(row["low"].iloc[0]), 100 * float(row["high"].iloc[0])
    if math.isclose(low, high, abs_tol=1e-9):
        return  # no interval, as for a share that was set to a published one
    for width, colour in ((3.4, PAPER), (1.4, INK)):  # a white rim keeps the whisker visible on dark parts
        style: dict[str, Any] = {"color": colour, "linewidth": width, "zorder": 3}
        add(axes, Line2D([place, place], [low, high], solid_capstyle="butt", **style))
        for end in (low, high):
            add(axes, Line2D([place - 0.06, place + 0.06], [end, end], clip_on=False, **style))


def _in_words(levels: pd.DataFrame, rounds: tuple[str, ...], bases: Sequence[str]) -> str:
    """All numbers of the figure as sentences, for readers who cannot see it."""
    sentences = []
    for basis in bases:
        for estimate in in_order(levels["estimate"], ESTIMATES):
            part = levels[(levels["basis"] == basis) & (levels["estimate"] == estimate)]
            clauses = []
            for name in rounds:
                percents = percents_of(part[part["round"] == name])
                if percents:
                    numbers = ", ".join(f"{level} {percent}" for level, percent in percents.items())
                    clauses.append(f"{name}: {numbers}")
            if clauses:
                sentences.append(
                    f"{BASIS_NAMES.get(basis, basis)}, {estimate}, percent: {'; '.join(clauses)}."
                )
    return " ".join(sentences)
