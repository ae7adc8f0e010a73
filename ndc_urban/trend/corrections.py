"""Corrected shares of other things than levels: content of documents, and moves of Parties between levels.

The design is that of the levels: within strata of what the model predicts, the labels of a probability sample say how
often it is right (`ndc_urban.trend.estimates.stratified`). Where that is not possible, the count is marked as
unreliable, with the reason.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ndc_urban.trend.estimates import (
    Estimate,
    Flags,
    Floats,
    Ints,
    Population,
    Refused,
    corrected,
    design_refusal,
    stratified,
    too_few,
    untested_texts,
)
from ndc_urban.trend.intervals import wilson

GROUP_LABELS = 10
"""A group needs fewer labels than a round: most of its documents are labelled, and the limits have the finite
population correction. benchmarks/trend_coverage.py measures them from 10 labels on."""
RELIABLE = "yes"

Row = dict[str, Any]


def correction_cells(result: Estimate | Refused, labels: int) -> Row:
    """The cells of the columns `tables.CORRECTION`."""
    if isinstance(result, Refused):
        return {
            "corrected": math.nan,
            "corrected_low": math.nan,
            "corrected_high": math.nan,
            "labels": labels,
            "reliable": f"no: {result.reason}",
        }
    return {
        "corrected": result.share,
        "corrected_low": result.low,
        "corrected_high": result.high,
        "labels": result.n,
        "reliable": RELIABLE,
    }


def corrected_group(population: Population, trait: str) -> Row:
    """The corrected share of a level in a group of documents."""
    return correction_cells(corrected(population, trait, GROUP_LABELS), int(population.sampled.sum()))


def corrected_content(
    predicted: Sequence[bool],
    known: Sequence[bool | None],
    probability: Sequence[float],
    weight: Sequence[int] | None = None,
) -> Row:
    """The corrected share of documents that have something.

    `predicted` is what the model found, `known` what labels say (None if unlabelled), `probability` the inclusion
    probability of the labels, `weight` the number of Parties that it counts for (by default 1); one entry for each
    document.
    """
    chances = np.array(probability, dtype=float)
    sampled: Flags = np.array([value is not None for value in known], dtype=bool) & np.isfinite(chances)
    labels = int(sampled.sum())
    if not any(value is not None for value in known):
        return correction_cells(Refused("the labels do not say"), 0)
    refused = too_few(labels, len(known)) or design_refusal(len(known), chances[sampled])
    if refused:
        return correction_cells(refused, labels)
    strata = np.array(predicted, dtype=np.int64)
    values = np.array([float(bool(value)) for value in known])
    weights = np.array([1] * len(known) if weight is None else weight, dtype=np.int64)
    return correction_cells(stratified(values, sampled, merged(strata, sampled), weights, chances), labels)


def merged(strata: Ints, sampled: Flags, width: int = 1) -> Ints:
    """Strata without a label join the nearest one that has labels.

    A stratum is a number, or with `width` above 1 a pair written as first * width + second.
    """
    filled = np.unique(strata[sampled])
    result = strata.copy()
    for stratum in np.unique(strata):
        if len(filled) and stratum not in filled:
            distance = np.abs(filled // width - stratum // width) + np.abs(filled % width - stratum % width)
            if width == 1:
                distance = np.abs(filled - stratum)
            result[strata == stratum] = filled[int(distance.argmin())]
    return result


_APART = 90
"""Keeps the strata of Parties with another text apart from those with the same one: ten times the nine moves, so that
a stratum without a label joins one of its own kind first."""


@dataclass(frozen=True)
class Moves:
    """Parties in both of two rounds: level codes predicted and labelled (-1 if not) before and after.

    `probability` is that of both labels: Parties are drawn with all their documents, so it is the smaller of the two.
    `other` marks the Parties with another text in the second round; the rest have the same text in both.
    """

    predicted: tuple[Ints, Ints]
    label: tuple[Ints, Ints]
    probability: Floats
    other: Flags

    @property
    def sampled(self) -> Flags:
        """The Parties with a label in both rounds."""
        flags: Flags = (self.label[0] >= 0) & (self.label[1] >= 0) & np.isfinite(self.probability)
        return flags


def corrected_moves(moves: Moves) -> dict[tuple[int, int], tuple[Estimate, Estimate]] | Refused:
    """By pair of levels: the share of all Parties that made this move, and of those that began at the first level.

    The limits of the second share are Wilson's for the labelled Parties that began there, with the finite population
    correction.
    """
    sampled, total = moves.sampled, len(moves.probability)
    refused = (
        too_few(int(sampled.sum()), total, "Party", where=" in both rounds")
        or design_refusal(total, moves.probability[sampled])
        or untested_texts(int(moves.other.sum()), int((moves.other & sampled).sum()))
    )
    if refused:
        return refused
    strata = merged(moves.predicted[0] * 3 + moves.predicted[1] + _APART * moves.other, sampled, 3)
    ones = np.ones(total, dtype=np.int64)
    of_all: dict[tuple[int, int], Estimate] = {}
    for before in range(3):
        for after in range(3):
            values = ((moves.label[0] == before) & (moves.label[1] == after)).astype(float)
            of_all[before, after] = stratified(values, sampled, strata, ones, moves.probability)
    result = {}
    for (before, after), estimate in of_all.items():
        began = sum(of_all[before, other].share for other in range(3))
        labelled = int((sampled & (moves.label[0] == before)).sum())
        result[before, after] = estimate, _share_of(estimate.share, began, labelled, total)
    return result


def _share_of(part: float, began: float, labelled: int, total: int) -> Estimate:
    if began <= 0 or not labelled:
        return Estimate(math.nan, math.nan, math.nan, labelled)
    share = min(1.0, part / began)
    low, high = wilson(share, labelled)
    correction = math.sqrt(max(0.0, 1 - labelled / max(began * total, labelled)))
    return Estimate(share, share - (share - low) * correction, share + (high - share) * correction, labelled)
