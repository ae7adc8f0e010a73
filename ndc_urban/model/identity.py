"""Which model a folder holds: known without numpy, so that a run that has all results already need not load it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ndc_urban import shipped
from ndc_urban.codebook import SCALES, Scale
from ndc_urban.counting import either
from ndc_urban.errors import ModelDamaged, ModelIncompatible, ModelMissing, UsageError

FORMAT = 4
"""Counts up whenever a model folder of before can no longer be read."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Names of the files of a model folder."""

    config: str = "config.json"
    vocabulary: str = "vocabulary.json"
    weights: str = "weights.npz"
    metrics: str = "metrics.json"
    card: str = "README.md"
    out_of_fold: str = "out_of_fold.csv"

    @property
    def hashed(self) -> tuple[str, ...]:
        """The files that decide what a model says, in the order in which they are hashed."""
        return (self.config, self.vocabulary, self.weights)


FILES = ModelFiles()


def default_model_folder() -> Path:
    """The folder of the shipped model. Raises `InstallationIncomplete`."""
    return shipped.path("model")


@dataclass(frozen=True)
class ModelIdentity:
    """Which model a folder holds: its name, its hash, the scale of its levels and all scales that it knows.

    `parties` are the ISO3 codes of the Parties of which a document was in the training data.
    """

    name: str
    hash: str
    scale: Scale
    scales: tuple[Scale, ...]
    parties: frozenset[str]

    def on(self, scale: Scale | None) -> ModelIdentity:
        """The same model with levels on another scale (None: its own); raises `UsageError` if it does not know it."""
        return replace(self, scale=known_scale(scale, self.name, self.scale, self.scales))


def load_identity(folder: Path) -> ModelIdentity:
    """Which model a folder holds, without the time that loading it takes. Raises what `load_model` raises."""
    config = config_of(folder)
    try:
        return ModelIdentity(
            str(config["name"]),
            model_hash(folder),
            config["scale"],
            tuple(config["prediction_set"]["mass"]),
            frozenset(config["trained_on"].values()),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ModelDamaged(f"The model folder {folder} is damaged ({error}).") from error


def config_of(folder: Path) -> dict[str, Any]:
    """The configuration of a model folder that has all its files."""
    if not folder.is_dir():
        raise ModelMissing(f"There is no model folder {folder}.")
    missing = [name for name in FILES.hashed if not (folder / name).is_file()]
    if missing:
        raise ModelDamaged(f"The model folder {folder} lacks {', '.join(missing)}.")
    config = json_of(folder / FILES.config)
    if config.get("format") != FORMAT:
        raise ModelIncompatible(
            f"The model in {folder} has the format {config.get('format')}; this version reads {FORMAT}."
        )
    return config


def model_hash(folder: Path) -> str:
    """SHA-256 over the files that decide what the model says."""
    digest = hashlib.sha256()
    for name in FILES.hashed:
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()


def json_of(path: Path) -> dict[str, Any]:
    """The content of a JSON file of a model folder. Raises `ModelDamaged`."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ModelDamaged(f"{path} cannot be read ({error}).") from error
    if not isinstance(value, dict):
        raise ModelDamaged(f"{path} contains no JSON object.")
    return value


def known_scale(scale: Scale | None, name: str, own: Scale, known: Collection[Scale]) -> Scale:
    """The scale that is asked for, `own` if None; raises `UsageError` where the model of that name does not know it."""
    if scale is not None and scale not in SCALES:
        raise UsageError(f"There is no scale {scale!r}.", remedy=f"Give {either(SCALES)}.")
    if scale is not None and scale not in known:
        raise UsageError(
            f"The model {name} knows no scale {scale}: no grades were given when it was trained.",
            remedy=f"Leave out --scale, or give --scale {own}.",
        )
    return scale or own
