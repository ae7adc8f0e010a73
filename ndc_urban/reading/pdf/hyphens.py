"""Words that a line's end divides, or a glyph without a character: the document's own words show how they are spelt.

`lines.join_lines` leaves a soft hyphen where a line ended in a hyphen inside a word; here each becomes a hyphen or
nothing, once all of the document has been read. Not here: plain text files, where `reading.text` joins the lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from ndc_urban.languages import ALL
from ndc_urban.reading.common_words import common_words
from ndc_urban.reading.pdf.lines import SOFT_HYPHEN
from ndc_urban.reading.pdf.lost_ligatures import LostLigatures
from ndc_urban.reading.pdf.paragraphs import Draft
from ndc_urban.reading.pdf.unknown_glyphs import Repairs

_DIVIDED = re.compile(rf"([^\W\d_]+){SOFT_HYPHEN}([^\W\d_]+)")
_BROKEN = re.compile(r"(?<![^\W\d_])([^\W\d_]{6,}) ([a-zà-ÿ]{1,2})(?!\w)")
"""A long word and one or two letters: a third letter would mostly have been room enough for a break before the word."""

_SHORT_WORDS = frozenset[str]().union(*(each.common_words | each.function_words for each in ALL.values()))
_EDGES = ".,;:!?()[]{}«»\"'“”‘’…/•–—"
_ELISION = re.compile(r"[^\W\d_]{1,2}['’]")
_SHORTEST_PART = 3  # letters: shorter parts are words in many languages by chance
_PREFIXES = frozenset[str]().union(*(language.hyphenated_prefixes for language in ALL.values()))
"""Parts that keep their hyphen also where the document has no other word with them."""


def settle_hyphens(drafts: Sequence[Draft]) -> None:
    """Turns the soft hyphens in the texts of a document's blocks into hyphens or nothing, in place."""
    if not any(SOFT_HYPHEN in draft.text for draft in drafts):
        return
    _change(drafts, Spelling(draft.text for draft in drafts).settled)


def repair_words(drafts: Sequence[Draft]) -> None:
    """Puts letters for the unknown glyphs in the texts of a document's blocks, in place."""
    _change(drafts, Repairs(draft.text for draft in drafts).settled)
    lost = LostLigatures(draft.text for draft in drafts)
    if lost:
        _change(drafts, lost.settled)
    rows = [draft for draft in drafts if draft.cells]
    if rows:
        _change(rows, Breaks(draft.text for draft in drafts).settled)


def _change(drafts: Sequence[Draft], change: Callable[[str], str]) -> None:
    for draft in drafts:
        draft.text = change(draft.text)
        draft.cells = tuple(map(change, draft.cells))
        draft.header = tuple(map(change, draft.header))


class Breaks:
    """Words of table cells that are longer than their column, so that a line ends within them without a hyphen."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words = {word for text in texts for word in text.lower().split()}

    def settled(self, text: str) -> str:
        """The text with such words whole: the beginning alone is not a word, with the letters behind it it is."""
        return _BROKEN.sub(lambda found: self._whole(found[1], found[2]), text)

    def _whole(self, first: str, rest: str) -> str:
        word = (first + rest).lower()
        is_word = word in common_words() or word in self._words
        apart = first.lower() in common_words() or rest in _SHORT_WORDS
        return first + rest if is_word and not apart else f"{first} {rest}"


class Spelling:
    """The words of a document and the parts of its hyphenated ones, all in small letters."""

    def __init__(self, texts: Iterable[str]) -> None:
        found: set[str] = set()
        for text in texts:
            found.update(text.split())
        bare = {word.strip(_EDGES).lower() for word in found}
        self._words = {_ELISION.sub("", word) if "'" in word or "’" in word else word for word in bare}
        self._words.update([part for word in self._words if "/" in word for part in word.split("/")])
        compounds = [word.split("-") for word in self._words if "-" in word]
        self._prefixes = {parts[0] for parts in compounds}
        self._parts = self._words.union(*compounds)

    def settled(self, text: str) -> str:
        """The text without soft hyphens."""
        if SOFT_HYPHEN not in text:
            return text
        text = _DIVIDED.sub(lambda found: self._whole(found[1], found[2]), text)
        return text.replace(SOFT_HYPHEN, "")

    def _whole(self, first: str, second: str) -> str:
        one, two = first.lower(), second.lower()
        if one + two in self._words or f"{one}-{two}" in self._words:
            return first + second if one + two in self._words else f"{first}-{second}"
        known = one in self._prefixes or (one in self._words and len(one) >= _SHORTEST_PART)
        is_compound = known and two in self._parts and len(two) >= _SHORTEST_PART
        return f"{first}-{second}" if is_compound or one in _PREFIXES else first + second
