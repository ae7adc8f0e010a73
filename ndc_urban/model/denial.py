"""Sentences that say that something is not in the plan: they name cities, and are not measures for them.

Found by the words of each language (`denials` in its file). A passage with such a sentence is scored again without it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from ndc_urban.document import CELL_SEPARATOR, Passage
from ndc_urban.languages import ALL, word_patterns
from ndc_urban.model.level_model import DOUBTFUL
from ndc_urban.model.passage_model import PassageModel, PassageScores
from ndc_urban.sentences import sentences

DENIED_CODE = "X"
"""Of the codebook: cities are named in passing."""


def without_denials(passages: Sequence[Passage], scores: PassageScores, model: PassageModel) -> PassageScores:
    """The scores, where a passage that denies what it names is scored by the rest of its text.

    Passages that are not urban stay as they are, and leaving text out makes no passage more urban.
    """
    said = {row: _said(passages[row]) for row in np.flatnonzero(scores.p_urban > DOUBTFUL).tolist()}
    denied = {row: text for row, text in said.items() if text != passages[row].text}
    if not denied:
        return scores
    changed = PassageScores.joined([scores])
    for row, text in denied.items():
        rest = model.score([_cut(passages[row], text)]) if text else _nothing_urban()
        if rest.p_urban[0] < scores.p_urban[row]:
            changed.put(np.array([row]), rest)
    return changed


def _said(passage: Passage) -> str:
    """The text of a passage without the sentences that deny."""
    patterns = _denials(passage.language)
    if not any(pattern.search(passage.text) for pattern in patterns):
        return passage.text
    cells = [
        _sentences_that_say(cell, passage.language, patterns) for cell in passage.text.split(CELL_SEPARATOR)
    ]
    return CELL_SEPARATOR.join(cell for cell in cells if cell)


def _sentences_that_say(text: str, language: str, patterns: Sequence[re.Pattern[str]]) -> str:
    kept = [text[start:end] for start, end in sentences(text, language)]
    return " ".join(piece for piece in kept if not _denies(piece, language, patterns))


def _denies(sentence: str, language: str, patterns: Sequence[re.Pattern[str]]) -> bool:
    """Whether a sentence denies and goes on to nothing else (`..., but the plan covers buses`)."""
    if not any(pattern.search(sentence) for pattern in patterns):
        return False
    return not any(pattern.search(sentence) for pattern in _contrasts(language))


def _cut(passage: Passage, text: str) -> Passage:
    return replace(passage, text=text, end=passage.start + len(text))


def _nothing_urban() -> PassageScores:
    """The score of a passage that does nothing but deny."""
    scores = PassageScores.empty(1)
    scores.code[0] = DENIED_CODE
    return scores


@cache
def _denials(code: str) -> tuple[re.Pattern[str], ...]:
    return word_patterns(ALL[code], ALL[code].denials) if code in ALL else ()


@cache
def _contrasts(code: str) -> tuple[re.Pattern[str], ...]:
    return word_patterns(ALL[code], ALL[code].contrasts) if code in ALL else ()
