"""Feature names to columns of a sparse matrix."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, repeat

import numpy as np

from ndc_urban.model.features import WORD_PREFIXES, Bag
from ndc_urban.model.sparse_rows import SparseRows


@dataclass(frozen=True)
class Vocabulary:
    """The features that a model knows, in the order of its columns."""

    names: tuple[str, ...]

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Column of each name."""
        return {name: column for column, name in enumerate(self.names)}

    @cached_property
    def has_words(self) -> bool:
        """Whether any of the names stands for a word of the text, as some do in a vocabulary of one language."""
        return any(name.startswith(WORD_PREFIXES) for name in self.names)

    def __len__(self) -> int:
        return len(self.names)

    def encode(self, bags: Sequence[Bag]) -> SparseRows:
        """A matrix of shape (bags, names); names outside the vocabulary are passed over."""
        find = self.index.get
        size = sum(map(len, bags))
        columns = np.fromiter(
            chain.from_iterable(map(find, bag, repeat(-1)) for bag in bags), dtype=np.int32, count=size
        )
        values = np.fromiter(chain.from_iterable(bag.values() for bag in bags), dtype=np.float32, count=size)
        known = columns >= 0
        ends = np.concatenate([[0], np.cumsum([len(bag) for bag in bags], dtype=np.int64)])
        ends = np.concatenate([[0], np.cumsum(known)])[ends]
        return SparseRows(values[known], columns[known], ends, (len(bags), len(self)))


def build_vocabulary(
    bags: Iterable[Bag], parties: Iterable[str], *, min_parties: int, keep: Callable[[str], bool]
) -> Vocabulary:
    """The feature names found in documents of at least `min_parties` Parties, sorted.

    A word that one or two Parties use (a demonym, the name of a province) would let the model recognise those
    Parties; it is not learned.
    """
    seen: dict[str, set[str]] = defaultdict(set)
    for bag, party in zip(bags, parties, strict=True):
        for name in bag:
            if keep(name):
                seen[name].add(party)
    return Vocabulary(tuple(sorted(name for name, where in seen.items() if len(where) >= min_parties)))
