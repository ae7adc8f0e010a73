"""How terms are matched: stems, word order, elision, clitics, vetoes, overlaps, offsets."""

import dataclasses
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndc_urban.languages import LANGUAGES
from ndc_urban.lexicon import Concept, Lexicon, Match, load_lexicon


def lexicon_of(language: str, terms: list[str], vetoes: tuple[str, ...] = ()) -> Lexicon:
    return Lexicon([_concept("c", language, terms, vetoes)])


def _concept(name: str, language: str, terms: list[str], vetoes: tuple[str, ...] = ()) -> Concept:
    forbidden = {language: vetoes} if vetoes else {}
    return Concept(name, "g", "context", None, "for a test", {language: tuple(terms)}, forbidden)


def found(lexicon: Lexicon, text: str, language: str) -> list[str]:
    return [text[match.start : match.end] for match in lexicon.find(text, language)]


def names(text: str, language: str) -> set[str]:
    return {match.concept for match in load_lexicon().find(text, language)}


def test_a_star_stands_for_any_ending_and_for_none():
    lexicon = lexicon_of("en", ["municipal*"])
    assert found(lexicon, "Municipal plans of municipalities", "en") == ["Municipal", "municipalities"]


def test_without_a_star_the_whole_word_must_agree():
    assert found(lexicon_of("en", ["city"]), "electricity, city, cityscape", "en") == ["city"]


def test_a_star_inside_a_longer_term():
    lexicon = lexicon_of("ru", ["твёрд* отход*"])
    assert found(lexicon, "Сбор твердых отходов и твёрдые  отходы", "ru") == [
        "твердых отходов",
        "твёрдые  отходы",
    ]


def test_accents_and_case_do_not_matter():
    assert found(lexicon_of("fr", ["décharge*"]), "DECHARGE, Décharges", "fr") == ["DECHARGE", "Décharges"]
    assert found(lexicon_of("fr", ["main d'œuvre"]), "la main-d’oeuvre", "fr") == ["main-d’oeuvre"]


def test_combining_accents_belong_to_their_word():
    text = unicodedata.normalize("NFD", "la région")
    assert found(lexicon_of("fr", ["région"]), text, "fr") == [text[3:]]


def test_soft_hyphen_and_ligature_of_pdf_text():
    assert found(lexicon_of("en", ["efficiency"]), "the e\ufb03ci\u00adency", "en") == ["e\ufb03ci\u00adency"]


@pytest.mark.parametrize("text", ["l'urbanisation", "l’urbanisation", "d'urbanisation"])
def test_an_elided_article_is_no_part_of_the_word(text):
    assert found(lexicon_of("fr", ["urbanisation"]), text, "fr") == ["urbanisation"]


def test_hyphens_part_words_in_terms_and_texts():
    lexicon = lexicon_of("en", ["peri-urban"])
    assert found(lexicon, "peri-urban, peri urban, periurban", "en") == ["peri-urban", "peri urban"]


def test_a_term_of_several_words_does_not_cross_punctuation():
    assert found(lexicon_of("en", ["solid waste"]), "Stay solid. Waste; solid waste", "en") == ["solid waste"]


def test_the_longest_match_of_a_concept_wins():
    lexicon = lexicon_of("en", ["waste", "solid waste", "municipal solid waste"])
    assert found(lexicon, "municipal solid waste and solid waste", "en") == [
        "municipal solid waste",
        "solid waste",
    ]


def test_different_concepts_may_overlap():
    lexicon = Lexicon([_concept("a", "en", ["urban transport"]), _concept("b", "en", ["transport"])])
    assert lexicon.find("urban transport", "en") == (Match("a", 0, 15), Match("b", 6, 15))


def test_a_veto_removes_what_it_overlaps():
    lexicon = lexicon_of("es", ["ciudad*"], ("ciudadan*", "ciudad del vaticano"))
    assert found(lexicon, "Ciudadanos de la ciudad y Ciudad del Vaticano", "es") == ["ciudad"]


def test_a_veto_alone_matches_nothing():
    assert lexicon_of("es", ["ciudad"], ("ciudadan*",)).find("ciudadanos", "es") == ()


@pytest.mark.parametrize(
    "text",
    [
        "مدينة",
        "المدينة",
        "والمدينة",
        "بالمدينة",
        "للمدينة",
        "ومدينة",
        "فالمدينة",
        "المَدِينَة",
        "مديـــنة",
        "مدينه",
    ],
)
def test_arabic_clitics_vowel_signs_and_tatweel(text):
    assert found(lexicon_of("ar", ["مدينة"]), text, "ar") == [text]


def test_arabic_spelling_of_alef_and_ya():
    assert found(lexicon_of("ar", ["أحياء", "مستوى"]), "الاحياء بمستوي", "ar") == ["الاحياء", "بمستوي"]


def test_arabic_article_within_a_term():
    assert found(lexicon_of("ar", ["نقل عام"]), "تطوير النقل العام", "ar") == ["النقل العام"]


def test_arabic_ligature_reversed_by_a_pdf():
    assert found(lexicon_of("ar", ["إسكان", "سلام"]), "اإلسكان والسالم", "ar") == ["اإلسكان", "والسالم"]
    assert lexicon_of("ar", ["إسكان"]).find("السكان", "ar") == ()


def test_arabic_indic_digits():
    assert found(lexicon_of("ar", ["2030"]), "عام ٢٠٣٠", "ar") == ["٢٠٣٠"]


