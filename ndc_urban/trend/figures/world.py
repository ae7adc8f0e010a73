"""Tile maps: one square per Party, coloured by the level of its NDC, one map per round."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle

from ndc_urban.codebook import LEVELS
from ndc_urban.counting import counted
from ndc_urban.parties import EUROPEAN_UNION
from ndc_urban.trend.figures.canvas import (
    HEIGHT,
    SMALL_SIZE,
    TEXT_SIZE,
    WIDTH,
    Drawing,
    add,
    finished,
    settings,
    slide,
)
from ndc_urban.trend.figures.grid import Place, grid
from ndc_urban.trend.figures.palette import HATCH, LEVEL_COLOURS, LINE, NOTHING, PAPER, QUIET_INK, ink_on
from ndc_urban.trend.frames import completeness_text, frame_of, rounds_of, rows_of, where
from ndc_urban.trend.rounds import name_of_round
from ndc_urban.trend.tables import DOCUMENTS, TEXT_MISSING, Trend

NAME = "map"
TITLE = "Urban content of NDCs by Party"
POSSIBLE = 0.25
"""The probability from which a second level is shown. Chosen by eye."""
_SIDE = 0.94
"""Side of a tile relative to the distance between tiles. Chosen by eye, like the other lengths here."""
_LABEL = 9.0
"""Points: three letters must fit in a tile."""
_LEFT, _TOP = 0.4, 6.43
"""Inches from the left edge and from the bottom to the corner of the map."""
_TILE = 0.392
"""Inches from tile to tile: the columns of tiles.csv fill the width of the slide."""
_KEY_LEFT, _KEY_TOP, _KEY_LINE, _KEY_SIDE = 7.95, 2.68, 0.335, 0.3
"""Inches: the corner of the key, the distance of its lines, and the side of its tiles."""


@dataclass(frozen=True)
class Tile:
    """The content of a tile; `level` is empty if nothing was scored, `other` is a second level that is likely, too."""

    code: str
    party: str
    level: str = ""
    other: str = ""
    in_union: bool = False
    in_round: bool = False


def tiles_of(parties: pd.DataFrame, missing: Collection[str] = ()) -> dict[str, Tile]:
    """The tiles of one round, all of the grid and any other Party.

    `parties` are the rows of that round, `missing` the Parties whose NDC of that round has no result.
    """
    tiles = {code: Tile(code, code, in_round=code in missing) for code in grid()}
    union = set(parties.loc[parties["iso3"] == EUROPEAN_UNION, "document"].dropna())
    for row in rows_of(parties):
        code, level = str(row["iso3"]), row["level"] or ""
        others: list[str] = [name for name in LEVELS if level and name != level]
        likely = [name for name in others if (row[f"p_{name}"] or 0.0) >= POSSIBLE]
        other = max(likely, key=lambda name: row[f"p_{name}"], default="")
        in_union = code != EUROPEAN_UNION and row["document"] in union
        tiles[code] = Tile(code, str(row["party"] or code), level, other, in_union, in_round=True)
    return tiles


def draw_maps(trend: Trend, source: str) -> tuple[Drawing, ...]:
    """One map for each round of the Parties' table."""
    parties = frame_of(trend, "parties")
    rounds = [name for name in rounds_of(trend) if name in set(parties["round"])]
    coverage = where(frame_of(trend, "coverage"), basis=DOCUMENTS)
    missing = {row["round"]: str(row["missing_parties"] or "").split(";") for row in rows_of(coverage)}
    return tuple(
        _draw(
            tiles_of(parties[parties["round"] == name], missing.get(name, ())),
            name,
            completeness_text(trend, name).removeprefix(f"{name}: "),
            source,
        )
        for name in rounds
    )


def _draw(tiles: Mapping[str, Tile], round_: str, incomplete: str, source: str) -> Drawing:
    name = f"{NAME}-{_stem(name_of_round(round_))}"
    title = f"{TITLE}, {round_}{f' ({incomplete})' if incomplete else ''}"
    numbers: dict[str, int] = {level: sum(tile.level == level for tile in tiles.values()) for level in LEVELS}
    subtitle = (
        "One tile per Party, roughly where it is. A level describes the text of an NDC. "
        "It does not rate the country or its ambition."
    )
    with settings(name):
        figure = slide(title, subtitle, source)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(0, HEIGHT)
        places = _places(tiles)
        for code, tile in tiles.items():
            _tile(axes, *_corner(places[code]), tile)
        _key(axes, tiles, numbers)
        tips = {f"tile-{code}": _tip(tile) for code, tile in tiles.items()}
        return finished(figure, name, title, _in_words(tiles, round_), tips)


