"""The panel: which document stands for each Party in each round, and by which files it is known.

A panel is a CSV file with a row for each Party and round:

- `round` and `iso3` (ISO 3166-1 alpha-3, EUU for the European Union) are required;
- `party` (its name), `document` (a name of the NDC such as KEN_2022, the same in all rounds in which it stands),
  `submission_date` (ISO 8601) may be there;
- the files by which the document is known: `sha256` (one or more, separated by semicolons, the preferred one first),
  `english_text` or `path` (a file's path, of which the end is compared).

A register `documents.csv` beside it (`file, sha256, document, iso3, language, kind, submission_date`) adds all files of
each document. Where a row names no file, the documents of its Party in the run are taken, which must be one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ndc_urban.errors import PanelInvalid, UsageError
from ndc_urban.files import read_csv, sha256_of
from ndc_urban.parties import EUROPEAN_UNION, is_party_code, members_on
from ndc_urban.trend.rounds import day_of, end_of_year

REGISTER_FILE = "documents.csv"
REGISTRY_FILE = "registry.csv"
REQUIRED = ("round", "iso3")
_REGISTER_COLUMNS = ("file", "sha256", "document", "iso3", "language", "kind", "submission_date")

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class File:
    """A file of a document: its hash (may be empty) and its path in a collection (may be empty)."""

    sha256: str
    path: str
    described: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The document that stands for a Party in a round; `files` in the order of preference."""

    round: str
    iso3: str
    party: str
    document: str
    submission_date: str
    files: tuple[File, ...]


@dataclass(frozen=True)
class Panel:
    """Rounds in order of time, and who stands in them.

    `sha256` is the hash of the file; `calendar` tells that the rounds are calendar years; `notes` say what a reader
    of the tables should know of the panel.
    """

    path: Path
    sha256: str
    standings: tuple[Standing, ...]
    calendar: bool = False
    notes: tuple[str, ...] = ()

    @property
    def rounds(self) -> tuple[str, ...]:
        """The rounds in order of the day that they look at."""
        names = dict.fromkeys(standing.round for standing in self.standings)
        return tuple(sorted(names, key=lambda name: (self.day(name), name)))

    def of_round(self, name: str) -> tuple[Standing, ...]:
        """Who stands in a round, sorted by ISO3 code."""
        found = [standing for standing in self.standings if standing.round == name]
        return tuple(sorted(found, key=lambda standing: standing.iso3))

    def day(self, name: str) -> date:
        """The day that a round looks at."""
        if self.calendar:
            return end_of_year(int(name))
        latest = max((each.submission_date for each in self.standings if each.round == name), default="")
        return day_of(name, latest)

    def stands_for(self, standing: Standing) -> tuple[str, ...]:
        """The Parties that a document stands for: its own, and for the European Union its members on that day.

        A member with a row of its own in the round stands for itself.
        """
        if standing.iso3 != EUROPEAN_UNION:
            return (standing.iso3,)
        own = {each.iso3 for each in self.standings if each.round == standing.round}
        return (EUROPEAN_UNION, *sorted(members_on(self.day(standing.round)) - own))

    def choose(self, rounds: Sequence[str]) -> Panel:
        """The panel of these rounds alone; raises `UsageError` for one that it lacks."""
        unknown = [name for name in rounds if name not in self.rounds]
        if unknown:
            raise UsageError(
                f"The panel {self.path} has no round {', '.join(unknown)}.",
                remedy=f"Choose among: {', '.join(self.rounds)}.",
            )
        kept = tuple(standing for standing in self.standings if standing.round in rounds)
        return replace(self, standings=kept)


def load_panel(path: Path) -> Panel:
    """Reads a panel and the register beside it.

    Raises `PathMissing` where the file is not there and `PanelInvalid`, naming the row, where a column is missing, a
    code is unknown, or two documents stand for one Party in one round.
    """
    rows = read_rows(path, REQUIRED)
    if not rows:
        raise PanelInvalid(f"The panel {path} holds no row.")
    register = _register(path.parent)
    standings: dict[tuple[str, str], Standing] = {}
    for number, row in enumerate(rows, 2):
        standing = _standing(path, number, row, register)
        key = (standing.round, standing.iso3)
        other = standings.setdefault(key, standing)
        if _identity(other) != _identity(standing):
            raise PanelInvalid(
                f"{path}, row {number}: two documents stand for {standing.iso3} in the round {standing.round} "
                f"({other.document or 'unnamed'} and {standing.document or 'unnamed'}).",
                remedy="Keep the one that was in force on the day of the round.",
            )
    return Panel(path, sha256_of(path), tuple(standings.values()))


def _identity(standing: Standing) -> object:
    return standing.document or standing.files or None


def _standing(path: Path, number: int, row: Row, register: Mapping[str, Sequence[Row]]) -> Standing:
    iso3, name = row["iso3"].strip().upper(), row["round"].strip()
    where = f"{path}, row {number}"
    if not name:
        raise PanelInvalid(f"{where}: the round is empty.")
    if not is_party_code(iso3):
        raise PanelInvalid(
            f"{where}: {iso3 or 'an empty cell'} is no ISO 3166-1 alpha-3 code.",
            remedy="Write three letters as in KEN; EUU stands for the European Union.",
        )
    submitted = row.get("submission_date", "").strip()
    if submitted and not _is_date(submitted):
        raise PanelInvalid(f"{where}: {submitted} is no date.", remedy="Write dates as 2021-12-31.")
    document = row.get("document", "").strip()
    return Standing(
        round=name,
        iso3=iso3,
        party=row.get("party", "").strip() or iso3,
        document=document,
        submission_date=submitted,
        files=_files(row, register.get(document, ()) if document else (), submitted),
    )


