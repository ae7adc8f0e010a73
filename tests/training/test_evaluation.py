"""Evaluation: the figures are what they are called, and none is measured on what the model has seen."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from tiny_corpus import EVALUATION_PARTIES, TinyCorpus
from tiny_training import RECIPE, dataset_of, few_rounds

from ndc_urban.errors import UsageError
from ndc_urban.model.urban_model import UrbanModel
from ndc_urban.training.dataset import Dataset
from ndc_urban.training.evaluation import (
    Predictions,
    calibration_error,
    evaluate,
    held_out,
    out_of_fold,
    summary_lines,
    weighted_kappa,
    with_interval,
)
from ndc_urban.training.level_fit import fold_of
from ndc_urban.training.train import TrainingResult

pytestmark = pytest.mark.slow

levels = st.integers(0, 2)


def evaluated(predictions: Predictions) -> dict[str, Any]:
    """What is said of predictions, with hasty intervals."""
    with few_rounds():
        return evaluate(predictions)


@pytest.fixture(scope="module")
def predictions(trained: TrainingResult) -> Predictions:
    return out_of_fold(trained)


@pytest.fixture(scope="module")
def figures(predictions: Predictions) -> dict[str, Any]:
    return evaluated(predictions)


@settings(deadline=None)
@given(st.lists(st.tuples(levels, levels), min_size=2, max_size=60))
def test_the_weighted_kappa_is_that_of_the_textbook(pairs: Sequence[tuple[int, int]]) -> None:
    truth, said = (np.array(column) for column in zip(*pairs, strict=True))
    found = weighted_kappa(truth, said)
    if len({*truth, *said}) == 1:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(cohen_kappa_score(truth, said, weights="quadratic", labels=[0, 1, 2]))


def test_the_weighted_kappa_forgives_the_neighbour() -> None:
    truth = np.array([0, 1, 2] * 5)
    near, far = truth.copy(), truth.copy()
    near[0], far[0] = 1, 2
    assert weighted_kappa(truth, truth) == 1
    assert 1 > weighted_kappa(truth, near) > weighted_kappa(truth, far)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=80))
def test_the_calibration_error_is_the_mean_gap_of_the_bins(pairs: Sequence[tuple[bool, float]]) -> None:
    bins: dict[int, list[tuple[bool, float]]] = {}
    for truth, p in pairs:
        bins.setdefault(min(int(p * 10), 9), []).append((truth, p))
    expected = sum(abs(sum(t for t, _ in each) - sum(p for _, p in each)) for each in bins.values()) / len(
        pairs
    )
    found = calibration_error(np.array([t for t, _ in pairs]), np.array([p for _, p in pairs]))
    assert found == pytest.approx(expected, abs=1e-9)
    assert 0 <= found <= 1


def test_calibrated_chances_have_no_calibration_error_and_boasts_do() -> None:
    chances = np.repeat([0.25, 0.75], 400)
    came = np.concatenate([np.arange(400) < 100, np.arange(400) < 300])
    assert calibration_error(came, chances) == pytest.approx(0)
    assert calibration_error(came, np.repeat([0.01, 0.99], 400)) == pytest.approx(0.24)


def test_an_interval_holds_its_figure_and_is_the_same_every_time() -> None:
    values = np.random.default_rng(1).normal(5, 1, 200)
    party = np.repeat([f"X{n}" for n in range(20)], 10)
    figure = with_interval(lambda rows: float(values[rows].mean()), party, rounds=300)
    assert figure.low < figure.value < figure.high
    assert figure.value == pytest.approx(values.mean())
    assert figure.units == 200
    assert figure == with_interval(lambda rows: float(values[rows].mean()), party, rounds=300)


def test_one_party_has_no_interval() -> None:
    figure = with_interval(lambda rows: 0.5, np.array(["XAA"] * 9))
    assert (figure.value, figure.low, figure.high, figure.units) == (0.5, None, None, 9)
    assert str(figure) == "0.500 (one Party, no interval)"


def test_intervals_are_drawn_over_parties_and_not_over_rows() -> None:
    """Ten copies of a Party's document are no more evidence than one."""
    values = np.random.default_rng(2).normal(0, 1, 20)
    alike = np.repeat(values, 10)

    def width(clusters: np.ndarray) -> float:
        figure = with_interval(lambda rows: float(alike[rows].mean()), clusters, rounds=400)
        return figure.high - figure.low

    by_party = width(np.repeat([f"X{n}" for n in range(20)], 10))
    by_row = width(np.array([f"X{n}" for n in range(200)]))
    assert by_party > 2 * by_row


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    generator = np.random.default_rng(3)
    party = np.repeat([f"X{n}" for n in range(30)], 4)
    hits = 0
    for _ in range(60):
        values = np.repeat(generator.normal(0, 1, 30), 4) + generator.normal(0, 0.5, 120)
        figure = with_interval(lambda rows, values=values: float(values[rows].mean()), party, rounds=200)
        hits += figure.low <= 0 <= figure.high
    assert hits >= 50


def test_a_figure_that_is_never_defined_has_no_interval() -> None:
    figure = with_interval(lambda rows: float("nan"), np.array(["XAA", "XAB"]), rounds=5)
    assert figure.value is None
    assert figure.low is None
    assert str(figure) == "not defined"


def test_cross_fitting_scores_each_passage_without_its_party(
    predictions: Predictions, trained: TrainingResult
) -> None:
    for party in ("XAA", "XAF"):
        rows = [row for row, each in enumerate(trained.passages) if each.party == party]
        head = trained.fits["words"].by_fold[fold_of(party, RECIPE.folds)]
        model = replace(trained.model.passage_model, heads={"words": head}, heads_of={"*": {"words": 1.0}})
        again = model.score([trained.passages[row].passage for row in rows])
        assert np.allclose(predictions.scores["words"].p_urban[rows], again.p_urban)


