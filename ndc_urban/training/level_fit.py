"""Fits the level model: one set of weights for all kinds of coders, and cut points of its own for each.

Our readers apply the codebook, UN-Habitat's graders their own judgement; they weigh the same things and draw their
lines in other places. A proportional-odds model (McCullagh 1980) whose thresholds depend on the rater and whose weights
do not is the multirater ordinal model of Johnson 1996, "On Bayesian Analysis of Multirater Ordinal Data".
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from ndc_urban.codebook import LEVELS, SCALES, Scale
from ndc_urban.model.level_model import LEVEL_FEATURES, LevelModel
from ndc_urban.model.passage_model import Floats, logistic
from ndc_urban.model.prediction_set import mass_threshold
from ndc_urban.training.fitting import BLAS_THREADS
from ndc_urban.training.scored_versions import ScoredVersion

LEAST_OF_ROUND = 40
"""Documents that a round needs for a threshold of its own: four then lie beyond a rate of 90%."""

Integers = NDArray[np.int64]

LEAST_SPREAD = 1e-6
"""Keeps the division by a standard deviation of 0 finite."""
LEAST_PROBABILITY = 1e-9
"""Keeps the logarithm of a probability of 0 finite."""
FIRST_WEIGHT, FIRST_CUT, FIRST_GAP = 0.3, 1.0, 0.5
"""Where the fit begins: any sound start will do, as the problem is convex in the weights. The last is the logarithm of
the distance of the cuts."""
GAP_BOUNDS = (-3.0, 4.0)
"""The distance of two cuts is kept between 0.05 and 55."""


def fold_of(party: str, folds: int) -> int:
    """The fold of a Party: fixed by its name, so that it never depends on what else is in the data."""
    return int.from_bytes(hashlib.sha256(party.encode()).digest()[:4], "big") % folds


@dataclass(frozen=True)
class _Observations:
    """`inputs` (rows, features), each with the level number that a kind of coder gave; `scale` counts in `scales`."""

    inputs: Floats
    level: Integers
    scale: Integers
    scales: tuple[Scale, ...]


def fit_levels(versions: Sequence[ScoredVersion], penalty: float) -> LevelModel:
    """Proportional-odds regression with non-negative weights, by penalised maximum likelihood.

    Each version of a document counts as one: it is a reading of its own, with the errors that its format brings, and
    the model is to give all of them the level of the document. A version counts once for each kind of coder.
    """
    features = np.array([version.features for version in versions])
    spread = np.maximum(features.std(axis=0), LEAST_SPREAD)
    data = _observations(versions, features / spread)
    size, scales = len(LEVEL_FEATURES), len(data.scales)
    start = np.concatenate([np.full(size, FIRST_WEIGHT), np.tile([FIRST_CUT, FIRST_GAP], scales)])
    bounds = [(0.0, None)] * size + [(None, None), GAP_BOUNDS] * scales
    with threadpool_limits(limits=BLAS_THREADS, user_api="blas"):
        found = minimize(_loss, start, args=(data, penalty), jac=True, method="L-BFGS-B", bounds=bounds).x
    cuts = _cuts(found, size)
    return LevelModel(
        found[:size], spread, dict(zip(data.scales, cuts, strict=True)), typical=features.mean(axis=0)
    )


def _observations(versions: Sequence[ScoredVersion], inputs: Floats) -> _Observations:
    rows = [
        (row, level, scale) for row, version in enumerate(versions) for scale, level in version.levels.items()
    ]
    scales = _scales(versions)
    return _Observations(
        inputs[[row for row, _, _ in rows]],
        np.array([level for _, level, _ in rows]),
        np.array([scales.index(scale) for _, _, scale in rows]),
        scales,
    )


def _scales(versions: Sequence[ScoredVersion]) -> tuple[Scale, ...]:
    """Those that a version has a level on."""
    return tuple(scale for scale in SCALES if any(scale in version.levels for version in versions))


def _cuts(parameters: Floats, size: int) -> Floats:
    """The cuts of each scale, shape (scales, 2)."""
    pairs = parameters[size:].reshape(-1, 2)
    return np.column_stack([pairs[:, 0], pairs[:, 0] + np.exp(pairs[:, 1])])


def _loss(parameters: Floats, data: _Observations, penalty: float) -> tuple[float, Floats]:
    """The penalised negative log-likelihood with its gradient."""
    size = data.inputs.shape[1]
    weights, cuts = parameters[:size], _cuts(parameters, size)
    at_least = logistic((data.inputs @ weights)[:, None] - cuts[data.scale])
    slopes = at_least * (1.0 - at_least)
    # A level's probability is a difference of two neighbours among 1, P(at least moderate), P(strong) and 0.
    chosen = np.arange(len(data.level)), data.level
    ends = np.column_stack([np.ones(len(at_least)), at_least, np.zeros(len(at_least))])
    likelihood = np.maximum((ends[:, :-1] - ends[:, 1:])[chosen], LEAST_PROBABILITY)
    edges = np.column_stack([np.zeros(len(slopes)), slopes, np.zeros(len(slopes))])
    by_score = -(edges[:, :-1] - edges[:, 1:])[chosen] / likelihood
    by_cut = np.zeros_like(slopes)
    by_cut[:, 0] = np.select([data.level == 0, data.level == 1], [-slopes[:, 0], slopes[:, 0]]) / likelihood
    by_cut[:, 1] = np.select([data.level == 1, data.level == 2], [-slopes[:, 1], slopes[:, 1]]) / likelihood
    of_cuts = np.zeros_like(cuts)
    np.add.at(of_cuts, data.scale, by_cut)
    gaps = np.exp(parameters[size:].reshape(-1, 2)[:, 1])
    of_pairs = np.column_stack([of_cuts.sum(axis=1), of_cuts[:, 1] * gaps])
    gradient = np.concatenate([data.inputs.T @ by_score + penalty * weights, of_pairs.ravel()])
    return float(-np.log(likelihood).sum() + penalty / 2 * (weights**2).sum()), gradient


def masses(
    versions: Sequence[ScoredVersion], by_scale: Mapping[Scale, Floats], coverage: float
) -> Mapping[Scale, float]:
    """The threshold of the prediction sets on each scale, from the versions' out-of-fold probabilities on it."""
    found: dict[Scale, float] = {}
    for scale, probabilities in by_scale.items():
        rows = read_versions(versions, scale)
        truth = np.array([versions[row].levels[scale] for row in rows])
        rounds = np.array([versions[row].round for row in rows])
        found[scale] = set_threshold(probabilities[rows], truth, rounds, coverage)
    return found


