"""The tile map of Parties as SVG within the page: one square for each, with its level as colour and as letter."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from ndc_urban.report.records import ReportDocument
from ndc_urban.trend.figures.grid import grid
from ndc_urban.trend.figures.palette import LEVEL_COLOURS, NOTHING, ink_on

_SIDE, _STEP = 27, 29
"""Pixels of a tile, and from one tile to the next: three letters of the code and one of the level fit in."""
_NOT_SCORED = "not scored"


def world_map(documents: Sequence[ReportDocument]) -> Markup:
    """The map; empty where no document is of a Party that has a tile. Of several documents the last by name counts."""
    places = grid()
    latest: dict[str, ReportDocument] = {}
    for document in sorted(documents, key=lambda each: each.name):
        if document.iso3 in places:
            latest[document.iso3] = document
    if not latest:
        return Markup("")
    width = (max(column for column, _ in places.values()) + 1) * _STEP
    height = (max(row for _, row in places.values()) + 1) * _STEP
    tiles = Markup("").join(
        _tile(code, column * _STEP, row * _STEP, latest.get(code)) for code, (column, row) in places.items()
    )
    return Markup(
        '<svg class="map" viewBox="0 0 {} {}" role="group" aria-label="Map of Parties by level">{}</svg>'
        '<p class="facts">L low, M moderate, S strong, ? not scored; empty squares: no document in this report.</p>'
    ).format(width, height, tiles)


def _tile(code: str, left: int, top: int, document: ReportDocument | None) -> Markup:
    if document is None:
        return _square(left, top, NOTHING, "#D0D4D9")
    level = document.result.level if document.result else _NOT_SCORED
    colour = LEVEL_COLOURS.get(level, NOTHING)
    letter = "?" if document.result is None else level[0].upper()
    middle, ink = left + _SIDE / 2, ink_on(colour)
    text = Markup('<text x="{}" y="{}" fill="{}">{}</text>')
    return Markup('<a href="#/d/{}" aria-label="{}"><title>{}</title>{}{}{}</a>').format(
        document.key,
        f"{document.party}: {level}",
        f"{document.party}: {level}",
        _square(left, top, colour, "#565C63"),
        text.format(middle, top + 12, ink, escape(code)),
        text.format(middle, top + 23, ink, letter),
    )


def _square(left: int, top: int, colour: str, line: str) -> Markup:
    square = Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}"/>')
    return square.format(left + 0.5, top + 0.5, _SIDE, _SIDE, colour, line)
