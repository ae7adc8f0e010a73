"""Makes the rows of a panel for a round: which document stands for which Party, what is superseded, what is missing.

For each Party the latest NDC submitted until the last day of the round stands, as the registry has it or, for documents
of one's own, as the register has it. A document without a date that a register names after the round (`KEN_2027`)
stands in it in any case. The one NDC of the European Union stands for its members on that day. An NDC in force whose
text no register has is missing: it gets no row, and no earlier document takes its place.

The table of a panel is described in `ndc_urban.trend.panel`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ndc_urban.corpus.registry import Listed, in_force
from ndc_urban.counting import counted
from ndc_urban.errors import PanelInvalid
from ndc_urban.parties import EUROPEAN_UNION, members_on, name_of

Row = Mapping[str, str]

COLUMNS = (
    "round",
    "iso3",
    "party",
    "document",
    "submission_date",
    "english_text",
    "evaluation_only",
    "sha256",
    "unfccc_path",
    "registry_title",
    "registry_language",
    "registry_version",
    "registry_status",
    "registry_submission_date",
    "text_date",
    "exception",
    "as_of",
    "since",
)
"""Of a panel. `as_of` and `since` are the last and the first day of a round that is made here."""

STANDS, KEPT, MISSING, SUPERSEDED, MEMBER = "stands", "kept", "missing", "superseded", "member of the EU"
"""What happened to a document or a Party in a round."""

REPORT_COLUMNS = (
    "round",
    "iso3",
    "party",
    "status",
    "document",
    "submission_date",
    "file",
    "sha256",
    "address",
    "note",
)
TITLE_WORDS = 10
"""Of a title in a panel: enough to recognise a document by, and too short to stand for its text."""


@dataclass(frozen=True)
class Period:
    """A round and its period: NDCs submitted from the day `first` until the day `last`; `first` may be `date.min`."""

    round: str
    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise PanelInvalid(
                f"The round {self.round} would end on {self.last}, before it begins on {self.first}.",
                remedy="Give --since a day that is earlier than --day.",
            )


@dataclass(frozen=True)
class NewPanel:
    """The panel with the round: `rows` with `columns`, what happened to each Party in `report`, and notes."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    report: tuple[Row, ...]
    notes: tuple[str, ...]

    def counts(self) -> Mapping[str, int]:
        """How many Parties have which status in the round."""
        return Counter(row["status"] for row in self.report)

    def of_status(self, status: str) -> tuple[Row, ...]:
        """The rows of the report with a status."""
        return tuple(row for row in self.report if row["status"] == status)


def make_round(
    period: Period, documents: Sequence[Listed], register: Sequence[Row], panel: Sequence[Row] = ()
) -> NewPanel:
    """Adds a round to the rows of a panel, or brings the rows of the round up to date.

    A row that the panel has for the round stays as it is unless a later document counts. Other rounds are not changed.
    Parties that are `evaluation_only` anywhere in the panel stay so. Raises `PanelInvalid` if nothing is in force.
    """
    work = _Work(period, documents, register, panel)
    for iso3 in work.parties():
        work.decide(iso3)
    rows = [row for row in panel if row["round"] != period.round]
    if not work.rows:
        raise PanelInvalid(
            f"No document of a register is in force in the round {period.round}.",
            remedy="Download the documents of the round, or name their folder with --register.",
        )
    extra = tuple(dict.fromkeys(name for row in panel for name in row if name not in COLUMNS))
    made = sorted(work.rows, key=lambda row: row["iso3"])
    return NewPanel((*COLUMNS, *extra), (*rows, *made), tuple(work.report), tuple(work.notes))


def preference(row: Row) -> tuple[bool, bool, str]:
    """Of the files of a document HTML comes first (the best text), then English (the language of the labels)."""
    return row["kind"] != "html", row["language"] != "en", row["file"]


@dataclass(frozen=True)
class _Candidate:
    """A document that may stand for a Party: its day (None if it is named after the round), name and files."""

    day: date | None
    document: str
    files: tuple[Row, ...]
    listed: Listed | None = None

    @property
    def submitted(self) -> str:
        if self.day:
            return self.day.isoformat()
        return max((row.get("submission_date", "") for row in self.files), default="")


