"""The level model: an urban passage more never lowers the level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_corpus import CITIES_HEADING
from tiny_training import passage_of

from ndc_urban.codebook import likeliest
from ndc_urban.document import Passage
from ndc_urban.lexicon import load_lexicon
from ndc_urban.model.level_model import (
    CLEAR,
    DOUBTFUL,
    LEVEL_FEATURES,
    LevelFeatureCounter,
    LevelModel,
    level_probabilities,
)
from ndc_urban.model.passage_model import Floats, PassageScores
from ndc_urban.model.repeats import distinct, repeats_of
from ndc_urban.model.urban_model import UrbanModel

LEVEL_VALUES = np.arange(3)
COUNTER = LevelFeatureCounter(load_lexicon())
SECTIONS = ((), ("Aims",), ("Aims", CITIES_HEADING), ("Plan of the Republic", "Farming"))

Scored = tuple[float, str, str, str, int]
"""Probability, code, sector, role, number of the section."""

quiet = st.tuples(st.floats(0, 0.499), st.sampled_from("XN"), st.just(""), st.just(""), st.integers(0, 3))
urban = st.tuples(
    st.floats(0.5, 1),
    st.sampled_from("EI"),
    st.sampled_from(["tr", "wa", "ho", "go"]),
    st.sampled_from("crd"),
    st.integers(0, 3),
)
documents = st.lists(st.one_of(quiet, urban), max_size=25)


def features_of(scored: Sequence[Scored], *, last_length: int = 0) -> Floats:
    """The level features of a document of passages of one length, but for the last one where a length is given."""
    texts = [f"Passage {chr(97 + n)} of it." for n in range(len(scored))]
    if last_length:
        texts[-1] += " and on" * last_length
    passages = [passage_of(text, section=SECTIONS[s[4]]) for text, s in zip(texts, scored, strict=True)]
    p_urban = np.array([one[0] for one in scored], dtype=np.float64)
    scores = PassageScores(
        p_urban,
        p_urban * np.array([one[1] == "E" for one in scored], dtype=np.float64),
        *(np.array([one[column] for one in scored], dtype="<U2") for column in (1, 2)),
        np.array(["m" if one[2] else "" for one in scored], dtype="<U2"),
        np.array([one[3] for one in scored], dtype="<U2"),
    )
    return COUNTER.count(passages, scores, repeats_of(passages)).vector


def simple_model(weight: float = 1.0) -> LevelModel:
    size = len(LEVEL_FEATURES)
    return LevelModel(
        np.full(size, weight), np.ones(size), {"codebook": np.array([1.0, 4.0])}, np.zeros(size)
    )


def expected_level(model: LevelModel, *documents: Sequence[Scored]) -> list[float]:
    """From 0 (low) to 2 (strong) for each document."""
    return (
        model.probabilities(np.array([features_of(each) for each in documents]), "codebook") @ LEVEL_VALUES
    ).tolist()


@settings(deadline=None)
@given(documents, quiet, urban)
def test_no_feature_falls_when_a_passage_turns_urban(
    document: list[Scored], was: Scored, now: Scored
) -> None:
    now = (*now[:4], was[4])
    assert (features_of([*document, now]) >= features_of([*document, was]) - 1e-12).all()


@settings(deadline=None)
@given(
    documents,
    st.floats(CLEAR, 1),
    st.sampled_from(["tr", "wa", "go"]),
    st.sampled_from("crd"),
    st.integers(0, 3),
)
def test_no_feature_falls_with_a_passage_that_surely_names_a_city(
    document: list[Scored], certainty: float, sector: str, role: str, section: int
) -> None:
    added = (certainty, "E", sector, role, section)
    assert (features_of([*document, added]) >= features_of(document) - 1e-12).all()


@settings(deadline=None)
@given(documents, st.floats(0, DOUBTFUL), st.sampled_from("XN"), st.integers(0, 3), st.integers(1, 3000))
def test_no_feature_rises_with_plain_text(
    document: list[Scored], p_urban: float, code: str, section: int, length: int
) -> None:
    """However long it is, and wherever it stands."""
    before = features_of(document)
    after = features_of([*document, (p_urban, code, "", "", section)], last_length=length)
    assert (after <= before + 1e-12).all()


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_an_urban_passage_more_never_lowers_the_expected_level(
    model: UrbanModel, data: st.DataObject
) -> None:
    document, was, now = data.draw(documents), data.draw(quiet), data.draw(urban)
    surely = (1.0, "E", *now[2:])
    without, quietly, turned, added = expected_level(
        model.level_model, document, [*document, was], [*document, (*now[:4], was[4])], [*document, surely]
    )
    assert turned >= quietly - 1e-9
    assert added >= without - 1e-9


@settings(deadline=None)
@given(documents)
def test_features_are_finite_and_none_is_negative(document: list[Scored]) -> None:
    features = features_of(document)
    assert features.shape == (len(LEVEL_FEATURES),)
    assert np.isfinite(features).all()
    assert (features >= 0).all()


def test_a_document_without_passages_has_no_features() -> None:
    assert not features_of([]).any()


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9),
    st.floats(-50, 50),
    st.floats(1e-6, 50),
)
def test_probabilities_sum_to_one_and_rise_with_the_score(
    scores: list[float], cut: float, gap: float
) -> None:
    ordered = np.sort(np.asarray(scores))
    probabilities = level_probabilities(ordered, np.array([cut, cut + gap]))
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert (probabilities >= 0).all()
    assert (np.diff(probabilities @ LEVEL_VALUES) >= -1e-12).all()


def test_levels_by_score() -> None:
    probabilities = level_probabilities(np.array([-5.0, 2.5, 12.0]), np.array([1.0, 4.0]))
    assert [likeliest(row) for row in probabilities.tolist()] == ["low", "moderate", "strong"]


def test_negative_weights_and_falling_cuts_are_refused() -> None:
    size = len(LEVEL_FEATURES)
    with pytest.raises(ValueError, match="negative"):
        simple_model(-0.1)
    for cuts in ([1.0, 1.0], [2.0, 1.0], [np.nan, np.nan]):
        with pytest.raises(ValueError, match="cuts"):
            LevelModel(np.zeros(size), np.ones(size), {"codebook": np.array(cuts)}, np.zeros(size))


def test_features_are_divided_by_their_spread() -> None:
    model = simple_model()
    wider = LevelModel(model.weights, model.spread * 2, model.cuts, model.typical)
    features = np.ones((1, len(LEVEL_FEATURES)))
    assert np.allclose(model.score(features), 2 * wider.score(features))


def test_repeated_passages_count_once() -> None:
    passages = [
        passage_of(text) for text in ("Trams for the city.", "trams, for the City", "Trams.", "—", "Trams.")
    ]
    assert distinct(passages) == [0, 2]
    scores, once = (
        PassageScores(
            np.full(n, 0.9),
            np.full(n, 0.8),
            *(np.full(n, mark, dtype="<U2") for mark in ("E", "tr", "m", "r")),
        )
        for n in (5, 2)
    )
    different = [passages[0], passages[2]]
    counted = COUNTER.count(passages, scores, repeats_of(passages))
    assert counted == COUNTER.count(different, once, repeats_of(different))


PROJECTS = (
    "Electric buses replace diesel minibuses along the corridors between harbour and university",
    "Stormwater channels protect the lowland districts against flooding during the rainy season",
    "Rooftop gardens and shaded squares cool the densely built quarters around the market hall",
)
ROWS = (*(f"{a} | 2030" for a in PROJECTS), *(f"Cities | {a} | {b}" for a, b in combinations(PROJECTS, 2)))
"""Rows of annexes: each of the last three says what two of the first three say."""

rows_of_annexes = st.lists(
    st.tuples(st.integers(0, len(ROWS) - 1), st.one_of(quiet, urban)), min_size=1, max_size=9
)


def annex_features(rows: Sequence[tuple[int, Scored]]) -> Floats:
    """The level features of a document in which each row is a table of its own."""
    passages = [
        replace(passage_of(ROWS[row], section=SECTIONS[scored[4]], kind="table_row"), block=9 * at)
        for at, (row, scored) in enumerate(rows)
    ]
    p_urban = np.array([scored[0] for _, scored in rows], dtype=np.float64)
    explicit = p_urban * np.array([scored[1] == "E" for _, scored in rows], dtype=np.float64)
    marks = (np.full(len(rows), "", dtype="<U2") for _ in range(4))
    return COUNTER.count(passages, PassageScores(p_urban, explicit, *marks), repeats_of(passages)).vector


@settings(max_examples=60, deadline=None)
@given(rows_of_annexes, st.integers(0, len(ROWS) - 1), st.integers(0, 3), st.integers(0, 9))
def test_no_feature_falls_with_a_measure_that_repeats_others_in_part(
    document: list[tuple[int, Scored]], row: int, section: int, place: int
) -> None:
    added = (row, (1.0, "E", "tr", "r", section))
    after = [*document[:place], added, *document[place:]]
    assert (annex_features(after) >= annex_features(document) - 1e-12).all()


@pytest.mark.parametrize(
    ("passage", "devoted"),
    [
        (passage_of("Trees.", section=("Plan", "Cities and urban development")), True),
        (passage_of("Trees.", section=("Cities",)), True),
        (passage_of("Trees.", section=("Plan", "Farming")), False),
        (passage_of("Trees."), False),
        (passage_of("Trees.", section=("Climate plan of the cities and towns", "Farming")), False),
        (passage_of("Arbres.", section=("Plan", "Villes et développement urbain"), language="fr"), True),
        (passage_of("植树", section=("计划", "城市发展"), language="zh"), True),
        (passage_of("Cities | Trees", kind="table_row"), True),
        (passage_of("Farming | Trees for cities", kind="table_row"), False),
        (passage_of("Cities | Trees"), False),
    ],
)
def test_headings_on_cities_are_recognised(passage: Passage, devoted: bool) -> None:
    """The topmost of several headings is the title of the document and says nothing of a section."""
    assert COUNTER.is_devoted(passage) is devoted


def test_a_section_on_cities_weighs_more_than_the_same_passages_elsewhere() -> None:
    one: list[Scored] = [(0.9, "E", "tr", "r", 2)] * 4
    other: list[Scored] = [(0.9, "E", "tr", "r", 3)] * 4
    model = simple_model()
    assert model.score(features_of(one)[None])[0] > model.score(features_of(other)[None])[0]


def test_each_scale_has_cuts_of_its_own() -> None:
    size = len(LEVEL_FEATURES)
    cuts = {"un-habitat": np.array([2.0, 3.0]), "codebook": np.array([1.0, 4.0])}
    model = LevelModel(np.ones(size), np.ones(size), cuts, np.zeros(size))
    assert model.scales == ("codebook", "un-habitat")
    features = np.full((1, size), 3.5 / size)
    assert [likeliest(row) for row in model.probabilities(features, "codebook").tolist()] == ["moderate"]
    assert [likeliest(row) for row in model.probabilities(features, "un-habitat").tolist()] == ["strong"]
    with pytest.raises(ValueError, match="codebook"):
        LevelModel(np.ones(size), np.ones(size), {"un-habitat": np.array([1.0, 2.0])}, np.zeros(size))
