"""Words as the lexicon compares them: lower case, without accents, in Arabic also without clitics."""

from __future__ import annotations

import re
import unicodedata

# Marks that sit inside a word without being letters: accents, Arabic vowel signs, soft hyphens, joiners.
_MARKS = "\u00ad\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\ufeff"

WORD = re.compile(rf"[^\W_]+(?:[{_MARKS}]+[^\W_]*)*")
"""A word; apostrophes and hyphens part words, so that an elided article leaves its noun whole."""

WORD_OR_BREAK = re.compile(rf"{WORD.pattern}|[.,;:!?|()\[\]•،؛؟]")
"""A word, or a mark that no term of several words reaches across."""

_SPECIAL = str.maketrans({
    "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "ı": "i", "đ": "d",
    "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ـ": None,
})  # fmt: skip

_DROPPED = frozenset({"Mn", "Cf"})

# Arabic particles written together with the next word, longest first: (and/so)(by/as/for/will)(the).
_CONJUNCTIONS = ("", "و", "ف")
_PREPOSITIONS = ("", "ب", "ك", "ل", "ال", "بال", "كال", "لل")
_CLITICS = sorted({one + two for one in _CONJUNCTIONS for two in _PREPOSITIONS} - {""}, key=len, reverse=True)
_ARTICLES = ("ال", "لل")
_REST_AFTER_ARTICLE = 2
_REST_AFTER_LETTER = 3


def fold(word: str) -> str:
    """The word in lower case, without accents, vowel signs, ligatures and spelling variants of one letter."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word).casefold().translate(_SPECIAL)
    return "".join(letter for letter in decomposed if unicodedata.category(letter) not in _DROPPED)


def arabic_forms(word: str) -> tuple[str, ...]:
    """A folded Arabic word and what is left of it without each particle that it may begin with.

    One letter may belong to the root, hence all readings are kept: the lexicon tells which one is a word.
    """
    forms = [word]
    for clitic in _CLITICS:
        rest = _REST_AFTER_ARTICLE if clitic.endswith(_ARTICLES) else _REST_AFTER_LETTER
        if word.startswith(clitic) and len(word) - len(clitic) >= rest:
            forms.append(word[len(clitic) :])
    return tuple(forms)


def lower_same_length(text: str) -> str:
    """The text in lower case, character by character, so that offsets stay true."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
