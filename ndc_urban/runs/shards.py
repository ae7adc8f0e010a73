"""Parts of a run for many machines: which documents belong to a part is decided by their content alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ndc_urban.corpus.inputs import Input
from ndc_urban.counting import agreeing
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
        number, _, of = text.partition("/")
        try:
            return cls(int(number), int(of))
        except ValueError:
            raise UsageError(
                f"{text!r} does not name a part of a run.",
                remedy="Write --shard 3/16 for the third of 16 parts.",
            ) from None

    def holds(self, item: Input) -> bool:
        """Whether a file belongs to the part: by its content, or by its path where it cannot be opened."""
        digest = item.sha256 or hashlib.sha256(item.path.as_posix().encode("utf-8", "replace")).hexdigest()
        return int(digest[:_DIGITS], 16) % self.of == self.number - 1


def positions(inputs: Sequence[Input], shard: Shard | None) -> list[int]:
    """The places, among all files, of those that belong to the part; of all where there is none."""
    return [at for at, item in enumerate(inputs) if shard is None or shard.holds(item)]


MISSING_SHARDS = "missing_shards"
"""The entry of run.json that names the parts that were missing when a run was joined."""


def missing_parts(infos: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The parts of a run, such as `2/3`, that these runs lack together, by the contents of their run.json."""
    there: set[Shard] = set()
    for info in infos:
        lacking = set(map(Shard.from_text, info.get(MISSING_SHARDS, ())))
        if named := info.get("configuration", {}).get("shard"):
            there.add(Shard.from_text(named))
        there |= {shard for of in _numbers(lacking) for shard in _all(of) if shard not in lacking}
    missing = {shard for of in _numbers(there) for shard in _all(of)} - there
    return tuple(map(str, sorted(missing, key=lambda shard: (shard.of, shard.number))))


def _numbers(shards: set[Shard]) -> set[int]:
    """How many parts the runs have that these are parts of."""
    return {shard.of for shard in shards}


def _all(of: int) -> Iterator[Shard]:
    return (Shard(number, of) for number in range(1, of + 1))


MOST_NAMED = 8
"""Missing parts that a message names; the others are counted, as run.json lists them all. Chosen by eye."""


def note_on_missing(parts: Sequence[str]) -> str:
    """A sentence on the parts that `missing_parts` found; empty where there are none.

    >>> note_on_missing(["1/3", "3/3"])
    'Parts 1/3 and 3/3 of the run are missing, and with them their documents.'
    """
    if not parts:
        return ""
    named = list(parts[:MOST_NAMED])
    more = len(parts) - len(named)
    named += [f"{more} more"] if more else []
    listed = " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
    many = len(parts)
    return (
        f"{agreeing(many, 'Part', 'Parts')} {listed} of the run {agreeing(many, 'is', 'are')} missing, "
        f"and with {agreeing(many, 'it its', 'them their')} documents."
    )
