"""The few Party levels that public reports on the reviews name, and what the model says of the same NDCs.

Source: reports on UNDP, UN-Habitat and SDU 2024, "Urban content of NDCs", on the state of 2023. Of the second group
they say that they are not strong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ndc_urban.cache.reading import read
from ndc_urban.codebook import LEVELS
from ndc_urban.corpus.register import Collection
from ndc_urban.errors import ReadingError
from ndc_urban.grades import ROUND_OF, PartyGrades
from ndc_urban.model.urban_model import UrbanModel
from ndc_urban.parties import EUROPEAN_UNION
from ndc_urban.training.train import TrainingResult

PUBLISHED: Mapping[str, str] = dict.fromkeys(("COL", "JOR", "MAR", "RWA", "SLE"), "strong") | dict.fromkeys(
    ("AUS", "CAN", EUROPEAN_UNION, "JPN", "USA"), "not strong"
)
ROUND = "2022"
"""The round of the panel that comes closest to the state of the reports."""


def against_published(trained: TrainingResult, collection: Collection) -> list[dict[str, Any]]:
    """Each Party's published level beside the model's; empty where the collection has no panel.

    Documents of the training data enter with their out-of-fold level; others are read by the model itself.
    """
    out_of_fold = {
        document.document: LEVELS[int(said.argmax())]
        for document, said in zip(trained.documents, trained.probabilities, strict=True)
        if document.is_coded_version
    }
    in_force = collection.in_force(ROUND)
    rows = []
    for iso3, published in sorted(PUBLISHED.items()):
        if iso3 in in_force:
            document, file = in_force[iso3]
            level = out_of_fold.get(document) or _read_level(trained.model, collection, file)
            agrees = (level == "strong") == (published == "strong")
            rows.append(
                {
                    "iso3": iso3,
                    "published": published,
                    "document": document,
                    "level": level,
                    "agrees": agrees,
                }
            )
    return rows


def with_grades(rows: list[dict[str, Any]], grades: Mapping[str, PartyGrades]) -> list[dict[str, Any]]:
    """The same rows with the grade that UN-Habitat has given the NDC before NDC 3.0 since, where it is known."""
    return [row | _grade_since(row, grades.get(row["iso3"])) for row in rows]


def _grade_since(row: Mapping[str, Any], graded: PartyGrades | None) -> dict[str, Any]:
    grade = None if graded is None else graded.by_round.get(ROUND_OF["ndc_2_0"])
    if grade is None:
        return {}
    return {
        "graded": grade.text,
        "grade_agrees": (grade.level == "strong") == (row["published"] == "strong"),
    }


def _read_level(model: UrbanModel, collection: Collection, file: str) -> str:
    """The level of a document that is not in the training data; empty where it cannot be read."""
    entry = collection.by_file.get(file)
    if entry is None or entry.sha256 in model.known.party_of:
        return ""
    try:
        return model.on("codebook").assess(read(collection.path(file), ocr="never")).level
    except ReadingError:
        return ""
