"""Topics and themes of urban content as data: which codes and concepts make a passage speak of which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import tomli

from ndc_urban.codebook import ROLES, SECTORS
from ndc_urban.lexicon.concept import parse_concepts
from ndc_urban.lexicon.matcher import Lexicon, load_lexicon

KINDS: tuple[str, ...] = ("topic", "priority", "enabler")
"""Topics of the reviews; priorities and enablers of the strategic plan (HSP/HA.2/7)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Holds for a passage when everything that it names holds; what is empty does not matter."""

    sectors: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    concepts: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not (self.sectors or self.roles or self.concepts):
            raise ValueError("a rule names sectors, roles or concepts")
        for names, known, what in ((self.sectors, SECTORS, "sector"), (self.roles, ROLES, "role")):
            if not names <= set(known):
                raise ValueError(f"unknown {what}: {', '.join(sorted(names - set(known)))}")

    def holds(self, sector: str, role: str, concepts: frozenset[str]) -> bool:
        """Whether a passage with these codes, whose text has these concepts, falls under the rule."""
        return (
            (not self.sectors or sector in self.sectors)
            and (not self.roles or role in self.roles)
            and (not self.concepts or not self.concepts.isdisjoint(concepts))
        )


@dataclass(frozen=True, slots=True)
class Theme:
    """One topic, priority or enabler; a passage belongs to it when one of the rules holds."""

    kind: str
    name: str
    label: str
    about: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Themes:
    """All themes, and the lexicon with the concepts that their rules name."""

    themes: tuple[Theme, ...]
    lexicon: Lexicon

    def __post_init__(self) -> None:
        named = {concept for theme in self.themes for rule in theme.rules for concept in rule.concepts}
        unknown = sorted(named - set(self.lexicon.concepts))
        if unknown:
            raise ValueError(f"themes name concepts that the lexicon lacks: {', '.join(unknown)}")

    def of_kind(self, *kinds: str) -> tuple[Theme, ...]:
        """The themes of these kinds, in the order of the data."""
        return tuple(theme for theme in self.themes if theme.kind in kinds)

    def find(self, text: str, language: str, *, sector: str, role: str) -> tuple[Theme, ...]:
        """The themes of an urban passage with this text and these codes."""
        concepts = frozenset(match.concept for match in self.lexicon.find(text, language))
        return tuple(
            theme for theme in self.themes if any(rule.holds(sector, role, concepts) for rule in theme.rules)
        )


def parse_themes(toml: str) -> Iterable[Theme]:
    """The themes of a file's text; `ValueError` where something in it is unknown."""
    kinds = tomli.loads(toml)
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        raise ValueError(f"unknown kind of theme: {', '.join(unknown)}")
    return tuple(_theme(kind, name, table) for kind in KINDS for name, table in kinds.get(kind, {}).items())


def _theme(kind: str, name: str, table: Mapping[str, Any]) -> Theme:
    rules = tuple(Rule(**{key: frozenset(values) for key, values in rule.items()}) for rule in table["rules"])
    if not rules:
        raise ValueError(f"[{kind}.{name}] has no rule")
    return Theme(kind, name, table["label"], table["about"], rules)


@cache
def load_themes() -> Themes:
    """The themes that ship with the program; read once."""
    folder = files("ndc_urban.lexicon")
    own = parse_concepts((folder / "theme_concepts.toml").read_text(encoding="utf-8"), "theme_concepts")
    themes = parse_themes((folder / "themes.toml").read_text(encoding="utf-8"))
    named = {concept for theme in themes for rule in theme.rules for concept in rule.concepts}
    shared = [concept for concept in load_lexicon().concepts.values() if concept.name in named]
    return Themes(tuple(themes), Lexicon([*shared, *own]))
