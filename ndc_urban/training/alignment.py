"""Aligns the passages of a document with those of its translation, so that labels carry over.

Dynamic programming over passage lengths (Gale and Church 1993, "A Program for Aligning Sentences in Bilingual
Corpora"), helped by what translation leaves alone: figures and names. Only one-to-one pairs are returned.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

KEPT = re.compile(r"\d+|[A-Z]{2,}|[A-Z][a-z]{3,}")
"""Figures, acronyms and names: what a translation shares with its original."""

SKIP_COST = 3.0
"""The cost of leaving a passage without a partner; above `MAX_COST`, so that a fair pair is better than two skips. This
cost and those below were chosen by trial on real NDCs and their translations; no figure is on record."""
LENGTH_WEIGHT = 4.0
"""The cost of a pair whose lengths differ by a factor of e, for passages of `FULL_LENGTH` and more."""
FULL_LENGTH = 100
"""Characters from which the length of a passage is fully trusted; the length of short ones varies by chance."""
SHARED_WEIGHT = 4.0
"""The weight of figures and names in common."""
EXPECTED_SHARE = 0.3
"""The share of figures and names in common above which a pair gets cheaper and below which dearer."""
PAIR_COST = 0.5
"""What every pair costs, so that doubtful ones are left out."""
SMOOTHING = 5
"""Characters added to each length, so that the ratio of two very short passages is not extreme."""
BAND = 60
"""Passages by which a pair may lie off the diagonal; it bounds the time, which rises with the band."""
MAX_COST = 2.0
"""A pair that costs more than this is not a translation of each other."""


def align(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of positions (left, right), rising in both, of texts that translate each other."""
    if not left or not right:
        return []
    expected = math.log(max(sum(map(len, right)), 1) / max(sum(map(len, left)), 1))
    kept = [frozenset(KEPT.findall(text)) for text in left], [frozenset(KEPT.findall(text)) for text in right]
    band = BAND + abs(len(left) - len(right))
    slope = len(right) / len(left)
    best = np.full((len(left) + 1, len(right) + 1), np.inf)
    step = np.zeros(best.shape, dtype=np.int8)
    best[0, :] = SKIP_COST * np.arange(len(right) + 1)
    best[:, 0] = SKIP_COST * np.arange(len(left) + 1)
    step[0, :], step[:, 0] = 2, 1
    for i in range(1, len(left) + 1):
        centre = round(i * slope)
        for j in range(max(1, centre - band), min(len(right), centre + band) + 1):
            costs = (
                best[i - 1, j - 1]
                + _cost(left[i - 1], right[j - 1], kept[0][i - 1], kept[1][j - 1], expected),
                best[i - 1, j] + SKIP_COST,
                best[i, j - 1] + SKIP_COST,
            )
            step[i, j] = min(range(3), key=costs.__getitem__)
            best[i, j] = costs[step[i, j]]
    return _pairs(step, left, right, kept, expected)


def _cost(
    left: str, right: str, kept_left: frozenset[str], kept_right: frozenset[str], expected: float
) -> float:
    difference = abs(math.log((len(right) + SMOOTHING) / (len(left) + SMOOTHING)) - expected)
    weight = min(len(left), FULL_LENGTH) / FULL_LENGTH
    cost = LENGTH_WEIGHT * difference * weight + PAIR_COST
    if kept_left or kept_right:
        shared = len(kept_left & kept_right) / len(kept_left | kept_right)
        cost += SHARED_WEIGHT * (EXPECTED_SHARE - shared)
    return cost


def _pairs(
    step: np.ndarray[tuple[int, int], np.dtype[np.int8]],
    left: Sequence[str],
    right: Sequence[str],
    kept: tuple[list[frozenset[str]], list[frozenset[str]]],
    expected: float,
) -> list[tuple[int, int]]:
    pairs = []
    i, j = len(left), len(right)
    while i and j:
        if step[i, j] == 0:
            i, j = i - 1, j - 1
            if _cost(left[i], right[j], kept[0][i], kept[1][j], expected) <= MAX_COST:
                pairs.append((i, j))
        elif step[i, j] == 1:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]
