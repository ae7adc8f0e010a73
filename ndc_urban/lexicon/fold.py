"""Words as the lexicon compares them: in lower case, without accents, in Arabic also without attached particles.

Not here: the search for terms (`index`), and the folding of whole passages (`document.folded`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Marks that sit inside a word without being letters: accents, Arabic vowel signs, soft hyphens, joiners.
_MARKS = "\u00ad\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\ufeff"

WORD = re.compile(rf"[^\W_]+(?:[{_MARKS}]+[^\W_]*)*")
"""A word; apostrophes and hyphens part words, so that an elided article leaves its noun whole."""

WORD_OR_BREAK = re.compile(rf"{WORD.pattern}|[.,;:!?|()\[\]•،؛؟]")
"""A word, or a mark that no term of several words reaches across."""

_SPECIAL = str.maketrans({
    "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "ı": "i", "đ": "d",
    "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ـ": None,
    **{chr(zero + digit): str(digit) for zero in (0x660, 0x6F0) for digit in range(10)},
})  # fmt: skip

_DROPPED = frozenset({"Mn", "Cf"})

_REMEMBERED = 65_536
"""More words than a long document and the terms of its language have together; a few megabytes."""

# Arabic particles written together with the next word, longest first: (and/so)(by/as/for/will)(the).
_CONJUNCTIONS = ("", "و", "ف")
_PREPOSITIONS = ("", "ب", "ك", "ل", "ال", "بال", "كال", "لل")
_CLITICS = sorted({one + two for one in _CONJUNCTIONS for two in _PREPOSITIONS} - {""}, key=len, reverse=True)
_ARTICLES = ("ال", "لل")
_ALEF_LAM, _LAM_ALEF = "ال", "لا"
_REST_AFTER_ARTICLE = 2  # letters of the shortest Arabic nouns
_REST_AFTER_LETTER = (
    3  # letters of an Arabic root: a single letter before fewer is most likely a part of the word
)


@lru_cache(maxsize=_REMEMBERED)
def fold(word: str) -> str:
    """The word in lower case, without accents, vowel signs, ligatures and spelling variants of one letter."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word).casefold().translate(_SPECIAL)
    return "".join(letter for letter in decomposed if unicodedata.category(letter) not in _DROPPED)


def arabic_forms(word: str) -> tuple[str, ...]:
    """The readings of a folded Arabic word: itself, and what is left of it without the particles before it.

    One letter may belong to the root, hence all readings are kept: the lexicon decides which one is a word.
    """
    return tuple(dict.fromkeys(form for spelling in _spellings(word) for form in _without_clitics(spelling)))


def _spellings(word: str) -> Iterator[str]:
    """The word, and the word with each alef-lam turned round: PDF files often store the ligature reversed.

    The article is spelt alef-lam too and is left alone.
    """
    yield word
    at = word.find(_ALEF_LAM)
    while at >= 0:
        if word[: at + 2] not in _CLITICS:
            yield word[:at] + _LAM_ALEF + word[at + 2 :]
        at = word.find(_ALEF_LAM, at + 1)


def _without_clitics(word: str) -> Iterator[str]:
    yield word
    for clitic in _CLITICS:
        rest = _REST_AFTER_ARTICLE if clitic.endswith(_ARTICLES) else _REST_AFTER_LETTER
        if word.startswith(clitic) and len(word) - len(clitic) >= rest:
            yield word[len(clitic) :]


def lower_same_length(text: str) -> str:
    """The text in lower case, character by character, so that offsets stay true."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
