"""The shipped model on texts of this project: guidance is no content, six languages, a level that moves rightly."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_training import passage_of

from ndc_urban.document import Passage
from ndc_urban.model.assessment import Assessment
from ndc_urban.model.identity import default_model_folder
from ndc_urban.model.level_model import CLEAR, DOUBTFUL
from ndc_urban.model.storage import load_model
from ndc_urban.model.urban_model import UrbanModel

GUIDANCE = {
    "en": "Name the fields that the plan may cover, for example power supply, rivers and lakes, shores, human "
    "settlements and town planning, farming and forests.",
    "fr": "Nommer les domaines que le plan peut couvrir, par exemple l'électricité, les cours d'eau, le littoral, les "
    "établissements humains et l'urbanisme, les cultures et les bois.",
    "es": "Nombrar los ámbitos que el plan puede abarcar, por ejemplo la electricidad, los ríos, las costas, los "
    "asentamientos humanos y el urbanismo, los cultivos y los bosques.",
    "ar": "اذكر المجالات التي قد تشملها الخطة، مثل الكهرباء والأنهار والسواحل والمستوطنات البشرية وتخطيط المدن "
    "والمزارع والغابات.",
    "ru": "Назовите области, которые может охватывать план, например электричество, реки, берега, населённые пункты и "
    "градостроительство, поля и леса.",
    "zh": "请列出计划可能涉及的领域，例如电力、河流、海岸、人类住区和城市规划、农田和森林。",
}
"""Lines in the manner of the guidance that many NDCs repeat in their tables, in words of our own."""

MEASURE = {
    "en": "The city of Belport will build 40 km of tramway and new storm drains in its informal settlements by 2030.",
    "fr": "La ville de Belport construira 40 km de tramway et des égouts pluviaux dans ses quartiers informels.",
    "es": "La ciudad de Belport construirá 40 km de tranvía y drenaje pluvial en sus asentamientos informales.",
    "ar": "ستبني مدينة بلبورت 40 كيلومترا من خطوط الترام وشبكات لتصريف مياه الأمطار في الأحياء العشوائية.",
    "ru": "Город Белпорт построит 40 км трамвайных линий и ливневую канализацию в неформальных поселениях к 2030 году.",
    "zh": "贝尔波特市将在2030年前建设40公里有轨电车，并在非正规住区修建雨水排水管网。",
}
PLAIN = (
    "Herders move their animals when the pastures of the north dry out.",
    "Wind farms supply the national grid with 40 megawatts.",
    "Forests store carbon in their soils and in old trees.",
    "The inventory follows the guidelines and counts three gases.",
)


@pytest.fixture(scope="module")
def shipped() -> UrbanModel:
    return load_once()


def expected(assessment: Assessment) -> float:
    return assessment.p_moderate + 2 * assessment.p_strong


@pytest.mark.parametrize("language", sorted(GUIDANCE))
def test_guidance_lines_are_no_content(shipped: UrbanModel, language: str) -> None:
    line = passage_of(GUIDANCE[language], language=language)
    row = passage_of(f"{GUIDANCE[language]} | –", kind="table_row", language=language)
    assessment = shipped.assess_passages([line, row])
    assert assessment.urban_passages == 0
    assert assessment.level == "low"


@pytest.mark.parametrize("language", sorted(MEASURE))
def test_an_urban_measure_is_found_in_each_language(shipped: UrbanModel, language: str) -> None:
    found = shipped.assess_passages([passage_of(MEASURE[language], language=language)]).evidence
    assert len(found) == 1
    assert found[0].p_urban > 0.8
    assert found[0].code == "E"
    assert found[0].reasons


def test_an_answer_beside_a_guidance_line_is_content(shipped: UrbanModel) -> None:
    row = passage_of(f"{GUIDANCE['en']} | {MEASURE['en']}", kind="table_row")
    assert shipped.assess_passages([row]).urban_passages == 1


texts = st.lists(
    st.sampled_from(
        [*PLAIN, MEASURE["en"], "Landfill gas is captured.", "Two in five people live in towns."]
    ),
    max_size=12,
)


def numbered(chosen: list[str], heading: str = "Measures") -> list[Passage]:
    return [passage_of(f"{text} ({n})", section=("Plan", heading)) for n, text in enumerate(chosen)]


@settings(max_examples=40, deadline=None)
@given(texts, st.sampled_from(sorted(MEASURE)), st.sampled_from(["Measures", "Cities and housing"]))
def test_an_urban_measure_more_never_lowers_the_level(chosen: list[str], language: str, heading: str) -> None:
    shipped = load_once()
    added = passage_of(MEASURE[language], section=("Plan", heading), language=language)
    assert shipped.passage_model.score([added]).p_urban[0] >= CLEAR
    before, after = (shipped.assess_passages([*numbered(chosen), *more]) for more in ([], [added]))
    assert expected(after) >= expected(before) - 1e-9


@settings(max_examples=40, deadline=None)
@given(texts, st.sampled_from(PLAIN), st.integers(1, 20), st.sampled_from(["Measures", "Cities and housing"]))
def test_plain_text_more_never_raises_the_level(
    chosen: list[str], text: str, times: int, heading: str
) -> None:
    shipped = load_once()
    added = passage_of(" ".join([text] * times), section=("Plan", heading))
    if shipped.passage_model.score([added]).p_urban[0] > DOUBTFUL:
        return  # the heading made it doubtful: then it is no plain text
    before, after = (shipped.assess_passages([*numbered(chosen), *more]) for more in ([], [added]))
    assert expected(after) <= expected(before) + 1e-9


@cache
def load_once() -> UrbanModel:
    """The shipped model, for property tests too, which take no fixtures of a smaller scope."""
    return load_model(default_model_folder())
