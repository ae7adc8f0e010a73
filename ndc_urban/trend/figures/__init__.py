"""The figures of a trend, as SVG and PNG that fit a slide: bars, moves, sectors and maps."""

from __future__ import annotations

from ndc_urban.trend.figures.canvas import Drawing
from ndc_urban.trend.tables import Trend

__all__ = ["Drawing", "draw"]


def draw(trend: Trend, source: str) -> tuple[Drawing, ...]:
    """All figures that the trend has the tables for; `source` is printed small on each.

    A figure without its table is left out: no moves where there is one round only, for instance.
    """
    from ndc_urban.trend.figures.bars import draw_levels
    from ndc_urban.trend.figures.moves import draw_moves
    from ndc_urban.trend.figures.sectors import draw_sectors
    from ndc_urban.trend.figures.world import draw_maps

    single = (draw_moves(trend, source), draw_sectors(trend, source))
    return (
        *draw_levels(trend, source),
        *(drawing for drawing in single if drawing is not None),
        *draw_maps(trend, source),
    )
