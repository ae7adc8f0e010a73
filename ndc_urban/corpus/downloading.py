"""Downloads documents of a registry into a folder, with a register, and a table of what came from where.

`plan` says what is to be fetched, `download` fetches it, one request at a time. Both leave alone what the folder has.
After every document the tables are complete, so that an interrupted download continues where it stopped.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from ndc_urban.corpus.fetching import BLOCKED, UNREACHABLE, Fetcher, NotFetched, discard, ending_of
from ndc_urban.corpus.register import REGISTER, REGISTER_COLUMNS
from ndc_urban.corpus.registry import Listed, in_force, language_code
from ndc_urban.document import UNKNOWN_LANGUAGE
from ndc_urban.errors import (
    EXIT_NONE_SCORED,
    EXIT_OK,
    EXIT_SOME_FAILED,
    NoDocuments,
    OutputUnwritable,
    UsageError,
)
from ndc_urban.files import csv_table, read_csv, sha256_of, write_atomically
from ndc_urban.identity import UNKNOWN_PARTY

DOWNLOADS = "downloads.csv"
DOWNLOAD_COLUMNS = (
    "address",
    "iso3",
    "party",
    "title",
    "language",
    "submission_date",
    "status",
    "file",
    "sha256",
    "bytes",
    "source",
    "fetched_at",
    "error",
    "message",
    "remedy",
)
OK, FAILED = "ok", "failed"
OTHER_CONTENT, NO_ADDRESS = "other_content", "no_address"
"""Kinds of failure beside those of `fetching`."""

DOWNLOADED_COLUMNS = (*REGISTER_COLUMNS, "submission_date", "unfccc_path")
"""Of the register that a download writes."""

_PARTIAL, _UNEXPECTED = ".partial", ".unexpected"
"""Hidden folders, which `score` passes over: for files that are not complete, and not what the registry lists."""
_GIVE_UP = {BLOCKED: 5, UNREACHABLE: 1}
"""After so many failures of this kind in a row a host is not asked again in this run. An unreachable host has been
tried `fetching.ATTEMPTS` times by then; five refusals are chosen by eye."""
_UNDATED = "undated"


@dataclass(frozen=True)
class Choice:
    """Which documents of a registry are wanted; what is empty or None leaves all in.

    `parties` are codes or names, `languages` codes or English names. `period` (first and last day) leaves only the NDCs
    in force on its last day and submitted in it, with their translations. `addresses` are those of documents.
    """

    parties: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: date | None = None
    period: tuple[date, date] | None = None
    addresses: tuple[str, ...] = ()

    def of(self, documents: Sequence[Listed]) -> tuple[Listed, ...]:
        """The documents that are wanted, in the order of the registry.

        Raises `UsageError` for an unknown Party or language.
        """
        if self.addresses:
            return self._at_addresses(documents)
        kept = self._of_party_and_language(documents)
        if self.period:
            first, last = self.period
            standing = {each.line for group in in_force(documents, last, first).values() for each in group}
            kept = tuple(each for each in kept if each.line in standing)
        if self.since:
            kept = tuple(each for each in kept if each.day and each.day >= self.since)
        return kept

    def undated(self, documents: Sequence[Listed]) -> tuple[Listed, ...]:
        """The documents that may be wanted, but whose date the registry does not give, or not so that it can be read.

        Raises `UsageError` for an unknown Party or language.
        """
        if self.addresses or not (self.period or self.since):
            return ()
        return tuple(
            each
            for each in self._of_party_and_language(documents)
            if each.day is None and (each.is_text_of_ndc or not self.period) and not each.withdrawn
        )

    def _of_party_and_language(self, documents: Sequence[Listed]) -> tuple[Listed, ...]:
        kept = tuple(documents)
        if self.parties:
            codes = {_party(documents, name) for name in self.parties}
            kept = tuple(each for each in kept if each.iso3 in codes)
        if self.languages:
            wanted = {_language(documents, name) for name in self.languages}
            kept = tuple(
                each for each in kept if {language_code(each.language), each.language.casefold()} & wanted
            )
        return kept

    def _at_addresses(self, documents: Sequence[Listed]) -> tuple[Listed, ...]:
        """The documents at these addresses, with what the registry says of them if it lists them."""
        listed = {source: each for each in documents for source in each.sources}
        return tuple(
            listed.get(address) or Listed(0, "", "", "", "", "", "", "", None, (address,))
            for address in self.addresses
        )


def _party(documents: Sequence[Listed], name: str) -> str:
    wanted = name.strip().casefold()
    for each in documents:
        if each.iso3 and wanted in (each.iso3.casefold(), each.party.casefold()):
            return each.iso3
    raise UsageError(f"The registry lists no Party {name}.", remedy="Write its code, such as KEN.")


def _language(documents: Sequence[Listed], name: str) -> str:
    """The code of a language; of one without a code its name, if the registry has it."""
    code, text = language_code(name), name.strip().casefold()
    if code != UNKNOWN_LANGUAGE or text == UNKNOWN_LANGUAGE:
        return code
    if any(each.language.casefold() == text for each in documents):
        return text
    raise UsageError(
        f"{name} is not a language that the registry lists.",
        remedy="Write its name or its code, such as French or fr.",
    )


@dataclass(frozen=True)
class Plan:
    """What a download would do: documents to fetch, those that are here already, and those that are left out.

    `undated` are left out because they have no date that a condition on dates could be held against.
    """

    folder: Path
    fetch: tuple[Listed, ...]
    here: tuple[Listed, ...]
    withdrawn: tuple[Listed, ...]
    without_address: tuple[Listed, ...]
    undated: tuple[Listed, ...] = ()

    @property
    def hosts(self) -> Mapping[str, int]:
        """How many documents are to be fetched from which host first."""
        return dict(Counter(urlsplit(each.address).netloc for each in self.fetch).most_common())

    def seconds(self, pause: float) -> float:
        """How long the pauses between requests take at least."""
        return max(0, max(self.hosts.values(), default=0) - 1) * pause


@dataclass(frozen=True)
class Failure:
    """A document that was not fetched: the error's kind, what happened, and what to do."""

    document: Listed
    error: str
    message: str
    remedy: str


