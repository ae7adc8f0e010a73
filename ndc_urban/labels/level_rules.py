"""The rules of the codebook for levels, as far as they can be decided from the codes of the passages.

Of the 296 documents that the shipped reader A coded, 268 levels follow them (`benchmarks/level_rules.py`). The numbers
were chosen on these labels, so that others may follow them less often.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ndc_urban.codebook import LEVELS, Level
from ndc_urban.labels.records import LevelLabel, PassageLabel

DEDICATED_PASSAGES = 3
"""Urban passages (E or I) of a document with a section on cities, from which on it is strong."""
MANY_PASSAGES, MANY_SECTORS = 20, 6
"""Urban passages, and sectors with a response or delivery, that make a document strong without such a section."""
WITHOUT_SECTION = 10
"""The same as `MANY_PASSAGES` where nobody has said whether there is such a section: 250 of the 296 levels follow."""
TWO_EXPLICIT, ONE_WITH_IMPLICIT = 2, 3
"""Moderate: two passages with code E, or one with three of code I."""


@dataclass(frozen=True, slots=True)
class UrbanCounts:
    """What counts for a level: distinct passages of code E and I, and the sectors of responses and delivery."""

    explicit: int
    implicit: int
    sectors: int

    @property
    def urban(self) -> int:
        """Passages of either code."""
        return self.explicit + self.implicit

    def __str__(self) -> str:
        return f"{self.explicit} E and {self.implicit} I, responses or delivery in {self.sectors} sectors"


def counts_of(labels: Iterable[PassageLabel]) -> UrbanCounts:
    """The counts of one coder's labels of one document; a text that is repeated counts once."""
    urban = {label.anchor.fingerprint: label for label in labels if label.is_urban}.values()
    return UrbanCounts(
        sum(label.code == "E" for label in urban),
        sum(label.code == "I" for label in urban),
        len({label.sector for label in urban if label.role in ("r", "d") and label.sector}),
    )


def level_by_rules(counts: UrbanCounts, dedicated: bool | None) -> Level:
    """The level of a document; `dedicated` says whether it has a section on cities, None where nobody has said."""
    many = WITHOUT_SECTION if dedicated is None else MANY_PASSAGES
    if (dedicated and counts.urban >= DEDICATED_PASSAGES) or (
        counts.urban >= many and counts.sectors >= MANY_SECTORS
    ):
        return "strong"
    explicit = counts.explicit >= TWO_EXPLICIT
    return "moderate" if explicit or (counts.explicit and counts.implicit >= ONE_WITH_IMPLICIT) else "low"


def contradiction(level: LevelLabel, passages: Sequence[PassageLabel], *, complete: bool) -> str:
    """How a level contradicts the codes that its coder gave to passages of the document; empty if it does not.

    Unless the coder coded all passages (`complete`), more urban ones may be among the others: then only a level that is
    too low contradicts.
    """
    counts = counts_of(passages)
    ruled = level_by_rules(counts, level.dedicated)
    too_low = LEVELS.index(level.level) < LEVELS.index(ruled)
    if level.level == ruled or not (too_low or complete):
        return ""
    section = "a section on cities" if level.dedicated else "no section on cities"
    return f"The level is {level.level}, but by the rules of the codebook {ruled}: {counts}, {section}."
