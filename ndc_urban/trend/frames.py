"""Access to the tables of a trend, shared by the reports and the figures; a missing table is an empty one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from ndc_urban.trend.rounding import printed_levels
from ndc_urban.trend.rounds import title_of_round
from ndc_urban.trend.tables import (
    AT_LEAST_MODERATE,
    COLUMNS,
    DOCUMENTS,
    OUR_ESTIMATES,
    PUBLISHED,
    Table,
    Trend,
    rows_of,
)

__all__ = [
    "ESTIMATES",
    "completeness",
    "completeness_text",
    "frame_of",
    "in_order",
    "limits_of",
    "percents_of",
    "published_sources",
    "rounds_of",
    "rows_of",
    "source_line",
    "table_of",
    "title_of",
    "where",
    "with_titles",
]

_REMARK = re.compile(r"\s*\([^()]*\)$")
ESTIMATES = (*OUR_ESTIMATES, PUBLISHED)
"""All estimates, in the order of the reports."""


def table_of(trend: Trend, name: str) -> Table | None:
    """The table of that name, or None."""
    return next((table for table in trend.tables if table.name == name), None)


def title_of(trend: Trend, name: str) -> str:
    """The title of a table; its name if there is no such table."""
    table = table_of(trend, name)
    return table.title if table is not None else name


def frame_of(trend: Trend, name: str) -> pd.DataFrame:
    """The rows of a table; if there is no such table, none, with its columns."""
    table = table_of(trend, name)
    return pd.DataFrame(columns=list(COLUMNS[name])) if table is None else table.frame


def where(frame: pd.DataFrame, **values: str) -> pd.DataFrame:
    """The rows with these values."""
    chosen = np.ones(len(frame), dtype=bool)
    for column, value in values.items():
        chosen &= (frame[column] == value).to_numpy(dtype=bool, na_value=False)
    rows: pd.DataFrame = frame[chosen]
    return rows


def with_titles(trend: Trend) -> Trend:
    """The trend with the titles of rounds instead of their names, as people read it; calendar years have none."""
    if trend.provenance.get("calendar_years"):
        return trend
    return replace(trend, tables=tuple(_with_titles(table) for table in trend.tables))


def _with_titles(table: Table) -> Table:
    columns = [name for name in ("round", "from_round", "to_round") if name in table.frame]
    titled = {name: table.frame[name].map(title_of_round) for name in columns}
    return replace(table, frame=table.frame.assign(**titled))


def in_order(found: Iterable[str], order: Iterable[str]) -> tuple[str, ...]:
    """The distinct names in `found`: first those of `order`, in that order, then the others as they come."""
    names = dict.fromkeys(found)
    first = [name for name in order if name in names]
    return tuple(dict.fromkeys([*first, *names]))


def rounds_of(trend: Trend) -> tuple[str, ...]:
    """All rounds of the trend, in the order of its tables."""
    names = ("levels", "coverage", "parties", "sectors", "topics", "themes", "groups")
    return tuple(dict.fromkeys(str(name) for table in names for name in frame_of(trend, table)["round"]))


def completeness(trend: Trend) -> dict[str, tuple[int, int]]:
    """By round the number of scored NDCs and of all NDCs that belong to it."""
    coverage = where(frame_of(trend, "coverage"), basis=DOCUMENTS)
    return {row["round"]: (row["scored"], row["expected"]) for row in rows_of(coverage)}


def completeness_text(trend: Trend, *rounds: str) -> str:
    """Which rounds are not complete, such as `2026: 100 of 127 NDCs`; empty if all of them are."""
    numbers = completeness(trend)
    return "; ".join(
        f"{name}: {numbers[name][0]} of {numbers[name][1]} NDCs"
        for name in (rounds or numbers)
        if name in numbers and numbers[name][0] < numbers[name][1]
    )


def percents_of(rows: pd.DataFrame) -> dict[str, int]:
    """The printed percents of one row of the levels: `rows` holds its levels and their shares."""
    return printed_levels({row["level"]: row["share"] for row in rows_of(rows) if row["share"] is not None})


def limits_of(part: pd.DataFrame) -> dict[str, tuple[float | None, float | None]]:
    """The limits by level. If `at least moderate` has none of its own, they are those of `low`, mirrored."""
    limits = {row["level"]: (row["low"], row["high"]) for row in rows_of(part)}
    low = limits.get("low")
    if AT_LEAST_MODERATE not in limits and low and low[0] is not None and low[1] is not None:
        limits[AT_LEAST_MODERATE] = (1 - low[1], 1 - low[0])
    return limits


def source_line(trend: Trend) -> str:
    """The small print below a figure: the program, and what it read."""
    version = trend.provenance.get("version")
    program = f"ndc-urban {version}" if version else "ndc-urban"
    scale = trend.provenance.get("scale")
    levels = f" Levels on the scale {scale}." if scale else ""
    return f"Source: {program}, from the texts of the NDCs.{levels}"


def published_sources(trend: Trend) -> tuple[str, ...]:
    """The sources named in the notes of the published levels, without remarks in brackets at their end.

    Of two where one contains the other, the longer.
    """
    table = table_of(trend, "levels")
    if table is None:
        return ()
    notes = [row["note"] or "" for row in rows_of(table.frame) if row["estimate"] == PUBLISHED]
    named = [source for source in table.sources if any(source in note for note in notes)]
    parts = dict.fromkeys(_REMARK.sub("", part) for source in named for part in source.split("; "))
    return tuple(part for part in parts if not any(part != other and part in other for other in parts))
