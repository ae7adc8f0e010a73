"""Statistics of documents and passages: intervals by a bootstrap over Parties, confusion tables and Cohen's kappa.

Intervals are percentile intervals of a cluster bootstrap (Cameron, Gelbach and Miller 2008): the documents of one Party
resemble each other, so that they are drawn or left out together. Kappa is after Cohen 1960 and, with quadratic weights,
1968. What is about coders, such as Krippendorff's alpha, is in `ndc_urban.labels.agreement`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

ROUNDS = 1000
"""Draws of the bootstrap: the usual number, at which an end of an interval is the 25th value from outside."""
CONFIDENCE = 0.95
"""The usual level of intervals in the field."""
SEED = 7
"""Any fixed number, so that the same data give the same interval."""

Measure = Literal["ordinal", "nominal"]
"""Whether values have an order (levels) or none (codes)."""

Metric = Callable[[NDArray[np.intp]], float]
"""A figure of some rows, given by their numbers; NaN where it is not defined."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95% interval; None where it is not defined (nothing but one value was given)."""

    value: float | None
    low: float | None
    high: float | None


def interval(metric: Metric, parties: NDArray[np.str_], rounds: int = ROUNDS) -> tuple[float, float]:
    """Lower and upper end of a metric's interval; `parties` has the Party of each row.

    Both are NaN where there is only one Party, or the metric is defined for no draw.
    """
    names, inverse = np.unique(parties, return_inverse=True)
    members = [np.flatnonzero(inverse == party) for party in range(len(names))]
    generator = np.random.default_rng(SEED)
    drawn = []
    for chosen in generator.integers(0, len(names), (rounds, len(names))) if len(names) > 1 else ():
        value = metric(np.concatenate([members[party] for party in chosen]))
        if math.isfinite(value):
            drawn.append(value)
    if not drawn:
        return np.nan, np.nan
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return float(low), float(high)


def with_interval(metric: Metric, parties: NDArray[np.str_], rounds: int = ROUNDS) -> Interval:
    """A metric over all rows with its interval; `parties` has the Party of each row."""
    low, high = interval(metric, parties, rounds)
    return Interval(*map(defined, (metric(np.arange(len(parties))), low, high)))


def exact_interval(successes: int, trials: int) -> tuple[float, float]:
    """The 95% interval of a share by Clopper and Pearson (1934): exact, also where all trials or none succeeded.

    >>> [round(limit, 3) for limit in exact_interval(23, 23)]
    [0.852, 1.0]
    """
    from scipy.special import betaincinv

    tail = (1 - CONFIDENCE) / 2
    low = betaincinv(successes, trials - successes + 1, tail) if successes else 0.0
    high = betaincinv(successes + 1, trials - successes, 1 - tail) if successes < trials else 1.0
    return float(low), float(high)


def defined(value: float) -> float | None:
    """The value, or None in place of NaN, for tables and JSON."""
    return round(float(value), 6) if np.isfinite(value) else None


def confusion(first: NDArray[np.int64], second: NDArray[np.int64], values: int) -> NDArray[np.int64]:
    """How often the first coder said a value (row) where the second said another (column)."""
    return np.bincount(values * first + second, minlength=values**2).reshape(values, values)


def kappa(table: NDArray[np.int64], measure: Measure) -> float:
    """Cohen's kappa of a confusion table, with quadratic weights for an ordinal scale; NaN where it is not defined."""
    distance = _distances(len(table), measure)
    first, second = table.sum(axis=1), table.sum(axis=0)
    expected = first[:, np.newaxis] * second / max(first.sum(), 1)
    by_chance = float((distance * expected).sum())
    return 1.0 - float((distance * table).sum()) / by_chance if by_chance else float("nan")


@cache
def _distances(values: int, measure: Measure) -> NDArray[np.int64]:
    """How far each value is from each other. Kept, as a bootstrap asks a thousand times for the same."""
    numbers = np.arange(values)
    distance = np.subtract.outer(numbers, numbers) ** 2
    return (distance > 0).astype(np.int64) if measure == "nominal" else distance
