"""The UNFCCC's registry of NDCs: which Parties submitted when, and whose NDC a round of the panel lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ndc_urban.corpus.registry import load_registry as load_table
from ndc_urban.parties import EUROPEAN_UNION, members_on
from ndc_urban.trend.panel import Panel
from ndc_urban.trend.rounds import day_of, first_day_of, round_after

REGISTRY_FILE = "registry.csv"


@dataclass(frozen=True, slots=True)
class Submission:
    """An NDC in the registry; `day` is its date in ISO 8601."""

    iso3: str
    party: str
    day: str


@dataclass(frozen=True, slots=True)
class AbsentDocument:
    """An NDC that belongs to a round by the registry but is not in the panel; `stands_for` are its Parties."""

    iso3: str
    party: str
    stands_for: tuple[str, ...]


def load_registry(path: Path) -> tuple[Submission, ...]:
    """The NDCs with a date in the table of a registry; none if there is no such file."""
    if not path.is_file():
        return ()
    return tuple(
        Submission(each.iso3, each.party, each.day.isoformat())
        for each in load_table(path).documents
        if each.is_ndc and each.iso3 and each.day and not each.withdrawn
    )


def absent_documents(panel: Panel, name: str, registry: Sequence[Submission]) -> tuple[AbsentDocument, ...]:
    """The NDCs that Parties without a document in a round submitted in its period, sorted by code."""
    submitted = _submitted(panel, name, registry)
    covered = {party for each in panel.of_round(name) for party in panel.stands_for(each)}
    members = members_on(panel.day(name)) if EUROPEAN_UNION in submitted else frozenset()
    absent = []
    for iso3, party in sorted(submitted.items()):
        if iso3 in covered or iso3 in members:
            continue
        others = sorted(members - covered) if iso3 == EUROPEAN_UNION else []
        absent.append(AbsentDocument(iso3, party, (iso3, *others)))
    return tuple(absent)


def not_in_registry(panel: Panel, name: str, registry: Sequence[Submission]) -> tuple[str, ...]:
    """The Parties with a document in a round for which the registry has no NDC from its period."""
    if not registry:
        return ()
    submitted = _submitted(panel, name, registry)
    return tuple(each.iso3 for each in panel.of_round(name) if each.iso3 not in submitted)


@dataclass(frozen=True, slots=True)
class LaterSubmission:
    """A document of a round that the Party had replaced by the day of the round: `day` is that of the latest NDC."""

    iso3: str
    day: str


def superseded_documents(
    panel: Panel, name: str, registry: Sequence[Submission]
) -> tuple[LaterSubmission, ...]:
    """The documents of a round for which the registry has a later submission in the round's period, by code."""
    newest = _newest(panel, name, registry)
    return tuple(
        LaterSubmission(each.iso3, newest[each.iso3])
        for each in panel.of_round(name)
        if each.submission_date and each.submission_date < newest.get(each.iso3, "")
    )


def _submitted(panel: Panel, name: str, registry: Sequence[Submission]) -> dict[str, str]:
    """By code the names of the Parties that submitted an NDC in the period of a round."""
    names = {each.iso3: each.party for each in registry}
    return {iso3: names[iso3] for iso3 in _newest(panel, name, registry)}


def _newest(panel: Panel, name: str, registry: Sequence[Submission]) -> dict[str, str]:
    """By code the day of the latest NDC that a Party submitted in the period of a round."""
    first = panel.first_day(name).isoformat()
    last = panel.day(name).isoformat()
    following = round_after(name) if not panel.calendar else ""
    since, until = first_day_of(following).isoformat(), day_of(following).isoformat() if following else ""
    later = {each.iso3 for each in registry if since <= each.day <= until}
    newest: dict[str, str] = {}
    for each in registry:
        if first <= each.day <= last and (not following or each.iso3 in later):
            newest[each.iso3] = max(newest.get(each.iso3, ""), each.day)
    return newest
