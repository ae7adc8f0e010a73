"""Joins a panel to the results of runs: what became of the document that stands for each Party in each round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ndc_urban.errors import NoResultsForPanel, PanelInvalid
from ndc_urban.runs.tables import FAILED, NEEDS_OCR, OK
from ndc_urban.trend.labels import LabelledLevel, Labels
from ndc_urban.trend.panel import Panel, Standing
from ndc_urban.trend.results import Prediction, Results

SCORED, MISSING = "scored", "missing"
STATUSES: tuple[str, ...] = (SCORED, NEEDS_OCR, FAILED, MISSING)


@dataclass(frozen=True, slots=True)
class Match:
    """One row of the panel with its prediction and its label.

    `status` is `scored`, `needs_ocr`, `failed` or `missing`; `prediction` is there where it is `scored`. `fitted` marks
    a missing document that was scored, but by a model that was trained on it. `stands_in` describes the file whose
    prediction is taken where it is not the first choice of the panel.
    """

    standing: Standing
    stands_for: tuple[str, ...]
    status: str
    sha256: str = ""
    prediction: Prediction | None = None
    label: LabelledLevel | None = None
    prediction_set: str = ""
    fitted: bool = False
    stands_in: str = ""


@dataclass(frozen=True)
class Matched:
    """All rows of the panel by round, in the rounds' order."""

    panel: Panel
    rounds: Mapping[str, tuple[Match, ...]]

    def scored(self, name: str) -> tuple[Match, ...]:
        """The rows of a round that have a prediction."""
        return tuple(match for match in self.rounds[name] if match.prediction is not None)

    def notes(self) -> list[str]:
        """What a reader should know of the files that were used."""
        notes = []
        for name, matches in self.rounds.items():
            others = [match for match in matches if match.stands_in]
            if others:
                told = ", ".join(f"{match.standing.iso3} ({match.stands_in})" for match in others)
                notes.append(f"{name}: another file than the panel's first choice was scored for {told}.")
            fitted = [match.standing.iso3 for match in matches if match.fitted]
            if fitted:
                notes.append(
                    f"{name}: {len(fitted)} documents were scored only by a model that was trained on them and without "
                    f"an out-of-fold prediction; they count as missing: {', '.join(fitted)}."
                )
            for status, words in ((NEEDS_OCR, "needs text recognition"), (FAILED, "could not be read")):
                parties = [match.standing.iso3 for match in matches if match.status == status]
                if parties:
                    notes.append(f"{name}: the document {words} for {', '.join(parties)}.")
        return notes


def match(panel: Panel, results: Results, labels: Labels) -> Matched:
    """Finds for each row of the panel its prediction; raises `NoResultsForPanel` where none is found."""
    rounds = {
        name: tuple(_match(standing, panel, results, labels) for standing in panel.of_round(name))
        for name in panel.rounds
    }
    if not any(each.prediction for matches in rounds.values() for each in matches):
        raise NoResultsForPanel(f"The runs hold no usable result for any document of the panel {panel.path}.")
    return Matched(panel, rounds)


def _match(standing: Standing, panel: Panel, results: Results, labels: Labels) -> Match:
    hashes = tuple(file.sha256 for file in standing.files if file.sha256)
    stands_for = panel.stands_for(standing)
    label = labels.of(standing.document, hashes)
    found = _candidates(standing, results)
    for position, (sha256, described) in enumerate(found):
        prediction = results.predictions.get(sha256)
        if prediction is not None:
            return Match(
                standing,
                stands_for,
                SCORED,
                sha256,
                prediction,
                label,
                "" if prediction.cross_fitted else results.documents.get(sha256, _NOTHING)["prediction_set"],
                stands_in=described if position else "",
            )
    statuses = {results.documents[sha256]["status"] for sha256, _ in found if sha256 in results.documents}
    status = next((name for name in (NEEDS_OCR, FAILED) if name in statuses and OK not in statuses), MISSING)
    return Match(standing, stands_for, status, label=label, fitted=OK in statuses)


_NOTHING: Mapping[str, Any] = {"prediction_set": ""}


def _candidates(standing: Standing, results: Results) -> list[tuple[str, str]]:
    """Hashes of the document's files in order of preference, each with words for the file."""
    found: dict[str, str] = {}
    for file in standing.files:
        hashes = (file.sha256,) if file.sha256 else results.ending_with(file.path)
        for sha256 in hashes:
            found.setdefault(sha256, file.described or file.path or sha256[:12])
    if standing.files:
        return list(found.items())
    of_party = results.by_party.get(standing.iso3, ())
    if len(of_party) > 1:
        raise PanelInvalid(
            f"The panel names no file for {standing.iso3} in the round {standing.round}, and the runs hold "
            f"{len(of_party)} documents of that Party.",
            remedy="Name the file in a column sha256 or path.",
        )
    return [(sha256, "") for sha256 in of_party]
