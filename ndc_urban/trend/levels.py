"""The tables of levels and of change: every estimate on both bases, with the published figures beside them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import pandas as pd

from ndc_urban.trend.estimates import (
    TRAITS,
    Estimate,
    Population,
    Refused,
    change,
    corrected,
    count,
    has_trait,
    labelled,
    refusal,
    weighted_share,
)
from ndc_urban.trend.matching import Match, Matched
from ndc_urban.trend.populations import paired, population_of
from ndc_urban.trend.published import Published, counted_on
from ndc_urban.trend.reference_calibration import Anchor, anchored, anchored_change, levels_by
from ndc_urban.trend.tables import (
    ANCHORED,
    AT_LEAST_MODERATE,
    COLUMNS,
    CORRECTED,
    COUNT,
    DOCUMENTS,
    LABELLED,
    PARTIES,
    PUBLISHED,
    Table,
)

BASES: tuple[str, ...] = (DOCUMENTS, PARTIES)
FEW_ROUNDS = 3
GAP = 0.04
"""Gaps to the published figures above this are taken apart in a note."""
Row = dict[str, Any]

METHODS: tuple[str, ...] = (
    "Count: classify and count. Every document at hand is counted, so the limits (Wilson 1927) hold neither "
    "sampling from the round nor errors of classification; they read the documents as draws from what Parties might "
    "have written.",
    "Corrected: difference estimator over the labelled probability sample, post-stratified on the predicted level, "
    "with finite population correction (Cassel, Särndal and Wretman 1976; Egami et al. 2023; Angelopoulos et al. "
    "2023). The limits hold errors of classification and the sampling of labels; they take the labels as right.",
    "Anchored: cut points on the level score set so that the first review's round gives its published shares, then "
    "applied unchanged. The limits are a bootstrap over Parties and hold no errors of classification.",
    "Labelled: the share among the labelled documents themselves; with limits for the whole round where they are a "
    "probability sample of it.",
    "Change between rounds is of the same Parties in both; its limits follow from those of the two rounds and the "
    "correlation of their errors over Parties (Newcombe 1998; Zou and Donner 2008).",
    "On the basis of Parties the European Union's NDC counts for its members and the Union. The limits of "
    "count are those of the other documents, with the Union's level taken as given; in corrected and labelled "
    "its level is known where it is labelled; in anchored it moves with the cut points.",
)

SOURCES: tuple[str, ...] = (
    "Cassel, C. M., Särndal, C. E. and Wretman, J. H. (1976), Biometrika 63, 615-620",
    "Egami, N., Hinck, M., Stewart, B. M. and Wei, H. (2023), Advances in Neural Information Processing Systems 36",
    "Angelopoulos, A. N. et al. (2023), Prediction-powered inference, Science 382, 669-674",
    "Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209-212",
    "Brown, L. D., Cai, T. T. and DasGupta, A. (2001), Statistical Science 16, 101-133",
    "Newcombe, R. G. (1998), Statistics in Medicine 17, 2635-2650; Zou, G. Y. and Donner, A. (2008), 27, 1693-1702",
)


@dataclass(frozen=True)
class Anchoring:
    """The anchor, or why there is none."""

    anchor: Anchor | None
    reason: str = ""


def levels_table(matched: Matched, published: Published, anchoring: Anchoring) -> Table:
    """Low, moderate, strong and at least moderate by round, basis and estimate."""
    rows = [row for name in matched.rounds for row in _of_round(matched, name, published, anchoring)]
    return Table(
        "levels",
        "Levels of urban content",
        _frame(rows, "levels"),
        notes=(*METHODS, *_bases(matched, published), *_gaps(matched, rows), *_apart(published)),
        sources=(*SOURCES, *_published_sources(matched, published)),
    )


def _of_round(matched: Matched, name: str, published: Published, anchoring: Anchoring) -> Iterator[Row]:
    for basis in BASES:
        for estimate in (COUNT, CORRECTED, ANCHORED, LABELLED):
            population = population_of(matched.rounds[name], basis, unscored=estimate == LABELLED)
            for trait in TRAITS:
                made = _made(population, trait, estimate, anchoring)
                note = _note(population, estimate, made, anchoring, name, matched)
                yield {
                    "round": name,
                    "basis": basis,
                    "estimate": estimate,
                    "level": trait,
                    **_cells(made),
                    "units": population.units,
                    "note": note,
                }
        if not matched.panel.calendar:
            yield from _published_rows(name, basis, published)


def _made(population: Population, trait: str, estimate: str, anchoring: Anchoring) -> Estimate | Refused:
    if not len(population):
        return Refused("no document of this round was scored")
    if estimate == COUNT:
        return count(population, trait)
    if estimate == CORRECTED:
        return corrected(population, trait)
    if estimate == LABELLED:
        return labelled(population, trait)
    if anchoring.anchor is None:
        return Refused(anchoring.reason)
    return anchored(anchoring.anchor, population, trait)


def _cells(made: Estimate | Refused) -> Row:
    if isinstance(made, Refused):
        return {"share": math.nan, "low": math.nan, "high": math.nan, "n": 0}
    return {"share": made.share, "low": made.low, "high": made.high, "n": made.n}


def _note(  # noqa: PLR0911  one for each case
    population: Population,
    estimate: str,
    made: Estimate | Refused,
    anchoring: Anchoring,
    name: str,
    matched: Matched,
) -> str:
    if isinstance(made, Refused):
        return f"Refused: {made.reason}."
    if estimate == COUNT:
        fitted = sum(match.prediction.cross_fitted for match in matched.scored(name) if match.prediction)
        if fitted:
            return f"{fitted} of {made.n} documents enter with their out-of-fold prediction."
        return "No document of this round was in the model's training data."
    if estimate == CORRECTED:
        return "Labels with known inclusion probability; errors estimated within predicted levels."
    if estimate == LABELLED:
        if (population.sampled == (population.label >= 0)).all() and refusal(population) is None:
            return "Limits are for all documents of the round."
        return (
            "No complete probability sample of the round: the share and its limits are of the labelled documents "
            "alone."
        )
    if anchoring.anchor is not None and name == anchoring.anchor.round:
        return "Set to the published shares on the basis of documents."
    return ""


def _published_rows(name: str, basis: str, published: Published) -> Iterator[Row]:
    figures = published.levels(name)
    for trait in TRAITS:
        figure = figures.get(trait)
        if figure is not None and figure.basis == basis:
            yield {
                "round": name,
                "basis": basis,
                "estimate": PUBLISHED,
                "level": trait,
                "share": figure.share,
                "low": math.nan,
                "high": math.nan,
                "units": figure.counted or pd.NA,
                "n": figure.counted or pd.NA,
                "note": f"Published: {figure.stated}, counted on {counted_on(figure)}. {figure.source}.",
            }


def _bases(matched: Matched, published: Published) -> list[str]:
    """How the bases differ, and what the European Union's one level does to the result."""
    notes = []
    told = {
        name: next(iter(published.levels(name).values()), None)
        for name in matched.rounds
        if not matched.panel.calendar
    }
    counted = [f"{name} on {counted_on(figure)}" for name, figure in told.items() if figure]
    if counted:
        ours = ", ".join(
            f"{name} {len(matched.rounds[name])} documents for "
            f"{sum(len(match.stands_for) for match in matched.rounds[name])} Parties"
            for name in matched.rounds
        )
        notes.append(
            f"The published figures do not share a basis: {' and '.join(counted)}. In the reviews' count of "
            "Parties the European Union's one NDC most likely stands for its members one by one. The panel has "
            f"{ours}. Compare each published figure with our row on its own basis."
        )
    for name, matches in matched.rounds.items():
        union = next((match for match in matches if len(match.stands_for) > 1), None)
        if union is not None and union.prediction is not None:
            notes.append(_what_the_union_does(name, matches, union))
    return notes


