"""The sectors as two heat maps, for mitigation and for adaptation: rounds across, sectors down."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from ndc_urban.trend.figures.canvas import (
    BOTTOM,
    HEIGHT,
    SMALL_SIZE,
    TEXT_SIZE,
    TOP,
    WIDTH,
    Drawing,
    add,
    finished,
    fitted,
    names_across,
    second_line,
    settings,
    slide,
)
from ndc_urban.trend.figures.palette import PAPER, QUIET_INK, heat_colour, ink_on
from ndc_urban.trend.frames import completeness_text, frame_of, in_order, rounds_of, rows_of
from ndc_urban.trend.rounding import percent_of
from ndc_urban.trend.tables import Trend

NAME = "sectors"
TITLE = "Sectors with urban responses in NDCs"
STRANDS = ("mitigation", "adaptation")
_LABEL_SIZES = (1.0, 0.9, 0.8)
"""Relative font sizes that are tried before the name of a sector is cut. Chosen by eye."""
_LABELS = 0.24
"""Space for the names of sectors, relative to the width of the slide. Chosen by eye."""
_FEWEST_PLACES = 3
"""Columns at least, so that the cells of a single round do not become bars."""


@dataclass
class _Sector:
    label: str
    shares: dict[str, float] = field(default_factory=dict)
    published: int | None = None


def draw_sectors(trend: Trend, source: str) -> Drawing | None:
    """A panel for each strand, its sectors in the order of the last round; None if there are no sectors."""
    table = frame_of(trend, "sectors")
    table = table[table["strand"].isin(STRANDS)].dropna(subset="share")
    corrected = table["corrected"].notna().all()
    if corrected:
        table = table.assign(share=table["corrected"])
    if table.empty:
        return None
    rounds = tuple(name for name in rounds_of(trend) if name in set(table["round"]))
    subtitle = (
        "Percent of NDCs with at least one urban response in the sector"
        f"{', corrected for errors of the model' if corrected else ', as the model finds them'}. "
        f"In the order of {rounds[-1]}."
    )
    if table["published_rank"].notna().any():
        subtitle += " In circles: rank among the most mentioned urban sectors in the published reviews."
    incomplete = completeness_text(trend, *rounds)
    if incomplete:
        subtitle += f" {incomplete}."
    strands = in_order(table["strand"], STRANDS)
    with settings(NAME):
        figure = slide(TITLE, subtitle, source)
        width = 0.97 / len(strands)
        names, size = names_across(rounds, _cell_width(width - _LABELS - 0.01, rounds))
        top = TOP - 0.065 - second_line(names) / (HEIGHT * 72)
        for place, strand in enumerate(strands):
            left = 0.02 + place * width
            axes = figure.add_axes(
                (left + _LABELS, BOTTOM + 0.005, width - _LABELS - 0.01, top - BOTTOM - 0.005)
            )
            axes.set_xticks([column + 0.5 for column in range(len(rounds))], names, size=size)
            _panel(axes, table[table["strand"] == strand], rounds, strand)
        return finished(figure, NAME, TITLE, _in_words(table, rounds))


def _cell_width(width: float, rounds: tuple[str, ...]) -> float:
    """Points of a cell in a panel that is so wide, relative to the slide."""
    return width * WIDTH * 72 / max(len(rounds), _FEWEST_PLACES)


def _panel(axes: Axes, part: pd.DataFrame, rounds: tuple[str, ...], strand: str) -> None:
    sectors = _sectors(part, rounds)
    axes.set_xlim(0, max(len(rounds), _FEWEST_PLACES))
    axes.set_ylim(len(sectors), 0)
    axes.tick_params(length=0, labeltop=True, labelbottom=False, labelleft=False)
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_title(strand.capitalize(), size=TEXT_SIZE + 2, weight="bold", loc="left", pad=10)
    for row, sector in enumerate(sectors):
        _text(axes, row, sector)
        if sector.published is not None:
            _circled(axes, sector.published, row)
        for column, name in enumerate(rounds):
            _cell(axes, column, row, sector.shares.get(name))


def _sectors(part: pd.DataFrame, rounds: tuple[str, ...]) -> list[_Sector]:
    """The sectors of a strand, the highest share of the last round first."""
    found: dict[str, _Sector] = {}
    for row in rows_of(part):
        sector = found.setdefault(row["sector"], _Sector(row["label"] or row["sector"]))
        sector.shares[row["round"]] = float(row["share"])
        if row["published_rank"] is not None:
            sector.published = int(row["published_rank"])
    backwards = tuple(reversed(rounds))
    return sorted(found.values(), key=lambda sector: [-sector.shares.get(name, 0.0) for name in backwards])


def _text(axes: Axes, row: int, sector: _Sector) -> None:
    weight = "normal" if sector.published is None else "bold"
    room = _LABELS * WIDTH * 72 - 30
    for share in _LABEL_SIZES:
        size = share * SMALL_SIZE
        label = fitted(sector.label, size, room, lines=1, weight=weight)
        if label == sector.label:
            break
    axes.annotate(
        label,
        (0, row + 0.5),
        (-28, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        size=size,
        weight=weight,
    )


def _circled(axes: Axes, rank: int, row: int) -> None:
    axes.annotate(
        f"{rank}",
        (0, row + 0.5),
        (-14, 0),
        textcoords="offset points",
        ha="center",
        va="center",
        size=SMALL_SIZE - 1,
        weight="bold",
        bbox={"boxstyle": "circle,pad=0.25", "facecolor": PAPER, "edgecolor": QUIET_INK, "linewidth": 1},
    )


def _cell(axes: Axes, column: int, row: int, share: float | None) -> None:
    colour = PAPER if share is None else heat_colour(share)
    add(
        axes,
        Rectangle(
            (column, row),
            1,
            1,
            facecolor=colour,
            edgecolor=QUIET_INK if share is None else PAPER,
            linewidth=1.5,
        ),
    )
    axes.text(
        column + 0.5,
        row + 0.5,
        "–" if share is None else f"{percent_of(share)}",
        ha="center",
        va="center",
        size=TEXT_SIZE,
        color=ink_on(colour),
    )


def _in_words(table: pd.DataFrame, rounds: tuple[str, ...]) -> str:
    sentences = []
    for strand in in_order(table["strand"], STRANDS):
        for name in rounds:
            rows = table[(table["strand"] == strand) & (table["round"] == name)]
            rows = rows.sort_values("share", ascending=False, kind="stable")
            shares = ", ".join(f"{row['label']} {percent_of(row['share'])}" for row in rows_of(rows))
            if shares:
                sentences.append(f"{strand.capitalize()}, {name}, percent: {shares}.")
    return " ".join(sentences)
