"""The language of a document and of a passage: by script first, by letter statistics within a script.

Not here: passages that say too little, which `passage_language` settles by those around them, and the words of each
language (`ndc_urban.languages`). Thresholds were chosen by eye on real NDCs.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ndc_urban import languages
from ndc_urban.document import UNKNOWN_LANGUAGE
from ndc_urban.languages import ALL, of_script

if TYPE_CHECKING:
    from lingua import LanguageDetector

SLICES = 24
SLICE_LENGTH = 400
"""A document is judged by so many slices of so many characters, spread evenly: a foreign annex is outvoted."""

MIN_DOCUMENT_LETTERS = 40  # a title has fewer; below this a document has no language
MIN_PASSAGE_LETTERS = 60  # about a line; shorter text is names, headings and borrowed words
MIN_SCRIPT_LETTERS = 20  # a script of its own is a clearer sign, so that fewer will do; a name has fewer
MIN_PASSAGE_WORDS = 10  # words in small letters; names and abbreviations say nothing of the language
MIN_LETTER_SHARE = 0.7  # of the visible characters; rows of figures have fewer letters
MIN_SCRIPT_SHARE = 0.8  # of the letters; text that mixes two scripts stays with the document
MIN_CONFIDENCE = 0.95  # of the detector; close languages (Spanish, Portuguese) share the rest
MAX_FOREIGN_SHARE = 0.015  # of the letters; names and quotations bring in fewer, another language more
KANA_SHARE = 0.1  # of the Chinese characters beside it; Japanese has more, Chinese has none but in names
LETTERS_OF_A_HAN_CHARACTER = 4
"""A Chinese character says about as much as four letters."""

SCRIPTS = {name: re.compile(f"[{letters}]") for name, letters in languages.SCRIPTS.items()}
OTHER_LANGUAGES = {
    "latin": ("it", "ca", "ro", "de", "nl", "id", "tr", "vi", "sw"),
    "arabic": ("fa", "ur"),
    "cyrillic": ("uk", "be", "bg", "mk", "sr", "kk", "mn"),
    "kana": ("ja",),
    "hangul": ("ko",),
}
"""Languages that are recognised, so that they are not taken for those with a file, and that have none."""

LANGUAGES_OF_SCRIPT = {
    script: found
    for script in SCRIPTS
    if (found := tuple(dict.fromkeys((*of_script(script), *OTHER_LANGUAGES.get(script, ())))))
}
LANGUAGE_OF_SCRIPT = {script: found[0] for script, found in LANGUAGES_OF_SCRIPT.items() if script != "latin"}
"""The language that text in a script is taken to be in, unless something in it shows another."""

FOREIGN_LETTERS = {
    script: re.compile(ALL[language].foreign_letters)
    for script, language in LANGUAGE_OF_SCRIPT.items()
    if language in ALL and ALL[language].foreign_letters
}
"""Letters that Arabic and Russian do not have: with more than a few, other languages are tried."""

FUNCTION_WORDS: dict[str, frozenset[str]] = {
    code: language.function_words for code, language in ALL.items() if language.function_words
}
"""Words that any passage of some length has in its own language and few in another."""

NO_WORDS: frozenset[str] = frozenset()
MIN_FUNCTION_WORDS = 3  # of the found language alone; one or two may be borrowed or a name
FUNCTION_WORD_RATIO = 2  # against those of the document's language alone
WORD = re.compile(r"[^\W\d_]+")
ADDRESS = re.compile(r"\S*(?:://|www\.|@)\S*")


def detect_language(text: str) -> str:
    """The language in which most of a document is written.

    Returns an ISO 639-1 code, `und` for too little text or a script that is not known here. Looks at
    `SLICES * SLICE_LENGTH` characters at most, so that the time does not grow with the document.
    """
    votes: Counter[str] = Counter()
    for piece in _slices(text):
        reading = _script(piece)
        if reading:
            votes[_language(piece, reading.name)] += reading.letters
    letters = votes.total()
    if letters < MIN_DOCUMENT_LETTERS:
        return UNKNOWN_LANGUAGE
    return votes.most_common(1)[0][0]


def detect_passage_language(text: str, default: str) -> str:
    """The language of a passage, given that of its document, `default`.

    Leaves the default for anything but a clear case: short text, names and tables of numbers say too little.
    """
    text = ADDRESS.sub(" ", text)
    reading = _script(text)
    if reading is None or reading.share < MIN_SCRIPT_SHARE or not _is_prose(text, reading, default):
        return default
    if reading.name == "latin":
        return _latin_passage_language(text, default)
    if reading.name == script_of_language(default):
        return default
    return LANGUAGE_OF_SCRIPT.get(reading.name, default)


def _latin_passage_language(text: str, default: str) -> str:
    words = [word for word in WORD.findall(text) if word.islower()]
    if len(words) < MIN_PASSAGE_WORDS:
        return default
    found, confidence = _most_likely(" ".join(words), tuple(FUNCTION_WORDS))
    if found == default or confidence < MIN_CONFIDENCE:
        return default
    own, others = _own_words(words, found, default), _own_words(words, default, found)
    return found if own >= max(MIN_FUNCTION_WORDS, FUNCTION_WORD_RATIO * others) else default


def _own_words(words: list[str], language: str, other: str) -> int:
    """How many of some words are function words of one language and not of the other."""
    own = FUNCTION_WORDS.get(language, NO_WORDS) - FUNCTION_WORDS.get(other, NO_WORDS)
    return sum(word in own for word in words)


@dataclass(frozen=True, slots=True)
class _ScriptReading:
    """The main script of a text: its share of the letters (0 to 1) and their number, in letters' worth."""

    name: str
    letters: int
    share: float


