"""Languages of the passages of documents that mix them, on text written for these tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from ndc_urban.document import Block, Document, Page
from ndc_urban.reading import passage_language
from ndc_urban.reading.passage_language import detect_passage_languages
from ndc_urban.segment import segment

PROSE = {
    "en": "The council will extend the tram network to the outer districts, and every public building in the city "
    "is to be retrofitted before the end of the decade.",
    "fr": "Le conseil municipal va étendre le réseau de tramway aux quartiers périphériques, et tous les bâtiments "
    "publics de la ville seront rénovés avant la fin de la décennie.",
    "es": "El ayuntamiento ampliará la red de tranvías a los barrios periféricos y todos los edificios públicos de "
    "la ciudad se rehabilitarán antes del final de la década.",
    "pt": "A câmara municipal vai alargar a rede de elétricos aos bairros periféricos e todos os edifícios públicos "
    "da cidade serão renovados antes do fim da década.",
    "ru": "Городской совет расширит трамвайную сеть до окраинных районов, и все общественные здания города будут "
    "утеплены до конца десятилетия.",
    "ar": "سيوسع المجلس البلدي شبكة الترام إلى الأحياء الخارجية، وسيتم"
    "  ترميم جميع المباني العامة في المدينة قبل نهاية العقد.",
    "zh": "市议会将把有轨电车网络延伸到外围地区，并在国家银行的支持下，在本十年结束之前改造城市的所有公共建筑。",
}
SHORT = {
    "en": "Bus lanes | 2030 | 15%",
    "fr": "Voies de bus | 2030 | 15 %",
    "es": "Carriles bus | 2030 | 15 %",
    "pt": "Faixas de ônibus | 2030 | 15 %",
    "ru": "Автобусные полосы | 2030",
    "ar": "مسارات الحافلات | 2030",
    "zh": "公交专用道 | 2030",
}
PAIRS = [(host, guest) for host in PROSE for guest in PROSE if host not in {guest, "pt"}]


@pytest.mark.parametrize(("host", "guest"), PAIRS)
def test_an_annex_in_another_language(host: str, guest: str) -> None:
    texts = [PROSE[host], SHORT[host]] * 3 + [PROSE[guest], SHORT[guest], SHORT[guest], PROSE[guest]]
    assert detect_passage_languages(texts, host) == (host,) * 6 + (guest,) * 4


@pytest.mark.parametrize("language", PROSE)
def test_a_document_in_one_language_is_not_looked_at_twice(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(text: str, default: str) -> str:
        raise AssertionError(text)

    monkeypatch.setattr(passage_language, "detect_passage_language", never)
    assert detect_passage_languages([PROSE[language]] * 3, language) == (language,) * 3


def test_short_passages_between_two_languages_stay_with_the_document() -> None:
    texts = [PROSE["en"], SHORT["en"], PROSE["fr"], SHORT["en"], PROSE["en"]]
    assert detect_passage_languages(texts, "en") == ("en", "en", "fr", "en", "en")


def test_a_short_passage_with_words_of_the_document_stays_with_it() -> None:
    texts = [PROSE["fr"], PROSE["en"], "Source : le ministère de la ville et de l'eau", PROSE["en"]]
    assert detect_passage_languages(texts, "fr") == ("fr", "en", "fr", "en")


def test_figures_go_with_what_is_around_them() -> None:
    texts = [PROSE["en"], PROSE["ru"], "2030 | 12", PROSE["ru"]]
    assert detect_passage_languages(texts, "en") == ("en", "ru", "ru", "ru")


def test_a_long_part_without_words_is_no_guest() -> None:
    many = ["2030 | 12"] * (passage_language.MAX_BORROWED_RUN + 1)
    found = detect_passage_languages([PROSE["en"], PROSE["fr"], *many, PROSE["fr"]], "en")
    assert found == ("en", "fr", *["en"] * len(many), "fr")


def test_latin_names_in_another_script_are_in_the_language_of_the_latin_prose() -> None:
    assert detect_passage_languages([PROSE["ar"], PROSE["fr"], PROSE["ar"], SHORT["fr"]], "ar")[-1] == "fr"
    assert detect_passage_languages([PROSE["ar"], PROSE["ar"], SHORT["fr"]], "ar")[-1] == "ar"


def test_nothing_to_tell() -> None:
    assert detect_passage_languages([], "en") == ()
    assert detect_passage_languages(["", "12", "x"], "und") == ("und",) * 3
    assert detect_passage_languages(["Une ville", "12"], "id") == ("id",) * 2


def test_the_language_of_a_passage_moves_no_boundary() -> None:
    texts = [PROSE["fr"] * 12, PROSE["en"] * 12, PROSE["ru"] * 12]
    blocks = tuple(Block("paragraph", text) for text in texts)

    def spans(language: str) -> list[tuple[int, int, str]]:
        document = Document(Path("a"), "0" * 64, "html", (Page(None, blocks, "html"),), language)
        return [(passage.start, passage.end, passage.language) for passage in segment(document)]

    found = spans("fr")
    assert {language for _, _, language in found} == {"fr", "en", "ru"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "ndc_urban.segment.detect_passage_languages", lambda texts, default: (default,) * len(texts)
        )
        plain = spans("fr")
    assert [span[:2] for span in found] == [span[:2] for span in plain]
