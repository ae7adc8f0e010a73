"""The table of coverage: how many NDCs belong to each round, and how many of them have a result."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

from ndc_urban.runs.tables import FAILED, NEEDS_OCR
from ndc_urban.trend.matching import MISSING, SCORED, Matched
from ndc_urban.trend.registry import not_in_registry
from ndc_urban.trend.tables import BASES, COLUMNS, DOCUMENTS, Table


def coverage_table(matched: Matched) -> Table:
    """One row for each round and basis."""
    rows = [_row(matched, name, basis) for name in matched.rounds for basis in BASES]
    return Table(
        "coverage",
        "Documents behind the tables",
        pd.DataFrame(rows, columns=list(COLUMNS["coverage"])),
        notes=(
            "All shares are of the scored documents. Expected are the documents of the panel and the NDCs that are "
            "only in the registry. Not scored (missing_parties) are those that are missing, failed or in need of OCR. "
            "Cross-fitted are documents from the model's training data: for these the prediction of a model that had "
            "not seen their Party is used, never a fitted one. Superseded are documents that a later submission in the "
            "registry had replaced by the day of the round, without its text being at hand. The column not_in_registry "
            "of the CSV file lists the Parties for whose document the registry has no submission in the period of the "
            "round.",
            *matched.notes(),
        ),
    )


def _row(matched: Matched, name: str, basis: str) -> dict[str, Any]:
    matches, absent = matched.rounds[name], matched.absent(name)
    missing = sum(1 if basis == DOCUMENTS else len(each.stands_for) for each in absent)
    unscored = [match.standing.iso3 for match in matches if match.prediction is None]
    weights = [1 if basis == DOCUMENTS else len(match.stands_for) for match in matches]
    superseded = sorted(each.iso3 for each in matched.superseded(name))
    by_status: Counter[str] = Counter()
    cross_fitted = 0
    for match, weight in zip(matches, weights, strict=True):
        by_status[match.status] += weight
        if match.prediction is not None and match.prediction.cross_fitted:
            cross_fitted += weight
    return {
        "round": name,
        "basis": basis,
        "expected": sum(weights) + missing,
        "scored": by_status[SCORED],
        "needs_ocr": by_status[NEEDS_OCR],
        "failed": by_status[FAILED],
        "missing": by_status[MISSING] + missing,
        "missing_parties": ";".join(sorted([*unscored, *(each.iso3 for each in absent)])),
        "cross_fitted": cross_fitted,
        "superseded": len(superseded),
        "superseded_parties": ";".join(superseded),
        "not_in_registry": ";".join(not_in_registry(matched.panel, name, matched.registry)),
    }
