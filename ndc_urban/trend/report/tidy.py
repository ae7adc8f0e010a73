"""The tables as CSV: each table by itself, and all numbers in one tidy table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from ndc_urban.trend.frames import frame_of, rows_of
from ndc_urban.trend.rounding import percent_of, printed_levels
from ndc_urban.trend.tables import PARTIES, Table, Trend

COLUMNS: tuple[str, ...] = (
    "table",
    "round",
    "to_round",
    "basis",
    "estimate",
    "grouping",
    "item",
    "label",
    "level",
    "measure",
    "value",
    "low",
    "high",
    "percent",
    "units",
    "n",
    "note",
)
"""Of `trend.csv`. `measure` is `share` or `change`, else what is counted; `percent` is the share as printed."""

_PLACES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "groups": ("grouping", "group"),
        "sectors": ("strand", "sector"),
        "topics": ("", "topic"),
        "themes": ("kind", "theme"),
    }
)
"""The columns of a table that become `grouping` and `item`."""
_COUNTED = ("expected", "scored", "needs_ocr", "failed", "missing", "cross_fitted")
_DECIMALS = 6
"""A share of 200 documents needs three; with six every machine writes the same digits."""

Row = dict[str, Any]


def csv_text(frame: pd.DataFrame) -> str:
    """A table as CSV: shares to six decimals, whole numbers without a point, missing cells empty."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows([_cell(value) for value in row.values()] for row in rows_of(frame))
    return stream.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        rounded = round(value, _DECIMALS)
        return int(rounded) if rounded.is_integer() else rounded
    return value


def tidy(trend: Trend) -> pd.DataFrame:
    """The numbers of all tables except that of Parties, with the columns `COLUMNS`."""
    rows = [*_levels(trend), *_change(trend), *_coverage(trend), *_transitions(trend)]
    for name in _PLACES:
        rows += _shares(trend, name)
    rows += [*_missing(trend), *_label_error(trend), *_length(trend), *_grades(trend)]
    rows += _specification(trend)
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _levels(trend: Trend) -> Iterator[Row]:
    keys = ("round", "basis", "estimate")
    for row, percent in _printed(frame_of(trend, "levels"), keys):
        yield (
            {"table": "levels"}
            | _take(row, *keys, "level", "low", "high", "n", "note")
            | {
                "measure": "share",
                "value": row["share"],
                "percent": percent,
            }
        )
        if row["heaviest"]:
            yield (
                {"table": "levels"}
                | _take(row, *keys, "level")
                | {
                    "grouping": "without",
                    "item": row["heaviest"],
                    "measure": "share",
                    "value": row["share_without"],
                    "low": row["low_without"],
                    "high": row["high_without"],
                }
            )


def _change(trend: Trend) -> Iterator[Row]:
    for row in rows_of(frame_of(trend, "change")):
        yield (
            {"table": "change"}
            | _take(row, "to_round", "basis", "estimate", "level", "low", "high", "n", "note")
            | {
                "round": row["from_round"],
                "measure": "change",
                "value": row["change"],
            }
        )


def _coverage(trend: Trend) -> Iterator[Row]:
    for row in rows_of(frame_of(trend, "coverage")):
        for measure in _COUNTED:
            note = row["missing_parties"] if measure == "missing" else None
            yield (
                {"table": "coverage"}
                | _take(row, "round", "basis")
                | {
                    "measure": measure,
                    "value": row[measure],
                    "note": note,
                }
            )


def _transitions(trend: Trend) -> Iterator[Row]:
    for row in rows_of(frame_of(trend, "transitions")):
        yield {
            "table": "transitions",
            "round": row["from_round"],
            "to_round": row["to_round"],
            "item": row["from_level"],
            "level": row["to_level"],
            "measure": "parties",
            "value": row["parties"],
            "note": row["iso3"],
        }


def _shares(trend: Trend, name: str) -> Iterator[Row]:
    """Groups, sectors, topics and themes; the levels of a group are printed so that they sum to 100."""
    grouping, item = _PLACES[name]
    frame = frame_of(trend, name)
    rows: Iterator[tuple[Row, int | None]]
    if name == "groups":
        rows = _printed(frame, ("round", "grouping", "group"))
    else:
        rows = ((row, None if row["share"] is None else percent_of(row["share"])) for row in rows_of(frame))
    for row, percent in rows:
        yield (
            {"table": name}
            | _take(row, "round", "label", "level", "low", "high", "units", "n")
            | {
                "grouping": row.get(grouping),
                "item": row[item],
                "measure": "share",
                "value": row["share"],
                "percent": percent,
                "note": row.get("reliable"),
            }
        )
        yield from _corrected(row, {"table": name, "grouping": row.get(grouping), "item": row[item]})


