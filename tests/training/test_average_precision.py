"""Average precision on draws of rows is scikit-learn's figure on those rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from ndc_urban.training.average_precision import AveragePrecision

passages = st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.2, 0.5, 0.7])), min_size=1, max_size=30)


@settings(max_examples=30)
@given(passages, st.lists(st.integers(0, 29), min_size=1, max_size=40))
def test_draws_give_the_figure_of_scikit_learn(
    rows: Sequence[tuple[bool, float]], drawn: Sequence[int]
) -> None:
    positive, scores = (np.array(column) for column in zip(*rows, strict=True))
    chosen = np.array(drawn) % len(rows)
    found = AveragePrecision(positive, scores)(chosen)
    if positive[chosen].any():
        assert found == pytest.approx(average_precision_score(positive[chosen], scores[chosen]), abs=1e-12)
    else:
        assert found == 0


def test_scores_that_are_all_different_and_many_draws() -> None:
    generator = np.random.default_rng(5)
    positive, scores = generator.random(500) < 0.2, generator.normal(0, 1, 500)
    precision = AveragePrecision(positive, scores)
    for _ in range(5):
        rows = generator.integers(0, 500, 500)
        assert precision(rows) == pytest.approx(average_precision_score(positive[rows], scores[rows]))