@dataclass(frozen=True)
class Downloaded:
    """The result: the plan, the files that were fetched, notes on some of them, and what failed."""

    plan: Plan
    files: tuple[str, ...]
    notes: tuple[str, ...]
    failures: tuple[Failure, ...]

    @property
    def exit_status(self) -> int:
        """0 where nothing failed, 3 where some documents are there, 4 where none is."""
        if not self.failures:
            return EXIT_OK
        return EXIT_SOME_FAILED if self.files or self.plan.here else EXIT_NONE_SCORED


def plan(documents: Sequence[Listed], choice: Choice, folder: Path) -> Plan:
    """What is to be fetched into a folder. Raises `NoDocuments` where nothing in the registry is wanted."""
    wanted = choice.of(documents)
    undated = choice.undated(documents)
    if not wanted and not any(each.is_text_of_ndc for each in undated):
        raise NoDocuments("The registry lists no such document.", remedy="Leave out some of the conditions.")
    state = _State.load(folder)
    by_address: dict[str, Listed] = {}
    without_address = []
    for each in wanted:
        if each.address:
            by_address.setdefault(each.address, each)
        else:
            without_address.append(each)
    unique = by_address.values()
    here = [each for each in unique if state.has(each)]
    left = [each for each in unique if not state.has(each)]
    return Plan(
        folder,
        tuple(each for each in left if not each.withdrawn),
        tuple(here),
        tuple(each for each in left if each.withdrawn),
        tuple(without_address),
        undated,
    )


@dataclass(frozen=True)
class Known:
    """What an existing register says of an address: the name of the document, and hashes of its copies."""

    document: str
    hashes: frozenset[str]


