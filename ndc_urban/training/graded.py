"""Which document each of UN-Habitat's grades is for: grades go by Party, levels by document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ndc_urban.errors import PanelInvalid
from ndc_urban.files import read_csv
from ndc_urban.grades import ROUND_OF, Grade, PartyGrades
from ndc_urban.parties import EUROPEAN_UNION, members_on

MEMBERSHIP_DAY = date(2025, 12, 31)
"""The last day of submission of the graded NDCs; one NDC of the European Union stands for its members on it."""

PANEL_COLUMNS = ("round", "iso3", "document", "english_text", "evaluation_only")


@dataclass(frozen=True, slots=True)
class GradedDocument:
    """A document with the grade of each Party that it was graded for.

    `file` and `sha256` are the text that the panel names for it (`sha256` may be empty).
    """

    document: str
    round: str
    file: str
    sha256: str
    evaluation_only: bool
    grades: Mapping[str, Grade]

    @property
    def grade(self) -> Grade:
        """The most frequent grade; of several the lowest."""
        steps = [grade.step for grade in self.grades.values()]
        best = min(set(steps), key=lambda step: (-steps.count(step), step))
        return next(grade for grade in self.grades.values() if grade.step == best)


@dataclass(frozen=True)
class GradedRounds:
    """All graded documents that a panel knows, and by round the graded Parties whose document it does not have."""

    documents: tuple[GradedDocument, ...]
    without_document: Mapping[str, tuple[str, ...]]


def graded_rounds(grades: Mapping[str, PartyGrades], panel: Path) -> GradedRounds:
    """Joins grades with a panel (`round`, `iso3`, `document`, `english_text`, `evaluation_only`; `sha256` optional).

    Raises `PanelInvalid` if the panel is not valid or has none of the graded rounds.
    """
    rows = read_csv(panel, PANEL_COLUMNS, error=PanelInvalid, remedy=PanelInvalid.default_remedy).rows
    of_round = {
        name: {row["iso3"]: row for row in rows if row["round"] == name} for name in ROUND_OF.values()
    }
    if not any(of_round.values()):
        raise PanelInvalid(
            f"{panel} has none of the rounds that are graded ({', '.join(ROUND_OF.values())}).",
            remedy="Give the panel that comes with ndc-urban (corpus/panel.csv), or one with these rounds.",
        )
    documents: list[GradedDocument] = []
    missing: dict[str, tuple[str, ...]] = {}
    for name, standing in of_round.items():
        of_party = {iso3: _row(iso3, standing) for iso3, each in grades.items() if name in each.by_round}
        missing[name] = tuple(sorted(iso3 for iso3, row in of_party.items() if row is None))
        found = {row["document"]: row for row in of_party.values() if row is not None}
        documents += [
            GradedDocument(
                document=document,
                round=name,
                file=row["english_text"],
                sha256=(row.get("sha256") or "").split(";")[0].strip(),
                evaluation_only=row["evaluation_only"] == "yes",
                grades={
                    iso3: grades[iso3].by_round[name]
                    for iso3, own in sorted(of_party.items())
                    if own is not None and own["document"] == document
                },
            )
            for document, row in sorted(found.items())
        ]
    return GradedRounds(tuple(documents), missing)


def _row(iso3: str, standing: Mapping[str, Mapping[str, str]]) -> Mapping[str, str] | None:
    """The row of a Party in a round: of a member of the European Union that of the Union."""
    if iso3 not in standing and iso3 in members_on(MEMBERSHIP_DAY):
        iso3 = EUROPEAN_UNION
    row = standing.get(iso3)
    return row if row is not None and row["document"] else None
