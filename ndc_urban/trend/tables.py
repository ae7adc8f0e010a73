"""The tables of a trend: their names, their columns and the values that name bases and estimates.

Shares lie between 0 and 1 and are not rounded; `low` and `high` are 95% limits. A round is a string as in the panel
("2016-17", "2022", "2026") or a calendar year ("2019").
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

BY_PARTIES: tuple[str, ...] = (
    "share_parties",
    "corrected_parties",
    "corrected_parties_low",
    "corrected_parties_high",
)
"""The count and the corrected share on the basis of Parties."""
CORRECTION: tuple[str, ...] = ("corrected", "corrected_low", "corrected_high", "labels", "reliable")
"""The share corrected with labels, with its limits and the number of labels; `reliable` is `yes`, or why it is not."""

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "recommended": (
            "round",
            "basis",
            "estimate",
            "strong",
            "strong_low",
            "strong_high",
            "at_least_moderate",
            "at_least_moderate_low",
            "at_least_moderate_high",
            "n",
            "scored",
            "expected",
            "heaviest",
            "strong_without",
            "at_least_moderate_without",
            "published_strong",
            "published_at_least_moderate",
            "next_step",
            "scale",
        ),
        "levels": (
            "round",
            "basis",
            "estimate",
            "level",
            "share",
            "low",
            "high",
            "units",
            "n",
            "note",
            "limits",
            "heaviest",
            "heaviest_weight",
            "share_without",
            "low_without",
            "high_without",
            "scale",
        ),
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
            "heaviest",
            "change_without",
            "low_without",
            "high_without",
            "scale",
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
            "superseded",
            "superseded_parties",
            "not_in_registry",
        ),
        "missing": (
            "round",
            "basis",
            "level",
            "share",
            "low",
            "high",
            "weighted",
            "weighted_low",
            "weighted_high",
            "least",
            "most",
            "scored",
            "expected",
            "missing_parties",
            "scale",
        ),
        "label_error": (
            "round",
            "basis",
            "level",
            "rate",
            "direction",
            "share",
            "low",
            "high",
            "n",
            "scale",
        ),
        "length": (
            "round",
            "documents",
            "median_characters",
            "urban_per_100000",
            "level",
            "share",
            "adjusted",
            "adjusted_low",
            "adjusted_high",
            "odds_ratio",
            "odds_low",
            "odds_high",
            "scale",
        ),
        "specification": (
            "from_round",
            "to_round",
            "level",
            "scale",
            "estimate",
            "basis",
            "heavy",
            "rule",
            "length",
            "label_error",
            "change",
            "low",
            "high",
        ),
        "grades": (
            "round",
            "population",
            "level",
            "share",
            "units",
            "source",
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
            "scale",
            "grade",
            "graded_level",
            "champ",
            "other_scale",
            "other_level",
            "scored_level",
            "remark",
        ),
        "transitions": (
            "from_round",
            "to_round",
            "from_level",
            "to_level",
            "parties",
            "iso3",
            "corrected",
            "low",
            "high",
            "labelled",
            "share_of_from",
            "share_low",
            "share_high",
            "reliable",
            "scale",
        ),
        "groups": (
            "round",
            "grouping",
            "group",
            "level",
            "share",
            "low",
            "high",
            "units",
            "n",
            *CORRECTION,
            "scale",
        ),
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
            *CORRECTION,
        ),
        "topics": (
            "round",
            "topic",
            "label",
            "share",
            "low",
            "high",
            "units",
            "n",
            "published",
            *CORRECTION,
            "published_text",
            *BY_PARTIES,
        ),
        "themes": (
            "round",
            "kind",
            "theme",
            "label",
            "share",
            "low",
            "high",
            "units",
            "n",
            *CORRECTION,
            "published_text",
            *BY_PARTIES,
        ),
    }
)
"""The columns of each table, in their order."""

AT_LEAST_MODERATE = "at least moderate"

TEXT_MISSING = "submitted, text not in this corpus"
"""Said of a Party whose NDC of a round has no result."""

DOCUMENTS, PARTIES = "documents", "Parties"
BASES: tuple[str, ...] = (DOCUMENTS, PARTIES)
"""The two bases: a document counts once, or once for each Party that it covers."""

COUNT, CORRECTED, CALIBRATED, LABELLED, PUBLISHED = "count", "corrected", "anchored", "labelled", "published"
OUR_ESTIMATES: tuple[str, ...] = (COUNT, CORRECTED, CALIBRATED, LABELLED)
"""The estimates that are made here, in the order of the tables; `PUBLISHED` follows them."""

SUPERPOPULATION = frozenset({COUNT, CALIBRATED})
"""Estimates whose limits are for what Parties might have written, not for the documents of the round."""


def limits_words(estimates: Collection[str]) -> str:
    """What the limits in tables with these estimates are for, and in which brackets they stand.

    >>> limits_words({"count"}).startswith("Limits in square brackets"), limits_words(set())
    (True, '')
    """
    finite = (
        "Limits in round brackets are for the documents of the round (a finite population, with errors of the model)."
        if set(estimates) & {CORRECTED, LABELLED}
        else ""
    )
    infinite = (
        "Limits in square brackets are for what the Parties might have written (a superpopulation, without errors of "
        "the model)."
        if set(estimates) & SUPERPOPULATION
        else ""
    )
    apart = "The two are not compared." if finite and infinite else ""
    return " ".join(filter(None, (finite, infinite, apart)))


@dataclass(frozen=True)
class Table:
    """One table: `frame` has the columns in `COLUMNS` for `name`; `notes` and `sources` are printed below it."""

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
    """All tables, general notes, and `provenance`: the runs, model, panel and input files they were made from."""

    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    provenance: Mapping[str, Any]

    def table(self, name: str) -> Table:
        """The table of that name; `KeyError` where there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)

    def as_dict(self) -> dict[str, Any]:
        """The trend as plain lists and dictionaries, as JSON has them; missing numbers become None."""
        return {
            "notes": list(self.notes),
            "provenance": dict(self.provenance),
            "tables": {
                table.name: {
                    "title": table.title,
                    "rows": list(rows_of(table.frame)),
                    "notes": list(table.notes),
                    "sources": list(table.sources),
                }
                for table in self.tables
            },
        }


def rows_of(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows as mappings from column to a plain Python value; a missing value is None."""
    # by column: DataFrame.to_dict takes twice as long for the few rows that most callers have
    columns = [[_plain(value) for value in column.tolist()] for _, column in frame.items()]
    names = [str(name) for name in frame.columns]
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def _plain(value: Any) -> Any:
    plain = value.item() if isinstance(value, np.generic) else value
    missing = plain is pd.NA or plain is pd.NaT or (isinstance(plain, float) and math.isnan(plain))
    return None if missing else plain
