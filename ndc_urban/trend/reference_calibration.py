"""Calibration to a published reference: cut points of the level score that give a round its published shares.

The cut points are then applied unchanged to other rounds. In the tables this estimate is called `anchored`. Its limits
come from a bootstrap over Parties: each resample sets the cut points again and applies them, with the same Parties in
both rounds. They include the sampling of the reference round and of the other round, but no errors of classification.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ndc_urban.trend.estimates import LOW, MODERATE, STRONG, Estimate, Floats, Ints, Population, has_trait
from ndc_urban.trend.tables import AT_LEAST_MODERATE

RESAMPLES = 2000
"""Efron and Tibshirani (1993) ask for 1,000 or more if the limits are percentiles."""
_SEED = 20160922
"""Any fixed number: the same input gives the same limits."""
_LIMITS = (2.5, 97.5)
"""Percentiles that hold 95% between them."""


@dataclass(frozen=True)
class ReferenceCalibration:
    """The reference round: its documents, its published shares, and the two cut points of the level score."""

    round: str
    population: Population
    at_least_moderate: float
    strong: float
    cuts: tuple[float, float]


def calibrate(round_: str, population: Population, published: Mapping[str, float]) -> ReferenceCalibration:
    """Sets the cut points so that the shares of the round are as close to the published ones as possible.

    `population` is the round on the basis of documents.
    """
    at_least, strong = published[AT_LEAST_MODERATE], published["strong"]
    weights = np.ones((1, len(population)))
    moderate_cut, strong_cut = (
        float(_cuts(population.score, weights, share)[0]) for share in (at_least, strong)
    )
    return ReferenceCalibration(round_, population, at_least, strong, (moderate_cut, strong_cut))


def levels_by(cuts: tuple[float, float], score: Floats) -> Ints:
    """Level codes of scores."""
    codes: Ints = np.where(score >= cuts[1], STRONG, np.where(score >= cuts[0], MODERATE, LOW)).astype(
        np.int64
    )
    return codes


def calibrated(reference: ReferenceCalibration, population: Population, trait: str) -> Estimate:
    """The share of a trait in a population by the cut points of the reference."""
    share = _share(reference.cuts, population, trait)
    low, high = np.percentile(_resampled(reference, population, trait), _LIMITS)
    return Estimate(share, min(share, float(low)), max(share, float(high)), len(population))


def calibrated_change(
    reference: ReferenceCalibration, first: Population, second: Population, trait: str
) -> Estimate:
    """The change between two populations of the same Parties by the cut points of the reference."""
    change = _share(reference.cuts, second, trait) - _share(reference.cuts, first, trait)
    low, high = np.percentile(
        _resampled(reference, second, trait) - _resampled(reference, first, trait),
        _LIMITS,
    )
    both = len(set(first.unit) & set(second.unit))
    return Estimate(change, min(change, float(low)), max(change, float(high)), both)


def _share(cuts: tuple[float, float], population: Population, trait: str) -> float:
    values = has_trait(levels_by(cuts, population.score), trait)
    return float((values * population.weight).sum() / population.weight.sum())


def _cuts(score: Floats, weights: Floats, share: float) -> Floats:
    """For each row of weights (rows, documents) the cut point with about `share` of the weight at or above it.

    It lies half-way between two neighbouring scores that differ. Where even the highest score alone has more than
    twice the share, no document reaches the cut point: that is then nearer to the share.
    """
    order = np.argsort(-score, kind="stable")
    falling = score[order]
    above = np.cumsum(weights[:, order], axis=1)
    above = above / above[:, -1:]
    tied = np.append(falling[:-1] == falling[1:], False)
    last = np.where(tied, np.inf, np.abs(above - share)).argmin(axis=1)
    following = np.minimum(last + 1, len(falling) - 1)
    cuts: Floats = (falling[last] + falling[following]) / 2
    none_reaches = above[np.arange(len(last)), last] > 2 * share
    cuts[none_reaches] = falling[0] + 1.0
    return cuts


def _resampled(reference: ReferenceCalibration, population: Population, trait: str) -> Floats:
    """The share in each resample, shape (RESAMPLES,); a document that counts for several Parties is in all."""
    units = sorted({*reference.population.unit, *population.unit})
    drawn = np.random.default_rng([_SEED, len(units)]).multinomial(
        len(units), np.full(len(units), 1 / len(units)), size=RESAMPLES
    )
    place = {unit: number for number, unit in enumerate(units)}
    weights = drawn[:, [place[unit] for unit in reference.population.unit]].astype(float)
    weights[weights.sum(axis=1) == 0] = 1.0
    moderate = _cuts(reference.population.score, weights, reference.at_least_moderate)
    strong = np.maximum(_cuts(reference.population.score, weights, reference.strong), moderate)
    heavy = population.weight > 1
    own = drawn[:, [place[unit] for unit in population.unit]].astype(float)
    own[:, heavy] = 0.0
    single = float((~heavy).sum())
    total = own.sum(axis=1, keepdims=True)
    own = own * np.divide(single, total, out=np.zeros_like(total), where=total > 0)
    own[:, heavy] = population.weight[heavy]
    above = (population.score >= moderate[:, None]).astype(np.int64) + (population.score >= strong[:, None])
    values = has_trait(above, trait)
    shares: Floats = (own * values).sum(axis=1) / own.sum(axis=1)
    return shares
