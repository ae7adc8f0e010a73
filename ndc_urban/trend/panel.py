"""The panel: which document represents each Party in each round, and in which files it is found.

A panel is a CSV file with a row for each Party and round:

- `round` and `iso3` (ISO 3166-1 alpha-3, EUU for the European Union) are required;
- `party` (its name), `document` (a name of the NDC such as KEN_2022, the same in every round in which it was in force)
  and `submission_date` (ISO 8601) are optional;
- so are `as_of` and `since`, the last and the first day of a round whose name does not say them;
- so are `text_date`, the date of the text where it was registered later, and `exception`, why a document stands in a
  round that it does not quite fit;
- so are the files of the document: `sha256` (one or more, separated by semicolons, the preferred one first),
  `english_text` or `path` (the end of a file's path).

A register `documents.csv` beside it (`file, sha256, document, iso3, language, kind, submission_date`) adds all files of
each document. If a row names no file, the run must hold exactly one document of its Party.

Panels of calendar years are made in `calendar_years`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from ndc_urban.errors import PanelInvalid, UsageError
from ndc_urban.files import read_csv, sha256_of
from ndc_urban.parties import EUROPEAN_UNION, is_party_code, members_on
from ndc_urban.trend.rounds import day_of, end_of_year, first_day_of

REGISTER_FILE = "documents.csv"
REQUIRED = ("round", "iso3")
REGISTER_COLUMNS = ("file", "sha256", "document", "iso3", "language", "kind", "submission_date")

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class File:
    """A file of a document: its hash (may be empty) and its path in a collection (may be empty)."""

    sha256: str
    path: str
    described: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The document that represents a Party in a round; `files` in order of preference.

    `text_date` is the date of the text where it was registered later, `exception` says why a document stands in a round
    that it does not quite fit; both may be empty.
    """

    round: str
    iso3: str
    party: str
    document: str
    submission_date: str
    files: tuple[File, ...]
    text_date: str = ""
    exception: str = ""

    @property
    def text(self) -> str:
        """What identifies the text in all rounds: the name of the document, else its first file; empty if neither."""
        return self.document or next((file.sha256 or file.path for file in self.files), "")


