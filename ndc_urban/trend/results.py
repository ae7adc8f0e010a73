"""The part of one or more runs that a trend needs: documents, predictions, and the model that made them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import pandas as pd

from ndc_urban.codebook import LEVELS
from ndc_urban.corpus.library import refuse_unfinished
from ndc_urban.errors import PanelInvalid, PathMissing, RunsDiffer
from ndc_urban.model.profile import from_text
from ndc_urban.runs import RunFolder
from ndc_urban.runs.estimation import ESTIMATION
from ndc_urban.runs.tables import DOCUMENTS, OK, Schema


@dataclass(frozen=True, slots=True)
class Prediction:
    """The prediction of a model that had not seen the document; `level` is a level code (0 low to 2 strong)."""

    level: int
    p_low: float
    p_moderate: float
    p_strong: float
    score: float
    profile: Mapping[str, int]
    cross_fitted: bool


@dataclass(frozen=True)
class Results:
    """The files of one or more runs with one model.

    `documents` holds the rows of documents.csv by hash, `predictions` those of estimation.csv, `runs` the content of
    each run.json.
    """

    documents: Mapping[str, Mapping[str, Any]]
    predictions: Mapping[str, Prediction]
    runs: tuple[Mapping[str, Any], ...]

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
            if Path(row["path"]).parts[-len(parts) :] == parts
        )


def load_results(folders: Sequence[Path]) -> Results:
    """Reads run folders; passages.csv is not needed.

    Raises `RunUnfinished` if a run was stopped, `PathMissing` if a file of a run is missing, `RunsDiffer` if the runs
    were made by different models, and `PanelInvalid` if a table is damaged.
    """
    loaded = [_load(RunFolder(folder)) for folder in folders]
    models = {str(info["model"]["hash"]): str(info["model"]["name"]) for _, _, info in loaded}
    if len(models) > 1:
        names = ", ".join(f"{name} ({number[:12]})" for number, name in models.items())
        raise RunsDiffer(f"The runs were made by different models: {names}.")
    documents: dict[str, Mapping[str, Any]] = {}
    predictions: dict[str, Prediction] = {}
    for rows, predicted, _ in loaded:
        for sha256, row in rows.items():
            if sha256 not in documents or documents[sha256]["status"] != OK:
                documents[sha256] = row
        predictions |= predicted
    return Results(documents, predictions, tuple(info for _, _, info in loaded))


_OF_DOCUMENTS = tuple(
    "path sha256 iso3 language status level p_low p_moderate p_strong prediction_set in_training".split()
)

Loaded = tuple[dict[str, Mapping[str, Any]], dict[str, Prediction], Mapping[str, Any]]


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
    estimation = _table(folder.estimation, ESTIMATION, tuple(ESTIMATION))
    try:
        predictions = {row["sha256"]: _prediction(row) for row in _records(estimation)}
    except (ValueError, TypeError) as error:
        raise PanelInvalid(
            f"{folder.estimation} is damaged ({error}).", remedy="Score the documents again."
        ) from error
    return rows, predictions, info


def _prediction(row: Mapping[str, Any]) -> Prediction:
    return Prediction(
        level=LEVELS.index(row["level"]),
        p_low=float(row["p_low"]),
        p_moderate=float(row["p_moderate"]),
        p_strong=float(row["p_strong"]),
        score=float(row["score"]),
        profile=from_text(row["profile"]),
        cross_fitted=bool(row["cross_fitted"]),
    )


def _table(path: Path, schema: Schema, needed: Sequence[str]) -> pd.DataFrame:
    """The `needed` columns of a table."""
    types = {name: schema[name] for name in needed}
    try:
        return pd.read_csv(
            path, dtype=types, keep_default_na=False, na_values=[""], encoding="utf-8", usecols=list(needed)
        )
    except ValueError as error:
        raise PanelInvalid(
            f"{path} is damaged ({error}).", remedy="Restore the run folder, or score the documents again."
        ) from error


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with empty cells as empty strings."""
    records = table.astype(object).where(table.notna(), "").to_dict("records")
    return cast("list[dict[str, Any]]", records)
