"""The part of one or more runs that a trend needs: documents, predictions, and the model that made them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import pandas as pd

from ndc_urban.codebook import LEVELS, SCALES, likeliest
from ndc_urban.corpus.library import refuse_unfinished
from ndc_urban.errors import PanelInvalid, PathMissing, RunsDiffer, UsageError
from ndc_urban.files import bare
from ndc_urban.model.profile import from_text
from ndc_urban.runs import RunFolder
from ndc_urban.runs.estimation import ESTIMATION, level_score
from ndc_urban.runs.tables import DOCUMENTS, OK, Schema

CODEBOOK, UN_HABITAT = SCALES
"""The scales of a level. Runs that do not name theirs are on the codebook's."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """The prediction of a model that had not seen the document; `level` is a level code (0 low to 2 strong).

    `other_scale` and `other_level` are the level on the model's other scale; None if it has only one.
    """

    level: int
    p_low: float
    p_moderate: float
    p_strong: float
    score: float
    profile: Mapping[str, int]
    cross_fitted: bool
    scale: str = CODEBOOK
    other_scale: str | None = None
    other_level: int | None = None


@dataclass(frozen=True)
class Results:
    """The files of one or more runs with one model.

    `documents` holds the rows of documents.csv by hash, `predictions` those of estimation.csv on `scale`, `runs` the
    content of each run.json.
    """

    documents: Mapping[str, Mapping[str, Any]]
    predictions: Mapping[str, Prediction]
    runs: tuple[Mapping[str, Any], ...]
    scale: str = CODEBOOK

    @property
    def model(self) -> Mapping[str, Any]:
        """Name and hash of the model."""
        return dict(self.runs[0]["model"])

    @cached_property
    def by_party(self) -> Mapping[str, tuple[str, ...]]:
        """Hashes by the ISO3 code that the files' names begin with."""
        found: dict[str, tuple[str, ...]] = {}
        for sha256, row in self.documents.items():
            if row["iso3"]:
                found[row["iso3"]] = (*found.get(row["iso3"], ()), sha256)
        return found

    def ending_with(self, path: str) -> tuple[str, ...]:
        """Hashes of the files whose path ends with the parts of `path`."""
        parts = Path(path).parts
        return tuple(
            sha256
            for sha256, row in self.documents.items()
            if Path(bare(row["path"])).parts[-len(parts) :] == parts
        )


def load_results(folders: Sequence[Path], scale: str = "") -> Results:
    """Reads run folders; passages.csv is not needed.

    `scale` chooses the scale of the levels, by default the codebook's, which has labels for every round. Raises
    `UsageError` if a run has no levels on it, `RunUnfinished` if a run was stopped, `PathMissing` if a file of a run is
    missing, `RunsDiffer` if the runs were made by different models, and `PanelInvalid` if a table is damaged.
    """
    loaded = [_load(RunFolder(folder)) for folder in folders]
    models = {str(info["model"]["hash"]): str(info["model"]["name"]) for _, _, info in loaded}
    if len(models) > 1:
        names = ", ".join(f"{name} ({number[:12]})" for number, name in models.items())
        raise RunsDiffer(f"The runs were made by different models: {names}.")
    documents: dict[str, Mapping[str, Any]] = {}
    predictions: dict[str, _Predicted] = {}
    for rows, predicted, _ in loaded:
        for sha256, row in rows.items():
            if sha256 not in documents or documents[sha256]["status"] != OK:
                documents[sha256] = row
        predictions |= predicted
    own = {each.scale for each in predictions.values()}
    if len(own) > 1:
        raise RunsDiffer(f"The levels of the runs are on different scales: {', '.join(sorted(own))}.")
    chosen = scale or CODEBOOK
    on_scale = {sha256: _on_scale(each, chosen) for sha256, each in predictions.items()}
    infos = tuple(info for _, _, info in loaded)
    return Results(documents, on_scale, infos, chosen)


def _on_scale(prediction: _Predicted, scale: str) -> Prediction:
    if scale not in prediction.levels:
        raise UsageError(
            f"The runs have no levels on the scale {scale}, only on {' and '.join(prediction.levels)}.",
            remedy="Score the documents with a model that has this scale, or choose another with --scale.",
        )
    p_low, p_moderate, p_strong = prediction.levels[scale]
    others = [name for name in prediction.levels if name != scale]
    own = scale == prediction.scale
    return Prediction(
        level=prediction.level if own else LEVELS.index(likeliest(prediction.levels[scale])),
        p_low=p_low,
        p_moderate=p_moderate,
        p_strong=p_strong,
        score=prediction.score if own else level_score(p_low, p_strong),
        profile=prediction.profile,
        cross_fitted=prediction.cross_fitted,
        scale=scale,
        other_scale=others[0] if others else None,
        other_level=prediction.levels_of(others[0]) if others else None,
    )


