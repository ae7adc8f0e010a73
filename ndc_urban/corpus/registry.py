"""A registry of NDCs as a table: which document a Party submitted when, and where it can be fetched.

The registry has a row for each document, as openclimatedata/ndcs makes it from the UNFCCC's pages: `code, party,
title, fileType, language, version, status, submissionDate` and an address (`encodedAbsUrl`, or `unfccc_path` below
`UNFCCC_FILES`). `sha256` and `second_source` are optional. Other columns are ignored, with a note.
"""

from __future__ import annotations

import re
from collections import Counter
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
_IGNORED = frozenset({"originalfilename"})
_ALIASES = {"EU": "EUU", "EUE": "EUU"}
"""Codes of the European Union in other lists."""

_DAY_FIRST, _MONTH_FIRST = "%d/%m/%Y", "%m/%d/%Y"
_FORMATS = ("%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%Y/%m/%d", "%Y%m%d")
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
    """The documents of a registry in the order of the file; `notes` say what was not understood or is unusual."""

    path: Path
    documents: tuple[Listed, ...]
    notes: tuple[str, ...] = ()


def load_registry(path: Path) -> Registry:
    """Reads a registry. Raises `PathMissing`, and `RegistryInvalid` where a column is missing or dates are unclear."""
    table = read_csv(path, error=RegistryInvalid)
    columns = _columns(path, table.columns)
    dates = _Dates.of(row[columns["day"]] for row in table.rows)
    notes = Counter[str]()
    documents = []
    for line, row in table.numbered:
        cells = {name: row[column].strip() for name, column in columns.items()}
        documents.append(_listed(path, line, cells, dates, notes))
    unknown = [
        name for name in table.columns if name not in columns.values() and name.casefold() not in _IGNORED
    ]
    if unknown:
        notes[f"{path}: columns that this version does not know are ignored: {', '.join(unknown)}."] += 1
    return Registry(path, tuple(documents), tuple(notes))


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
    for what in ("code", "day"):
        if what not in found:
            raise RegistryInvalid(f"{path} has no column {' or '.join(_NAMES[what][:2])}.")
    return found


def _listed(path: Path, line: int, cells: Mapping[str, str], dates: _Dates, notes: Counter[str]) -> Listed:
    code = cells["code"].upper()
    iso3 = _ALIASES.get(code, code)
    if not is_party_code(iso3):
        notes[f"{path}, row {line}: {cells['code'] or 'an empty cell'} is not the code of a Party."] += 1
        iso3 = ""
    sha256 = cells.get("sha256", "").lower()
    if sha256 and not is_sha256(sha256):
        notes[f"{path}, row {line}: the cell of sha256 is not a SHA-256 and is not checked."] += 1
        sha256 = ""
    day = dates.read(cells["day"])
    if cells["day"] and day is None:
        notes[f"{path}, row {line}: {cells['day']} is not a date; the document counts as undated."] += 1
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
    def of(cls, cells: Iterable[str]) -> _Dates:
        """The form is that of the dates in which only one reading is possible. Raises `RegistryInvalid`."""
        pairs = [found.groups() for cell in cells if (found := _NUMBERS.fullmatch(cell.strip()))]
        day_first = any(int(first) > 12 for first, _, _ in pairs)
        month_first = any(int(second) > 12 for _, second, _ in pairs)
        if pairs and day_first == month_first:
            example = "/".join(pairs[0])
            raise RegistryInvalid(
                f"Dates such as {example} can be read in two ways.", remedy="Write dates as 2026-12-31."
            )
        return cls(_MONTH_FIRST if month_first else _DAY_FIRST)

    def read(self, text: str) -> date | None:
        """A date; None where the text is empty or is none."""
        iso = _ISO.fullmatch(text)
        plain = iso[1] if iso else "/".join(found.groups()) if (found := _NUMBERS.fullmatch(text)) else text
        for form in ("%Y-%m-%d", self.slashes, *_FORMATS):
            try:
                return datetime.strptime(plain, form).date()
            except ValueError:
                continue
        return None
