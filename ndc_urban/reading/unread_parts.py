"""Parts of an office document that a reader of it meets and cannot read, gathered into a note."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


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
        listed = ", ".join(f"{count} {_plural(what, count)}" for what, count in self.counts.items())
        return (
            f"Parts of the document were not read: {listed}. "
            "If they hold text, save the document as PDF and give that.",
        )


def _plural(what: str, count: int) -> str:
    """The plural of the first words, before what stands in brackets."""
    if count == 1:
        return what
    name, bracket, rest = what.partition(" (")
    return f"{name}s{bracket}{rest}"
