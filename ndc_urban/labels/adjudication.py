"""Settled codings: where coders disagreed and somebody decided, the decision counts; the originals stay on file."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Protocol, TypeVar


class Settling(Protocol):
    """A coding, of a passage or a document, that may settle those of others."""

    @property
    def coder(self) -> str: ...

    @property
    def adjudicates(self) -> tuple[str, ...]: ...


Item = TypeVar("Item", bound=Settling)


def settled(items: Iterable[Item], unit: Callable[[Item], Hashable]) -> list[Item]:
    """The codings that count, in order: a unit that was adjudicated keeps the adjudicating coding alone.

    Of several adjudicating codings of one unit the last counts, as it may settle the earlier ones.
    """
    listed: Sequence[Item] = list(items)
    deciding = {unit(item): item for item in listed if item.adjudicates}
    return [item for item in listed if deciding.get(unit(item), item) is item]