@dataclass(frozen=True)
class Panel:
    """The rounds and the documents in them.

    `sha256` is the hash of the file; `calendar` is true if the rounds are calendar years; `notes` are for the readers
    of the tables; `periods` are the first and last days of the rounds for which the file says them.
    """

    path: Path
    sha256: str
    standings: tuple[Standing, ...]
    calendar: bool = False
    notes: tuple[str, ...] = ()
    periods: Mapping[str, tuple[date, date]] = field(default_factory=dict)

    @property
    def rounds(self) -> tuple[str, ...]:
        """The rounds in order of their reference days."""
        names = dict.fromkeys(standing.round for standing in self.standings)
        return tuple(sorted(names, key=lambda name: (self.day(name), name)))

    def of_round(self, name: str) -> tuple[Standing, ...]:
        """The documents of a round, sorted by ISO3 code."""
        found = [standing for standing in self.standings if standing.round == name]
        return tuple(sorted(found, key=lambda standing: standing.iso3))

    def first_rounds(self) -> dict[str, str]:
        """By text (`Standing.text`) the first round in which it stands for a Party."""
        found: dict[str, str] = {}
        for name in self.rounds:
            for standing in self.of_round(name):
                if standing.text:
                    found.setdefault(standing.text, name)
        return found

    def day(self, name: str) -> date:
        """The reference day of a round."""
        if self.calendar:
            return end_of_year(int(name))
        if name in self.periods:
            return self.periods[name][1]
        latest = max((each.submission_date for each in self.standings if each.round == name), default="")
        return day_of(name, latest)

    def first_day(self, name: str) -> date:
        """The first day of submissions that belong to a round; `date.min` if all NDCs in force on its day do."""
        if self.calendar:
            return date.min
        return self.periods[name][0] if name in self.periods else first_day_of(name)

    def stands_for(self, standing: Standing) -> tuple[str, ...]:
        """The Parties that a document counts for: its own, and for the European Union also its members on that day.

        A member with a row of its own in the round counts by its own document.
        """
        if standing.iso3 != EUROPEAN_UNION:
            return (standing.iso3,)
        own = {each.iso3 for each in self.standings if each.round == standing.round}
        return (EUROPEAN_UNION, *sorted(members_on(self.day(standing.round)) - own))

    def choose(self, rounds: Sequence[str]) -> Panel:
        """The panel of these rounds only; raises `UsageError` for an unknown one."""
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

    Raises `PathMissing` if there is no file, and `PanelInvalid` with the row if a column is missing, a code is unknown,
    or a Party has two documents in one round.
    """
    rows = read_rows(path, REQUIRED)
    if not rows:
        raise PanelInvalid(f"The panel {path} has no rows.")
    register = load_register(path.parent)
    standings: dict[tuple[str, str], Standing] = {}
    for number, row in enumerate(rows, 2):
        standing = _standing(path, number, row, register)
        key = (standing.round, standing.iso3)
        other = standings.setdefault(key, standing)
        if _identity(other) != _identity(standing):
            raise PanelInvalid(
                f"{path}, row {number}: {standing.iso3} has two documents in the round {standing.round} "
                f"({other.document or 'unnamed'} and {standing.document or 'unnamed'}).",
                remedy="Keep the one that was in force on the day of the round.",
            )
    return Panel(path, sha256_of(path), tuple(standings.values()), periods=_periods(path, rows))


def _periods(path: Path, rows: Sequence[Row]) -> dict[str, tuple[date, date]]:
    """The periods that rows say, by round; raises `PanelInvalid` for what is not a date."""
    found: dict[str, tuple[date, date]] = {}
    for number, row in enumerate(rows, 2):
        last, first = row.get("as_of", "").strip(), row.get("since", "").strip()
        for day in filter(None, (first, last)):
            if not _is_date(day):
                raise PanelInvalid(
                    f"{path}, row {number}: {day} is not a date.", remedy="Write dates as 2021-12-31."
                )
        if last:
            since = date.fromisoformat(first) if first else date.min
            found[row["round"].strip()] = (since, date.fromisoformat(last))
    return found


def _identity(standing: Standing) -> object:
    return standing.document or standing.files or None


def _standing(path: Path, number: int, row: Row, register: Mapping[str, Sequence[Row]]) -> Standing:
    iso3, name = row["iso3"].strip().upper(), row["round"].strip()
    where = f"{path}, row {number}"
    if not name:
        raise PanelInvalid(f"{where}: the round is empty.")
    if not is_party_code(iso3):
        raise PanelInvalid(
            f"{where}: {iso3 or 'an empty cell'} is not an ISO 3166-1 alpha-3 code.",
            remedy="Write three letters, such as KEN; use EUU for the European Union.",
        )
    submitted, text_date = (row.get(column, "").strip() for column in ("submission_date", "text_date"))
    for day in (submitted, text_date):
        if day and not _is_date(day):
            raise PanelInvalid(f"{where}: {day} is not a date.", remedy="Write dates as 2021-12-31.")
    document = row.get("document", "").strip()
    return Standing(
        round=name,
        iso3=iso3,
        party=row.get("party", "").strip() or iso3,
        document=document,
        submission_date=submitted,
        files=files_of(row, register.get(document, ()) if document else (), submitted),
        text_date=text_date,
        exception=row.get("exception", "").strip(),
    )


def files_of(row: Row, registered: Sequence[Row], submitted: str) -> tuple[File, ...]:
    """The files of a document: those named in the row, then the others of the register in order of preference."""
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
    """Files of the same date first, then HTML (the best text), then English (the language of the labels)."""
    return (
        bool(submitted) and entry["submission_date"] != submitted,
        entry["kind"] != "html",
        entry["language"] != "en",
        entry["file"],
    )


def _described(entry: Row) -> str:
    return f"{entry['kind'].upper()} in {entry['language']}"


def load_register(folder: Path) -> dict[str, list[Row]]:
    """The register `documents.csv` of a folder by document; empty if there is none."""
    path = folder / REGISTER_FILE
    documents: dict[str, list[Row]] = {}
    if path.is_file():
        for row in read_rows(path, REGISTER_COLUMNS):
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
