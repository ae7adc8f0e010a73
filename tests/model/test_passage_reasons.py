"""Reasons of a passage: which words, terms and heading weighed, from the weights themselves."""

from __future__ import annotations

from tiny_corpus import CITIES_HEADING
from tiny_training import passage_of

from ndc_urban.document import Passage
from ndc_urban.model.passage_reasons import passage_reasons
from ndc_urban.model.urban_model import UrbanModel

CITY = "The city of Belport will extend its bus network and its municipality will collect urban waste."


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
