"""The tables on Parties: the level of each, transitions between levels, and groups of Parties."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from ndc_urban.codebook import LEVELS
from ndc_urban.parties import name_of
from ndc_urban.trend.corrections import RELIABLE, Moves, corrected_group, corrected_moves
from ndc_urban.trend.estimates import Estimate, Refused, count
from ndc_urban.trend.graded import grade_of
from ndc_urban.trend.groups import GROUPINGS, SOURCES, groups_in_order, groups_of
from ndc_urban.trend.matching import Match, Matched
from ndc_urban.trend.populations import population_of
from ndc_urban.trend.results import CODEBOOK
from ndc_urban.trend.tables import AT_LEAST_MODERATE, COLUMNS, DOCUMENTS, Table

Row = dict[str, Any]


def parties_table(matched: Matched) -> Table:
    """One row for each round and Party; members of the European Union have its document."""
    rows = [
        row
        for name, matches in matched.rounds.items()
        for row in sorted(
            (row for match in matches for row in _party_rows(matched, name, match)), key=_by_code
        )
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS["parties"]))
    return Table(
        "parties",
        "Parties and their levels",
        frame.astype({"cross_fitted": "boolean"}),
        notes=(
            "level is predicted by the model; labelled_level was given by a coder, if the document was coded, or is "
            "UN-Habitat's grade on that scale. prediction_set is empty for cross-fitted predictions. Members of the "
            "European Union are listed with its document. grade is UN-Habitat's for the round; graded_level is A "
            "strong, B moderate, C and No low.",
            "scored_level is the level that score gives the document. It may differ from level: score uses the whole "
            "model, and level, for a document that the model was trained on, a model that had not seen its Party. "
            "remark says so where they differ.",
        ),
        sources=SOURCES,
    )


def _by_code(row: Row) -> str:
    return str(row["iso3"])


def _scored_level(match: Match) -> str:
    """The level that score gives on this scale; empty if it is on the other one."""
    scale = match.scored.get("scale") or CODEBOOK
    same_scale = match.prediction is not None and scale == match.prediction.scale
    return str(match.scored.get("level") or "") if same_scale else ""


def _remark(match: Match) -> str:
    scored = _scored_level(match)
    prediction = match.prediction
    if prediction is None or not scored or scored == LEVELS[prediction.level]:
        return match.standing.exception
    why = f"score says {scored}: it was trained on this document, level is that of a model that had not seen the Party"
    return "; ".join(filter(None, (why, match.standing.exception)))


def _party_rows(matched: Matched, name: str, match: Match) -> Iterator[Row]:
    prediction = match.prediction
    for iso3 in match.stands_for:
        own = iso3 == match.standing.iso3
        groups = groups_of(iso3, matched.grades)
        grade = grade_of(matched.grades, iso3, name)
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
            "scale": matched.scale,
            "grade": grade.text if grade else "",
            "graded_level": grade.level if grade else "",
            "champ": groups.champ,
            "other_scale": (prediction.other_scale if prediction else None) or "",
            "other_level": LEVELS[prediction.other_level]
            if prediction and prediction.other_level is not None
            else "",
            "scored_level": _scored_level(match),
            "remark": _remark(match),
        }


def transitions_table(matched: Matched) -> Table:
    """How many Parties moved from each level to each level, between neighbouring rounds, counted and corrected."""
    rows = [row for first, second in pairwise(matched.rounds) for row in _moves(matched, first, second)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS["transitions"]))
    return Table(
        "transitions",
        "Transitions of Parties between levels",
        frame.astype({"labelled": "Int64"}),
        notes=(
            "parties counts predicted levels of Parties with a scored document in both rounds. The European Union "
            "counts as one. Parties with the same NDC in both rounds stay at their level. Errors of classification "
            "also look like moves, so check the evidence before you report a single one.",
            "corrected is the number of Parties by the labels of both rounds, by the design of the corrected levels "
            "within strata of the predicted move, with 95% limits. share_of_from is the share of those that began at "
            "from_level. labelled counts the labelled moves.",
        ),
    )


def _moves(matched: Matched, first: str, second: str) -> Iterator[Row]:
    one, two = ({match.standing.iso3: match for match in matched.scored(name)} for name in (first, second))
    both = sorted(set(one) & set(two))
    moves = _as_moves([one[iso3] for iso3 in both], [two[iso3] for iso3 in both])
    result = corrected_moves(moves) if both else Refused("no Party has a scored document in both rounds")
    pairs = list(zip(*moves.predicted, strict=True))
    labelled = [
        pair for pair, seen in zip(zip(*moves.label, strict=True), moves.sampled, strict=True) if seen
    ]
    for before, from_level in enumerate(LEVELS):
        for after, to_level in enumerate(LEVELS):
            moved = [iso3 for iso3, pair in zip(both, pairs, strict=True) if pair == (before, after)]
            yield {
                "from_round": first,
                "to_round": second,
                "from_level": from_level,
                "to_level": to_level,
                "parties": len(moved),
                "iso3": ";".join(moved),
                **_corrected_move(result, (before, after), len(both)),
                "labelled": labelled.count((before, after)),
                "scale": matched.scale,
            }


def _as_moves(before: Sequence[Match], after: Sequence[Match]) -> Moves:
    populations = [population_of(matches, DOCUMENTS) for matches in (before, after)]
    one, two = populations
    return Moves(
        (one.predicted, two.predicted),
        (one.label, two.label),
        np.minimum(one.probability, two.probability),
        np.array([first != second for first, second in zip(one.text, two.text, strict=True)], dtype=bool),
    )


def _corrected_move(
    result: dict[tuple[int, int], tuple[Estimate, Estimate]] | Refused, pair: tuple[int, int], parties: int
) -> Row:
    if isinstance(result, Refused):
        numbers = ("corrected", "low", "high", "share_of_from", "share_low", "share_high")
        return dict.fromkeys(numbers, math.nan) | {"reliable": f"no: {result.reason}"}
    of_all, of_from = result[pair]
    return {
        "corrected": of_all.share * parties,
        "low": of_all.low * parties,
        "high": of_all.high * parties,
        "share_of_from": of_from.share,
        "share_low": of_from.low,
        "share_high": of_from.high,
        "reliable": RELIABLE,
    }


def groups_table(matched: Matched) -> Table:
    """Predicted levels by group of Parties; a document counts once."""
    rows = [
        row
        for name in matched.rounds
        for grouping in GROUPINGS
        if grouping != "champ" or matched.grades
        for group in groups_in_order(grouping)
        for row in _group_rows(matched, name, grouping, group)
    ]
    return Table(
        "groups",
        "Levels by group of Parties",
        pd.DataFrame(rows, columns=list(COLUMNS["groups"])),
        notes=(
            "share counts the predicted levels of documents, with Wilson's limits. corrected is corrected for errors "
            "of classification with the labels of the group, as the levels are; where it is missing, reliable says "
            "why, and the count is not reliable. The European Union counts as one document, in Europe.",
        ),
        sources=SOURCES,
    )


def _group_rows(matched: Matched, name: str, grouping: str, group: str) -> Iterator[Row]:
    members = [
        match
        for match in matched.scored(name)
        if getattr(groups_of(match.standing.iso3, matched.grades), grouping) == group
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
            **corrected_group(population, trait),
            "scale": matched.scale,
        }
