"""Do coders agree? Krippendorff's alpha, Cohen's kappa and confusion tables, with intervals.

Alpha is after Krippendorff 2018, "Content Analysis", chapter 12 (ordinal for levels, nominal for codes and attributes);
kappa after Cohen 1960 and, with quadratic weights, 1968. Intervals are percentile intervals of a bootstrap over
Parties, whose documents and passages are drawn together. Where all agree, every draw does too, and the bootstrap says
nothing: then the share has the exact limits of Clopper and Pearson over the units, and kappa and alpha have none.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ndc_urban.codebook import CODES, LEVELS, ROLES, SECTORS, STRANDS, URBAN_CODES
from ndc_urban.identity import party_of
from ndc_urban.labels.independence import independent
from ndc_urban.labels.records import LevelLabel, PassageLabel
from ndc_urban.statistics import ROUNDS, Interval, Measure, confusion, exact_interval, kappa, with_interval

Floats = NDArray[np.float64]
URBAN, OTHER = "urban", "not urban"


@dataclass(frozen=True, slots=True)
class Rating:
    """What one coder said of one unit (`value` is one of the values that are compared); `party` groups units."""

    unit: Hashable
    party: str
    coder: str
    value: str


@dataclass(frozen=True)
class Pair:
    """Two coders over the units that both coded: agreement, kappa, and how often each said what.

    `confusion` has the shape (values, values), rows are the first coder's.
    """

    first: str
    second: str
    units: int
    agreed: Interval
    kappa: Interval
    confusion: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Agreement:
    """How far coders agree on one question, over all units that two or more of them coded."""

    what: str
    measure: Measure
    values: tuple[str, ...]
    units: int
    ratings: int
    coders: tuple[str, ...]
    alpha: Interval
    pairs: tuple[Pair, ...]

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def level_ratings(levels: Iterable[LevelLabel]) -> list[Rating]:
    """The levels that coders gave independently; adjudicating ones are left out, as they saw the others."""
    return [
        Rating(each.document, party_of(each.document), each.coder, each.level)
        for each in independent(levels)
        if not each.adjudicates
    ]


Coded = tuple[Hashable, PassageLabel]
"""A unit, and what a coder said of it."""


def coded_units(labels: Iterable[PassageLabel]) -> list[Coded]:
    """Independent labels with the units they are of.

    A unit is identified by its document, its text and its number among the same texts there, so that coders who read
    different versions of a file are compared too.
    """
    coded: list[Coded] = []
    same: dict[tuple[str, str, str], int] = {}
    alone = [label for label in independent(labels) if not label.adjudicates]
    for label in sorted(alone, key=lambda each: (each.document, each.coder, each.anchor.start)):
        fingerprint = label.anchor.fingerprint
        at = same.get((label.document, label.coder, fingerprint), 0)
        same[label.document, label.coder, fingerprint] = at + 1
        coded.append(((label.document, fingerprint, at), label))
    return coded


def code_ratings(coded: Iterable[Coded]) -> list[Rating]:
    """The codes of passages."""
    return [Rating(unit, party_of(each.document), each.coder, each.code) for unit, each in coded]


def urban_ratings(coded: Iterable[Coded]) -> list[Rating]:
    """Whether passages are urban (E or I)."""
    return [
        Rating(unit, party_of(each.document), each.coder, URBAN if each.code in URBAN_CODES else OTHER)
        for unit, each in coded
    ]


def attribute_ratings(coded: Iterable[Coded], attribute: str) -> list[Rating]:
    """Sector, strand or role of passages, from the coders who call them urban."""
    return [
        Rating(unit, party_of(each.document), each.coder, str(getattr(each, attribute)))
        for unit, each in coded
        if getattr(each, attribute)
    ]


def agreements(
    passages: Sequence[PassageLabel], levels: Sequence[LevelLabel], *, rounds: int = ROUNDS
) -> tuple[Agreement, ...]:
    """All questions that two coders answered of the same units."""
    coded = coded_units(passages)
    questions: list[tuple[str, Measure, Sequence[str], list[Rating]]] = [
        ("level", "ordinal", LEVELS, level_ratings(levels)),
        ("urban or not", "nominal", (URBAN, OTHER), urban_ratings(coded)),
        ("code", "nominal", CODES, code_ratings(coded)),
        ("sector", "nominal", tuple(SECTORS), attribute_ratings(coded, "sector")),
        ("strand", "nominal", tuple(STRANDS), attribute_ratings(coded, "strand")),
        ("role", "nominal", tuple(ROLES), attribute_ratings(coded, "role")),
    ]
    found = (
        agreement(what, measure, values, ratings, rounds) for what, measure, values, ratings in questions
    )
    return tuple(each for each in found if each is not None)


def agreement(
    what: str, measure: Measure, values: Sequence[str], ratings: Sequence[Rating], rounds: int = ROUNDS
) -> Agreement | None:
    """The agreement on one question; None where no unit was coded by two coders."""
    said: dict[Hashable, dict[str, int]] = {}
    party: dict[Hashable, str] = {}
    for each in ratings:
        said.setdefault(each.unit, {})[each.coder] = values.index(each.value)
        party[each.unit] = each.party
    units = [unit for unit, by_coder in said.items() if len(by_coder) > 1]
    if not units:
        return None
    counts = np.zeros((len(units), len(values)), dtype=np.int64)
    for row, unit in enumerate(units):
        np.add.at(counts[row], list(said[unit].values()), 1)
    parties = np.array([party[unit] for unit in units])
    coders = sorted({coder for unit in units for coder in said[unit]})
    return Agreement(
        what,
        measure,
        tuple(values),
        len(units),
        int(counts.sum()),
        tuple(coders),
        _none_if_all_agree(
            with_interval(lambda rows: alpha(counts[rows], measure), parties, rounds),
            bool((counts.max(axis=1) == counts.sum(axis=1)).all()),
        ),
        tuple(
            _pair(first, second, [(said[unit], party[unit]) for unit in units], measure, len(values), rounds)
            for first, second in combinations(coders, 2)
            if any(first in said[unit] and second in said[unit] for unit in units)
        ),
    )


def _pair(
    first: str,
    second: str,
    units: Sequence[tuple[Mapping[str, int], str]],
    measure: Measure,
    values: int,
    rounds: int,
) -> Pair:
    both = [(said[first], said[second], party) for said, party in units if first in said and second in said]
    a = np.array([each[0] for each in both])
    b = np.array([each[1] for each in both])
    parties = np.array([each[2] for each in both])
    table = confusion(a, b, values)
    all_agree = bool((a == b).all())
    return Pair(
        first,
        second,
        len(both),
        Interval(1.0, round(exact_interval(len(both), len(both))[0], 6), 1.0)
        if all_agree
        else with_interval(lambda rows: float((a[rows] == b[rows]).mean()), parties, rounds),
        _none_if_all_agree(
            with_interval(lambda rows: kappa(confusion(a[rows], b[rows], values), measure), parties, rounds),
            all_agree,
        ),
        tuple(tuple(int(cell) for cell in row) for row in table),
    )


def _none_if_all_agree(found: Interval, all_agree: bool) -> Interval:
    """A figure of agreement; without limits where all agree."""
    return Interval(found.value, None, None) if all_agree else found


def alpha(counts: NDArray[np.int64], measure: Measure) -> float:
    """Krippendorff's alpha of how often each unit (row) was given each value; NaN where one value alone was given."""
    import krippendorff

    if (counts.sum(axis=0) > 0).sum() < 2:
        return float("nan")
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement=measure))
