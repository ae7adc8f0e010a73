"""Fits the weights of a passage head to labelled passages. scikit-learn is needed here, not to score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from ndc_urban.identity import party_of
from ndc_urban.labels.records import PassageLabel
from ndc_urban.model.features import is_of_sector
from ndc_urban.model.passage_model import PARTS, Encoded, Floats, Linear, PassageHead
from ndc_urban.model.sparse_rows import SparseRows
from ndc_urban.model.vocabulary import Vocabulary

Booleans = NDArray[np.bool_]
Rows = NDArray[np.intp]

INVERSE_REGULARISATION = 0.1
"""scikit-learn's `C` for all classifiers: strong shrinkage, as there are far more features than passages. Like the
other numbers here it was chosen by trial in cross-fitting; figures of the alternatives are not on record."""
CALIBRATION_C = 100.0
"""`C` of the calibration, which has three parameters and thousands of passages: hardly any shrinkage."""
CALIBRATION_INTERCEPT = 10.0
"""scikit-learn's `intercept_scaling`: above 1, so that the constant of the calibration is shrunk less still."""
POSITIVE_WEIGHT, NEGATIVE_WEIGHT = 2.0, 1.5
"""Weights of urban and other passages in the first round of `fit_windows`, spread over the windows of a passage."""
PRIOR_POWER = {"sector": 0.75, "strand": 0.5, "role": 0.5}
"""How much of the frequency of an attribute is taken out of its score, so that rare sectors are found too; from 0
(nothing) to 1 (all values equally likely at the start)."""
INSTANCE_ROUNDS = 4
"""Rounds in which the urban windows of a passage are chosen again."""
CONFIDENT = 0.5
"""Besides its best window, a window of an urban passage counts as urban from this score (a logit: 62%)."""
BLAS_THREADS = 1
"""liblinear calls BLAS for vectors of one number for each feature. From 10,000 features on, OpenBLAS shares each such
call out to several threads, which then wait for each other: a fit to 256 passages took 1.3 s instead of 0.02 s. With
one thread the sums do not depend on the number of processors either."""
MAX_ITERATIONS = 1000
"""Above what the solver needs, so that it converges; scikit-learn warns if it does not."""
DUST = 0.004
"""Smaller weights of the urban scores become zero, so that the stored model is small: a hundred of them together move a
logit by less than 0.4."""
ATTRIBUTE_DUST = 0.03
"""The same for sector, strand and role, which have one set of weights for each value."""
SEED = 20
"""Any number: the same labels give the same model."""


@dataclass(frozen=True)
class LabelArrays:
    """The labels of passages as arrays, in the order of their rows."""

    code: NDArray[np.str_]
    sector: NDArray[np.str_]
    strand: NDArray[np.str_]
    role: NDArray[np.str_]
    party: NDArray[np.str_]

    @property
    def urban(self) -> Booleans:
        """Whether the code is E or I."""
        return np.isin(self.code, ("E", "I"))


def as_labels(labels: Sequence[PassageLabel]) -> LabelArrays:
    """Records to arrays."""
    return LabelArrays(
        code=np.array([label.code for label in labels]),
        sector=np.array([label.sector for label in labels]),
        strand=np.array([label.strand for label in labels]),
        role=np.array([label.role for label in labels]),
        party=np.array([party_of(label.document) for label in labels]),
    )


def for_fitting(encoded: Encoded[SparseRows]) -> Encoded[csr_matrix]:
    """The same passages as matrices of SciPy."""
    return Encoded(encoded.windows.to_scipy(), encoded.starts, encoded.whole.to_scipy())


def fit_head(
    encoded: Encoded[csr_matrix], labels: LabelArrays, rows: Rows, vocabulary: Vocabulary
) -> PassageHead:
    """Fits all parts of a head on the given rows; `mix` is left at equal shares until out-of-fold scores exist.

    Features that only identify the sector say nothing about the rest: the other parts are fitted without them.
    """
    urban = labels.urban
    inside = np.zeros(len(urban), dtype=bool)
    inside[rows] = True
    others = np.array([not is_of_sector(name) for name in vocabulary.names], dtype=np.float32)
    whole = csr_matrix(encoded.whole @ diags_array(others))
    windows = csr_matrix(encoded.windows @ diags_array(others))
    with threadpool_limits(limits=BLAS_THREADS, user_api="blas"):
        return PassageHead(
            vocabulary=vocabulary,
            window=fit_windows(replace(encoded, windows=windows), urban, inside),
            whole=fit_binary(whole[rows], urban[rows]),
            mix=(0.5, 0.5, 0.0),
            explicit=fit_binary(whole[inside & urban], labels.code[inside & urban] == "E"),
            incidental=fit_binary(whole[inside & ~urban], labels.code[inside & ~urban] == "X"),
            sector=fit_attribute(encoded.whole, labels.sector, inside & urban, PRIOR_POWER["sector"]),
            strand=fit_attribute(whole, labels.strand, inside & urban, PRIOR_POWER["strand"]),
            role=fit_attribute(whole, labels.role, inside & urban, PRIOR_POWER["role"]),
        )


