"""UN-Habitat's own grades, with and without the European Union: how much of its trend one document makes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ndc_urban.codebook import LEVELS
from ndc_urban.grades import ROUND_OF, Grade
from ndc_urban.parties import EUROPEAN_UNION, members_on
from ndc_urban.trend.estimates import TRAITS
from ndc_urban.trend.graded import SOURCE, grade_of
from ndc_urban.trend.matching import Matched
from ndc_urban.trend.published import Published
from ndc_urban.trend.rounds import day_of
from ndc_urban.trend.tables import AT_LEAST_MODERATE, COLUMNS, PARTIES, Table

ALL, WITHOUT = "all graded Parties", "without the European Union and its members"
GIVEN, GIVEN_WITHOUT = (
    "Parties whose grade is given",
    "Parties whose grade is given, without the EU and its members",
)
LEVELS_SHOWN: tuple[str, ...] = ("strong", AT_LEAST_MODERATE)

Row = dict[str, Any]


def grades_table(matched: Matched, published: Published) -> Table:
    """By round: shares of UN-Habitat's grades, as published and as given, with and without the European Union."""
    rows = [row for name in ROUND_OF.values() for row in _rows(matched, published, name)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS["grades"]))
    return Table(
        "grades",
        "UN-Habitat's own grades",
        frame.astype({"units": "Int64"}),
        notes=(
            "A is strong, A or B at least moderate. The European Union and its members are 28 of the graded Parties "
            "and have one document, so its grade moves all of them at once. Without them the published shares follow "
            "from the numbers and the Union's grade. The grades of some Parties are not given: the last two "
            "populations are those that are.",
        ),
        sources=(SOURCE,) if rows else (),
    )


def _rows(matched: Matched, published: Published, name: str) -> Iterator[Row]:
    union = {EUROPEAN_UNION, *members_on(day_of(name))}
    of_union = grade_of(matched.grades, EUROPEAN_UNION, name)
    figures = published.levels(name)
    for level in LEVELS_SHOWN:
        figure = figures.get(level)
        if figure is not None and figure.counted and figure.basis == PARTIES:
            whole = round(figure.share * figure.counted)
            yield _row(name, ALL, level, whole, figure.counted, "published")
            if of_union is not None:
                rest = whole - (len(union) if _has(of_union, level) else 0)
                yield _row(
                    name, WITHOUT, level, rest, figure.counted - len(union), "published and the EU's grade"
                )
        grades = {
            iso3: grade
            for iso3 in matched.grades
            if (grade := grade_of(matched.grades, iso3, name)) is not None
        }
        for population, chosen in (
            (GIVEN, list(grades.values())),
            (GIVEN_WITHOUT, [grade for iso3, grade in grades.items() if iso3 not in union]),
        ):
            if chosen:
                found = sum(_has(grade, level) for grade in chosen)
                yield _row(name, population, level, found, len(chosen), "grades")


def _has(grade: Grade, level: str) -> bool:
    return LEVELS.index(grade.level) in TRAITS[level]


def _row(name: str, population: str, level: str, found: int, units: int, source: str) -> Row:
    return {
        "round": name,
        "population": population,
        "level": level,
        "share": found / units,
        "units": units,
        "source": source,
    }
