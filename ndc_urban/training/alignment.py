"""Aligns the passages of a document with those of its translation, so that labels carry over.

Dynamic programming over passage lengths (Gale and Church 1993, "A Program for Aligning Sentences in Bilingual
Corpora"), helped by what translation leaves alone: figures and names. Only one-to-one pairs are returned.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

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
"""The weight of figures and names in common: a pair of equal length without any just stays below `MAX_COST`."""
EXPECTED_SHARE = 0.3
"""The share of figures and names in common above which a pair gets cheaper and below which dearer."""
PAIR_COST = 0.5
"""What every pair costs, so that doubtful ones are left out; a quarter of `MAX_COST`."""
SMOOTHING = 5
"""Characters added to each length, so that the ratio of two very short passages is not extreme."""
BAND = 60
"""Passages by which a pair may lie off the diagonal; it bounds the time, which rises with the band."""
MAX_COST = 2.0
"""A pair that costs more than this is not a translation of each other."""

_PAIR, _SKIP_LEFT, _SKIP_RIGHT = range(3)


def align(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of positions (left, right), rising in both, of texts that translate each other."""
    if not left or not right:
        return []
    expected = math.log(max(sum(map(len, right)), 1) / max(sum(map(len, left)), 1))
    kept = [frozenset(KEPT.findall(text)) for text in left], [frozenset(KEPT.findall(text)) for text in right]
    band = BAND + abs(len(left) - len(right))
    slope = len(right) / len(left)
    best = [SKIP_COST * j for j in range(len(right) + 1)]
    steps = [bytearray([_SKIP_RIGHT] * (len(right) + 1))]
    for i, (text, kept_left) in enumerate(zip(left, kept[0], strict=True), start=1):
        centre = round(i * slope)
        above, best = best, [SKIP_COST * i, *[math.inf] * len(right)]
        step = bytearray([_SKIP_LEFT, *[_PAIR] * len(right)])
        for j in range(max(1, centre - band), min(len(right), centre + band) + 1):
            least = above[j - 1] + _cost(text, right[j - 1], kept_left, kept[1][j - 1], expected)
            for cost, kind in ((above[j] + SKIP_COST, _SKIP_LEFT), (best[j - 1] + SKIP_COST, _SKIP_RIGHT)):
                if cost < least:
                    least, step[j] = cost, kind
            best[j] = least
        steps.append(step)
    return _pairs(steps, left, right, kept, expected)


def _cost(
    left: str, right: str, kept_left: frozenset[str], kept_right: frozenset[str], expected: float
) -> float:
    difference = abs(math.log((len(right) + SMOOTHING) / (len(left) + SMOOTHING)) - expected)
    weight = min(len(left), FULL_LENGTH) / FULL_LENGTH
    cost = LENGTH_WEIGHT * difference * weight + PAIR_COST
    if kept_left or kept_right:
        common = 0 if kept_left.isdisjoint(kept_right) else len(kept_left & kept_right)
        shared = common / (len(kept_left) + len(kept_right) - common)
        cost += SHARED_WEIGHT * (EXPECTED_SHARE - shared)
    return cost


def _pairs(
    steps: Sequence[bytearray],
    left: Sequence[str],
    right: Sequence[str],
    kept: tuple[list[frozenset[str]], list[frozenset[str]]],
    expected: float,
) -> list[tuple[int, int]]:
    pairs = []
    i, j = len(left), len(right)
    while i and j:
        if steps[i][j] == _PAIR:
            i, j = i - 1, j - 1
            if _cost(left[i], right[j], kept[0][i], kept[1][j], expected) <= MAX_COST:
                pairs.append((i, j))
        elif steps[i][j] == _SKIP_LEFT:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]