def _stem(round_: str) -> str:
    """The round as part of a file's name."""
    return "".join(
        letter if letter.isascii() and (letter.isalnum() or letter == "-") else "_" for letter in round_
    )


def _places(tiles: Mapping[str, Tile]) -> dict[str, Place]:
    """The places of the tiles; Parties that are not in the grid follow in the last line."""
    known = dict(grid())
    last = max(row for _, row in known.values())
    others = [code for code in tiles if code not in known]
    return known | {code: (place, last) for place, code in enumerate(others)}


def _corner(place: Place) -> tuple[float, float]:
    column, row = place
    return _LEFT + column * _TILE, _TOP - (row + 1) * _TILE


def _tile(axes: Axes, x: float, y: float, tile: Tile, side: float = _SIDE * _TILE) -> None:
    colour = LEVEL_COLOURS.get(tile.level, NOTHING if tile.in_round else PAPER)
    add(
        axes,
        Rectangle(
            (x, y),
            side,
            side,
            facecolor=colour,
            edgecolor=LINE,
            linewidth=0.6,
            hatch=HATCH if tile.in_round and not tile.level else None,
            gid=f"tile-{tile.code}" if tile.code else None,
        ),
    )
    if tile.other:
        corner = 0.36 * side
        points = [(x + side, y), (x + side, y + corner), (x + side - corner, y)]
        add(axes, Polygon(points, facecolor=LEVEL_COLOURS[tile.other], edgecolor=PAPER, linewidth=0.7))
    if tile.in_union:
        points = [(x + 0.1 * side, y + 0.9 * side), (x + 0.34 * side, y + 0.9 * side)]
        add(
            axes,
            Line2D(*zip(*points, strict=True), color=ink_on(colour), linewidth=1.8, solid_capstyle="butt"),
        )
    if not tile.code:
        return
    hatched = tile.in_round and not tile.level
    axes.text(
        x + side / 2,
        y + side / 2,
        "EU" if tile.code == EUROPEAN_UNION else tile.code,
        ha="center",
        va="center_baseline",
        size=_LABEL,
        weight="bold" if tile.in_round else "normal",
        color=ink_on(colour) if tile.in_round else QUIET_INK,
        bbox={"facecolor": NOTHING, "edgecolor": "none", "pad": 0.8} if hatched else None,
    )


def _key(axes: Axes, tiles: Mapping[str, Tile], numbers: Mapping[str, int]) -> None:
    """The key is in the Indian Ocean, where there are no tiles."""
    entries = [
        (Tile("", "", level, in_round=True), f"{level}: {numbers[level]}") for level in reversed(LEVELS)
    ]
    shown = list(tiles.values())
    if any(tile.other for tile in shown):
        entries.append(
            (
                Tile("", "", "moderate", "strong", in_round=True),
                f"corner: probability of {POSSIBLE:.0%} or more",
            )
        )
    if any(tile.in_union for tile in shown):
        entries.append(
            (Tile("", "", "moderate", in_union=True, in_round=True), "bar: covered by the EU's NDC")
        )
    if any(tile.in_round and not tile.level for tile in shown):
        entries.append((Tile("", "", in_round=True), TEXT_MISSING))
    if any(not tile.in_round for tile in shown):
        entries.append((Tile("", ""), "no NDC in this round"))
    for line, (tile, words) in enumerate(entries):
        size = TEXT_SIZE if tile.level and not (tile.other or tile.in_union) else SMALL_SIZE
        y = _KEY_TOP - (line + 1) * _KEY_LINE
        _tile(axes, _KEY_LEFT, y, tile, _KEY_SIDE)
        axes.text(
            _KEY_LEFT + 0.42,
            y + _KEY_SIDE / 2,
            words,
            va="center_baseline",
            size=size,
        )


def _tip(tile: Tile) -> str:
    level = tile.level or (TEXT_MISSING if tile.in_round else "no NDC in this round")
    possible = f" ({tile.other} is likely too)" if tile.other else ""
    return f"{tile.party}: {level}{possible}{', covered by the NDC of the EU' if tile.in_union else ''}"


def _in_words(tiles: Mapping[str, Tile], round_: str) -> str:
    sentences = []
    for level in reversed(LEVELS):
        codes = sorted(tile.code for tile in tiles.values() if tile.level == level)
        sentences.append(f"{round_}, {level} ({counted(len(codes), 'Party')}): {', '.join(codes) or 'none'}.")
    unscored = sorted(tile.code for tile in tiles.values() if tile.in_round and not tile.level)
    if unscored:
        sentences.append(f"{TEXT_MISSING.capitalize()}: {', '.join(unscored)}.")
    return " ".join(sentences)
