"""Which documents or passages to code next: a probability sample for estimates, or what a model would learn most from.

For an estimate the units are drawn at random within strata (the predicted level, or classes of `p_urban`), with the
allocation that makes the variance least (Neyman 1934; whole numbers after Wright 2012, "The Equivalence of Neyman
Optimum Allocation for Sampling and Equal Proportions for Apportioning"), and each unit carries the probability
with which it was drawn. For training the units are chosen, not drawn: nothing may be estimated from them.
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
"""A variance takes two units of a stratum at least."""
WISHED_PER_STRATUM = 5
"""So many are drawn of each stratum where the sample is large enough."""
Z = 1.96
"""Quantile of the normal distribution for intervals of 95%."""
SHARES = {"uncertain": 0.4, "disagreement": 0.2, "diverse": 0.2, "stratum": 0.2}
"""How a sample for training is made up, as far as there are such units."""

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
"""Columns of a sample file: those of the anchor are empty for documents, those of levels for passages."""


@dataclass(frozen=True)
class Candidate:
    """A document or passage that may be drawn.

    `key` tells it from all others; `outcomes` are the model's probabilities of what is to be estimated (for a document
    at least moderate and strong, for a passage urban); `doubt` says how unsure the model is (0 to 1), `why_unsure` in
    words; `disagreement` says which two views of the unit differ, empty where none do; `traits` are what a diverse
    sample should have many of. `cells` are the columns of the sample file that describe it.
    """

    key: str
    document: str
    stratum: str
    outcomes: tuple[float, ...]
    doubt: float
    why_unsure: str
    disagreement: str = ""
    traits: frozenset[str] = frozenset()
    cells: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratum: its units, how many are drawn, and the variance of each outcome that the model leads one to expect."""

    name: str
    population: int
    drawn: int
    variances: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Pick:
    """A unit that was drawn or chosen; `inclusion_probability` is None where it was chosen."""

    candidate: Candidate
    inclusion_probability: float | None
    stratum_population: int
    stratum_drawn: int
    reason: str


@dataclass(frozen=True)
class Sample:
    """What was drawn, how, and how wide an interval it promises (full width, as a share; None for training)."""

    purpose: Purpose
    picks: tuple[Pick, ...]
    strata: tuple[Stratum, ...]
    population: int
    seed: int
    model: str
    expected_width: float | None

    def rows(self) -> list[dict[str, str]]:
        """The rows of the sample file, with the columns `SAMPLE_COLUMNS`."""
        return [
            dict.fromkeys(SAMPLE_COLUMNS, "")
            | dict(pick.candidate.cells)
            | {
                "document": pick.candidate.document,
                "stratum": pick.candidate.stratum,
                "purpose": self.purpose,
                "usable_for_estimation": "yes" if self.purpose == "estimate" else "no",
                "inclusion_probability": ""
                if pick.inclusion_probability is None
                else f"{pick.inclusion_probability:.6g}",
                "stratum_population": str(pick.stratum_population),
                "stratum_drawn": str(pick.stratum_drawn),
                "seed": str(self.seed),
                "model": self.model,
                "reason": pick.reason,
            }
            for pick in self.picks
        ]


def draw_for_estimate(candidates: Sequence[Candidate], number: int, seed: int, model: str = "") -> Sample:
    """A stratified random sample without replacement; the same seed and units give the same sample in any order.

    Raises `UsageError` where there are fewer units than asked for, or too few are asked for to tell a variance.
    """
    strata = strata_of(candidates)
    _check_number(number, candidates, strata)
    sizes = allocation(strata, number)
    strata = [
        Stratum(stratum.name, stratum.population, sizes[stratum.name], stratum.variances)
        for stratum in strata
    ]
    picks = []
    for stratum in strata:
        members = sorted(
            (each for each in candidates if each.stratum == stratum.name), key=lambda each: each.key
        )
        generator = np.random.default_rng([seed, *hashlib.sha256(stratum.name.encode()).digest()[:8]])
        chosen = sorted(generator.choice(len(members), size=stratum.drawn, replace=False).tolist())
        share = stratum.drawn / stratum.population
        reason = f"drawn at random: {stratum.drawn} of {stratum.population} in the stratum {stratum.name}"
        picks += [Pick(members[at], share, stratum.population, stratum.drawn, reason) for at in chosen]
    return Sample("estimate", tuple(picks), tuple(strata), len(candidates), seed, model, width(strata))


def strata_of(candidates: Iterable[Candidate]) -> list[Stratum]:
    """The strata of some units, none drawn yet.

    The variance of an outcome in a stratum is that of a coin with the mean probability there, which takes half a
    unit of either kind for granted, so that no stratum counts as certain.
    """
    members: dict[str, list[Candidate]] = {}
    for each in candidates:
        members.setdefault(each.stratum, []).append(each)
    strata = []
    for name, group in sorted(members.items()):
        means = (np.sum([each.outcomes for each in group], axis=0) + 0.5) / (len(group) + 1)
        strata.append(Stratum(name, len(group), 0, tuple(float(mean * (1 - mean)) for mean in means)))
    return strata


