"""A registry of NDCs as a table: which document a Party submitted when, and where it can be fetched.

The registry has a row for each document, as openclimatedata/ndcs makes it from the UNFCCC's pages: `code, party,
title, fileType, language, version, status, submissionDate` and an address (`encodedAbsUrl`, or `unfccc_path` below
`UNFCCC_FILES`). `sha256` and `second_source` are optional. Other columns are ignored, with a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from ndc_urban.document import UNKNOWN_LANGUAGE
from ndc_urban.errors import RegistryInvalid
from ndc_urban.files import read_csv
from ndc_urban.identity import is_sha256
from ndc_urban.parties import is_party_code

REGISTRY = "registry.csv"
UNFCCC_FILES = "https://unfccc.int/sites/default/files/"
"""Where the UNFCCC keeps the documents of its registry."""

NDC, TRANSLATION = "NDC", "Translation"
"""Kinds of documents that are an NDC or its text in another language; other kinds are letters and annexes."""
WITHDRAWN = "withdrawn"

_NAMES: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "iso3", "iso"),
    "party": ("party", "country"),
    "title": ("title",),
    "kind": ("filetype", "type", "kind"),
    "language": ("language",),
    "version": ("version",),
    "status": ("status",),
    "day": ("submissiondate", "submission_date", "date"),
    "address": ("encodedabsurl", "url", "address", "unfccc_url", "unfccc_path"),
    "second_source": ("second_source",),
    "sha256": ("sha256",),
}
"""What columns are called, in lower case, in tables of registries; the first one that is there counts."""
_LACKING: Mapping[str, tuple[str, str]] = {
    "party": ("party", "the codes of the Parties stand for their names"),
    "title": ("title", "the documents have no titles"),
    "kind": ("fileType", "translations, letters and annexes cannot be told from NDCs"),
    "language": ("language", "the languages of the documents are not known"),
    "version": ("version", "the versions of the documents are not known"),
    "status": ("status", "withdrawn documents cannot be told from others"),
    "address": ("encodedAbsUrl or unfccc_path", "documents have no address"),
}
"""Columns that a table may lack: what the user knows each by, and what follows."""
_NEEDED: Mapping[str, str] = {"code": "code", "day": "submissionDate"}
_IGNORED = frozenset({"originalfilename"})
_ALIASES = {"EU": "EUU", "EUE": "EUU"}
"""Codes of the European Union in other lists."""

_DAY_FIRST, _MONTH_FIRST = "%d/%m/%Y", "%m/%d/%Y"
_FORMATS = (
    "%d.%m.%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%Y/%m/%d",
    "%Y%m%d",
)
_TIME = re.compile(r",? +\d{1,2}:\d\d(:\d\d)?( ?[AP]M)?", re.IGNORECASE)
_NUMBERS = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ].*)?")


@dataclass(frozen=True, slots=True)
class Listed:
    """A document of the registry.

    `line` is its line in the file; `day` is None where no date is known; `sources` are the addresses that it can be
    fetched from, the registry's own first; `path` is the address without `UNFCCC_FILES`; `sha256` is empty if unknown.
    """

    line: int
    iso3: str
    party: str
    title: str
    kind: str
    language: str
    version: str
    status: str
    day: date | None
    sources: tuple[str, ...]
    sha256: str = ""

    @property
    def address(self) -> str:
        """The registry's own address; empty where it gives none."""
        return self.sources[0] if self.sources else ""

    @property
    def path(self) -> str:
        """What identifies the document in tables: its address without the folder that all of them lie in."""
        return self.address.removeprefix(UNFCCC_FILES)

    @property
    def withdrawn(self) -> bool:
        """Whether the registry says that the Party withdrew it."""
        return self.status.casefold() == WITHDRAWN

    @property
    def is_ndc(self) -> bool:
        """Whether it is an NDC itself: no translation, letter or annex."""
        return self.kind.casefold() in {NDC.casefold(), ""}

    @property
    def is_text_of_ndc(self) -> bool:
        """Whether it is an NDC or a translation of one."""
        return self.is_ndc or self.kind.casefold() == TRANSLATION.casefold()