def _corrected(row: Row, place: Row) -> Iterator[Row]:
    """The corrected share of a row, and the shares on the basis of Parties."""
    common = (
        place | _take(row, "round", "label", "level", "units") | {"measure": "share", "estimate": "corrected"}
    )
    for ending, basis in (("", ""), ("_parties", PARTIES)):
        corrected = row.get(f"corrected{ending}")
        if corrected is not None:
            yield common | {
                "basis": basis,
                "value": corrected,
                "low": row[f"corrected{ending}_low"],
                "high": row[f"corrected{ending}_high"],
                "percent": percent_of(corrected),
                "n": row["labels"],
            }
    if row.get("share_parties") is not None:
        counted = row["share_parties"]
        yield common | {
            "basis": PARTIES,
            "estimate": "count",
            "value": counted,
            "percent": percent_of(counted),
        }


def _missing(trend: Trend) -> Iterator[Row]:
    for row in rows_of(frame_of(trend, "missing")):
        common = {"table": "missing"} | _take(row, "round", "basis", "level") | {"units": row["expected"]}
        yield common | {
            "measure": "weighted",
            "value": row["weighted"],
            "low": row["weighted_low"],
            "high": row["weighted_high"],
            "note": row["missing_parties"],
        }
        yield common | {"measure": "bounds", "low": row["least"], "high": row["most"]}


def _label_error(trend: Trend) -> Iterator[Row]:
    for row in rows_of(frame_of(trend, "label_error")):
        yield (
            {"table": "label_error", "measure": "share", "value": row["share"]}
            | _take(row, "round", "basis", "level", "low", "high", "n")
            | {"grouping": row["direction"], "item": row["rate"]}
        )


def _length(trend: Trend) -> Iterator[Row]:
    for row in rows_of(frame_of(trend, "length")):
        common = {"table": "length"} | _take(row, "round", "level") | {"n": row["documents"]}
        for measure in ("median_characters", "urban_per_100000"):
            yield common | {"measure": measure, "value": row[measure]}
        for measure, low, high in (
            ("adjusted", "adjusted_low", "adjusted_high"),
            ("odds_ratio", "odds_low", "odds_high"),
        ):
            yield common | {"measure": measure, "value": row[measure], "low": row[low], "high": row[high]}


def _specification(trend: Trend) -> Iterator[Row]:
    for row in rows_of(frame_of(trend, "specification")):
        choices = ("scale", "heavy", "rule", "length", "label_error")
        yield (
            {
                "table": "specification",
                "measure": "change",
                "value": row["change"],
                "round": row["from_round"],
            }
            | _take(row, "to_round", "basis", "estimate", "level", "low", "high")
            | {"item": "; ".join(f"{choice}: {row[choice]}" for choice in choices)}
        )


def _grades(trend: Trend) -> Iterator[Row]:
    for row in rows_of(frame_of(trend, "grades")):
        yield (
            {"table": "grades", "measure": "share", "value": row["share"], "item": row["population"]}
            | _take(row, "round", "level", "units")
            | {"note": row["source"], "percent": percent_of(row["share"])}
        )


def _printed(frame: pd.DataFrame, keys: tuple[str, ...]) -> Iterator[tuple[Row, int | None]]:
    """The rows in their order with the percent of each, rounded together if they have the same `keys`."""
    rows = list(rows_of(frame))
    shares: dict[tuple[Any, ...], dict[str, float | None]] = {}
    for row in rows:
        shares.setdefault(tuple(row[key] for key in keys), {})[row["level"]] = row["share"]
    percents = {key: printed_levels(levels) for key, levels in shares.items()}
    for row in rows:
        of_row = percents[tuple(row[key] for key in keys)]
        yield row, None if row["share"] is None else of_row.get(row["level"])


def _take(row: Row, *names: str) -> Row:
    return {name: row[name] for name in names if name in row}


def with_percents(table: Table) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Columns and rows of a table; levels and groups have their printed percents as a further column."""
    columns = tuple(map(str, table.frame.columns))
    keys = {"levels": ("round", "basis", "estimate"), "groups": ("round", "grouping", "group")}.get(
        table.name
    )
    if keys is None:
        return columns, tuple(rows_of(table.frame))
    place = columns.index("share") + 1
    rows = tuple(row | {"percent": percent} for row, percent in _printed(table.frame, keys))
    return (*columns[:place], "percent", *columns[place:]), rows