def allocation(strata: Sequence[Stratum], number: int) -> dict[str, int]:
    """How many units to draw of each stratum: a least number of each, then where one more unit helps most."""
    least = {each.name: min(each.population, WISHED_PER_STRATUM) for each in strata}
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


def needed_for(candidates: Sequence[Candidate], wanted: float) -> int:
    """The fewest labels of a stratified sample that promise an interval of at most this full width (a share)."""
    if not 0 < wanted < 1:
        raise UsageError(
            f"A width of {100 * wanted:g} points is no width of an interval.",
            remedy="Give --width in percentage points, more than 0 and less than 100.",
        )
    strata = strata_of(candidates)
    low, high = sum(min(each.population, MIN_PER_STRATUM) for each in strata), len(candidates)
    while low < high:
        middle = (low + high) // 2
        sizes = allocation(strata, middle)
        drawn = [Stratum(each.name, each.population, sizes[each.name], each.variances) for each in strata]
        if width(drawn) <= wanted:
            high = middle
        else:
            low = middle + 1
    return low


def choose_for_training(candidates: Sequence[Candidate], number: int, seed: int, model: str = "") -> Sample:
    """The units that a model would learn most from, each with its reason; of no use for estimates.

    Raises `UsageError` where there are fewer units than asked for.
    """
    strata = strata_of(candidates)
    _check_number(number, candidates, strata, least=1)
    sizes = Counter(each.stratum for each in candidates)
    chosen: dict[str, str] = {}
    seen: Counter[str] = Counter()
    order = {each.key: _lot(seed, each.key) for each in candidates}

    def take(wanted: int, worth: Callable[[Candidate], float], reason: Callable[[Candidate], str]) -> None:
        for _ in range(wanted):
            left = [each for each in candidates if each.key not in chosen and worth(each) > 0]
            if not left:
                return
            best = max(left, key=lambda each: (worth(each), order[each.key]))
            chosen[best.key] = reason(best)
            seen.update(best.traits)

    quota = {name: round(share * number) for name, share in SHARES.items()}
    by_stratum = _one_by_one(candidates, quota["stratum"], order)
    for each in by_stratum:
        chosen[each.key] = f"all strata: {each.stratum} is to be among the labels"
        seen.update(each.traits)
    take(
        quota["disagreement"],
        lambda each: each.doubt + 0.01 if each.disagreement else 0.0,
        lambda each: f"disagreement: {each.disagreement}",
    )
    take(quota["uncertain"], lambda each: each.doubt, lambda each: f"uncertain: {each.why_unsure}")
    take(
        number - len(chosen),
        lambda each: sum(1 / (1 + seen[trait]) for trait in each.traits) + 1e-9,
        lambda each: f"diverse: {_rarest(each.traits, seen)}",
    )
    picks = [
        Pick(
            each,
            None,
            sizes[each.stratum],
            sum(other.stratum == each.stratum and other.key in chosen for other in candidates),
            chosen[each.key],
        )
        for each in sorted(
            candidates, key=lambda each: list(chosen).index(each.key) if each.key in chosen else -1
        )
        if each.key in chosen
    ]
    return Sample("training", tuple(picks), tuple(strata), len(candidates), seed, model, None)


def _one_by_one(candidates: Sequence[Candidate], number: int, order: Mapping[str, bytes]) -> list[Candidate]:
    """So many units, one of each stratum in turn, in random order within."""
    rows: dict[str, list[Candidate]] = {}
    for each in sorted(candidates, key=lambda each: order[each.key]):
        rows.setdefault(each.stratum, []).append(each)
    taken: list[Candidate] = []
    while len(taken) < number and any(rows.values()):
        for name in sorted(rows):
            if rows[name] and len(taken) < number:
                taken.append(rows[name].pop())
    return taken


def _rarest(traits: frozenset[str], seen: Counter[str]) -> str:
    """The traits of a unit that the sample had least of before it."""
    least = min((seen[trait] for trait in traits), default=0)
    names = sorted(trait for trait in traits if seen[trait] == least)
    return f"adds {', '.join(names[:3])}" if names else "adds variety"


def _lot(seed: int, key: str) -> bytes:
    """A random order that rests on the seed and the unit alone."""
    return hashlib.sha256(f"{seed}:{key}".encode()).digest()


def _check_number(
    number: int, candidates: Sequence[Candidate], strata: Sequence[Stratum], least: int | None = None
) -> None:
    if number > len(candidates):
        raise UsageError(
            f"{number} units are asked for, and there are {len(candidates)} to draw from.",
            remedy=f"Ask for at most {len(candidates)}, or score more documents."
            if candidates
            else "Score documents first, or documents that the model was not trained on.",
        )
    fewest = sum(min(each.population, MIN_PER_STRATUM) for each in strata) if least is None else least
    if number < fewest:
        raise UsageError(
            f"{number} units are too few for {len(strata)} strata: nothing could be said of the error.",
            remedy=f"Ask for at least {fewest}.",
        )
