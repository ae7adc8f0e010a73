"""The panel of calendar years: for each Party the latest document submitted until 31 December of the year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ndc_urban.counting import agreeing, counted
from ndc_urban.errors import UsageError
from ndc_urban.trend.panel import (
    REGISTER_COLUMNS,
    REGISTER_FILE,
    File,
    Panel,
    Row,
    Standing,
    files_of,
    load_register,
    read_rows,
)
from ndc_urban.trend.registry import REGISTRY_FILE, Submission, load_registry
from ndc_urban.trend.rounds import end_of_year


def panel_of_years(panel: Panel, years: Sequence[int]) -> Panel:
    """The same Parties as in `panel`, with calendar years as rounds.

    Dates come from the register `documents.csv` beside the panel. If the UNFCCC's registry `registry.csv` is there,
    too, a note names the Parties that had submitted something later that the register does not have.
    Raises `PathMissing` without a register, and `UsageError` if no document was in force in any of the years.
    """
    folder = panel.path.parent
    rows = read_rows(folder / REGISTER_FILE, REGISTER_COLUMNS)
    register = load_register(folder)
    registry = load_registry(folder / REGISTRY_FILE)
    names = {standing.iso3: standing.party for standing in panel.standings}
    preferred = {standing.document: standing.files[0] for standing in panel.standings if standing.files}
    standings: list[Standing] = []
    notes: list[str] = []
    for year in sorted(set(years)):
        latest = _latest_of(rows, names, end_of_year(year).isoformat())
        for iso3, row in sorted(latest.items()):
            document, submitted = row["document"], row["submission_date"]
            files = _files(register[document], submitted, preferred.get(document))
            standings.append(Standing(str(year), iso3, names[iso3], document, submitted, files))
        notes += _superseded(registry, year, latest)
    if not standings:
        raise UsageError(
            f"No document of the register was in force at the end of {', '.join(map(str, years))}.",
            remedy="Choose later years.",
        )
    return Panel(panel.path, panel.sha256, tuple(standings), calendar=True, notes=tuple(notes))


def _latest_of(rows: Sequence[Row], parties: Mapping[str, str], last: str) -> dict[str, Row]:
    """By Party the row of the latest document submitted until the day `last`."""
    latest: dict[str, Row] = {}
    for row in rows:
        known = row["document"] and row["submission_date"] and row["iso3"] in parties
        if known and row["submission_date"] <= last:
            current = latest.get(row["iso3"])
            if current is None or row["submission_date"] > current["submission_date"]:
                latest[row["iso3"]] = row
    return latest


def _files(registered: Sequence[Row], submitted: str, preferred: File | None) -> tuple[File, ...]:
    """The files of a document; the panel's preferred one comes first if it has the same date."""
    files = files_of({}, registered, submitted)
    same_date = {entry["file"] for entry in registered if entry["submission_date"] == submitted}
    if preferred and preferred.path in same_date:
        return (preferred, *(file for file in files if file != preferred))
    return files


def _superseded(registry: Sequence[Submission], year: int, latest: Mapping[str, Row]) -> list[str]:
    """A note on the Parties whose newest NDC of a year is in the registry but not in the register."""
    last = end_of_year(year).isoformat()
    newest: dict[str, str] = {}
    for each in registry:
        if each.day <= last:
            newest[each.iso3] = max(newest.get(each.iso3, ""), each.day)
    stale = [iso3 for iso3, row in sorted(latest.items()) if newest.get(iso3, "") > row["submission_date"]]
    if not stale:
        return []
    return [
        f"{year}: for {counted(len(stale), 'Party')} the registry lists a later submission than this corpus "
        f"has. {agreeing(len(stale), 'Its', 'Their')} earlier "
        f"document is used: {', '.join(stale)}."
    ]