def _what_the_union_does(name: str, matches: Sequence[Match], union: Match) -> str:
    population = population_of(matches, PARTIES)
    place = population.unit.index(union.standing.iso3)
    told = []
    for code, level in enumerate(("low", "moderate", "strong")):
        predicted = population.predicted.copy()
        predicted[place] = code
        shares = [
            weighted_share(has_trait(predicted, trait), population.weight)
            for trait in (AT_LEAST_MODERATE, "strong")
        ]
        told.append(f"{level} {shares[0]:.1%} at least moderate and {shares[1]:.1%} strong")
    own = ("low", "moderate", "strong")[int(population.predicted[place])]
    label = f", labelled {('low', 'moderate', 'strong')[union.label.level]}" if union.label else ""
    return (
        f"{name}, basis of Parties: the European Union's NDC ({own}{label}) counts for {len(union.stands_for)} of "
        f"{population.units} Parties, {len(union.stands_for) / population.units:.1%} of the total in one step. "
        f"Count if its level were {'; '.join(told)}."
    )


def _gaps(matched: Matched, rows: Sequence[Row]) -> list[str]:
    """For each published figure what the gap to ours on the same basis is made of, where one is worth telling."""
    share = {(row["round"], row["basis"], row["estimate"], row["level"]): float(row["share"]) for row in rows}
    notes = []
    for (name, basis, estimate, trait), figure in share.items():
        if estimate != PUBLISHED or trait not in ("strong", AT_LEAST_MODERATE):
            continue
        ours = {
            each: share[name, basis, each, trait]
            for each in (COUNT, CORRECTED, ANCHORED, LABELLED)
            if not math.isnan(share[name, basis, each, trait])
        }
        gaps = {each: value - figure for each, value in ours.items()}
        if all(abs(gap) <= GAP for gap in gaps.values()):
            continue
        told = [f"{each} {_points(gap)}" for each, gap in gaps.items()]
        parts = []
        if COUNT in ours and CORRECTED in ours:
            parts.append(
                f"errors of classification put {_points(ours[COUNT] - ours[CORRECTED])} into the count"
            )
        if CORRECTED in gaps:
            parts.append(
                f"{_points(gaps[CORRECTED])} remain once they are corrected: these lie between the labels' rules "
                "and the reviews' coding, which is not public"
            )
        elif LABELLED in gaps:
            parts.append(
                f"the labels differ by {_points(gaps[LABELLED])}: their rules are not the reviews' coding, which "
                "is not public"
            )
        if basis == PARTIES:
            heaviest = max(matched.rounds[name], key=lambda match: len(match.stands_for))
            units = sum(len(match.stands_for) for match in matched.rounds[name])
            if len(heaviest.stands_for) > 1:
                parts.append(
                    f"the European Union's one level moves {len(heaviest.stands_for) / units * 100:.1f} points"
                )
        if ANCHORED in gaps and name != next(iter(matched.rounds)):
            parts.append("the anchored row starts from the published level, so its gap here is one of change")
        notes.append(
            f"Gaps to the published figure, {trait} in {name}, basis of {basis}: {', '.join(told)}. "
            + _sentence("; ".join(parts))
            + "."
        )
    return notes


