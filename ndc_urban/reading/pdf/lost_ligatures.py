"""Words with a gap in the place of a ligature, because their font maps it to a space ("sanita on", "effec ve").

The space is a character like any other, so only the words tell: parts that are not words, and make one with a ligature
between them. One such pair is chance ("in all"); several different ones with the same ligature are a font.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cache
from itertools import chain

from ndc_urban.languages import ALL
from ndc_urban.reading.common_words import common_words
from ndc_urban.reading.pdf.unknown_glyphs import LIGATURES

_ENOUGH = 3
"""Different words with one ligature; 39 sound NDCs in five languages have one at most."""

_EDGES = '.,;:!?()[]{}«»"“”…'
_SPLIT = re.compile(r"(?<![^\W\d_])[^\W\d_]+(?: [a-zà-ÿ]+(?![^\W\d_]))+")
_MOST_PARTS = 3
"""Of a word: "ins tu ons" has two ligatures."""


class LostLigatures:
    """The ligatures that stand as spaces in the words of a document."""

    def __init__(self, texts: Iterable[str]) -> None:
        known, common = _known_words(), common_words()
        words: dict[str, set[str]] = defaultdict(set)
        for before, after in _pairs([text.split(" ") for text in texts], known):
            if not after[:1].islower():
                continue
            first, second = before.strip(_EDGES).lower(), after.strip(_EDGES)
            if (first in known and second in known) or not (first.isalpha() and second.isalpha()):
                continue
            for ligature in LIGATURES:
                word = first + ligature + second
                if word in common:
                    words[ligature].add(word)
        self._found = [ligature for ligature in LIGATURES if len(words[ligature]) >= _ENOUGH]

    def __bool__(self) -> bool:
        return bool(self._found)

    def settled(self, text: str) -> str:
        """The text with these words whole."""
        return _SPLIT.sub(lambda match: " ".join(self._joined(match[0].split(" "))), text)

    def _joined(self, parts: list[str]) -> Iterator[str]:
        at = 0
        while at < len(parts):
            count, word = self._word_at(parts, at)
            yield word
            at += count

    def _word_at(self, parts: list[str], at: int) -> tuple[int, str]:
        """How many parts make the word that begins at a place, and the word."""
        for count in range(min(_MOST_PARTS, len(parts) - at), 1, -1):
            own = parts[at : at + count]
            if all(part.lower() in _known_words() for part in own):
                continue
            for ligature in self._found:
                word = ligature.join(own)
                if word.lower() in common_words():
                    return count, word
        return 1, parts[at]


def _pairs(lines: Sequence[Sequence[str]], known: Set[str]) -> set[tuple[str, str]]:
    """The pairs of words beside each other of which one is of letters alone and not known."""
    unknown = {
        word
        for word in set(chain.from_iterable(lines))
        if (bare := word.strip(_EDGES)).isalpha() and (bare not in known or bare.lower() not in known)
    }
    found: set[tuple[str, str]] = set()
    for line in lines:
        at = [place for place, word in enumerate(line) if word in unknown]
        found.update((line[place - 1], line[place]) for place in at if place)
        found.update((line[place], line[place + 1]) for place in at if place + 1 < len(line))
    return found


@cache
def _known_words() -> frozenset[str]:
    short = (each.common_words | each.function_words for each in ALL.values())
    return common_words().union(*short)