@dataclass(frozen=True)
class Registry:
    """The documents of a registry in the order of the file; `notes` say what was not understood or is unusual.

    `lacking` are the fields of `Listed` that no column holds, with `address` for the sources.
    """

    path: Path
    documents: tuple[Listed, ...]
    notes: tuple[str, ...] = ()
    lacking: frozenset[str] = frozenset()


def load_registry(path: Path) -> Registry:
    """Reads a registry.

    Raises `PathMissing`, and `RegistryInvalid` where a column that is needed is missing, where dates are unclear, and
    for a table without a row.
    """
    table = read_csv(path, error=RegistryInvalid)
    columns = _columns(path, table.columns)
    if not table.numbered:
        raise RegistryInvalid(f"{path} lists no document: it has a header and no row.", remedy=_WHOLE_TABLE)
    dates = _Dates.of(path, (row[columns["day"]] for row in table.rows))
    notes = _Notes(path)
    documents = []
    for line, row in table.numbered:
        cells = {name: row[column].strip() for name, column in columns.items()}
        documents.append(_listed(line, cells, dates, notes))
    unknown = [
        name for name in table.columns if name not in columns.values() and name.casefold() not in _IGNORED
    ]
    told = notes.lines()
    if unknown:
        told.append(f"{path}: columns that this version does not know are ignored: {', '.join(unknown)}.")
    lacking = [name for name in _LACKING if name not in columns]
    told += [f"{path} has no column {called(name)}: {_LACKING[name][1]}. {_ADD_IT}" for name in lacking]
    return Registry(path, tuple(documents), tuple(told), frozenset(lacking))


_WHOLE_TABLE = "Get the whole table of the registry again."
_ADD_IT = "Add the column, or get the whole table of the registry."


def called(name: str) -> str:
    """What the column of a field is called in a registry."""
    return _LACKING[name][0]


def in_force(
    documents: Iterable[Listed], last: date, first: date = date.min
) -> dict[str, tuple[Listed, ...]]:
    """By Party the documents of the latest NDC submitted until the day `last`, the NDC itself first.

    Documents of one day are one submission: the NDC, its other languages, and translations. NDCs from before the day
    `first`, withdrawn ones and those without a date do not count.
    """
    latest: dict[str, date] = {}
    dated = [each for each in documents if each.day and first <= each.day <= last and not each.withdrawn]
    for each in dated:
        if each.is_ndc and each.iso3 and each.day:
            latest[each.iso3] = max(each.day, latest.get(each.iso3, date.min))
    found: dict[str, list[Listed]] = {iso3: [] for iso3 in sorted(latest)}
    for each in dated:
        if each.is_text_of_ndc and each.day == latest.get(each.iso3):
            found[each.iso3].append(each)
    return {iso3: tuple(sorted(group, key=lambda each: not each.is_ndc)) for iso3, group in found.items()}


def language_code(name: str) -> str:
    """The ISO 639-1 code of a language by its English name or its code.

    >>> language_code("French"), language_code("fr"), language_code("")
    ('fr', 'fr', 'und')
    """
    text = name.strip().casefold()
    names = _languages()
    return text if text in names.values() else names.get(text, UNKNOWN_LANGUAGE)


@cache
def _languages() -> Mapping[str, str]:
    from babel import Locale

    return {str(name).casefold(): code for code, name in Locale("en").languages.items() if len(code) == 2}


def _columns(path: Path, columns: Sequence[str]) -> dict[str, str]:
    """The columns of the file by what they hold."""
    lower = {name.strip().casefold(): name for name in reversed(columns)}
    found = {
        what: lower[next(alias for alias in aliases if alias in lower)]
        for what, aliases in _NAMES.items()
        if any(alias in lower for alias in aliases)
    }
    for what, name in _NEEDED.items():
        if what not in found:
            raise RegistryInvalid(f"{path} has no column {name}.")
    return found


