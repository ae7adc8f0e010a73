"""What the passage model looks at: words, lexicon concepts, the heading, and the form of the passage.

A passage is read at two scales. *Windows* are its sentences or cells (short ones joined): one urban measure in a
long paragraph makes the paragraph urban, whatever else it says. The *whole* passage is read besides. Features have
names with a prefix, so that a weight can be explained to a user: `w:` word, `b:` word pair, `c:` concept, `p:` pair of
concepts in one window, `n:`/`nc:` word or
concept near an urban one, `hw:`/`hc:` word or concept of the heading, `s:` sector of the concepts, `f:` form.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ndc_urban.document import Passage
from ndc_urban.languages import ALL
from ndc_urban.lexicon import Lexicon, Match
from ndc_urban.model.masking import NUMBER, tokens

WORD_PREFIXES = ("w:", "b:", "n:", "hw:", "x:")
"""Families tied to one language; the others mean the same in all six."""
SECTOR_PREFIX = "s:"

WINDOW_END = re.compile(r"(?<=[.;!?:|•؟؛])\s+|(?<=[。；！？：])")
COMMA = re.compile(r"[,،、，;؛；]")
MIN_WINDOW = 60
"""Characters of a window at least: shorter sentences and cells are joined, as they say little alone. This number and
those below are part of what the shipped weights were fitted to; they were chosen by trial on real NDCs, and figures of
the alternatives are not on record."""
NEAR = 4
"""Words on either side of an urban term that are read together with it."""
CLOSE = 60
"""Characters between two concepts up to which they are read together."""
BESIDE = 80
"""Characters between the beginnings of two concepts up to which one is said of the other."""
ANCESTORS = 3
"""Headings above the innermost one that are looked at for sectors."""
URBAN_STRENGTHS = ("core", "system", "related")
LENGTH_STEPS = (8, 20, 50, 100)
"""Words at which a passage counts as longer: a title, a sentence, a paragraph, a long one."""
EARLY = 4
"""So many concepts with a sector, from the beginning of a passage, show what it is mainly about."""

Bag = dict[str, float]
"""Feature name to value; binary features have the value 1."""


@dataclass(frozen=True, slots=True)
class PassageFeatures:
    """Bags of a passage: one for each window and one for the whole (the same where there is one window)."""

    windows: tuple[Bag, ...]
    whole: Bag


@dataclass(frozen=True, slots=True)
class _Words:
    """Words of a text with their offsets, and the features that name each of them and each pair of neighbours, if these
    are wanted.
    """

    names: list[str]
    starts: list[int]
    single: list[str]
    pairs: list[str]

    @classmethod
    def of(cls, words: Sequence[tuple[str, int]], *, named: bool) -> _Words:
        names, starts = [word for word, _ in words], [at for _, at in words]
        if not named:
            return cls(names, starts, [], [])
        pairs = [f"b:{first} {second}" for first, second in pairwise(names)]
        return cls(names, starts, ["w:" + word for word in names], pairs)

    def between(self, start: int, end: int) -> _Words:
        """Those that begin between two offsets."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return _Words(
            self.names[first:last],
            self.starts[first:last],
            self.single[first:last],
            self.pairs[first : max(last - 1, first)],
        )


