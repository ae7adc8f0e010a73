"""Which label counts where several coders labelled one unit. All labels stay on file."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Protocol, TypeVar


class ByCoder(Protocol):
    """A label, of a passage or a document, that may settle those of other coders."""

    @property
    def coder(self) -> str: ...

    @property
    def adjudicates(self) -> tuple[str, ...]: ...


Item = TypeVar("Item", bound=ByCoder)


def one_per_unit(items: Iterable[Item], unit: Callable[[Item], Hashable]) -> list[Item]:
    """One label for each unit, in order, so that nothing counts twice.

    The label of an adjudicator counts before all others; if several adjudicated a unit, the last one, as it may settle
    the earlier ones. Without adjudication the coder whose name comes first in the alphabet counts.
    """
    chosen: dict[Hashable, Item] = {}
    listed = list(items)
    for item in listed:
        before = chosen.get(unit(item))
        if before is None or _takes_precedence(item, before):
            chosen[unit(item)] = item
    return [item for item in listed if chosen[unit(item)] is item]


def _takes_precedence(item: ByCoder, before: ByCoder) -> bool:
    if item.adjudicates or before.adjudicates:
        return bool(item.adjudicates)
    return item.coder < before.coder
