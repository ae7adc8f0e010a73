"""Model folders: plain data, nothing that can run. Written whole or not at all; checked before use."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ndc_urban import __version__
from ndc_urban.errors import ModelDamaged, ModelIncompatible, OutputUnwritable
from ndc_urban.files import folder_written_whole, write_atomically
from ndc_urban.lexicon import load_lexicon
from ndc_urban.model.features import FeatureExtractor
from ndc_urban.model.identity import FILES, FORMAT, config_of, json_of, model_hash
from ndc_urban.model.known_texts import KnownTexts
from ndc_urban.model.level_model import LEVEL_FEATURES, LevelFeatureCounter, LevelModel
from ndc_urban.model.passage_model import PARTS, Linear, PassageHead, PassageModel
from ndc_urban.model.urban_model import UrbanModel
from ndc_urban.model.vocabulary import Vocabulary

_SKETCHES = "known_texts.sketches"
"""Name of the array with the sketches of the training texts."""


UNREADABLE_ARCHIVE = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What numpy and zipfile raise on an archive whose bytes were changed."""


def load_model(folder: Path) -> UrbanModel:
    """Reads a model folder.

    Raises `ModelMissing` where there is none, `ModelDamaged` where a file of it is missing or unsound, and
    `ModelIncompatible` where another version of the program made it in a format that this one does not know.
    """
    config = config_of(folder)
    try:
        return _build(config, json_of(folder / FILES.vocabulary), _arrays(folder / FILES.weights), folder)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise ModelDamaged(f"The model folder {folder} is damaged ({error}).") from error


def save_model(
    model: UrbanModel,
    folder: Path,
    *,
    metrics: Mapping[str, Any],
    card: str,
    more: Mapping[str, bytes] = MappingProxyType({}),
    replace: bool = False,
) -> str:
    """Writes a model folder, with the files of `more` by their names, and returns the model's hash.

    The folder appears complete or not at all. Raises `OutputExists` where there is one already, unless `replace`,
    and `OutputUnwritable`.
    """
    with folder_written_whole(folder, replace=replace) as new:
        try:
            for name, data in (_contents(model, metrics, card) | dict(more)).items():
                (new / name).write_bytes(data)
        except OSError as error:
            raise OutputUnwritable(
                f"The model cannot be written to {folder} ({error.strerror or error}). Nothing was changed."
            ) from error
    return model_hash(folder)


def save_figures(folder: Path, metrics: Mapping[str, Any], card: str) -> None:
    """Puts other figures and another card into a model folder; the model stays as it is."""
    write_atomically(folder / FILES.metrics, _dump(metrics))
    write_atomically(folder / FILES.card, card.encode())


def _contents(model: UrbanModel, metrics: Mapping[str, Any], card: str) -> dict[str, bytes]:
    return {
        FILES.config: _dump(_config(model)),
        FILES.vocabulary: _dump(_vocabularies(model), indent=None),
        FILES.weights: _pack(_weights(model)),
        FILES.metrics: _dump(metrics),
        FILES.card: card.encode(),
    }


def _config(model: UrbanModel) -> dict[str, Any]:
    heads = model.passage_model.heads
    return {
        "format": FORMAT,
        "name": model.name,
        "made_by": f"ndc-urban {__version__}",
        "heads": {
            name: {
                "mix": [round(value, 6) for value in head.mix],
                "labels": {part: list(getattr(head, part).labels) for part in PARTS},
            }
            for name, head in heads.items()
        },
        "heads_of": {language: dict(shares) for language, shares in model.passage_model.heads_of.items()},
        "level": {
            "features": list(LEVEL_FEATURES),
            "weights": _six_digits(model.level_model.weights),
            "spread": _six_digits(model.level_model.spread),
            "cuts": {scale: _six_digits(cuts) for scale, cuts in model.level_model.cuts.items()},
            "typical": _six_digits(model.level_model.typical),
        },
        "scale": model.scale,
        "prediction_set": {
            "mass": {scale: round(mass, 6) for scale, mass in model.masses.items()},
            "coverage": model.coverage,
        },
        "training": dict(model.details),
        "trained_on": model.known.party_of,
        "sketched": list(model.known.sketched),
    }


