"""The sentences that a reader takes away."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from ndc_urban.trend.frames import frame_of, in_order, percents_of, rounds_of, rows_of
from ndc_urban.trend.report.printing import interval, points_with_interval
from ndc_urban.trend.tables import (
    ANCHORED,
    AT_LEAST_MODERATE,
    CORRECTED,
    COUNT,
    DOCUMENTS,
    LABELLED,
    PARTIES,
    PUBLISHED,
    Trend,
)

_FEW_ROUNDS = 3
_TOLD = ("strong", AT_LEAST_MODERATE)
_BEST_FIRST = (CORRECTED, COUNT, ANCHORED, LABELLED)
_MEANING = {
    CORRECTED: "corrected for the model's errors",
    COUNT: "counted as the model classifies",
    ANCHORED: "with cut points set on a published round",
    LABELLED: "among the coded documents alone",
}


def headlines(trend: Trend) -> tuple[str, ...]:
    """What the levels come to on each basis by the best estimate at hand, beside what was published."""
    levels = frame_of(trend, "levels")
    if levels.dropna(subset="share").empty:
        return ("The trend has no levels: no document was scored.",)
    rounds = rounds_of(trend)
    ours = [name for name in _BEST_FIRST if not _part(levels, estimate=name).empty]
    sentences = []
    for basis in in_order(levels["basis"], (DOCUMENTS, PARTIES)):
        found = [name for name in ours if not _part(levels, estimate=name, basis=basis).empty]
        for estimate in found[:1]:
            told = _told(_part(levels, estimate=estimate, basis=basis), rounds)
            sentences.append(f"On the basis of {basis}, {_MEANING[estimate]}: {told}.")
            sentences += _changes(trend, basis, estimate)
    published = _part(levels, estimate=PUBLISHED)
    if not published.empty:
        sentences.append(f"Published by UN-Habitat: {_told(published, rounds, with_basis=True)}.")
    sentences += _without_correction(trend, levels)
    if len(rounds) < 2:
        sentences.append("There is one round only, so no change can be told.")
    return tuple(sentences)


def _part(levels: pd.DataFrame, **values: str) -> pd.DataFrame:
    for column, value in values.items():
        levels = levels[levels[column] == value]
    return levels.dropna(subset="share")


def _told(part: pd.DataFrame, rounds: Sequence[str], *, with_basis: bool = False) -> str:
    """Strong and at least moderate through the rounds, in words."""
    clauses = []
    for level in _TOLD:
        steps = []
        for round_ in rounds:
            for basis in dict.fromkeys(part["basis"]):
                rows = part[(part["round"] == round_) & (part["basis"] == basis)]
                printed = percents_of(rows).get(level)
                if printed is None:
                    continue
                limits = [
                    interval(row["low"], row["high"], printed)
                    for row in rows_of(rows[rows["level"] == level])
                ]
                shown = f" ({limits[0]})" if limits and limits[0] else ""
                steps.append(f"{printed}%{shown}{f' of {basis}' if with_basis else ''} in {round_}")
        if steps:
            clauses.append(f"{level} {', '.join(steps)}")
    return "; ".join(clauses)


def _changes(trend: Trend, basis: str, estimate: str) -> list[str]:
    """The change of the same Parties: from round to round, or over all where rounds are many."""
    rounds = rounds_of(trend)
    steps = list(pairwise(rounds)) if len(rounds) <= _FEW_ROUNDS else [(rounds[0], rounds[-1])]
    found = {
        (row["from_round"], row["to_round"], row["level"]): row
        for row in rows_of(frame_of(trend, "change"))
        if (row["basis"], row["estimate"]) == (basis, estimate) and row["change"] is not None
    }
    sentences = []
    for before, after in steps:
        told = [
            f"{level} {points_with_interval(row['change'], row['low'], row['high'])}"
            for level in _TOLD
            if (row := found.get((before, after, level)))
        ]
        if told:
            sentences.append(
                f"Change from {before} to {after} in the Parties that have an NDC in both, in points, on the basis of "
                f"{basis}: {'; '.join(told)}."
            )
    return sentences


def _without_correction(trend: Trend, levels: pd.DataFrame) -> list[str]:
    """Says where there is no corrected estimate, and why, as far as a note tells."""
    refused = levels[(levels["estimate"] == CORRECTED) & levels["share"].isna()]
    reasons = dict.fromkeys(str(row["note"]) for row in rows_of(refused) if row["note"])
    if _part(levels, estimate=CORRECTED).empty:
        tables = [note for table in trend.tables if table.name == "levels" for note in table.notes]
        told = [*reasons, *(note for note in (*trend.notes, *tables) if "no corrected" in note.lower())]
        why = " ".join(told[:1])
        return [
            f"There is no corrected estimate, so errors of the model do not cancel out here. {why}".strip()
        ]
    return [
        f"No corrected estimate for {', '.join(dict.fromkeys(refused.loc[refused['note'] == why, 'round']))}: {why}"
        for why in reasons
    ]
