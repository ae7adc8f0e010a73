"""One file a language: each is complete, faults are named, and a further file is all that a new language takes."""

import re
from dataclasses import fields
from importlib.resources import files
from pathlib import Path

import pytest

from ndc_urban.languages import (
    ALL,
    LANGUAGES,
    SCRIPTS,
    Language,
    any_of,
    english_characters,
    load_languages,
    of_script,
    parse_language,
)
from ndc_urban.reading import language as recognised

ENGLISH = (files("ndc_urban.languages") / "en.toml").read_text(encoding="utf-8")
PATTERNS = [field.name for field in fields(Language) if field.type == "tuple[str, ...]"]


def test_the_languages_of_the_united_nations_have_terms_and_portuguese_is_a_guest() -> None:
    assert LANGUAGES == ("en", "fr", "es", "ar", "ru", "zh")
    assert list(ALL) == [*LANGUAGES, "pt"]


@pytest.mark.parametrize("code", ALL)
def test_every_expression_compiles_and_matches_more_than_nothing(code: str) -> None:
    language = ALL[code]
    for entry in (entry for name in PATTERNS for entry in getattr(language, name)):
        assert not re.compile(entry).fullmatch(""), entry
    for optional in (language.key_words, language.foreign_letters):
        assert not optional or not re.compile(optional).fullmatch("")
    for letters in (language.numerals, language.list_letters):
        assert not letters or re.compile(f"[{letters}]")


@pytest.mark.parametrize("code", ALL)
def test_a_language_is_distinguished_by_its_words_or_by_its_script(code: str) -> None:
    language = ALL[code]
    alone = of_script(language.script) == (code,)
    assert alone or (language.function_words and language.common_words and language.least_common_share > 0)


@pytest.mark.parametrize("code", LANGUAGES)
def test_languages_with_terms_know_captions_contents_and_key_words(code: str) -> None:
    assert ALL[code].caption_words
    assert ALL[code].contents_titles
    assert ALL[code].key_words


def test_the_scripts_are_those_that_reading_tells() -> None:
    assert set(SCRIPTS) == set(recognised.SCRIPTS)


def test_the_longer_name_of_a_script_holds_languages_with_a_file_first() -> None:
    assert recognised.LANGUAGES_OF_SCRIPT["latin"][:4] == of_script("latin") == ("en", "fr", "es", "pt")
    assert recognised.LANGUAGE_OF_SCRIPT == {
        "arabic": "ar", "cyrillic": "ru", "han": "zh", "kana": "ja", "hangul": "ko",
    }  # fmt: skip


def test_a_character_of_chinese_says_more_and_an_unknown_language_counts_as_english() -> None:
    assert english_characters("zh") == 4.0
    assert english_characters("en") == english_characters("und") == english_characters("de") == 1.0


def test_a_new_language_is_one_more_file(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text(ENGLISH, encoding="utf-8")
    toy = re.sub(r"(?m)^order = 1\b", "order = 2", ENGLISH).replace('name = "English"', 'name = "Toki"')
    toy = re.sub(r"(?m)^caption_words = .*$", "caption_words = ['lipu', 'sitelen']", toy)
    (tmp_path / "tk.toml").write_text(toy, encoding="utf-8")
    (tmp_path / "readme.md").write_text("no language", encoding="utf-8")

    found = load_languages(tmp_path)

    assert list(found) == ["en", "tk"]
    assert found["tk"].name == "Toki"
    captions = any_of(language.caption_words for language in found.values())
    assert captions == r"table|figure|fig\.|box|graph|chart|map|lipu|sitelen"


def test_two_languages_do_not_share_a_place(tmp_path: Path) -> None:
    for code in ("en", "tk"):
        (tmp_path / f"{code}.toml").write_text(ENGLISH, encoding="utf-8")
    with pytest.raises(ValueError, match="same order"):
        load_languages(tmp_path)


def test_an_entry_in_several_languages_comes_once() -> None:
    assert any_of([("page", r"p\.?"), ("page", "página")]) == r"page|p\.?|página"


@pytest.mark.parametrize(
    ("line", "instead", "fault"),
    [
        (r'tesseract = "eng".*', "", "tesseract is missing"),
        (r'tesseract = "eng".*', 'tesseract = ""', "may not be empty"),
        (r'name = "English"', 'name = "English"\ncolour = "red"', "colour is unknown"),
        (r"order = 1 .*", 'order = "first"', "order is not of its type"),
        (r"caption_words = .*", 'caption_words = "table"', "caption_words is not of its type"),
        (r"number_signs = .*", "number_signs = [1]", "number_signs is not of its type"),
        (r'script = "latin"', 'script = "greek"', "script 'greek' is not one of"),
        (r'term_matching = "words".*', 'term_matching = "stems"', "term_matching 'stems' is not one of"),
        (r'term_matching = "words".*', 'term_matching = "characters"', "characters_per_word goes with"),
        (r"english_characters = 1.0.*", "english_characters = 0.0", "out of range"),
        (r"least_common_share = .*", "least_common_share = 1.5", "least_common_share is from 0"),
        (r"art ch dr .*", "nowhere", "abbreviations_before_names has words not in abbreviations"),
        (r'name = "English"', "name = ", "not valid TOML"),
    ],
)
def test_faults_of_a_file_are_named(line: str, instead: str, fault: str) -> None:
    changed, count = re.subn(rf"(?m)^{line}$", lambda _: instead, ENGLISH)
    assert count == 1
    with pytest.raises(ValueError, match=rf"^en\.toml.*({fault})"):
        parse_language(changed, "en")


def test_the_name_of_a_file_is_a_code() -> None:
    with pytest.raises(ValueError, match="two letters"):
        parse_language(ENGLISH, "english")
