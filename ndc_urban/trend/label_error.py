"""What errors of the labels do to a corrected share: the labels are taken as right, and here they are not.

A label is wrong by one level with a given probability, `rate`. The shares of the labelled levels are then those of the
true levels after a misclassification, which is undone by the inverse of its matrix (Barron 1977, Biometrics 33,
414-418). The direction of errors is not known either, so `allowing_for` takes the widest limits of all directions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from ndc_urban.trend.estimates import (
    LOW,
    MODERATE,
    STRONG,
    TRAITS,
    Estimate,
    Floats,
    Population,
    Refused,
    corrected,
)
from ndc_urban.trend.intervals import NORMAL_DEVIATE

RATES: tuple[float, ...] = (0.02, 0.05, 0.10)
"""Rates in the table of sensitivity, few errors to many. Chosen by eye."""
EITHER, TOO_HIGH, TOO_LOW = "either way", "labels too high", "labels too low"
DIRECTIONS: tuple[str, ...] = (EITHER, TOO_HIGH, TOO_LOW)
HIGHEST_RATE = 0.3
"""Above it a label says too little for any correction. Chosen by eye: kappa of coders is then below 0.6."""
SOURCE = "Barron, B. A. (1977), Biometrics 33, 414-418"

_LEVEL_TRAITS = ("low", "moderate", "strong")


def misclassification(rate: float, direction: str) -> Floats:
    """The chance of each label (columns) for each true level (rows), shape (3, 3)."""
    matrix = np.zeros((3, 3))
    up, down = {EITHER: (0.5, 0.5), TOO_HIGH: (1.0, 0.0), TOO_LOW: (0.0, 1.0)}[direction]
    for level in (LOW, MODERATE, STRONG):
        matrix[level, level] = 1.0
        higher, lower = min(level + 1, STRONG), max(level - 1, LOW)
        if direction == EITHER and level != MODERATE:
            neighbour = MODERATE  # the outer levels have one neighbour
            matrix[level, level] -= rate
            matrix[level, neighbour] += rate
            continue
        for other, part in ((higher, up), (lower, down)):
            if other != level:
                matrix[level, level] -= rate * part
                matrix[level, other] += rate * part
    return matrix


def true_shares(labelled: Floats, rate: float, direction: str) -> Floats:
    """The shares of the true levels (low, moderate, strong) that give these shares of labels, between 0 and 1."""
    shares = np.linalg.solve(misclassification(rate, direction).T, labelled)
    clipped = np.clip(shares, 0.0, 1.0)
    whole: Floats = clipped / clipped.sum()
    return whole


def with_label_error(population: Population, trait: str, rate: float, direction: str) -> Estimate | Refused:
    """The corrected share if labels err in this way; the limits include the chance of the single errors."""
    by_level: dict[str, Estimate] = {}
    for name in (*_LEVEL_TRAITS, trait):
        result = corrected(population, name)
        if isinstance(result, Refused):
            return result
        by_level[name] = result
    shares = np.array([by_level[name].share for name in _LEVEL_TRAITS])
    return _shifted(by_level[trait], shares, _labels_behind(population), trait, rate, direction)


def _labels_behind(population: Population) -> float:
    """The share of the population that is labelled: its errors do not cancel out with sampling."""
    return float(population.weight[population.sampled].sum()) / population.units


def _shifted(
    estimate: Estimate, shares: Floats, labelled: float, trait: str, rate: float, direction: str
) -> Estimate:
    codes = list(TRAITS[trait])
    true = true_shares(shares, rate, direction)
    shift = float(true[codes].sum()) - estimate.share
    crossing = misclassification(rate, direction)
    outside = [code for code in (LOW, MODERATE, STRONG) if code not in codes]
    moved = float(
        sum(
            true[code] * crossing[code, other] + true[other] * crossing[other, code]
            for code in codes
            for other in outside
        )
    )
    # of the labelled documents about n * moved cross the border of the trait, with the variance of a Poisson number
    spread = NORMAL_DEVIATE * labelled * math.sqrt(moved / max(estimate.n, 1))
    share = estimate.share + shift
    low = share - math.hypot(estimate.share - estimate.low, spread)
    high = share + math.hypot(estimate.high - estimate.share, spread)
    return Estimate(min(max(share, 0.0), 1.0), max(0.0, low), min(1.0, high), estimate.n)


def allowing_for(population: Population, trait: str, rate: float) -> Estimate | Refused:
    """The corrected share with limits that hold for errors of `rate` in any direction."""
    plain = corrected(population, trait)
    if isinstance(plain, Refused) or not rate:
        return plain
    cases: Mapping[str, Estimate | Refused] = {
        direction: with_label_error(population, trait, rate, direction) for direction in DIRECTIONS
    }
    kept = [each for each in cases.values() if isinstance(each, Estimate)]
    return Estimate(
        plain.share,
        min(plain.low, *(each.low for each in kept)),
        max(plain.high, *(each.high for each in kept)),
        plain.n,
    )
