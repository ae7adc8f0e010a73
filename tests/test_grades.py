"""The table of UN-Habitat's grades."""

from __future__ import annotations

from pathlib import Path

import pytest

from ndc_urban.errors import GradesInvalid
from ndc_urban.grades import STEPS, Grade, read_grades

HEADER = "iso3,party,ndc_2_0,ndc_3_0,champ_endorser\n"


def table(folder: Path, rows: str) -> Path:
    path = folder / "grades.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    return path


def test_grades_become_levels_and_steps_in_order() -> None:
    grades = [Grade(text) for text in STEPS]
    assert [each.step for each in grades] == list(range(7))
    assert [each.level for each in grades] == ["low"] * 3 + ["moderate"] * 2 + ["strong"] * 2
    assert [each.has_means for each in grades] == [None, False, True, False, True, False, True]


def test_each_partys_grades_by_round(tmp_path: Path) -> None:
    read = read_grades(table(tmp_path, "KEN,Kenya,C,A+,yes\nFJI,Fiji,No,,no\n"))
    assert {name: each.text for name, each in read["KEN"].by_round.items()} == {
        "before-2026": "C",
        "2026": "A+",
    }
    assert read["KEN"].champ_endorser and not read["FJI"].champ_endorser
    assert set(read["FJI"].by_round) == {"before-2026"}


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("KEN,Kenya,D,A+,no\n", "line 2: a grade is one of"),
        ("KEN,Kenya,C,A,no\nKEN,Kenya,C,A,no\n", "line 3: 'KEN' is there twice"),
        ("KENYA,Kenya,C,A,no\n", "line 2: 'KENYA' is not the ISO3 code"),
        ("", "has no rows"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, rows: str, fault: str) -> None:
    with pytest.raises(GradesInvalid, match=fault) as raised:
        read_grades(table(tmp_path, rows))
    assert raised.value.remedy


def test_grades_are_read_as_people_write_them(tmp_path: Path) -> None:
    read = read_grades(table(tmp_path, "ken,Kenya, a +,none,yes\n,,,,\nFJI,Fiji,NO,b,no\n"))
    assert {name: each.text for name, each in read["KEN"].by_round.items()} == {
        "before-2026": "A+",
        "2026": "No",
    }
    assert read["FJI"].by_round["2026"].text == "B"


def test_one_column_of_grades_suffices_and_none_does_not(tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    path.write_text("iso3,ndc_3_0\nKEN,A\n", encoding="utf-8")
    assert set(read_grades(path)["KEN"].by_round) == {"2026"}
    path.write_text("iso3,party\nKEN,Kenya\n", encoding="utf-8")
    with pytest.raises(GradesInvalid, match="neither"):
        read_grades(path)