def test_the_figures_add_up(predictions: Predictions, figures: dict[str, Any]) -> None:
    everything = figures["levels"]["all"]
    confusion = np.array(figures["levels"]["confusion"])
    assert confusion.sum() == everything["documents"] == 24
    assert confusion.trace() / 24 == pytest.approx(everything["accuracy"]["value"])
    assert confusion[0, 2] + confusion[2, 0] == everything["off_by_two"]
    assert sum(group["documents"] for group in figures["levels"]["round"].values()) == 24
    assert set(figures["levels"]["language"]) == {"en", "fr"}
    assert sum(group["documents"] for group in figures["levels"]["region"].values()) == 24
    assert figures["levels"]["original_as_translation"]["fr"]["files"] == 24
    assert figures["levels"]["pdf_as_html"] == {}
    assert set(figures["passages"]) == {"words", "concepts", "both"}
    for table in (figures["passages"]["both"]["reliability"], figures["levels"]["reliability"]["strong"]):
        assert all(row["from"] <= row["said"] <= row["to"] for row in table)
    assert sum(row["units"] for row in figures["levels"]["reliability"]["strong"]) == 24
    assert figures["passages"]["words"]["prevalence"] == pytest.approx(
        np.mean([each.is_urban for each in predictions.passages if each.passage.language == "en"]), abs=1e-4
    )


def test_the_figures_are_plain_data(figures: dict[str, Any]) -> None:
    assert json.loads(json.dumps(figures)) == figures


def test_a_model_that_knows_nothing_looks_it(predictions: Predictions, figures: dict[str, Any]) -> None:
    """Figures must be able to fail: with scores drawn at random nothing is left of them."""
    generator = np.random.default_rng(4)
    blind = replace(
        predictions,
        scores={
            head: replace(scores, p_urban=generator.permutation(scores.p_urban))
            for head, scores in predictions.scores.items()
        },
        probabilities=generator.permutation(predictions.probabilities),
    )
    good, bad = figures, evaluated(blind)
    assert good["levels"]["all"]["kappa"]["value"] > 0.7 > bad["levels"]["all"]["kappa"]["value"] + 0.2
    for head in ("words", "concepts", "both"):
        assert good["passages"][head]["average_precision"]["value"] > 0.9
        assert bad["passages"][head]["average_precision"]["value"] < 0.5
        assert bad["passages"][head]["calibration_error"] > good["passages"][head]["calibration_error"]


def test_the_majority_is_the_baseline(figures: dict[str, Any]) -> None:
    baseline = figures["levels"]["baselines"]["majority"]
    assert baseline["accuracy"]["value"] == pytest.approx(1 / 3)
    assert baseline["kappa"]["value"] == pytest.approx(0)


def test_a_finished_model_is_measured_on_parties_that_it_does_not_know(
    model: UrbanModel, unseen_corpus: TinyCorpus
) -> None:
    unseen = dataset_of(unseen_corpus, for_training=False)
    figures = evaluated(held_out(model, unseen))
    assert figures["levels"]["all"]["documents"] == 2 * len(EVALUATION_PARTIES)
    assert figures["levels"]["all"]["kappa"]["value"] > 0.7
    assert figures["passages"]["words"]["average_precision"]["value"] > 0.9


def test_a_model_is_not_measured_on_what_it_was_trained_on(model: UrbanModel, dataset: Dataset) -> None:
    with pytest.raises(UsageError, match="trained on 48 of these"):
        held_out(model, dataset)
    with pytest.raises(UsageError, match="trained on"):
        held_out(model, replace(dataset, documents=dataset.documents[:1]))


def test_the_summary_says_the_main_figures(figures: dict[str, Any]) -> None:
    lines = summary_lines(figures)
    assert "kappa" in lines[0]
    assert "24 documents" in lines[0]
    assert any("calibration error" in line for line in lines)


def test_baselines_learn_their_cut_points_from_other_parties(
    predictions: Predictions, figures: dict[str, Any]
) -> None:
    """Counting finds the levels of the made-up plans; with counts that say nothing, it does not."""
    good = figures["levels"]["baselines"]
    assert good["keywords"]["kappa"]["value"] > 0.5
    assert good["lexicon"]["kappa"]["value"] > 0.5
    generator = np.random.default_rng(6)
    blind = tuple(
        replace(document, keywords=value, terms=value)
        for document, value in zip(
            predictions.documents, generator.random(len(predictions.documents)), strict=True
        )
    )
    bad = evaluated(replace(predictions, documents=blind))["levels"]["baselines"]
    assert bad["keywords"]["kappa"]["value"] < 0.5


def test_the_best_passages_are_recognised_by_their_codes(
    predictions: Predictions, figures: dict[str, Any]
) -> None:
    evidence = figures["evidence"]
    assert evidence["share"]["value"] > 0.9
    assert evidence["of_them_coded"] <= evidence["passages"]
    turned = tuple(replace(each, top_codes=("N",) * len(each.top_codes)) for each in predictions.documents)
    assert evaluated(replace(predictions, documents=turned))["evidence"]["share"]["value"] == 0


def test_prediction_sets_hold_what_they_state(predictions: Predictions, figures: dict[str, Any]) -> None:
    stated = figures["levels"]["prediction_set"]
    assert stated["stated"] == 0.9
    assert 1 <= stated["levels_named"] <= 3
    everything = replace(predictions, mass=np.ones(len(predictions.documents)))
    all_levels = evaluated(everything)["levels"]["prediction_set"]
    assert all_levels["measured"]["value"] == 1
    assert all_levels["undecided"] == 1
