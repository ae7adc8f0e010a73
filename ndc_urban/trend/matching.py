"""Joins a panel with the results of runs: the prediction and the label of each Party's document in each round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from ndc_urban.counting import agreeing, counted
from ndc_urban.errors import NoResultsForPanel, PanelInvalid
from ndc_urban.runs.tables import FAILED, NEEDS_OCR, OK
from ndc_urban.trend.content_labels import Content
from ndc_urban.trend.graded import Grades
from ndc_urban.trend.labels import LabelledLevel, Labels
from ndc_urban.trend.panel import Panel, Standing
from ndc_urban.trend.registry import (
    AbsentDocument,
    LaterSubmission,
    Submission,
    absent_documents,
    not_in_registry,
    superseded_documents,
)
from ndc_urban.trend.results import CODEBOOK, Prediction, Results
from ndc_urban.trend.rounds import title_of_round
from ndc_urban.trend.tables import DOCUMENTS

SCORED, MISSING = "scored", "missing"
"""A row of the panel has one of these statuses, or `NEEDS_OCR` or `FAILED` of the run."""


@dataclass(frozen=True, slots=True)
class Match:
    """One row of the panel with its prediction and its label.

    `status` is `scored`, `needs_ocr`, `failed` or `missing`; only `scored` rows have a `prediction`. `fitted` marks a
    missing document that was scored, but only by a model that was trained on it. `stands_in` describes the file that
    was used if it is not the first choice of the panel. `content` is what the labels of its passages say of a coded
    document; `scored` is its row of documents.csv.
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
    content: Content | None = None
    scored: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Matched:
    """All rows of the panel by round, in the order of the rounds."""

    panel: Panel
    rounds: Mapping[str, tuple[Match, ...]]
    registry: tuple[Submission, ...] = ()
    scale: str = CODEBOOK
    grades: Grades = field(default_factory=dict)
    label_error: float = 0.0
    first_rounds: Mapping[str, str] = field(default_factory=dict)

    def first_round(self, standing: Standing) -> str:
        """The round of the whole panel in which a text came first; its own round if that is not known."""
        return self.first_rounds.get(standing.text, standing.round)

    def missing_units(self, name: str, basis: str) -> int:
        """The number of NDCs of a round, or of Parties they stand for, that have no result."""
        stood_for = [each.stands_for for each in self.absent(name)]
        stood_for += [match.stands_for for match in self.rounds[name] if match.prediction is None]
        return len(stood_for) if basis == DOCUMENTS else sum(map(len, stood_for))

    def title(self, name: str) -> str:
        """What people call a round; a calendar year is called by its number."""
        return name if self.panel.calendar else title_of_round(name)

    def absent(self, name: str) -> tuple[AbsentDocument, ...]:
        """The NDCs of a round that are in the registry but not in the panel."""
        return absent_documents(self.panel, name, self.registry)

    def superseded(self, name: str) -> tuple[LaterSubmission, ...]:
        """The documents of a round that a later submission in the registry had replaced by its day."""
        return superseded_documents(self.panel, name, self.registry)

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
                    f"{self.title(name)}: a file other than the first choice of the panel was used for {listed}."
                )
            fitted = [match.standing.iso3 for match in matches if match.fitted]
            if fitted:
                notes.append(
                    f"{self.title(name)}: {counted(len(fitted), 'document')} "
                    f"{agreeing(len(fitted), 'counts', 'count')} as missing: the model was trained on "
                    f"{(them := agreeing(len(fitted), 'it', 'them'))} and has no out-of-fold prediction for {them}: "
                    f"{', '.join(fitted)}."
                )
            for status, words in ((NEEDS_OCR, "needs OCR"), (FAILED, "could not be read")):
                parties = [match.standing.iso3 for match in matches if match.status == status]
                if parties:
                    notes.append(f"{self.title(name)}: the document {words} for {', '.join(parties)}.")
        return notes

    def _registry_notes(self, name: str) -> list[str]:
        notes = []
        absent = self.absent(name)
        if absent:
            listed = ", ".join(f"{each.party} ({each.iso3})" for each in absent)
            notes.append(
                f"{self.title(name)}: the registry lists {counted(len(absent), 'NDC')} of this round that the "
                f"panel does not have: {listed}."
            )
        unlisted = not_in_registry(self.panel, name, self.registry)
        if unlisted:
            notes.append(
                f"{self.title(name)}: for {counted(len(unlisted), 'document')} of the panel the registry has "
                f"no submission by the Party in the period of this round: {', '.join(unlisted)}."
            )
        return [*notes, *self._superseded_notes(name), *self._late_notes(name)]

    def _superseded_notes(self, name: str) -> list[str]:
        superseded = self.superseded(name)
        if not superseded or self.panel.calendar:
            return []  # the panel of years has such notes of its own
        listed = ", ".join(f"{each.iso3} (later: {each.day})" for each in superseded)
        return [
            f"{self.title(name)}: for {counted(len(superseded), 'Party')} the registry lists a later "
            "submission in the period of this round. Its text is not in this corpus, so the earlier document "
            f"is used: {listed}."
        ]

    def _late_notes(self, name: str) -> list[str]:
        last = self.panel.day(name).isoformat()
        standings = self.panel.of_round(name)
        late = [each for each in standings if (each.text_date or each.submission_date) > last]
        dated = [each for each in standings if each.submission_date > last and each not in late]
        notes = []
        if dated:
            listed = ", ".join(f"{each.iso3} ({each.text_date})" for each in dated)
            notes.append(
                f"{self.title(name)}: {counted(len(dated), 'document')} {agreeing(len(dated), 'was', 'were')} "
                "registered after the day of this round. "
                f"{agreeing(len(dated), 'Its text is', 'Their texts are')} of the date in "
                f"brackets: {listed}."
            )
        if late:
            listed = ", ".join(f"{each.iso3} ({each.exception or each.submission_date})" for each in late)
            notes.append(
                f"{self.title(name)}: {counted(len(late), 'document')} {agreeing(len(late), 'is', 'are')} "
                f"later than the day of this round: {listed}."
            )
        return notes


