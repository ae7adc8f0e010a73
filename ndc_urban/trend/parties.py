"""The tables on Parties: the level of each, transitions between levels, and groups of Parties."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from ndc_urban.codebook import LEVELS
from ndc_urban.parties import name_of
from ndc_urban.trend.estimates import count
from ndc_urban.trend.groups import GROUPINGS, SOURCES, groups_in_order, groups_of
from ndc_urban.trend.matching import Match, Matched
from ndc_urban.trend.populations import population_of
from ndc_urban.trend.tables import AT_LEAST_MODERATE, COLUMNS, DOCUMENTS, Table

Row = dict[str, Any]


def parties_table(matched: Matched) -> Table:
    """One row for each round and Party; members of the European Union have its document."""
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
            "level is predicted by the model; labelled_level was given by a coder, if the document was coded. "
            "prediction_set is empty for cross-fitted predictions. Members of the European Union are listed with its "
            "document.",
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
    """How many Parties moved from each level to each level, between neighbouring rounds."""
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
        "Transitions of Parties between levels",
        pd.DataFrame(rows, columns=list(COLUMNS["transitions"])),
        notes=(
            "Predicted levels of Parties with a scored document in both rounds. The European Union counts as one. "
            "Parties with the same NDC in both rounds stay at their level. Errors of classification also look like "
            "moves, so check the evidence before you report a single one.",
        ),
    )


def _levels_of(matches: Sequence[Match]) -> dict[str, str]:
    return {match.standing.iso3: LEVELS[match.prediction.level] for match in matches if match.prediction}


def groups_table(matched: Matched) -> Table:
    """Predicted levels by group of Parties; a document counts once."""
    rows = [
        row
        for name in matched.rounds
        for grouping in GROUPINGS
        for group in groups_in_order(grouping)
        for row in _group_rows(matched, name, grouping, group)
    ]
    return Table(
        "groups",
        "Levels by group of Parties",
        pd.DataFrame(rows, columns=list(COLUMNS["groups"])),
        notes=(
            "Predicted levels of documents, counted, with Wilson's limits. They are not corrected for errors of "
            "classification. The European Union counts as one document, in Europe.",
        ),
        sources=SOURCES,
    )


def _group_rows(matched: Matched, name: str, grouping: str, group: str) -> Iterator[Row]:
    members = [
        match for match in matched.scored(name) if getattr(groups_of(match.standing.iso3), grouping) == group
    ]
    if not members:
        return
    population = population_of(members, DOCUMENTS)
    for trait in (*LEVELS, AT_LEAST_MODERATE):
        counted = count(population, trait)
        yield {
            "round": name,
            "grouping": grouping,
            "group": group,
            "level": trait,
            "share": counted.share,
            "low": counted.low,
            "high": counted.high,
            "units": population.units,
            "n": counted.n,
        }
