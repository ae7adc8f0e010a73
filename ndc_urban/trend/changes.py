"""The table of change between rounds, for the same Parties in both."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations, pairwise

import pandas as pd

from ndc_urban.trend.estimates import TRAITS, Estimate, Population, Refused, change, corrected, refusal
from ndc_urban.trend.label_error import allowing_for
from ndc_urban.trend.level_notes import CHANGE_SOURCE
from ndc_urban.trend.levels import Reference, Row, cells_of, level_frame
from ndc_urban.trend.matching import Matched
from ndc_urban.trend.populations import paired, population_of
from ndc_urban.trend.published import Published, counted_on
from ndc_urban.trend.reference_calibration import calibrated_change
from ndc_urban.trend.results import UN_HABITAT
from ndc_urban.trend.tables import (
    BASES,
    CALIBRATED,
    CORRECTED,
    DOCUMENTS,
    LABELLED,
    OUR_ESTIMATES,
    PUBLISHED,
    Table,
    limits_words,
)

FEW_ROUNDS = 3
"""Up to here every pair of rounds is compared. Four rounds would have six pairs of 32 rows each."""


def change_table(matched: Matched, published: Published, reference: Reference) -> Table:
    """Change between neighbouring rounds; if rounds are few, between each and every later one."""
    rows: list[Row] = []
    for first, second in _pairs(matched):
        for basis in BASES:
            rows += _changes(matched, first, second, basis, reference)
        if not matched.panel.calendar:
            rows += _published_change(first, second, published)
    return Table(
        "change",
        "Change between rounds, the same Parties in both",
        level_frame(rows, "change"),
        notes=(
            "Only Parties with a scored document in both rounds are compared, so a change here need not equal the "
            "difference of two rows of the table of levels. n is the number of documents, or of pairs of labels, from "
            "which the correlation is estimated. "
            + limits_words({row["estimate"] for row in rows if not math.isnan(row["low"])}),
        ),
        sources=(CHANGE_SOURCE,),
    )


def _pairs(matched: Matched) -> list[tuple[str, str]]:
    """All pairs of up to three rounds; of more, neighbours, the first with the last, and `ends_of`."""
    rounds = tuple(matched.rounds)
    if len(rounds) <= FEW_ROUNDS:
        return list(combinations(rounds, 2))
    return list(dict.fromkeys([*pairwise(rounds), (rounds[0], rounds[-1]), ends_of(matched)]))


def ends_of(matched: Matched) -> tuple[str, str]:
    """The first and the last round that can be corrected; if these are not two, the first and the last of all."""
    rounds = tuple(matched.rounds)
    able = [name for name in rounds if refusal(population_of(matched.rounds[name], DOCUMENTS)) is None]
    chosen = able if len(able) > 1 else rounds
    return chosen[0], chosen[-1]


def _changes(matched: Matched, first: str, second: str, basis: str, reference: Reference) -> Iterator[Row]:
    for estimate in OUR_ESTIMATES:
        one, two = paired(matched, first, second, basis, unscored=estimate == LABELLED)
        for trait in TRAITS:
            result = change_of(one, two, trait, estimate, reference, matched.label_error)
            cells = cells_of(result)
            rest = without_heaviest(one, two)
            without = (
                cells_of(change_of(*rest[1:], trait, estimate, reference, matched.label_error))
                if rest
                else None
            )
            yield {
                "from_round": first,
                "to_round": second,
                "basis": basis,
                "estimate": estimate,
                "level": trait,
                "change": cells["share"],
                "low": cells["low"],
                "high": cells["high"],
                "n": cells["n"],
                "note": f"Refused: {result.reason}."
                if isinstance(result, Refused)
                else f"{one.units} {basis} in both rounds.",
                "heaviest": rest[0] if rest else "",
                "change_without": without["share"] if without else math.nan,
                "low_without": without["low"] if without else math.nan,
                "high_without": without["high"] if without else math.nan,
                "scale": matched.scale,
            }


def without_heaviest(one: Population, two: Population) -> tuple[str, Population, Population] | None:
    """The heavy document's Party and both populations without it; None if neither has one."""
    heavy = {
        population.unit[population.heaviest] for population in (one, two) if population.heaviest is not None
    }
    if not heavy:
        return None
    rest = [
        population.only([row for row, unit in enumerate(population.unit) if unit not in heavy])
        for population in (one, two)
    ]
    return ", ".join(sorted(heavy)), rest[0], rest[1]


def change_of(
    one: Population, two: Population, trait: str, estimate: str, reference: Reference, label_error: float
) -> Estimate | Refused:
    """The change between two populations of the same Parties by the estimate of that name."""
    if not len(one):
        return Refused("no Party has a scored document in both rounds")
    if estimate == CORRECTED and label_error:
        return _allowing_for_errors(one, two, trait, label_error)
    if estimate != CALIBRATED:
        return change(one, two, trait, estimate)
    return reference if isinstance(reference, Refused) else calibrated_change(reference, one, two, trait)


def _allowing_for_errors(
    one: Population, two: Population, trait: str, label_error: float
) -> Estimate | Refused:
    """The corrected change; what errors of labels add to the limits of the two rounds is added, as they may differ."""
    plain = change(one, two, trait, CORRECTED)
    rounds = [(corrected(each, trait), allowing_for(each, trait, label_error)) for each in (one, two)]
    if isinstance(plain, Refused):
        return plain
    low, high = plain.low, plain.high
    for place, (narrow, wide) in enumerate(rounds):
        if isinstance(narrow, Refused) or isinstance(wide, Refused):
            return plain
        below, above = narrow.low - wide.low, wide.high - narrow.high
        low, high = (low - below, high + above) if place else (low - above, high + below)
    return Estimate(plain.share, max(-1.0, low), min(1.0, high), plain.n)


def _published_change(first: str, second: str, published: Published) -> Iterator[Row]:
    """The difference of the published figures, on the basis of the later one; a note says where the bases differ."""
    one, two = published.levels(first), published.levels(second)
    for trait in TRAITS:
        if trait in one and trait in two:
            bases = f"{counted_on(one[trait])} and {counted_on(two[trait])}"
            same = one[trait].basis == two[trait].basis
            yield {
                "scale": UN_HABITAT,
                "from_round": first,
                "to_round": second,
                "basis": two[trait].basis,
                "estimate": PUBLISHED,
                "level": trait,
                "change": two[trait].share - one[trait].share,
                "low": math.nan,
                "high": math.nan,
                "n": pd.NA,
                "note": f"Difference of figures counted on {bases}"
                + ("." if same else ": the bases differ."),
            }
