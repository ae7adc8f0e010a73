"""Feature names to columns of a sparse matrix."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ndc_urban.model.features import Bag

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class Vocabulary:
    """The features that a model knows, in the order of its columns."""

    names: tuple[str, ...]

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Column of each name."""
        return {name: column for column, name in enumerate(self.names)}

    def __len__(self) -> int:
        return len(self.names)

    def encode(self, bags: Sequence[Bag]) -> csr_matrix:
        """A matrix of shape (bags, names); names outside the vocabulary are passed over."""
        from scipy.sparse import csr_matrix

        index = self.index
        columns: list[int] = []
        values: list[float] = []
        ends = [0]
        for bag in bags:
            for name, value in bag.items():
                column = index.get(name)
                if column is not None:
                    columns.append(column)
                    values.append(value)
            ends.append(len(columns))
        matrix = csr_matrix(
            (np.asarray(values, dtype=np.float32), np.asarray(columns, dtype=np.int32), np.asarray(ends)),
            shape=(len(bags), len(self)),
        )
        matrix.sort_indices()
        return matrix


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
