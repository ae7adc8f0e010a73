"""The work behind the commands `train` and `evaluate`, from folders to data: a program may call it as they do.

What is printed, and what an interruption means for the exit status, is said in `ndc_urban.cli`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ndc_urban import shipped
from ndc_urban.codebook import Scale
from ndc_urban.corpus.register import PANEL, Collection
from ndc_urban.durations import time_left
from ndc_urban.errors import AnnotationsInvalid
from ndc_urban.files import read_csv
from ndc_urban.grades import read_grades
from ndc_urban.labels.loading import load_labels
from ndc_urban.labels.store import read_level_labels
from ndc_urban.model.identity import FILES
from ndc_urban.model.out_of_fold import load_out_of_fold
from ndc_urban.model.storage import load_model, save_figures, save_model
from ndc_urban.model.urban_model import UrbanModel
from ndc_urban.training.card import main_figures, write_card
from ndc_urban.training.champion import ChosenFigure, Comparison, train_and_compare
from ndc_urban.training.dataset import Dataset, load_dataset, read_ahead
from ndc_urban.training.evaluation import Predictions, evaluate, held_out, out_of_fold, sets_on_scale
from ndc_urban.training.grade_agreement import agreement_with_grades, read_graded
from ndc_urban.training.nested import check_nested, nested_predictions
from ndc_urban.training.out_of_fold import out_of_fold_csv, out_of_fold_predictions
from ndc_urban.training.published_check import against_published, with_grades
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

    `folder` and `hash` are None if the model was not written, as the current one is kept.
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
        return write_card(self.figures, self.trained.model.details)


@dataclass(frozen=True)
class TrainingFiles:
    """Folders with labels, the folder of the documents, and UN-Habitat's grades where their scale is learned too.

    `prefer` are coders whose labels count before those of others.
    """

    annotations: Sequence[Path]
    corpus: Path
    grades: Path | None = None
    prefer: Sequence[str] = ()


@dataclass(frozen=True)
class Current:
    """The current model to compare with: its folder, the figure that decides, and whether it is replaced anyway."""

    folder: Path
    decide_by: ChosenFigure = "levels"
    replace: bool = False


def train_model(
    files: TrainingFiles,
    out: Path,
    recipe: Recipe,
    *,
    current: Current | None = None,
    check_for_nested: bool = False,
    last_round: bool = False,
    say: Say = lambda line: None,
) -> NewModel:
    """Trains a model, measures it and writes it to the folder `out`.

    If `out` is the folder of the current model, that is replaced only by a better one, unless it says otherwise.
    With `check_for_nested`, labels that do not suffice for nested folds are refused before the work. With
    `last_round`, models of the earlier rounds are trained too, and measured on the last one.
    """
    collection = Collection(files.corpus)
    before = None if current is None else (load_model(current.folder), load_training_labels(current.folder))
    dataset = read_dataset(
        files.annotations,
        collection,
        files.grades,
        for_training=True,
        prefer=files.prefer,
        jobs=recipe.jobs,
        say=say,
    )
    if check_for_nested:
        check_nested(dataset, recipe)
    comparison = None
    if before is None or current is None:
        trained = train(dataset, recipe, say=say)
    else:
        trained, comparison = train_and_compare(*before, dataset, recipe, chosen=current.decide_by, say=say)
    say("measuring, the last round by models of the earlier rounds too" if last_round else "measuring")
    figures = evaluate(out_of_fold(trained, forward=last_round))
    figures["published"] = against_published(trained, collection)
    if files.grades is not None:
        figures["published"] = with_grades(figures["published"], read_grades(files.grades))
        figures["prediction_set_un_habitat"] = sets_on_scale(trained, "un-habitat")
        figures["grades"] = _agreement(trained, files.grades, collection.folder / PANEL)["grades"]
    new = NewModel(trained, figures, comparison, None, None)
    stands = current is not None and out == current.folder
    better = comparison is None or comparison.replaces
    if current is not None and stands and not better and not current.replace:
        return new
    return replace(new, folder=out, hash=_save(new, out, replace=stands))


def _agreement(trained: TrainingResult, grades: Path, panel: Path) -> dict[str, Any]:
    """The agreement with grades of the out-of-fold predictions of a training."""
    by_hash = {each.sha256: each for each in out_of_fold_predictions(trained)}
    readings = read_graded(trained.model, by_hash, read_grades(grades), panel)
    return agreement_with_grades(readings, trained.model.level_model.scales)


def compare_with_grades(
    model: Path,
    grades: Path,
    panel: Path | None = None,
    *,
    corpus: Path | None = None,
    annotations: Sequence[Path] = (),
    scale: Scale | None = None,
) -> dict[str, Any]:
    """How far a model agrees with UN-Habitat's grades, with levels of Parties that it had not seen.

    The default of `panel` is the shipped one. Texts of Parties that are new to the model are read from
    `corpus`; the levels in `annotations` are compared too. With a `scale`, only the levels on it are.
    """
    loaded = load_model(model).on(scale)
    readings = read_graded(
        loaded,
        load_out_of_fold(model),
        read_grades(grades),
        shipped.path("panel") if panel is None else panel,
        corpus=corpus,
        labels=_levels_in(annotations),
    )
    return agreement_with_grades(readings, loaded.level_model.scales if scale is None else (scale,))


def _levels_in(annotations: Sequence[Path]) -> dict[str, str]:
    """The coded levels of all folders by document; of several coders the last."""
    return {
        row["document"]: row["level"]
        for folder in annotations
        for row in read_csv(
            folder / "levels.csv",
            ("document", "level"),
            error=AnnotationsInvalid,
            remedy="Give a folder with labels.",
        ).rows
    }


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
    scale: Scale = "codebook",
    say: Say = lambda line: None,
) -> Predictions:
    """What a model says of annotated documents of Parties that it was not trained on.

    With a `recipe`, models are trained on the annotations themselves without one fold of Parties each time; if
    `nested`, by a whole training for each fold.
    """
    jobs = 1 if recipe is None else recipe.jobs
    dataset = read_dataset(
        annotations, Collection(corpus), for_training=recipe is not None, jobs=jobs, say=say
    )
    if recipe is None:
        return held_out(model, dataset, scale)
    if nested:
        return nested_predictions(dataset, recipe, say=say)
    trained = train(dataset, recipe, say=say)
    say("measuring")
    return out_of_fold(trained)


def read_dataset(
    annotations: Sequence[Path],
    collection: Collection,
    grades: Path | None = None,
    *,
    for_training: bool,
    prefer: Sequence[str] = (),
    jobs: int = 1,
    say: Say,
) -> Dataset:
    """The labels of all folders with their documents; `say` gets what was noticed.

    With a cache, `jobs` files are read at the same time.
    """
    read = None if grades is None else read_grades(grades)
    say("reading the annotated documents")
    labelled = {level.document for folder in annotations for level in read_level_labels(folder)}
    read_ahead(labelled, collection, jobs, time_left(say, "files read"))
    progress = time_left(say, "documents read")
    labels = load_labels(annotations, collection, prefer=prefer, progress=progress)
    for line in labels.report():
        say(line)
    return load_dataset(labels, collection, read, for_training=for_training)