def _sentence(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def _points(gap: float) -> str:
    """A difference in percentage points with its sign."""
    return f"{gap * 100:+.1f} points".replace("-", "−")


def _apart(published: Published) -> list[str]:
    if not published.others:
        return []
    return [
        "Published on other populations or metrics, not comparable and on no line of this table: "
        + "; ".join(published.others)
        + "."
    ]


def _published_sources(matched: Matched, published: Published) -> list[str]:
    sources = [figure.source for name in matched.rounds for figure in published.levels(name).values()]
    return list(dict.fromkeys(sources))


def change_table(matched: Matched, published: Published, anchoring: Anchoring) -> Table:
    """Change between rounds, of the same Parties in both: neighbours, and each with every later one if they are few."""
    rows: list[Row] = []
    for first, second in _pairs(tuple(matched.rounds)):
        for basis in BASES:
            rows += _changes(matched, first, second, basis, anchoring)
        if not matched.panel.calendar:
            rows += _published_change(first, second, published)
    return Table(
        "change",
        "Change between rounds, the same Parties in both",
        _frame(rows, "change"),
        notes=(
            "Levels of the Parties whose documents are scored in both rounds, so a change here need not equal the "
            "difference of two rows of the table of levels. n counts the documents, or pairs of labels, that the "
            "correlation rests on.",
        ),
        sources=SOURCES[-1:],
    )


def _pairs(rounds: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of rounds: all of up to three rounds; of more, neighbours, and the first with the last."""
    if len(rounds) <= FEW_ROUNDS:
        return list(combinations(rounds, 2))
    return [*pairwise(rounds), (rounds[0], rounds[-1])]


def _changes(matched: Matched, first: str, second: str, basis: str, anchoring: Anchoring) -> Iterator[Row]:
    for estimate in (COUNT, CORRECTED, ANCHORED, LABELLED):
        one, two = paired(matched, first, second, basis, unscored=estimate == LABELLED)
        for trait in TRAITS:
            made: Estimate | Refused
            note = f"{one.units} {basis} in both rounds."
            if not len(one):
                made = Refused("no Party has a scored document in both rounds")
            elif estimate != ANCHORED:
                both = change(one, two, trait, estimate)
                made = both if isinstance(both, Refused) else both[2]
            elif anchoring.anchor is None:
                made = Refused(anchoring.reason)
            else:
                made = anchored_change(anchoring.anchor, one, two, trait)
            if isinstance(made, Refused):
                note = f"Refused: {made.reason}."
            cells = _cells(made)
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
                "note": note,
            }


def _published_change(first: str, second: str, published: Published) -> Iterator[Row]:
    """The difference of the published figures; it has no basis of its own where theirs differ."""
    one, two = published.levels(first), published.levels(second)
    for trait in TRAITS:
        if trait in one and trait in two:
            bases = f"{counted_on(one[trait])} and {counted_on(two[trait])}"
            same = one[trait].basis == two[trait].basis
            yield {
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


def anchored_codes(anchor: Anchor, population: Population) -> list[int]:
    """Level codes of a population by the anchor's cuts."""
    return [int(code) for code in levels_by(anchor.cuts, population.score)]


def _frame(rows: Sequence[Row], name: str) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=list(COLUMNS[name]))
    return frame.astype({column: "Int64" for column in ("units", "n") if column in frame.columns})
