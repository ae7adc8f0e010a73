"""The tables by Party: coverage, levels of each Party, moves between levels, and groups of Parties."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from ndc_urban.codebook import LEVELS
from ndc_urban.parties import name_of
from ndc_urban.runs.tables import FAILED, NEEDS_OCR
from ndc_urban.trend.estimates import count
from ndc_urban.trend.groups import GROUPINGS, SOURCES, groups_in_order, groups_of
from ndc_urban.trend.levels import BASES
from ndc_urban.trend.matching import MISSING, SCORED, Match, Matched
from ndc_urban.trend.populations import population_of
from ndc_urban.trend.tables import AT_LEAST_MODERATE, COLUMNS, DOCUMENTS, Table

Row = dict[str, Any]


def coverage_table(matched: Matched) -> Table:
    """What was expected by the panel and what became of it."""
    rows = []
    for name, matches in matched.rounds.items():
        for basis in BASES:
            weights = [1 if basis == DOCUMENTS else len(match.stands_for) for match in matches]
            by_status: Counter[str] = Counter()
            for match, weight in zip(matches, weights, strict=True):
                by_status[match.status] += weight
            fitted = [
                weight
                for match, weight in zip(matches, weights, strict=True)
                if match.prediction is not None and match.prediction.cross_fitted
            ]
            rows.append(
                {
                    "round": name,
                    "basis": basis,
                    "expected": sum(weights),
                    "scored": by_status[SCORED],
                    "needs_ocr": by_status[NEEDS_OCR],
                    "failed": by_status[FAILED],
                    "missing": by_status[MISSING],
                    "missing_parties": ";".join(
                        match.standing.iso3 for match in matches if match.prediction is None
                    ),
                    "cross_fitted": sum(fitted),
                }
            )
    return Table(
        "coverage",
        "What the tables rest on",
        pd.DataFrame(rows, columns=list(COLUMNS["coverage"])),
        notes=(
            "Shares are over the scored documents. missing_parties lists the Parties of the panel without a scored "
            "document (missing, failed, or in need of text recognition); cross_fitted counts documents of the model's "
            "training data, which enter with the prediction of a model that had not seen their Party, never with a "
            "fitted one.",
            *matched.notes(),
        ),
    )


def parties_table(matched: Matched) -> Table:
    """One row for each round and Party; the members of the European Union have its document."""
    rows = [
        row
        for name, matches in matched.rounds.items()
        for row in sorted((row for match in matches for row in _party_rows(name, match)), key=_by_code)
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS["parties"]))
    return Table(
        "parties",
        "Parties and their levels",
        frame.astype({"cross_fitted": "boolean"}),
        notes=(
            "level is the model's, labelled_level a coder's where the document was coded. prediction_set is empty for "
            "cross-fitted predictions. Members of the European Union are listed with its document.",
        ),
        sources=SOURCES,
    )


def _by_code(row: Row) -> str:
    return str(row["iso3"])


def _party_rows(name: str, match: Match) -> Iterator[Row]:
    prediction = match.prediction
    for iso3 in match.stands_for:
        own = iso3 == match.standing.iso3
        groups = groups_of(iso3)
        yield {
            "round": name,
            "iso3": iso3,
            "party": match.standing.party if own else name_of(iso3),
            "document": match.standing.document,
            "sha256": match.sha256,
            "level": LEVELS[prediction.level] if prediction else None,
            "p_low": prediction.p_low if prediction else math.nan,
            "p_moderate": prediction.p_moderate if prediction else math.nan,
            "p_strong": prediction.p_strong if prediction else math.nan,
            "prediction_set": match.prediction_set,
            "cross_fitted": prediction.cross_fitted if prediction else pd.NA,
            "labelled_level": LEVELS[match.label.level] if match.label else "",
            "region": groups.region,
            "income": groups.income,
            "annex_i": groups.annex_i == "yes",
            "ldc": groups.ldc == "yes",
            "sids": groups.sids == "yes",
        }


def transitions_table(matched: Matched) -> Table:
    """How many Parties moved from each level to each other, between neighbouring rounds."""
    rows: list[Row] = []
    for first, second in pairwise(matched.rounds):
        before = _levels_of(matched.scored(first))
        after = _levels_of(matched.scored(second))
        both = sorted(set(before) & set(after))
        for from_level in LEVELS:
            for to_level in LEVELS:
                moved = [iso3 for iso3 in both if (before[iso3], after[iso3]) == (from_level, to_level)]
                rows.append(
                    {
                        "from_round": first,
                        "to_round": second,
                        "from_level": from_level,
                        "to_level": to_level,
                        "parties": len(moved),
                        "iso3": ";".join(moved),
                    }
                )
    return Table(
        "transitions",
        "Parties' moves between levels",
        pd.DataFrame(rows, columns=list(COLUMNS["transitions"])),
        notes=(
            "Counted levels of Parties with a scored document in both rounds; the European Union is one. A Party whose "
            "NDC stood in both rounds stays. Errors of classification move Parties too: a single move needs a look "
            "at the evidence.",
        ),
    )


def _levels_of(matches: Sequence[Match]) -> dict[str, str]:
    return {match.standing.iso3: LEVELS[match.prediction.level] for match in matches if match.prediction}


def groups_table(matched: Matched) -> Table:
    """Counted levels by group of Parties; a document counts once."""
    rows: list[Row] = []
    for name in matched.rounds:
        matches = matched.scored(name)
        for grouping in GROUPINGS:
            for group in groups_in_order(grouping):
                members = [
                    match for match in matches if getattr(groups_of(match.standing.iso3), grouping) == group
                ]
                if not members:
                    continue
                population = population_of(members, DOCUMENTS)
                for trait in (*LEVELS, AT_LEAST_MODERATE):
                    made = count(population, trait)
                    rows.append(
                        {
                            "round": name,
                            "grouping": grouping,
                            "group": group,
                            "level": trait,
                            "share": made.share,
                            "low": made.low,
                            "high": made.high,
                            "units": population.units,
                            "n": made.n,
                        }
                    )
    return Table(
        "groups",
        "Levels by group of Parties",
        pd.DataFrame(rows, columns=list(COLUMNS["groups"])),
        notes=(
            "Classify and count over documents, with Wilson's limits; not corrected for errors of classification. The "
            "European Union is one document, in Europe.",
        ),
        sources=SOURCES,
    )
