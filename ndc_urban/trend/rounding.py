"""Shares as they are printed: whole percents that sum to 100 in every row, and differences in points."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ndc_urban.codebook import LEVELS
from ndc_urban.trend.tables import AT_LEAST_MODERATE

NO_NUMBER = "–"
"""Printed in place of a missing number."""
_MINUS = "−"
_SAME = 9
"""Decimals to which two remainders are compared. More than the 6 of the files, fewer than the 15 of a float, whose
last ones depend on the order of a sum."""


def largest_remainder(shares: Sequence[float], total: int = 100) -> tuple[int, ...]:
    """Whole numbers that sum to `total`, in proportion to `shares`, none more than one away from its own value.

    Each share is rounded down; the units that are then missing go to the shares with the largest remainders
    (Hamilton's method), of equal ones to the first. `shares` need not sum to 1. Raises `ValueError` if a share is
    negative or not finite, or if all are zero.

    >>> largest_remainder([1, 1, 1]), largest_remainder([70, 76, 47])
    ((34, 33, 33), (36, 40, 24))
    """
    whole = math.fsum(shares)
    if any(not math.isfinite(share) or share < 0 for share in shares) or whole <= 0:
        raise ValueError(f"no shares of a whole: {list(shares)}")
    exact = [round(share / whole * total, _SAME) for share in shares]
    cut = [math.floor(value) for value in exact]
    lost = sorted(range(len(exact)), key=lambda place: (-round(exact[place] - cut[place], _SAME), place))
    for place in lost[: total - sum(cut)]:
        cut[place] += 1
    return tuple(cut)


def printed_levels(shares: Mapping[str, float | None]) -> dict[str, int]:
    """Percents of the levels as printed: low, moderate and strong sum to 100, `at least moderate` is the last two.

    `shares` maps levels (and `at least moderate`) to shares between 0 and 1. A missing level is computed from the
    others and `at least moderate` if it follows from them; otherwise each share is rounded by itself. Missing and
    undefined shares are left out of the result.
    """
    known = {
        level: float(share) for level, share in shares.items() if share is not None and math.isfinite(share)
    }
    whole = _completed(known)
    if whole is None or not any(whole.values()):
        return {level: percent_of(share) for level, share in known.items()}
    parts = largest_remainder([whole[level] for level in LEVELS])
    percents: dict[str, int] = dict(zip(LEVELS, parts, strict=True))
    percents[AT_LEAST_MODERATE] = percents["moderate"] + percents["strong"]
    return percents


def percent_of(share: float) -> int:
    """The share (0 to 1) as a whole percent; a half is rounded up.

    >>> percent_of(0.125), percent_of(0.5)
    (13, 50)
    """
    return math.floor(round(share * 100, _SAME) + 0.5)


def points(difference: float | None) -> str:
    """A difference of shares in percentage points, with its sign and one decimal; a dash if there is none.

    >>> points(0.1234), points(-0.02), points(-0.0001)
    ('+12.3', '−2.0', '0.0')
    """
    if difference is None or math.isnan(difference):
        return NO_NUMBER
    text = f"{abs(difference) * 100:.1f}"
    if text == "0.0":
        return text
    return ("+" if difference > 0 else _MINUS) + text


def _completed(known: Mapping[str, float]) -> dict[str, float] | None:
    """All three levels, computed if they follow, else None. Estimates below zero count as 0."""
    whole = {level: known[level] for level in LEVELS if level in known}
    upper = known.get(AT_LEAST_MODERATE)
    if upper is not None:
        whole.setdefault("low", 1 - upper)
        if "strong" in whole:
            whole.setdefault("moderate", upper - whole["strong"])
        if "moderate" in whole:
            whole.setdefault("strong", upper - whole["moderate"])
    elif len(whole) == len(LEVELS) - 1:
        missing = next(level for level in LEVELS if level not in whole)
        whole[missing] = 1 - sum(whole.values())
    if len(whole) < len(LEVELS):
        return None
    return {level: max(0.0, whole[level]) for level in LEVELS}
