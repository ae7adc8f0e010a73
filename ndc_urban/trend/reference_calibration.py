"""Calibration to a published reference: cut points of the level score that give a round its published shares.

The cut points are then applied unchanged to other rounds. In the tables this estimate is called `anchored`. Its limits
come from a bootstrap over Parties: each resample draws the published shares anew within their rounding and among their
restatements, sets the cut points again and applies them, with the same Parties in both rounds. They include the
sampling of the reference round and of the other round and what is not known of the published shares, but no errors of
classification.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ndc_urban.trend.estimates import LOW, MODERATE, STRONG, Estimate, Floats, Ints, Population, has_trait
from ndc_urban.trend.tables import AT_LEAST_MODERATE

Spans = tuple[tuple[float, float], ...]
"""Ranges of a share, lowest and highest value of each."""
RESAMPLES = 2000
"""Efron and Tibshirani (1993) ask for 1,000 or more if the limits are percentiles."""
_SEED = 20160922
"""Any fixed number: the same input gives the same limits."""
_LIMITS = (2.5, 97.5)
"""Percentiles that hold 95% between them."""


@dataclass(frozen=True, eq=False)
class ReferenceCalibration:
    """The reference round: its documents, the two cut points of the level score, and its published shares as ranges.

    A published share has a range for each time that it was stated; it lies in one of them.
    """

    round: str
    population: Population
    at_least_moderate: Spans
    strong: Spans
    cuts: tuple[float, float]


def calibrate(
    round_: str,
    population: Population,
    published: Mapping[str, float],
    spans: Mapping[str, Spans] | None = None,
) -> ReferenceCalibration:
    """Sets the cut points so that the shares of the round are as close to the published ones as possible.

    `population` is the round on the basis of documents; `spans` are the ranges that the shares may be rounded from, by
    default the shares themselves.
    """
    at_least, strong = published[AT_LEAST_MODERATE], published["strong"]
    ranges = {AT_LEAST_MODERATE: ((at_least, at_least),), "strong": ((strong, strong),)} | dict(spans or {})
    weights = np.ones((1, len(population)))
    moderate_cut, strong_cut = (
        float(_cuts(population.score, weights, share)[0]) for share in (at_least, strong)
    )
    return ReferenceCalibration(
        round_, population, ranges[AT_LEAST_MODERATE], ranges["strong"], (moderate_cut, strong_cut)
    )


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


def _drawn(spans: Spans, draw: np.random.Generator) -> Floats:
    """A share for each resample: one of the ranges, and in it any value alike; shape (RESAMPLES, 1)."""
    lows, highs = np.array(spans).T
    chosen = draw.integers(len(spans), size=RESAMPLES)
    shares: Floats = draw.uniform(lows[chosen], highs[chosen])[:, None]
    return shares


def _cuts(score: Floats, weights: Floats, share: float | Floats) -> Floats:
    """For each row of weights (rows, documents) the cut point with about `share` of the weight at or above it.

    `share` is one number, or one for each row, shape (rows, 1).

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
    none_reaches = above[np.arange(len(last)), last] > 2 * np.broadcast_to(np.ravel(share), len(last))
    cuts[none_reaches] = falling[0] + 1.0
    return cuts


@lru_cache(maxsize=4)  # a change has the same Parties in both rounds, and every trait has the same resamples
def _resamples(reference: ReferenceCalibration, units: tuple[str, ...]) -> tuple[Ints, Floats, Floats]:
    """How often each unit is in each resample, shape (RESAMPLES, units), and the two cut points, (RESAMPLES,)."""
    draw = np.random.default_rng([_SEED, len(units)])
    drawn = draw.multinomial(len(units), np.full(len(units), 1 / len(units)), size=RESAMPLES)
    at_least, strongest = _drawn(reference.at_least_moderate, draw), _drawn(reference.strong, draw)
    place = {unit: number for number, unit in enumerate(units)}
    weights = drawn[:, [place[unit] for unit in reference.population.unit]].astype(float)
    weights[weights.sum(axis=1) == 0] = 1.0
    moderate = _cuts(reference.population.score, weights, at_least)
    strong = np.maximum(_cuts(reference.population.score, weights, strongest), moderate)
    return drawn, moderate, strong


def _resampled(reference: ReferenceCalibration, population: Population, trait: str) -> Floats:
    """The share in each resample, shape (RESAMPLES,); a document that counts for several Parties is in all."""
    units = tuple(sorted({*reference.population.unit, *population.unit}))
    drawn, moderate, strong = _resamples(reference, units)
    place = {unit: number for number, unit in enumerate(units)}
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
