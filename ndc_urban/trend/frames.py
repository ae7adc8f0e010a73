"""What a trend holds, asked for in the same way by the reports and the figures, whether or not a table is there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from ndc_urban.trend.rounding import printed_levels
from ndc_urban.trend.tables import ANCHORED, COLUMNS, CORRECTED, COUNT, LABELLED, PUBLISHED, Table, Trend

ESTIMATES = (COUNT, CORRECTED, ANCHORED, LABELLED, PUBLISHED)


def table_of(trend: Trend, name: str) -> Table | None:
    """The table of that name, None where there is none."""
    return next((table for table in trend.tables if table.name == name), None)


def frame_of(trend: Trend, name: str) -> pd.DataFrame:
    """The rows of a table; none, with the right columns, where there is no such table."""
    table = table_of(trend, name)
    return pd.DataFrame(columns=list(COLUMNS[name])) if table is None else table.frame


def rows_of(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows as mappings from column to value, a plain Python object; what is missing is None."""
    for row in frame.to_dict("records"):
        yield {str(column): _plain(value) for column, value in row.items()}


def _plain(value: Any) -> Any:
    plain = value.item() if isinstance(value, np.generic) else value
    missing = plain is pd.NA or plain is pd.NaT or (isinstance(plain, float) and math.isnan(plain))
    return None if missing else plain


def in_order(found: Iterable[str], order: Iterable[str]) -> tuple[str, ...]:
    """The distinct names in `found`: those of `order` first, in that order, then the others as they come."""
    names = dict.fromkeys(found)
    first = [name for name in order if name in names]
    return tuple(dict.fromkeys([*first, *names]))


def rounds_of(trend: Trend) -> tuple[str, ...]:
    """All rounds of the trend, in the order of its tables."""
    names = ("levels", "coverage", "parties", "sectors", "topics", "themes", "groups")
    return tuple(dict.fromkeys(str(name) for table in names for name in frame_of(trend, table)["round"]))


def percents_of(rows: pd.DataFrame) -> dict[str, int]:
    """The printed percents of one row of the levels: `rows` holds its levels and their shares."""
    return printed_levels({row["level"]: row["share"] for row in rows_of(rows) if row["share"] is not None})


def source_line(trend: Trend) -> str:
    """The small print below a figure: the program, and from what."""
    version = trend.provenance.get("version")
    program = f"ndc-urban {version}" if version else "ndc-urban"
    return f"Source: {program}, from the texts of the NDCs."


def published_sources(trend: Trend) -> tuple[str, ...]:
    """The sources that the notes of the published levels name; the longer one where one holds another."""
    table = table_of(trend, "levels")
    if table is None:
        return ()
    notes = [row["note"] or "" for row in rows_of(table.frame) if row["estimate"] == PUBLISHED]
    named = dict.fromkeys(source for source in table.sources if any(source in note for note in notes))
    return tuple(
        source for source in named if not any(source != other and source in other for other in named)
    )
