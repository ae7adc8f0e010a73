"""What the labels of passages say of a document: which sectors, topics and themes it has.

Only what codes alone decide is known: the labels hold no text, so a topic or theme whose rules name concepts has none.
Coders saw every passage with a core urban term and a part of the others; what they did not see counts as absent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ndc_urban.codebook import ROLES, SECTORS, STRANDS, URBAN_CODES
from ndc_urban.labels.adjudication import one_per_unit
from ndc_urban.labels.coders import CoderKind, read_coders
from ndc_urban.labels.independence import independent
from ndc_urban.labels.records import NAME_SEPARATOR, REVIEWS, Review
from ndc_urban.lexicon.themes import Theme, load_themes
from ndc_urban.trend.labels import Labels
from ndc_urban.trend.panel import read_rows

PASSAGES_FILE = "passages.csv"
RESPONSES = frozenset({"r", "d"})
"""Roles of passages that say what is or will be done, as in `ndc_urban.model.profile`."""

_COLUMNS = ("document", "coder", "code", "sector", "strand", "role")

Codes = tuple[str, str, str, str]
"""Code, sector, strand and role of a passage."""


@dataclass(frozen=True, slots=True)
class _Coded:
    """One coder's codes of one passage."""

    document: str
    place: tuple[str, ...]
    coder: str
    kind: CoderKind
    review: Review
    adjudicates: tuple[str, ...]
    codes: Codes


@dataclass(frozen=True, slots=True)
class Content:
    """What the labels say of one document by name, and the inclusion probability of the document (nan if unknown)."""

    names: Mapping[str, bool]
    probability: float

    def has(self, names: Collection[str]) -> bool | None:
        """Whether the document has any of these; None if the labels do not decide."""
        known = [self.names[name] for name in names if name in self.names]
        return any(known) if known else None


def is_decidable(theme: Theme) -> bool:
    """Whether codes alone decide on a theme."""
    return not any(rule.concepts for rule in theme.rules)


def load_content(folder: Path, labels: Labels) -> Mapping[str, Content]:
    """By document, whether it has each `sector:SECTOR/STRAND`, `topic:NAME` and `theme:NAME` that codes decide.

    The names are those of `ndc_urban.model.profile`; `labels` has the inclusion probabilities. Empty if the folder has
    no passages.csv.
    """
    path = folder / PASSAGES_FILE
    if not path.is_file():
        return {}
    kinds = read_coders(folder)
    rows = independent(_coded(row, kinds) for row in read_rows(path, _COLUMNS))
    said: dict[str, set[Codes]] = {}
    for each in (counted.item for counted in one_per_unit(rows, lambda coded: (coded.document, coded.place))):
        said.setdefault(each.document, set()).add(each.codes)
    content = {document: _content_of(codes) for document, codes in said.items()}
    return {
        name: Content(names, labels.by_document[name].probability)
        for name, names in content.items()
        if name in labels.by_document
    }


def _coded(row: Mapping[str, str], kinds: Mapping[str, CoderKind]) -> _Coded:
    place = tuple(row.get(name, "") for name in ("sha256", "page", "start", "fingerprint"))
    adjudicates = tuple(filter(None, row.get("adjudicates", "").split(NAME_SEPARATOR)))
    codes = (row["code"], row["sector"], row["strand"], row["role"])
    review: Review = next((each for each in REVIEWS if each == row.get("review")), "")
    kind = kinds.get(row["coder"], "person")
    return _Coded(row["document"], place, row["coder"], kind, review, adjudicates, codes)


def _names() -> list[str]:
    """All names that codes decide."""
    sectors = [f"sector:{sector}/{strand}" for sector in SECTORS for strand in STRANDS]
    return [*sectors, *(_name(theme) for theme in load_themes().themes if is_decidable(theme))]


def _name(theme: Theme) -> str:
    return f"{'topic' if theme.kind == 'topic' else 'theme'}:{theme.name}"


def _content_of(codes: Iterable[Codes]) -> dict[str, bool]:
    """Whether a document has each name, by the codes of its passages."""
    content = dict.fromkeys(_names(), False)
    for each in codes:
        content.update(dict.fromkeys(_names_of(each), True))
    return content


@cache
def _names_of(codes: Codes) -> tuple[str, ...]:
    """What a passage with these codes gives its document. Kept, as few codes are those of thousands of passages."""
    code, sector, strand, role = codes
    if code not in URBAN_CODES:
        return ()
    response = role in RESPONSES and sector in SECTORS and strand in STRANDS
    sectors = [f"sector:{sector}/{strand}"] if response else []
    known = role if role in ROLES else ""
    themes = (
        _name(theme)
        for theme in load_themes().themes
        if is_decidable(theme) and any(rule.holds(sector, known, frozenset()) for rule in theme.rules)
    )
    return (*sectors, *themes)
