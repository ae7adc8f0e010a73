"""Nested folds: what is said of a Party does not depend on anything that is known of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny_training import RECIPE

from ndc_urban.model.dataset import Dataset
from ndc_urban.model.evaluation import Predictions, evaluate
from ndc_urban.model.nested import nested
from ndc_urban.model.training import fold_of

THREE_FOLDS = replace(RECIPE, folds=3)


@pytest.fixture(scope="module")
def predictions(dataset: Dataset) -> Predictions:
    return nested(dataset, THREE_FOLDS)


def test_every_document_and_passage_is_scored_once(dataset: Dataset, predictions: Predictions) -> None:
    versions = sorted(version.entry.sha256 for each in dataset.documents for version in each.versions)
    assert sorted(document.sha256 for document in predictions.documents) == versions
    assert len(predictions.passages) == len(dataset.passages) == len(predictions.scores["both"].p_urban)
    assert set(predictions.passages) == set(dataset.passages)
    assert np.allclose(predictions.probabilities.sum(axis=1), 1)
    assert len(predictions.mass) == len(predictions.documents)


def test_labels_of_a_fold_change_nothing_that_is_said_of_it(
    dataset: Dataset, predictions: Predictions
) -> None:
    """Even the mix, the level model and the prediction sets are those of the other Parties."""
    fold = fold_of(dataset.documents[0].party, THREE_FOLDS.folds)
    turned = {"low": "strong", "moderate": "low", "strong": "moderate"}
    changed = replace(
        dataset,
        documents=tuple(
            replace(each, label=replace(each.label, level=turned[each.label.level]))
            if fold_of(each.party, THREE_FOLDS.folds) == fold
            else each
            for each in dataset.documents
        ),
    )
    again = nested(changed, THREE_FOLDS)
    mine = np.array([fold_of(each.party, THREE_FOLDS.folds) == fold for each in predictions.documents])
    assert mine.any()
    assert not mine.all()
    assert np.array_equal(predictions.probabilities[mine], again.probabilities[mine])
    assert np.array_equal(predictions.mass[mine], again.mass[mine])
    assert not np.array_equal(predictions.probabilities[~mine], again.probabilities[~mine])


def test_the_figures_say_how_they_were_made(predictions: Predictions) -> None:
    figures = evaluate(predictions)
    assert figures["method"].startswith("nested 3-fold")
    assert figures["levels"]["all"]["documents"] == sum(
        document.is_coded_version for document in predictions.documents
    )
