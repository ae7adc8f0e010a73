"""The table of label errors: what the corrected shares would be if labels were wrong by one level in some documents."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ndc_urban.trend.estimates import Refused, corrected
from ndc_urban.trend.label_error import DIRECTIONS, RATES, SOURCE, with_label_error
from ndc_urban.trend.matching import Matched
from ndc_urban.trend.populations import population_of
from ndc_urban.trend.tables import AT_LEAST_MODERATE, BASES, COLUMNS, Table

LEVELS_SHOWN: tuple[str, ...] = ("strong", AT_LEAST_MODERATE)
NO_ERROR = "none"


def label_error_table(matched: Matched) -> Table:
    """By round and basis: no errors, and errors in 2, 5 and 10% of the labels, either way and in one direction."""
    rates = tuple(dict.fromkeys((*RATES, *((matched.label_error,) if matched.label_error else ()))))
    rows = [
        row
        for name in matched.rounds
        for basis in BASES
        for level in LEVELS_SHOWN
        for row in _rows(matched, name, basis, level, rates)
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS["label_error"]))
    return Table(
        "label_error",
        "If labels were wrong",
        frame.astype({"n": "Int64"}),
        notes=(
            "The corrected share if labels are wrong by one level with this probability. Labels too high: documents "
            "were labelled one level above what they are, so the true share is lower. The intervals of all other "
            "tables take labels as right, unless --label-error is given.",
        ),
        sources=(SOURCE,),
    )


def _rows(
    matched: Matched, name: str, basis: str, level: str, rates: tuple[float, ...]
) -> list[dict[str, Any]]:
    population = population_of(matched.rounds[name], basis)
    cases = [(0.0, NO_ERROR), *((rate, direction) for rate in rates for direction in DIRECTIONS)]
    rows = []
    for rate, direction in cases:
        result = (
            with_label_error(population, level, rate, direction) if rate else corrected(population, level)
        )
        if isinstance(result, Refused):
            return []
        rows.append(
            {
                "round": name,
                "basis": basis,
                "level": level,
                "rate": rate,
                "direction": direction,
                "share": result.share,
                "low": result.low,
                "high": result.high,
                "n": result.n,
                "scale": matched.scale,
            }
        )
    return rows
