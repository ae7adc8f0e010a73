"""Nested folds: what is said of a Party does not depend on anything that is known of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from kept_trainings import KeptTrainings
from tiny_training import RECIPE, few_rounds

from ndc_urban.errors import AnnotationsInvalid
from ndc_urban.labels.records import PassageLabel
from ndc_urban.training.dataset import Dataset
from ndc_urban.training.evaluation import Predictions, evaluate
from ndc_urban.training.level_fit import fold_of
from ndc_urban.training.nested import check_nested, nested_predictions
from ndc_urban.training.train import require_variety

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def trained_once(kept_trainings: KeptTrainings) -> Iterator[None]:
    """Without a fold, other labels of that fold are the same data: only those are not trained on again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ndc_urban.training.nested.train", kept_trainings.train)
        yield


@pytest.fixture(scope="module")
def predictions(dataset: Dataset, trained_once: None) -> Predictions:
    return nested_predictions(dataset, RECIPE)


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
    fold = fold_of(dataset.documents[0].party, RECIPE.folds)
    turned = {"low": "strong", "moderate": "low", "strong": "moderate"}
    codes = {
        "E": ("N", "", "", ""),
        "I": ("X", "", "", ""),
        "X": ("E", "tr", "m", "r"),
        "N": ("I", "wa", "a", "c"),
    }

    def is_of_fold(party: str) -> bool:
        return fold_of(party, RECIPE.folds) == fold

    def recoded(label: PassageLabel) -> PassageLabel:
        code, sector, strand, role = codes[label.code]
        return replace(label, code=code, sector=sector, strand=strand, role=role)

    changed = Dataset(
        tuple(
            replace(each, label=recoded(each.label)) if is_of_fold(each.party) else each
            for each in dataset.passages
        ),
        tuple(
            replace(each, label=replace(each.label, level=turned[each.label.level]))
            if is_of_fold(each.party)
            else each
            for each in dataset.documents
        ),
    )
    again = nested_predictions(changed, RECIPE)
    mine = np.array([is_of_fold(each.party) for each in predictions.documents])
    assert mine.any()
    assert not mine.all()
    assert np.array_equal(predictions.probabilities[mine], again.probabilities[mine])
    assert np.array_equal(predictions.mass[mine], again.mass[mine])
    assert not np.array_equal(predictions.probabilities[~mine], again.probabilities[~mine])
    its = np.array([is_of_fold(each.party) for each in predictions.passages])
    for reader, scores in predictions.scores.items():
        for name in ("p_urban", "p_explicit", "code", "sector", "strand", "role"):
            before, after = (getattr(each, name) for each in (scores, again.scores[reader]))
            assert np.array_equal(before[its], after[its]), (reader, name)
        assert not np.array_equal(scores.p_urban[~its], again.scores[reader].p_urban[~its])


def test_too_few_parties_for_nested_folds_are_said_before_the_work(dataset: Dataset) -> None:
    folds = sorted({fold_of(each.party, RECIPE.folds) for each in dataset.documents})
    kept = tuple(
        each
        for each in dataset.passages
        if each.label.code != "X" or fold_of(each.party, RECIPE.folds) in folds[:2]
    )
    few = replace(dataset, passages=kept)
    require_variety(few, RECIPE)
    with pytest.raises(AnnotationsInvalid, match="nested folds") as caught:
        check_nested(few, RECIPE)
    assert "--nested" in (caught.value.remedy or "")


def test_the_figures_say_how_they_were_made(predictions: Predictions) -> None:
    with few_rounds():
        figures = evaluate(predictions)
    assert figures["method"].startswith(f"nested {RECIPE.folds}-fold")
    assert figures["levels"]["all"]["documents"] == sum(
        document.is_coded_version for document in predictions.documents
    )
