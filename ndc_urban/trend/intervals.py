"""Intervals of shares: only arithmetic, no tables.

- `wilson`: a share of independent units (Wilson 1927).
- `total_limits`: the number of units with a trait in a finite population of which some units were observed, in strata.
- `difference_limits`: the difference of two shares from their own limits and their correlation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln
from scipy.stats import norm

Floats = NDArray[np.float64]

NOMINAL = 0.95
"""The usual level of confidence; the reports print 95% throughout."""
NORMAL_DEVIATE = float(norm.ppf((1 + NOMINAL) / 2))
"""Standard errors on either side of an estimate that make an interval of that level: 1.96."""
_TAIL = (1 - NOMINAL) / 2

PRIOR_SHIFT = 0.25
"""How far the limits of `total_limits` lie between Jeffreys's (0) and Clopper and Pearson's (0.5). Jeffreys's limits
cover as little as 0.92 if a stratum has few labels; see benchmarks/trend_coverage.py."""


def wilson(share: float, n: float) -> tuple[float, float]:
    """95% limits of a share among `n` units (Wilson 1927); (nan, nan) without units.

    >>> low, high = wilson(0.0, 20)
    >>> low, round(high, 3)
    (0.0, 0.161)
    """
    if n <= 0:
        return math.nan, math.nan
    z = NORMAL_DEVIATE
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratum of a finite population for one trait.

    `labelled` units were observed and `positive` of them have the trait (both may be effective numbers if units were
    drawn with unequal probabilities); `unlabelled` units of weight 1 were not observed. `heavy` are the weights of
    further unlabelled units that count more than once, `known` is the weight that is known to have the trait.
    """

    labelled: float
    positive: float
    unlabelled: int
    heavy: tuple[int, ...] = ()
    known: float | None = None


def total_limits(strata: Sequence[Stratum]) -> tuple[float, float]:
    """95% limits of the total weight with the trait.

    The unlabelled units of each stratum follow a beta-binomial distribution given the labelled ones, which includes
    the finite population correction: the limits meet if everything is labelled. They do not collapse if the labels show
    no error. The lower limit uses the prior Beta(1/4, 3/4), the upper on Beta(3/4, 1/4): half-way
    between Jeffreys's interval (Beta(1/2, 1/2)) and Clopper and Pearson's (Beta(0, 1) and Beta(1, 0)); compare Brown,
    Cai and DasGupta (2001). Their coverage in repeated samples is measured in benchmarks/trend_coverage.py.
    """
    return _limit(strata, -PRIOR_SHIFT, _TAIL), _limit(strata, PRIOR_SHIFT, 1 - _TAIL)


def _limit(strata: Sequence[Stratum], shift: float, quantile: float) -> float:
    distribution: Floats = np.ones(1)
    known = 0.0
    for stratum in strata:
        known += stratum.positive if stratum.known is None else stratum.known
        a = stratum.positive + 0.5 + shift
        b = stratum.labelled - stratum.positive + 0.5 - shift
        distribution = np.convolve(distribution, _unlabelled(stratum.unlabelled, stratum.heavy, a, b))
    cumulated = np.cumsum(distribution)
    at = int(np.searchsorted(cumulated, quantile))
    return known + min(at, len(distribution) - 1)


def _unlabelled(units: int, heavy: tuple[int, ...], a: float, b: float) -> Floats:
    """Distribution of the weight with the trait among unlabelled units; heavy ones are drawn one by one."""
    if not heavy:
        return beta_binomial(units, round(a, 9), round(b, 9))  # rounded so that equal strata are cached once
    weight, rest = heavy[0], heavy[1:]
    chance = a / (a + b)
    without = _unlabelled(units, rest, a, b + 1) * (1 - chance)
    with_it = _unlabelled(units, rest, a + 1, b) * chance
    joined = np.zeros(len(without) + weight)
    joined[: len(without)] += without
    joined[weight : weight + len(with_it)] += with_it
    return joined


@lru_cache(
    maxsize=50_000
)  # more than the distinct strata of a trend; simulations ask for the same ones again
def beta_binomial(units: int, a: float, b: float) -> Floats:
    """Probabilities of 0 to `units` units with the trait; its chance follows Beta(a, b)."""
    k = np.arange(units + 1)
    logarithm: Any = (
        gammaln(units + 1)
        - gammaln(k + 1)
        - gammaln(units - k + 1)
        + betaln(k + a, units - k + b)
        - betaln(a, b)
    )
    probabilities: Floats = np.exp(logarithm)
    return probabilities


def difference_limits(
    first: tuple[float, float, float], second: tuple[float, float, float], correlation: float
) -> tuple[float, float]:
    """95% limits of second minus first, each given as (share, low, high).

    Computed from the limits of the two and the correlation of their errors (Newcombe 1998, method 10; Zou and Donner
    2008), so that they keep the asymmetry of shares near 0 and 1.
    """
    share1, low1, high1 = first
    share2, low2, high2 = second
    change = share2 - share1

    def distance(a: float, b: float) -> float:
        return math.sqrt(max(0.0, a * a + b * b - 2 * correlation * a * b))

    low = change - distance(share2 - low2, high1 - share1)
    high = change + distance(high2 - share2, share1 - low1)
    return max(-1.0, low), min(1.0, high)


def effective_number(weights: Floats) -> float:
    """The number of units of equal weight that carry as much information as these (Kish 1965)."""
    total = float(weights.sum())
    return total * total / float((weights**2).sum()) if len(weights) else 0.0


def correlation(first: Floats, second: Floats) -> float:
    """Pearson's correlation; 0 if one of the two does not vary or if there are fewer than three pairs.

    With two pairs it would be 1 or -1 whatever the values.
    """
    if len(first) < 3:
        return 0.0
    a, b = first - first.mean(), second - second.mean()
    norms = math.sqrt(float((a * a).sum()) * float((b * b).sum()))
    return float((a * b).sum()) / norms if norms > 1e-12 else 0.0  # below it is rounding error of zero
