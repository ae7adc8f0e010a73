"""The passage model: is a passage about cities, and which code, sector, strand and role would a coder give it?

All parts are linear in named features, so that a score can be traced to words and concepts. Whether a passage is
urban is read at two scales: the best of its windows (multiple-instance learning: a bag is positive when one of its
instances is; Dietterich, Lathrop and Lozano-Pérez 1997) and the whole passage; a logistic regression on
out-of-fold scores joins and calibrates the two (stacking, Wolpert 1992; Platt 1999).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from ndc_urban.document import Passage
from ndc_urban.model.features import FeatureExtractor, PassageFeatures
from ndc_urban.model.sparse_rows import FeatureRows, SparseRows, product
from ndc_urban.model.vocabulary import Vocabulary

R = TypeVar("R", bound=FeatureRows)
Floats = NDArray[np.float64]
Strings = NDArray[np.str_]
STRING = "<U2"

PARTS = ("window", "whole", "explicit", "incidental", "sector", "strand", "role")
"""The linear parts of a head."""

RULED_OUT = -30.0
"""Logit of a value that a head does not know: far below any that is fitted."""

URBAN_FROM = 0.5
"""A passage counts as urban from this probability on: it is the likelier of the two."""

WORDS = "words"
CONCEPTS = "concepts"
"""The head that reads words and concepts, and the one that reads concepts alone, for languages without labels."""


@dataclass(frozen=True)
class Linear:
    """Scores `X @ weights.T + bias`: weights of shape (outputs, features), bias of shape (outputs,)."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.weights.ndim != 2 or self.bias.shape != (self.weights.shape[0],):
            raise ValueError("weights have the shape (outputs, features), bias the shape (outputs,)")
        if self.labels and len(self.labels) != self.weights.shape[0]:
            raise ValueError("one label for each output")

    @cached_property
    def _by_feature(self) -> NDArray[np.float32]:
        """The weights, shape (features, outputs), those of a feature side by side in memory."""
        return np.ascontiguousarray(self.weights.T)

    def scores(self, matrix: FeatureRows) -> Floats:
        """Decision values of shape (rows, outputs)."""
        return product(matrix, self._by_feature).astype(np.float64) + self.bias


@dataclass(frozen=True)
class Encoded(Generic[R]):
    """Passages as matrices: `windows` (all windows in order), `starts` (first window of each), `whole`."""

    windows: R
    starts: NDArray[np.intp]
    whole: R

    @property
    def owners(self) -> NDArray[np.intp]:
        """For each window the row of its passage."""
        lengths = np.diff(np.append(self.starts, self.windows.shape[0]))
        return np.repeat(np.arange(len(self.starts)), lengths)


def encode(features: Sequence[PassageFeatures], vocabulary: Vocabulary) -> Encoded[SparseRows]:
    """Passages as matrices over a vocabulary; a passage of one window is looked up once."""
    counts = np.array([len(each.windows) for each in features])
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.intp)
    longer = np.flatnonzero(counts > 1)
    bags = [bag for each in features for bag in each.windows]
    matrix = vocabulary.encode([*bags, *(each.whole for each in features if len(each.windows) > 1)])
    whole = starts.copy()
    whole[longer] = len(bags) + np.arange(len(longer))
    return Encoded(windows=matrix.first(len(bags)), starts=starts, whole=matrix.at(whole))


