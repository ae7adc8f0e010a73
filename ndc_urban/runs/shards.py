"""Parts of a run for many machines: which documents belong to a part is decided by their content alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ndc_urban.corpus.inputs import Input
from ndc_urban.counting import all_of
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
                remedy="Write --shard 3/16 for the third of 16 parts, from 1/16 to 16/16.",
            ) from None

    def holds(self, item: Input) -> bool:
        """Whether a file belongs to the part: by its content, or by its path where it cannot be opened."""
        digest = item.sha256 or hashlib.sha256(item.path.as_posix().encode("utf-8", "replace")).hexdigest()
        return int(digest[:_DIGITS], 16) % self.of == self.number - 1


def positions(inputs: Sequence[Input], shard: Shard | None) -> list[int]:
    """The places, among all files, of those that belong to the part; of all where there is none."""
    return [at for at, item in enumerate(inputs) if shard is None or shard.holds(item)]


def digest_of_contents(inputs: Sequence[Input]) -> str:
    """The same for the parts of one run, wherever each machine has the files: a hash of the contents of all of them."""
    hashes = "".join(sorted(item.sha256 or item.path.as_posix() for item in inputs))
    return hashlib.sha256(hashes.encode("utf-8", "replace")).hexdigest()[:_DIGITS]


WHOLE, MISSING_SHARDS = "whole", "missing_shards"
"""The entries of run.json that identify the run that a part belongs to, and that name the parts that are not there."""

Parts = set[tuple[str, Shard]]
"""Parts of runs, each with the digest of its run."""


def entries_on(shard: Shard, inputs: Sequence[Input]) -> dict[str, Any]:
    """The entries of run.json on the run that a part belongs to; `inputs` are all files of that run."""
    whole = digest_of_contents(inputs)
    others = {(whole, each) for each in _all(shard.of) if each != shard}
    return {WHOLE: whole, MISSING_SHARDS: as_entries(others)}


def as_entries(parts: Parts) -> list[dict[str, str]]:
    """Parts as run.json lists them, in their order."""
    ordered = sorted(parts, key=lambda part: (part[0], part[1].of, part[1].number))
    return [{"run": whole, "shard": str(shard)} for whole, shard in ordered]


def missing_parts(infos: Iterable[Mapping[str, Any]]) -> Parts:
    """The parts that these runs lack together, by the contents of their run.json."""
    there: Parts = set()
    for info in infos:
        lacking = {(each["run"], Shard.from_text(each["shard"])) for each in info.get(MISSING_SHARDS, ())}
        there |= _all_of_the_runs_of(lacking) - lacking
    return _all_of_the_runs_of(there) - there


def _all_of_the_runs_of(parts: Parts) -> Parts:
    return {(whole, each) for whole, shard in parts for each in _all(shard.of)}


def _all(of: int) -> Iterator[Shard]:
    return (Shard(number, of) for number in range(1, of + 1))


MOST_NAMED = 8
"""Missing parts that a message names; the others are counted, as run.json lists them all. Chosen by eye."""


def note_on_missing(infos: Iterable[Mapping[str, Any]]) -> str:
    """A sentence on the parts that these runs lack together; empty where they lack none."""
    parts = [each["shard"] for each in as_entries(missing_parts(infos))]
    if not parts:
        return ""
    more = len(parts) - MOST_NAMED
    named = [*parts[:MOST_NAMED], f"{more} more"] if more > 0 else parts
    subject, verb, rest = ("Part", "is", "it its") if len(parts) == 1 else ("Parts", "are", "them their")
    return f"{subject} {all_of(named)} of the run {verb} missing, and with {rest} documents."
