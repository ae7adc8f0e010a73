"""The groups that Parties belong to: UN region, income, Annex I, least developed countries, small islands.

Regions come from country_converter (UN M49). The other groups are facts in `data/parties.csv`: Annex I of the
Convention; least developed countries as listed from 2021 to 2023 (46); small island developing States as listed by
UN-OHRLLS (39, with the Cook Islands and Niue); income groups of the World Bank as of 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ndc_urban.errors import PanelInvalid
from ndc_urban.files import parse_csv
from ndc_urban.grades import PartyGrades
from ndc_urban.parties import NOT_CLASSIFIED, REGIONS, region_of

GROUPINGS: tuple[str, ...] = ("region", "income", "annex_i", "ldc", "sids", "champ")
"""The groupings, in the order of the tables; their names are columns of the table of Parties."""

NOT_KNOWN = "not known"

INCOMES: tuple[str, ...] = ("low", "lower middle", "upper middle", "high")

SOURCES: tuple[str, ...] = (
    "Regions: United Nations M49, from country_converter (Stadler 2017, doi:10.21105/joss.00332)",
    "Income: World Bank income groups, as listed by UN OCHA in 2026 (hdx-python-country 4.2.5)",
    "Annex I: UNFCCC; least developed countries: UN DESA, list of 2021 to 2023; small islands: UN-OHRLLS",
    "CHAMP endorsers: the table of UN-Habitat's grades, for the Parties in it",
)


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of one Party; `annex_i`, `ldc` and `sids` are `yes` or `no`, `champ` may also be not known.

    `champ` says whether the Party endorsed CHAMP, the Coalition for High Ambition Multilevel Partnerships (COP28).
    """

    region: str = NOT_CLASSIFIED
    income: str = NOT_CLASSIFIED
    annex_i: str = "no"
    ldc: str = "no"
    sids: str = "no"
    champ: str = NOT_KNOWN


def groups_of(iso3: str, grades: Mapping[str, PartyGrades] | None = None) -> Groups:
    """The groups of a Party by its ISO3 code (EUU for the European Union); `grades` know who endorsed CHAMP."""
    graded = (grades or {}).get(iso3)
    facts = _facts().get(iso3, {})
    return Groups(
        region=region_of(iso3),
        income=facts.get("income") or NOT_CLASSIFIED,
        annex_i=facts.get("annex_i", "no"),
        ldc=facts.get("ldc", "no"),
        sids=facts.get("sids", "no"),
        champ=NOT_KNOWN if graded is None else "yes" if graded.champ_endorser else "no",
    )


def groups_in_order(grouping: str) -> tuple[str, ...]:
    """All groups of a grouping, in the order of the tables."""
    if grouping == "region":
        return (*REGIONS, NOT_CLASSIFIED)
    if grouping == "income":
        return (*INCOMES, NOT_CLASSIFIED)
    return ("yes", "no", NOT_KNOWN) if grouping == "champ" else ("yes", "no")


@cache
def _facts() -> Mapping[str, Mapping[str, str]]:
    data = (files("ndc_urban.trend") / "data" / "parties.csv").read_bytes()
    return {row["iso3"]: row for row in parse_csv(data, "parties.csv", error=PanelInvalid).rows}