@dataclass(frozen=True)
class PassageScores:
    """What a model says of passages: arrays of one length, attributes empty unless the code is E or I.

    `p_explicit` is the probability of E (of E or I: `p_urban`).
    """

    p_urban: Floats
    p_explicit: Floats
    code: Strings
    sector: Strings
    strand: Strings
    role: Strings

    @classmethod
    def empty(cls, length: int) -> PassageScores:
        """Scores to be filled in by `put`."""
        return cls(np.zeros(length), np.zeros(length), *(np.full(length, "", dtype=STRING) for _ in range(4)))

    def at(self, rows: NDArray[np.intp]) -> PassageScores:
        """The scores of some rows."""
        return PassageScores(
            self.p_urban[rows],
            self.p_explicit[rows],
            self.code[rows],
            self.sector[rows],
            self.strand[rows],
            self.role[rows],
        )

    @classmethod
    def joined(cls, parts: Sequence[PassageScores]) -> PassageScores:
        """The scores of several runs of passages, one after the other."""
        return cls(
            np.concatenate([part.p_urban for part in parts]),
            np.concatenate([part.p_explicit for part in parts]),
            np.concatenate([part.code for part in parts]),
            np.concatenate([part.sector for part in parts]),
            np.concatenate([part.strand for part in parts]),
            np.concatenate([part.role for part in parts]),
        )

    def put(self, rows: NDArray[np.intp], scores: PassageScores) -> None:
        """Fills in the scores of some rows."""
        self.p_urban[rows] = scores.p_urban
        self.p_explicit[rows] = scores.p_explicit
        self.code[rows] = scores.code
        self.sector[rows] = scores.sector
        self.strand[rows] = scores.strand
        self.role[rows] = scores.role


@dataclass(frozen=True)
class Decisions:
    """Decision values of passages before anything is decided: logits of shape (passages,), attributes
    (passages, values) for sector, strand and role.

    `urban` is the calibrated logit of `p_urban`, `explicit` that of E among E and I, `incidental` of X among X and N.
    """

    urban: Floats
    explicit: Floats
    incidental: Floats
    attributes: tuple[Floats, Floats, Floats]
    labels: tuple[tuple[str, ...], ...]

    def scores(self) -> PassageScores:
        """All that follows from the decision values.

        Of the codes, the likelier of urban and not urban comes first and then the likelier code within, so that the
        code always agrees with `p_urban`.
        """
        p_urban = logistic(self.urban)
        urban = p_urban >= URBAN_FROM
        code = np.where(
            urban, np.where(self.explicit > 0, "E", "I"), np.where(self.incidental > 0, "X", "N")
        ).astype(STRING)
        attributes = [
            np.where(urban, np.array(labels, dtype=STRING)[values.argmax(axis=1)], "").astype(STRING)
            for values, labels in zip(self.attributes, self.labels, strict=True)
        ]
        return PassageScores(p_urban, p_urban * logistic(self.explicit), code, *attributes)

    def at(self, rows: NDArray[np.intp]) -> Decisions:
        """The decision values of some rows."""
        attributes = tuple(values[rows] for values in self.attributes)
        return Decisions(
            self.urban[rows],
            self.explicit[rows],
            self.incidental[rows],
            (attributes[0], attributes[1], attributes[2]),
            self.labels,
        )


def blended(decisions: Sequence[Decisions], shares: Sequence[float]) -> Decisions:
    """The weighted mean of several heads' decision values, a product of experts in logits (Hinton 2002).

    Attributes are a plain mean: the shares are there to make codes and levels alike across languages.
    """
    if len(decisions) == 1:
        return decisions[0]

    def mean(values: Sequence[Floats]) -> Floats:
        return np.asarray(np.average(values, axis=0, weights=shares))

    attributes = [np.mean([each.attributes[kind] for each in decisions], axis=0) for kind in range(3)]
    return Decisions(
        mean([each.urban for each in decisions]),
        mean([each.explicit for each in decisions]),
        mean([each.incidental for each in decisions]),
        (attributes[0], attributes[1], attributes[2]),
        decisions[0].labels,
    )


def joined(
    parts: Sequence[tuple[NDArray[np.intp], Decisions]], labels: tuple[tuple[str, ...], ...]
) -> Decisions:
    """Decisions on all rows from those on parts of them; a value that a part does not know is ruled out there."""
    length = sum(len(rows) for rows, _ in parts)
    urban, explicit, incidental = (np.zeros(length) for _ in range(3))
    attributes = tuple(np.full((length, len(names)), RULED_OUT) for names in labels)
    for rows, decisions in parts:
        urban[rows], explicit[rows] = decisions.urban, decisions.explicit
        incidental[rows] = decisions.incidental
        for values, names, part, known in zip(
            attributes, labels, decisions.attributes, decisions.labels, strict=True
        ):
            values[np.ix_(rows, np.array([names.index(name) for name in known]))] = part
    return Decisions(urban, explicit, incidental, (attributes[0], attributes[1], attributes[2]), labels)