def _script(text: str) -> _ScriptReading | None:
    counts = {name: len(pattern.findall(text)) for name, pattern in SCRIPTS.items()}
    total = sum(counts.values())
    if not total:
        return None
    name = max(counts, key=counts.__getitem__)
    if counts["kana"] > KANA_SHARE * counts["han"] and name == "han":
        name, counts["kana"] = "kana", counts["kana"] + counts["han"]
    weight = LETTERS_OF_A_HAN_CHARACTER if name in {"han", "kana", "hangul"} else 1
    return _ScriptReading(name, counts[name] * weight, counts[name] / total)


def main_script(text: str) -> str | None:
    """The script that most of a text's letters belong to (a key of `SCRIPTS`), None for a text without letters."""
    reading = _script(text)
    return reading.name if reading else None


@cache
def script_of_language(language: str) -> str:
    """The script that a language is written in, `other` where it is not known here."""
    known = {language: script for script, languages in LANGUAGES_OF_SCRIPT.items() for language in languages}
    return known.get(language, "other")


def _language(text: str, script: str) -> str:
    if script == "latin":
        return _most_likely(text.lower(), LANGUAGES_OF_SCRIPT["latin"])[0]
    foreign = FOREIGN_LETTERS.get(script)
    if foreign:
        letters = len(SCRIPTS[script].findall(text))
        if len(foreign.findall(text)) > MAX_FOREIGN_SHARE * letters:
            return _most_likely(text, LANGUAGES_OF_SCRIPT[script])[0]
    return LANGUAGE_OF_SCRIPT.get(script, UNKNOWN_LANGUAGE)


def _is_prose(text: str, reading: _ScriptReading, default: str) -> bool:
    """Whether a text is long enough to judge and most of it letters, unlike tables of numbers. A script that the
    document's language does not have is a clearer sign than words.
    """
    usual = reading.name in {"latin", script_of_language(default)}
    if reading.letters < (MIN_PASSAGE_LETTERS if usual else MIN_SCRIPT_LETTERS):
        return False
    visible = sum(1 for char in text if not char.isspace())
    weight = LETTERS_OF_A_HAN_CHARACTER if reading.name in {"han", "kana", "hangul"} else 1
    return reading.letters / weight >= MIN_LETTER_SHARE * visible


def _slices(text: str) -> list[str]:
    """The whole of a short text, else slices spread evenly over it."""
    if len(text) <= SLICES * SLICE_LENGTH:
        return [text[at : at + SLICE_LENGTH] for at in range(0, len(text), SLICE_LENGTH)]
    step = (len(text) - SLICE_LENGTH) / (SLICES - 1)
    return [text[round(step * n) : round(step * n) + SLICE_LENGTH] for n in range(SLICES)]


def _most_likely(text: str, languages: tuple[str, ...]) -> tuple[str, float]:
    """The most likely of some languages and how sure that is (0 to 1)."""
    values = _detector(languages).compute_language_confidence_values(text)
    best = values[0]
    return best.language.iso_code_639_1.name.lower(), best.value


@cache
def _detector(languages: tuple[str, ...]) -> LanguageDetector:
    """Low accuracy mode, with trigrams alone: on passages it errs no more, and takes 20 MB instead of 190."""
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, language.upper()) for language in languages]
    builder = LanguageDetectorBuilder.from_iso_codes_639_1(*codes)
    return builder.with_low_accuracy_mode().build()
