"""A concept: one idea of urban or climate policy and the terms for it in six languages; and its file format.

A concept file is TOML, one table a concept:

    [municipality]
    about = "a local government area or its administration"
    strength = "core"
    sector = "go"
    en = ["municipalit*", "municipal"]
    es = ["municipi*"]
    not_es = ["..."]

A term is one or more words; a trailing `*` on a word stands for any ending. A `not_xx` term forbids the
concept's matches that it overlaps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

import tomli

from ndc_urban.codebook import SECTORS
from ndc_urban.languages import ALL, LANGUAGES

STRENGTHS: tuple[str, ...] = ("core", "system", "related", "context")
"""How urban a concept is. `core` names an urban place, population or local government; `system` is found in
towns only; `related` often is; `context` is everything else that distinguishes substance from mere mention."""

_VETO = "not_"
_OWN_KEYS = frozenset({"about", "strength", "sector"})


@dataclass(frozen=True, slots=True)
class Concept:
    """One idea; `terms` and `vetoes` hold the terms of each language, `group` is the file it comes from."""

    name: str
    group: str
    strength: str
    sector: str | None
    about: str
    terms: Mapping[str, tuple[str, ...]]
    vetoes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        where = f"{self.group}.toml, [{self.name}]"
        if not self.about:
            raise ValueError(f"{where}: say in `about` what the concept is")
        if self.strength not in STRENGTHS:
            raise ValueError(f"{where}: strength {self.strength!r} is not one of {', '.join(STRENGTHS)}")
        if self.sector is not None and self.sector not in SECTORS:
            raise ValueError(f"{where}: sector {self.sector!r} is not one of {', '.join(SECTORS)}")
        for language, terms in (*self.terms.items(), *self.vetoes.items()):
            _check_terms(where, language, terms)


def _check_terms(where: str, language: str, terms: tuple[str, ...]) -> None:
    if language not in LANGUAGES:
        raise ValueError(f"{where}: unknown language or key {language!r}")
    if not terms:
        raise ValueError(f"{where}: no terms in {language!r}")
    if len(set(terms)) != len(terms):
        twice = sorted({term for term in terms if terms.count(term) > 1})
        raise ValueError(f"{where}: duplicate term in {language!r}: {', '.join(twice)}")
    by_characters = ALL[language].term_matching == "characters"
    for term in terms:
        if not term.strip() or ("*" in term and (by_characters or not _stars_at_ends(term))):
            raise ValueError(f"{where}: malformed term in {language!r}: {term!r}")


def _stars_at_ends(term: str) -> bool:
    return all("*" not in word[:-1] and word != "*" for word in term.split())


def read_concepts(folder: Traversable) -> Iterator[Concept]:
    """The concepts of all `.toml` files of a folder, files in alphabetical order."""
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            yield from parse_concepts(file.read_text(encoding="utf-8"), file.name.removesuffix(".toml"))


def parse_concepts(toml: str, group: str) -> Iterator[Concept]:
    """The concepts of one file's text."""
    try:
        tables = tomli.loads(toml)
    except tomli.TOMLDecodeError as error:
        raise ValueError(f"{group}.toml is not valid TOML: {error}") from error
    for name, table in tables.items():
        yield _concept(name, group, table)


def _concept(name: str, group: str, table: Any) -> Concept:
    where = f"{group}.toml, [{name}]"
    if not isinstance(table, dict):
        raise ValueError(f"{where}: a concept is a table")  # noqa: TRY004 - one error for all faults of a file
    terms = {key: _term_list(where, key, value) for key, value in table.items() if key not in _OWN_KEYS}
    return Concept(
        name=name,
        group=group,
        strength=table.get("strength", ""),
        sector=table.get("sector"),
        about=table.get("about", ""),
        terms=MappingProxyType({key: value for key, value in terms.items() if not key.startswith(_VETO)}),
        vetoes=MappingProxyType(
            {key.removeprefix(_VETO): value for key, value in terms.items() if key.startswith(_VETO)}
        ),
    )


def _term_list(where: str, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(term, str) for term in value):
        raise ValueError(f"{where}: {key!r} is not a list of terms")
    return tuple(value)