def fit_binary(matrix: csr_matrix, positive: Booleans, weights: Floats | None = None) -> Linear:
    """Logistic regression with an L2 penalty."""
    model = LogisticRegression(
        C=INVERSE_REGULARISATION, solver="liblinear", random_state=SEED, max_iter=MAX_ITERATIONS
    ).fit(matrix, positive, sample_weight=weights)
    return Linear(_without_dust(model.coef_, DUST), model.intercept_.astype(np.float32))


def fit_windows(encoded: Encoded[csr_matrix], urban: Booleans, inside: Booleans) -> Linear:
    """Multiple-instance logistic regression.

    All windows of a passage that is not urban are not urban. Of an urban passage the window that scores best is, and
    whichever else the last round was sure of; the others say nothing and are left out (mi-SVM with a logistic loss;
    Andrews, Tsochantaridis and Hofmann 2002).
    """
    owners = encoded.owners
    rows = np.flatnonzero(inside[owners])
    positive = urban[owners[rows]]
    weights = 1.0 / np.bincount(owners)[owners[rows]]
    model = fit_binary(
        encoded.windows[rows], positive, weights * np.where(positive, POSITIVE_WEIGHT, NEGATIVE_WEIGHT)
    )
    for _ in range(INSTANCE_ROUNDS):
        scores = model.scores(encoded.windows[rows])[:, 0]
        best = np.full(len(urban), -np.inf)
        np.maximum.at(best, owners[rows], scores)
        kept = ~positive | (scores >= best[owners[rows]]) | (scores > CONFIDENT)
        model = fit_binary(encoded.windows[rows[kept]], positive[kept])
    return model


def fit_attribute(
    matrix: csr_matrix, values: NDArray[np.str_], inside: Booleans, prior_power: float
) -> Linear:
    """One logistic regression against the rest for each value of an attribute (sector, strand or role) that occurs.

    Features are scaled by the square root of how well they distinguish the value from the others (a softer form of Wang
    and Manning 2012, "Baselines and Bigrams"), and part of the value's frequency is taken out of its score (logit
    adjustment; Menon et al. 2021).
    """
    rows = np.flatnonzero(inside & (values != ""))
    names = sorted(set(values[rows].tolist()))
    chosen = matrix[rows]
    present = chosen.astype(bool).astype(np.float64)
    weights, biases = [], []
    for name in names:
        positive = values[rows] == name
        scale = _distinctiveness(present, positive)
        model = LogisticRegression(
            C=INVERSE_REGULARISATION, solver="liblinear", random_state=SEED, max_iter=MAX_ITERATIONS
        ).fit(chosen @ diags_array(scale), positive)
        weights.append(model.coef_[0] * scale)
        biases.append(model.intercept_[0] - prior_power * np.log(positive.mean()))
    return Linear(
        _without_dust(np.array(weights), ATTRIBUTE_DUST), np.array(biases, dtype=np.float32), tuple(names)
    )


def _distinctiveness(present: csr_matrix, positive: Booleans) -> Floats:
    """Square root of the absolute log ratio of each feature's frequency with the value and without it, smoothed."""
    with_value, without = (
        (np.asarray(present[chosen].sum(axis=0)).ravel() + 1) / (chosen.sum() + 2)
        for chosen in (positive, ~positive)
    )
    return np.asarray(np.sqrt(np.abs(np.log(with_value) - np.log(without))))


def _without_dust(weights: Floats, dust: float) -> NDArray[np.float32]:
    """Weights too small to matter become zero, so that a stored model is small; half precision, as it is stored."""
    return np.where(abs(weights) < dust, 0.0, weights).astype(np.float16).astype(np.float32)


def fit_mix(scales: Floats, urban: Booleans) -> tuple[float, float, float]:
    """Joins window and whole score (shape (passages, 2), out of fold) into a calibrated logit."""
    model = LogisticRegression(
        C=CALIBRATION_C, solver="liblinear", intercept_scaling=CALIBRATION_INTERCEPT, random_state=SEED
    )
    model.fit(scales, urban)
    window, whole = model.coef_[0]
    return float(max(window, 0.0)), float(max(whole, 0.0)), float(model.intercept_[0])


def compacted(head: PassageHead) -> PassageHead:
    """The same head over the features that carry any weight."""
    parts = {name: getattr(head, name) for name in PARTS}
    used = np.flatnonzero(np.any([abs(part.weights).max(axis=0) > 0 for part in parts.values()], axis=0))
    return replace(
        head,
        vocabulary=Vocabulary(tuple(head.vocabulary.names[column] for column in used)),
        **{name: replace(part, weights=part.weights[:, used]) for name, part in parts.items()},
    )
