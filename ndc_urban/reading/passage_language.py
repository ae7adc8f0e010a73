"""The language of each passage of a document: mostly the document's own, which a quick look confirms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from ndc_urban.reading.language import (
    FUNCTION_WORDS,
    MIN_FUNCTION_WORDS,
    SCRIPTS,
    WORD,
    detect_passage_language,
    main_script,
    script_of_language,
)

MAX_BORROWED_RUN = 40
"""So many passages in a row that say too little take the language around them; more are a part of its own. Chosen by
trial; figures of the alternatives are not on record."""

ENOUGH_CHARACTERS = 400
"""The quick look goes so far into a passage: some sixty words, many times `MIN_FUNCTION_WORDS`. Chosen by eye."""

NOT_LATIN = re.compile(r"[\u0370-\u1dff\u3041-\ud7a3\ufb50-\ufdff\ufe70-\ufefc]")
LATIN = re.compile(r"[A-Za-zÀ-ɏ]")


def detect_passage_languages(texts: Sequence[str], default: str) -> tuple[str, ...]:
    """The language of each passage of a document, given that of the document, `default`.

    Only passages that disagree with the document by their script or their function words are looked at in
    earnest. What is too short to judge (a name, a row of figures) goes with the passages before and after it
    where these agree and it says nothing against them. Latin text too short to judge in a document of another
    script is in the Latin language that the document has elsewhere.
    """
    found = [_verdict(text, default) for text in texts]
    if all(language == default for language in found):
        return (default,) * len(found)
    latin = Counter(language for language in found if language in FUNCTION_WORDS)
    guest = latin.most_common(1)[0][0] if latin else default
    languages = [language or default for language in found]
    for start, end in _undecided_runs(found):
        before, after = (found[at] if 0 <= at < len(found) else None for at in (start - 1, end))
        around = before if before == after and end - start <= MAX_BORROWED_RUN else None
        for at in range(start, end):
            languages[at] = _borrowed(texts[at], default, around or default, guest)
    return tuple(languages)


def _verdict(text: str, default: str) -> str | None:
    """The language of a passage, None where it says too little."""
    script = script_of_language(default)
    start = text[:ENOUGH_CHARACTERS]
    if _looks_like(script, start):
        if script != "latin":
            return default
        counts = _function_words(start)
        most = max(counts.values())
        if most < MIN_FUNCTION_WORDS:
            return None
        if counts.get(default) == most:
            return default
    found = detect_passage_language(text, default)
    return None if found == default else found


def _looks_like(script: str, text: str) -> bool:
    """Whether a text is in a script, by a quick look."""
    if script == "latin":
        return text.isascii() or 3 * len(NOT_LATIN.findall(text)) < len(text)
    own = SCRIPTS.get(script)
    if own is None:
        return False
    return 2 * len(own.findall(text)) > len(NOT_LATIN.findall(text)) + len(LATIN.findall(text))


def _function_words(text: str) -> dict[str, int]:
    words = WORD.findall(text.lower())
    return {language: sum(map(own.__contains__, words)) for language, own in FUNCTION_WORDS.items()}


def _undecided_runs(found: Sequence[str | None]) -> Iterator[tuple[int, int]]:
    """Where passages without a verdict stand in a row, as ranges of their indices."""
    at = 0
    for undecided, run in groupby(found, key=lambda language: language is None):
        end = at + len(list(run))
        if undecided:
            yield at, end
        at = end


def _borrowed(text: str, default: str, around: str, guest: str) -> str:
    """The language of a passage without a verdict, given that around it and the document's main Latin guest."""
    if around == guest == default:
        return default
    script = main_script(text)
    if script in {None, script_of_language(around)}:
        counts = _function_words(text)
        return around if counts.get(around, 0) >= counts.get(default, 0) else default
    return guest if script == script_of_language(guest) != script_of_language(default) else default
