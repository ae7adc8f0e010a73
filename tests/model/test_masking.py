"""Masking: what would betray a Party is hidden, and nothing else."""

from __future__ import annotations

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from ndc_urban.document import UNKNOWN_LANGUAGE
from ndc_urban.languages import LANGUAGES
from ndc_urban.model.masking import MIN_NAME_LENGTH, NUMBER, PARTY, tokens

ALPHABETIC = ("en", "fr", "es", "ru", "ar")


def words(text: str, language: str = "en") -> list[str]:
    return [word for word, _ in tokens(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "left"),
    [
        ("The city of Kenya", "en", ["the", "city", "of", PARTY]),
        ("La ville du Sénégal", "fr", ["la", "ville", "du", PARTY]),
        ("En Costa Rica, la ciudad", "es", ["en", PARTY, "la", "ciudad"]),
        ("Город Россия", "ru", ["город", PARTY]),
        ("مدينة في جنوب أفريقيا", "ar", ["مدينة", "في", PARTY]),
        ("城市，中非共和国，计划", "zh", ["城市", PARTY, "计划"]),
    ],
)
def test_country_names_are_hidden_in_six_languages(text: str, language: str, left: list[str]) -> None:
    assert words(text, language) == left


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_names_of_the_territories_are_hidden_whole(language: str) -> None:
    names = [name for code, name in Locale(language).territories.items() if len(code) == 2]
    shown = [name for name in names if set(words(name, language)) - {PARTY}]
    long = [name for name in shown if sum(map(str.isalpha, name)) >= MIN_NAME_LENGTH]
    assert not long


@pytest.mark.parametrize("language", ALPHABETIC)
def test_a_long_name_is_hidden_as_one(language: str) -> None:
    name = Locale(language).territories["CF"]
    assert words(f"— {name} —", language) == [PARTY]


def test_the_longest_of_several_names_is_taken() -> None:
    assert words("in Guinea-Bissau and Guinea") == ["in", PARTY, "and", PARTY]
    assert words("Papua New Guinea") == [PARTY]
    assert words("New Guinea coast")[0] == "new"


def test_case_does_not_matter_and_a_part_of_a_word_is_no_name() -> None:
    assert words("KENYA kenya Kenyan") == [PARTY, PARTY, "kenyan"]


@pytest.mark.parametrize("figure", ["7", "2030", "1,200.5", "3.14", "1\u00a0000"])
def test_figures_are_hidden(figure: str) -> None:
    assert words(f"about {figure} homes") == ["about", NUMBER, "homes"]


def test_letters_and_figures_part() -> None:
    assert words("CO2 in 2030s") == ["co", NUMBER, "in", NUMBER, "s"]


def test_offsets_point_to_the_word() -> None:
    text = "The city of South Africa grows by 3.5 percent."
    for word, start in tokens(text, "en"):
        if word not in (PARTY, NUMBER):
            assert text[start:].lower().startswith(word)
    assert (PARTY, text.index("South")) in tokens(text, "en")


def test_an_unknown_language_hides_english_names() -> None:
    assert words("Kenya", UNKNOWN_LANGUAGE) == [PARTY]


@given(st.text(max_size=80), st.sampled_from([*LANGUAGES, UNKNOWN_LANGUAGE, "pt"]))
def test_any_text_gives_rising_offsets_within_it(text: str, language: str) -> None:
    starts = [start for _, start in tokens(text, language)]
    assert starts == sorted(set(starts))
    assert all(0 <= start < len(text) for start in starts)
    assert all(word == word.lower() for word in words(text, language) if word != PARTY)
