"""The specification curve: the change from the first to the last round under every choice that one could have made.

Simonsohn, Simmons and Nelson (2020): a trend is as sure as its weakest defensible specification. Each row is one: the
scale, the estimate, the basis, with or without the document of over 10% of the weight, the rule for a level, length,
label errors.

Limits are those of the estimate; for other rules for a level they come from a bootstrap over Parties (Efron and
Tibshirani 1993), with both NDCs of a Party together, and at equal length from `length.adjusted_change`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from ndc_urban.trend.changes import change_of, ends_of, without_heaviest
from ndc_urban.trend.estimates import Floats, Refused
from ndc_urban.trend.intervals import NOMINAL, difference_limits
from ndc_urban.trend.label_error import TOO_HIGH, TOO_LOW, with_label_error
from ndc_urban.trend.length import adjusted_change
from ndc_urban.trend.levels import Reference
from ndc_urban.trend.matching import Match, Matched
from ndc_urban.trend.populations import paired
from ndc_urban.trend.reference_calibration import RESAMPLES
from ndc_urban.trend.tables import (
    AT_LEAST_MODERATE,
    BASES,
    COLUMNS,
    CORRECTED,
    COUNT,
    DOCUMENTS,
    LABELLED,
    OUR_ESTIMATES,
    Table,
    limits_words,
)

LEVELS_SHOWN: tuple[str, ...] = ("strong", AT_LEAST_MODERATE)
SOURCE = "Simonsohn, U., Simmons, J. P. and Nelson, L. D. (2020), Nature Human Behaviour 4, 1208-1214"
MOST_LIKELY, HALF, EXPECTED = "most likely level", "probability above one half", "sum of probabilities"
AS_IT_IS, ADJUSTED = "as it is", "at equal length"
NO_ERROR = "none"
RATE = 0.05
"""Of label errors, as in the headline."""
_SEED = 19930101
"""Any fixed number: the same input gives the same limits."""
_IN, _OUT, _NOBODY = "in", "out", "no heavy document"

Row = dict[str, Any]


def specification_table(matched: Matched, others: Sequence[Matched], reference: Reference) -> Table:
    """Every specification of the change; `others` are the same documents on other scales."""
    rows: list[Row] = []
    if len(matched.rounds) > 1:
        ends = ends_of(matched)
        for each in (matched, *others):
            chosen = reference if each is matched else Refused("it is anchored on the first scale only")
            rows += _of_estimates(each, *ends, chosen)
            rows += _of_label_errors(each, *ends)
            rows += _of_rules(each, *ends)
            rows += _of_length(each, *ends)
    return Table(
        "specification",
        "What the trend depends on",
        pd.DataFrame(rows, columns=list(COLUMNS["specification"])),
        notes=(
            "The change of a share from the first to the last round that can be corrected (of all rounds, if there are "
            "not two), for the Parties of both (at equal length: all documents). The document with more than 10% of "
            "the weight (heavy) is in or out. The rule says when a document counts for a level. Where there are no "
            "limits, the method gives none. For rules other than the most likely level the limits come from a "
            "bootstrap over Parties; at equal length from the regression, with errors clustered by Party. Neither "
            "includes errors of classification. "
            + limits_words({row["estimate"] for row in rows if not math.isnan(row["low"])})
            + " The figure has those of a superpopulation as dotted lines.",
        ),
        sources=(SOURCE,),
    )


def _row(matched: Matched, rounds: tuple[str, str], level: str, **values: Any) -> Row:
    return {
        "from_round": rounds[0],
        "to_round": rounds[1],
        "level": level,
        "scale": matched.scale,
        "estimate": COUNT,
        "basis": DOCUMENTS,
        "heavy": _NOBODY,
        "rule": MOST_LIKELY,
        "length": AS_IT_IS,
        "label_error": NO_ERROR,
        "change": math.nan,
        "low": math.nan,
        "high": math.nan,
    } | values


def _of_estimates(matched: Matched, first: str, second: str, reference: Reference) -> Iterator[Row]:
    for basis, estimate in product(BASES, OUR_ESTIMATES):
        one, two = paired(matched, first, second, basis, unscored=estimate == LABELLED)
        rest = without_heaviest(one, two)
        cases = [(_IN if rest else _NOBODY, one, two), *([(_OUT, rest[1], rest[2])] if rest else [])]
        for level, (heavy, before, after) in product(LEVELS_SHOWN, cases):
            result = change_of(before, after, level, estimate, reference, 0.0)
            if isinstance(result, Refused):
                continue
            yield _row(
                matched,
                (first, second),
                level,
                estimate=estimate,
                basis=basis,
                heavy=heavy,
                change=result.share,
                low=result.low,
                high=result.high,
            )


def _of_label_errors(matched: Matched, first: str, second: str) -> Iterator[Row]:
    """The corrected change if labels of both rounds err in one direction."""
    for basis in BASES:
        one, two = paired(matched, first, second, basis)
        for level in LEVELS_SHOWN:
            for direction in (TOO_HIGH, TOO_LOW):
                before, after = (with_label_error(each, level, RATE, direction) for each in (one, two))
                if isinstance(before, Refused) or isinstance(after, Refused):
                    continue
                low, high = difference_limits(
                    (before.share, before.low, before.high), (after.share, after.low, after.high), 0.0
                )
                yield _row(
                    matched,
                    (first, second),
                    level,
                    estimate=CORRECTED,
                    basis=basis,
                    heavy=_IN if without_heaviest(one, two) else _NOBODY,
                    label_error=f"{RATE:.0%} {direction}",
                    change=after.share - before.share,
                    low=low,
                    high=high,
                )


def _of_rules(matched: Matched, first: str, second: str) -> Iterator[Row]:
    """The counted change by other rules for a level."""
    both = [{match.standing.iso3: match for match in matched.scored(name)} for name in (first, second)]
    parties = sorted(set(both[0]) & set(both[1]))
    for level in LEVELS_SHOWN:
        chances = [np.array([_chance(of_round[iso3], level) for iso3 in parties]) for of_round in both]
        before, after = chances
        for rule, steps in (
            (HALF, (after > 0.5).astype(float) - (before > 0.5)),
            (EXPECTED, after - before),
        ):
            if parties:
                low, high = mean_limits(steps)
                change = float(steps.mean())
                yield _row(matched, (first, second), level, rule=rule, change=change, low=low, high=high)


def mean_limits(values: Floats) -> tuple[float, float]:
    """Limits of the mean of one value for each Party, shape (Parties,): a bootstrap, percentiles of its means."""
    size = len(values)
    drawn = np.random.default_rng([_SEED, size]).multinomial(size, np.full(size, 1 / size), size=RESAMPLES)
    means = drawn @ values / size
    low, high = np.quantile(means, [(1 - NOMINAL) / 2, (1 + NOMINAL) / 2])
    return float(low), float(high)


def _chance(match: Match, level: str) -> float:
    prediction = match.prediction
    if prediction is None:
        return math.nan
    return prediction.p_strong if level == "strong" else prediction.p_moderate + prediction.p_strong


def _of_length(matched: Matched, first: str, second: str) -> Iterator[Row]:
    for level in LEVELS_SHOWN:
        found = adjusted_change(matched, level, first, second)
        if found is not None:
            change, low, high = found
            yield _row(matched, (first, second), level, length=ADJUSTED, change=change, low=low, high=high)
