"""Imported in the process that workers are forked from: what each of them would load for itself otherwise."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from ndc_urban.model import load_model
from ndc_urban.model.identity import config_of, model_hash
from ndc_urban.model.urban_model import UrbanModel
from ndc_urban.runs.worker import MODEL_VARIABLE

_models: dict[str, UrbanModel] = {}
"""The model that is there when a worker begins, by its hash."""


def model_of(folder: Path) -> UrbanModel:
    """The model of a folder: the one that was loaded for all workers, if the folder still holds it.

    Raises what `ndc_urban.model.load_model` raises.
    """
    config_of(folder)
    return (_models.get(model_hash(folder)) if _models else None) or load_model(folder)


def preload(folder: Path) -> None:
    """Loads a model with all that is made when it is first used; one that cannot be loaded is left to the worker.

    No error may end the process that workers are forked from: the run would lose all of them and not say why.
    """
    with suppress(Exception):
        model = load_model(folder)
        for head in model.passage_model.heads.values():
            head.vocabulary.index, head.vocabulary.has_words  # noqa: B018  made when they are asked for
        _models[model.hash] = model


if folder := os.environ.get(MODEL_VARIABLE):
    preload(Path(folder))
