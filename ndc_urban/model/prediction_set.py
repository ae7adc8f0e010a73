"""Contiguous sets of levels that hold the true one with a stated coverage (ordinal conformal prediction).

Method: Lu, Angelopoulos and Pomerantz 2022, "Improving Trustworthiness of AI Disease Severity Rating in Medical
Imaging with Ordinal Conformal Prediction Sets": the set grows from the likeliest level to the likelier neighbour
until it holds enough probability; how much is enough is learned from documents that the model was not fitted to.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ndc_urban.codebook import Scale, likeliest
from ndc_urban.model.assessment import LEVELS, Level, LevelOnScale
from ndc_urban.model.passage_model import Floats


def _growth(probabilities: Floats) -> list[tuple[int, float]]:
    """Levels in the order in which they enter the set, each with the mass that the set held before."""
    low = high = int(probabilities.argmax())
    mass = 0.0
    order = [(low, mass)]
    mass += float(probabilities[low])
    while high - low + 1 < len(probabilities):
        below = float(probabilities[low - 1]) if low > 0 else -1.0
        above = float(probabilities[high + 1]) if high + 1 < len(probabilities) else -1.0
        if above > below:
            high += 1
            order.append((high, mass))
            mass += above
        else:
            low -= 1
            order.append((low, mass))
            mass += below
    return order


def needed_mass(probabilities: Floats, truth: int) -> float:
    """The mass that a set holds just before the true level enters it; the conformity score of a document."""
    return next(mass for level, mass in _growth(probabilities) if level == truth)


def mass_threshold(probabilities: Floats, truths: NDArray[np.int64], coverage: float) -> float:
    """The mass up to which sets must grow so that they hold the true level with at least this coverage.

    `probabilities` has the shape (documents, levels) and must be out of fold; the finite-sample quantile of
    split conformal prediction is taken. Returns 1 where there are too few documents for the coverage asked.
    """
    scores = np.sort([needed_mass(row, int(truth)) for row, truth in zip(probabilities, truths, strict=True)])
    rank = math.ceil((len(scores) + 1) * coverage)
    return float(scores[rank - 1]) if rank <= len(scores) else 1.0


def prediction_set(probabilities: Floats, threshold: float) -> tuple[Level, ...]:
    """The levels in the set of one document, from low to strong."""
    inside = {level for level, mass in _growth(probabilities) if mass <= threshold}
    return tuple(LEVELS[level] for level in sorted(inside))


def level_on_scale(scale: Scale, probabilities: Floats, threshold: float) -> LevelOnScale:
    """The likeliest level with its set, from probabilities of shape (3,)."""
    p_low, p_moderate, p_strong = (float(value) for value in probabilities)
    return LevelOnScale(
        scale,
        likeliest(probabilities.tolist()),
        p_low,
        p_moderate,
        p_strong,
        prediction_set(probabilities, threshold),
    )