def test_chinese_terms_are_found_within_running_text():
    lexicon = Lexicon([_concept("a", "zh", ["城市", "城市交通"]), _concept("b", "zh", ["交通"])])
    assert lexicon.find("发展城市交通。", "zh") == (Match("a", 2, 6), Match("b", 4, 6))


def test_chinese_text_broken_into_lines():
    assert found(lexicon_of("zh", ["城市交通"]), "发展城市 交通", "zh") == ["城市 交通"]


def test_latin_words_in_chinese_text_stand_alone():
    assert found(lexicon_of("zh", ["led", "水"]), "LED灯 called 水", "zh") == ["LED", "水"]


def test_latin_abbreviations_in_russian_and_arabic():
    assert "brt" in names("строительство линий BRT", "ru")
    assert "brt" in names("إنشاء خطوط BRT", "ar")


def test_another_language_is_searched_with_all_latin_terms():
    assert {"metro_rail", "brt"} <= names("metro, tramway, BRT", "und")
    assert names("metro, tramway, BRT", "und") == names("metro, tramway, BRT", "pt")
    assert names("город", "und") == set()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The electricity grid and capacity building for the Vatican City State."),
        ("es", "Los ciudadanos y la ciudadanía participan."),
        ("fr", "Les villages de la région et le travail en commun."),
        ("ru", "Он огородил участок; электричество, сельская местность."),
        ("ar", "سكان الريف والقرى"),
        ("zh", "农村居民和碳市场"),
    ],
)
def test_look_alikes_of_city(language, text):
    assert not {"city", "urban", "municipality"} & names(text, language)


def test_financial_settlement_is_no_human_settlement():
    assert "settlement" not in names("A mechanism for dispute settlement was agreed.", "en")
    assert "settlement" in names("Human settlements on the coast are exposed.", "en")


def test_common_but_differentiated_responsibilities_are_no_communes():
    assert "municipality" not in names("des responsabilités communes mais différenciées", "fr")


def test_municipal_solid_waste_is_no_municipality():
    assert "municipality" not in names("Treatment of municipal solid waste", "en")
    assert "municipal_waste" in names("Treatment of municipal solid waste", "en")


def test_guinea_bissau_is_no_city():
    assert "capital_name" not in names("Guinea-Bissau is a coastal country.", "en")
    assert "capital_name" in names("Floods hit the port of Bissau.", "en")


def test_results_are_frozen():
    (match,) = lexicon_of("en", ["city"]).find("city", "en")
    with pytest.raises(dataclasses.FrozenInstanceError):
        match.start = 3


def test_memory_of_words_is_bounded(monkeypatch):
    monkeypatch.setattr("ndc_urban.lexicon.index._REMEMBERED", 10)
    lexicon = lexicon_of("en", ["solid waste"])
    for number in range(50):
        assert found(lexicon, f"word{number} solid waste {number}", "en") == ["solid waste"]


PIECES = (
    *"city ville ciudad مدينة والمدن النفايات الصلبة город отходы 城市 垃圾 solid waste déchets solides".split(),
    *". , - | \n ß İ ﬁ é l' d’".split(" "),
)
WORDS = st.sampled_from(PIECES)
TEXTS = st.one_of(
    st.text(max_size=80), st.lists(WORDS, max_size=15).map(" ".join), st.lists(WORDS).map("".join)
)


@given(text=TEXTS, language=st.sampled_from((*LANGUAGES, "und")))
def test_offsets_lie_within_the_text_and_in_order(text, language):
    matches = load_lexicon().find(text, language)
    assert all(0 <= match.start < match.end <= len(text) for match in matches)
    assert [match.start for match in matches] == sorted(match.start for match in matches)
    assert all(match.concept in load_lexicon().concepts for match in matches)


@given(text=TEXTS, language=st.sampled_from(LANGUAGES))
def test_matches_of_one_concept_do_not_overlap(text, language):
    ends: dict[str, int] = {}
    for match in load_lexicon().find(text, language):
        assert match.start >= ends.get(match.concept, 0)
        ends[match.concept] = match.end


@given(text=TEXTS, language=st.sampled_from(LANGUAGES))
def test_what_was_matched_is_found_again_alone(text, language):
    for match in load_lexicon().find(text, language):
        alone = text[match.start : match.end]
        again = {other.concept for other in load_lexicon().find(alone, language)}
        assert match.concept in again


@given(before=st.sampled_from(["", "x ", "1 - "]), after=st.sampled_from(["", " y", ", z"]))
def test_every_term_of_some_concepts_is_found(before, after):
    lexicon = load_lexicon()
    for name in ("informal_settlement", "local_government", "landfill", "metro_rail", "urban_planning"):
        for language, terms in lexicon.concepts[name].terms.items():
            for term in terms:
                text = before + term.replace("*", "") + after
                assert name in {match.concept for match in lexicon.find(text, language)}, (name, term)


def test_the_parts_of_a_compound_name_mean_nothing() -> None:
    def concepts(text: str) -> set[str]:
        return {match.concept for match in load_lexicon().find(text, "fr")}

    assert "harbour" not in concepts("La ville de Port-Girofle élargira ses ravines.")
    assert "harbour" in concepts("Le port de la capitale sera électrifié.")
    assert "city" in concepts("La ville de Port-Girofle élargira ses ravines.")
