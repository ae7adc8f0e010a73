"""Which documents or passages to code next: a probability sample for estimates, or units to learn from.

For an estimate the units are drawn at random within strata (the predicted level, or classes of `p_urban`), with the
allocation of the smallest variance (Neyman 1934; whole numbers after Wright 2012, "The Equivalence of Neyman
Optimum Allocation for Sampling and Equal Proportions for Apportioning"), and the inclusion probability
of each unit is recorded. For training the units are chosen, not drawn, so they cannot be used for estimates.

Where the units come from is in `ndc_urban.runs.sampling_frame`.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ndc_urban.errors import UsageError

Purpose = Literal["estimate", "training"]

MIN_PER_STRATUM = 2
"""A variance needs at least two units of each stratum."""
PREFERRED_PER_STRATUM = 5
"""Drawn from each stratum if the sample is large enough: the variance of two units is a poor guess. Chosen by eye."""
Z = 1.96
"""Quantile of the normal distribution for intervals of 95%."""
TRAINING_SHARES = {"uncertain": 0.4, "disagreement": 0.2, "diverse": 0.2, "stratum": 0.2}
"""The parts of a sample for training, as far as there are such units. Chosen by eye: mostly units on which the model is
uncertain, and some of all others."""
LEAST_WORTH = 0.01
"""Added for each disagreement, so that a certain one counts, too. All get it: any number above 0 would do."""
LEAST_NOVELTY = 1e-9
"""Any number above 0 that is less than a difference between two units."""

SAMPLE_COLUMNS = (
    "document",
    "iso3",
    "path",
    "sha256",
    "page",
    "start",
    "length",
    "fingerprint",
    "stratum",
    "p_low",
    "p_moderate",
    "p_strong",
    "prediction_set",
    "p_urban",
    "code",
    "purpose",
    "usable_for_estimation",
    "inclusion_probability",
    "stratum_population",
    "stratum_drawn",
    "seed",
    "model",
    "reason",
)
"""Columns of a sample file. Those of the place in the text are empty for documents, those of levels for passages."""


@dataclass(frozen=True)
class SamplingUnit:
    """A document or passage that may be drawn.

    `key` is unique; `outcomes` are the model's probabilities of what is to be estimated (for a document at least
    moderate and strong, for a passage urban); `uncertainty` is that of the model, from 0 to 1, `uncertainty_reason` the
    same in words; `disagreement` says which two views of the unit differ, empty if none do; a diverse sample has many
    different `attributes`. `columns` are the values of the sample file that describe the unit.
    """

    key: str
    document: str
    stratum: str
    outcomes: tuple[float, ...]
    uncertainty: float
    uncertainty_reason: str
    disagreement: str = ""
    attributes: frozenset[str] = frozenset()
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratum: its size, how many units are drawn, and the expected variance of each outcome."""

    name: str
    population: int
    drawn: int
    variances: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SampledUnit:
    """A unit that was drawn or chosen; `inclusion_probability` is None if it was chosen."""

    unit: SamplingUnit
    inclusion_probability: float | None
    stratum_population: int
    stratum_drawn: int
    reason: str


@dataclass(frozen=True)
class Sample:
    """The units drawn, and the expected width of an interval (full width, as a share; None for training)."""

    purpose: Purpose
    units: tuple[SampledUnit, ...]
    strata: tuple[Stratum, ...]
    population: int
    seed: int
    model: str
    expected_width: float | None

    def rows(self) -> list[dict[str, str]]:
        """The rows of the sample file, with the columns `SAMPLE_COLUMNS`."""
        return [
            dict.fromkeys(SAMPLE_COLUMNS, "")
            | dict(each.unit.columns)
            | {
                "document": each.unit.document,
                "stratum": each.unit.stratum,
                "purpose": self.purpose,
                "usable_for_estimation": "yes" if self.purpose == "estimate" else "no",
                "inclusion_probability": ""
                if each.inclusion_probability is None
                else f"{each.inclusion_probability:.6g}",
                "stratum_population": str(each.stratum_population),
                "stratum_drawn": str(each.stratum_drawn),
                "seed": str(self.seed),
                "model": self.model,
                "reason": each.reason,
            }
            for each in self.units
        ]


