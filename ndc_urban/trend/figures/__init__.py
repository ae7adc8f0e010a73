"""The figures of a trend, as SVG and PNG in the size of a slide: bars, moves, sectors and maps."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ndc_urban.trend.figures.canvas import Drawing
    from ndc_urban.trend.tables import Trend

__all__ = ["draw"]


def draw(trend: Trend) -> tuple[Drawing, ...]:
    """All figures for which the trend has a table, each with its sources in small print.

    A figure without its table is left out, such as the moves if there is only one round.
    """
    # matplotlib reports when it lists the fonts of a machine: no user needs that
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    from ndc_urban.trend.figures.bars import draw_levels
    from ndc_urban.trend.figures.curve import draw_specification
    from ndc_urban.trend.figures.moves import draw_moves
    from ndc_urban.trend.figures.one_slide import draw_slide
    from ndc_urban.trend.figures.sectors import draw_sectors
    from ndc_urban.trend.figures.world import draw_maps
    from ndc_urban.trend.frames import published_sources, source_line, table_of, with_titles

    trend = with_titles(trend)
    ours = source_line(trend)
    sectors = table_of(trend, "sectors")
    published = _with(ours, published_sources(trend))
    first = draw_slide(trend, published)
    single = (
        draw_specification(trend, ours),
        draw_moves(trend, ours),
        draw_sectors(trend, _with(ours, sectors.sources if sectors else ())),
    )
    return (
        *((first,) if first is not None else ()),
        *draw_levels(trend, published),
        *(drawing for drawing in single if drawing is not None),
        *draw_maps(trend, ours),
    )


def _with(ours: str, published: tuple[str, ...]) -> str:
    return f"{ours} Published: {'; '.join(published)}." if published else ours
