"""Passages as rows of a sparse matrix, and their product with weights: what scoring needs of SciPy, without the time
that loading it takes. Fitting takes the same rows as SciPy's (`to_scipy`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


class FeatureRows(Protocol):
    """Rows in compressed form: those of scoring (`SparseRows`) and those of SciPy (`csr_matrix`)."""

    @property
    def data(self) -> Any: ...
    @property
    def indices(self) -> Any: ...
    @property
    def indptr(self) -> Any: ...
    @property
    def shape(self) -> Any: ...


@dataclass(frozen=True, eq=False)
class SparseRows:
    """Row i has the values `data[indptr[i]:indptr[i + 1]]` in the columns `indices[indptr[i]:indptr[i + 1]]`."""

    data: NDArray[np.float32]
    indices: NDArray[np.int32]
    indptr: NDArray[np.int64]
    shape: tuple[int, int]

    def first(self, rows: int) -> SparseRows:
        """So many rows from the beginning."""
        end = self.indptr[rows]
        return SparseRows(self.data[:end], self.indices[:end], self.indptr[: rows + 1], (rows, self.shape[1]))

    def at(self, rows: NDArray[np.intp]) -> SparseRows:
        """Some rows, in the order given."""
        starts, lengths = self.indptr[rows], np.diff(self.indptr)[rows]
        ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        places = np.arange(ends[-1]) + np.repeat(starts - ends[:-1], lengths)
        return SparseRows(self.data[places], self.indices[places], ends, (len(rows), self.shape[1]))

    def to_scipy(self) -> csr_matrix:
        """The same rows for SciPy and scikit-learn."""
        from scipy.sparse import csr_matrix

        return csr_matrix((self.data, self.indices, self.indptr), shape=self.shape)


def product(rows: FeatureRows, weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """`rows @ weights`, shape (rows, outputs), of `weights` of shape (features, outputs).

    Each sum is taken in single precision from the left, as SciPy takes it: the order decides the last digit.
    """
    found = np.zeros((rows.shape[0], weights.shape[1]), dtype=np.float32)
    if weights.shape[1] == 1:
        owners = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        np.add.at(found[:, 0], owners, rows.data * weights[rows.indices, 0])
        return found
    for row, (start, end) in enumerate(pairwise(rows.indptr.tolist())):
        terms = rows.data[start:end, None] * weights[rows.indices[start:end]]
        np.add.reduce(terms, axis=0, out=found[row])
    return found
