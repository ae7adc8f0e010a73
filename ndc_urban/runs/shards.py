"""Parts of a run for many machines: which documents belong to a part is decided by their content alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from ndc_urban.corpus.inputs import Input
from ndc_urban.errors import UsageError

_DIGITS = 15
"""Hexadecimal digits of a hash that decide the part: 60 bits, far more than there are documents."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `number` (from 1) of `of` parts."""

    number: int
    of: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.of:
            raise ValueError("parts are counted from 1 to their number")

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @classmethod
    def from_text(cls, text: str) -> Shard:
        """The part that a text like `3/16` names. Raises `UsageError`."""
        number, slash, of = text.partition("/")
        try:
            if slash:
                return cls(int(number), int(of))
        except ValueError:
            pass
        raise UsageError(
            f"{text!r} is no part of a run.", remedy="Write --shard 3/16 for the third of 16 parts."
        )

    def holds(self, item: Input) -> bool:
        """Whether a file belongs to the part: by its content, or by its path where it cannot be opened."""
        digest = item.sha256 or hashlib.sha256(item.path.as_posix().encode("utf-8", "replace")).hexdigest()
        return int(digest[:_DIGITS], 16) % self.of == self.number - 1


def positions(inputs: Sequence[Input], shard: Shard | None) -> list[int]:
    """The places, among all files, of those that belong to the part; of all where there is none."""
    return [at for at, item in enumerate(inputs) if shard is None or shard.holds(item)]
