"""The world region of a Party, after the United Nations' M49."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

REGIONS: tuple[str, ...] = ("Africa", "Americas", "Asia", "Europe", "Oceania")
NOT_CLASSIFIED = "not classified"

_REGION_OF_CONTINENT = {"America": "Americas"}
_EUROPEAN_UNION = {"EUU": "Europe"}


def region_of(iso3: str) -> str:
    """The region of a Party by its ISO3 code (EUU for the European Union).

    >>> region_of("KEN"), region_of("EUU"), region_of("???")
    ('Africa', 'Europe', 'not classified')
    """
    return _regions().get(iso3, NOT_CLASSIFIED)


@cache
def _regions() -> Mapping[str, str]:
    """M49 regions by ISO3 code.

    The library's table is read as it ships: its converter class cannot be made under pandas 3 (version 1.3.2).
    """
    text = (files("country_converter") / "country_data.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    regions = {row["ISO3"]: _REGION_OF_CONTINENT.get(row["continent"], row["continent"]) for row in rows}
    return regions | _EUROPEAN_UNION
