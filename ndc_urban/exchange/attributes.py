"""What a coder wrote in a cell, as a value of the codebook: `tr`, `TR` and `tr transport and mobility` are the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache

from ndc_urban.exchange.guide import ATTRIBUTES, LEVEL_ATTRIBUTES

PREFIX_SEPARATOR = ":"
"""Between a field and its value where a tool has one list of labels for all fields: `sector:tr`."""

_WORDS = re.compile(r"[\W_]+")
LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјкморсухԁԛԝ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧικορυχ",
    "ABESIJKMHOPCTYXaesijkmopcyxdqw" + "ABEZHIKMNOPTYXikopux",
)
"""Cyrillic, then Greek letters that look like a Latin one, and that letter."""

LEAST_LIKENESS = 0.6
"""Of a misspelt value to the one proposed: the default of `difflib.get_close_matches`."""

YES = frozenset({"1", "yes", "true", "y"})
NO = frozenset({"0", "no", "false", "n"})


def label_of(field: str, value: str) -> str:
    """An attribute as one label: `sector:tr`."""
    return f"{field}{PREFIX_SEPARATOR}{value}"


def fields_of(labels: list[str]) -> tuple[dict[str, str], list[str]]:
    """Labels such as `code:E` by field, and those that are none or say a field a second time."""
    found: dict[str, str] = {}
    odd: list[str] = []
    fields = {attribute.field for attribute in (*ATTRIBUTES, *LEVEL_ATTRIBUTES)} | {"confidence", "dedicated"}
    for label in labels:
        field, separator, value = label.partition(PREFIX_SEPARATOR)
        field = field.strip().lower()
        if not separator and understood("code", label):
            field, value = "code", label
        if field not in fields or found.get(field, value) != value:
            odd.append(label)
        else:
            found[field] = value
    return found, odd


def understood(field: str, written: str) -> str | None:
    """The value that was meant; None where the codebook has no such value. An empty cell stays empty."""
    plain = _plain(written)
    if not plain:
        return ""
    return _spellings(field).get(plain) or _spellings(field).get(_plain(in_latin(written)))


def has_look_alikes(field: str, written: str) -> bool:
    """Whether a value was understood only because letters that look like Latin ones were read as these."""
    return _plain(written) not in _spellings(field) and bool(understood(field, written))


def in_latin(written: str) -> str:
    """A text with Latin letters in place of those in full width, and of Cyrillic and Greek ones that look the same.

    >>> in_latin("Е"), in_latin("Ｘ"), in_latin("Ι")
    ('E', 'X', 'I')
    """
    return unicodedata.normalize("NFKC", written).translate(LOOK_ALIKES)


def nearest(field: str, written: str) -> str:
    """The attribute most like a misspelt one; empty where none is like it."""
    close = get_close_matches(_plain(written), list(_spellings(field)), n=1, cutoff=LEAST_LIKENESS)
    return _spellings(field)[close[0]] if close else ""


def values(field: str) -> tuple[str, ...]:
    """The values of a field in the order of the codebook."""
    return tuple(
        attribute.value for attribute in (*ATTRIBUTES, *LEVEL_ATTRIBUTES) if attribute.field == field
    )


def _plain(written: str) -> str:
    return _WORDS.sub(" ", written).strip().casefold()


@lru_cache(maxsize=8)
def _spellings(field: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for attribute in (*ATTRIBUTES, *LEVEL_ATTRIBUTES):
        if attribute.field == field:
            for spelling in (
                attribute.value,
                attribute.name,
                f"{attribute.value} {attribute.name}",
                f"{field} {attribute.value}",
            ):
                found.setdefault(_plain(spelling), attribute.value)
    return found
