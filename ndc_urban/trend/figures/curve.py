"""The specification curve: all changes in order, and below them the choices that each of them rests on."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from ndc_urban.trend.figures.canvas import (
    BOTTOM,
    MARGIN,
    SMALL_SIZE,
    TEXT_SIZE,
    TOP,
    Drawing,
    finished,
    settings,
    slide,
)
from ndc_urban.trend.figures.palette import INK, LEVEL_COLOURS, LINE, QUIET_INK
from ndc_urban.trend.frames import frame_of, rows_of
from ndc_urban.trend.rounding import points
from ndc_urban.trend.tables import AT_LEAST_MODERATE, SUPERPOPULATION, Trend

NAME = "specification"
TITLE = "What the trend depends on"
CHOICES: tuple[str, ...] = ("scale", "estimate", "basis", "heavy", "rule", "length", "label_error")
WORDS = {"heavy": "heavy NDC", "label_error": "label error"}
VALUES = {"no heavy document": "none"}
"""What choices and their values are called where their column does not say it."""
_PANELS: tuple[tuple[str, str], ...] = (("strong", "strong"), (AT_LEAST_MODERATE, "moderate"))
"""The levels from left to right, each with the level whose colour it has."""

Row = dict[str, Any]


def draw_specification(trend: Trend, source: str) -> Drawing | None:
    """Two panels, one for each level; nothing if there is no change to show."""
    rows = [row for row in rows_of(frame_of(trend, "specification")) if row["change"] is not None]
    if not rows:
        return None
    shown = [
        (choice, value)
        for choice in CHOICES
        if len(values := list(dict.fromkeys(str(row[choice]) for row in rows))) > 1
        for value in values
    ]
    subtitle = (
        f"Change of the share from {rows[0]['from_round']} to {rows[0]['to_round']} in points: a dot for each "
        "specification, its choices below. Lines: 95% intervals, solid for the documents of the rounds, dotted for "
        "what Parties might have written."
    )
    with settings(NAME):
        figure = slide(TITLE, subtitle, source)
        grid = figure.add_gridspec(
            2,
            2,
            left=MARGIN + 0.19,
            right=1 - MARGIN,
            top=TOP - 0.03,
            bottom=BOTTOM + 0.03,
            height_ratios=(1.0, 1.1),
            hspace=0.08,
            wspace=0.08,
        )
        for column, (level, colour) in enumerate(_PANELS):
            part = sorted((row for row in rows if row["level"] == level), key=lambda row: row["change"])
            upper = figure.add_subplot(grid[0, column])
            _changes(upper, part, level, LEVEL_COLOURS[colour])
            lower = figure.add_subplot(grid[1, column], sharex=upper)
            _matrix(lower, part, shown, named=column == 0)
        return finished(figure, NAME, TITLE, _in_words(rows))


def _changes(axes: Axes, rows: list[Row], level: str, colour: str) -> None:
    axes.axhline(0, color=LINE, linewidth=1)
    for place, row in enumerate(rows):
        if row["low"] is not None and row["high"] is not None:
            style = ":" if row["estimate"] in SUPERPOPULATION else "-"
            ends = [100 * row["low"], 100 * row["high"]]
            axes.plot([place, place], ends, color=QUIET_INK, linewidth=1.2, linestyle=style)
        axes.plot(place, 100 * row["change"], marker="o", color=colour, markeredgecolor=INK, markersize=5)
    axes.set_title(level.capitalize(), size=TEXT_SIZE, loc="left", weight="bold")
    axes.tick_params(labelsize=SMALL_SIZE, length=0, labelbottom=False)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)


def _matrix(axes: Axes, rows: list[Row], shown: list[tuple[str, str]], *, named: bool) -> None:
    for line, (choice, value) in enumerate(shown):
        places = [place for place, row in enumerate(rows) if str(row[choice]) == value]
        axes.plot(places, [-line] * len(places), linestyle="", marker="s", markersize=3.2, color=QUIET_INK)
    axes.set_ylim(-len(shown) + 0.5, 0.5)
    names = (
        [f"{WORDS.get(choice, choice)}: {VALUES.get(value, value)}" for choice, value in shown]
        if named
        else []
    )
    axes.set_yticks([-line for line in range(len(shown))] if named else [], names, size=SMALL_SIZE - 2)
    axes.set_xticks([])
    axes.tick_params(length=0)
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)


def _in_words(rows: list[Row]) -> str:
    """The range of the changes, for readers who cannot see the figure."""
    sentences = []
    for level, _ in _PANELS:
        changes = sorted(row["change"] for row in rows if row["level"] == level)
        if changes:
            sentences.append(
                f"{level.capitalize()}: {len(changes)} specifications, {points(changes[0])} to {points(changes[-1])} "
                "points."
            )
    return " ".join(sentences)
