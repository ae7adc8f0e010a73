"""Parties: codes, names and membership of the European Union."""

from __future__ import annotations

from datetime import date

import pytest

from ndc_urban.parties import EUROPEAN_UNION, ISO3, REGIONS, country_names, members_on, name_of, region_of


@pytest.mark.parametrize("iso3", sorted(members_on(date(2022, 1, 1)) | {EUROPEAN_UNION}))
def test_members_and_the_union_have_names_and_the_region_europe_or_asia(iso3: str) -> None:
    assert name_of(iso3) != iso3
    assert region_of(iso3) == ("Asia" if iso3 == "CYP" else "Europe")


def test_members_have_codes_of_iso_3166() -> None:
    assert members_on(date(2022, 1, 1)) <= ISO3


def test_the_last_day_of_membership_counts() -> None:
    assert {"GBR"} == members_on(date(2020, 1, 31)) - members_on(date(2020, 2, 1))
    assert not members_on(date(1957, 12, 31))


def test_what_is_not_known_stays_a_code_without_a_region() -> None:
    assert name_of("XXX") == "XXX"
    assert region_of("XXX") not in REGIONS


def test_names_are_of_territories_and_not_of_continents() -> None:
    assert country_names("fr")["KE"] == "Kenya"
    assert "001" not in country_names("fr")
