"""What the model must beat: counting key words, and counting the terms of the lexicon, with fitted cut points.

Both use labels only to choose two cut points on the count. The third and simplest baseline gives every document the
most frequent level (`evaluation`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ndc_urban.codebook import LEVELS
from ndc_urban.document import Passage
from ndc_urban.languages import ALL
from ndc_urban.lexicon import Lexicon
from ndc_urban.model.passage_model import Floats
from ndc_urban.statistics import confusion, kappa

KEY_WORDS: dict[str, re.Pattern[str]] = {
    code: re.compile(language.key_words, re.IGNORECASE)
    for code, language in ALL.items()
    if language.key_words
}
"""The words that a first search would look for, by language; English for all others."""

CANDIDATES = 60
"""So many quantiles of the count are tried as cut points, that is 1,830 pairs."""


def keyword_hits(passage: Passage) -> float:
    """How many key words a passage contains."""
    return float(len(KEY_WORDS.get(passage.language, KEY_WORDS["en"]).findall(passage.text)))


def lexicon_hits(passage: Passage, lexicon: Lexicon) -> float:
    """How many urban terms of the lexicon a passage contains (strengths `core` and `system`)."""
    found = lexicon.find(passage.text, passage.language)
    return float(sum(lexicon.concepts[match.concept].strength in ("core", "system") for match in found))


def counted(hits: Sequence[float]) -> float:
    """Passages with at least one hit, as log(1 + number); `hits` are those of the distinct passages of a document."""
    return float(np.log1p(sum(each > 0 for each in hits)))


def fit_cuts(counts: Floats, levels: NDArray[np.int64]) -> tuple[float, float]:
    """The two cut points on a count that agree best with the levels, by quadratic weighted kappa."""
    values = np.unique(np.quantile(counts, np.linspace(0, 1, CANDIDATES)))
    middles = (values[1:] + values[:-1]) / 2
    best = (-np.inf, (float(values[0]), float(values[-1])))
    for first, low in enumerate(middles):
        for high in middles[first:]:
            predicted = by_cuts(counts, (float(low), float(high)))
            agreement = kappa(confusion(levels, predicted, len(LEVELS)), "ordinal")
            if agreement > best[0]:
                best = (agreement, (float(low), float(high)))
    return best[1]


def by_cuts(counts: Floats, cuts: tuple[float, float]) -> NDArray[np.int64]:
    """The level number of each count."""
    return np.minimum(np.digitize(counts, cuts), len(LEVELS) - 1).astype(np.int64)


def out_of_fold_levels(
    counts: Floats, levels: NDArray[np.int64], folds: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Levels by cut points that were fitted to the other folds."""
    predicted = np.zeros(len(counts), dtype=np.int64)
    for held_out in np.unique(folds):
        inside = folds == held_out
        if inside.all():
            predicted[inside] = by_cuts(counts, fit_cuts(counts, levels))
        else:
            predicted[inside] = by_cuts(counts[inside], fit_cuts(counts[~inside], levels[~inside]))
    return predicted
