"""The table of levels: every estimate on both bases, with the published figures beside them.

The notes below the table are written in `level_notes` and `published_gaps`; change between rounds is in `changes`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from ndc_urban.codebook import LEVELS
from ndc_urban.counting import counted
from ndc_urban.parties import EUROPEAN_UNION, members_on
from ndc_urban.trend.estimates import (
    TRAITS,
    Estimate,
    Population,
    Refused,
    count,
    labelled,
    refusal,
)
from ndc_urban.trend.graded import grade_of
from ndc_urban.trend.label_error import allowing_for
from ndc_urban.trend.level_notes import (
    METHODS,
    SOURCES,
    basis_notes,
    missing_notes,
    not_comparable_notes,
    published_sources,
)
from ndc_urban.trend.matching import Matched
from ndc_urban.trend.populations import population_of
from ndc_urban.trend.published import Figure, Published, counted_on
from ndc_urban.trend.published_gaps import gap_notes
from ndc_urban.trend.reference_calibration import ReferenceCalibration, calibrated
from ndc_urban.trend.results import UN_HABITAT
from ndc_urban.trend.tables import (
    BASES,
    CALIBRATED,
    COLUMNS,
    CORRECTED,
    COUNT,
    LABELLED,
    OUR_ESTIMATES,
    PARTIES,
    PUBLISHED,
    Table,
)

Row = dict[str, Any]
Reference = ReferenceCalibration | Refused
"""The calibration to a published round, or why there is none."""


def levels_table(matched: Matched, published: Published, reference: Reference) -> Table:
    """Low, moderate, strong and at least moderate by round, basis and estimate."""
    rows = [row for name in matched.rounds for row in _of_round(matched, name, published, reference)]
    return Table(
        "levels",
        "Levels of urban content",
        level_frame(rows, "levels"),
        notes=(
            *METHODS,
            *basis_notes(matched, published),
            *missing_notes(matched, rows),
            *gap_notes(matched, rows),
            *not_comparable_notes(published),
        ),
        sources=(*SOURCES, *published_sources(matched, published)),
    )


def level_frame(rows: list[Row], name: str) -> pd.DataFrame:
    """Rows as the table of that name, whole numbers as such."""
    frame = pd.DataFrame(rows, columns=list(COLUMNS[name]))
    return frame.astype({column: "Int64" for column in ("units", "n") if column in frame.columns})


def cells_of(result: Estimate | Refused) -> Row:
    """Share, limits and n of an estimate; nothing where it is refused."""
    if isinstance(result, Refused):
        return {"share": math.nan, "low": math.nan, "high": math.nan, "n": 0}
    return {"share": result.share, "low": result.low, "high": result.high, "n": result.n}


LIMITS = {
    COUNT: "superpopulation: what the Parties might have written",
    CORRECTED: "finite population: the labels might have been others",
    CALIBRATED: "superpopulation: bootstrap over Parties and the published shares",
    LABELLED: "finite population: the labels might have been others",
}
"""What the limits of an estimate allow for: limits of two kinds are not compared."""


def without_cells(population: Population, estimated: Callable[[Population], Estimate | Refused]) -> Row:
    """The same estimate without the document that has over 10% of the weight; empty if there is none."""
    rest, place = population.without_heaviest(), population.heaviest
    if rest is None or place is None:
        return {"heaviest": "", "heaviest_weight": math.nan} | _WITHOUT
    cells = cells_of(estimated(rest)) if len(rest) else _NO_ESTIMATE
    return {
        "heaviest": population.unit[place],
        "heaviest_weight": float(population.weight[place]) / population.units,
        "share_without": cells["share"],
        "low_without": cells["low"],
        "high_without": cells["high"],
    }


_NO_ESTIMATE: Row = {"share": math.nan, "low": math.nan, "high": math.nan}
_WITHOUT: Row = {"share_without": math.nan, "low_without": math.nan, "high_without": math.nan}


def _of_round(matched: Matched, name: str, published: Published, reference: Reference) -> Iterator[Row]:
    for basis in BASES:
        for estimate in OUR_ESTIMATES:
            population = population_of(matched.rounds[name], basis, unscored=estimate == LABELLED)
            for trait in TRAITS:

                def estimated(
                    units: Population, trait: str = trait, name: str = estimate
                ) -> Estimate | Refused:
                    return _estimated(units, trait, name, reference, matched.label_error)

                result = estimated(population)
                yield {
                    "round": name,
                    "basis": basis,
                    "estimate": estimate,
                    "level": trait,
                    **cells_of(result),
                    "units": population.units,
                    "note": f"Refused: {result.reason}."
                    if isinstance(result, Refused)
                    else _note(estimate, population, result, reference, matched, name),
                    "limits": LIMITS[estimate],
                    **without_cells(population, estimated),
                    "scale": matched.scale,
                }
        if not matched.panel.calendar:
            yield from _published_rows(matched, name, basis, published)


def _estimated(
    population: Population, trait: str, estimate: str, reference: Reference, label_error: float
) -> Estimate | Refused:
    if not len(population):
        return Refused("no document of this round was scored")
    if estimate == COUNT:
        return count(population, trait)
    if estimate == CORRECTED:
        return allowing_for(population, trait, label_error)
    if estimate == LABELLED:
        return labelled(population, trait)
    return reference if isinstance(reference, Refused) else calibrated(reference, population, trait)


def _note(
    estimate: str,
    population: Population,
    result: Estimate,
    reference: Reference,
    matched: Matched,
    name: str,
) -> str:
    """What a reader should know of one row."""
    if estimate == COUNT:
        cross_fitted = sum(
            match.prediction.cross_fitted for match in matched.scored(name) if match.prediction
        )
        if not cross_fitted:
            return "No document of this round was in the model's training data."
        return f"Out-of-fold predictions are used for {cross_fitted} of {counted(result.n, 'document')}."
    if estimate == CORRECTED:
        return "Based on labels with a known inclusion probability; errors are estimated within predicted levels."
    if estimate == LABELLED:
        whole_sample = bool((population.sampled == (population.label >= 0)).all())
        if whole_sample and refusal(population) is None:
            return "The limits are for all documents of the round."
        return (
            "The labels are not a complete probability sample of the round: the share and its limits describe only "
            "the labelled documents."
        )
    is_reference = isinstance(reference, ReferenceCalibration) and name == reference.round
    return "The cut points are set to the published shares of this round." if is_reference else ""


def _published_rows(matched: Matched, name: str, basis: str, published: Published) -> Iterator[Row]:
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
                "limits": "",
                **_published_without(matched, name, trait, figure),
                "scale": UN_HABITAT,
            }


def _published_without(matched: Matched, name: str, trait: str, figure: Figure) -> Row:
    """A published share of Parties without the European Union and its members, where the Union's grade is known."""
    grade = grade_of(matched.grades, EUROPEAN_UNION, name)
    if grade is None or not figure.counted or figure.basis != PARTIES:
        return {"heaviest": "", "heaviest_weight": math.nan} | _WITHOUT
    units = 1 + len(members_on(matched.panel.day(name)))
    of_union = units if LEVELS.index(grade.level) in TRAITS[trait] else 0
    rest = (figure.share * figure.counted - of_union) / (figure.counted - units)
    return (
        {"heaviest": EUROPEAN_UNION, "heaviest_weight": units / figure.counted}
        | _WITHOUT
        | {"share_without": rest}
    )
