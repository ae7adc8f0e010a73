"""The words that a report explains itself with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ndc_urban.codebook import ROLES, SECTORS, STRANDS
from ndc_urban.counting import agreeing
from ndc_urban.document import UNKNOWN_LANGUAGE
from ndc_urban.exchange.guide import CODE_NAMES, CODE_RULES, LEVEL_RULES
from ndc_urban.languages import ALL

LANGUAGE_NAMES: Mapping[str, str] = MappingProxyType(
    {code: language.name for code, language in ALL.items()} | {UNKNOWN_LANGUAGE: "not known"}
)
WHOSE_TEXT = (
    "The passages quoted here are text of the documents, which belongs to their authors. This file was made on "
    "your machine from your copies, and it sends nothing anywhere. Think of this before you pass it on."
)
EXPLAINED: tuple[tuple[str, str], ...] = (
    (
        "Level",
        "The most likely of low, moderate and strong urban content, with its probability.",
    ),
    (
        "Not sure",
        "More than one level is possible: for nine documents in ten the right one is among those named.",
    ),
    ("Urban passages", "Passages that the model codes E or I, of all passages of the document."),
    ("Urban with …%", "The probability that a coder would call the passage urban (E or I)."),
    ("Evidence", "The passages that are surely urban, best first. A repeated text counts once."),
    (
        "Why this level",
        "Effects on the level in logits, compared with a typical document; positive ones raise the level.",
    ),
    *((f"Code {code}, {name}", CODE_RULES[code]) for code, name in CODE_NAMES.items()),
    *((f"Level {level}", rule) for level, rule in LEVEL_RULES.items()),
    ("Sector", "; ".join(f"{code} {name}" for code, name in SECTORS.items())),
    ("Strand", "; ".join(f"{code} {name}" for code, name in STRANDS.items())),
    ("Role", "; ".join(f"{code} {name}" for code, name in ROLES.items())),
)
"""Every term that a report uses, with its meaning."""
_FORMS = {"it": "they", "its": "their", "is": "are", "was": "were", "has": "have"}
"""Words of a reason about one document, and those about several."""


def reason_words(reason: str, documents: int = 1) -> str:
    """A reason with its pronouns and verbs in braces, in the forms that go with the number of documents.

    >>> reason_words("{it} {has} no evidence"), reason_words("{it} {has} no evidence", 7)
    ('it has no evidence', 'they have no evidence')
    """
    return reason.format_map({one: agreeing(documents, one, many) for one, many in _FORMS.items()})
