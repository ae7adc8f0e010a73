"""Which label counts where several coders labelled one unit. All labels stay on file."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ndc_urban.labels.coders import KINDS, CoderKind
from ndc_urban.labels.records import ByCoder


class Settling(ByCoder, Protocol):
    """A label, of a passage or a document, that may settle those of other coders."""

    @property
    def adjudicates(self) -> tuple[str, ...]: ...


Item = TypeVar("Item", bound=Settling)
Rank = tuple[bool, int, int]


@dataclass(frozen=True)
class Counted(Generic[Item]):
    """The label of a unit that counts, and the others, which do not.

    `contested` says that coders of the same rank said something else than the one that counts.
    """

    item: Item
    others: tuple[Item, ...]
    contested: bool


def one_per_unit(
    items: Iterable[Item],
    unit: Callable[[Item], Hashable],
    *,
    prefer: Sequence[str] = (),
    said: Callable[[Item], object] = lambda item: None,
) -> list[Counted[Item]]:
    """One label for each unit, in order, so that nothing counts twice.

    Adjudicated labels count first, then those of the coders in `prefer`, in their order, then those of persons, of
    automated readers, of models. A suggestion that was kept unseen ranks as the model's. Among labels of the same rank
    the coder whose name comes first in the alphabet counts; of several adjudications the last one, as it may settle
    the earlier ones. `said` gives what a label says, to see whether coders of the same rank differ.
    """
    listed = list(items)
    by_unit: dict[Hashable, list[Item]] = {}
    for item in listed:
        by_unit.setdefault(unit(item), []).append(item)
    counted = [_counted(group, prefer, said) for group in by_unit.values()]
    place = {id(item): number for number, item in enumerate(listed)}
    return sorted(counted, key=lambda each: place[id(each.item)])


def _counted(group: Sequence[Item], prefer: Sequence[str], said: Callable[[Item], object]) -> Counted[Item]:
    best = min(_rank(item, prefer) for item in group)
    first = [item for item in group if _rank(item, prefer) == best]
    item = first[-1] if first[0].adjudicates else min(first, key=lambda each: each.coder)
    others = tuple(each for each in group if each is not item)
    contested = not item.adjudicates and any(said(each) != said(item) for each in first)
    return Counted(item, others, contested)


def _rank(item: Settling, prefer: Sequence[str]) -> Rank:
    place = prefer.index(item.coder) if item.coder in prefer else len(prefer)
    kind: CoderKind = "model" if item.review == "unseen" else item.kind
    return not item.adjudicates, place, KINDS.index(kind)