def _files(row: Row, registered: Sequence[Row], submitted: str) -> tuple[File, ...]:
    """The files of a document: those that the row names, then English HTML, other HTML and PDF of the same date."""
    path = (row.get("english_text", "") or row.get("path", "")).strip()
    by_path = {entry["file"]: entry for entry in registered}
    by_hash = {entry["sha256"]: entry for entry in registered}
    named = []
    for sha256 in filter(None, (part.strip().lower() for part in row.get("sha256", "").split(";"))):
        known = by_hash.get(sha256)
        named.append(File(sha256, known["file"], _described(known)) if known else File(sha256, ""))
    if path:
        entry = by_path.get(path)
        if entry or not named:
            named.append(File(entry["sha256"], path, _described(entry)) if entry else File("", path))
    ordered = sorted(registered, key=lambda entry: _preference(entry, submitted))
    others = [File(entry["sha256"], entry["file"], _described(entry)) for entry in ordered]
    first: dict[str, File] = {}
    for file in (*named, *others):
        first.setdefault(file.sha256 or file.path, file)
    return tuple(first.values())


def _preference(entry: Row, submitted: str) -> tuple[bool, bool, bool, str]:
    return (
        bool(submitted) and entry["submission_date"] != submitted,
        entry["kind"] != "html",
        entry["language"] != "en",
        entry["file"],
    )


def _described(entry: Row) -> str:
    return f"{entry['kind'].upper()} in {entry['language']}"


def panel_of_years(path: Path, years: Sequence[int]) -> Panel:
    """The panel of calendar years: for each Party the latest document submitted until 31 December of the year.

    Dates come from the register `documents.csv` beside the panel at `path`. The registry `registry.csv` beside it,
    where it is there, tells which Parties had submitted something later that the register does not hold; a note
    names them.
    Raises `PathMissing` where there is no register.
    """
    rows = read_rows(path.parent / REGISTER_FILE, _REGISTER_COLUMNS)
    names = {standing.iso3: standing.party for standing in load_panel(path).standings}
    english = {
        standing.document: standing.files[0] for standing in load_panel(path).standings if standing.files
    }
    register = _register(path.parent)
    standings: list[Standing] = []
    notes: list[str] = []
    for year in sorted(set(years)):
        last = end_of_year(year).isoformat()
        latest: dict[str, dict[str, str]] = {}
        for row in rows:
            known = row["document"] and row["submission_date"] and row["iso3"] in names
            if known and row["submission_date"] <= last:
                current = latest.get(row["iso3"])
                if current is None or row["submission_date"] > current["submission_date"]:
                    latest[row["iso3"]] = row
        for iso3, row in sorted(latest.items()):
            document, submitted = row["document"], row["submission_date"]
            files = _files({}, register[document], submitted)
            preferred = english.get(document)
            dated = {entry["file"] for entry in register[document] if entry["submission_date"] == submitted}
            if preferred and preferred.path in dated:
                files = (preferred, *(file for file in files if file != preferred))
            standings.append(Standing(str(year), iso3, names[iso3], document, submitted, files))
        notes += _older_than_the_registry(path.parent / REGISTRY_FILE, year, latest)
    if not standings:
        raise UsageError(
            f"No document of the register was in force at the end of {', '.join(map(str, years))}.",
            remedy="Choose later years.",
        )
    return Panel(path, sha256_of(path), tuple(standings), calendar=True, notes=tuple(notes))


def _older_than_the_registry(registry: Path, year: int, latest: Mapping[str, Row]) -> list[str]:
    """A note on the Parties whose newest NDC of a year is in the registry but not in the register."""
    if not registry.is_file():
        return []
    last = end_of_year(year).isoformat()
    newest: dict[str, str] = {}
    for row in read_rows(registry, ("code", "fileType", "submissionDate")):
        if row["fileType"] == "NDC" and row["submissionDate"] <= last:
            newest[row["code"]] = max(newest.get(row["code"], ""), row["submissionDate"])
    stale = [iso3 for iso3, row in sorted(latest.items()) if newest.get(iso3, "") > row["submission_date"]]
    if not stale:
        return []
    return [
        f"{year}: the registry lists a later submission than the documents at hand for {len(stale)} Parties, whose "
        f"earlier document stands in: {', '.join(stale)}."
    ]


def _register(folder: Path) -> dict[str, list[Row]]:
    path = folder / REGISTER_FILE
    documents: dict[str, list[Row]] = {}
    if path.is_file():
        for row in read_rows(path, _REGISTER_COLUMNS):
            documents.setdefault(row["document"], []).append(row)
    return documents


def read_rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV file; raises `PathMissing` and `PanelInvalid`."""
    remedy = "Save it as CSV in UTF-8 with all its columns; docs/trend.md lists them."
    return read_csv(path, columns, error=PanelInvalid, remedy=remedy).rows


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