_OF_DOCUMENTS = tuple(
    "path sha256 iso3 language status level p_low p_moderate p_strong prediction_set in_training".split()
)
_IF_THERE: Schema = {
    "scale": "string",
    "characters": "Int64",
    "urban_passages": "Int64",
    "passages": "Int64",
    "other_scale": "string",
    "other_level": "string",
    "other_p_low": "Float64",
    "other_p_moderate": "Float64",
    "other_p_strong": "Float64",
}
"""Columns that runs of older versions do not have."""
_OF_ESTIMATION = tuple("sha256 cross_fitted level p_low p_moderate p_strong score profile".split())
Probabilities = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class _Predicted:
    """A row of estimation.csv: probabilities by scale; `level` and `score` are on the scale `scale`."""

    scale: str
    level: int
    score: float
    levels: Mapping[str, Probabilities]
    other_level: int | None
    profile: Mapping[str, int]
    cross_fitted: bool

    def levels_of(self, scale: str) -> int | None:
        """The level code on a scale."""
        return self.level if scale == self.scale else self.other_level


Loaded = tuple[dict[str, Mapping[str, Any]], dict[str, _Predicted], Mapping[str, Any]]


def _load(folder: RunFolder) -> Loaded:
    refuse_unfinished(folder.root)
    for path in (folder.documents, folder.estimation, folder.info):
        if not path.is_file():
            raise PathMissing(
                f"{folder.root} is not a run folder: {path.name} is missing.",
                remedy="Give a folder that `ndc-urban score` made.",
            )
    try:
        info = json.loads(folder.info.read_text(encoding="utf-8"))
        info["model"]["hash"], info["model"]["name"]
    except (ValueError, KeyError, TypeError) as error:
        raise PanelInvalid(
            f"{folder.info} does not say which model made the run ({error}).",
            remedy="Restore the run folder, or score the documents again.",
        ) from error
    documents = _table(folder.documents, DOCUMENTS, _OF_DOCUMENTS)
    rows: dict[str, Mapping[str, Any]] = {row["sha256"]: row for row in _records(documents) if row["sha256"]}
    estimation = _table(folder.estimation, ESTIMATION, _OF_ESTIMATION)
    try:
        predictions = {row["sha256"]: _prediction(row) for row in _records(estimation)}
    except (ValueError, TypeError) as error:
        raise PanelInvalid(
            f"{folder.estimation} is damaged ({error}).", remedy="Score the documents again."
        ) from error
    return rows, predictions, info


def _prediction(row: Mapping[str, Any]) -> _Predicted:
    scale = row.get("scale") or CODEBOOK
    levels = {scale: _probabilities(row, "")}
    other = row.get("other_scale")
    if other:
        levels[other] = _probabilities(row, "other_")
    if not set(levels) <= set(SCALES):
        raise ValueError(f"unknown scale among {', '.join(levels)}")
    return _Predicted(
        scale=scale,
        level=LEVELS.index(row["level"]),
        score=float(row["score"]),
        levels=levels,
        other_level=LEVELS.index(row["other_level"]) if other else None,
        profile=from_text(row["profile"]),
        cross_fitted=bool(row["cross_fitted"]),
    )


def _probabilities(row: Mapping[str, Any], prefix: str) -> Probabilities:
    low, moderate, strong = (float(row[f"{prefix}p_{level}"]) for level in LEVELS)
    return low, moderate, strong


def _table(path: Path, schema: Schema, needed: Sequence[str]) -> pd.DataFrame:
    """The `needed` columns of a table, and those of `_IF_THERE` that it has."""
    types = {name: schema[name] for name in needed}
    try:
        there = set(pd.read_csv(path, nrows=0, encoding="utf-8").columns)
        types |= {name: kind for name, kind in _IF_THERE.items() if name in there}
        return pd.read_csv(
            path, dtype=types, keep_default_na=False, na_values=[""], encoding="utf-8", usecols=list(types)
        )
    except ValueError as error:
        raise PanelInvalid(
            f"{path} is damaged ({error}).", remedy="Restore the run folder, or score the documents again."
        ) from error


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with empty cells as empty strings."""
    records = table.astype(object).where(table.notna(), "").to_dict("records")
    return cast("list[dict[str, Any]]", records)
