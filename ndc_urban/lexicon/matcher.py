"""The lexicon: finds in a text of any of the six languages the concepts that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from ndc_urban.languages import ALL, LANGUAGES, of_script
from ndc_urban.lexicon.concept import Concept, read_concepts
from ndc_urban.lexicon.index import CharacterIndex, Hit, Index, Term, WordIndex

LATIN_LANGUAGES: tuple[str, ...] = tuple(code for code in of_script("latin") if code in LANGUAGES)
"""Their terms together serve a text in a language without terms of its own, or in an unknown one."""

COMPOUND_NAME = re.compile(r"\b[A-ZÀ-Þ][\w'’]+(?:-[a-zà-ÿ]{1,4})*-[A-ZÀ-Þ][\w'’]+(?:-[\w'’]+)*")
"""A name with capitals on both sides of a hyphen. Its parts mean nothing: a town called Port-X is not a harbour.
English writes titles like this (Waste-to-Energy), so the rule holds where titles are in lower case."""


@dataclass(frozen=True, slots=True)
class Match:
    """A concept found at text[start:end]."""

    concept: str
    start: int
    end: int


class Lexicon:
    """Concepts by name, and the search for them.

    An index for a language is built when the language is first asked for.
    """

    def __init__(self, concepts: Iterable[Concept]) -> None:
        by_name: dict[str, Concept] = {}
        for concept in concepts:
            if concept.name in by_name:
                groups = f"{by_name[concept.name].group}.toml and {concept.group}.toml"
                raise ValueError(f"{groups}: concept [{concept.name}] is defined twice")
            by_name[concept.name] = concept
        self.concepts: Mapping[str, Concept] = MappingProxyType(by_name)
        self._names = tuple(by_name)
        self._indices: dict[tuple[str, ...], Index] = {}

    def find(self, text: str, language: str) -> tuple[Match, ...]:
        """The concepts in the text, by their start.

        Matches of different concepts may overlap. Of overlapping matches of one concept the longest stays. A
        language without terms, `und` included, is searched with the English, French and Spanish terms
        together: enough for borrowed words and international terms, and nothing for other scripts.
        """
        languages = (language,) if language in LANGUAGES else LATIN_LANGUAGES
        index = self._indices.get(languages) or self._build(languages)
        kept = _without_overlaps(index.hits(text))
        if language in LANGUAGES and ALL[language].titles_in_lower_case and "-" in text:
            kept = _outside_names(kept, text)
        names = self._names
        return tuple(Match(names[hit.concept], hit.start, hit.end) for hit in kept)

    def _build(self, languages: tuple[str, ...]) -> Index:
        matching = ALL[languages[0]].term_matching
        index = CharacterIndex() if matching == "characters" else WordIndex(arabic=matching == "arabic")
        for language in languages:
            index.add(self._terms(language))
        self._indices[languages] = index
        return index

    def _terms(self, language: str) -> Iterator[Term]:
        for number, concept in enumerate(self.concepts.values()):
            yield from (Term(number, term, veto=False) for term in concept.terms.get(language, ()))
            yield from (Term(number, term, veto=True) for term in concept.vetoes.get(language, ()))


def _outside_names(hits: list[Hit], text: str) -> list[Hit]:
    """Drops hits within a compound name; a term that is a name itself, as long as the compound, stays."""
    names = [match.span() for match in COMPOUND_NAME.finditer(text)]
    return [
        hit
        for hit in hits
        if not any(
            start <= hit.start and hit.end <= end and hit.end - hit.start < end - start
            for start, end in names
        )
    ]


def _without_overlaps(hits: Iterable[Hit]) -> list[Hit]:
    """Drops vetoed hits, and of overlapping hits of one concept all but the longest."""
    by_concept: dict[int, list[Hit]] = {}
    for hit in hits:
        by_concept.setdefault(hit.concept, []).append(hit)
    kept: list[Hit] = []
    for group in by_concept.values():
        kept.extend(group if _stand_apart(group) else _resolve(group))
    kept.sort()
    return kept


def _stand_apart(group: list[Hit]) -> bool:
    end = 0
    for hit in group:
        if hit.start < end or hit.veto:
            return False
        end = hit.end
    return True


def _resolve(group: list[Hit]) -> list[Hit]:
    taken = [hit for hit in group if hit.veto]
    vetoes = len(taken)
    for hit in sorted((hit for hit in group if not hit.veto), key=lambda hit: hit.start - hit.end):
        if all(hit.end <= other.start or other.end <= hit.start for other in taken):
            taken.append(hit)
    return taken[vetoes:]


@cache
def load_lexicon() -> Lexicon:
    """The lexicon that ships with the program; read once."""
    return Lexicon(read_concepts(files("ndc_urban.lexicon") / "concepts"))
