"""The groups that Parties belong to: UN region, income, Annex I, least developed countries, small islands.

Regions come from country_converter (UN M49). The other groups are facts in `data/parties.csv`: Annex I of the
Convention; least developed countries as listed from 2021 to 2023 (46); small island developing States as listed by
UN-OHRLLS (39, with the Cook Islands and Niue); income groups of the World Bank as of 2026.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ndc_urban.trend.european_union import EUROPEAN_UNION

GROUPINGS: tuple[str, ...] = ("region", "income", "annex_i", "ldc", "sids")
"""The groupings, in the order of the tables; their names are columns of the table of Parties."""

REGIONS: tuple[str, ...] = ("Africa", "Americas", "Asia", "Europe", "Oceania")
INCOMES: tuple[str, ...] = ("low", "lower middle", "upper middle", "high")
NOT_CLASSIFIED = "not classified"

SOURCES: tuple[str, ...] = (
    "Regions: United Nations M49, from country_converter (Stadler 2017, doi:10.21105/joss.00332)",
    "Income: World Bank income groups, as listed by UN OCHA in 2026 (hdx-python-country 4.2.5)",
    "Annex I: UNFCCC; least developed countries: UN DESA, list of 2021 to 2023; small islands: UN-OHRLLS",
)

_REGION_OF_CONTINENT = {"America": "Americas"}


@dataclass(frozen=True, slots=True)
class Groups:
    """What one Party belongs to; `annex_i`, `ldc` and `sids` are `yes` or `no`."""

    region: str = NOT_CLASSIFIED
    income: str = NOT_CLASSIFIED
    annex_i: str = "no"
    ldc: str = "no"
    sids: str = "no"


def groups_of(iso3: str) -> Groups:
    """The groups of a Party by its ISO3 code (EUU for the European Union)."""
    facts = _facts().get(iso3, {})
    return Groups(
        region=_regions().get(iso3, NOT_CLASSIFIED),
        income=facts.get("income") or NOT_CLASSIFIED,
        annex_i=facts.get("annex_i", "no"),
        ldc=facts.get("ldc", "no"),
        sids=facts.get("sids", "no"),
    )


def groups_in_order(grouping: str) -> tuple[str, ...]:
    """All groups of a grouping in the order in which they are told."""
    if grouping == "region":
        return (*REGIONS, NOT_CLASSIFIED)
    if grouping == "income":
        return (*INCOMES, NOT_CLASSIFIED)
    return ("yes", "no")


@cache
def _facts() -> Mapping[str, Mapping[str, str]]:
    text = (files("ndc_urban.trend") / "data" / "parties.csv").read_text(encoding="utf-8")
    return {row["iso3"]: row for row in csv.DictReader(text.splitlines())}


@cache
def _regions() -> Mapping[str, str]:
    """M49 regions by ISO3 code.

    The library's table is read as it ships: its converter class cannot be made under pandas 3 (version 1.3.2).
    """
    text = (files("country_converter") / "country_data.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    regions = {row["ISO3"]: _REGION_OF_CONTINENT.get(row["continent"], row["continent"]) for row in rows}
    return regions | {EUROPEAN_UNION: "Europe"}
