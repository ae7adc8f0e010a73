"""Languages of documents and passages, on text written for these tests."""

from __future__ import annotations

import pytest

from ndc_urban.reading.language import detect_language, detect_passage_language

TEXTS = {
    "en": "The council will extend the tram network to the outer districts, and every public "
    "building in the city is to be retrofitted before the end of the decade with the help of "
    "the national bank.",
    "fr": "Le conseil municipal va étendre le réseau de tramway aux quartiers périphériques, et "
    "tous les bâtiments publics de la ville seront rénovés avant la fin de la décennie avec "
    "l'aide de la banque nationale.",
    "es": "El ayuntamiento ampliará la red de tranvías a los barrios periféricos y todos los "
    "edificios públicos de la ciudad se rehabilitarán antes del final de la década con la "
    "ayuda del banco nacional.",
    "pt": "A câmara municipal vai alargar a rede de elétricos aos bairros periféricos e todos os "
    "edifícios públicos da cidade serão renovados antes do fim da década com a ajuda do banco"
    " nacional.",
    "ar": "سيوسع المجلس البلدي شبكة الترام إلى الأحياء الخارجية، وسيتم ترميم جميع المباني العامة في"
    " المدينة قبل نهاية العقد بمساعدة البنك الوطني.",
    "fa": "شورای شهر شبکه تراموا را به محله‌های بیرونی گسترش می‌دهد و همه ساختمان‌های عمومی شهر پیش"
    " از پایان دهه با کمک بانک ملی بازسازی می‌شوند.",
    "ru": "Городской совет расширит трамвайную сеть до окраинных районов, и все общественные здания"
    " города будут утеплены до конца десятилетия при поддержке национального банка.",
    "uk": "Міська рада розширить трамвайну мережу до околиць, і всі громадські будівлі міста буде "
    "утеплено до кінця десятиліття за підтримки національного банку.",
    "zh": "市议会将把有轨电车网络延伸到外围地区，并在国家银行的支持"
    "下，在本十年结束之前改造城市的所有公共建筑。",
    "ja": "市議会は路面電車の路線を郊外まで延ばし、この十年のうちに"
    "市内のすべての公共建築物を改修する予定です。",
}


@pytest.mark.parametrize("language", TEXTS)
def test_documents(language: str) -> None:
    assert detect_language(TEXTS[language]) == language
    assert detect_language("\n".join([TEXTS[language]] * 200)) == language


def test_most_of_a_document_decides() -> None:
    text = "\n".join([TEXTS["fr"]] * 30 + [TEXTS["en"]] * 10)
    assert detect_language(text) == "fr"


@pytest.mark.parametrize("text", ["", "   ", "2030 | 12.5 | 13", "NDC 3.0", "•" * 500, "ABC DEF"])
def test_too_little_text(text: str) -> None:
    assert detect_language(text) == "und"


@pytest.mark.parametrize("default", ["en", "fr", "es", "ar", "ru", "zh"])
@pytest.mark.parametrize("language", ["en", "fr", "es", "pt", "ar", "ru", "zh"])
def test_clear_passages(language: str, default: str) -> None:
    assert detect_passage_language(TEXTS[language], default) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ministère de la Ville",
        "Santa Cruz de la Sierra, San José de los Llanos, Puerto de la Cruz, Villa de las Flores",
        "CO2 | 2020 | 12,5 | 13,5 | 15,0 | 2030 | 11,5 | 10,5 | 9,0 | 2035 | 8,1 | 7,0 | 6,6 | 2040 | 5",
        "https://www.example.org/la-ville-et-le-climat-dans-le-monde-et-en-europe/les-villes-durables",
        "MINISTÈRE DE LA VILLE ET DE L'HABITAT, DIRECTION DE LA PLANIFICATION ET DES ÉTUDES DE LA VILLE",
        "Increase in urban resilience indicators, monitoring and evaluation system coordination",
    ],
)
def test_unclear_passages_keep_the_default(text: str) -> None:
    assert detect_passage_language(text, "en") == "en"


def test_relatives_within_a_script_keep_the_default() -> None:
    assert detect_passage_language(TEXTS["uk"], "ru") == "ru"
    assert detect_passage_language(TEXTS["ar"], "fa") == "fa"
