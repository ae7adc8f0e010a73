"""Groups of Parties: facts, complete for every Party of the panel."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

import pytest

from ndc_urban.grades import PartyGrades
from ndc_urban.parties import members_on, name_of
from ndc_urban.trend.groups import GROUPINGS, INCOMES, REGIONS, groups_in_order, groups_of
from ndc_urban.trend.rounds import day_of

PANEL = Path(__file__).parents[2] / "corpus" / "panel.csv"


def codes() -> list[str]:
    with PANEL.open(encoding="utf-8", newline="") as rows:
        return sorted({row["iso3"] for row in csv.DictReader(rows)} | members_on(day_of("2022")))


def facts() -> list[dict[str, str]]:
    text = (files("ndc_urban.trend") / "data" / "parties.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize("iso3", codes())
def test_every_party_has_a_region_and_a_name(iso3: str) -> None:
    assert groups_of(iso3).region in REGIONS
    assert name_of(iso3) != iso3


def test_every_party_of_the_panel_is_in_the_facts() -> None:
    assert set(codes()) <= {row["iso3"] for row in facts()}


def test_income_is_known_but_for_those_the_bank_does_not_classify() -> None:
    unknown = {row["iso3"] for row in facts() if row["income"] not in INCOMES}
    assert unknown == {"COK", "NIU", "VAT", "VEN"}


def test_lists_have_their_known_lengths() -> None:
    assert (
        sum(row["annex_i"] == "yes" for row in facts()) == 43
    )  # Parties of Annex I, the European Union among them
    assert sum(row["ldc"] == "yes" for row in facts()) == 46
    assert sum(row["sids"] == "yes" for row in facts()) == 39


@pytest.mark.parametrize(
    ("iso3", "expected"),
    [
        ("KEN", ("Africa", "lower middle", "no", "no", "no")),
        ("TUV", ("Oceania", "upper middle", "no", "yes", "yes")),
        ("JPN", ("Asia", "high", "yes", "no", "no")),
        ("EUU", ("Europe", "high", "yes", "no", "no")),
        ("XXX", ("not classified", "not classified", "no", "no", "no")),
    ],
)
def test_some_parties(iso3: str, expected: tuple[str, ...]) -> None:
    groups = groups_of(iso3)
    assert tuple(getattr(groups, grouping) for grouping in GROUPINGS) == (*expected, "not known")
    assert all(getattr(groups, grouping) in groups_in_order(grouping) for grouping in GROUPINGS)


def test_endorsers_of_champ_are_known_from_the_grades() -> None:
    grades = {"KEN": PartyGrades("KEN", {}, True), "JPN": PartyGrades("JPN", {}, False)}
    assert [groups_of(iso3, grades).champ for iso3 in ("KEN", "JPN", "TUV")] == ["yes", "no", "not known"]


def test_the_union_of_the_facts_is_that_of_the_library() -> None:
    text = (files("country_converter") / "country_data.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    members = {row["ISO3"] for row in rows if row["EU27"]}
    assert members_on(day_of("2022")) == members