@dataclass(frozen=True)
class PassageHead:
    """One set of weights over one vocabulary.

    `mix` holds the weights of the window score, of the whole score and the constant of the logit of `p_urban`.
    """

    vocabulary: Vocabulary
    window: Linear
    whole: Linear
    mix: tuple[float, float, float]
    explicit: Linear
    incidental: Linear
    sector: Linear
    strand: Linear
    role: Linear

    @property
    def attribute_values(self) -> tuple[tuple[str, ...], ...]:
        """The sectors, strands and roles that the head distinguishes."""
        return (self.sector.labels, self.strand.labels, self.role.labels)

    def two_scales(self, encoded: Encoded[R]) -> Floats:
        """Window score and whole score of each passage, shape (passages, 2)."""
        return np.column_stack(
            [
                soft_maximum(self.window.scores(encoded.windows)[:, 0], encoded.starts),
                self.whole.scores(encoded.whole)[:, 0],
            ]
        )

    def decide(self, encoded: Encoded[R]) -> Decisions:
        """The decision values of the passages."""
        whole = encoded.whole
        return Decisions(
            urban=self.two_scales(encoded) @ np.asarray(self.mix[:2]) + self.mix[2],
            explicit=self.explicit.scores(whole)[:, 0],
            incidental=self.incidental.scores(whole)[:, 0],
            attributes=(self.sector.scores(whole), self.strand.scores(whole), self.role.scores(whole)),
            labels=self.attribute_values,
        )


def soft_maximum(values: Floats, starts: NDArray[np.intp]) -> Floats:
    """Log of the sum of exponentials over each run of values; a run begins at each start."""
    top = np.maximum.reduceat(values, starts)
    lengths = np.diff(np.append(starts, len(values)))
    spread = np.exp(values - np.repeat(top, lengths))
    return np.asarray(top + np.log(np.add.reduceat(spread, starts)))


def logistic(values: Floats) -> Floats:
    """1 / (1 + exp(-x)) without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)))


@dataclass(frozen=True)
class PassageModel:
    """Heads by name, and the shares of those that read a language together (`*` stands for all other languages)."""

    heads: Mapping[str, PassageHead]
    heads_of: Mapping[str, Mapping[str, float]]
    extractor: FeatureExtractor

    def __post_init__(self) -> None:
        if "*" not in self.heads_of or not all(self.heads_of.values()):
            raise ValueError("every language has a head, and * stands for those that are not named")
        for shares in self.heads_of.values():
            if not (min(shares.values()) > 0 and math.isclose(sum(shares.values()), 1.0)):
                raise ValueError(
                    "every head that reads a language has a share in it, and the shares sum to 1"
                )
        for names in self.heads_of.values():
            if len({self.heads[name].attribute_values for name in names}) > 1:
                raise ValueError(
                    "heads that read a language together know the same sectors, strands and roles"
                )

    def shares_for(self, language: str) -> Mapping[str, float]:
        """The heads that read a language, and the share of each."""
        return self.heads_of.get(language, self.heads_of["*"])

    def features_of(self, passage: Passage) -> PassageFeatures:
        """The features that the heads of the passage's language may know."""
        heads = self.shares_for(passage.language)
        words = any(self.heads[name].vocabulary.has_words for name in heads)
        return self.extractor.extract(passage, words=words)

    def score(self, passages: Sequence[Passage]) -> PassageScores:
        """Scores of passages in any mix of languages."""
        features = [self.features_of(passage) for passage in passages]
        readers = [passage.language if passage.language in self.heads_of else "*" for passage in passages]
        scores = PassageScores.empty(len(passages))
        for reader in sorted(set(readers)):
            shares = self.heads_of[reader]
            rows = np.array([row for row, each in enumerate(readers) if each == reader])
            chosen = [features[row] for row in rows]
            decisions = [
                self.heads[name].decide(encode(chosen, self.heads[name].vocabulary)) for name in shares
            ]
            scores.put(rows, blended(decisions, tuple(shares.values())).scores())
        return scores
