"""Training: from labelled passages and levels to a model, with out-of-fold scores for all that is fitted on top.

Folds keep all documents of a Party together. Out-of-fold scores of passages fit the mix (the calibration) and the
level model, so that neither is fitted to scores which the passage weights have seen the answers of (stacking).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.optimize import minimize

from ndc_urban.codebook import CODES, LEVELS
from ndc_urban.errors import AnnotationsInvalid
from ndc_urban.lexicon import load_lexicon
from ndc_urban.model.features import FeatureExtractor, PassageFeatures, is_language_free
from ndc_urban.model.level_model import LEVEL_FEATURES, LevelFeatureCounter, LevelModel, level_probabilities
from ndc_urban.model.passage_model import (
    CONCEPTS,
    WORDS,
    Decisions,
    Encoded,
    Floats,
    PassageHead,
    PassageModel,
    PassageScores,
    encode,
    joined,
)
from ndc_urban.model.prediction_set import mass_threshold
from ndc_urban.model.urban_model import UrbanModel
from ndc_urban.model.vocabulary import build_vocabulary
from ndc_urban.training.dataset import Dataset, LabelledPassage
from ndc_urban.training.fitting import LabelArrays, as_labels, compacted, fit_head, fit_mix
from ndc_urban.training.scored_versions import ScoredVersion, scored_versions

Integers = NDArray[np.int64]
Say = Callable[[str], None]

HEADS_OF = {"en": {WORDS: 0.35, CONCEPTS: 0.65}, "*": {CONCEPTS: 1.0}}
"""English is read by both heads, so that its scores stay close to those of the languages that one head reads alone.
Average precision of the heads `words` and `concepts` and of both together is in `metrics.json`; the shares were chosen
by trial, for levels that agree between an original and its translation."""
LEAST_SCALE = 1e-6
"""Keeps the division by a standard deviation of 0 finite."""
LEAST_PROBABILITY = 1e-9
"""Keeps the logarithm of a probability of 0 finite."""
KEEP: dict[str, Callable[[str], bool]] = {WORDS: lambda name: True, CONCEPTS: is_language_free}


@dataclass(frozen=True)
class Recipe:
    """What can be chosen in training; the defaults made the shipped model.

    With eight `folds` a model is fitted to seven eighths of the Parties. A word must occur in documents of
    `min_parties` Parties, so that a name that one Party uses is not learned. `level_penalty` weighs the squared weights
    of the level model; 2.0 was chosen by trial. `coverage` is what the prediction sets promise.
    """

    name: str = "default"
    folds: int = 8
    min_parties: int = 3
    level_penalty: float = 2.0
    coverage: float = 0.9
    jobs: int = 2

    def __post_init__(self) -> None:
        if self.folds < 2:
            raise ValueError("there are at least two folds")
        if not 0.5 <= self.coverage < 1:
            raise ValueError("the coverage lies between 0.5 and 1")


def fold_of(party: str, folds: int) -> int:
    """The fold of a Party: fixed by its name, so that it never depends on what else is in the data."""
    return int.from_bytes(hashlib.sha256(party.encode()).digest()[:4], "big") % folds


@dataclass(frozen=True)
class CrossFit:
    """A head, the same head fitted without one fold each, and their out-of-fold decisions on the labelled passages."""

    head: PassageHead
    by_fold: tuple[PassageHead, ...]
    decisions: Decisions

    @property
    def scores(self) -> PassageScores:
        """The out-of-fold scores of the labelled passages."""
        return self.decisions.scores()


@dataclass(frozen=True)
class TrainingResult:
    """A model with the out-of-fold scores that its evaluation needs."""

    model: UrbanModel
    passages: tuple[LabelledPassage, ...]
    fits: dict[str, CrossFit]
    documents: tuple[ScoredVersion, ...]
    recipe: Recipe
    dataset: Dataset

    @cached_property
    def probabilities(self) -> Floats:
        """Out-of-fold level probabilities of `documents`, shape (documents, 3)."""
        return out_of_fold_probabilities(self.documents, self.recipe)


def train(dataset: Dataset, recipe: Recipe, *, say: Say = lambda line: None) -> TrainingResult:
    """Fits a model to a data set; `say` gets a line for each step."""
    require_variety(dataset, recipe)
    extractor = FeatureExtractor(load_lexicon())
    labels = as_labels([labelled.label for labelled in dataset.passages])
    say(f"reading the features of {len(dataset.passages)} passages")
    features = [extractor.extract(labelled.passage) for labelled in dataset.passages]
    fits = {name: _cross_fit(name, features, labels, recipe, say) for name in sorted(KEEP)}
    del features
    say("scoring the coded documents out of fold")
    counter = LevelFeatureCounter(load_lexicon())
    documents = scored_versions(dataset, counter, _unseen(fits, extractor, recipe.folds))
    level_model = fit_levels(documents, recipe.level_penalty)
    probabilities = out_of_fold_probabilities(documents, recipe)
    coded = [row for row, document in enumerate(documents) if document.is_coded_version]
    truths = np.array([documents[row].level for row in coded])
    model = UrbanModel(
        passage_model=PassageModel(
            {name: compacted(fit.head) for name, fit in fits.items()}, HEADS_OF, extractor
        ),
        level_model=level_model,
        counter=counter,
        mass=mass_threshold(probabilities[coded], truths, recipe.coverage),
        coverage=recipe.coverage,
        name=recipe.name,
        trained_on=frozenset(chain.from_iterable(document.files for document in dataset.documents)),
        details=_details(dataset, recipe),
    )
    return TrainingResult(model, dataset.passages, fits, documents, recipe, dataset)


def require_variety(dataset: Dataset, recipe: Recipe) -> None:
    """Raises `AnnotationsInvalid` for data that nothing can be learned from, before any fold fails on it."""
    lacking = [
        f"passages coded {code}" for code in CODES if not _in_every_training_fold(dataset, code, recipe.folds)
    ]
    for attribute in ("sector", "strand", "role"):
        values = {getattr(each.label, attribute) for each in dataset.passages} - {""}
        if len(values) < 2:
            lacking.append(f"two different values of {attribute}")
    if len({document.label.level for document in dataset.documents}) < len(LEVELS):
        lacking.append("documents of all three levels")
    if lacking:
        raise AnnotationsInvalid(
            f"There is too little to train on: every fold needs {', '.join(lacking)}.",
            remedy="Annotate documents of more Parties, with urban and other passages and with all levels.",
        )


def _in_every_training_fold(dataset: Dataset, code: str, folds: int) -> bool:
    """Whether a code is left when any one fold is held out."""
    found = {fold_of(each.party, folds) for each in dataset.passages if each.label.code == code}
    return len(found) > 1


def _details(dataset: Dataset, recipe: Recipe) -> dict[str, Any]:
    return {
        "passages": len(dataset.passages),
        "documents": len(dataset.documents),
        "parties": len({document.party for document in dataset.documents}),
        "folds": recipe.folds,
        "min_parties": recipe.min_parties,
        "level_penalty": recipe.level_penalty,
    }


def _cross_fit(
    name: str,
    features: Sequence[PassageFeatures],
    labels: LabelArrays,
    recipe: Recipe,
    say: Say,
) -> CrossFit:
    bags = chain.from_iterable((each.whole, *each.windows) for each in features)
    parties = chain.from_iterable(
        [party] * (1 + len(each.windows)) for party, each in zip(labels.party, features, strict=True)
    )
    vocabulary = build_vocabulary(bags, parties, min_parties=recipe.min_parties, keep=KEEP[name])
    encoded = encode(features, vocabulary)
    fold = np.array([fold_of(party, recipe.folds) for party in labels.party])
    occupied = np.unique(fold).tolist()
    say(f"{name}: fitting {len(vocabulary)} features in {len(occupied)} folds")
    head, *others = Parallel(n_jobs=recipe.jobs)(
        delayed(fit_head)(encoded, labels, np.flatnonzero(fold != held_out), vocabulary)
        for held_out in [-1, *occupied]
    )
    of_fold = dict(zip(occupied, others, strict=True))
    by_fold = [of_fold.get(held_out, head) for held_out in range(recipe.folds)]
    return _calibrated(head, by_fold, encoded, labels, fold)


def _calibrated(
    head: PassageHead, by_fold: Sequence[PassageHead], encoded: Encoded, labels: LabelArrays, fold: Integers
) -> CrossFit:
    """Gives each head its mix, learned on the other folds' out-of-fold scores."""
    scales = np.zeros((len(fold), 2))
    for held_out, fitted in enumerate(by_fold):
        rows = np.flatnonzero(fold == held_out)
        scales[rows] = fitted.two_scales(_rows(encoded, rows))
    mixed = [
        replace(fitted, mix=fit_mix(scales[fold != held_out], labels.urban[fold != held_out]))
        for held_out, fitted in enumerate(by_fold)
    ]
    parts = [
        (rows, fitted.decide(_rows(encoded, rows)))
        for held_out, fitted in enumerate(mixed)
        if (rows := np.flatnonzero(fold == held_out)).size
    ]
    decisions = joined(parts, head.attribute_values)
    return CrossFit(replace(head, mix=fit_mix(scales, labels.urban)), tuple(mixed), decisions)


