"""Counts in words, for messages: a number with its noun, and a verb that agrees with it."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun; `plural` is for nouns whose last word is not the one that changes.

    >>> counted(1, "document"), counted(630, "Party"), counted(0, "new passage")
    ('1 document', '630 Parties', '0 new passages')
    >>> counted(2, "document to fetch", "documents to fetch")
    '2 documents to fetch'
    """
    return f"{number} {noun if number == 1 else plural or _plural(noun)}"


def agreeing(number: int, one: str, many: str) -> str:
    """A verb or a pronoun in the form that goes with a number.

    >>> agreeing(1, "is", "are"), agreeing(7, "it has", "they have")
    ('is', 'they have')
    """
    return one if number == 1 else many


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"
