"""Reasons: what moved the level and which words weighed, from the weights themselves."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from tiny_corpus import CITIES_HEADING
from tiny_training import passage_of

from ndc_urban.document import Passage
from ndc_urban.model.level_model import LEVEL_FEATURES, DocumentFeatures, LevelModel
from ndc_urban.model.reasons import document_reasons, passage_reasons
from ndc_urban.model.urban_model import UrbanModel

CITY = "The city of Belport will extend its bus network and its municipality will collect urban waste."
NOTHING = DocumentFeatures(
    **dict.fromkeys((field.name for field in fields(DocumentFeatures)), 0) | {"other_characters": 30_000}
)
MUCH = replace(
    NOTHING,
    explicit=12,
    top=0.99,
    titles=3,
    fullest=6,
    devoted=8,
    urban=14,
    sectors=4.5,
    delivery=3,
    adaptation=5,
    mitigation=7,
    housing=2,
    planning=1,
    governance=2,
    transport=4,
)


def level_model(typical: float = 0.7) -> LevelModel:
    size = len(LEVEL_FEATURES)
    return LevelModel(
        np.ones(size), np.ones(size), {"codebook": np.array([1.0, 4.0])}, np.full(size, typical)
    )


def effects_of(
    features: DocumentFeatures, measures: int = 0, sectors: int = 0, typical: float = 0.7
) -> dict[str, float]:
    reasons = document_reasons(level_model(typical), features, measures=measures, sectors=sectors)
    return {reason.text: reason.effect for reason in reasons}


def test_what_raises_a_level_is_put_in_words() -> None:
    reasons = effects_of(MUCH, 9, 5)
    assert "12 passages that name cities or local governments" in reasons
    assert "nine urban measures in five sectors" in reasons
    assert "five urban passages on adaptation and seven urban passages on mitigation" in reasons
    assert "three urban passages on governance, finance or capacity" in reasons
    assert "seven urban passages on housing, planning or transport" in reasons
    assert "three headings about cities with urban passages under them" in reasons
    assert "a section with six urban passages" in reasons
    assert "eight urban passages in sections or tables about cities" in reasons
    assert "three clearly urban passages" in reasons
    assert all(effect > 0 for text, effect in reasons.items() if "document" not in text)


def test_what_lowers_a_level_is_put_in_words() -> None:
    reasons = effects_of(NOTHING)
    assert reasons["no passage that names cities or local governments"] < 0
    assert reasons["no heading about cities"] < 0
    assert reasons["no urban measure"] < 0
    assert reasons["no urban passage on adaptation or mitigation"] < 0
    assert reasons["no section with urban passages"] < 0
    assert reasons["hardly any clearly urban passages"] < 0


def test_few_are_only_so_many() -> None:
    some = replace(NOTHING, explicit=2, titles=1, fullest=1, devoted=1, top=0.5)
    reasons = effects_of(some, 2, 1, typical=2.0)
    assert "only two passages that name cities or local governments" in reasons
    assert "only two urban measures in one sector" in reasons
    assert "only one heading about cities with urban passages under it" in reasons
    assert "no section with more than one urban passage" in reasons
    assert "only one urban passage in sections or tables about cities" in reasons
    assert all(effect < 0 for effect in reasons.values())


def test_one_is_one() -> None:
    one = replace(MUCH, explicit=1, titles=1, fullest=1, devoted=1)
    texts = " ".join(effects_of(one, 1, 1, typical=0.0))
    assert "one passage that names cities" in texts
    assert "one heading about cities with urban passages under it" in texts
    assert "one urban measure in one sector" in texts


def test_the_length_is_distinguished() -> None:
    long = effects_of(replace(MUCH, other_characters=200_000), 9, 5)
    assert long["a long document"] < 0
    short = effects_of(replace(MUCH, other_characters=5_000), 9, 5)
    assert short["a short document"] > 0
    assert not any("document" in text for text in effects_of(MUCH, 9, 5))


@pytest.mark.parametrize("features", [MUCH, NOTHING, replace(MUCH, other_characters=300_000)])
def test_the_effects_sum_to_the_distance_from_a_typical_document(features: DocumentFeatures) -> None:
    """All that moved the level is among the reasons, but for what is too small to tell."""
    model = level_model()
    distance = float(model.score(features.vector[None, :])[0] - model.score(model.typical[None, :])[0])
    assert sum(effects_of(features).values()) == pytest.approx(distance, abs=0.15 * (len(LEVEL_FEATURES) + 1))


def test_reasons_come_strongest_first() -> None:
    effects = [abs(reason.effect) for reason in document_reasons(level_model(), MUCH, measures=9, sectors=5)]
    assert effects == sorted(effects, reverse=True)


def test_words_of_a_passage_are_quoted_as_written(model: UrbanModel) -> None:
    reasons = passage_reasons(model.passage_model, passage_of(CITY))
    assert reasons
    for reason in reasons:
        assert reason.effect > 0
        assert reason.text in CITY.lower()


def test_the_heading_is_named_where_it_weighed(model: UrbanModel) -> None:
    passage = passage_of("Buses and drains are renewed.", section=("Plan", CITIES_HEADING))
    assert any(CITIES_HEADING in reason.text for reason in passage_reasons(model.passage_model, passage))


def test_terms_are_given_in_the_language_of_the_passage(model: UrbanModel) -> None:
    text = "La ville construit un tramway et la municipalité collecte les déchets urbains."
    reasons = passage_reasons(model.passage_model, passage_of(text, language="fr"))
    assert reasons
    assert all(reason.text in text.lower() for reason in reasons)


def test_an_empty_passage_of_unknown_words_has_no_reasons(model: UrbanModel) -> None:
    assert not any(
        reason.effect > 1 for reason in passage_reasons(model.passage_model, passage_of("Zorbel glimwort."))
    )


def test_the_best_evidence_of_a_document_carries_its_reasons(model: UrbanModel) -> None:
    passages: list[Passage] = [passage_of(CITY), passage_of("Herders move their animals.")]
    assessment = model.assess_passages(passages)
    assert assessment.reasons
    assert assessment.evidence[0].reasons
    assert all(not each.reasons for each in assessment.scored if each.evidence_rank is None)
