"""Languages as data: all that is particular to one language, outside the lexicon, is in one file here, `XX.toml`.

A new language is a new file (en.toml explains the fields) and its terms in the lexicon. Not here: what belongs to a
script rather than to a language (its letters and punctuation), and languages that are only recognised by name; both
are in `reading.language`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

import tomli

SCRIPTS: Mapping[str, str] = MappingProxyType(
    {
        "latin": r"A-Za-zÀ-ɏḀ-ỿ",
        "arabic": r"\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
        "cyrillic": r"\u0400-\u04ff",
        "han": r"\u3400-\u4dbf\u4e00-\u9fff",
        "kana": r"\u3041-\u30ff",
        "hangul": r"\uac00-\ud7a3",
        "other": r"\u0370-\u03ff\u0530-\u05ff\u0900-\u109f\u10a0-\u10ff\u1200-\u139f\u1780-\u17ff",
    }
)
"""The scripts that a language may have, each with its letters, as for a character class of a regular expression;
`other` means scripts whose languages are not distinguished."""

TERM_MATCHING: tuple[str, ...] = ("words", "arabic", "characters")
"""How terms of the lexicon are found: by words, by words without Arabic particles, by characters."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language, with the fields of its file (en.toml says what each is for).

    Tuples hold regular expressions, to be read without regard to case; sets hold words as they are.
    """

    code: str
    """ISO 639-1, the name of the file."""

    name: str
    order: int
    terms: bool
    script: str
    right_to_left: bool
    english_characters: float
    term_matching: str
    characters_per_word: int
    titles_in_lower_case: bool
    function_words: frozenset[str]
    foreign_letters: str
    common_words: frozenset[str]
    least_common_share: float
    spacy: str
    abbreviations: frozenset[str]
    abbreviations_before_names: frozenset[str]
    hyphenated_prefixes: frozenset[str]
    section_words: tuple[str, ...]
    caption_words: tuple[str, ...]
    number_signs: tuple[str, ...]
    numerals: str
    list_letters: str
    contents_titles: tuple[str, ...]
    acronym_titles: tuple[str, ...]
    page_words: tuple[str, ...]
    page_words_after: tuple[str, ...]
    page_total_words: tuple[str, ...]
    climate_words: tuple[str, ...]
    letter_words: tuple[str, ...]
    other_kind_words: tuple[str, ...]
    denials: tuple[str, ...]
    contrasts: tuple[str, ...]
    tesseract: str
    key_words: str

    def __post_init__(self) -> None:
        for found, known, what in (
            (self.script, SCRIPTS, "script"),
            (self.term_matching, TERM_MATCHING, "term_matching"),
        ):
            if found not in known:
                raise ValueError(f"{self.code}.toml: {what} {found!r} is not one of {', '.join(known)}")
        if not re.fullmatch("[a-z]{2}", self.code):
            raise ValueError(f"{self.code}.toml: a language is named by its two letters (ISO 639-1)")
        if not (self.name and self.spacy and self.tesseract):
            raise ValueError(f"{self.code}.toml: name, spacy and tesseract may not be empty")
        if self.english_characters <= 0 or self.characters_per_word < 0:
            raise ValueError(f"{self.code}.toml: english_characters or characters_per_word is out of range")
        if not 0 <= self.least_common_share < 1:
            raise ValueError(f"{self.code}.toml: least_common_share is from 0 to below 1")
        if not self.abbreviations_before_names <= self.abbreviations:
            raise ValueError(f"{self.code}.toml: abbreviations_before_names has words not in abbreviations")
        if (self.term_matching == "characters") != (self.characters_per_word > 0):
            raise ValueError(f"{self.code}.toml: characters_per_word goes with term_matching by characters")


def parse_language(toml: str, code: str) -> Language:
    """The language of one file's text; raises `ValueError` where a field is missing, unknown or not of its type."""
    try:
        table = tomli.loads(toml)
    except tomli.TOMLDecodeError as error:
        raise ValueError(f"{code}.toml is not valid TOML: {error}") from error
    types = {field.name: str(field.type) for field in fields(Language) if field.name != "code"}
    for names, fault in ((types.keys() - table, "is missing"), (table.keys() - types, "is unknown")):
        if names:
            raise ValueError(f"{code}.toml: {', '.join(sorted(names))} {fault}")
    return Language(
        code=code, **{name: _value(code, name, table[name], type) for name, type in types.items()}
    )


def _value(code: str, name: str, value: Any, type: str) -> Any:
    """A value of a file as its field has it."""
    if type == "frozenset[str]" and isinstance(value, str):
        return frozenset(value.split())
    if type == "tuple[str, ...]" and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    if type == value.__class__.__name__:
        return value
    raise ValueError(f"{code}.toml: {name} is not of its type, {type}")


def load_languages(folder: Traversable) -> Mapping[str, Language]:
    """The languages of all `.toml` files of a folder, by code, in their order."""
    found = [
        parse_language(file.read_text(encoding="utf-8"), file.name.removesuffix(".toml"))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    ]
    found.sort(key=lambda language: language.order)
    orders = [language.order for language in found]
    if len(set(orders)) != len(orders):
        raise ValueError("two languages have the same order")
    return MappingProxyType({language.code: language for language in found})


ALL: Mapping[str, Language] = load_languages(files("ndc_urban.languages"))
"""All languages that have a file, by code."""

LANGUAGES: tuple[str, ...] = tuple(code for code, language in ALL.items() if language.terms)
"""Codes of the languages in which the lexicon has terms: the six of the United Nations."""


def english_characters(language: str) -> float:
    """Characters of English that say what one character of a language (a code) says."""
    return ALL[language].english_characters if language in ALL else 1.0


def of_script(script: str) -> tuple[str, ...]:
    """Codes of the languages written in a script."""
    return tuple(code for code, language in ALL.items() if language.script == script)


def any_of(entries: Iterable[Iterable[str]]) -> str:
    """A regular expression for any of the entries of several languages, to be put in a group."""
    return "|".join(dict.fromkeys(entry for of_language in entries for entry in of_language))


def word_patterns(language: Language, entries: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """Entries of a language as they are found in running text: whole words where its terms are matched as words."""
    frame = r"(?<!\w)(?:{})(?!\w)" if language.term_matching == "words" else "(?:{})"
    return tuple(re.compile(frame.format(entry), re.IGNORECASE) for entry in entries)
