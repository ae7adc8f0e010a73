"""The notes of the table of levels: methods, sources, the two bases, missing NDCs, and figures that are kept apart.

The notes on differences to the published figures are in `published_gaps`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from ndc_urban import counting
from ndc_urban.codebook import LEVELS
from ndc_urban.trend.estimates import has_trait, weighted_share
from ndc_urban.trend.matching import Match, Matched
from ndc_urban.trend.populations import population_of
from ndc_urban.trend.published import Published, counted_on
from ndc_urban.trend.rounds import in_round
from ndc_urban.trend.tables import AT_LEAST_MODERATE, BASES, CORRECTED, COUNT, PARTIES

METHODS: tuple[str, ...] = (
    "Count: the predicted levels are counted. The limits (Wilson 1927) treat the documents as a sample of what Parties "
    "might have written. They do not include errors of classification.",
    "Corrected: the count is corrected with a labelled probability sample (difference estimator, post-stratified on "
    "the predicted level, with finite population correction: Cassel, Särndal and Wretman 1976; Egami et al. 2023; "
    "Angelopoulos et al. 2023). The limits include errors of classification and the sampling of labels. They assume "
    "that the labels are right.",
    "Anchored: the cut points of the level score are set so that the round of the first review gets its published "
    "shares, and are then applied unchanged to the other rounds. The limits come from a bootstrap over Parties and do "
    "not include errors of classification.",
    "Labelled: the share among the labelled documents. Where these are a probability sample of the round, the limits "
    "are for the whole round.",
    "Change between rounds compares the same Parties. Its limits follow from those of the two rounds and the "
    "correlation of their errors over Parties (Newcombe 1998; Zou and Donner 2008).",
    "On the basis of Parties the European Union's NDC counts for the Union and for each of its members. The limits of "
    "count treat its level as known. In corrected and labelled its level is known if the document is labelled. In "
    "anchored it depends on the cut points.",
)

CHANGE_SOURCE = (
    "Newcombe, R. G. (1998), Statistics in Medicine 17, 2635-2650; "
    "Zou, G. Y. and Donner, A. (2008), 27, 1693-1702"
)
SOURCES: tuple[str, ...] = (
    "Cassel, C. M., Särndal, C. E. and Wretman, J. H. (1976), Biometrika 63, 615-620",
    "Egami, N., Hinck, M., Stewart, B. M. and Wei, H. (2023), Advances in Neural Information Processing Systems 36",
    "Angelopoulos, A. N. et al. (2023), Prediction-powered inference, Science 382, 669-674",
    "Manski, C. F. (1989), Anatomy of the selection problem, Journal of Human Resources 24, 343-360",
    "Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209-212",
    "Brown, L. D., Cai, T. T. and DasGupta, A. (2001), Statistical Science 16, 101-133",
    CHANGE_SOURCE,
)


def basis_notes(matched: Matched, published: Published) -> list[str]:
    """On which bases the published figures are counted, and how much depends on the European Union's one level."""
    notes = [] if matched.panel.calendar else _published_bases(matched, published)
    for name, matches in matched.rounds.items():
        union = next((match for match in matches if len(match.stands_for) > 1), None)
        if union is not None and union.prediction is not None:
            notes.append(_weight_of_the_union(matched.title(name), matches, union))
    return notes


def _published_bases(matched: Matched, published: Published) -> list[str]:
    figures = {name: next(iter(published.levels(name).values()), None) for name in matched.rounds}
    counted = [f"{matched.title(name)} on {counted_on(figure)}" for name, figure in figures.items() if figure]
    if not counted:
        return []
    ours = ", ".join(
        f"{counting.counted(len(matched.rounds[name]), 'document')} for "
        f"{counting.counted(sum(len(match.stands_for) for match in matched.rounds[name]), 'Party')} "
        f"{in_round(matched.title(name))}"
        for name in matched.rounds
    )
    return [
        f"The published figures are counted on different bases: {', '.join(counted)}. Where the reviews count "
        "Parties, they most likely count the European Union's NDC once for each member. The panel has "
        f"{ours}. Compare each published figure with our row on the same basis."
    ]


def _weight_of_the_union(name: str, matches: Sequence[Match], union: Match) -> str:
    population = population_of(matches, PARTIES)
    place = population.unit.index(union.standing.iso3)
    scenarios = []
    for code, level in enumerate(LEVELS):
        predicted = population.predicted.copy()
        predicted[place] = code
        shares = [
            weighted_share(has_trait(predicted, trait), population.weight)
            for trait in (AT_LEAST_MODERATE, "strong")
        ]
        scenarios.append(f"{level}: {shares[0]:.1%} at least moderate and {shares[1]:.1%} strong")
    own = LEVELS[int(population.predicted[place])]
    label = f", labelled {LEVELS[union.label.level]}" if union.label else ""
    return (
        f"{name}, basis of Parties: the European Union's NDC ({own}{label}) counts for {len(union.stands_for)} of "
        f"{population.units} Parties, or {len(union.stands_for) / population.units:.1%} of the total. "
        f"The count if its level were {'; '.join(scenarios)}."
    )


def missing_notes(matched: Matched, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """For rounds with missing NDCs, the smallest and largest share that all NDCs together can have.

    `rows` are those of the table of levels. These bounds assume nothing about the missing NDCs (Manski 1989).
    """
    shares = {(row["round"], row["basis"], row["estimate"], row["level"]): row for row in rows}
    notes = []
    for name, basis in product(matched.rounds, BASES):
        missing = matched.missing_units(name, basis)
        scored = int(shares[name, basis, COUNT, "strong"]["units"])
        if not missing or not scored:
            continue
        refused = math.isnan(shares[name, basis, CORRECTED, "strong"]["share"])
        estimate = COUNT if refused else CORRECTED
        bounds = []
        for level in ("strong", AT_LEAST_MODERATE):
            with_level = shares[name, basis, estimate, level]["share"] * scored
            low, high = (each / (scored + missing) for each in (with_level, with_level + missing))
            bounds.append(f"{low:.1%} to {high:.1%} for {level}")
        notes.append(
            f"{matched.title(name)}, basis of {basis}: {scored} of {scored + missing} are scored. Whatever the levels "
            f"of the others, the share ({estimate}) of all {scored + missing} is {' and '.join(bounds)}, before the "
            "error of the estimate."
        )
    return notes


def not_comparable_notes(published: Published) -> list[str]:
    """Published figures on other populations or metrics."""
    if not published.others:
        return []
    return [
        "Published for other populations or with other metrics, so not comparable and not in this table: "
        + "; ".join(published.others)
        + "."
    ]


def published_sources(matched: Matched, published: Published) -> list[str]:
    """The sources of the published levels of these rounds, each once."""
    sources = [figure.source for name in matched.rounds for figure in published.levels(name).values()]
    return list(dict.fromkeys(sources))