def draw_for_estimate(units: Sequence[SamplingUnit], number: int, seed: int, model: str = "") -> Sample:
    """A stratified random sample without replacement; the same seed and units give the same sample in any order.

    Raises `UsageError` if there are fewer units than asked for, or if the number is too small for a variance.
    """
    strata = strata_of(units)
    _check_number(number, units, strata)
    sizes = allocation(strata, number)
    strata = [
        Stratum(stratum.name, stratum.population, sizes[stratum.name], stratum.variances)
        for stratum in strata
    ]
    sampled = []
    for stratum in strata:
        members = sorted((each for each in units if each.stratum == stratum.name), key=lambda each: each.key)
        generator = np.random.default_rng([seed, *hashlib.sha256(stratum.name.encode()).digest()[:8]])
        chosen = sorted(generator.choice(len(members), size=stratum.drawn, replace=False).tolist())
        share = stratum.drawn / stratum.population
        reason = f"drawn at random: {stratum.drawn} of {stratum.population} in the stratum {stratum.name}"
        sampled += [
            SampledUnit(members[at], share, stratum.population, stratum.drawn, reason) for at in chosen
        ]
    return Sample("estimate", tuple(sampled), tuple(strata), len(units), seed, model, width(strata))


def strata_of(units: Iterable[SamplingUnit]) -> list[Stratum]:
    """The strata of units, before any is drawn.

    The variance of an outcome is p(1 - p) with the mean probability p of the stratum. Half a unit of either kind is
    added (as in Jeffreys's prior), so that no stratum counts as certain.
    """
    members: dict[str, list[SamplingUnit]] = {}
    for each in units:
        members.setdefault(each.stratum, []).append(each)
    strata = []
    for name, group in sorted(members.items()):
        means = (np.sum([each.outcomes for each in group], axis=0) + 0.5) / (len(group) + 1)
        strata.append(Stratum(name, len(group), 0, tuple(float(mean * (1 - mean)) for mean in means)))
    return strata


def allocation(strata: Sequence[Stratum], number: int) -> dict[str, int]:
    """How many units to draw from each stratum: a minimum from each, then wherever one more unit helps most."""
    least = {each.name: min(each.population, PREFERRED_PER_STRATUM) for each in strata}
    if sum(least.values()) > number:
        least = {each.name: min(each.population, MIN_PER_STRATUM) for each in strata}
    sizes = dict(least)
    weight = {each.name: each.population**2 * sum(each.variances) for each in strata}
    population = {each.name: each.population for each in strata}
    for _ in range(number - sum(sizes.values())):
        open_ = [name for name in sizes if sizes[name] < population[name]]
        best = max(open_, key=lambda name: (weight[name] / (sizes[name] * (sizes[name] + 1)), name))
        sizes[best] += 1
    return sizes


def width(strata: Sequence[Stratum]) -> float:
    """Full width of the widest 95% interval for the share of an outcome, with the finite population correction."""
    total = sum(each.population for each in strata)
    widest = 0.0
    for outcome in range(len(strata[0].variances)):
        variance = sum(
            (each.population / total) ** 2
            * (1 - each.drawn / each.population)
            * each.variances[outcome]
            / each.drawn
            for each in strata
        )
        widest = max(widest, 2 * Z * math.sqrt(variance))
    return widest


def needed_for(units: Sequence[SamplingUnit], wanted: float) -> int:
    """The smallest stratified sample with an expected interval of at most this full width (a share)."""
    if not 0 < wanted < 1:
        raise UsageError(
            f"An interval cannot be {100 * wanted:g} points wide.",
            remedy="Give the --width in percentage points, more than 0 and less than 100.",
        )
    strata = strata_of(units)
    low, high = sum(min(each.population, MIN_PER_STRATUM) for each in strata), len(units)
    while low < high:
        middle = (low + high) // 2
        sizes = allocation(strata, middle)
        drawn = [Stratum(each.name, each.population, sizes[each.name], each.variances) for each in strata]
        if width(drawn) <= wanted:
            high = middle
        else:
            low = middle + 1
    return low


