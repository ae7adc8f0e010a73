"""How far the estimates lie from the published figures on the same basis, and what the difference is made of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ndc_urban.counting import all_of
from ndc_urban.trend.matching import Matched
from ndc_urban.trend.rounding import points
from ndc_urban.trend.rounds import in_round
from ndc_urban.trend.tables import (
    AT_LEAST_MODERATE,
    CALIBRATED,
    CORRECTED,
    COUNT,
    LABELLED,
    OUR_ESTIMATES,
    PARTIES,
    PUBLISHED,
)

WIDE_GAP = 0.04
"""A difference of more than four points is explained. Chosen by eye on the committed results of this project."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Gap:
    """A published figure, and by estimate our difference to it and whether it is in our 95% interval.

    `counted` is the number of documents or Parties that the figure is counted on; 0 if that is not known.
    """

    round: str
    basis: str
    level: str
    differences: Mapping[str, float]
    inside: Mapping[str, bool]
    counted: int = 0


def gaps(rows: Sequence[Row]) -> list[Gap]:
    """One for each published share of strong and of at least moderate; `rows` are those of the table of levels."""
    keys = ("round", "basis", "level")
    ours: dict[tuple[Any, ...], dict[str, Row]] = {}
    for row in rows:
        if row["estimate"] in OUR_ESTIMATES and not math.isnan(row["share"]):
            ours.setdefault(tuple(row[key] for key in keys), {})[row["estimate"]] = row
    found = []
    for row in rows:
        if row["estimate"] != PUBLISHED or row["level"] not in ("strong", AT_LEAST_MODERATE):
            continue
        own = ours.get(tuple(row[key] for key in keys), {})
        differences = {name: each["share"] - row["share"] for name, each in own.items()}
        inside = {
            name: bool(each["low"] <= row["share"] <= each["high"])
            for name, each in own.items()
            if not math.isnan(each["low"])
        }
        counted: int = 0 if pd.isna(row["units"]) else int(row["units"])
        found.append(Gap(row["round"], row["basis"], row["level"], differences, inside, counted))
    return found


def gap_notes(matched: Matched, rows: Sequence[Row]) -> list[str]:
    """A note on each published figure from which an estimate differs by more than `WIDE_GAP`."""
    return [
        " ".join(_sentences(matched, gap))
        for gap in gaps(rows)
        if any(abs(difference) > WIDE_GAP for difference in gap.differences.values())
    ]


def _sentences(matched: Matched, gap: Gap) -> list[str]:
    listed = ", ".join(f"{name} {points(each)} points" for name, each in gap.differences.items())
    sentences = [
        f"Difference to the published figure, {gap.level} {in_round(matched.title(gap.round))}, basis of {gap.basis}: "
        f"{listed}."
    ]
    within = [name for name, inside in gap.inside.items() if inside]
    outside = [name for name, inside in gap.inside.items() if not inside]
    for names, where in ((within, "within"), (outside, "outside")):
        if names:
            sentences.append(f"The published figure is {where} the 95% interval of {all_of(names)}.")
    return [*sentences, *_causes(matched, gap)]


def _causes(matched: Matched, gap: Gap) -> list[str]:
    differences = gap.differences
    sentences = []
    if COUNT in differences and CORRECTED in differences:
        errors = points(differences[COUNT] - differences[CORRECTED])
        sentences.append(
            f"Of the count's difference, {errors} points are due to errors of classification; the remaining "
            f"{points(differences[CORRECTED])} points are a difference between the labels and the reviews' coding, "
            f"which is not public{_other_parties(matched, gap)}."
        )
    elif LABELLED in differences:
        sentences.append(
            f"The labels differ by {points(differences[LABELLED])} points: they follow other rules than the "
            "reviews' coding, which is not public."
        )
    if gap.basis == PARTIES:
        heaviest = max(len(match.stands_for) for match in matched.rounds[gap.round])
        units = sum(len(match.stands_for) for match in matched.rounds[gap.round])
        if heaviest > 1:
            sentences.append(
                f"The level of the European Union's NDC alone decides {heaviest / units * 100:.1f} points of the share."
            )
    if CALIBRATED in differences and gap.round != next(iter(matched.rounds)):
        sentences.append(
            "The anchored estimate starts from a published share, so its difference here is one of change."
        )
    return sentences


def _other_parties(matched: Matched, gap: Gap) -> str:
    """That the review counted another number of Parties or documents, if it did."""
    stands_for = [len(match.stands_for) for match in matched.scored(gap.round)]
    ours = sum(stands_for) if gap.basis == PARTIES else len(stands_for)
    if not gap.counted or gap.counted == ours:
        return ""
    return f", and between the {gap.basis} that are counted ({gap.counted} there, {ours} here)"