def match(
    panel: Panel,
    results: Results,
    labels: Labels,
    registry: tuple[Submission, ...] = (),
    content: Mapping[str, Content] = MappingProxyType({}),
) -> Matched:
    """Finds the prediction of each row of the panel; raises `NoResultsForPanel` if there is none at all.

    `content` has what the labels of passages say of each coded document, by its name.
    """
    rounds = {
        name: tuple(
            replace(
                _match(standing, panel, results, labels),
                content=content.get(standing.document) if standing.document else None,
            )
            for standing in panel.of_round(name)
        )
        for name in panel.rounds
    }
    if not any(each.prediction for matches in rounds.values() for each in matches):
        raise NoResultsForPanel(f"The runs have no usable result for any document of the panel {panel.path}.")
    return Matched(panel, rounds, registry, results.scale)


def _match(standing: Standing, panel: Panel, results: Results, labels: Labels) -> Match:
    hashes = tuple(file.sha256 for file in standing.files if file.sha256)
    stands_for = panel.stands_for(standing)
    label = labels.of(standing, hashes)
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
                _prediction_set(prediction, results.documents.get(sha256, _NOTHING)),
                stands_in=described if position else "",
                scored=results.documents.get(sha256, _NOTHING),
            )
    statuses = {results.documents[sha256]["status"] for sha256, _ in found if sha256 in results.documents}
    status = next((name for name in (NEEDS_OCR, FAILED) if name in statuses and OK not in statuses), MISSING)
    return Match(standing, stands_for, status, label=label, fitted=OK in statuses)


_NOTHING: Mapping[str, Any] = {"prediction_set": "", "level": ""}


def _prediction_set(prediction: Prediction, row: Mapping[str, Any]) -> str:
    """The set of possible levels, if the run has one for this prediction on this scale."""
    same_scale = (row.get("scale") or CODEBOOK) == prediction.scale
    return str(row["prediction_set"]) if same_scale and not prediction.cross_fitted else ""


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
            f"{counted(len(of_party), 'document')} of that Party.",
            remedy="Name the file in a column sha256 or path.",
        )
    return [(sha256, "") for sha256 in of_party]
