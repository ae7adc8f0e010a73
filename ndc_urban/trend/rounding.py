"""Shares as they are printed: whole percents that sum to 100 in every row, and differences in points."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ndc_urban.codebook import LEVELS
from ndc_urban.trend.tables import AT_LEAST_MODERATE

NO_NUMBER = "–"
"""Printed in place of a missing number."""
_MINUS = "−"
_SAME = 9
"""Decimals of a percent before it is rounded. More than the 6 of the files, fewer than the 15 of a float, whose last
ones depend on the order of a sum."""


def printed_levels(shares: Mapping[str, float | None]) -> dict[str, int]:
    """Percents of the levels as printed: low, moderate and strong sum to 100, `at least moderate` is the last two.

    Strong and `at least moderate`, the figures that are quoted, are each rounded by themselves, so that equal counts
    print equally; moderate and low are what is left. `shares` maps levels (and `at least moderate`) to shares between 0
    and 1. A missing level is computed from the others and `at least moderate` if it follows from them; otherwise each
    share is rounded by itself. Missing and undefined shares are left out of the result.
    """
    known = {
        level: float(share) for level, share in shares.items() if share is not None and math.isfinite(share)
    }
    whole = _completed(known)
    if whole is None or not any(whole.values()):
        return {level: percent_of(share) for level, share in known.items()}
    total = math.fsum(whole.values())
    strong = percent_of(whole["strong"] / total)
    upper = max(strong, percent_of((whole["moderate"] + whole["strong"]) / total))
    return {"low": 100 - upper, "moderate": upper - strong, "strong": strong, AT_LEAST_MODERATE: upper}


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
