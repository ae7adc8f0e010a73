"""Levels by cut points on the level score, set so that a reference round gives published shares.

The cuts are then applied unchanged to other rounds. The limits come from a bootstrap over Parties: in each resample
the cuts are set anew and applied, both rounds with the same Parties. They hold the sampling of the reference round
and of the other round, not the errors of classification.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ndc_urban.trend.estimates import LOW, MODERATE, STRONG, Estimate, Floats, Ints, Population, has_trait
from ndc_urban.trend.tables import AT_LEAST_MODERATE

RESAMPLES = 2000
_SEED = 20160922
_LIMITS = (2.5, 97.5)


@dataclass(frozen=True)
class Anchor:
    """The reference: its population on the basis of documents, its published shares, and the two cut points."""

    round: str
    population: Population
    at_least_moderate: float
    strong: float
    cuts: tuple[float, float]


def anchor_to(round_: str, population: Population, published: Mapping[str, float]) -> Anchor:
    """Sets the cuts so that the shares of the round come as near to the published ones as its documents allow."""
    at_least, strong = published[AT_LEAST_MODERATE], published["strong"]
    weights = np.ones((1, len(population)))
    moderate_cut, strong_cut = (
        float(_cuts(population.score, weights, share)[0]) for share in (at_least, strong)
    )
    return Anchor(round_, population, at_least, strong, (moderate_cut, strong_cut))


def levels_by(cuts: tuple[float, float], score: Floats) -> Ints:
    """Level codes of scores."""
    codes: Ints = np.where(score >= cuts[1], STRONG, np.where(score >= cuts[0], MODERATE, LOW)).astype(
        np.int64
    )
    return codes


def anchored(anchor: Anchor, population: Population, trait: str) -> Estimate:
    """The share of a trait in a population by the anchor's cuts."""
    share = _share(anchor.cuts, population, trait)
    low, high = np.percentile(_resampled(anchor, population, trait), _LIMITS)
    return Estimate(share, min(share, float(low)), max(share, float(high)), len(population))


def anchored_change(anchor: Anchor, first: Population, second: Population, trait: str) -> Estimate:
    """The change between two populations of the same Parties by the anchor's cuts."""
    change = _share(anchor.cuts, second, trait) - _share(anchor.cuts, first, trait)
    low, high = np.percentile(
        _resampled(anchor, second, trait) - _resampled(anchor, first, trait),
        _LIMITS,
    )
    both = len(set(first.unit) & set(second.unit))
    return Estimate(change, min(change, float(low)), max(change, float(high)), both)


def _share(cuts: tuple[float, float], population: Population, trait: str) -> float:
    values = has_trait(levels_by(cuts, population.score), trait)
    return float((values * population.weight).sum() / population.weight.sum())


def _cuts(score: Floats, weights: Floats, share: float) -> Floats:
    """For each row of weights (rows, documents) the cut that leaves about `share` of the weight at or above it.

    It lies half-way between two neighbouring scores that differ.
    """
    order = np.argsort(-score, kind="stable")
    falling = score[order]
    above = np.cumsum(weights[:, order], axis=1)
    above = above / above[:, -1:]
    tied = np.append(falling[:-1] == falling[1:], False)
    last = np.where(tied, np.inf, np.abs(above - share)).argmin(axis=1)
    following = np.minimum(last + 1, len(falling) - 1)
    cuts: Floats = (falling[last] + falling[following]) / 2
    nobody = above[np.arange(len(last)), last] > 2 * share
    cuts[nobody] = falling[0] + 1.0
    return cuts


def _resampled(anchor: Anchor, population: Population, trait: str) -> Floats:
    """The share in each resample, shape (RESAMPLES,); a document that stands for several Parties stays in all."""
    units = sorted({*anchor.population.unit, *population.unit})
    drawn = np.random.default_rng([_SEED, len(units)]).multinomial(
        len(units), np.full(len(units), 1 / len(units)), size=RESAMPLES
    )
    place = {unit: number for number, unit in enumerate(units)}
    reference = drawn[:, [place[unit] for unit in anchor.population.unit]].astype(float)
    reference[reference.sum(axis=1) == 0] = 1.0
    moderate = _cuts(anchor.population.score, reference, anchor.at_least_moderate)
    strong = np.maximum(_cuts(anchor.population.score, reference, anchor.strong), moderate)
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
