"""Joins a panel with the results of runs: the prediction and the label of each Party's document in each round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ndc_urban.errors import NoResultsForPanel, PanelInvalid
from ndc_urban.runs.tables import FAILED, NEEDS_OCR, OK
from ndc_urban.trend.labels import LabelledLevel, Labels
from ndc_urban.trend.panel import Panel, Standing
from ndc_urban.trend.registry import AbsentDocument, Submission, absent_documents, not_in_registry
from ndc_urban.trend.results import Prediction, Results

SCORED, MISSING = "scored", "missing"
"""A row of the panel has one of these statuses, or `NEEDS_OCR` or `FAILED` of the run."""


@dataclass(frozen=True, slots=True)
class Match:
    """One row of the panel with its prediction and its label.

    `status` is `scored`, `needs_ocr`, `failed` or `missing`; only `scored` rows have a `prediction`. `fitted` marks a
    missing document that was scored, but only by a model that was trained on it. `stands_in` describes the file that
    was used if it is not the first choice of the panel.
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
    """All rows of the panel by round, in the order of the rounds."""

    panel: Panel
    rounds: Mapping[str, tuple[Match, ...]]
    registry: tuple[Submission, ...] = ()

    def absent(self, name: str) -> tuple[AbsentDocument, ...]:
        """The NDCs of a round that are in the registry but not in the panel."""
        return absent_documents(self.panel, name, self.registry)

    def scored(self, name: str) -> tuple[Match, ...]:
        """The rows of a round that have a prediction."""
        return tuple(match for match in self.rounds[name] if match.prediction is not None)

    def notes(self) -> list[str]:
        """What a reader should know about the files that were used."""
        notes = []
        for name, matches in self.rounds.items():
            notes += self._registry_notes(name)
            others = [match for match in matches if match.stands_in]
            if others:
                listed = ", ".join(f"{match.standing.iso3} ({match.stands_in})" for match in others)
                notes.append(
                    f"{name}: a file other than the first choice of the panel was used for {listed}."
                )
            fitted = [match.standing.iso3 for match in matches if match.fitted]
            if fitted:
                notes.append(
                    f"{name}: {len(fitted)} documents count as missing: the model was trained on them and has no "
                    f"out-of-fold prediction for them: {', '.join(fitted)}."
                )
            for status, words in ((NEEDS_OCR, "needs OCR"), (FAILED, "could not be read")):
                parties = [match.standing.iso3 for match in matches if match.status == status]
                if parties:
                    notes.append(f"{name}: the document {words} for {', '.join(parties)}.")
        return notes

    def _registry_notes(self, name: str) -> list[str]:
        notes = []
        absent = self.absent(name)
        if absent:
            listed = ", ".join(f"{each.party} ({each.iso3})" for each in absent)
            notes.append(
                f"{name}: the registry lists {len(absent)} NDCs of this round that the panel does not have: {listed}."
            )
        unlisted = not_in_registry(self.panel, name, self.registry)
        if unlisted:
            notes.append(
                f"{name}: for {len(unlisted)} documents of the panel the registry has no submission by the Party in "
                f"the period of this round: {', '.join(unlisted)}."
            )
        return notes


def match(panel: Panel, results: Results, labels: Labels, registry: tuple[Submission, ...] = ()) -> Matched:
    """Finds the prediction of each row of the panel; raises `NoResultsForPanel` if there is none at all."""
    rounds = {
        name: tuple(_match(standing, panel, results, labels) for standing in panel.of_round(name))
        for name in panel.rounds
    }
    if not any(each.prediction for matches in rounds.values() for each in matches):
        raise NoResultsForPanel(f"The runs have no usable result for any document of the panel {panel.path}.")
    return Matched(panel, rounds, registry)


def _match(standing: Standing, panel: Panel, results: Results, labels: Labels) -> Match:
    hashes = tuple(file.sha256 for file in standing.files if file.sha256)
    stands_for = panel.stands_for(standing)
    label = labels.of(standing.document, hashes)
    found = _known_files(standing, results)
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


def _known_files(standing: Standing, results: Results) -> list[tuple[str, str]]:
    """Hashes of the files of a document in order of preference, each with a description of the file."""
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
            f"The panel names no file for {standing.iso3} in the round {standing.round}, and the runs have "
            f"{len(of_party)} documents of that Party.",
            remedy="Name the file in a column sha256 or path.",
        )
    return [(sha256, "") for sha256 in of_party]
