"""Nested folds: a whole training without each fold of Parties, measured on that fold.

Cross-fitting alone is not quite blind: the calibration and the level model of a fold are fitted to scores of heads that
saw that fold's Parties. Here nothing that is fitted did: vocabulary, weights, calibration, level model and prediction
sets are refitted for each outer fold from inner folds of the other Parties (nested cross-validation; Varma and Simon
2006). What people chose stays as it is: the lexicon, the level features, penalties and shares.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ndc_urban.durations import time_left
from ndc_urban.errors import AnnotationsInvalid
from ndc_urban.model.passage_model import PassageScores
from ndc_urban.training.dataset import Dataset
from ndc_urban.training.evaluation import Predictions, held_out
from ndc_urban.training.level_fit import fold_of
from ndc_urban.training.train import Recipe, Say, require_variety, train


def nested_predictions(dataset: Dataset, recipe: Recipe, *, say: Say = lambda line: None) -> Predictions:
    """The predictions for every Party by models whose training saw nothing of it.

    It takes about `recipe.folds` times as long as one training. Raises `AnnotationsInvalid` where the other Parties
    of a fold are too few to train on.
    """
    check_nested(dataset, recipe)
    parts = []
    folds = _folds(dataset, recipe)
    progress = time_left(say, "outer folds")
    for number, fold in enumerate(folds, start=1):
        say(f"outer fold {number} of {len(folds)}")
        model = train(_parties(dataset, recipe, fold, inside=False), recipe, say=say).model
        parts.append(held_out(model, _parties(dataset, recipe, fold, inside=True)))
        progress(number, len(folds))
    return _joined(parts, f"nested {len(folds)}-fold cross-validation, a Party's documents in one fold")


def check_nested(dataset: Dataset, recipe: Recipe) -> None:
    """Raises `AnnotationsInvalid` where the Parties outside of some fold are too few to train on."""
    for fold in _folds(dataset, recipe):
        try:
            require_variety(_parties(dataset, recipe, fold, inside=False), recipe)
        except AnnotationsInvalid as error:
            raise AnnotationsInvalid(
                f"There are not enough labels for nested folds, in which Parties are left out twice. {error.message}",
                remedy="Leave out --nested, or annotate documents of more Parties.",
            ) from error


def _folds(dataset: Dataset, recipe: Recipe) -> list[int]:
    return sorted({fold_of(document.party, recipe.folds) for document in dataset.documents})


def _parties(dataset: Dataset, recipe: Recipe, fold: int, *, inside: bool) -> Dataset:
    """The part of a data set that belongs to the Parties of a fold, or to the others."""
    return Dataset(
        tuple(each for each in dataset.passages if (fold_of(each.party, recipe.folds) == fold) == inside),
        tuple(each for each in dataset.documents if (fold_of(each.party, recipe.folds) == fold) == inside),
    )


def _joined(parts: Sequence[Predictions], method: str) -> Predictions:
    first = parts[0]
    return Predictions(
        passages=tuple(passage for part in parts for passage in part.passages),
        scores={name: PassageScores.joined([part.scores[name] for part in parts]) for name in first.scores},
        documents=tuple(document for part in parts for document in part.documents),
        probabilities=np.concatenate([part.probabilities for part in parts]),
        mass=np.concatenate([part.mass for part in parts]),
        coverage=first.coverage,
        method=method,
    )
