"""The reference day of a round."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache
from importlib.resources import files

_YEARS = re.compile(r"(?:(\d\d)\d\d\D+)?(\d\d|\d{4})$")


@cache
def _as_of() -> dict[str, str]:
    path = files("ndc_urban.trend") / "data" / "rounds.toml"
    found: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8"))["as_of"]
    return found


def day_of(name: str, latest: str = "") -> date:
    """The reference day of a round: as listed, else the end of the year in its name, else `latest` (ISO 8601).

    >>> day_of("2022"), day_of("2019"), day_of("2018-19")
    (datetime.date(2022, 6, 19), datetime.date(2019, 12, 31), datetime.date(2019, 12, 31))
    """
    if name in _as_of():
        return date.fromisoformat(_as_of()[name])
    found = _YEARS.search(name)
    if found and len(found[2]) == 4:
        return end_of_year(int(found[2]))
    if found and found[1]:
        return end_of_year(int(found[1] + found[2]))
    return date.fromisoformat(latest) if latest else date.max


def end_of_year(year: int) -> date:
    """31 December of a year."""
    return date(year, 12, 31)
