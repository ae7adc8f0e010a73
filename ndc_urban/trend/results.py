"""The results of runs, as far as a trend needs them: documents, predictions, and which model made them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import pandas as pd

from ndc_urban.codebook import LEVELS
from ndc_urban.document import Passage
from ndc_urban.errors import PanelInvalid, PathMissing, RunsDiffer
from ndc_urban.model.assessment import Code, ScoredPassage
from ndc_urban.model.profile import as_text, from_text, profile_of
from ndc_urban.runs import RunFolder
from ndc_urban.runs.estimation import ESTIMATION, level_score
from ndc_urban.runs.tables import DOCUMENTS, OK, PASSAGES, Schema


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model that had not seen the document says of it; `level` is a level code (0 low to 2 strong)."""

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

    `documents` holds the rows of documents.csv by hash, `predictions` what there is to estimate from, `runs` what
    run.json says of each run.
    """

    documents: Mapping[str, Mapping[str, Any]]
    predictions: Mapping[str, Prediction]
    runs: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...] = ()

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

    Raises `PathMissing` where a file of a run lacks, `RunsDiffer` where the runs were made by different models, and
    `PanelInvalid` where a table is not sound.
    """
    loaded = [_load(RunFolder(folder)) for folder in folders]
    models = {str(info["model"]["hash"]): str(info["model"]["name"]) for _, _, info, _ in loaded}
    if len(models) > 1:
        told = ", ".join(f"{name} ({number[:12]})" for number, name in models.items())
        raise RunsDiffer(f"The runs were made by different models: {told}.")
    documents: dict[str, Mapping[str, Any]] = {}
    predictions: dict[str, Prediction] = {}
    notes: list[str] = []
    for rows, predicted, _, note in loaded:
        for sha256, row in rows.items():
            if sha256 not in documents or documents[sha256]["status"] != OK:
                documents[sha256] = row
        predictions |= predicted
        notes += note
    return Results(
        documents, predictions, tuple(info for _, _, info, _ in loaded), tuple(dict.fromkeys(notes))
    )


_OF_DOCUMENTS = tuple(
    "path sha256 iso3 language status level p_low p_moderate p_strong prediction_set in_training".split()
)
_OF_PASSAGES = tuple("sha256 kind text p_urban code sector strand role".split())

Loaded = tuple[dict[str, Mapping[str, Any]], dict[str, Prediction], Mapping[str, Any], list[str]]


def _load(folder: RunFolder) -> Loaded:
    for path in (folder.documents, folder.info):
        if not path.is_file():
            raise PathMissing(
                f"{folder.root} is no run folder: {path.name} is missing.",
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
    notes: list[str] = []
    if folder.estimation.is_file():
        estimation = _table(folder.estimation, ESTIMATION, tuple(ESTIMATION))
    else:
        notes.append("A run has no estimation.csv: its levels are taken from documents.csv.")
        estimation = _estimation_of(documents, folder)
    try:
        predictions = {row["sha256"]: _prediction(row) for row in _records(estimation)}
    except (ValueError, TypeError) as error:
        raise PanelInvalid(
            f"{folder.estimation} is not sound ({error}).", remedy="Score the documents again."
        ) from error
    return rows, predictions, info, notes


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
    """The `needed` columns of a table; others may lack, as in runs of older versions."""
    types = {name: schema[name] for name in needed}
    try:
        return pd.read_csv(
            path, dtype=types, keep_default_na=False, na_values=[""], encoding="utf-8", usecols=list(needed)
        )
    except ValueError as error:
        raise PanelInvalid(
            f"{path} is not sound ({error}).", remedy="Restore the run folder, or score the documents again."
        ) from error


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with empty cells as empty strings."""
    records = table.astype(object).where(table.notna(), "").to_dict("records")
    return cast("list[dict[str, Any]]", records)


def _estimation_of(documents: pd.DataFrame, folder: RunFolder) -> pd.DataFrame:
    """The table `ESTIMATION` of a run that has none; documents that the model was trained on are left out."""
    usable = documents[
        (documents["status"] == OK) & ~documents["in_training"].fillna(value=False).astype(bool)
    ]
    usable = usable.drop_duplicates("sha256")
    table = usable[["sha256", "level", "p_low", "p_moderate", "p_strong"]].copy()
    table["cross_fitted"] = False
    table["score"] = [
        level_score(float(low), float(strong))
        for low, strong in zip(usable["p_low"], usable["p_strong"], strict=True)
    ]
    profiles = _profiles(usable, folder)
    table["profile"] = [profiles.get(sha256, "") for sha256 in usable["sha256"]]
    return table[list(ESTIMATION)]


def _profiles(documents: pd.DataFrame, folder: RunFolder) -> dict[str, str]:
    """Profiles from the passages of a run, where it still has them."""
    if not folder.passages.is_file():
        return {}
    language = dict(zip(documents["sha256"], documents["language"], strict=True))
    passages: dict[str, list[ScoredPassage]] = {}
    for row in _records(_table(folder.passages, PASSAGES, _OF_PASSAGES)):
        if row["sha256"] in language:
            passages.setdefault(row["sha256"], []).append(_scored(row, language[row["sha256"]]))
    return {sha256: as_text(profile_of(scored)) for sha256, scored in passages.items()}


def _scored(row: Mapping[str, Any], language: str) -> ScoredPassage:
    text = str(row["text"])
    passage = Passage(text, 0, len(text), 0, row["kind"], language=language)
    return ScoredPassage(
        passage, float(row["p_urban"]), cast(Code, row["code"]), row["sector"], row["strand"], row["role"]
    )
