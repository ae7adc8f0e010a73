"""Estimates of the share of a level in a population of documents, of which some are labelled.

A population is a set of arrays with one entry per document. Each estimate is a share with 95% limits.

- `count`: the predicted levels are counted. Errors of classification do not cancel out.
- `corrected`: the difference estimator over a labelled probability sample; the errors of the predictions are estimated
  within strata of the predicted level (Cassel, Särndal and Wretman 1976; Särndal, Swensson and Wretman 1992,
  chapter 7; the same idea as Egami et al. 2023 and Angelopoulos et al. 2023). With the predicted level as post-stratum
  it equals the sum of (share of the stratum) x (labelled share in the stratum).
- `labelled`: the share among the labelled documents.

Calibration to a published round is in `reference_calibration`, the arithmetic of the limits in `intervals`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ndc_urban.counting import agreeing, counted
from ndc_urban.trend.intervals import (
    Stratum,
    correlation,
    difference_limits,
    effective_number,
    total_limits,
    wilson,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

LOW, MODERATE, STRONG = 0, 1, 2
UNLABELLED = -1
MIN_OTHER_TEXTS = 10
"""A change rests on the Parties with another text in the second round: with fewer labels of these than a group needs
(`corrections.GROUP_LABELS`) it is refused, unless all of them are labelled."""
FEWEST_SCORED = 0.5
"""A round of which less than this share is scored has no corrected share, and no other round is calibrated by it: the
share would be that of a few documents. Chosen by eye."""
MIN_LABELS = 30
"""Fewer labelled documents are refused: benchmarks/trend_coverage.py measures coverage from 30 labels on."""
DESIGN_DEVIATIONS = 4.0
"""The weights of the labels must sum to the size of the population within so many of their own standard deviations:
otherwise the labels are not the sample that their probabilities say. A true sample fails once in 16,000 times."""
HEAVY = 0.1
"""A unit with more than this share of the weight is heavy: figures without it stand beside those with it."""

_SAME_SIZE = 0.5
"""Rounded inclusion probabilities need not sum to a whole document."""

TRAITS: dict[str, tuple[int, ...]] = {
    "low": (LOW,),
    "moderate": (MODERATE,),
    "strong": (STRONG,),
    "at least moderate": (MODERATE, STRONG),
}
"""The levels in the tables, each with its level codes."""
_HAS_TRAIT: dict[str, Floats] = {
    trait: np.array([float(code in codes) for code in (LOW, MODERATE, STRONG, UNLABELLED)])
    for trait, codes in TRAITS.items()
}
"""By level code; the last entry is that of -1, unlabelled."""


@dataclass(frozen=True)
class Estimate:
    """A share with its 95% limits, based on `n` documents or labels. All but `n` may be nan."""

    share: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Refused:
    """There is no estimate, for this reason."""

    reason: str


@dataclass(frozen=True)
class Population:
    """The documents of one round on one basis, arrays of shape (documents,).

    `predicted` and `label` are level codes (0 low, 1 moderate, 2 strong; label -1 where there is none); `weight` is the
    number of units that a document counts for; `probability` the inclusion probability of its label (nan if unknown or
    unlabelled); `score` the level score; `unit` the Party, to find pairs over rounds; `text` what identifies the text,
    to see which Parties have the same one in two rounds (empty if that is not known). `unscored` counts the documents
    that are left out because they have no prediction.
    """

    predicted: Ints
    label: Ints
    weight: Ints
    probability: Floats
    score: Floats
    unit: tuple[str, ...]
    text: tuple[str, ...] = ()
    unscored: int = 0

    def __post_init__(self) -> None:
        sizes = {
            len(array) for array in (self.predicted, self.label, self.weight, self.probability, self.score)
        }
        if sizes != {len(self.unit)}:
            raise ValueError("the arrays of a population must have the same length")
        if (self.weight < 1).any() or not np.isin(self.predicted, (LOW, MODERATE, STRONG)).all():
            raise ValueError("weights must be positive, and predictions level codes")

    def __len__(self) -> int:
        return len(self.unit)

    @property
    def units(self) -> int:
        """The number of units (documents or Parties) that the documents count for."""
        return int(self.weight.sum())

    @property
    def sampled(self) -> Flags:
        """Which documents have a label with a known inclusion probability."""
        flags: Flags = (self.label != UNLABELLED) & np.isfinite(self.probability)
        return flags

    @property
    def heaviest(self) -> int | None:
        """The place of the document with more than `HEAVY` of the weight (the largest of several), or None."""
        if not len(self):
            return None
        place = int(self.weight.argmax())
        return place if self.weight[place] > HEAVY * self.units and self.weight[place] > 1 else None

    def without_heaviest(self) -> Population | None:
        """The population without its heavy document; None if there is none."""
        place = self.heaviest
        if place is None:
            return None
        return replace(self.only([row for row in range(len(self)) if row != place]), unscored=self.unscored)

    def only(self, rows: Sequence[int], weight: Ints | None = None) -> Population:
        """The population of these rows, with other weights if given."""
        index = np.asarray(rows, dtype=np.int64)
        return Population(
            predicted=self.predicted[index],
            label=self.label[index],
            weight=self.weight[index] if weight is None else weight,
            probability=self.probability[index],
            score=self.score[index],
            unit=tuple(self.unit[row] for row in index),
            text=tuple(self.text[row] for row in index) if self.text else (),
        )


def has_trait(codes: Ints, trait: str) -> Floats:
    """1.0 where a level code has the trait, 0.0 elsewhere."""
    values: Floats = _HAS_TRAIT[trait][codes]
    return values


def weighted_share(values: Floats, weight: Ints) -> float:
    """The share of the weight that has a trait."""
    return float((values * weight).sum() / weight.sum()) if len(values) else math.nan


def count(population: Population, trait: str) -> Estimate:
    """The share by the predicted levels.

    All documents are counted, so there is no sampling error, and the limits include no errors of classification. They
    are Wilson's, and treat the documents as a sample of what Parties might have written. The level of a document that
    counts for several Parties is taken as known: the limits are those of the other documents.
    """
    values = has_trait(population.predicted, trait)
    return _counted(values, population.weight)


def _counted(values: Floats, weight: Ints) -> Estimate:
    share = weighted_share(values, weight)
    single = weight == 1
    n, total = int(single.sum()), float(weight.sum())
    if not n:
        return Estimate(share, math.nan, math.nan, len(values))
    low, high = wilson(float(values[single].mean()), n)
    fixed = float((values * weight)[~single].sum())
    return Estimate(share, (fixed + n * low) / total, (fixed + n * high) / total, len(values))


def refusal(population: Population, fewest: int = MIN_LABELS) -> Refused | None:
    """Why there can be no corrected estimate of the population, or None.

    `fewest` labels are needed, or those of all documents if there are not so many.
    """
    if lacking := too_few_scored(population):
        return lacking
    labelled = population.label != UNLABELLED
    sampled = population.sampled
    if not labelled.any():
        return Refused("this round has no labelled document")
    if not sampled.any():
        return Refused(
            "the inclusion probabilities of the labels are unknown, so they are not a probability sample"
        )
    few = too_few(int(sampled.sum()), len(population), fewest=fewest)
    if few:
        return few
    return design_refusal(len(population), population.probability[sampled])


def too_few_scored(population: Population, where: str = "") -> Refused | None:
    """A refusal if less than `FEWEST_SCORED` of the documents have a prediction: all would be judged by a few.

    `where` says in words which documents they are, such as ` of the round 2022`.
    """
    scored, documents = len(population), len(population) + population.unscored
    if scored >= FEWEST_SCORED * documents:
        return None
    return Refused(
        f"only {scored} of {counted(documents, 'document')}{where} {agreeing(scored, 'is', 'are')} scored"
    )


def too_few(
    labels: int, units: int, noun: str = "document", fewest: int = MIN_LABELS, *, where: str = ""
) -> Refused | None:
    """A refusal if fewer than `fewest` units have a label that counts, unless all units have one.

    `where` says in words where the labels are, such as ` in both rounds`.
    """
    needed = min(fewest, units)
    if labels and labels >= needed:
        return None
    return Refused(
        f"{labels or 'none'} of {counted(units, noun)} {agreeing(labels, 'has', 'have')} a label with a known "
        f"inclusion probability{where}, but {'all' if needed == units else f'at least {needed}'} must have one"
    )


def design_refusal(documents: int, probability: Floats) -> Refused | None:
    """Why labels with these inclusion probabilities are not a sample of so many documents, or None.

    The sum of the weights estimates the number of documents (Horvitz and Thompson 1952). Its variance is that of
    independent draws with these probabilities (Poisson sampling: Särndal, Swensson and Wretman 1992, 3.5) from so many
    documents.
    """
    if len(probability) == documents:
        return None  # everything is labelled: there is no sampling
    weights = float((1 / probability).sum())
    per_document = float(np.average((1 - probability) / probability, weights=1 / probability))
    deviation = math.sqrt(documents * per_document)
    if abs(weights - documents) <= DESIGN_DEVIATIONS * deviation + _SAME_SIZE:
        return None
    return Refused(
        f"the weights of the labels sum to {weights:.0f} for {documents} documents, more than "
        f"{DESIGN_DEVIATIONS:.0f} standard deviations ({deviation:.1f}) away, so the labels are not a complete sample "
        "of this round"
    )


def corrected(population: Population, trait: str, fewest: int = MIN_LABELS) -> Estimate | Refused:
    """The difference estimator over the labelled probability sample, post-stratified on the predicted level.

    A document that counts for several Parties has their number as its weight; if it is labelled its level is known.
    Limits: `ndc_urban.trend.intervals.total_limits`. `Refused` if `refusal` gives a reason.
    """
    refused = refusal(population, fewest)
    if refused:
        return refused
    return _sampled_estimate(population, population.sampled, trait, _strata(population, population.sampled))


def labelled(population: Population, trait: str) -> Estimate | Refused:
    """The share among the labelled documents, however they were chosen.

    If all of them come from a probability sample, it estimates the share in the population: labels weigh by the inverse
    of their inclusion probability, the limits have the finite population correction, and a document that counts for
    several Parties counts only for these. Otherwise the limits are Wilson's, for the labelled documents only.
    """
    rows = population.label != UNLABELLED
    if not rows.any():
        return Refused("this round has no labelled document")
    values = has_trait(population.label, trait)
    if (population.sampled == rows).all() and refusal(population) is None:
        one_stratum = np.zeros(len(population), dtype=np.int64)
        return _sampled_estimate(population, rows, trait, one_stratum)
    return _counted(values[rows], population.weight[rows])


def _strata(population: Population, sampled: Flags) -> Ints:
    """Post-strata: the predicted levels; a level without a labelled document is merged with its neighbour."""
    strata = population.predicted.copy()
    for level, neighbour in ((STRONG, MODERATE), (LOW, MODERATE), (MODERATE, LOW), (LOW, STRONG)):
        members = strata == level
        if members.any() and not (members & sampled & (population.weight == 1)).any():
            strata[members] = neighbour
    return strata


def _sampled_estimate(population: Population, sampled: Flags, trait: str, strata: Ints) -> Estimate:
    """The stratified estimate of the share of a trait among the labels."""
    values = has_trait(population.label, trait)
    return stratified(values, sampled, strata, population.weight, population.probability)


def stratified(values: Floats, sampled: Flags, strata: Ints, weight: Ints, probability: Floats) -> Estimate:
    """The post-stratified share of a 0/1 variable, known for the sampled documents; arrays of shape (documents,).

    What is known counts as it is. The documents of a stratum without a label get the mean of its labelled ones,
    weighted by 1/p - 1, the number of unlabelled documents that each stands for: so everything labelled gives the exact
    share, whatever the probabilities. Documents with a weight above 1 are known if labelled, else drawn one by one.
    """
    total, parts = 0.0, []
    for stratum in np.unique(strata):
        part, units = _stratum(values, sampled, strata == stratum, weight, probability)
        parts.append(part)
        total += units
    low, high = total_limits(parts)
    whole = float(weight.sum())
    share = total / whole
    return Estimate(
        share, max(0.0, min(share, low / whole)), min(1.0, max(share, high / whole)), int(sampled.sum())
    )


def _stratum(
    values: Floats, sampled: Flags, members: Flags, weight: Ints, probability: Floats
) -> tuple[Stratum, float]:
    """One stratum for `total_limits`, and its estimated total."""
    heavy = weight > 1
    seen = members & ~heavy & sampled
    n = int(seen.sum())
    stands_for = 1 / probability[seen] - 1
    if not np.isfinite(stands_for).all() or not stands_for.sum() > 0:
        stands_for = np.ones(n)  # unknown or certain inclusion: each label counts the same
    # without a label nothing is known of a stratum: one half is the mean of the prior of its limits
    mean = float((values[seen] * stands_for).sum() / stands_for.sum()) if n else 0.5
    effective = effective_number(stands_for)
    known = float(values[seen].sum()) + float((values * weight)[members & heavy & sampled].sum())
    unlabelled = int((members & ~heavy).sum()) - n
    unseen = [int(each) for each in weight[members & heavy & ~sampled]]
    part = Stratum(
        labelled=effective,
        positive=effective * mean,
        unlabelled=unlabelled,
        heavy=tuple(unseen),
        known=known,
    )
    return part, known + (unlabelled + sum(unseen)) * mean


def residuals(population: Population, trait: str, estimate: str) -> Floats:
    """The contribution of each document to the error of an estimate, up to a factor; nan if it has none."""
    if estimate == "count":
        values = has_trait(population.predicted, trait)
        return np.where(population.weight == 1, values - values.mean(), np.nan)
    sampled = population.sampled if estimate == "corrected" else population.label != UNLABELLED
    strata = _strata(population, sampled) if estimate == "corrected" else np.zeros(len(population), dtype=int)
    values = has_trait(population.label, trait)
    result = np.full(len(population), np.nan)
    for stratum in np.unique(strata):
        seen = (strata == stratum) & sampled & (population.weight == 1)
        if seen.any():
            result[seen] = values[seen] - values[seen].mean()
    return result


def _by_name(population: Population, trait: str, estimate: str) -> Estimate | Refused:
    if estimate == "count":
        return count(population, trait)
    return corrected(population, trait) if estimate == "corrected" else labelled(population, trait)


def change(first: Population, second: Population, trait: str, estimate: str) -> Estimate | Refused:
    """The change from the first to the second of two populations of the same Parties.

    The Parties are the sampling units: the correlation of the two errors is taken over the Parties that contribute to
    both, including those with the same NDC in both rounds.
    """
    one, two = (_by_name(population, trait, estimate) for population in (first, second))
    if isinstance(one, Refused):
        return one
    if isinstance(two, Refused):
        return two
    untested = None if estimate == "count" else _untested_texts(first, second)
    if untested:
        return untested
    errors1, errors2 = _errors(first, trait, estimate), _errors(second, trait, estimate)
    both = [unit for unit in errors1 if unit in errors2]
    rho = correlation(np.array([errors1[unit] for unit in both]), np.array([errors2[unit] for unit in both]))
    low, high = difference_limits(
        (one.share, one.low, one.high), (two.share, two.low, two.high), min(max(rho, -1.0), 1.0)
    )
    return Estimate(two.share - one.share, low, high, len(both))


def _errors(population: Population, trait: str, estimate: str) -> dict[str, float]:
    """The residuals by Party, of those that have one."""
    errors = residuals(population, trait, estimate).tolist()
    return {unit: error for unit, error in zip(population.unit, errors, strict=True) if math.isfinite(error)}


def _untested_texts(first: Population, second: Population) -> Refused | None:
    """A refusal if the labels do not say how the texts differ that are not the same in both populations."""
    if not (first.text and second.text):
        return None
    rows = {unit: row for row, unit in enumerate(first.unit)}
    others = [
        (rows[unit], row)
        for row, unit in enumerate(second.unit)
        if unit in rows and first.text[rows[unit]] != second.text[row]
    ]
    labelled = [
        (one, two)
        for one, two in others
        if first.label[one] != UNLABELLED and second.label[two] != UNLABELLED
    ]
    return untested_texts(len(others), len(labelled))


def untested_texts(others: int, labelled: int) -> Refused | None:
    """A refusal if too few of the Parties with another text in the second round have labels in both rounds.

    The same text has the same label in both rounds, so the labels of the other Parties say nothing of a change.
    """
    if labelled >= min(others, MIN_OTHER_TEXTS):
        return None
    return Refused(
        f"of {counted(others, 'Party')} with another text in the second round {labelled or 'none'} "
        f"{'has' if labelled == 1 else 'have'} labels in both rounds, but at least {min(others, MIN_OTHER_TEXTS)} "
        "are needed"
    )