def _rows(encoded: Encoded, rows: NDArray[np.intp]) -> Encoded:
    inside = np.isin(encoded.owners, rows)
    owners = encoded.owners[inside]
    starts = np.flatnonzero(np.concatenate([[True], owners[1:] != owners[:-1]])) if len(owners) else owners
    return Encoded(encoded.windows[inside], starts.astype(np.intp), encoded.whole[rows])


def _unseen(
    fits: Mapping[str, CrossFit], extractor: FeatureExtractor, folds: int
) -> Callable[[str], PassageModel]:
    """For a Party the passage model that was fitted without it."""
    models = [
        PassageModel({name: fit.by_fold[held_out] for name, fit in fits.items()}, HEADS_OF, extractor)
        for held_out in range(folds)
    ]
    return lambda party: models[fold_of(party, folds)]


def fit_levels(documents: Sequence[ScoredVersion], penalty: float) -> LevelModel:
    """Proportional-odds regression with non-negative weights, by penalised maximum likelihood.

    Each version of a document counts as one: it is a reading of its own, with the errors that its format brings, and
    the model is to give all of them the level of the document.
    """
    features = np.array([document.features for document in documents])
    levels = np.array([document.level for document in documents])
    scale = np.maximum(features.std(axis=0), LEAST_SCALE)
    inputs = features / scale

    def loss(parameters: Floats) -> float:
        cuts = np.array([parameters[-2], parameters[-2] + np.exp(parameters[-1])])
        probabilities = level_probabilities(inputs @ parameters[:-2], cuts)
        likelihood = np.log(np.clip(probabilities[np.arange(len(levels)), levels], LEAST_PROBABILITY, 1.0))
        return float(-likelihood.sum() + penalty / 2 * (parameters[:-2] ** 2).sum())

    # The problem is convex in the weights, so that any sound start will do; the last parameter is the logarithm of the
    # distance of the cuts, which is kept between 0.05 and 55.
    start = np.concatenate([np.full(len(LEVEL_FEATURES), 0.3), [1.0, 0.5]])
    bounds = [(0.0, None)] * len(LEVEL_FEATURES) + [(None, None), (-3.0, 4.0)]
    found = minimize(loss, start, method="L-BFGS-B", bounds=bounds).x
    cuts = np.array([found[-2], found[-2] + np.exp(found[-1])])
    return LevelModel(found[:-2], scale, cuts, typical=features.mean(axis=0))


