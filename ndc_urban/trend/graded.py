"""UN-Habitat's grades in a trend: a column beside our levels, and the labelled sample of the scale `un-habitat`.

The given grades are what is left of the graded Parties after some were set apart at random. So the graded documents of
a round are taken as a random sample of its documents; NDCs that came after UN-Habitat's snapshot have no grade, and the
estimates assume that they are like the others of their predicted level.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ndc_urban.codebook import LEVELS
from ndc_urban.grades import Grade, PartyGrades, read_grades
from ndc_urban.trend.labels import LabelledLevel, Labels
from ndc_urban.trend.panel import Panel

GRADES_FILE = "un_habitat_grades.csv"
SOURCE = (
    "UN-Habitat and SDU 2026, Urban Content in NDC 3.0: A snapshot of 128 NDCs; grades by Party as transcribed in "
    "CHAMP-MLG-TOOLKIT_V3 (github.com/hamzaabdullahcpi)"
)

Grades = Mapping[str, PartyGrades]


def load_grades(path: Path) -> Grades:
    """The grades by Party; none if there is no such file."""
    return read_grades(path) if path.is_file() else {}


def grade_of(grades: Grades, iso3: str, name: str) -> Grade | None:
    """The grade of a Party's document of a round, if it has one."""
    return grades[iso3].by_round.get(name) if iso3 in grades else None


def labels_from_grades(panel: Panel, grades: Grades) -> Labels:
    """The grades as labels of documents: A strong, B moderate, C and No low; the key is round and document.

    The inclusion probability is the share of the round's documents that have a grade.
    """
    labels: dict[tuple[str, str], LabelledLevel] = {}
    for name in panel.rounds:
        standings = panel.of_round(name)
        graded = {each.iso3: grade for each in standings if (grade := grade_of(grades, each.iso3, name))}
        for each in standings:
            if each.iso3 in graded:
                code = LEVELS.index(graded[each.iso3].level)
                labels[name, each.iso3] = LabelledLevel(code, len(graded) / len(standings))
    return Labels({}, {}, labels)
