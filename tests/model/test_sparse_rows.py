"""Rows of a sparse matrix and their product with weights."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from ndc_urban.model.sparse_rows import SparseRows, product
from ndc_urban.model.vocabulary import Vocabulary

NAMES = tuple(f"w:{number}" for number in range(300))


@pytest.fixture(scope="module")
def rows() -> SparseRows:
    """Rows of 0 to 250 features in any order, among them an empty one first and last."""
    generator = np.random.default_rng(1)
    sizes = [0, *generator.integers(1, 250, 40).tolist(), 0]
    bags = [
        {NAMES[at]: float(generator.random()) for at in generator.permutation(len(NAMES))[:size]}
        for size in sizes
    ]
    return Vocabulary(NAMES).encode(bags)


@pytest.mark.parametrize("outputs", [1, 2, 3, 15, 40])
def test_the_product_is_that_of_scipy_to_the_last_digit(rows: SparseRows, outputs: int) -> None:
    weights = np.random.default_rng(2).normal(size=(len(NAMES), outputs)).astype(np.float32)
    found = product(rows, weights)
    assert found.dtype == np.float32
    assert found.tobytes() == (rows.to_scipy() @ weights).tobytes()


def test_rows_of_scipy_are_multiplied_in_the_same_way(rows: SparseRows) -> None:
    weights = np.random.default_rng(3).normal(size=(len(NAMES), 3)).astype(np.float32)
    assert product(rows.to_scipy(), weights).tobytes() == product(rows, weights).tobytes()
    assert product(csr_matrix((2, len(NAMES)), dtype=np.float32), weights).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_rows_are_chosen_as_in_scipy(rows: SparseRows) -> None:
    whole = rows.to_scipy()
    for chosen in ([3, 0, 3, 41], [], [41], list(range(42))):
        found = rows.at(np.array(chosen, dtype=np.intp))
        assert np.array_equal(found.to_scipy().toarray(), whole[chosen].toarray())
    assert np.array_equal(rows.first(5).to_scipy().toarray(), whole[:5].toarray())
    assert rows.first(0).shape == (0, len(NAMES))


def test_a_model_is_loaded_and_used_without_scipy_and_spacy() -> None:
    script = (
        "import sys; from ndc_urban.model import default_model_folder, load_model; "
        "from ndc_urban.document import Passage; from ndc_urban.model.passage_reasons import passage_reasons; "
        "model = load_model(default_model_folder()).passage_model; "
        "plan = Passage(text='The city builds a tram.', start=0, end=23, block=0, kind='paragraph', language='en'); "
        "assert model.score([plan]).p_urban[0] > 0; assert passage_reasons(model, plan); "
        "print(*sorted({'scipy', 'spacy'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
