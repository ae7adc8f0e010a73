"""Training: from labelled passages and levels to a model, with out-of-fold scores for all that is fitted on top.

Folds keep all documents of a Party together. Out-of-fold scores of passages fit the mix (the calibration) and the
level model, so that neither is fitted to scores which the passage weights have seen the answers of (stacking).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ndc_urban.codebook import CODES, LEVELS, Scale
from ndc_urban.counting import counted
from ndc_urban.document import Passage
from ndc_urban.durations import time_left
from ndc_urban.errors import AnnotationsInvalid
from ndc_urban.lexicon import load_lexicon
from ndc_urban.model.features import FeatureExtractor, PassageFeatures, is_language_free
from ndc_urban.model.known_texts import known_texts
from ndc_urban.model.level_model import LevelFeatureCounter
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
from ndc_urban.model.urban_model import UrbanModel
from ndc_urban.model.vocabulary import build_vocabulary
from ndc_urban.training.dataset import CodedDocument, Dataset, LabelledPassage, UncodedDocument
from ndc_urban.training.fitting import LabelArrays, as_labels, compacted, fit_head, fit_mix, for_fitting
from ndc_urban.training.level_fit import fit_levels, fold_of, masses, out_of_fold_probabilities
from ndc_urban.training.parallel import in_parallel
from ndc_urban.training.scored_versions import ScoredVersion, graded_versions, scored_versions

Integers = NDArray[np.int64]
Say = Callable[[str], None]

HEADS_OF = {"en": {WORDS: 0.35, CONCEPTS: 0.65}, "*": {CONCEPTS: 1.0}}
"""English is read by both heads, so that its scores stay close to those of the languages that one head reads alone.
Average precision of the heads `words` and `concepts` and of both together is in `metrics.json`; the shares were chosen
by trial, for levels that agree between an original and its translation."""
KEEP: dict[str, Callable[[str], bool]] = {WORDS: lambda name: True, CONCEPTS: is_language_free}


@dataclass(frozen=True)
class Recipe:
    """What can be chosen in training; the defaults made the shipped model.

    With eight `folds` a model is fitted to seven eighths of the Parties. A word must occur in documents of
    `min_parties` Parties, so that a name that one Party uses is not learned. `level_penalty` weighs the squared weights
    of the level model; from 1 to 5 the mean kappa over eight divisions into folds differs by 0.003 or less on either
    scale (`benchmarks/level_features.py`). `coverage` is what the prediction sets promise.
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
    """A model with the out-of-fold scores that its evaluation needs.

    `documents` are all versions of the coded documents, `graded` those of documents that were graded and not coded.
    `by_scale` has the out-of-fold level probabilities of `documents` and then `graded` on each scale, shape
    (versions, 3).
    """

    model: UrbanModel
    passages: tuple[LabelledPassage, ...]
    fits: dict[str, CrossFit]
    documents: tuple[ScoredVersion, ...]
    recipe: Recipe
    dataset: Dataset
    graded: tuple[ScoredVersion, ...]
    by_scale: Mapping[Scale, Floats]

    @property
    def probabilities(self) -> Floats:
        """Out-of-fold level probabilities of `documents` on the scale of the codebook, shape (documents, 3)."""
        return self.by_scale["codebook"][: len(self.documents)]


def train(dataset: Dataset, recipe: Recipe, *, say: Say = lambda line: None) -> TrainingResult:
    """Fits a model to a data set; `say` gets a line for each step."""
    require_variety(dataset, recipe)
    extractor = FeatureExtractor(load_lexicon())
    labels = as_labels([labelled.label for labelled in dataset.passages])
    say(f"reading the features of {counted(len(dataset.passages), 'passage')}")
    features = [extractor.extract(labelled.passage) for labelled in dataset.passages]
    fits = {name: _cross_fit(name, features, labels, recipe, say) for name in sorted(KEEP)}
    del features
    say("scoring the coded documents out of fold")
    unseen = _unseen(fits, extractor, recipe.folds)
    documents = scored_versions(dataset, unseen, jobs=recipe.jobs)
    graded = graded_versions(dataset, unseen, jobs=recipe.jobs)
    versions = (*documents, *graded)
    level_model = fit_levels(versions, recipe.level_penalty)
    by_scale = out_of_fold_probabilities(versions, recipe.folds, recipe.level_penalty)
    model = UrbanModel(
        passage_model=PassageModel(
            {name: compacted(fit.head) for name, fit in fits.items()}, HEADS_OF, extractor
        ),
        level_model=level_model,
        counter=LevelFeatureCounter(load_lexicon()),
        masses=masses(versions, by_scale, recipe.coverage),
        coverage=recipe.coverage,
        name=recipe.name,
        known=known_texts(_files(dataset)),
        details=_details(dataset, recipe),
        scale="un-habitat" if "un-habitat" in level_model.scales else "codebook",
    )
    return TrainingResult(model, dataset.passages, fits, documents, recipe, dataset, graded, by_scale)


def _files(dataset: Dataset) -> Iterator[tuple[str, str, Sequence[Passage]]]:
    """SHA-256, Party and passages of each file of the documents; no passages where it could not be read."""
    documents: tuple[CodedDocument | UncodedDocument, ...] = (*dataset.documents, *dataset.uncoded)
    for document in documents:
        read = {version.entry.sha256: version.passages for version in document.versions}
        for sha256 in sorted(document.files):
            yield sha256, document.party, read.get(sha256, ())


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
    encoded = for_fitting(encode(features, vocabulary))
    fold = np.array([fold_of(party, recipe.folds) for party in labels.party])
    occupied = np.unique(fold).tolist()
    say(f"{name}: fitting {counted(len(vocabulary), 'feature')} in {counted(len(occupied), 'fold')}")
    progress = time_left(say, "fits")
    fitted: list[PassageHead] = []
    tasks = ((encoded, labels, np.flatnonzero(fold != held_out), vocabulary) for held_out in [-1, *occupied])
    for fit in in_parallel(recipe.jobs, fit_head, tasks):
        fitted.append(fit)
        progress(len(fitted), len(occupied) + 1)
    head, *others = fitted
    of_fold = dict(zip(occupied, others, strict=True))
    by_fold = [of_fold.get(held_out, head) for held_out in range(recipe.folds)]
    return _calibrated(head, by_fold, encoded, labels, fold)


def _calibrated(
    head: PassageHead,
    by_fold: Sequence[PassageHead],
    encoded: Encoded[csr_matrix],
    labels: LabelArrays,
    fold: Integers,
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


def _rows(encoded: Encoded[csr_matrix], rows: NDArray[np.intp]) -> Encoded[csr_matrix]:
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
    # Of the last round only the coded files are compared; the other versions of the earlier ones are fitted to.
    read = tuple(
        replace(document, versions=document.versions[:1]) if document.round == last else document
        for document in dataset.documents
    )
    versions = scored_versions(
        replace(dataset, documents=read, grades={}),
        _unseen(fits, extractor, recipe.folds),
        jobs=recipe.jobs,
    )
    known = [version for version in versions if version.round != last]
    target = tuple(version for version in versions if version.round == last)
    probabilities = np.zeros((len(target), len(LEVELS)))
    for row, version in enumerate(target):
        fold = fold_of(version.party, recipe.folds)
        model = fit_levels(
            [each for each in known if fold_of(each.party, recipe.folds) != fold], recipe.level_penalty
        )
        probabilities[row] = model.probabilities(version.features[None, :], "codebook")[0]
    return target, probabilities
