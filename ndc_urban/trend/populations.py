"""The documents of a round as a population of arrays, on either basis: the input of the estimates."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ndc_urban.trend.estimates import LOW, UNLABELLED, Population
from ndc_urban.trend.matching import Match, Matched
from ndc_urban.trend.tables import DOCUMENTS


def population_of(matches: Sequence[Match], basis: str, *, unscored: bool = False) -> Population:
    """The scored documents of a round; on the basis of Parties each counts for all its Parties.

    `unscored` includes documents without a prediction, for estimates that use only labels: such a prediction is then a
    placeholder (low, score nan).
    """
    chosen = [match for match in matches if unscored or match.prediction is not None]
    weights = [1 if basis == DOCUMENTS else len(match.stands_for) for match in chosen]
    return replace(_population(chosen, weights), unscored=len(matches) - len(chosen))


def paired(
    matched: Matched, first: str, second: str, basis: str, *, unscored: bool = False
) -> tuple[Population, Population]:
    """The populations of two rounds, limited to Parties with a scored document (or any document) in both."""
    chosen = _in_both(matched, first, second, basis, unscored=unscored)
    every = _in_both(matched, first, second, basis, unscored=True)
    one, two = (
        replace(
            _population([match for match, _ in some], [weight for _, weight in some]),
            unscored=len(all_) - len(some),
        )
        for some, all_ in zip(chosen, every, strict=True)
    )
    return one, two


Weighted = list[tuple[Match, int]]


def _in_both(
    matched: Matched, first: str, second: str, basis: str, *, unscored: bool
) -> tuple[Weighted, Weighted]:
    """The documents of the Parties that have one in both rounds, each with the number of units that it counts for."""
    one, two = (
        {
            match.standing.iso3: match
            for match in matched.rounds[name]
            if unscored or match.prediction is not None
        }
        for name in (first, second)
    )
    if basis == DOCUMENTS:
        both = sorted(set(one) & set(two))
        return [(one[iso3], 1) for iso3 in both], [(two[iso3], 1) for iso3 in both]
    speaker_in = [
        {party: iso3 for iso3, match in matches.items() for party in match.stands_for}
        for matches in (one, two)
    ]
    parties = speaker_in[0].keys() & speaker_in[1].keys()
    weights = [Counter(speaker[party] for party in parties) for speaker in speaker_in]
    return (
        [(one[iso3], weights[0][iso3]) for iso3 in sorted(weights[0])],
        [(two[iso3], weights[1][iso3]) for iso3 in sorted(weights[1])],
    )


def _population(matches: Sequence[Match], weights: Sequence[int]) -> Population:
    predictions = [match.prediction for match in matches]
    labels = [match.label for match in matches]
    return Population(
        predicted=np.array(
            [prediction.level if prediction else LOW for prediction in predictions], dtype=np.int64
        ),
        label=np.array([label.level if label else UNLABELLED for label in labels], dtype=np.int64),
        weight=np.array(weights, dtype=np.int64),
        probability=np.array([label.probability if label else math.nan for label in labels], dtype=float),
        score=np.array(
            [prediction.score if prediction else math.nan for prediction in predictions], dtype=float
        ),
        unit=tuple(match.standing.iso3 for match in matches),
        text=tuple(match.sha256 or match.standing.document for match in matches),
    )
