"""Where sentences end, in the six languages and Portuguese, on text written for these tests."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ndc_urban.document import UNKNOWN_LANGUAGE
from ndc_urban.languages import LANGUAGES
from ndc_urban.sentences import sentences

SPLIT = {
    "en": [
        "The tram costs 3.5 million.| See Fig. 2 and Art. 5 of the law.| Is it e.g. a bus?| No!",
        "It opened in 2030.| Dr. Smith of St. Louis drove it.| (The depot is new.)| It runs.",
        'The mayor spoke.| "We build."| Then she left.',
        "Aims:| 1. Trees;| 2. Parks.| The rest follows.",
    ],
    "fr": [
        "La ville suit l’art. 5.| Elle plante, c.-à-d. elle verdit.| Mme. Durand le dit !",
        "Elle finit en 2030.| Est-ce env. 5 km ?| Oui.| « La rue est verte. »| Il part.",
    ],
    "es": [
        "La Sra. Gómez firma.| ¿Qué es esto?| ¡Un tranvía!| Ver art. 5 y pág. 3.",
        "Creció un 3.5 % en 2030.| La ciudad, p. ej. la capital, crece.",
    ],
    "pt": [
        "A Sra. Gomes assina.| O que é isto?| Um elétrico!| Ver art. 5 e pág. 3.",
        "Cresceu 3.5 % em 2030.| A cidade, p. ex., a capital, cresce.",
    ],
    "ru": [
        "Город растет, т. е. строятся дома.| В 2020 г. население выросло.| Это 5 млн. человек.",
        "См. рис. 2 и ст. 5.| Парк им. А. С. Орлова открыт.| Трамваи, автобусы и т. д. ходят.| Да?| Нет!",
    ],
    "ar": [
        "هل هذا كاف؟| نعم.| ستبني المدينة خطا۔| ثم تزرع الأشجار!",
        "ينتهي العمل في عام 2030.| بلغت النسبة 3.5 في المئة.| ثم تنمو المدينة بنسبة 5%.| تم.",
    ],
    "zh": [
        "城市增长。|人口增加！|为什么？|因为修建地铁。",
        "占3.5%。|根据第4.2条，城市增长；人口增加。|他说：“好。”|完。",
    ],
    UNKNOWN_LANGUAGE: ["Urbs anno 2030. crescit.| Populus gaudet."],
}


@pytest.mark.parametrize(
    ("language", "marked"), [(language, text) for language, texts in SPLIT.items() for text in texts]
)
def test_sentences_end_where_they_should(language: str, marked: str) -> None:
    text = marked.replace("|", "")
    assert [text[start:end] for start, end in sentences(text, language)] == [
        part.strip() for part in marked.split("|")
    ]


texts = st.text(alphabet="abcéжЖعر城A1 .!?;,。؟۔|0-–\u00a0'\"()«»¿\n", max_size=300)


@settings(max_examples=150, deadline=None)
@given(texts, st.sampled_from([*LANGUAGES, "pt", UNKNOWN_LANGUAGE]))
def test_nothing_but_spaces_lies_between_sentences(text: str, language: str) -> None:
    at = 0
    for start, end in sentences(text, language):
        assert at <= start < end
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()
