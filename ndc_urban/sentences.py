"""Sentences of a text: spaCy proposes where they end, and false ends (abbreviations, figures) are taken back."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ndc_urban.languages import ALL, of_script

if TYPE_CHECKING:
    from spacy.language import Language

OTHERS = "xx"
"""spaCy's rules for text in a language that has no file."""

LOOKED_AT = 40
"""Characters behind a full stop in which the next letter is looked for: more than any signs between them."""

LAST_CHARACTERS = 30
"""Characters before a full stop in which the last word is looked for: five times the longest abbreviation known."""

_OPENING = "([{«“‘„‚¿¡（［《「『"
_LAST_WORD = re.compile(r"([^\W_][\w.-]*)\.$")
_FIRST_LETTER = re.compile(r"[^\w\s]*\s*(\w)")
_LIST_MARK = re.compile(r"[^\W\d_]{1,3}[).]\s")
_NO_LETTER = re.compile(r"[\W\d_]*$")
_OPENER = re.compile(
    rf"\s*[{re.escape(_OPENING)}][{re.escape(_OPENING)}\s]*$|\s+[\"']\s*$|(?<=[;:|])\s+(?:\d{{1,2}}|[^\W\d_])[.)]\s*$"
)

Span = tuple[int, int]


def sentences(text: str, language: str) -> list[Span]:
    """Spans of the sentences of a text, without the spaces around them."""
    found: list[Span] = []
    for start, end in _proposed(text, language):
        if found and not _parts(text, found[-1], start, end, language):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _proposed(text: str, language: str) -> list[Span]:
    """spaCy's sentences, an opening bracket or mark, or the number of a list item, put with what it opens."""
    spans = [(sentence.start_char, sentence.end_char) for sentence in _pipeline(language)(text).sents]
    starts = [start for start, _ in spans]
    for at in range(1, len(spans)):
        opener = _OPENER.search(text, starts[at - 1], starts[at])
        if opener and opener.start() > starts[at - 1]:
            starts[at] = opener.start()
    stripped = (_strip(text, start, end) for start, end in pairwise([*starts, len(text)]))
    return [(start, end) for start, end in stripped if start < end]


def _strip(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def _parts(text: str, before: Span, start: int, end: int, language: str) -> bool:
    """Whether a sentence does end between the span before and the one from `start` to `end`."""
    head = text[before[0] : before[1]]
    if _NO_LETTER.match(head) or (end == len(text.rstrip()) and _NO_LETTER.match(text, start, end)):
        return False
    if not head.endswith("."):
        return not head.endswith(".,")
    tail = text[start : start + LOOKED_AT]
    first = _FIRST_LETTER.match(tail)
    follower = first[1] if first else ""
    within_figure = before[1] == start and follower.isdigit() and head[-2:-1].isdigit()
    goes_on = follower.islower() and not _LIST_MARK.match(tail)
    return not within_figure and not goes_on and not _is_abbreviated(head, follower, language)


def _is_abbreviated(head: str, follower: str, language: str) -> bool:
    """Whether the full stop at the end of a text belongs to its last word, given the letter that follows."""
    word = _LAST_WORD.search(head[-LAST_CHARACTERS:])
    if word is None:
        return False
    known, before_names = _abbreviations(language)
    last = word[1].casefold()
    return last in before_names or (last in known and not follower.isupper())


@lru_cache(maxsize=16)
def _abbreviations(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """All abbreviations of a language and those before names; of an unknown one, those of the Latin languages."""
    known = [ALL[code] for code in ((language,) if language in ALL else of_script("latin"))]
    return (
        frozenset[str]().union(*(language.abbreviations for language in known)),
        frozenset[str]().union(*(language.abbreviations_before_names for language in known)),
    )


@lru_cache(maxsize=8)
def _pipeline(language: str) -> Language:
    import spacy

    pipeline = spacy.blank(ALL[language].spacy if language in ALL else OTHERS)
    pipeline.max_length = 10_000_000
    pipeline.add_pipe("sentencizer")
    return pipeline
