"""Takes out of a text what would let a model recognise a Party instead of urban content: its name, years, figures."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from ndc_urban.languages import LANGUAGES
from ndc_urban.parties import country_names

WORD_OR_NUMBER = re.compile(r"[^\W\d_]+|\d[\d.,\u00a0]*")
NUMBER = "0"
PARTY = "@party"
MIN_NAME_LENGTH = 4
"""Shorter names of countries could be words of another meaning."""


def tokens(text: str, language: str) -> list[tuple[str, int]]:
    """Lower-case words with their offsets; figures read `0`, names of countries `@party`.

    Chinese is written without spaces: there the runs between punctuation come out as one token, which no vocabulary
    holds, so that only the lexicon reads it.
    """
    matches = WORD_OR_NUMBER.finditer(text)
    found = [
        (NUMBER if (word := match[0])[0].isdigit() else word.lower(), match.start()) for match in matches
    ]
    return _mask_names(found, _names(language if language in LANGUAGES else "en"))


def _mask_names(
    found: list[tuple[str, int]], names: dict[str, list[tuple[str, ...]]]
) -> list[tuple[str, int]]:
    beginnings = [at for at, (word, _) in enumerate(found) if word in names]
    masked: list[tuple[str, int]] = []
    end = 0
    for at in beginnings:
        word, start = found[at]
        if at >= end and (length := _name_length(found, at, names[word])):
            masked.extend(found[end:at])
            masked.append((PARTY, start))
            end = at + length
    return masked + found[end:] if end else found


def _name_length(found: list[tuple[str, int]], at: int, candidates: list[tuple[str, ...]]) -> int:
    """How many tokens the longest name that begins here covers; 0 where none does."""
    for name in candidates:
        if all(at + i < len(found) and found[at + i][0] == part for i, part in enumerate(name)):
            return len(name)
    return 0


@cache
def _names(language: str) -> dict[str, list[tuple[str, ...]]]:
    """Country names of the Unicode CLDR in a language, by first word, longest first."""
    names: dict[str, list[tuple[str, ...]]] = {}
    for name in country_names(language).values():
        parts = tuple(
            match[0].lower() for match in WORD_OR_NUMBER.finditer(unicodedata.normalize("NFC", name))
        )
        if parts and len("".join(parts)) >= MIN_NAME_LENGTH and parts[0] != NUMBER:
            names.setdefault(parts[0], []).append(parts)
    for candidates in names.values():
        candidates.sort(key=len, reverse=True)
    return names
