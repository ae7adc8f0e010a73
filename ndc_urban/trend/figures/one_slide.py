"""The figure for a slide: the recommended estimate of each round with its interval, beside the published figures."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ndc_urban.trend.figures.canvas import (
    BOTTOM,
    MARGIN,
    SMALL_SIZE,
    TEXT_SIZE,
    TOP,
    Drawing,
    finished,
    names_across,
    settings,
    slide,
)
from ndc_urban.trend.figures.palette import INK, LEVEL_COLOURS, PAPER, QUIET_INK
from ndc_urban.trend.frames import frame_of, rows_of, where
from ndc_urban.trend.rounding import percent_of
from ndc_urban.trend.tables import AT_LEAST_MODERATE, BASES, CORRECTED, Trend

NAME = "slide"
TITLE = "Urban content of NDCs"
SHOWN: tuple[tuple[str, str], ...] = ((AT_LEAST_MODERATE, "moderate"), ("strong", "strong"))
"""The levels, each with the level whose colour it has."""
_ASIDE = 0.16
"""How far published points and those without the heavy document stand from the round, in rounds. Chosen by eye."""
_LONG = 6.0
"""Points of an interval above its share from which the number stands beside it, not on it. Chosen by eye."""

Row = dict[str, float | int | str | None]


def draw_slide(trend: Trend, source: str) -> Drawing | None:
    """One panel; nothing if no round has a level."""
    table = frame_of(trend, "recommended").dropna(subset="strong")
    basis = _basis(trend)
    rows = [row for row in rows_of(table) if row["basis"] == basis]
    if not rows:
        return None
    scale = str(trend.provenance.get("scale") or "codebook")
    corrected = all(row["estimate"] == CORRECTED for row in rows)
    how = (
        "corrected for errors of the model" if corrected else "corrected where there are labels, else counted"
    )
    title = f"{TITLE}, by {basis}"
    subtitle = f"Percent, {how}, with 95% intervals. Scale of the levels: {scale}. n: labelled documents."
    with settings(NAME):
        figure = slide(title, subtitle, source)
        axes = figure.add_axes((MARGIN + 0.04, BOTTOM + 0.11, 1 - 2 * MARGIN - 0.04, TOP - BOTTOM - 0.19))
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.set_ylim(0, 100)
        axes.set_xlim(-0.5, len(rows) - 0.5)
        axes.set_yticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100"], size=SMALL_SIZE)
        axes.grid(axis="y", color="#E3E6EA", linewidth=0.8)
        axes.set_axisbelow(True)
        names, size = names_across([str(row["round"]) for row in rows], 700 / len(rows))
        labels = [
            f"{name}\n{_ndcs(row)} {basis}, n {row['n']}" for name, row in zip(names, rows, strict=True)
        ]
        axes.set_xticks(range(len(rows)), labels, size=size)
        axes.tick_params(length=0)
        for level, colour in SHOWN:
            _series(axes, rows, level.replace(" ", "_"), LEVEL_COLOURS[colour])
        figure.legend(
            handles=_key(rows),
            loc="upper left",
            bbox_to_anchor=(MARGIN, TOP + 0.035),
            ncols=4,
            frameon=False,
            fontsize=TEXT_SIZE,
            borderaxespad=0,
            borderpad=0,
        )
        return finished(figure, NAME, title, _in_words(rows, basis))


def _basis(trend: Trend) -> str:
    """The basis on which most figures are published, else documents."""
    table = frame_of(trend, "recommended").dropna(subset="published_strong")
    counts = {basis: len(where(table, basis=basis)) for basis in BASES}
    return max(BASES, key=lambda basis: counts[basis])


def _ndcs(row: Row) -> str:
    """How many of the round's units there are, such as `127 of 154`."""
    return f"{row['scored']} of {row['expected']}" if row["scored"] != row["expected"] else f"{row['scored']}"


def _series(axes: Axes, rows: list[Row], key: str, colour: str) -> None:
    shares = [100 * _number(row[key]) for row in rows]
    axes.plot(range(len(rows)), shares, color=colour, linewidth=2.2, marker="o", markersize=9, zorder=3)
    for place, (row, share) in enumerate(zip(rows, shares, strict=True)):
        low, high = row[f"{key}_low"], row[f"{key}_high"]
        if low is not None and high is not None:
            axes.plot(
                [place, place], [100 * _number(low), 100 * _number(high)], color=INK, linewidth=1.6, zorder=4
            )
        beside = high is not None and 100 * _number(high) - share > _LONG
        axes.annotate(
            f"{percent_of(share / 100)}%",
            (place, share),
            (-4, 8) if beside else (0, 13),
            textcoords="offset points",
            ha="right" if beside else "center",
            size=TEXT_SIZE + 2,
            weight="bold",
            color=INK,
            **_on_paper(),
        )
        for column, aside, marker, face in (
            (f"published_{key}", -_ASIDE, "D", PAPER),
            (f"{key}_without", _ASIDE, "o", PAPER),
        ):
            value = row.get(column)
            if value is not None:
                axes.plot(
                    place + aside,
                    100 * _number(value),
                    marker=marker,
                    color=colour,
                    markerfacecolor=face,
                    markeredgewidth=1.8,
                    markersize=8,
                    zorder=3,
                )
                axes.annotate(
                    f"{percent_of(_number(value))}",
                    (place + aside, 100 * _number(value)),
                    (9 if aside > 0 else -9, 0),
                    textcoords="offset points",
                    ha="left" if aside > 0 else "right",
                    va="center",
                    size=SMALL_SIZE,
                    color=QUIET_INK,
                    **_on_paper(),
                )


def _on_paper() -> dict[str, Any]:
    """The style of a number that stands on lines: it has a ground of its own and lies above them."""
    return {"bbox": {"facecolor": PAPER, "edgecolor": "none", "pad": 1.0}, "zorder": 5}


def _number(value: float | int | str | None) -> float:
    return float(value or 0.0)


def _key(rows: list[Row]) -> list[Line2D]:
    def dot(marker: str, colour: str, face: str, label: str) -> Line2D:
        return Line2D(
            [], [], linestyle="", marker=marker, color=colour, markerfacecolor=face, markersize=8, label=label
        )

    entries = [
        dot("o", LEVEL_COLOURS[colour], LEVEL_COLOURS[colour], level) for level, colour in reversed(SHOWN)
    ]
    if any(row["published_strong"] is not None for row in rows):
        entries.append(dot("D", INK, PAPER, "published by UN-Habitat"))
    if any(row["strong_without"] is not None for row in rows):
        entries.append(dot("o", INK, PAPER, "without the EU's NDC"))
    return entries


def _in_words(rows: list[Row], basis: str) -> str:
    """All numbers of the figure as sentences, for readers who cannot see it."""
    clauses = []
    for row in rows:
        strong, upper = (percent_of(_number(row[key])) for key in ("strong", "at_least_moderate"))
        clauses.append(f"{row['round']}: at least moderate {upper}, strong {strong}, n {row['n']}")
    return f"By {basis}, percent: {'; '.join(clauses)}."