def known_documents(register: Sequence[Mapping[str, str]]) -> dict[str, Known]:
    """By address, without the registry's folder, what a register knows of it."""
    names: dict[str, str] = {}
    hashes: dict[str, set[str]] = {}
    for row in register:
        path = row.get("unfccc_path", "")
        if path and row["document"]:
            names.setdefault(path, row["document"])
            if row["kind"] != "html":
                hashes.setdefault(path, set()).add(row["sha256"])
    return {path: Known(name, frozenset(hashes.get(path, ()))) for path, name in names.items()}


def download(
    plan: Plan,
    fetcher: Fetcher,
    *,
    known: Mapping[str, Known] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Downloaded:
    """Fetches what is planned. `known` gives the names of documents that other registers know, by address.

    Raises `OutputUnwritable`. An interrupt leaves complete tables.
    """
    work = _Work(plan, fetcher, known or {}, _State.load(plan.folder))
    for done, each in enumerate(plan.fetch, 1):
        work.one(each)
        progress(done, len(plan.fetch))
    for each in plan.without_address:
        work.failed(each, NotFetched(NO_ADDRESS, "The registry has no address.", _SEARCH))
    work.tidy()
    return Downloaded(plan, tuple(work.files), tuple(work.notes), tuple(work.failures))


_SEARCH = "Look for the document on unfccc.int/NDCREG by hand."


def by_hand_name(document: Listed) -> str:
    """The name under which a document that was saved by hand is recognised."""
    return f"{_stem(document)}_{hashlib.sha256(document.address.encode()).hexdigest()[:4]}{ending_of(document.address)}"


def _stem(document: Listed) -> str:
    day = document.day.isoformat() if document.day else _UNDATED
    return f"{document.iso3 or UNKNOWN_PARTY}_{day}_{language_code(document.language)}"


@dataclass
class _State:
    """What a folder holds: its tables, by address and by file."""

    folder: Path
    downloads: dict[str, dict[str, str]]
    register: list[dict[str, str]]

    @classmethod
    def load(cls, folder: Path) -> _State:
        downloads: dict[str, dict[str, str]] = {}
        if (folder / DOWNLOADS).is_file():
            rows = read_csv(folder / DOWNLOADS, ("address", "status", "file"), error=UsageError).rows
            downloads = {row["address"]: row for row in rows}
        register: list[dict[str, str]] = []
        if (folder / REGISTER).is_file():
            register = read_csv(folder / REGISTER, REGISTER_COLUMNS, error=UsageError).rows
        return cls(folder, downloads, register)

    def has(self, document: Listed) -> bool:
        """Whether the document is in the folder: as it was fetched, or saved by hand under the name we gave."""
        if (self.folder / by_hand_name(document)).is_file():
            return True
        row = self.downloads.get(document.address)
        if row is None or row["status"] != OK or not row["file"]:
            return False
        path = self.folder / row["file"]
        return path.is_file() and sha256_of(path) == row["sha256"]

    def save(self) -> None:
        columns = tuple(
            dict.fromkeys([*DOWNLOADED_COLUMNS, *(name for row in self.register for name in row)])
        )
        write_atomically(self.folder / REGISTER, csv_table(columns, self.register))
        write_atomically(self.folder / DOWNLOADS, csv_table(DOWNLOAD_COLUMNS, self.downloads.values()))


@dataclass
class _Work:
    """A download under way."""

    plan: Plan
    fetcher: Fetcher
    known: Mapping[str, Known]
    state: _State
    files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    refusals: dict[str, list[str]] = field(default_factory=dict)

    def one(self, document: Listed) -> None:
        """Fetches a document from the first of its sources that has it."""
        errors: list[NotFetched] = []
        for source in document.sources:
            try:
                self._from(document, source)
            except NotFetched as error:
                errors.append(error)
            except OSError as error:
                raise OutputUnwritable(
                    f"{self.plan.folder} cannot be written to ({error.strerror or error})."
                ) from error
            else:
                return
        self.failed(document, _joined(errors, document, self.plan.folder))

    def failed(self, document: Listed, error: NotFetched) -> None:
        """Notes a failure in the tables."""
        self.failures.append(Failure(document, error.kind, error.message, error.remedy))
        row = {"status": FAILED, "error": error.kind, "message": error.message, "remedy": error.remedy}
        self.state.downloads[document.address] = _facts(document) | row
        self.state.save()

    def tidy(self) -> None:
        """Removes the folder of partial files where it is empty."""
        folder = self.plan.folder / _PARTIAL
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()

    def _from(self, document: Listed, source: str) -> None:
        host = urlsplit(source).netloc
        refused = self.refusals.setdefault(host, [])
        if refused and len(refused) >= _GIVE_UP[refused[-1]]:
            raise NotFetched(
                refused[-1], f"{host} was not asked again: it failed for the documents before.", _TRY_LATER
            )
        partial = self.plan.folder / _PARTIAL / f"{hashlib.sha256(source.encode()).hexdigest()[:16]}.part"
        partial.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.fetcher.fetch(source, partial)
        except NotFetched as error:
            if error.kind not in _GIVE_UP or (refused and refused[-1] != error.kind):
                refused.clear()
            if error.kind in _GIVE_UP:
                refused.append(error.kind)
            raise
        refused.clear()
        self._keep(document, source, partial)

    def _keep(self, document: Listed, source: str, partial: Path) -> None:
        """Gives a complete file its name and its rows; raises `NotFetched` where the registry lists another one."""
        sha256 = sha256_of(partial)
        name = f"{_stem(document)}_{sha256[:8]}{ending_of(source)}"
        if document.sha256 and sha256 != document.sha256:
            aside = self.plan.folder / _UNEXPECTED / name
            aside.parent.mkdir(exist_ok=True)
            partial.replace(aside)
            discard(partial)
            raise NotFetched(
                OTHER_CONTENT,
                "The file is not the one that the registry lists "
                f"(SHA-256 {sha256[:12]}…, not {document.sha256[:12]}…).",
                f"It is kept as {aside}. If it is right, move it into the folder.",
            )
        target = self.plan.folder / name
        size = partial.stat().st_size
        partial.replace(target)
        discard(partial)
        known = self.known.get(document.path)
        note = ""
        if known and known.hashes and sha256 not in known.hashes:
            note = "The file differs from the copy that the shipped register knows: its labels may not apply."
            self.notes.append(f"{name}: {note}")
        self.files.append(name)
        row = {
            "status": OK,
            "file": name,
            "sha256": sha256,
            "bytes": str(size),
            "source": source,
            "fetched_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "message": note,
        }
        self.state.downloads[document.address] = _facts(document) | row
        if sha256 not in {each["sha256"] for each in self.state.register}:
            self.state.register.append(_register_row(document, name, sha256, known))
        self.state.save()


_TRY_LATER = "Run the same command again later: it continues where it stopped."


def _joined(errors: Sequence[NotFetched], document: Listed, folder: Path) -> NotFetched:
    """One failure from those of all sources: the first one's kind and remedy, and what each source did."""
    first = errors[0]
    message = first.message
    if len(errors) > 1:
        message += " " + " ".join(f"Second source: {error.message}" for error in errors[1:])
    remedy = first.remedy
    if document.address in remedy:
        remedy = f"Open {document.address} in a browser and save the document as {folder / by_hand_name(document)}."
    return NotFetched(first.kind, message, remedy)


def _facts(document: Listed) -> dict[str, str]:
    return {
        "address": document.address,
        "iso3": document.iso3,
        "party": document.party,
        "title": document.title,
        "language": language_code(document.language),
        "submission_date": document.day.isoformat() if document.day else "",
    }


def _register_row(document: Listed, file: str, sha256: str, known: Known | None) -> dict[str, str]:
    """The row of a file in the register: documents of a Party from one day are copies of one NDC."""
    day = document.day.isoformat() if document.day else Path(file).stem
    name = known.document if known else f"{document.iso3 or UNKNOWN_PARTY}_{day}"
    return {
        "file": file,
        "sha256": sha256,
        "document": name,
        "iso3": document.iso3,
        "language": language_code(document.language),
        "kind": Path(file).suffix.removeprefix("."),
        "machine_translated": "no",
        "submission_date": document.day.isoformat() if document.day else "",
        "unfccc_path": document.path,
    }
