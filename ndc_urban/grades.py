"""UN-Habitat's grades of NDCs by Party, as the table `un_habitat_grades.csv` gives them.

Source: UN-Habitat and SDU 2026, "Urban Content in NDC 3.0: A snapshot of 128 NDCs". A is strong, B moderate, C low and
`No` none (or no data); `+` says that the NDC provides means of implementation in the urban field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from ndc_urban.codebook import Level
from ndc_urban.errors import GradesInvalid
from ndc_urban.files import read_csv
from ndc_urban.parties import is_party_code

ROUND_OF: Mapping[str, str] = MappingProxyType({"ndc_2_0": "before-2026", "ndc_3_0": "2026"})
"""The round of the panel whose documents a column of the table grades."""

SCALE_ROUND = "2026"
"""The round whose grades make the scale un-habitat."""

STEPS: tuple[str, ...] = ("No", "C", "C+", "B", "B+", "A", "A+")
"""The seven grades, lowest first."""

_LEVEL_OF: Mapping[str, Level] = MappingProxyType({"N": "low", "C": "low", "B": "moderate", "A": "strong"})


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade, such as `B+`."""

    text: str

    def __post_init__(self) -> None:
        if self.text not in STEPS:
            raise ValueError(f"a grade is one of {', '.join(STEPS)}, not {self.text!r}")

    @property
    def step(self) -> int:
        """From 0 (`No`) to 6 (`A+`)."""
        return STEPS.index(self.text)

    @property
    def level(self) -> Level:
        """The grade as a level: A strong, B moderate, C and No low."""
        return _LEVEL_OF[self.text[0]]

    @property
    def has_means(self) -> bool | None:
        """Whether means of implementation are provided for; None for `No`, which does not say."""
        return None if self.text == "No" else self.text.endswith("+")


@dataclass(frozen=True, slots=True)
class PartyGrades:
    """The grades of one Party by round of the panel (a round without a grade is left out).

    `champ_endorser` says whether the Party endorsed CHAMP, the Coalition for High Ambition Multilevel Partnerships.
    """

    iso3: str
    by_round: Mapping[str, Grade]
    champ_endorser: bool = False


def _grade(text: str) -> Grade:
    """A grade as people write it: in small letters, with spaces, `none` for `No`."""
    written = "".join(text.split()).upper()
    return Grade("No" if written in ("NO", "NONE") else written)


def read_grades(path: Path) -> Mapping[str, PartyGrades]:
    """The grades of each Party by ISO3 code; raises `GradesInvalid` with the line at fault."""
    table = read_csv(path, ("iso3",), error=GradesInvalid, remedy=GradesInvalid.default_remedy)
    columns = [name for name in ROUND_OF if any(name in row for row in table.rows)]
    if table.rows and not columns:
        raise GradesInvalid(f"{path} has neither a column {' nor a column '.join(ROUND_OF)}.")
    found: dict[str, PartyGrades] = {}
    for number, row in table.numbered:
        if not any((value or "").strip() for value in row.values()):
            continue
        iso3 = row["iso3"].strip().upper()
        if not is_party_code(iso3) or iso3 in found:
            problem = "is there twice" if iso3 in found else "is not the ISO3 code of a Party"
            raise GradesInvalid(f"{path}, line {number}: {iso3!r} {problem}.")
        try:
            grades = {ROUND_OF[name]: _grade(row[name]) for name in columns if row[name].strip()}
        except ValueError as error:
            raise GradesInvalid(f"{path}, line {number}: {error}.") from error
        endorser = (row.get("champ_endorser") or "").strip().casefold() == "yes"
        found[iso3] = PartyGrades(iso3, MappingProxyType(grades), endorser)
    if not found:
        raise GradesInvalid(f"{path} has no rows.")
    return MappingProxyType(found)
