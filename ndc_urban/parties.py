"""Parties: their codes, names, regions, and the members of the European Union.

A *Party* is a State, or the European Union, that has joined the Paris Agreement and hands in NDCs. It is known by its
ISO 3166-1 alpha-3 code (KEN for Kenya); the European Union, which has none, by `EUROPEAN_UNION`. Income groups and
other lists of Parties, which only the trend needs, are in `ndc_urban.trend.groups`.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

ISO3: frozenset[str] = frozenset(
    """
    ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR
    BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL
    COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK
    FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV
    HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO
    LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG
    MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN
    PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE
    SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO
    TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
    """.split()
)

EUROPEAN_UNION = "EUU"
"""Not an ISO 3166 code, but the one in use for this Party in lists of NDCs."""

REGIONS: tuple[str, ...] = ("Africa", "Americas", "Asia", "Europe", "Oceania")
NOT_CLASSIFIED = "not classified"

_LEADING_CODE = re.compile(r"([A-Z]{3})[_-]")
_REGION_OF_CONTINENT = {"America": "Americas"}
"""Where country_converter's word for a continent is not that of the United Nations."""


def is_party_code(code: str) -> bool:
    """Whether a code is one of ISO 3166-1 alpha-3 or that of the European Union.

    >>> is_party_code("KEN"), is_party_code("EUU"), is_party_code("XXX")
    (True, True, False)
    """
    return code in ISO3 or code == EUROPEAN_UNION


def iso3_of(name: str) -> str:
    """The Party's code where a file's name begins with one in capitals and `_` or `-`; otherwise empty.

    >>> iso3_of("KEN_2020-12-28_en.pdf"), iso3_of("Kenya.pdf")
    ('KEN', '')
    """
    found = _LEADING_CODE.match(name)
    code = found.group(1) if found else ""
    return code if is_party_code(code) else ""


def name_of(iso3: str) -> str:
    """The English name of a Party by its code; the code where there is none.

    >>> name_of("KEN"), name_of("EUU"), name_of("XXX")
    ('Kenya', 'European Union', 'XXX')
    """
    from babel.core import get_global

    alias = "EU" if iso3 == EUROPEAN_UNION else get_global("territory_aliases").get(iso3, [iso3])[0]
    return country_names("en").get(alias, iso3)


@cache
def country_names(language: str) -> Mapping[str, str]:
    """Names of countries and territories in a language, by two-letter code, as the Unicode CLDR has them."""
    from babel import Locale

    return {code: str(name) for code, name in Locale(language).territories.items() if len(code) == 2}


def region_of(iso3: str) -> str:
    """The region of a Party by its code, after the United Nations' M49.

    >>> region_of("KEN"), region_of("EUU"), region_of("???")
    ('Africa', 'Europe', 'not classified')
    """
    return _regions().get(iso3, NOT_CLASSIFIED)


@cache
def _regions() -> Mapping[str, str]:
    """M49 regions by ISO3 code.

    The table of country_converter is read as a file: its class cannot be constructed under pandas 3 (version 1.3.2).
    """
    text = (files("country_converter") / "country_data.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    regions = {row["ISO3"]: _REGION_OF_CONTINENT.get(row["continent"], row["continent"]) for row in rows}
    return regions | {EUROPEAN_UNION: "Europe"}


def members_on(day: date) -> frozenset[str]:
    """ISO3 codes of the members of the European Union on a day; its one NDC covers them.

    >>> len(members_on(date(2017, 12, 31))), len(members_on(date(2020, 12, 31)))
    (28, 27)
    """
    membership = _membership()
    joined = {
        iso3
        for since, members in membership["joined"].items()
        if date.fromisoformat(since) <= day
        for iso3 in members
    }
    return frozenset(
        iso3 for iso3 in joined if day <= date.fromisoformat(membership["left"].get(iso3, "9999-12-31"))
    )


@cache
def _membership() -> dict[str, Any]:
    return tomllib.loads((files("ndc_urban") / "european_union.toml").read_text(encoding="utf-8"))