def out_of_fold_probabilities(documents: Sequence[ScoredVersion], recipe: Recipe) -> Floats:
    """Level probabilities of every version, shape (versions, 3), from level models that have not seen the Party."""
    folds = np.array([fold_of(document.party, recipe.folds) for document in documents])
    probabilities = np.zeros((len(documents), len(LEVELS)))
    for held_out in np.unique(folds):
        model = fit_levels(
            [document for document, fold in zip(documents, folds, strict=True) if fold != held_out],
            recipe.level_penalty,
        )
        rows = np.flatnonzero(folds == held_out)
        probabilities[rows] = model.probabilities(np.array([documents[int(row)].features for row in rows]))
    return probabilities


def last_round(trained: TrainingResult) -> tuple[tuple[ScoredVersion, ...], Floats] | None:
    """Documents of the last round and their level probabilities by models of the earlier rounds without their Party.

    None where the documents are of one round, or where the earlier ones are too few to train on.
    """
    dataset, recipe = trained.dataset, trained.recipe
    last = max(document.round for document in dataset.documents)
    earlier = Dataset(
        tuple(each for each in dataset.passages if not each.label.document.endswith(f"_{last}")),
        tuple(document for document in dataset.documents if document.round != last),
    )
    try:
        require_variety(earlier, recipe)
    except AnnotationsInvalid:
        return None
    extractor = FeatureExtractor(load_lexicon())
    labels = as_labels([each.label for each in earlier.passages])
    features = [extractor.extract(each.passage) for each in earlier.passages]
    fits = {name: _cross_fit(name, features, labels, recipe, lambda line: None) for name in sorted(KEEP)}
    versions = scored_versions(
        dataset, LevelFeatureCounter(load_lexicon()), _unseen(fits, extractor, recipe.folds)
    )
    known = [version for version in versions if version.round != last]
    target = tuple(version for version in versions if version.round == last)
    probabilities = np.zeros((len(target), len(LEVELS)))
    for row, version in enumerate(target):
        fold = fold_of(version.party, recipe.folds)
        model = fit_levels(
            [each for each in known if fold_of(each.party, recipe.folds) != fold], recipe.level_penalty
        )
        probabilities[row] = model.probabilities(version.features[None, :])[0]
    return target, probabilities
