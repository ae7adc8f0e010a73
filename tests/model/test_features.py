"""Features of a passage: windows, and bags of named features."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_training import passage_of

from ndc_urban.languages import LANGUAGES
from ndc_urban.lexicon import load_lexicon
from ndc_urban.model.features import MIN_WINDOW, FeatureExtractor, is_language_free, is_of_sector, windows

CITY_TRAM = {
    "en": "The city builds a tram line for its urban districts.",
    "fr": "La ville construit un tramway pour ses quartiers urbains.",
    "es": "La ciudad construye un tranvía para sus barrios urbanos.",
    "ru": "Город строит трамвай для своих городских районов.",
    "ar": "تبني المدينة خط ترام لأحيائها الحضرية.",
    "zh": "城市为城区修建有轨电车。",
}


@pytest.fixture(scope="module")
def extractor() -> FeatureExtractor:
    return FeatureExtractor(load_lexicon())


LONG = "This sentence says nothing of interest at all but it is long enough. "


def test_sentences_and_cells_are_windows() -> None:
    text = LONG * 2 + LONG.strip()
    assert [text[start:end] for start, end in windows(text)] == [LONG.strip()] * 3
    row = " | ".join([LONG.strip()] * 2)
    assert len(windows(row)) == 2


def test_short_sentences_are_joined() -> None:
    assert windows("One. Two. Three.") == [(0, 16)]
    assert len(windows(LONG + "End.")) == 1


def test_chinese_sentences_need_no_space() -> None:
    sentence = "城市修建有轨电车" * 8 + "。"
    assert len(windows(sentence * 3)) == 3


@given(st.text(alphabet="ab .;|。؟\n", max_size=400))
def test_windows_cover_the_text_without_overlap(text: str) -> None:
    spans = windows(text)
    assert spans[0][0] == 0
    assert spans == sorted(spans)
    for (_, end), (start, _) in pairwise(spans):
        assert end <= start
        assert not text[end:start].strip()
    assert not text[spans[-1][1] :].strip()
    assert all(end - start >= MIN_WINDOW for start, end in spans[:-1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_concepts_are_seen_in_six_languages(extractor: FeatureExtractor, language: str) -> None:
    whole = extractor.extract(passage_of(CITY_TRAM[language], language=language)).whole
    english = extractor.extract(passage_of(CITY_TRAM["en"])).whole
    shared = {name for name in whole if name.startswith("c:")} & set(english)
    assert shared
    assert "f:text core" in whole


def test_families_of_words_belong_to_one_language(extractor: FeatureExtractor) -> None:
    bag = extractor.extract(passage_of(CITY_TRAM["en"], section=("Towns",))).whole
    bound = {name.split(":")[0] for name in bag if not is_language_free(name)}
    free = {name.split(":")[0] for name in bag if is_language_free(name)}
    assert {"w", "b", "hw"} <= bound
    assert {"c", "f", "hc"} <= free
    assert not bound & free


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_words_all_else_is_the_same(extractor: FeatureExtractor, language: str) -> None:
    passage = passage_of(f"{CITY_TRAM[language]} {LONG}{CITY_TRAM['en']}", language=language)
    full, bare = extractor.extract(passage), extractor.extract(passage, words=False)
    for bag, rest in zip((full.whole, *full.windows), (bare.whole, *bare.windows), strict=True):
        assert list(rest.items()) == [(name, bag[name]) for name in bag if is_language_free(name)]
        assert len(rest) < len(bag)


def test_the_innermost_heading_and_the_column_headings_are_seen(extractor: FeatureExtractor) -> None:
    plain = extractor.extract(passage_of("Trees are planted.")).whole
    under = extractor.extract(passage_of("Trees are planted.", section=("Aims", "Cities"))).whole
    beside = extractor.extract(passage_of("Trees are planted.", header=("City", "Year"))).whole
    assert "hw:cities" in under
    assert "hw:aims" not in under
    assert any(name.startswith("hc:") for name in under)
    assert set(beside) - set(plain)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sector_is_known_in_every_language(extractor: FeatureExtractor, language: str) -> None:
    whole = extractor.extract(passage_of(CITY_TRAM[language], language=language)).whole
    assert {"s:beside tr", "s:tr share"} <= set(whole)


def test_sectors_of_all_headings_are_distinguished_from_those_of_the_innermost(
    extractor: FeatureExtractor,
) -> None:
    features = extractor.extract(passage_of(LONG * 2, section=("Health", "Waste", "Measures")))
    assert {"s:above he", "s:above wa"} <= set(features.whole)
    under = extractor.extract(passage_of(LONG * 2, section=("Health", "Waste"))).whole
    assert {"s:above he", "s:heading wa"} <= set(under)
    assert not any(is_of_sector(name) for window in features.windows for name in window)


def test_a_heading_that_stands_above_itself_counts_as_both() -> None:
    title = "Waste"
    for again in (title, "".join(["Wa", "ste"])):
        whole = FeatureExtractor(load_lexicon()).extract(passage_of(LONG, section=(title, again))).whole
        assert {"s:above wa", "s:heading wa"} <= set(whole)


def test_no_feature_tells_the_country_or_the_figures(extractor: FeatureExtractor) -> None:
    passage = passage_of("Kenya builds 4711 homes in its cities.", section=("Kenya in 4711",))
    names = " ".join(extractor.extract(passage).whole)
    assert "kenya" not in names
    assert "4711" not in names


def test_one_urban_window_does_not_colour_the_others(extractor: FeatureExtractor) -> None:
    features = extractor.extract(
        passage_of(LONG + "The city council runs the buses of the town and its waste works.")
    )
    quiet, urban = features.windows
    assert "w:city" in urban
    assert "w:city" not in quiet
    assert "w:city" in features.whole


def test_features_of_headings_come_in_one_order(extractor: FeatureExtractor) -> None:
    """Sums of weights depend in their last digit on the order, and that of sets differs from process to process."""
    passage = passage_of(
        "Pipes.", section=("City transport, housing, waste and public lighting",), header=("Bus", "Waste")
    )
    (bag,) = extractor.extract(passage).windows
    for prefix in ("hc:", "tc:"):
        names = [name for name in bag if name.startswith(prefix)]
        assert len(names) > 1
        assert names == sorted(names)


def test_the_order_of_passages_leaves_no_trace(extractor: FeatureExtractor) -> None:
    """The heading's bag is kept between calls and must not take up what a passage adds to it."""
    passage = passage_of("Trees are planted.", section=("Cities",))
    first = extractor.extract(passage)
    extractor.extract(passage_of("The city council runs trams.", section=("Cities",)))
    assert extractor.extract(passage) == first


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from([*LANGUAGES, "und"]))
def test_any_text_has_finite_features(text: str, language: str) -> None:
    passage = passage_of(text or "x", language=language)
    features = FeatureExtractor(load_lexicon()).extract(passage)
    for bag in (*features.windows, features.whole):
        assert all(math.isfinite(value) for value in bag.values())
