"""Whether a text could be a heading, by its length and its last character, where the markup does not say."""

from __future__ import annotations

MAX_TITLE_WORDS = 15
"""A longer text is a sentence even where it is all in bold. Chosen by eye on real NDCs."""

_SENTENCE_ENDS = (".", ";", ",", "。", "；")


def is_short_title(text: str, *, may_end_with_colon: bool = True) -> bool:
    """Whether a text is short and unpunctuated enough to be a heading.

    A colon is allowed in HTML, where "Mitigation:" in bold heads a section; in word processors such a line usually
    introduces the list below it.
    """
    if text.endswith(_SENTENCE_ENDS) or (text.endswith(":") and not may_end_with_colon):
        return False
    return len(text.split()) <= MAX_TITLE_WORDS
