"""Whom the European Union's one NDC stands for, on a given day."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

EUROPEAN_UNION = "EUU"


@cache
def _facts() -> dict[str, Any]:
    path = files("ndc_urban") / "european_union.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def members_on(day: date) -> frozenset[str]:
    """ISO3 codes of the members of the European Union on a day.

    >>> len(members_on(date(2017, 12, 31))), len(members_on(date(2020, 12, 31)))
    (28, 27)
    """
    facts = _facts()
    joined = {
        iso3
        for since, members in facts["joined"].items()
        if date.fromisoformat(since) <= day
        for iso3 in members
    }
    return frozenset(
        iso3 for iso3 in joined if day <= date.fromisoformat(facts["left"].get(iso3, "9999-12-31"))
    )
