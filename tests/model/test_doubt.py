"""Documents that are no NDC, too short or in another language: a note, and chances that say how little is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from ndc_urban.document import Block, Document, Page, Passage
from ndc_urban.languages import ALL, LANGUAGES, word_patterns
from ndc_urban.model.assessment import LEVELS, Assessment, LevelOnScale
from ndc_urban.model.doubt import ENOUGH_CHARACTERS, LITTLE_TRUST, Doubt, doubt_about, doubted
from ndc_urban.segment import segment

CLIMATE = (
    "Climate change dries the wells of the north, and adaptation is a task of every ministry. By 2030 emissions of "
    "greenhouse gases fall by a fifth below the base year; mitigation begins with the power stations. "
)
BUDGET = (
    "The ministry of finance spends {n} million on schools and hospitals. Taxes on fuel rise by {n} percent, and the "
    "council of the capital pays for {n} new roads out of its own income. "
)
LETTER = (
    "Dear Madam Executive Secretary, I have the honour to submit the contribution of Lomoria on mitigation. "
    "Sincerely, the Minister of the Environment"
)


def document_of(*texts: str, language: str = "en") -> Document:
    blocks = tuple(Block("paragraph", text.strip()) for text in texts)
    return Document(Path("a.html"), "0" * 64, "html", (Page(None, blocks, "html"),), language=language)


def doubt_in(*texts: str, language: str = "en") -> Doubt:
    document = document_of(*texts, language=language)
    return doubt_about(document, segment(document))


def assessment_of(low: float, moderate: float, strong: float) -> Assessment:
    level = max(zip((low, moderate, strong), LEVELS, strict=True))[1]
    return Assessment(LevelOnScale("codebook", level, low, moderate, strong, (level,)), 0, 1, 0.0, 0, (), ())


@pytest.mark.parametrize(
    "opening",
    [
        "Press release.",
        "FOR IMMEDIATE RELEASE",
        "Communiqué de presse du ministère",
        "Nota de prensa",
        "Пресс-релиз министерства",
        "بيان صحفي صادر عن الوزارة",
        "新闻稿：",
        "Budget speech of the minister of finance",
        "Projet de loi de finances pour 2026",
    ],
)
def test_a_text_that_names_itself_otherwise_is_no_ndc(opening: str) -> None:
    lines = [f"{CLIMATE} Line {n} follows." for n in range(20)]
    doubt = doubt_in(opening, *lines)
    assert doubt.notes == ("does not look like an NDC",)
    assert doubt.trust == LITTLE_TRUST
    assert doubt_in(*lines, opening) == Doubt()


def test_an_ndc_of_some_length_is_judged_as_it_was() -> None:
    assert doubt_in(*[f"{CLIMATE} Line {n} follows." for n in range(20)]) == Doubt()
    assessment = assessment_of(0.02, 0.02, 0.96)
    assert doubted(assessment, Doubt(), {"codebook": 0.6}) is assessment


def test_three_sentences_leave_every_level_possible() -> None:
    doubt = doubt_in(CLIMATE)
    assert doubt.notes == ("short document",)
    assert 0 < doubt.trust < 0.2
    said = doubted(assessment_of(0.02, 0.02, 0.96), doubt, {"codebook": 0.6})
    assert (said.level, said.prediction_set) == ("strong", LEVELS)
    assert max(said.p_low, said.p_moderate, said.p_strong) == said.p_strong < 0.5
    assert said.p_low + said.p_moderate + said.p_strong == pytest.approx(1)
    assert said.notes == doubt.notes


def test_trust_rises_with_the_text_up_to_all_of_it() -> None:
    def doubt(characters: int) -> Doubt:
        passage = Passage("a" * characters, 0, characters, 0, "paragraph", language="en")
        return doubt_about(document_of(CLIMATE * 5), [passage])

    assert doubt(ENOUGH_CHARACTERS // 4).trust == pytest.approx(0.25)
    assert doubt(ENOUGH_CHARACTERS - 1).notes == ("short document",)
    assert doubt(ENOUGH_CHARACTERS) == Doubt()


def test_a_language_without_terms_is_named() -> None:
    german = (
        "Das Land mindert seine Emissionen, und die Stadt pflanzt Bäume an den Straßen und in den Parks. "
    )
    doubt = doubt_in(*[f"{german} Absatz {n}." for n in range(30)], language="de")
    assert doubt == Doubt(("guest language: German",), LITTLE_TRUST)
    said = doubted(assessment_of(0.998, 0.001, 0.001), doubt, {"codebook": 0.6})
    assert said.prediction_set == LEVELS
    assert said.p_low < 0.6


def test_a_budget_does_not_look_like_an_ndc() -> None:
    doubt = doubt_in(*[BUDGET.format(n=n) for n in range(20)])
    assert doubt == Doubt(("does not look like an NDC",), LITTLE_TRUST)


def test_a_cover_letter_is_recognised_by_its_phrases() -> None:
    assert doubt_in(LETTER).notes == ("short document", "cover letter")


LETTERS = {
    "fr": "Madame la Secrétaire, j'ai l'honneur de vous transmettre notre plan. Veuillez agréer mes salutations.",
    "es": "Estimada señora: tengo el agrado de enviar nuestra contribución. Atentamente, el Ministro.",
    "ar": "سعادة الأمينة التنفيذية، تحية طيبة، يسرني أن أرسل إليكم مساهمتنا. وتفضلوا بقبول فائق الاحترام.",
    "ru": "Уважаемая госпожа исполнительный секретарь, имею честь направить наш вклад. С уважением, министр.",
    "zh": "尊敬的执行秘书阁下：谨此提交我国的文件。顺致崇高的敬意。",
}


@pytest.mark.parametrize("language", sorted(LETTERS))
def test_letters_in_other_languages(language: str) -> None:
    assert "cover letter" in doubt_in(LETTERS[language], language=language).notes


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_with_terms_knows_the_notions_letters_and_denials(language: str) -> None:
    assert len(ALL[language].climate_words) == 8
    assert ALL[language].letter_words
    assert word_patterns(ALL[language], ALL[language].denials)