_SHOWN = 3
"""Rows with one fault that the notes name; more are counted. Chosen by eye."""


class _Notes:
    """Faults of single cells: a line for each of a few, and one line where many rows have the same fault."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults: dict[str, list[tuple[int, str]]] = {}

    def add(self, fault: str, line: int, cell: str) -> None:
        """Notes a fault of the cell in a line of the file; `fault` follows what the cell holds."""
        self.faults.setdefault(fault, []).append((line, cell))

    def lines(self) -> list[str]:
        """The notes."""
        lines: list[str] = []
        for fault, places in self.faults.items():
            lines += [
                f"{self.path}, row {line}: {cell or 'an empty cell'} {fault}"
                for line, cell in places[:_SHOWN]
            ]
            more = [str(line) for line, _ in places[_SHOWN:]]
            if more:
                rows = f"row {more[0]}" if len(more) == 1 else f"{len(more)} more rows, the last {more[-1]}"
                lines.append(f"{self.path}: the same holds for {rows}.")
        return lines


def _listed(line: int, cells: Mapping[str, str], dates: _Dates, notes: _Notes) -> Listed:
    code = cells["code"].upper()
    iso3 = _ALIASES.get(code, code)
    if not is_party_code(iso3):
        notes.add("is not the code of a Party; write its ISO 3166-1 code, such as KEN.", line, cells["code"])
        iso3 = ""
    sha256 = cells.get("sha256", "").lower()
    if sha256 and not is_sha256(sha256):
        notes.add("is not a SHA-256, so the file is not checked.", line, cells["sha256"])
        sha256 = ""
    day = dates.read(cells["day"])
    if cells["day"] and day is None:
        notes.add(
            "is not a date; the document counts as undated. Write dates as 2026-12-31.", line, cells["day"]
        )
    sources = (_address(cells.get("address", "")), *map(_address, cells.get("second_source", "").split()))
    return Listed(
        line,
        iso3,
        cells.get("party", "") or iso3,
        cells.get("title", ""),
        cells.get("kind", ""),
        cells.get("language", ""),
        cells.get("version", ""),
        cells.get("status", ""),
        day,
        tuple(dict.fromkeys(filter(None, sources))),
        sha256,
    )


def _address(cell: str) -> str:
    """A complete address, with spaces and letters outside ASCII encoded."""
    if not cell:
        return ""
    whole = cell if urlsplit(cell).scheme else UNFCCC_FILES + cell.lstrip("/")
    return quote(whole, safe="/:?#[]@!$&'()*+,;=%~-._")


@dataclass(frozen=True, slots=True)
class _Dates:
    """How the dates of one table are written; `slashes` is the form of dates such as 3/4/2026."""

    slashes: str

    @classmethod
    def of(cls, path: Path, cells: Iterable[str]) -> _Dates:
        """The form is that of the dates in which only one reading is possible. Raises `RegistryInvalid`."""
        pairs = [found.groups() for cell in cells if (found := _NUMBERS.fullmatch(_without_time(cell)))]
        day_first = any(int(first) > 12 for first, _, _ in pairs)
        month_first = any(int(second) > 12 for _, second, _ in pairs)
        if pairs and day_first == month_first:
            example = "/".join(pairs[0])
            raise RegistryInvalid(
                f"{path}: dates such as {example} can be read in two ways.",
                remedy="Write dates as 2026-12-31.",
            )
        return cls(_MONTH_FIRST if month_first else _DAY_FIRST)

    def read(self, text: str) -> date | None:
        """A date; None where the text is empty or is none."""
        iso = _ISO.fullmatch(text)
        day = _without_time(text)
        plain = iso[1] if iso else "/".join(found.groups()) if (found := _NUMBERS.fullmatch(day)) else day
        for form in ("%Y-%m-%d", self.slashes, *_FORMATS):
            try:
                return datetime.strptime(plain, form).date()
            except ValueError:
                continue
        return None


def _without_time(text: str) -> str:
    return _TIME.sub("", text.strip())
