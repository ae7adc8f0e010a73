"""The passage model: two scales, codes that agree with the probability, heads by language."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.special import expit
from tiny_training import passage_of

from ndc_urban.model.features import PassageFeatures
from ndc_urban.model.passage_model import (
    URBAN_FROM,
    Decisions,
    Encoded,
    Linear,
    PassageScores,
    blended,
    encode,
    joined,
    logistic,
    soft_maximum,
)
from ndc_urban.model.urban_model import UrbanModel
from ndc_urban.model.vocabulary import Vocabulary
from ndc_urban.training.dataset import Dataset
from ndc_urban.training.train import TrainingResult

runs_of_values = st.lists(
    st.lists(st.floats(-1e4, 1e4, allow_nan=False), min_size=1, max_size=6), min_size=1, max_size=8
)
CITY = "The city of Belport will extend its bus network to 40 districts by 2035."
FARM = "Farmers receive drought-tolerant seed for 40 hectares of maize by 2030."


@given(runs_of_values)
def test_the_soft_maximum_is_the_log_of_the_sum_of_exponentials(runs: list[list[float]]) -> None:
    starts = np.cumsum([0, *map(len, runs)])[:-1].astype(np.intp)
    found = soft_maximum(np.concatenate([np.asarray(run) for run in runs]), starts)
    assert np.allclose(found, [np.logaddexp.reduce(run) for run in runs], rtol=1e-12, atol=1e-9)


@given(st.lists(st.floats(allow_nan=False), min_size=1))
def test_the_logistic_function_never_overflows(values: list[float]) -> None:
    with np.errstate(all="raise", under="ignore"):
        found = logistic(np.asarray(values))
    assert np.allclose(found, expit(np.asarray(values)), atol=1e-12)


def test_weights_fit_their_bias_and_labels() -> None:
    weights, bias = np.zeros((2, 3), dtype=np.float32), np.zeros(2, dtype=np.float32)
    assert Linear(weights, bias, ("a", "b")).scores(csr_matrix((4, 3))).shape == (4, 2)
    for wrong in (
        lambda: Linear(weights, bias[:1]),
        lambda: Linear(weights[0], bias),
        lambda: Linear(weights, bias, ("a",)),
    ):
        with pytest.raises(ValueError, match=r"each output|shape"):
            wrong()


def decisions(urban: list[float], explicit: list[float], sector: list[list[float]]) -> Decisions:
    size = len(urban)
    attributes = np.array(sector), np.zeros((size, 2)), np.zeros((size, 2))
    labels = (("tr", "wa", "ho"), ("a", "m"), ("c", "r"))
    return Decisions(np.array(urban), np.array(explicit), np.full(size, -1.0), attributes, labels)


def test_what_follows_from_the_decision_values() -> None:
    scores = decisions([2.0, 0.5, -0.5], [1.0, -1.0, 3.0], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]).scores()
    assert scores.code.tolist() == ["E", "I", "N"]
    assert scores.sector.tolist() == ["tr", "wa", ""]
    assert np.allclose(scores.p_urban, expit([2.0, 0.5, -0.5]))
    assert (scores.p_explicit <= scores.p_urban).all()


def test_heads_that_read_together_meet_in_the_middle() -> None:
    one = decisions([2.0], [1.0], [[3, 0, 0]])
    other = decisions([-1.0], [-2.0], [[0, 4, 0]])
    both = blended([one, other], (0.5, 0.5))
    assert both.urban.tolist() == [0.5]
    assert both.explicit.tolist() == [-0.5]
    assert both.scores().sector.tolist() == ["wa"]
    assert blended([one], (1.0,)) is one
    uneven = blended([one, other], (2, 1))
    assert uneven.urban.tolist() == [1.0]
    assert uneven.attributes[0].tolist() == both.attributes[0].tolist()


def test_decisions_on_parts_are_joined_in_the_order_of_the_rows() -> None:
    labels = (("ho", "tr", "wa"), ("a", "m"), ("c", "r"))
    first, second = decisions([1.0], [0.0], [[5, 0, 0]]), decisions([2.0, 3.0], [0.0, 0.0], [[0, 1, 0]] * 2)
    whole = joined([(np.array([1]), first), (np.array([2, 0]), second)], labels)
    assert whole.urban.tolist() == [3.0, 1.0, 2.0]
    assert whole.scores().sector.tolist() == ["wa", "tr", "wa"]


def test_an_attribute_that_a_fold_has_not_seen_is_ruled_out_there() -> None:
    labels = (("fi", "ho", "tr", "wa"), ("a", "m"), ("c", "r"))
    part = decisions([1.0], [0.0], [[-9, -9, -9]])
    assert joined([(np.array([0]), part)], labels).scores().sector.tolist() != ["fi"]


def test_windows_know_their_passage() -> None:
    features = [
        PassageFeatures(({"a": 1.0}, {"b": 1.0}), {"a": 1.0, "b": 1.0}),
        PassageFeatures(({"a": 2.0},), {"a": 2.0}),
    ]
    encoded = encode(features, Vocabulary(("a", "b")))
    assert encoded.starts.tolist() == [0, 2]
    assert encoded.owners.tolist() == [0, 0, 1]
    assert encoded.whole.to_scipy().toarray().tolist() == [[1, 1], [2, 0]]


def test_scores_are_filled_in_by_rows() -> None:
    scores = PassageScores.empty(3)
    part = PassageScores.empty(1)
    part.p_urban[:], part.code[:], part.sector[:] = 0.7, "E", "tr"
    scores.put(np.array([1]), part)
    assert scores.p_urban.tolist() == [0, 0.7, 0]
    assert scores.code.tolist() == ["", "E", ""]


def test_code_and_attributes_agree_with_the_probability(model: UrbanModel, dataset: Dataset) -> None:
    scores = model.passage_model.score([labelled.passage for labelled in dataset.passages])
    urban = scores.p_urban >= URBAN_FROM
    assert urban.any()
    assert not urban.all()
    assert np.array_equal(np.isin(scores.code, ["E", "I"]), urban)
    assert set(scores.code[~urban]) <= {"X", "N"}
    for attributes in (scores.sector, scores.strand, scores.role):
        assert np.array_equal(attributes != "", urban)
    assert ((scores.p_urban >= 0) & (scores.p_urban <= 1)).all()


def test_cities_score_higher_than_farms(model: UrbanModel) -> None:
    city, farm = model.passage_model.score([passage_of(CITY), passage_of(FARM)]).p_urban
    assert city > 0.8
    assert farm < 0.2


def test_a_measure_is_found_in_a_long_paragraph(model: UrbanModel) -> None:
    """What the windows are for: other sentences must not drown an urban one."""
    alone, drowned, without = model.passage_model.score(
        [passage_of(CITY), passage_of(f"{FARM} " * 4 + CITY + f" {FARM}" * 4), passage_of(f"{FARM} " * 9)]
    ).p_urban
    assert alone > drowned > without
    assert drowned > 0.5


def test_scores_do_not_depend_on_the_company(model: UrbanModel, dataset: Dataset) -> None:
    passages = [labelled.passage for labelled in dataset.passages[:40]]
    together = model.passage_model.score(passages)
    alone = [model.passage_model.score([passage]) for passage in passages]
    assert np.allclose(together.p_urban, [one.p_urban[0] for one in alone])
    assert together.code.tolist() == [one.code[0] for one in alone]
    backwards = model.passage_model.score(passages[::-1])
    assert np.allclose(together.p_urban, backwards.p_urban[::-1])


def test_each_language_is_read_by_its_head(model: UrbanModel) -> None:
    passages = model.passage_model
    assert set(passages.shares_for("en")) == {"words", "concepts"}
    assert sum(passages.shares_for("en").values()) == pytest.approx(1)
    for language in ("fr", "zh", "und"):
        assert passages.shares_for(language) == {"concepts": 1.0}
    mixed = [passage_of(CITY), passage_of("La ville étend son réseau d'autobus.", language="fr")]
    scores = passages.score(mixed)
    assert np.allclose(scores.p_urban[0], passages.score(mixed[:1]).p_urban[0])
    assert np.allclose(scores.p_urban[1], passages.score(mixed[1:]).p_urban[0])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("La ville de Belport construit un tramway et la municipalité collecte les déchets urbains.", "fr"),
        ("La ciudad construye un tranvía y el municipio recoge los residuos urbanos.", "es"),
        ("Город строит трамвай, а муниципалитет собирает городские отходы.", "ru"),
        ("城市修建有轨电车，市政府收集城市垃圾。", "zh"),
    ],
)
def test_what_was_learned_in_english_holds_in_other_languages(
    model: UrbanModel, text: str, language: str
) -> None:
    assert model.passage_model.score([passage_of(text, language=language)]).p_urban[0] > 0.5


def test_no_passages_have_no_scores(model: UrbanModel) -> None:
    assert len(model.passage_model.score([]).p_urban) == 0


def test_a_language_without_a_head_is_no_model(model: UrbanModel) -> None:
    with pytest.raises(ValueError, match="every language has a head"):
        replace(model.passage_model, heads_of={"en": {"words": 1.0}})


@pytest.mark.parametrize(
    "shares",
    [
        {"words": 0.0},
        {"words": 7.0, "concepts": 1.0},
        {"words": 1.5, "concepts": -0.5},
        {"words": math.nan},
        {"words": math.nan, "concepts": 1.0},
    ],
)
def test_shares_of_the_heads_sum_to_one(model: UrbanModel, shares: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        replace(model.passage_model, heads_of={"*": shares})


def test_a_higher_mix_means_more_of_that_scale(trained: TrainingResult) -> None:
    head = trained.model.passage_model.heads["words"]
    rows = csr_matrix((1, len(head.vocabulary)))
    encoded = Encoded(rows, np.array([0], dtype=np.intp), rows)
    window, whole = head.two_scales(encoded)[0]
    for mix, logit in (((1.0, 0.0, 0.0), window), ((0.0, 1.0, 0.0), whole), ((0.0, 0.0, 2.0), 2.0)):
        assert np.allclose(replace(head, mix=mix).decide(encoded).urban, logit)
