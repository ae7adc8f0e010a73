"""Parts of an office document that a reader of it meets and cannot read, gathered into a note."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ndc_urban.counting import counted


@dataclass(frozen=True, slots=True)
class UnreadParts:
    """How often each kind of part was met; `add` names it in the singular without an article ("chart")."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, what: str) -> None:
        self.counts[what] += 1

    @property
    def notes(self) -> tuple[str, ...]:
        """One sentence for the user, none where everything was read.

        >>> parts = UnreadParts()
        >>> parts.add("chart")
        >>> parts.notes
        ('Parts of the document were not read: 1 chart. If they hold text, save the document as PDF and give that.',)
        """
        if not self.counts:
            return ()
        listed = ", ".join(_counted(count, what) for what, count in self.counts.items())
        return (
            f"Parts of the document were not read: {listed}. "
            "If they hold text, save the document as PDF and give that.",
        )


def _counted(count: int, what: str) -> str:
    """A number of parts, in words; what stands in brackets is not a part of the noun."""
    name, bracket, rest = what.partition(" (")
    return f"{counted(count, name)}{bracket}{rest}"
