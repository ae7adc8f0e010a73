"""Words that poor text recognition left in a text layer: letters taken for others that look alike, accents lost.

Counted are words that are in no list of common words but would be with one such mistake put right ("tlie" for "the",
"egalement" for "également").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from ndc_urban.languages import ALL
from ndc_urban.reading.common_words import common_words

LEAST_SHARE = 0.08
"""Of the words of a page. The worst of 2,911 sound pages of NDCs has 0.075 (typed without accents); of the one NDC that
is known to be poorly recognised, 22 of 25 pages have more than 0.08, and the others 0.075."""

LEAST_WORDS = 30
"""On a page with fewer the share says nothing."""

LEAST_DIFFERENT = 4
"""Different words: a name may come back on a whole page; the poorly recognised pages have four and more."""

SHORTEST = 4
"""Letters; with one letter changed, too many shorter words are others."""

MOST_REMEMBERED = 100_000
"""Words whose kind is kept; a long document has some ten thousand different ones."""

_MISTAKES = (
    ("c", "e"), ("e", "c"), ("rn", "m"), ("in", "m"), ("li", "h"), ("b", "h"), ("ii", "u"), ("n", "u"), ("u", "n"),
    ("ri", "n"), ("cl", "d"), ("vv", "w"), ("f", "t"), ("t", "f"), ("l", "i"), ("i", "l"), ("h", "b"), ("o", "e"),
    ("n", "a"), ("tli", "th"), ("ln", "in"), ("ce", "oe"), ("ce", "œ"),
)  # fmt: skip
"""What stands in a text, and what was printed."""

_WORD = re.compile(r"(?<![^\W_])[^\W\d_A-ZÀ-ÞА-Я]{4,}(?![^\W_])")
"""Words in small letters: names are in no list, and capitals lose their accents in print as well."""


def has_misread_words(texts: Sequence[str]) -> bool:
    """Whether the texts of a page hold so many misread words that they were poorly recognised."""
    words = [word for text in texts for word in _WORD.findall(text)]
    if len(words) < LEAST_WORDS:
        return False
    found = [word for word in words if _is_misread(word)]
    return len(found) >= LEAST_SHARE * len(words) and len(set(found)) >= LEAST_DIFFERENT


@lru_cache(maxsize=MOST_REMEMBERED)
def _is_misread(word: str) -> bool:
    """Whether a word in small letters is none, but would be one with a mistake put right."""
    known = _known()
    if word in known:
        return False
    if len(word) > SHORTEST and word in _without_accents():
        return True
    return any(right in known for right in _put_right(word))


def _put_right(word: str) -> Iterator[str]:
    """The word with each of its possible mistakes put right, one at a time."""
    for wrong, right in _MISTAKES:
        at = word.find(wrong)
        while at >= 0:
            yield f"{word[:at]}{right}{word[at + len(wrong) :]}"
            at = word.find(wrong, at + 1)


@cache
def _known() -> frozenset[str]:
    return common_words().union(*(each.common_words | each.function_words for each in ALL.values()))


@cache
def _without_accents() -> frozenset[str]:
    """The known words that have accents, without them."""
    return frozenset(
        "".join(each for each in unicodedata.normalize("NFD", word) if not unicodedata.combining(each))
        for word in _known()
        if not word.isascii()
    )
