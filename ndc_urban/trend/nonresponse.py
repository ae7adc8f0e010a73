"""The table of missing NDCs: what a round would have with those whose text is not at hand.

Two answers: bounds that assume nothing (Manski 1989), and a weighting for non-response, which takes the missing NDCs of
Parties that were at the same level in the round before as like those that are there (weighting classes: Little and
Rubin 2019, chapter 3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ndc_urban.codebook import LEVELS
from ndc_urban.trend.estimates import Estimate, Population, Refused, corrected, count, has_trait
from ndc_urban.trend.intervals import Stratum, effective_number, total_limits
from ndc_urban.trend.matching import Matched
from ndc_urban.trend.new_texts import unlabelled_new
from ndc_urban.trend.populations import population_of
from ndc_urban.trend.tables import AT_LEAST_MODERATE, BASES, COLUMNS, DOCUMENTS, Table

SOURCES: tuple[str, ...] = (
    "Manski, C. F. (1989), Anatomy of the selection problem, Journal of Human Resources 24, 343-360",
    "Little, R. J. A. and Rubin, D. B. (2019), Statistical Analysis with Missing Data, 3rd edition, chapter 3",
)
NO_LEVEL_BEFORE = "no level before"

Row = dict[str, Any]


def missing_table(matched: Matched) -> Table:
    """Strong and at least moderate of each round with missing NDCs: as scored, weighted, and the bounds."""
    rows = [row for name in matched.rounds for basis in BASES for row in _rows(matched, name, basis)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS["missing"]))
    return Table(
        "missing",
        "Rounds with missing NDCs",
        frame.astype({"scored": "Int64", "expected": "Int64"}),
        notes=(
            "The share as scored is the corrected one or, of a round that cannot be corrected, the count. The bounds "
            "(least, most) are the shares of all expected NDCs if none or all of the missing ones had the level, "
            "before the error of the estimate. The weighting (weighted) takes a missing NDC to be like the scored ones "
            "of Parties with the same predicted level in the round before; its limits include that the missing ones "
            "are not known.",
            *_beyond_the_draw(matched),
        ),
        sources=SOURCES,
    )


def _beyond_the_draw(matched: Matched) -> Iterator[str]:
    if any(unlabelled_new(matched, name) for name in matched.rounds):
        yield (
            "The bounds take texts that came after the draw of labels to be corrected like the others. A note below "
            "the first table has the bounds without that."
        )


def _rows(matched: Matched, name: str, basis: str) -> Iterator[Row]:
    population = population_of(matched.rounds[name], basis)
    missing = _missing(matched, name, basis)
    if not missing or not len(population):
        return
    scored, lacking = population.units, sum(missing.values())
    for level in ("strong", AT_LEAST_MODERATE):
        result = corrected(population, level)
        estimate = count(population, level) if isinstance(result, Refused) else result
        weighted = _weighted(matched, name, population, missing, level)
        yield {
            "round": name,
            "basis": basis,
            "level": level,
            "share": estimate.share,
            "low": estimate.low,
            "high": estimate.high,
            "weighted": weighted.share,
            "weighted_low": weighted.low,
            "weighted_high": weighted.high,
            "least": estimate.share * scored / (scored + lacking),
            "most": (estimate.share * scored + lacking) / (scored + lacking),
            "scored": scored,
            "expected": scored + lacking,
            "missing_parties": ";".join(sorted(missing)),
            "scale": matched.scale,
        }


def _missing(matched: Matched, name: str, basis: str) -> dict[str, int]:
    """By code the units of the NDCs of a round that have no result."""
    unscored = {
        match.standing.iso3: len(match.stands_for)
        for match in matched.rounds[name]
        if match.prediction is None
    }
    absent = {each.iso3: len(each.stands_for) for each in matched.absent(name)}
    return {iso3: 1 if basis == DOCUMENTS else units for iso3, units in (unscored | absent).items()}


def _before(matched: Matched, name: str) -> dict[str, str]:
    """The predicted level of each Party in the latest earlier round in which it has one."""
    levels: dict[str, str] = {}
    for other in matched.rounds:
        if other == name:
            break
        for match in matched.scored(other):
            if match.prediction is not None:
                levels[match.standing.iso3] = LEVELS[match.prediction.level]
    return levels


def _weighted(
    matched: Matched, name: str, population: Population, missing: Mapping[str, int], level: str
) -> Estimate:
    before = _before(matched, name)
    rates = _rates(population, level)
    classes = np.array([before.get(iso3, NO_LEVEL_BEFORE) for iso3 in population.unit])
    ordinary = population.weight == 1
    scored_parts, total = _scored(population, level, rates)
    parts = [scored_parts]
    for kind in dict.fromkeys(before.get(iso3, NO_LEVEL_BEFORE) for iso3 in missing):
        units = [weight for iso3, weight in missing.items() if before.get(iso3, NO_LEVEL_BEFORE) == kind]
        members = ordinary & (classes == kind)
        members = members if members.any() else ordinary
        mean = float(rates[members].mean()) if members.any() else 0.5
        heavy = tuple(weight for weight in units if weight > 1)
        known = float(members.sum())
        parts.append(Stratum(known, known * mean, units.count(1), heavy, known=0.0))
        total += mean * sum(units)
    low, high = total_limits(parts)
    whole = population.units + sum(missing.values())
    share = total / whole
    return Estimate(share, max(0.0, min(share, low / whole)), min(1.0, max(share, high / whole)), 0)


def _rates(population: Population, level: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """For each scored document the chance of the level: its label, else the labelled share of its predicted level."""
    predicted = has_trait(population.predicted, level)
    if isinstance(corrected(population, level), Refused):
        return predicted
    sampled, values = population.sampled, has_trait(population.label, level)
    rates = predicted.copy()
    for code in np.unique(population.predicted):
        members = population.predicted == code
        seen = members & sampled
        if seen.any():
            weights = 1 / population.probability[seen]
            rates[members] = float(np.average(values[seen], weights=weights))
    rates[sampled] = values[sampled]
    return rates


def _scored(
    population: Population, level: str, rates: np.ndarray[Any, np.dtype[np.float64]]
) -> tuple[Stratum, float]:
    """The scored documents as one stratum: what is labelled is known, the rest follows the rates."""
    sampled = population.sampled if not isinstance(corrected(population, level), Refused) else None
    if sampled is None:
        total = float((rates * population.weight).sum())
        return Stratum(0.0, 0.0, 0, (), known=total), total
    ordinary = population.weight == 1
    known = float((rates * population.weight)[sampled].sum())
    open_ = ordinary & ~sampled
    mean = float(rates[open_].mean()) if open_.any() else 0.0
    effective = effective_number(1 / population.probability[sampled & ordinary])
    heavy = tuple(int(each) for each in population.weight[~ordinary & ~sampled])
    part = Stratum(effective, effective * mean, int(open_.sum()), heavy, known=known)
    total = known + float((rates * population.weight)[~sampled].sum())
    return part, total
