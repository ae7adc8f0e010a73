"""What the urban passages of a document are about, as counts that hold no text.

A profile is a mapping from names to counts, for instance `{"sector:tr/m": 3, "topic:hazards": 2, "theme:housing": 1}`:

- `sector:<code>/<strand>`: urban responses (code E or I, role r or d) by main sector and strand (m, a or b);
- `topic:<name>` and `theme:<name>`: urban passages that the rules of `ndc_urban/lexicon/themes.toml` take for it.

Written as text the entries are sorted and joined by semicolons.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from ndc_urban.codebook import RESPONSES, ROLES, SECTORS, STRANDS, URBAN_CODES
from ndc_urban.lexicon.themes import load_themes
from ndc_urban.model.assessment import ScoredPassage

_PREFIX = {"topic": "topic", "priority": "theme", "enabler": "theme"}


def profile_of(passages: Iterable[ScoredPassage]) -> dict[str, int]:
    """The counts of a document's distinct scored passages, sorted by name; empty if nothing is urban.

    A profile of labels is made the same way, from passages that carry the label's codes.
    """
    themes = load_themes()
    counts: Counter[str] = Counter()
    for scored in passages:
        if scored.code not in URBAN_CODES:
            continue
        if scored.role in RESPONSES and scored.sector in SECTORS and scored.strand in STRANDS:
            counts[f"sector:{scored.sector}/{scored.strand}"] += 1
        found = themes.find(
            scored.passage.text,
            scored.passage.language,
            sector=scored.sector,
            role=scored.role if scored.role in ROLES else "",
        )
        counts.update(f"{_PREFIX[theme.kind]}:{theme.name}" for theme in found)
    return dict(sorted(counts.items()))


MEANS: Mapping[str, str] = {
    "finance": "topic:finance",
    "capacity": "theme:capacity",
    "governance": "topic:governance",
    "technology": "theme:digital",
}
"""Means of implementation in the urban field, and the entry of a profile that counts the passages on each."""


def means_in(profile: Mapping[str, int]) -> tuple[str, ...]:
    """The means of implementation that urban passages provide for; one passage suffices.

    >>> means_in({"topic:governance": 2, "sector:tr/m": 3})
    ('governance',)
    """
    return tuple(name for name, entry in MEANS.items() if profile.get(entry))


def as_text(profile: Mapping[str, int]) -> str:
    """A profile in one cell of a table.

    >>> as_text({"theme:housing": 1, "sector:tr/m": 3})
    'sector:tr/m=3;theme:housing=1'
    """
    return ";".join(f"{name}={count}" for name, count in sorted(profile.items()) if count)


def from_text(text: str) -> dict[str, int]:
    """The profile that `as_text` wrote; `ValueError` where the text is none.

    >>> from_text("sector:tr/m=3;theme:housing=1")
    {'sector:tr/m': 3, 'theme:housing': 1}
    """
    profile: dict[str, int] = {}
    for entry in filter(None, text.split(";")):
        name, equals, count = entry.partition("=")
        if not (equals and name and count.isascii() and count.isdigit()) or name in profile:
            raise ValueError(f"not an entry of a profile: {entry!r}")
        profile[name] = int(count)
    return profile
