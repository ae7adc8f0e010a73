"""Estimates of the share of a level in a population of documents, of which some are labelled.

A population is a set of arrays with one entry per document. Each estimate is a share with 95% limits.

- `count`: the predicted levels are counted. Errors of classification do not cancel out.
- `corrected`: the difference estimator over a labelled probability sample; the errors of the predictions are estimated
  within strata of the predicted level (Cassel, Särndal and Wretman 1976; Särndal, Swensson and Wretman 1992,
  chapter 7; the same idea as Egami et al. 2023 and Angelopoulos et al. 2023). With the predicted level as post-stratum
  it equals the sum of (share of the stratum) x (labelled share in the stratum).
- `labelled`: the share among the labelled documents.

Calibration to a published round is in `reference_calibration`, the arithmetic of the limits in `intervals`.
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
"""Fewer labelled documents are refused: benchmarks/trend_coverage.py measures coverage from 30 labels on."""
WEIGHT_TOLERANCE = 2.0
"""The weights of the labels must sum to the size of the population within this factor; otherwise the labels are not a
sample of it. Chosen by eye."""

TRAITS: dict[str, tuple[int, ...]] = {
    "low": (LOW,),
    "moderate": (MODERATE,),
    "strong": (STRONG,),
    "at least moderate": (MODERATE, STRONG),
}
"""The levels in the tables, each with its level codes."""


@dataclass(frozen=True)
class Estimate:
    """A share with its 95% limits, based on `n` documents or labels. All but `n` may be nan."""

    share: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Refused:
    """There is no estimate, for this reason."""

    reason: str


@dataclass(frozen=True)
class Population:
    """The documents of one round on one basis, arrays of shape (documents,).

    `predicted` and `label` are level codes (0 low, 1 moderate, 2 strong; label -1 where there is none); `weight` is the
    number of units that a document counts for; `probability` the inclusion probability of its label (nan if unknown or
    unlabelled); `score` the level score; `unit` the Party, to find pairs over rounds.
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
            raise ValueError("the arrays of a population must have the same length")
        if (self.weight < 1).any() or not np.isin(self.predicted, (LOW, MODERATE, STRONG)).all():
            raise ValueError("weights must be positive, and predictions level codes")

    def __len__(self) -> int:
        return len(self.unit)

    @property
    def units(self) -> int:
        """The number of units (documents or Parties) that the documents count for."""
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
    """The share by the predicted levels.

    All documents are counted, so there is no sampling error, and the limits include no errors of classification. They
    are Wilson's, and treat the documents as a sample of what Parties might have written. The level of a document that
    counts for several Parties is taken as known: the limits are those of the other documents.
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
    """Why there can be no corrected estimate of the population, or None."""
    labelled = population.label != UNLABELLED
    sampled = population.sampled
    if not labelled.any():
        return Refused("this round has no labelled document")
    if not sampled.any():
        return Refused(
            "the inclusion probabilities of the labels are unknown, so they are not a probability sample"
        )
    if int(sampled.sum()) < MIN_LABELS:
        return Refused(
            f"{int(sampled.sum())} labelled documents have a known inclusion probability, "
            f"but at least {MIN_LABELS} are needed"
        )
    weights = float((1 / population.probability[sampled]).sum())
    if not len(population) / WEIGHT_TOLERANCE <= weights <= len(population) * WEIGHT_TOLERANCE:
        return Refused(
            f"the weights of the labels sum to {weights:.0f} for {len(population)} documents, "
            "so the labels are not a complete sample of this round"
        )
    return None


def corrected(population: Population, trait: str) -> Estimate | Refused:
    """The difference estimator over the labelled probability sample, post-stratified on the predicted level.

    A document that counts for several Parties has their number as its weight; if it is labelled its level is known.
    Limits: `ndc_urban.trend.intervals.total_limits`. `Refused` if `refusal` gives a reason.
    """
    refused = refusal(population)
    if refused:
        return refused
    return _sampled_estimate(population, population.sampled, trait, _strata(population, population.sampled))


def labelled(population: Population, trait: str) -> Estimate | Refused:
    """The share among the labelled documents, however they were chosen.

    If all of them come from a probability sample, the limits are those of the share in the population, with finite
    population correction, and a document that counts for several Parties counts only for these. Otherwise the limits
    are Wilson's, for the labelled documents only.
    """
    rows = population.label != UNLABELLED
    if not rows.any():
        return Refused("this round has no labelled document")
    values = has_trait(population.label, trait)
    if (population.sampled == rows).all() and refusal(population) is None:
        one_stratum = np.zeros(len(population), dtype=np.int64)
        limits = _sampled_estimate(population, rows, trait, one_stratum)
        plain = bool((population.weight == 1).all())
        share = weighted_share(values[rows], population.weight[rows]) if plain else limits.share
        return Estimate(share, min(share, limits.low), max(share, limits.high), int(rows.sum()))
    return _counted(values[rows], population.weight[rows])


def _strata(population: Population, sampled: Flags) -> Ints:
    """Post-strata: the predicted levels; a level without a labelled document is merged with its neighbour."""
    strata = population.predicted.copy()
    for level, neighbour in ((STRONG, MODERATE), (LOW, MODERATE), (MODERATE, LOW), (LOW, STRONG)):
        members = strata == level
        if members.any() and not (members & sampled & (population.weight == 1)).any():
            strata[members] = neighbour
    return strata


def _sampled_estimate(population: Population, sampled: Flags, trait: str, strata: Ints) -> Estimate:
    """The stratified estimate; documents with a weight above 1 are known if labelled, else drawn one by one."""
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
        # without a label nothing is known of a stratum: one half is the mean of the prior of its limits
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
    """The contribution of each document to the error of an estimate, up to a factor; nan if it has none."""
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


def change(first: Population, second: Population, trait: str, estimate: str) -> Estimate | Refused:
    """The change from the first to the second of two populations of the same Parties.

    The Parties are the sampling units: the correlation of the two errors is taken over the Parties that contribute to
    both, including those with the same NDC in both rounds.
    """
    estimator = {"count": count, "corrected": corrected, "labelled": labelled}[estimate]
    one, two = estimator(first, trait), estimator(second, trait)
    if isinstance(one, Refused):
        return one
    if isinstance(two, Refused):
        return two
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
    return Estimate(two.share - one.share, low, high, len(both))