def choose_for_training(units: Sequence[SamplingUnit], number: int, seed: int, model: str = "") -> Sample:
    """The units from which a model would learn most, each with its reason; not usable for estimates.

    Raises `UsageError` if there are fewer units than asked for.
    """
    strata = strata_of(units)
    _check_number(number, units, strata, least=1)
    quota = {name: round(share * number) for name, share in TRAINING_SHARES.items()}
    selection = _Selection(units, {each.key: _random_order(seed, each.key) for each in units})
    for each in _one_by_one(units, quota["stratum"], selection.order):
        selection.add(each, f"all strata: so that {each.stratum} is among the labels")
    selection.take(
        quota["disagreement"],
        lambda each: each.uncertainty + LEAST_WORTH if each.disagreement else 0.0,
        lambda each: f"disagreement: {each.disagreement}",
    )
    selection.take(
        quota["uncertain"],
        lambda each: each.uncertainty,
        lambda each: f"uncertain: {each.uncertainty_reason}",
    )
    selection.take(number - len(selection.reasons), selection.novelty, selection.novelty_reason)
    return Sample("training", selection.sampled(), tuple(strata), len(units), seed, model, None)


class _Selection:
    """The units chosen for training so far, with their reasons."""

    def __init__(self, units: Sequence[SamplingUnit], order: Mapping[str, bytes]) -> None:
        self.units = units
        self.order = order
        self.reasons: dict[str, str] = {}
        self._seen: Counter[str] = Counter()

    def add(self, unit: SamplingUnit, reason: str) -> None:
        self.reasons[unit.key] = reason
        self._seen.update(unit.attributes)

    def take(
        self,
        wanted: int,
        worth: Callable[[SamplingUnit], float],
        reason: Callable[[SamplingUnit], str],
    ) -> None:
        """Adds the units of the highest worth one by one; of equal ones, in random order."""
        for _ in range(wanted):
            left = [each for each in self.units if each.key not in self.reasons and worth(each) > 0]
            if not left:
                return
            best = max(left, key=lambda each: (worth(each), self.order[each.key]))
            self.add(best, reason(best))

    def novelty(self, unit: SamplingUnit) -> float:
        """High if the sample has few units with the same attributes; above 0, so that every unit may be taken."""
        return sum(1 / (1 + self._seen[attribute]) for attribute in unit.attributes) + LEAST_NOVELTY

    def novelty_reason(self, unit: SamplingUnit) -> str:
        least = min((self._seen[attribute] for attribute in unit.attributes), default=0)
        names = sorted(name for name in unit.attributes if self._seen[name] == least)
        return f"diverse: adds {', '.join(names[:3])}" if names else "diverse: adds variety"

    def sampled(self) -> tuple[SampledUnit, ...]:
        """The chosen units in the order in which they were chosen."""
        by_key = {each.key: each for each in self.units}
        population = Counter(each.stratum for each in self.units)
        drawn = Counter(by_key[key].stratum for key in self.reasons)
        return tuple(
            SampledUnit(
                by_key[key], None, population[by_key[key].stratum], drawn[by_key[key].stratum], reason
            )
            for key, reason in self.reasons.items()
        )


def _one_by_one(units: Sequence[SamplingUnit], number: int, order: Mapping[str, bytes]) -> list[SamplingUnit]:
    """This number of units, one from each stratum in turn, in random order within."""
    rows: dict[str, list[SamplingUnit]] = {}
    for each in sorted(units, key=lambda each: order[each.key]):
        rows.setdefault(each.stratum, []).append(each)
    taken: list[SamplingUnit] = []
    while len(taken) < number and any(rows.values()):
        for name in sorted(rows):
            if rows[name] and len(taken) < number:
                taken.append(rows[name].pop())
    return taken


def _random_order(seed: int, key: str) -> bytes:
    """The place in a random order that depends only on the seed and the unit."""
    return hashlib.sha256(f"{seed}:{key}".encode()).digest()


def _check_number(
    number: int, units: Sequence[SamplingUnit], strata: Sequence[Stratum], least: int | None = None
) -> None:
    if number > len(units):
        raise UsageError(
            f"{number} units were asked for, but there are only {len(units)} to draw from.",
            remedy=f"Ask for at most {len(units)}, or score more documents."
            if units
            else "Score documents first, or documents that the model was not trained on.",
        )
    fewest = sum(min(each.population, MIN_PER_STRATUM) for each in strata) if least is None else least
    if number < fewest:
        raise UsageError(
            f"{number} units are too few for {len(strata)} strata: the error could not be estimated.",
            remedy=f"Ask for at least {fewest}.",
        )