class FeatureExtractor:
    """Turns passages into bags of named features with the help of a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._strength = {name: concept.strength for name, concept in lexicon.concepts.items()}
        self._sector = {name: concept.sector for name, concept in lexicon.concepts.items() if concept.sector}
        self._sectors_above = lru_cache(maxsize=4096)(self._heading_sectors)
        self._heading = lru_cache(maxsize=4096)(self._heading_bag)

    def extract(self, passage: Passage, *, words: bool = True) -> PassageFeatures:
        """The features of one passage; its language decides which lexicon terms and names are looked for.

        Without `words` those of the words of the text are left out, for a model that knows none in its language.
        """
        text, language = passage.text, passage.language
        heading = passage.section[-1] if passage.section else ""
        heading_bag = self._heading(heading, passage.header, language)
        found = _Words.of(tokens(text, language), named=words)
        matches = self.matches(passage)
        match_starts = [match.start for match in matches]
        spans = windows(text, MIN_WINDOW // (_characters_per_word(language) or 1))
        bags = [
            self._bag(
                found.between(start, end),
                matches[bisect_left(match_starts, start) : bisect_left(match_starts, end)],
                heading_bag,
                passage,
            )
            for start, end in spans
        ]
        whole = self._bag(found, matches, heading_bag, passage) if len(spans) > 1 else bags[0]
        self._add_sectors(whole, matches)
        whole.update(self._sectors_above(passage.section[-ANCESTORS - 1 :], language))
        return PassageFeatures(tuple(bags), whole)

    def matches(self, passage: Passage) -> Sequence[Match]:
        """The lexicon terms of a passage, in order."""
        return self._lexicon.find(passage.text, passage.language)

    def _heading_bag(self, heading: str, header: tuple[str, ...], language: str) -> Bag:
        bag: Bag = {f"hw:{word}": 1.0 for word, _ in tokens(heading, language) if word != NUMBER}
        found = {match.concept for match in self._lexicon.find(heading, language)}
        # in one order, as the last digit of a sum depends on it
        bag.update((f"hc:{concept}", 1.0) for concept in sorted(found))
        bag[f"f:heading {self._stratum(found)}"] = 1.0
        for concept in sorted({match.concept for match in self._lexicon.find(" ; ".join(header), language)}):
            bag[f"tc:{concept}"] = 1.0
        return bag

    def _stratum(self, concepts: Iterable[str]) -> str:
        """The strongest kind of urban concept among these."""
        strengths = {self._strength[concept] for concept in concepts}
        return next((strength for strength in URBAN_STRENGTHS if strength in strengths), "none")

    def _bag(self, words: _Words, matches: Sequence[Match], heading: Bag, passage: Passage) -> Bag:
        bag: Bag = dict(heading)
        concepts = sorted({match.concept for match in matches})
        stratum = self._stratum(concepts)
        bag.update(dict.fromkeys(words.single, 1.0))
        bag.update(dict.fromkeys(words.pairs, 1.0))
        if words.single and stratum in ("core", "system"):
            bag.update(dict.fromkeys(map(f"x:{stratum} & ".__add__, words.names), 1.0))
        for concept in concepts:
            bag["c:" + concept] = 1.0
        self._add_pairs(bag, concepts)
        if words.single:
            self._add_near(bag, words, matches)
        self._add_near_concepts(bag, matches)
        bag.update(self._form(words, matches, stratum, heading, passage))
        return bag

    def _add_pairs(self, bag: Bag, concepts: Sequence[str]) -> None:
        """Pairs of an urban concept with any other: "city" with "population" is not "city" with "drainage"."""
        urban = [concept for concept in concepts if self._strength[concept] in URBAN_STRENGTHS]
        for first in urban:
            for second in concepts:
                if first != second and not (second in urban and second < first):
                    bag[f"p:{first} + {second}"] = 1.0

    def _add_near(self, bag: Bag, words: _Words, matches: Sequence[Match]) -> None:
        for match in matches:
            if self._strength[match.concept] != "core":
                continue
            first, end = bisect_left(words.starts, match.start), bisect_left(words.starts, match.end)
            if first == end:
                continue
            for word in (*words.names[max(0, first - NEAR) : first], *words.names[end : end + NEAR]):
                bag["n:" + word] = 1.0

    def _add_near_concepts(self, bag: Bag, matches: Sequence[Match]) -> None:
        """Concepts close to an urban one: what is said of the city, not of something else."""
        urban = [match for match in matches if self._strength[match.concept] in ("core", "system")]
        for match in matches:
            if any(
                match is not other and match.start - other.end < CLOSE and other.start - match.end < CLOSE
                for other in urban
            ):
                bag["nc:" + match.concept] = 1.0

    def _add_sectors(self, bag: Bag, matches: Sequence[Match]) -> None:
        """Sectors of the concepts: how many of each, which one first, which ones beside an urban concept."""
        found = [self._sector[match.concept] for match in matches if match.concept in self._sector]
        counts = Counter(found)
        bag[f"s:{min(len(counts), 6)} sectors"] = 2.0
        for sector, count in counts.items():
            bag[f"s:{sector} count"] = min(2 * math.log1p(count), 4.0)
            bag[f"s:{sector} share"] = 2 * count / len(found)
        for sector, _ in counts.most_common(1):
            bag["s:most " + sector] = 2.0
        for sector in found[:1]:
            bag["s:first " + sector] = 1.0
        for sector in found[:EARLY]:
            bag["s:early " + sector] = 1.0
        urban = [match.start for match in matches if self._strength[match.concept] in ("core", "system")]
        beside = Counter(
            self._sector[match.concept]
            for match in matches
            if match.concept in self._sector and any(abs(match.start - at) < BESIDE for at in urban)
        )
        for sector, count in beside.items():
            bag["s:beside " + sector] = min(math.log1p(count), 2.0)

    def _heading_sectors(self, section: tuple[str, ...], language: str) -> Bag:
        """Sectors of the concepts in the heading of a passage and in those above it."""
        bag: Bag = {}
        for depth, title in enumerate(reversed(section)):
            place = "above" if depth else "heading"
            for match in self._lexicon.find(title, language):
                if match.concept in self._sector:
                    bag[f"s:{place} {self._sector[match.concept]}"] = 2.0
        return bag

    def _form(
        self, words: _Words, matches: Sequence[Match], stratum: str, heading: Bag, passage: Passage
    ) -> Bag:
        bag: Bag = {}
        per_word = _characters_per_word(passage.language)
        length = max(len(passage.text) / per_word if per_word else len(words.names), 1)
        bag["f:text " + stratum] = 1.0
        for name in heading:
            if name.startswith("f:heading "):
                bag[f"f:text {stratum}, {name[2:]}"] = 1.0
        for strength in URBAN_STRENGTHS:
            found = [match.concept for match in matches if self._strength[match.concept] == strength]
            if count := len(found):
                bag[f"f:{strength} kinds {min(len(set(found)), 4)}"] = 1.0
                bag[f"f:{strength} count"] = min(count, 6) / 3
                bag[f"f:{strength} density"] = min(10 * count / length, 2.0)
                bag[f"f:{strength} several"] = float(count > 1)
        # Caps and divisors keep every feature within about 0 and 2, so that one penalty suits all; the shipped weights
        # were fitted to them.
        step = sum(length >= limit for limit in LENGTH_STEPS)
        bag[f"f:length {step} {stratum}"] = 1.0
        bag["f:log length"] = math.log1p(length) / 3
        bag["f:figures"] = min(5 * words.names.count(NUMBER) / length, 2.0)
        bag["f:commas"] = min(10 * len(COMMA.findall(passage.text)) / length, 2.0)
        bag["f:kind " + passage.kind] = 1.0
        return bag


def _characters_per_word(language: str) -> int:
    """Characters of a usual word of a language written without spaces, 0 for others."""
    return ALL[language].characters_per_word if language in ALL else 0


def windows(text: str, at_least: int = MIN_WINDOW) -> list[tuple[int, int]]:
    """Spans of the sentences or cells of a passage, short ones joined to a number of characters at least."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in WINDOW_END.finditer(text):
        if match.start() - start >= at_least:
            spans.append((start, match.start()))
            start = match.end()
    if start < len(text):
        if spans and len(text) - start < at_least // 2:
            spans[-1] = (spans[-1][0], len(text))
        else:
            spans.append((start, len(text)))
    return spans or [(0, len(text))]


def is_of_sector(name: str) -> bool:
    """Whether a feature identifies the sector and nothing else; only the bag of a whole passage has such features.

    Where a passage is one window, that bag is the window's, too.
    """
    return name.startswith(SECTOR_PREFIX)


def is_language_free(name: str) -> bool:
    """Whether a feature means the same in every language (a concept or a form, not a word)."""
    return not name.startswith(WORD_PREFIXES)
