"""Nested folds: a whole training without each fold of Parties, measured on that fold.

Cross-fitting alone is not quite blind: the mix and the level model of a fold rest on scores by heads that saw that
fold's Parties. Here nothing did: vocabulary, weights, mix, level model and prediction sets are made anew for each
outer fold from inner folds of the other Parties (nested cross-validation; Varma and Simon 2006).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ndc_urban.model.dataset import Dataset
from ndc_urban.model.evaluation import Predictions, held_out
from ndc_urban.model.passage_model import PassageScores
from ndc_urban.model.training import Recipe, Say, fold_of, train


def nested(dataset: Dataset, recipe: Recipe, *, say: Say = lambda line: None) -> Predictions:
    """The predictions for every Party by models whose training saw nothing of it.

    It takes about `recipe.folds` times as long as one training. Raises `AnnotationsInvalid` where the other Parties
    of a fold are too few to train on.
    """
    parts = []
    folds = sorted({fold_of(document.party, recipe.folds) for document in dataset.documents})
    for number, fold in enumerate(folds, start=1):
        say(f"outer fold {number} of {len(folds)}")
        model = train(_parties(dataset, recipe, fold, inside=False), recipe, say=say).model
        parts.append(held_out(model, _parties(dataset, recipe, fold, inside=True)))
    return _joined(parts, f"nested {len(folds)}-fold cross-validation, a Party's documents in one fold")


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
