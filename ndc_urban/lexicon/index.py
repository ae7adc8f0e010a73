"""Finds the terms of one language in a text: an index over words, and one over characters for Chinese."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from ndc_urban.lexicon.fold import WORD, WORD_OR_BREAK, arabic_forms, fold, lower_same_length

# White space between two Chinese characters: a line ended there, the word goes on.
_HAN = "\u3400-\u9fff"
_BROKEN_LINE = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")

_REMEMBERED = 500_000  # words and pairs of words; bounds the memory of a long run


class Hit(NamedTuple):
    """A term found at text[start:end]; `veto` if it forbids the concept there."""

    start: int
    end: int
    concept: int
    veto: bool


class Term(NamedTuple):
    """A term as given: the number of its concept, its text, and whether it is a veto."""

    concept: int
    text: str
    veto: bool


class Index(Protocol):
    """What finds all terms of one language in a text, by their start; overlaps are not resolved."""

    def hits(self, text: str) -> Iterable[Hit]: ...


class _WordPattern(NamedTuple):
    """One word of a term; with `open_end` it stands for every word that begins like it."""

    letters: str
    open_end: bool

    def fits(self, forms: tuple[str, ...]) -> bool:
        if self.open_end:
            return any(form.startswith(self.letters) for form in forms)
        return self.letters in forms


class _Entry(NamedTuple):
    """A term under its first word: what must follow."""

    rest: tuple[_WordPattern, ...]
    concept: int
    veto: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What is remembered of a word: its readings and the terms that may begin with it.

    `pairs` keeps, for a word met behind it, the longer terms that go on with that word.
    """

    forms: tuple[str, ...]
    single: tuple[_Entry, ...]
    longer: tuple[_Entry, ...]
    pairs: dict[str, tuple[_Entry, ...]] = field(default_factory=dict)


def _patterns(term: str) -> tuple[_WordPattern, ...]:
    """The words of a term; inner hyphens and apostrophes part words there as they do in a text."""
    found: list[_WordPattern] = []
    for part in term.split():
        bare = part.removesuffix("*")
        words = [fold(match) for match in ([bare] if bare.isalnum() else WORD.findall(part))]
        found.extend(_WordPattern(word, open_end=False) for word in words[:-1])
        found.extend(_WordPattern(word, part.endswith("*")) for word in words[-1:])
    return tuple(found)


@dataclass(slots=True)
class WordIndex:
    """For languages that write words apart."""

    arabic: bool = False
    _exact: defaultdict[str, list[_Entry]] = field(default_factory=lambda: defaultdict(list))
    _stems: defaultdict[str, list[_Entry]] = field(default_factory=lambda: defaultdict(list))
    _known: dict[str, _Known] = field(default_factory=dict)
    _remembered: int = 0

    def add(self, terms: Iterable[Term]) -> None:
        """Takes terms into the index."""
        for term in terms:
            first, *rest = _patterns(term.text)
            shelf = self._stems if first.open_end else self._exact
            shelf[first.letters].append(_Entry(tuple(rest), term.concept, term.veto))

    def hits(self, text: str) -> list[Hit]:
        """All terms in the text, by their start."""
        spans = [match.span() for match in WORD_OR_BREAK.finditer(text)]
        words = [text[start:end] for start, end in spans]
        known = [self._known.get(word) or self._learn(word) for word in words]
        found: list[Hit] = []
        for at, first in enumerate(known):
            if first.single:
                start, end = spans[at]
                found.extend([Hit(start, end, entry.concept, entry.veto) for entry in first.single])
            if first.longer and at + 1 < len(words):
                pairs = first.pairs.get(words[at + 1])
                if pairs is None:
                    pairs = self._learn_pair(first, words[at + 1], known[at + 1])
                for entry in pairs:
                    last = at + len(entry.rest)
                    if last < len(words) and _goes_on(entry.rest, known, at + 1):
                        found.append(Hit(spans[at][0], spans[last][1], entry.concept, entry.veto))
        return found

    def _learn(self, word: str) -> _Known:
        self._remember_one_more()
        folded = fold(word)
        forms = arabic_forms(folded) if self.arabic else (folded,)
        entries = list(dict.fromkeys(entry for form in forms for entry in self._beginning_with(form)))
        known = _Known(
            forms=forms,
            single=tuple(entry for entry in entries if not entry.rest),
            longer=tuple(entry for entry in entries if entry.rest),
        )
        self._known[word] = known
        return known

    def _learn_pair(self, first: _Known, word: str, second: _Known) -> tuple[_Entry, ...]:
        self._remember_one_more()
        pairs = tuple(entry for entry in first.longer if entry.rest[0].fits(second.forms))
        first.pairs[word] = pairs
        return pairs

    def _remember_one_more(self) -> None:
        self._remembered += 1
        if self._remembered > _REMEMBERED:
            self._known.clear()
            self._remembered = 0

    def _beginning_with(self, form: str) -> Iterator[_Entry]:
        yield from self._exact.get(form, ())
        for length in range(1, len(form) + 1):
            yield from self._stems.get(form[:length], ())


def _goes_on(rest: tuple[_WordPattern, ...], known: list[_Known], at: int) -> bool:
    """Whether a term fits beyond its second word, which stands at `at`."""
    return len(rest) == 1 or all(rest[step].fits(known[at + step].forms) for step in range(1, len(rest)))


@dataclass(slots=True)
class CharacterIndex:
    """For Chinese, which writes words together: looks at every position for the terms that begin there."""

    _by_start: defaultdict[str, list[tuple[str, Term]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, terms: Iterable[Term]) -> None:
        """Takes terms into the index."""
        for term in terms:
            letters = lower_same_length(term.text)
            self._by_start[letters[:2]].append((letters, term))

    def hits(self, text: str) -> list[Hit]:
        """All terms in the text, by their start."""
        lowered = lower_same_length(text)
        dropped = {at for gap in _BROKEN_LINE.finditer(lowered) for at in range(*gap.span())}
        if not dropped:
            return self._hits(lowered)
        places = [at for at in range(len(lowered)) if at not in dropped]
        hits = self._hits("".join(lowered[at] for at in places))
        return [hit._replace(start=places[hit.start], end=places[hit.end - 1] + 1) for hit in hits]

    def _hits(self, lowered: str) -> list[Hit]:
        by_start = self._by_start
        found: list[Hit] = []
        for at in range(len(lowered)):
            for letters, term in (*by_start.get(lowered[at : at + 2], ()), *by_start.get(lowered[at], ())):
                if lowered.startswith(letters, at) and _apart(lowered, at, letters):
                    found.append(Hit(at, at + len(letters), term.concept, term.veto))
        return found


def _apart(text: str, at: int, letters: str) -> bool:
    """Whether Latin letters stand as a word of their own; Chinese characters always do."""
    end = at + len(letters)
    if letters[0].isascii() and at and _is_latin(text[at - 1]):
        return False
    return not (letters[-1].isascii() and end < len(text) and _is_latin(text[end]))


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()
