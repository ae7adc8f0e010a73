"""Reasons and evidence of a document, each as one line for a terminal."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

_MOST_REASONS = 3
"""Two lines of a terminal hold about as many."""
_LONGEST_TEXT = 160
_LONGEST_SECTION = 60
_BEFORE_A_WORD = 60
"""Characters. Chosen by eye: two lines of a terminal for the text, half a line for the section and for what stands
before a word that an excerpt must show."""
_PATH_SEPARATOR = " › "


def main_reasons(reasons: Sequence[Mapping[str, Any]]) -> str:
    """What changed the level of a document most, up and down, as sentences; `reasons` are the strongest first."""
    from ndc_urban.model.assessment import Reason, in_sentences

    strongest = [Reason(str(each["reason"]), float(each["effect"])) for each in reasons[:_MOST_REASONS]]
    return printable(in_sentences(strongest))


def evidence_line(evidence: Mapping[str, Any], words: Sequence[str] = ()) -> str:
    """Page, section and text in one shortened line, which shows the first of the `words` that is there."""
    section = innermost(evidence["section"] or "", _LONGEST_SECTION)
    page = "" if evidence["page"] is None else f"p. {evidence['page']}"
    place = ", ".join(filter(None, [page, section]))
    text = f"“{_around(str(evidence['text']), words)}”"
    return f"{place}: {text}" if place else text


def _around(text: str, words: Sequence[str]) -> str:
    """The beginning of a text or, where it does not reach the first of the words that is there, an excerpt with it."""
    beginning = shortened(text, _LONGEST_TEXT)
    clean = " ".join(printable(text).split())
    start, end = next(filter(None, (_place_of(word, clean) for word in words)), (0, 0))
    if end <= len(beginning) - len(" …"):
        return beginning
    before = max(start - _BEFORE_A_WORD, 0)
    space = clean.rfind(" ", 0, before)
    start = space + 1 if before - space < _BEFORE_A_WORD else before  # there may be no spaces, as in Chinese
    return f"… {shortened(clean[start:], _LONGEST_TEXT - len('… '))}"


def _place_of(word: str, text: str) -> tuple[int, int] | None:
    """Where a word or term is in a text, from and to: as a word of its own or, where words are not set apart or have
    particles, as a part of one.
    """
    named = re.escape(word)
    found = re.search(rf"(?<!\w){named}(?!\w)", text, re.IGNORECASE) or re.search(named, text, re.IGNORECASE)
    return None if found is None else found.span()


def innermost(section: str, width: int) -> str:
    """A section path in about `width` characters; of a long one the innermost headings, which are the most specific.

    >>> innermost("Part A › 3 Sectors › 3.2 Transport", 30)
    '… › 3 Sectors › 3.2 Transport'
    """
    headings = section.split(_PATH_SEPARATOR)
    while len(headings) > 1 and len(_PATH_SEPARATOR.join(headings)) > width:
        headings = ["…", *headings[2:]] if headings[0] == "…" else ["…", *headings[1:]]
        if len(headings) == 2:
            break
    return shortened(_PATH_SEPARATOR.join(headings), width)


def shortened(text: str, width: int) -> str:
    """At most `width` characters, cut between words if there are any; safe to print on a terminal."""
    clean = " ".join(printable(text).split())
    if len(clean) <= width:
        return clean
    short = textwrap.shorten(clean, width, placeholder=" …")
    return short if len(short) > width // 2 else clean[: width - 2] + " …"


def printable(text: str) -> str:
    """The text without control characters, which could change the display of a terminal."""
    return "".join(" " if unicodedata.category(one) == "Cc" else one for one in text)
