"""The whole model: a document in, its level and ranked evidence out."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_corpus import TinyCorpus
from tiny_training import passage_of

from ndc_urban.document import UNKNOWN_LANGUAGE, Passage
from ndc_urban.languages import LANGUAGES
from ndc_urban.model.assessment import LEVELS, Assessment
from ndc_urban.model.urban_model import UrbanModel
from ndc_urban.reading import read
from ndc_urban.segment import segment

URBAN = [
    "The city of Belport will extend its bus network to 40 districts by 2035.",
    "Municipal councils will collect the waste of 30 thousand urban homes.",
    "The municipality of Belport rebuilds 50 kilometres of storm drains in town.",
    "Mayors and local governments of 20 cities receive training in climate work.",
    "Urban planning will keep 70 hectares of parks in every city and town.",
    "Informal settlements around Belport are flooded in 4 of ten years.",
]
OTHER = [
    f"Farmers of the {name} valley receive seed for 40 hectares of maize."
    for name in ("first", "high", "dry")
]


def passages_of(texts: list[str], section: tuple[str, ...] = ("Plan", "Aims")) -> list[Passage]:
    return [passage_of(text, section=section) for text in texts]


def assert_sound(assessment: Assessment, passages: int) -> None:
    chances = (assessment.p_low, assessment.p_moderate, assessment.p_strong)
    assert sum(chances) == pytest.approx(1)
    assert all(0 <= chance <= 1 for chance in chances)
    assert assessment.confidence == max(chances)
    assert assessment.level in assessment.prediction_set
    assert assessment.passages == len(assessment.scored) == passages
    assert 0 <= assessment.urban_passages <= passages
    assert 0 <= assessment.urban_share <= 1
    assert len(assessment.top_sectors) <= assessment.sectors or assessment.sectors == 0
    assert [each.evidence_rank for each in assessment.evidence] == list(
        range(1, assessment.urban_passages + 1)
    )
    assert all(each.code in ("E", "I") and each.sector for each in assessment.evidence)


def test_documents_from_file_to_level(model: UrbanModel, unseen_corpus: TinyCorpus) -> None:
    right = 0
    for plan in unseen_corpus.plans:
        document = read(unseen_corpus.folder / plan.file)
        assessment = model.assess(document)
        assert_sound(assessment, sum(map(len, plan.sections.values())))
        for each in assessment.evidence:
            passage = each.passage
            assert document.text[passage.start : passage.end] == passage.text
        right += assessment.level == plan.level
    assert right >= 7


def test_a_document_without_passages_is_low(model: UrbanModel) -> None:
    assessment = model.assess_passages([])
    assert_sound(assessment, 0)
    assert (assessment.level, assessment.urban_share, assessment.top_sectors) == ("low", 0, ())


def test_more_urban_passages_never_give_a_lower_level(model: UrbanModel) -> None:
    expected = [
        found.p_moderate + 2 * found.p_strong
        for number in range(len(URBAN) + 1)
        for found in [model.assess_passages(passages_of(OTHER * 4 + URBAN[:number]))]
    ]
    assert all(b >= a - 0.02 for a, b in pairwise(expected))
    assert expected[-1] > expected[0] + 0.5


def test_the_best_evidence_comes_first(model: UrbanModel) -> None:
    assessment = model.assess_passages(passages_of([*OTHER, *URBAN[:3], *OTHER]))
    assert {each.passage.text for each in assessment.evidence} == set(URBAN[:3])
    assert all(each.evidence_rank is None for each in assessment.scored if each.passage.text in OTHER)


def test_a_title_is_worse_evidence_than_a_sentence(model: UrbanModel) -> None:
    assessment = model.assess_passages(passages_of(["City bus network", URBAN[0]]))
    assert assessment.evidence[0].passage.text == URBAN[0]


def test_repeated_passages_count_once_and_are_all_scored(model: UrbanModel) -> None:
    once = model.assess_passages(passages_of(OTHER + URBAN[:2]))
    twice = model.assess_passages(passages_of((OTHER + URBAN[:2]) * 2))
    assert twice.urban_passages == once.urban_passages == 2
    assert (twice.level, twice.p_strong) == (once.level, pytest.approx(once.p_strong))
    assert twice.urban_share == pytest.approx(once.urban_share)
    assert len(twice.scored) == 2 * len(once.scored)
    assert twice.profile == once.profile
    assert once.profile


def test_challenges_are_no_sector_responses(model: UrbanModel) -> None:
    assessment = model.assess_passages(passages_of([URBAN[5], URBAN[0]]))
    roles = {each.passage.text: each.role for each in assessment.scored}
    assert roles == {URBAN[5]: "c", URBAN[0]: "r"}
    assert assessment.top_sectors == ("tr",)


def test_a_copy_of_a_training_document_is_known(model: UrbanModel, corpus: TinyCorpus) -> None:
    document = read(corpus.folder / corpus.plans[0].file)
    assert model.copy_in_training(document.sha256, ()) == document.sha256
    assert model.copy_in_training("f" * 64, segment(document)) == document.sha256
    assert model.copy_in_training("f" * 64, ()) == ""
    assert corpus.plans[0].party in model.parties


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(st.text(min_size=1, max_size=120), max_size=6),
    language=st.sampled_from([*LANGUAGES, UNKNOWN_LANGUAGE]),
)
def test_any_text_in_any_language_is_assessed(model: UrbanModel, texts: list[str], language: str) -> None:
    passages = [passage_of(text, language=language) for text in texts]
    assessment = model.assess_passages(passages)
    assert_sound(assessment, len(passages))
    assert assessment.level in LEVELS
