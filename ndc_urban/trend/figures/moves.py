"""Moves of Parties between levels from round to round, as an alluvial diagram."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate, pairwise, product
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline

from ndc_urban.counting import counted
from ndc_urban.parties import EUROPEAN_UNION, members_on
from ndc_urban.trend.figures.canvas import (
    BOTTOM,
    MARGIN,
    SMALL_SIZE,
    TEXT_SIZE,
    TOP,
    Drawing,
    add,
    finished,
    settings,
    slide,
)
from ndc_urban.trend.figures.palette import HATCH, INK, LEVEL_COLOURS, LINE, NOTHING, ink_on
from ndc_urban.trend.frames import frame_of, rounds_of, rows_of
from ndc_urban.trend.rounds import day_of, name_of_round
from ndc_urban.trend.tables import Trend

NAME = "moves"
TITLE = "How Parties moved between levels"
ABSENT = "no level"
FROM_BELOW = (ABSENT, "low", "moderate", "strong")
_NODE = 0.13
"""Width of a column relative to the distance between columns. Chosen by eye, like the other lengths here."""
_WIDEST_NODE = 0.19
"""The largest half width of a column: with many rounds there must be space for the bands."""
_GAP = 0.036
"""Between two levels of a round, relative to the height."""
_FEW = 3
"""Up to this number of steps between rounds thin bands have numbers, too; with more the numbers would overlap."""
_LETTERS = 0.026
"""The height of a number relative to the height of the drawing."""

Flow = tuple[str, str]


@dataclass(frozen=True)
class Moves:
    """How many Parties are at each level in each round, and how many moved from each level to each level."""

    rounds: tuple[str, ...]
    nodes: tuple[Counter[str], ...]
    flows: tuple[Counter[Flow], ...]
    with_union: bool
    """Whether the European Union is among the Parties and its members are not."""

    @property
    def parties(self) -> int:
        return sum(self.nodes[0].values()) if self.nodes else 0


def moves_of(trend: Trend) -> Moves:
    """The moves in the table of transitions; each Party is followed by its code through all rounds.

    A Party is included if the table has it for at least one pair of neighbouring rounds. In a round without a level
    it is `ABSENT`.
    """
    table = frame_of(trend, "transitions")
    named = set(table["from_round"]) | set(table["to_round"])
    rounds = tuple(name for name in rounds_of(trend) if name in named)
    levels: dict[str, dict[str, str]] = {name: {} for name in rounds}
    for before, after in pairwise(rounds):
        rows = table[(table["from_round"] == before) & (table["to_round"] == after)].dropna(subset="iso3")
        for row in rows_of(rows):
            for code in filter(None, row["iso3"].split(";")):
                levels[before][code], levels[after][code] = row["from_level"], row["to_level"]
    codes = sorted({code for of_round in levels.values() for code in of_round})
    paths = [[levels[name].get(code, ABSENT) for name in rounds] for code in codes]
    return Moves(
        rounds,
        tuple(Counter(path[place] for path in paths) for place in range(len(rounds))),
        tuple(Counter((path[place], path[place + 1]) for path in paths) for place in range(len(rounds) - 1)),
        EUROPEAN_UNION in codes and members_on(day_of(name_of_round(rounds[-1]))).isdisjoint(codes),
    )


def draw_moves(trend: Trend, source: str) -> Drawing | None:
    """One column per round, one band per move; None if no two neighbouring rounds have a Party in common."""
    moves = moves_of(trend)
    if moves.parties == 0 or len(moves.rounds) < 2:
        return None
    subtitle = (
        f"{counted(moves.parties, 'Party')} with a level in at least two neighbouring rounds. Numbers are "
        "numbers of Parties. "
        "Black outlines: moves to a higher level."
    )
    if moves.with_union:
        subtitle += " The European Union counts as one."
    if any(ABSENT in nodes for nodes in moves.nodes):
        subtitle += " No level: no scored NDC in that round."
    with settings(NAME):
        figure = slide(TITLE, subtitle, source)
        axes = figure.add_axes((MARGIN, BOTTOM + 0.01, 1 - 2 * MARGIN, TOP - BOTTOM - 0.02))
        axes.set_axis_off()
        _Alluvial(axes, moves).draw()
        return finished(figure, NAME, TITLE, _in_words(moves))


class _Alluvial:
    """The layout: rounds at 0, 1, 2 and so on, Parties stacked to a height of 1."""

    def __init__(self, axes: Axes, moves: Moves) -> None:
        self.axes = axes
        self.moves = moves
        self.ways = len(moves.rounds) - 1
        self.half = min(_NODE * self.ways / 4, _WIDEST_NODE)
        self.scale = (1 - _GAP * (len(FROM_BELOW) - 1)) / moves.parties
        self.bottoms = [self._bottoms(nodes) for nodes in moves.nodes]
        axes.set_xlim(-0.145 * self.ways, 1.145 * self.ways)
        axes.set_ylim(-0.01, 1.07)

    def _bottoms(self, nodes: Counter[str]) -> dict[str, float]:
        """The lower edge of each level of a round; a round with fewer gaps is centred."""
        present = [level for level in FROM_BELOW if nodes[level]]
        below = accumulate((nodes[level] * self.scale + _GAP for level in present), initial=0.0)
        bottoms = dict(zip(present, below, strict=False))
        spare = 1 - sum(nodes.values()) * self.scale - _GAP * (len(present) - 1)
        return {level: bottom + spare / 2 for level, bottom in bottoms.items()}

    def draw(self) -> None:
        for place in range(self.ways):
            self._bands(place)
        for place, name in enumerate(self.moves.rounds):
            for level in self.bottoms[place]:
                self._level(place, level)
            self._text(place, 1.035, name, "center", va="bottom", size=TEXT_SIZE + 1, weight="bold")

    def _bands(self, place: int) -> None:
        """All bands between two rounds; at each level they are in the order of the levels at their other ends."""
        flows = self.moves.flows[place]
        left, right = dict(self.bottoms[place]), dict(self.bottoms[place + 1])
        smallest = _LETTERS if self.ways <= _FEW else 2 * _LETTERS
        for start, end in product(FROM_BELOW, FROM_BELOW):
            height = flows[start, end] * self.scale
            if not height:
                continue
            outline = _outline(place + self.half, left[start], place + 1 - self.half, right[end], height)
            if height >= smallest:
                x = place + self.half + min(0.022 * self.ways, 0.06)
                self._text(x, left[start] + height / 2, f"{flows[start, end]}", "left", size=SMALL_SIZE)
            left[start] += height
            right[end] += height
            self._band(outline, start, end)

    def _band(self, outline: Outline, start: str, end: str) -> None:
        absent = ABSENT in (start, end)
        rises = not absent and FROM_BELOW.index(end) > FROM_BELOW.index(start)
        fill = {"facecolor": NOTHING} if absent else {"facecolor": LEVEL_COLOURS[end], "alpha": 0.45}
        edge = {"edgecolor": INK, "linewidth": 1.2} if rises else {"edgecolor": LINE, "linewidth": 0.5}
        add(self.axes, PathPatch(outline, linewidth=0, zorder=1, **fill))
        add(self.axes, PathPatch(outline, facecolor="none", zorder=3 if rises else 2, **edge))

    def _level(self, place: int, level: str) -> None:
        number = self.moves.nodes[place][level]
        height = number * self.scale
        bottom = self.bottoms[place][level]
        colour = LEVEL_COLOURS.get(level, NOTHING)
        hatch = HATCH if level == ABSENT else None
        add(
            self.axes,
            Rectangle(
                (place - self.half, bottom),
                2 * self.half,
                height,
                facecolor=colour,
                edgecolor=LINE,
                hatch=hatch,
                linewidth=0.8,
                zorder=4,
            ),
        )
        middle = bottom + height / 2
        inside = height >= _LETTERS
        if inside:
            ground = {"facecolor": colour, "edgecolor": "none", "pad": 1.5} if hatch else None
            self._text(place, middle, f"{number}", "center", weight="bold", color=ink_on(colour), bbox=ground)
        name = level if inside else f"{level}: {number}"
        aside = self.half + 0.012 * self.ways
        if place == 0:
            self._text(place - aside, middle, name, "right")
        elif place == self.ways:
            self._text(place + aside, middle, name, "left")
        elif not inside:
            self._text(
                place, bottom + height + 0.003, f"{number}", "center", va="bottom", size=SMALL_SIZE - 1.5
            )

    def _text(self, x: float, y: float, text: str, side: str, **style: Any) -> None:
        usual: dict[str, Any] = {"ha": side, "va": "center_baseline", "size": TEXT_SIZE, "zorder": 6}
        self.axes.text(x, y, text, **usual | style)


def _outline(x0: float, y0: float, x1: float, y1: float, height: float) -> Outline:
    """A band of this height from one lower corner to the other."""
    middle = (x0 + x1) / 2
    there = [(x0, y0), (middle, y0), (middle, y1), (x1, y1)]
    back = [(x, y + height) for x, y in reversed(there)]
    curve = [Outline.CURVE4] * 3
    codes = [Outline.MOVETO, *curve, Outline.LINETO, *curve, Outline.CLOSEPOLY]
    return Outline([*there, *back, (x0, y0)], codes)


def _in_words(moves: Moves) -> str:
    """The moves as sentences."""
    sentences = []
    for (before, after), flows in zip(pairwise(moves.rounds), moves.flows, strict=True):
        known = sorted((flow, number) for flow, number in flows.items() if ABSENT not in flow)
        steps = Counter[str]()
        for (start, end), number in known:
            step = FROM_BELOW.index(end) - FROM_BELOW.index(start)
            steps["rose" if step > 0 else "fell" if step else "stayed"] += number
        detail = ", ".join(f"{start} to {end} {number}" for (start, end), number in known)
        summary = f"{counted(steps['rose'], 'Party')} rose, {steps['fell']} fell, {steps['stayed']} stayed"
        sentences.append(f"{before} to {after}: {summary} ({detail}).")
    return " ".join(sentences)
