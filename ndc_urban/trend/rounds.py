"""The period of a round: its reference day, and the first day of its submissions if it has one."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache
from importlib.resources import files

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_YEARS = re.compile(r"(?:(\d\d)\d\d\D+)?(\d\d|\d{4})$")


@cache
def _days() -> dict[str, dict[str, str]]:
    path = files("ndc_urban.trend") / "data" / "rounds.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def day_of(name: str, latest: str = "") -> date:
    """The reference day of a round: as listed or named, else the end of the year in its name, else `latest` (ISO 8601).

    >>> day_of("2022"), day_of("2019"), day_of("2018-19"), day_of("2027-06-30")
    (datetime.date(2022, 6, 19), datetime.date(2019, 12, 31), datetime.date(2019, 12, 31), datetime.date(2027, 6, 30))
    """
    if name in _days()["as_of"]:
        return date.fromisoformat(_days()["as_of"][name])
    if _DAY.fullmatch(name) and (named := _date(name)):
        return named
    found = _YEARS.search(name)
    if found and len(found[2]) == 4:
        return end_of_year(int(found[2]))
    if found and found[1]:
        return end_of_year(int(found[1] + found[2]))
    return date.fromisoformat(latest) if latest else date.max


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def first_day_of(name: str) -> date:
    """The first day of submissions that belong to a round; `date.min` if all NDCs in force on its day do.

    >>> first_day_of("2026")
    datetime.date(2024, 9, 1)
    """
    listed = _days()["since"].get(name)
    return date.fromisoformat(listed) if listed else date.min


def round_after(name: str) -> str:
    """The round whose Parties alone belong to this one; empty for a round of all Parties.

    >>> round_after("before-2026"), round_after("2022")
    ('2026', '')
    """
    return _days()["followed_by"].get(name, "")


def title_of_round(name: str) -> str:
    """What people call a round of the reviews: its title if it has one, else its name.

    >>> title_of_round("before-2026"), title_of_round("2022")
    ('before NDC 3.0', '2022')
    """
    return _days()["titles"].get(name, name)


def name_of_round(title: str) -> str:
    """The name of the round with this title.

    >>> name_of_round("NDC 3.0"), name_of_round("2022")
    ('2026', '2022')
    """
    return next((name for name, each in _days()["titles"].items() if each == title), title)


def in_round(title: str) -> str:
    """The title of a round in a sentence.

    >>> in_round("2022"), in_round("before NDC 3.0")
    ('in 2022', 'before NDC 3.0')
    """
    return title if title.startswith("before ") else f"in {title}"


def end_of_year(year: int) -> date:
    """31 December of a year."""
    return date(year, 12, 31)
