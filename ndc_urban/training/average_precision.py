"""Average precision of many draws of the same passages, as a bootstrap needs it: sorted once, then only counted.

The figure is scikit-learn's `average_precision_score`, which sorts and checks its input in every call; with hundreds of
draws for each figure of an evaluation, that took longer than a training.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ndc_urban.model.passage_model import Floats


class AveragePrecision:
    """The average precision of scores on drawn rows, a step function without interpolation.

    `positive` and `scores` have the shape (rows,). Passages of equal score are one step.
    """

    def __init__(self, positive: NDArray[np.bool_], scores: Floats) -> None:
        self._order = np.argsort(-scores, kind="stable")
        self._positive = positive[self._order]
        ranked = scores[self._order]
        self._steps = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], len(ranked) > 0))

    def __call__(self, rows: NDArray[np.intp]) -> float:
        """The figure of these rows, which may come several times; 0 if none of them is positive."""
        times = np.bincount(rows, minlength=len(self._order))[self._order]
        drawn = np.cumsum(times)[self._steps]
        found = np.cumsum(times * self._positive)[self._steps]
        if not len(found) or not found[-1]:
            return 0.0
        gained = np.diff(found, prepend=0)
        at = np.flatnonzero(gained)
        return float((gained[at] / found[-1] * (found[at] / drawn[at])).sum())