@dataclass
class _Work:
    """The rows of a round under way."""

    period: Period
    documents: Sequence[Listed]
    register: Sequence[Row]
    panel: Sequence[Row]
    rows: list[Row] = field(default_factory=list)
    report: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listed = in_force(self.documents, self.period.last, self.period.first)
        self.of_party: dict[str, list[Row]] = {}
        for row in self.register:
            self.of_party.setdefault(row["iso3"], []).append(row)
        self.before = {row["iso3"]: row for row in self.panel if row["round"] == self.period.round}
        self.withdrawn: dict[str, list[Listed]] = {}
        for each in self.documents:
            if each.withdrawn and each.is_ndc and each.iso3:
                self.withdrawn.setdefault(each.iso3, []).append(each)
        self.names = {each.iso3: each.party for each in self.documents if each.iso3}
        self.apart = {row["iso3"] for row in self.panel if row.get("evaluation_only") == "yes"}
        self.members = members_on(self.period.last) if EUROPEAN_UNION in self.listed else frozenset()

    def parties(self) -> list[str]:
        """All Parties that a row may be about."""
        registered = {row["iso3"] for row in self.register if row["iso3"]}
        return sorted({*self.listed, *registered, *self.before, *self.withdrawn})

    def decide(self, iso3: str) -> None:
        """Makes the row of a Party and its lines of the report."""
        self._tell_withdrawn(iso3)
        named = self._named_after_round(iso3)
        own = None if any(row.get("submission_date", "") for row in named) else self._undated(iso3, named)
        before = self.before.get(iso3)
        if iso3 in self.members and not named and before is None:
            self._record(iso3, MEMBER, note="The NDC of the European Union stands for this Party.")
            return
        found = own or self._latest(iso3)
        if found is None:
            if before is not None:
                self._keep(before, "")
            return
        if before is not None and not self._is_later(found, before):
            self._keep(before, "")
        elif not found.files:
            self._missing(iso3, found, before)
        else:
            self._tell_others_of_day(iso3, found)
            if before is not None:
                self._tell_superseded(before, found)
            self._stand(iso3, found)

    def _tell_withdrawn(self, iso3: str) -> None:
        """A note on each NDC that would be in force if the Party had not withdrawn it."""
        group = self.listed.get(iso3, ())
        standing = (group[0].day if group else None) or date.min
        kept = self.before.get(iso3, {})
        for each in self.withdrawn.get(iso3, ()):
            if each.day and max(standing, self.period.first) <= each.day <= self.period.last:
                is_kept = each.path == kept.get("unfccc_path") or str(each.day) == kept.get("submission_date")
                end = (
                    "its row in the panel is kept; delete it if it was not in force on the day of the round."
                    if is_kept
                    else "it does not count."
                )
                self.notes.append(
                    f"{iso3}: the Party has withdrawn the NDC of {each.day} ({each.title or each.path}); {end}"
                )

    def _tell_others_of_day(self, iso3: str, found: _Candidate) -> None:
        """A note where the registry lists several NDCs in one language on one day, of which one file counts."""
        ndcs = [each for each in self.listed.get(iso3, ()) if each.is_ndc and each.day == found.day]
        languages = Counter(each.language for each in ndcs)
        several = [each for each in ndcs if languages[each.language] > 1]
        if several:
            titles = "; ".join(each.title or each.path for each in several)
            self.notes.append(
                f"{iso3}: the registry lists {counted(len(several), 'NDC')} of {found.day} in one language "
                f"({titles}); the file "
                f"{found.files[0]['file']} counts. If another is meant, correct english_text and sha256 in the panel."
            )

    def _named_after_round(self, iso3: str) -> list[Row]:
        """The files that a register names after the Party and the round, but for those dated outside the round."""
        name = f"{iso3}_{self.period.round}"
        named = [row for row in self.of_party.get(iso3, ()) if row["document"] == name]
        outside = [row for row in named if not self._fits(row.get("submission_date", ""))]
        kept = self.before.get(iso3, {}).get("document", "") == name
        for day in sorted({row["submission_date"] for row in outside if not kept}):
            self.notes.append(f"{name} is dated {day}, outside the period of the round, and does not count.")
        return [row for row in named if row not in outside]

    def _fits(self, day: str) -> bool:
        return not day or self.period.first.isoformat() <= day <= self.period.last.isoformat()

    def _undated(self, iso3: str, named: Sequence[Row]) -> _Candidate | None:
        """The document without a date that a register names after the round, which stands in any case."""
        if not named:
            return None
        files = tuple(sorted(named, key=preference))
        return _Candidate(None, f"{iso3}_{self.period.round}", files, self._listed_as(iso3, files))

    def _latest(self, iso3: str) -> _Candidate | None:
        """The latest document of a Party by the registry or the register; the registry's if both are of one day."""
        group = self.listed.get(iso3, ())
        day = group[0].day if group else None
        dated: dict[date, list[Row]] = {}
        for row in self.of_party.get(iso3, ()):
            submitted = _date(row.get("submission_date", ""))
            if submitted and row["document"] and self.period.first <= submitted <= self.period.last:
                dated.setdefault(submitted, []).append(row)
        newest = max(dated, default=None)
        if newest and (day is None or newest > day):
            return self._of_register(newest, dated[newest])
        if day is None:
            return None
        paths = {each.path for each in group}
        rows = [
            row for row in self.of_party.get(iso3, ()) if row.get("unfccc_path") in paths and row["document"]
        ]
        return self._of_register(day, rows or dated.get(day, []), group[0])

    def _of_register(self, day: date, rows: Sequence[Row], listed: Listed | None = None) -> _Candidate:
        """A candidate with all copies of the document that the rows name; a note if they name several."""
        if not rows:
            return _Candidate(day, "", (), listed)
        best = min(rows, key=preference)
        names = sorted({row["document"] for row in rows})
        if len(names) > 1:
            self.notes.append(
                f"{best['iso3']}: {counted(len(names), 'document')} of {day.isoformat()} ({', '.join(names)}); "
                f"{best['document']} counts."
            )
        files = [row for row in rows if row["document"] == best["document"]]
        of_day = day.isoformat()
        files.sort(key=lambda row: (row.get("submission_date", "") != of_day, *preference(row)))
        return _Candidate(day, best["document"], tuple(files), listed)

    def _listed_as(self, iso3: str, files: Sequence[Row]) -> Listed | None:
        paths = {row.get("unfccc_path", "") for row in files} - {""}
        return next((each for each in self.documents if each.iso3 == iso3 and each.path in paths), None)

    def _is_later(self, found: _Candidate, before: Row) -> bool:
        """Whether a document takes the place of the one that the panel has."""
        if found.document and found.document == before.get("document", ""):
            return False
        if found.day is None:
            return True
        return found.submitted > max(before.get("submission_date", ""), before.get("text_date", ""))

    def _keep(self, before: Row, note: str) -> None:
        self.rows.append(before)
        self._record(before["iso3"], KEPT, before, note=note or before.get("exception", ""))

    def _missing(self, iso3: str, found: _Candidate, before: Row | None) -> None:
        address = found.listed.address if found.listed else ""
        note = f"In force since {found.submitted}, but no register has its text."
        self._record(iso3, MISSING, {"submission_date": found.submitted}, address=address, note=note)
        if before is not None:
            reason = f"superseded by the submission of {found.submitted}, whose text is not in the register"
            self._keep({**before, "exception": before.get("exception") or reason}, reason)

    def _stand(self, iso3: str, found: _Candidate) -> None:
        best = found.files[0]
        facts = _registry_facts(found.listed)
        row = {
            "round": self.period.round,
            "iso3": iso3,
            "party": self._name(iso3),
            "document": found.document,
            "submission_date": found.submitted,
            "english_text": best["file"],
            "evaluation_only": "yes" if iso3 in self.apart else "no",
            "sha256": best["sha256"],
            "unfccc_path": best.get("unfccc_path", ""),
            "as_of": self.period.last.isoformat(),
            "since": "" if self.period.first == date.min else self.period.first.isoformat(),
        }
        self.rows.append(row | facts)
        self._record(iso3, STANDS, row, address=found.listed.address if found.listed else "")

    def _tell_superseded(self, before: Row, found: _Candidate) -> None:
        note = f"{found.document} of {found.submitted or 'this round'} counts in its place."
        self._record(before["iso3"], SUPERSEDED, before, note=note)

    def _record(
        self, iso3: str, status: str, row: Row | None = None, *, address: str = "", note: str = ""
    ) -> None:
        facts = row or {}
        self.report.append(
            {
                "round": self.period.round,
                "iso3": iso3,
                "party": self._name(iso3),
                "status": status,
                "document": facts.get("document", ""),
                "submission_date": facts.get("submission_date", ""),
                "file": facts.get("english_text", ""),
                "sha256": facts.get("sha256", ""),
                "address": address,
                "note": note,
            }
        )

    def _name(self, iso3: str) -> str:
        return self.names.get(iso3) or name_of(iso3)


def _registry_facts(listed: Listed | None) -> dict[str, str]:
    if listed is None:
        return {}
    words = listed.title.split()
    title = listed.title if len(words) <= TITLE_WORDS else " ".join(words[:TITLE_WORDS]) + " …"
    return {
        "registry_title": title,
        "registry_language": listed.language,
        "registry_version": listed.version,
        "registry_status": listed.status,
        "registry_submission_date": listed.day.isoformat() if listed.day else "",
    }


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
