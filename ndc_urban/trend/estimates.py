"""Estimates of the share of a level in a population of documents, of which some are labelled.

A population is a set of arrays with one entry per document. Each estimate is a share with 95% limits.

- `count`: classify and count. Its errors do not cancel out.
- `corrected`: the difference estimator over a labelled probability sample, the predictions' errors estimated within
  strata of the predicted level (Cassel, Särndal and Wretman 1976; Särndal, Swensson and Wretman 1992, chapter 7; the
  same idea as Egami et al. 2023 and Angelopoulos et al. 2023). With the predicted level as post-stratum it equals
  the sum of (share of the stratum) x (labelled share in the stratum).
- `labelled`: the labelled documents' own share.
- `anchored`: cut points on the level score set so that a reference round gives published shares.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ndc_urban.trend.intervals import (
    Stratum,
    correlation,
    difference_limits,
    effective_number,
    total_limits,
    wilson,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

LOW, MODERATE, STRONG = 0, 1, 2
UNLABELLED = -1
MIN_LABELS = 30
"""Fewer labelled documents than this are refused: coverage was not shown below."""
WEIGHT_TOLERANCE = 2.0
"""The labels' weights may sum to the population within this factor; otherwise they are no sample of it."""

TRAITS: dict[str, tuple[int, ...]] = {
    "low": (LOW,),
    "moderate": (MODERATE,),
    "strong": (STRONG,),
    "at least moderate": (MODERATE, STRONG),
}
"""The levels that tables tell of, by the level codes that have them."""


@dataclass(frozen=True)
class Estimate:
    """A share with its 95% limits; `n` documents (or labels) that it rests on. All but `n` may be nan."""

    share: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Refused:
    """No estimate, and why."""

    reason: str


@dataclass(frozen=True)
class Population:
    """The documents of one round on one basis, arrays of shape (documents,).

    `predicted` and `label` are level codes (0 low, 1 moderate, 2 strong; label -1 where there is none); `weight` is the
    number of units that a document stands for; `probability` the inclusion probability of its label (nan where
    unknown or unlabelled); `score` the level score; `unit` tells Parties apart, for pairs over rounds.
    """

    predicted: Ints
    label: Ints
    weight: Ints
    probability: Floats
    score: Floats
    unit: tuple[str, ...]

    def __post_init__(self) -> None:
        sizes = {
            len(array) for array in (self.predicted, self.label, self.weight, self.probability, self.score)
        }
        if sizes != {len(self.unit)}:
            raise ValueError("the arrays of a population have one length")
        if (self.weight < 1).any() or not np.isin(self.predicted, (LOW, MODERATE, STRONG)).all():
            raise ValueError("weights are positive, and predictions are level codes")

    def __len__(self) -> int:
        return len(self.unit)

    @property
    def units(self) -> int:
        """How many units (documents, or Parties) the documents stand for."""
        return int(self.weight.sum())

    @property
    def sampled(self) -> Flags:
        """Which documents have a label with a known inclusion probability."""
        flags: Flags = (self.label != UNLABELLED) & np.isfinite(self.probability)
        return flags

    def only(self, rows: Sequence[int], weight: Ints | None = None) -> Population:
        """The population of these rows, with other weights if given."""
        index = np.asarray(rows, dtype=np.int64)
        return Population(
            predicted=self.predicted[index],
            label=self.label[index],
            weight=self.weight[index] if weight is None else weight,
            probability=self.probability[index],
            score=self.score[index],
            unit=tuple(self.unit[row] for row in index),
        )


def has_trait(codes: Ints, trait: str) -> Floats:
    """1.0 where a level code has the trait, 0.0 elsewhere."""
    return np.isin(codes, TRAITS[trait]).astype(np.float64)


def weighted_share(values: Floats, weight: Ints) -> float:
    """The share of the weight that has a trait."""
    return float((values * weight).sum() / weight.sum()) if len(values) else math.nan


def count(population: Population, trait: str) -> Estimate:
    """Classify and count.

    All documents are counted, so there is no sampling error, and the limits hold no error of classification. They
    are Wilson's, for the reading that the documents are draws from what Parties might have written. A document that
    stands for several Parties is one draw: its level is taken as given, and the limits are of the others.
    """
    values = has_trait(population.predicted, trait)
    return _counted(values, population.weight)


def _counted(values: Floats, weight: Ints) -> Estimate:
    share = weighted_share(values, weight)
    single = weight == 1
    n, total = int(single.sum()), float(weight.sum())
    if not n:
        return Estimate(share, math.nan, math.nan, len(values))
    low, high = wilson(float(values[single].mean()), n)
    fixed = float((values * weight)[~single].sum())
    return Estimate(share, (fixed + n * low) / total, (fixed + n * high) / total, len(values))


def refusal(population: Population) -> Refused | None:
    """Why a corrected estimate of the population cannot be made; None where it can."""
    labelled = population.label != UNLABELLED
    sampled = population.sampled
    if not labelled.any():
        return Refused("no labelled document among those of this round that are at hand")
    if not sampled.any():
        return Refused(
            "the inclusion probabilities of the labels are unknown, so they are no probability sample"
        )
    if int(sampled.sum()) < MIN_LABELS:
        return Refused(
            f"{int(sampled.sum())} labelled documents with known inclusion probability, "
            f"and at least {MIN_LABELS} are needed"
        )
    weights = float((1 / population.probability[sampled]).sum())
    if not len(population) / WEIGHT_TOLERANCE <= weights <= len(population) * WEIGHT_TOLERANCE:
        return Refused(
            f"the labels' weights sum to {weights:.0f} for {len(population)} documents: "
            "they are no complete sample of this round"
        )
    return None


