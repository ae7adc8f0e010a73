"""Where each Party's tile lies on the map of tiles, as data."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

Place = tuple[int, int]


@cache
def grid() -> Mapping[str, Place]:
    """Column and row (from the left and from above) of every Party's tile, by its code.

    The 197 States that are Parties to the Convention and the European Union (`EUU`), placed by hand about where
    they lie: in `tiles.csv` the map shows as in a sheet.
    """
    text = files("ndc_urban.trend.figures").joinpath("tiles.csv").read_text(encoding="utf-8")
    return {
        code: (column, row)
        for row, cells in enumerate(csv.reader(text.splitlines()))
        for column, code in enumerate(cells)
        if code
    }
