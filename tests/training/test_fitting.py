"""Fitting: weights find what decides, and the mix gives probabilities that can be trusted."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.special import expit
from threadpoolctl import threadpool_info, threadpool_limits

from ndc_urban.labels.anchors import Anchor, fingerprint
from ndc_urban.labels.records import PassageLabel
from ndc_urban.model.passage_model import Encoded, soft_maximum
from ndc_urban.model.vocabulary import Vocabulary
from ndc_urban.training import fitting
from ndc_urban.training.fitting import (
    LabelArrays,
    as_labels,
    fit_attribute,
    fit_binary,
    fit_head,
    fit_mix,
    fit_windows,
)

ANCHOR = Anchor("a" * 64, None, 1, 0, fingerprint("text"))


def label(document: str, code: str, sector: str = "") -> PassageLabel:
    attributes = ("m", "r") if sector else ("", "")
    return PassageLabel(document, ANCHOR, "A", "", "1.0", code, sector, *attributes)


def test_records_become_arrays_in_their_order() -> None:
    labels = as_labels([label("XAA_2022", "E", "tr"), label("XAB_2022", "X"), label("XAB_2022", "I", "wa")])
    assert labels.urban.tolist() == [True, False, True]
    assert labels.party.tolist() == ["XAA", "XAB", "XAB"]
    assert labels.sector.tolist() == ["tr", "", "wa"]


def test_a_telling_feature_gets_the_weight() -> None:
    generator = np.random.default_rng(1)
    matrix = csr_matrix(generator.integers(0, 2, (400, 5)).astype(np.float32))
    linear = fit_binary(matrix, matrix.toarray()[:, 2] > 0)
    assert linear.weights.shape == (1, 5)
    assert linear.weights[0].argmax() == 2
    assert linear.weights.dtype == np.float32
    others = np.delete(np.abs(linear.weights[0]), 2)
    assert linear.weights[0, 2] > 5 * others.max()


def test_heavier_rows_count_more() -> None:
    matrix = csr_matrix(np.ones((2, 1), dtype=np.float32))
    positive = np.array([True, False])
    score = [
        fit_binary(matrix, positive, np.array(weights)).scores(matrix)[0, 0]
        for weights in ([9.0, 1.0], [1.0, 9.0])
    ]
    assert score[0] > 0 > score[1]


def test_attributes_are_learned_from_the_rows_that_have_them() -> None:
    eye = csr_matrix(np.eye(3, dtype=np.float32)[[0, 1, 2] * 30])
    attributes = np.array(["tr", "wa", ""] * 30)
    linear = fit_attribute(eye, attributes, np.ones(90, dtype=bool), 0.5)
    assert linear.labels == ("tr", "wa")
    assert [linear.labels[row] for row in linear.scores(eye)[:2].argmax(axis=1)] == ["tr", "wa"]
    half = fit_attribute(eye, np.array(["tr", "wa", "ho"] * 30), attributes != "", 0.5)
    assert half.labels == ("tr", "wa")


def test_a_rare_attribute_is_found_the_sooner_the_more_of_its_frequency_is_taken_out() -> None:
    matrix = csr_matrix(np.ones((100, 1), dtype=np.float32))
    attributes = np.array(["wa"] * 90 + ["he"] * 10)
    rare = [
        fit_attribute(matrix, attributes, np.ones(100, dtype=bool), power).scores(matrix)[0]
        @ np.array([1, -1])
        for power in (0.0, 0.5, 1.0)
    ]
    assert rare == sorted(rare)
    assert rare[0] < rare[2]


def test_what_tells_the_sector_weighs_nothing_else() -> None:
    """A feature of the sector that gives away every other mark gets no weight for them."""
    generator = np.random.default_rng(4)
    urban = generator.random(300) < 0.5
    first = generator.random(300) < 0.5
    whole = csr_matrix(np.column_stack([urban, first, generator.random(300) < 0.5]).astype(np.float32))
    encoded = Encoded(whole, np.arange(300), whole)
    labels = LabelArrays(
        code=np.where(urban, np.where(first, "E", "I"), np.where(first, "X", "N")),
        sector=np.where(urban, np.where(first, "tr", "wa"), ""),
        strand=np.where(urban, np.where(first, "a", "m"), ""),
        role=np.where(urban, np.where(first, "r", "c"), ""),
        party=np.array(["XAA"] * 300),
    )
    head = fit_head(encoded, labels, np.arange(300), Vocabulary(("s:heading wa", "s:most tr", "w:tree")))
    for part in ("window", "whole", "explicit", "incidental", "strand", "role"):
        assert not getattr(head, part).weights[:, :2].any(), part
    assert head.sector.weights[:, 1].all()


def test_a_head_is_fitted_with_one_blas_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """More threads wait for each other, and their sums depend on the number of processors."""
    used: list[int] = []

    def fit(*arguments: object) -> None:
        used.extend(each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas")
        raise InterruptedError

    monkeypatch.setattr(fitting, "fit_windows", fit)
    whole = csr_matrix(np.ones((2, 1), dtype=np.float32))
    labels = as_labels([label("XAA_2022", "E", "tr"), label("XAB_2022", "N")])
    with threadpool_limits(2, user_api="blas"), pytest.raises(InterruptedError):
        assert {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"} == {2}
        fit_head(Encoded(whole, np.arange(2), whole), labels, np.arange(2), Vocabulary(("w:a",)))
    assert used
    assert set(used) == {1}


def test_the_window_that_makes_a_passage_urban_is_found() -> None:
    """Each passage has three windows; in an urban one a single window, anywhere, has the sign."""
    generator = np.random.default_rng(3)
    urban = np.arange(300) % 2 == 0
    windows = generator.integers(0, 2, (900, 6)).astype(np.float32)
    windows[:, 0] = 0
    windows[np.flatnonzero(urban) * 3 + generator.integers(0, 3, 150), 0] = 1
    encoded = Encoded(csr_matrix(windows), np.arange(0, 900, 3, dtype=np.intp), csr_matrix((300, 6)))
    linear = fit_windows(encoded, urban, np.ones(300, dtype=bool))
    scores = linear.scores(encoded.windows)[:, 0]
    assert scores[windows[:, 0] == 1].min() > scores[windows[:, 0] == 0].max()
    of_passages = soft_maximum(scores, encoded.starts)
    assert of_passages[urban].min() > of_passages[~urban].max()


def test_windows_are_fitted_to_the_rows_given_and_no_others() -> None:
    generator = np.random.default_rng(4)
    encoded = Encoded(
        csr_matrix(generator.random((80, 4)).astype(np.float32)),
        np.arange(0, 80, 2, dtype=np.intp),
        csr_matrix((40, 4)),
    )
    urban = np.arange(40) % 3 == 0
    inside = np.arange(40) < 30
    turned = np.where(inside, urban, ~urban)
    one, other = (fit_windows(encoded, labels, inside) for labels in (urban, turned))
    assert np.array_equal(one.weights, other.weights)


@pytest.mark.parametrize("prevalence", [0.1, 0.5])
def test_the_mix_is_calibrated(prevalence: float) -> None:
    generator = np.random.default_rng(2)
    urban = generator.random(4000) < prevalence
    scales = np.column_stack([3 * urban + generator.normal(0, 2, 4000), urban + generator.normal(0, 1, 4000)])
    window, whole, constant = fit_mix(scales, urban)
    probability = expit(scales @ [window, whole] + constant)
    assert probability.mean() == pytest.approx(prevalence, abs=0.01)
    sure = probability > 0.5
    assert urban[sure].mean() == pytest.approx(probability[sure].mean(), abs=0.05)


def test_a_scale_that_misleads_gets_no_weight() -> None:
    """A scale that speaks against the labels is chance; used, it would turn evidence against itself."""
    urban = np.arange(200) % 2 == 0
    scales = np.column_stack([np.where(urban, 1.0, -1.0), np.where(urban, -0.1, 0.1)])
    window, whole, _ = fit_mix(scales, urban)
    assert window > 0
    assert whole == 0