def read_versions(versions: Sequence[ScoredVersion], scale: Scale) -> list[int]:
    """One version of each document with a level on the scale: the one that was coded, else the first."""
    chosen: dict[str, int] = {}
    for row, version in enumerate(versions):
        if scale in version.levels and (version.is_coded_version or version.document not in chosen):
            chosen[version.document] = row
    return list(chosen.values())


def set_threshold(probabilities: Floats, truth: Integers, rounds: NDArray[np.str_], coverage: float) -> float:
    """The mass with which sets hold the level at the stated rate in every round, not only on average.

    A round has one document of each Party, so that Parties are the units. The largest threshold of all rounds is taken
    (group-conditional conformal prediction; Vovk 2012), as nobody knows to which round the next document belongs.
    """
    thresholds = [mass_threshold(probabilities, truth, coverage)]
    for name in np.unique(rounds):
        inside = rounds == name
        if inside.sum() >= LEAST_OF_ROUND:
            thresholds.append(mass_threshold(probabilities[inside], truth[inside], coverage))
    return max(thresholds)


def out_of_fold_probabilities(
    versions: Sequence[ScoredVersion], folds: int, penalty: float
) -> Mapping[Scale, Floats]:
    """Level probabilities of every version on each scale that any of them has a level on, shape (versions, 3), by
    models that have not seen its Party: one model is fitted for each fold.
    """
    fold = np.array([fold_of(version.party, folds) for version in versions])
    by_scale = {scale: np.zeros((len(versions), len(LEVELS))) for scale in _scales(versions)}
    for held_out in np.unique(fold):
        others = [version for version, each in zip(versions, fold, strict=True) if each != held_out]
        model = fit_levels(others, penalty)
        rows = np.flatnonzero(fold == held_out)
        features = np.array([versions[int(row)].features for row in rows])
        for scale, probabilities in by_scale.items():
            probabilities[rows] = model.probabilities(features, scale)
    return by_scale
