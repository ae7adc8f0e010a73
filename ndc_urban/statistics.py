"""Intervals of figures on documents and passages: a bootstrap over Parties, whose units are drawn together.

Percentile intervals of a cluster bootstrap (Cameron, Gelbach and Miller 2008): the documents of one Party resemble each
other, so that they are drawn or left out together.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

ROUNDS = 1000
CONFIDENCE = 0.95
SEED = 7

Metric = Callable[[NDArray[np.intp]], float]
"""A figure of some rows, given by their numbers; NaN where it is not defined."""


def interval(metric: Metric, parties: NDArray[np.str_], rounds: int = ROUNDS) -> tuple[float, float]:
    """Lower and upper end of a metric's interval; `parties` has the Party of each row.

    Both are NaN where there is only one Party, or the metric is defined for no draw.
    """
    names, inverse = np.unique(parties, return_inverse=True)
    members = [np.flatnonzero(inverse == party) for party in range(len(names))]
    generator = np.random.default_rng(SEED)
    drawn = []
    for _ in range(rounds if len(names) > 1 else 0):
        chosen = generator.integers(0, len(names), len(names))
        value = metric(np.concatenate([members[party] for party in chosen]))
        if np.isfinite(value):
            drawn.append(value)
    if not drawn:
        return np.nan, np.nan
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return float(low), float(high)


def defined(value: float) -> float | None:
    """The value, or None in place of NaN, for tables and JSON."""
    return round(float(value), 6) if np.isfinite(value) else None
