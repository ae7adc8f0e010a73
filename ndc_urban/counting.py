"""Counts, probabilities and choices in words, for messages."""

from __future__ import annotations

from collections.abc import Sequence

_NEARLY_CERTAIN = 0.99
"""Above it whole percents would show 100%."""


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


def chance(probability: float) -> str:
    """A probability in whole percents; a model's is never printed as certain.

    >>> chance(0.994), chance(0.62), chance(0.004), chance(0.0)
    ('>99%', '62%', '<1%', '0%')
    """
    if probability > _NEARLY_CERTAIN:
        return ">99%"
    return "<1%" if 0 < probability < 1 - _NEARLY_CERTAIN else f"{probability:.0%}"


def either(names: Sequence[str]) -> str:
    """Names of which one is meant.

    >>> either(["low"]), either(["low", "strong"]), either(["low", "moderate", "strong"])
    ('low', 'low or strong', 'low, moderate or strong')
    """
    return _listed(names, "or")


def all_of(names: Sequence[str]) -> str:
    """Names of which all are meant.

    >>> all_of(["1/3"]), all_of(["1/3", "2/3"]), all_of(["1/4", "2/4", "3/4"])
    ('1/3', '1/3 and 2/3', '1/4, 2/4 and 3/4')
    """
    return _listed(names, "and")


def _listed(names: Sequence[str], word: str) -> str:
    return f" {word} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"