def _six_digits(values: Iterable[float]) -> list[float]:
    return [round(float(value), 6) for value in values]


def _vocabularies(model: UrbanModel) -> dict[str, list[str]]:
    return {name: list(head.vocabulary.names) for name, head in model.passage_model.heads.items()}


def _weights(model: UrbanModel) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    for name, head in model.passage_model.heads.items():
        for part in PARTS:
            linear: Linear = getattr(head, part)
            arrays[f"{name}.{part}.weights"] = linear.weights.astype(np.float16)
            arrays[f"{name}.{part}.bias"] = linear.bias.astype(np.float32)
    arrays[_SKETCHES] = model.known.sketches
    return arrays


def _build(
    config: Mapping[str, Any],
    vocabularies: Mapping[str, list[str]],
    arrays: Mapping[str, NDArray[Any]],
    folder: Path,
) -> UrbanModel:
    lexicon = load_lexicon()
    heads = {
        name: _head(name, described, Vocabulary(tuple(vocabularies[name])), arrays)
        for name, described in config["heads"].items()
    }
    level = config["level"]
    if list(level["features"]) != list(LEVEL_FEATURES):
        raise ModelIncompatible(
            f"The model in {folder} uses other level features than this version of ndc-urban."
        )
    return UrbanModel(
        passage_model=PassageModel(heads, config["heads_of"], FeatureExtractor(lexicon)),
        level_model=LevelModel(
            weights=np.array(level["weights"], dtype=np.float64),
            spread=np.array(level["spread"], dtype=np.float64),
            cuts={scale: np.array(cuts, dtype=np.float64) for scale, cuts in level["cuts"].items()},
            typical=np.array(level["typical"], dtype=np.float64),
        ),
        counter=LevelFeatureCounter(lexicon),
        masses={scale: float(mass) for scale, mass in config["prediction_set"]["mass"].items()},
        coverage=float(config["prediction_set"]["coverage"]),
        name=str(config["name"]),
        hash=model_hash(folder),
        known=KnownTexts(
            dict(config["trained_on"]), tuple(config["sketched"]), arrays[_SKETCHES].astype(np.uint32)
        ),
        details=config["training"],
        scale=config["scale"],
    )


def _head(
    name: str, described: Mapping[str, Any], vocabulary: Vocabulary, arrays: Mapping[str, NDArray[Any]]
) -> PassageHead:
    parts = {
        part: Linear(
            arrays[f"{name}.{part}.weights"].astype(np.float32),
            arrays[f"{name}.{part}.bias"].astype(np.float32),
            tuple(described["labels"][part]),
        )
        for part in PARTS
    }
    if not set(map(type, vocabulary.names)) <= {str}:
        raise ValueError(f"the vocabulary of {name} holds something other than names")
    wrong = [part for part, linear in parts.items() if linear.weights.shape[1] != len(vocabulary)]
    if wrong:
        raise ValueError(f"weights and vocabulary of {name} differ in size: {', '.join(wrong)}")
    window, whole, constant = described["mix"]
    return PassageHead(vocabulary=vocabulary, mix=(window, whole, constant), **parts)


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except UNREADABLE_ARCHIVE as error:
        raise ModelDamaged(f"{path} cannot be read ({error}).") from error


def _dump(value: Any, indent: int | None = 1) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False) + "\n").encode()


def _pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """An .npz with fixed time stamps, so that the same weights give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(arrays):
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, member.getvalue())
    return packed.getvalue()


def load_metrics(folder: Path) -> dict[str, Any]:
    """The figures that were measured when the model was trained."""
    return json_of(folder / FILES.metrics)
