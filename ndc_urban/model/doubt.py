"""Documents that the model cannot judge as it judges an NDC: too little text, another language, another kind of text.

The model was trained on NDCs of a few pages and more, in the six languages of the United Nations; it is just as sure of
others, without reason. Here its probabilities are drawn towards a third each, and the set of possible levels widens.
Not here: damaged and recognised text, which the readers report (`ndc_urban.reading`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from ndc_urban.codebook import Scale
from ndc_urban.document import UNKNOWN_LANGUAGE, Document, Passage
from ndc_urban.languages import ALL, LANGUAGES, english_characters, word_patterns
from ndc_urban.model.assessment import LEVELS, Assessment, LevelOnScale
from ndc_urban.model.prediction_set import level_on_scale

ENOUGH_CHARACTERS = 2_000
"""Of English, in passages; the shortest of 521 NDCs has 3,516. From this length on a document is not short."""
LONGEST_LETTER = 3_000
"""Characters of English; less than any of these NDCs has, and the longest of six one-page cover letters has 1,579."""
LEAST_LETTER_WORDS = 2
"""Phrases of a letter; any text may have one of them (`the Secretariat`)."""
CLIMATE_START = 20_000
"""Characters in which the notions of an NDC are looked for; a long report of another kind names them all somewhere."""
OPENING = 400
"""Characters in which a press release or a budget says that it is one; none of 538 NDCs has such words there."""
LEAST_NOTIONS = 4
"""Notions of an NDC, of the eight in a language's file; each of 521 NDCs has five or more within `CLIMATE_START`."""
LITTLE_TRUST = 0.25
"""The share of the model's probabilities in a document of another kind or language: its level stays the likeliest, and
no other level falls below a quarter. Chosen by eye."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a document cannot be judged like others, in words, and the weight (0 to 1) of the model's probabilities."""

    notes: tuple[str, ...] = ()
    trust: float = 1.0


def doubt_about(document: Document, passages: Sequence[Passage]) -> Doubt:
    """The reasons to doubt the model's level of a document with these passages."""
    characters = sum(len(each.text) * english_characters(each.language) for each in passages)
    language = _foreign_language(document.language, characters)
    notes = [f"guest language: {language}"] if language else []
    if characters < ENOUGH_CHARACTERS:
        notes.append("short document")
    other_kind = _other_kind(document, characters)
    if other_kind:
        notes.append(other_kind)
    trust = min(1.0, characters / ENOUGH_CHARACTERS)
    return Doubt(tuple(notes), min(trust, LITTLE_TRUST) if language or other_kind else trust)


def doubted(assessment: Assessment, doubt: Doubt, masses: Mapping[Scale, float]) -> Assessment:
    """The assessment, less certain where there is doubt; unchanged where there is none.

    A third for each level is what is known of a document of which nothing is known. It leaves the likeliest level the
    likeliest. `masses`, the threshold of the prediction sets by scale, rise in the same measure, up to a set of all
    levels.
    """
    if not doubt.notes:
        return assessment

    def less_sure(said: LevelOnScale) -> LevelOnScale:
        return level_on_scale(
            said.scale,
            doubt.trust * np.array(said.probabilities) + (1 - doubt.trust) / len(LEVELS),
            doubt.trust * masses[said.scale] + 1 - doubt.trust,
        )

    return replace(
        assessment,
        on_scale=less_sure(assessment.on_scale),
        on_other_scales=tuple(map(less_sure, assessment.on_other_scales)),
        notes=doubt.notes,
    )


def _foreign_language(code: str, characters: float) -> str:
    """The name of a language without terms in the lexicon; empty for one that has some.

    A short text may have no recognisable language; that it is short is noted elsewhere.
    """
    if code in LANGUAGES or (code == UNKNOWN_LANGUAGE and characters < ENOUGH_CHARACTERS):
        return ""
    if code == UNKNOWN_LANGUAGE:
        return "not recognised"
    from babel import Locale

    return str(Locale("en").languages.get(code, code))


def _other_kind(document: Document, characters: float) -> str:
    """Says of a letter, of a text that names itself otherwise, and of one without the notions of an NDC, that it is
    one; empty for others.

    A short text need not have the notions, and in a language of which the words are not known they are not found.
    """
    start = document.text[:CLIMATE_START]
    if characters < LONGEST_LETTER and any(
        _found(_letter_words(code), start) >= LEAST_LETTER_WORDS for code in LANGUAGES
    ):
        return "cover letter"
    if any(_found(_other_kind_words(code), start[:OPENING]) for code in LANGUAGES):
        return "does not look like an NDC"
    words = _climate_words(document.language)
    if characters < ENOUGH_CHARACTERS or not words or _found(words, start) >= LEAST_NOTIONS:
        return ""
    return "does not look like an NDC"


def _found(patterns: Sequence[re.Pattern[str]], text: str) -> int:
    return sum(bool(pattern.search(text)) for pattern in patterns)


@cache
def _letter_words(code: str) -> tuple[re.Pattern[str], ...]:
    return word_patterns(ALL[code], ALL[code].letter_words)


@cache
def _other_kind_words(code: str) -> tuple[re.Pattern[str], ...]:
    return word_patterns(ALL[code], ALL[code].other_kind_words)


@cache
def _climate_words(code: str) -> tuple[re.Pattern[str], ...]:
    return word_patterns(ALL[code], ALL[code].climate_words) if code in ALL else ()
