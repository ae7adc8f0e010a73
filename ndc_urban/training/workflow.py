"""The work behind the commands `train` and `evaluate`, from folders to data: a program may call it as they do.

What is printed, and what an interruption means for the exit status, is said in `ndc_urban.cli`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ndc_urban.corpus.register import Collection
from ndc_urban.labels.loading import load_labels
from ndc_urban.model.storage import FILES, load_model, save_figures, save_model
from ndc_urban.model.urban_model import UrbanModel
from ndc_urban.training.card import main_figures, write_card
from ndc_urban.training.champion import Comparison, train_and_compare
from ndc_urban.training.dataset import Dataset, load_dataset
from ndc_urban.training.evaluation import Predictions, evaluate, held_out, out_of_fold
from ndc_urban.training.nested import check_nested, nested_predictions
from ndc_urban.training.out_of_fold import out_of_fold_csv
from ndc_urban.training.published_check import against_published
from ndc_urban.training.train import Recipe, Say, TrainingResult, train
from ndc_urban.training.training_labels import (
    TRAINING_LABELS_FILE,
    as_bytes,
    load_training_labels,
    training_labels_of,
)


@dataclass(frozen=True)
class NewModel:
    """A trained model with its figures, and how it compares with the current one, if there is one.

    `folder` and `hash` are None if the model was not written, as the current one is better.
    """

    trained: TrainingResult
    figures: Mapping[str, Any]
    comparison: Comparison | None
    folder: Path | None
    hash: str | None

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON."""
        data: dict[str, Any] = {
            "model": None if self.folder is None else str(self.folder),
            "hash": self.hash,
            "figures": self.figures,
        }
        return data if self.comparison is None else data | {"comparison": self.comparison.as_data()}

    @property
    def card(self) -> str:
        """The text of the model card."""
        return write_card(self.figures, self.trained.model.details, self.trained.recipe.coverage)


def train_model(
    annotations: Sequence[Path],
    corpus: Path,
    out: Path,
    recipe: Recipe,
    *,
    current: Path | None = None,
    replace_if_worse: bool = False,
    check_for_nested: bool = False,
    say: Say = lambda line: None,
) -> NewModel:
    """Trains a model, measures it and writes it to the folder `out`.

    `current` is the folder of a model to compare with. If it is `out`, it is replaced only by a model that is not
    worse, unless `replace_if_worse`. With `check_for_nested`, labels that do not suffice for nested folds are refused
    before the work.
    """
    collection = Collection(corpus)
    before = None if current is None else (load_model(current), load_training_labels(current))
    dataset = read_dataset(annotations, collection, for_training=True, say=say)
    if check_for_nested:
        check_nested(dataset, recipe)
    comparison = None
    if before is None:
        trained = train(dataset, recipe, say=say)
    else:
        trained, comparison = train_and_compare(*before, dataset, recipe, say=say)
    say("measuring")
    figures = evaluate(out_of_fold(trained, forward=True))
    figures["published"] = against_published(trained, collection)
    new = NewModel(trained, figures, comparison, None, None)
    is_worse = comparison is not None and not comparison.replaces
    if is_worse and out == current and not replace_if_worse:
        return new
    return replace(new, folder=out, hash=_save(new, out, replace=out == current))


def _save(new: NewModel, folder: Path, *, replace: bool) -> str:
    trained = new.trained
    more = {
        TRAINING_LABELS_FILE: as_bytes(training_labels_of(trained.dataset)),
        FILES.out_of_fold: out_of_fold_csv(trained),
    }
    return save_model(trained.model, folder, metrics=new.figures, card=new.card, more=more, replace=replace)


def add_nested_figures(new: NewModel, *, say: Say = lambda line: None) -> NewModel:
    """Measures a model by nested folds, and adds the figures to its folder if it was written."""
    predictions = nested_predictions(new.trained.dataset, new.trained.recipe, say=say)
    measured = replace(new, figures={**new.figures, "nested": main_figures(evaluate(predictions))})
    if measured.folder is not None:
        save_figures(measured.folder, measured.figures, measured.card)
    return measured


def predict(
    model: UrbanModel,
    annotations: Sequence[Path],
    corpus: Path,
    *,
    recipe: Recipe | None = None,
    nested: bool = False,
    say: Say = lambda line: None,
) -> Predictions:
    """What a model says of annotated documents of Parties that it was not trained on.

    With a `recipe`, models are trained on the annotations themselves without one fold of Parties each time; if
    `nested`, by a whole training for each fold.
    """
    dataset = read_dataset(annotations, Collection(corpus), for_training=recipe is not None, say=say)
    if recipe is None:
        return held_out(model, dataset)
    if nested:
        return nested_predictions(dataset, recipe, say=say)
    trained = train(dataset, recipe, say=say)
    say("measuring")
    return out_of_fold(trained, forward=True)


def read_dataset(
    annotations: Sequence[Path], collection: Collection, *, for_training: bool, say: Say
) -> Dataset:
    """The labels of all folders with their documents; `say` hears what was noticed."""
    say("reading the annotated documents")
    labels = load_labels(annotations, collection)
    for line in labels.report():
        say(line)
    return load_dataset(labels, collection, for_training=for_training)