def corrected(population: Population, trait: str) -> Estimate | Refused:
    """The difference estimator over the labelled probability sample, post-stratified on the predicted level.

    A document that stands for several Parties counts with its weight; where it is labelled its level is known.
    Limits: `ndc_urban.trend.intervals.total_limits`. `Refused` where `refusal` says so.
    """
    refused = refusal(population)
    if refused:
        return refused
    return _sampled_estimate(population, population.sampled, trait, _strata(population, population.sampled))


def labelled(population: Population, trait: str) -> Estimate | Refused:
    """The labelled documents' own share, whatever way they were chosen.

    Where all of them come from a probability sample the limits are those of the population's share, with finite
    population correction, and a document that stands for several Parties stands for these alone; otherwise Wilson's,
    for the labelled documents alone.
    """
    rows = population.label != UNLABELLED
    if not rows.any():
        return Refused("no labelled document among those of this round that are at hand")
    values = has_trait(population.label, trait)
    if (population.sampled == rows).all() and refusal(population) is None:
        one_stratum = np.zeros(len(population), dtype=np.int64)
        limits = _sampled_estimate(population, rows, trait, one_stratum)
        plain = bool((population.weight == 1).all())
        share = weighted_share(values[rows], population.weight[rows]) if plain else limits.share
        return Estimate(share, min(share, limits.low), max(share, limits.high), int(rows.sum()))
    return _counted(values[rows], population.weight[rows])


def _strata(population: Population, sampled: Flags) -> Ints:
    """Post-strata: the predicted level, a level without a labelled document joined to its neighbour."""
    strata = population.predicted.copy()
    for level, neighbour in ((STRONG, MODERATE), (LOW, MODERATE), (MODERATE, LOW), (LOW, STRONG)):
        members = strata == level
        if members.any() and not (members & sampled & (population.weight == 1)).any():
            strata[members] = neighbour
    return strata


def _sampled_estimate(population: Population, sampled: Flags, trait: str, strata: Ints) -> Estimate:
    """The stratified estimate; documents with a weight above 1 are known where labelled, and alone otherwise."""
    values = has_trait(population.label, trait)
    heavy = population.weight > 1
    total, parts = 0.0, []
    for stratum in np.unique(strata):
        members = strata == stratum
        ordinary, seen = members & ~heavy, members & ~heavy & sampled
        n = int(seen.sum())
        weights = (
            1 / population.probability[seen] if np.isfinite(population.probability[seen]).all() else None
        )
        weights = np.ones(n) if weights is None else weights
        mean = float(np.average(values[seen], weights=weights)) if n else 0.5
        effective = effective_number(weights)
        known = float((values * population.weight)[members & heavy & sampled].sum())
        unseen = [int(weight) for weight in population.weight[members & heavy & ~sampled]]
        total += int(ordinary.sum()) * mean + known + sum(unseen) * mean
        parts.append(
            Stratum(
                labelled=effective,
                positive=effective * mean,
                unlabelled=max(0, int(ordinary.sum()) - round(effective)),
                heavy=tuple(unseen),
                known=round(effective) * mean + known,
            )
        )
    low, high = total_limits(parts)
    share = total / population.units
    return Estimate(
        share,
        max(0.0, min(share, low / population.units)),
        min(1.0, max(share, high / population.units)),
        int(sampled.sum()),
    )


def residuals(population: Population, trait: str, estimate: str) -> Floats:
    """What each document adds to the error of an estimate, up to a factor; nan where it adds nothing."""
    if estimate == "count":
        values = has_trait(population.predicted, trait)
        return np.where(population.weight == 1, values - values.mean(), np.nan)
    sampled = population.sampled if estimate == "corrected" else population.label != UNLABELLED
    strata = _strata(population, sampled) if estimate == "corrected" else np.zeros(len(population), dtype=int)
    values = has_trait(population.label, trait)
    result = np.full(len(population), np.nan)
    for stratum in np.unique(strata):
        seen = (strata == stratum) & sampled & (population.weight == 1)
        if seen.any():
            result[seen] = values[seen] - values[seen].mean()
    return result


def change(
    first: Population, second: Population, trait: str, estimate: str
) -> tuple[Estimate, Estimate, Estimate] | Refused:
    """First, second and their difference, for two populations of the same Parties.

    The Parties are the sampling units: the correlation of the two errors is taken over the Parties that add to both,
    an NDC that stood in both rounds included.
    """
    make = {"count": count, "corrected": corrected, "labelled": labelled}[estimate]
    one, two = make(first, trait), make(second, trait)
    for each in (one, two):
        if isinstance(each, Refused):
            return each
    if isinstance(one, Refused) or isinstance(two, Refused):  # told above; for the type checker
        return Refused("")
    errors1 = dict(zip(first.unit, residuals(first, trait, estimate), strict=True))
    errors2 = dict(zip(second.unit, residuals(second, trait, estimate), strict=True))
    both = [
        unit
        for unit in errors1
        if unit in errors2 and np.isfinite(errors1[unit]) and np.isfinite(errors2[unit])
    ]
    rho = correlation(np.array([errors1[unit] for unit in both]), np.array([errors2[unit] for unit in both]))
    low, high = difference_limits(
        (one.share, one.low, one.high), (two.share, two.low, two.high), min(max(rho, -1.0), 1.0)
    )
    return one, two, Estimate(two.share - one.share, low, high, len(both))
