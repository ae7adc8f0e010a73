"""The tables of a trend: what they are called, and which columns they have.

Shares lie between 0 and 1 and are not rounded; `low` and `high` are 95% limits. A round is a string as in the panel
("2016-17", "2022", "2026") or a calendar year ("2019").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "levels": ("round", "basis", "estimate", "level", "share", "low", "high", "units", "n", "note"),
        "change": (
            "from_round",
            "to_round",
            "basis",
            "estimate",
            "level",
            "change",
            "low",
            "high",
            "n",
            "note",
        ),
        "coverage": (
            "round",
            "basis",
            "expected",
            "scored",
            "needs_ocr",
            "failed",
            "missing",
            "missing_parties",
            "cross_fitted",
        ),
        "parties": (
            "round",
            "iso3",
            "party",
            "document",
            "sha256",
            "level",
            "p_low",
            "p_moderate",
            "p_strong",
            "prediction_set",
            "cross_fitted",
            "labelled_level",
            "region",
            "income",
            "annex_i",
            "ldc",
            "sids",
        ),
        "transitions": ("from_round", "to_round", "from_level", "to_level", "parties", "iso3"),
        "groups": ("round", "grouping", "group", "level", "share", "low", "high", "units", "n"),
        "sectors": (
            "round",
            "strand",
            "sector",
            "label",
            "share",
            "low",
            "high",
            "units",
            "n",
            "rank",
            "published_rank",
        ),
        "topics": ("round", "topic", "label", "share", "low", "high", "units", "n", "published"),
        "themes": ("round", "kind", "theme", "label", "share", "low", "high", "units", "n"),
    }
)
"""The columns of each table, in their order."""

AT_LEAST_MODERATE = "at least moderate"

DOCUMENTS, PARTIES = "documents", "Parties"
"""The two bases: a document counts once, or once for each Party that it stands for."""

COUNT, CORRECTED, ANCHORED, LABELLED, PUBLISHED = "count", "corrected", "anchored", "labelled", "published"
"""The estimates, in the order in which they are told."""


@dataclass(frozen=True)
class Table:
    """One table: `frame` has the columns that `COLUMNS` lists for `name`; `notes` and `sources` stand below it."""

    name: str
    title: str
    frame: pd.DataFrame
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        expected = COLUMNS.get(self.name)
        if expected is None:
            raise ValueError(f"unknown table {self.name!r}: {', '.join(COLUMNS)}")
        if tuple(self.frame.columns) != expected:
            raise ValueError(f"the columns of {self.name} are {', '.join(expected)}")


@dataclass(frozen=True)
class Trend:
    """All tables, the notes on the whole, and `provenance`: the runs, models, panel and options that made it."""

    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    provenance: Mapping[str, Any]

    def table(self, name: str) -> Table:
        """The table of that name; `KeyError` where there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)
