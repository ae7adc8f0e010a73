"""Moments as REFI-QDA has them, where every coding has one: what is not known becomes one fixed moment."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, datetime

from ndc_urban.exchange.columns import UNKNOWN_MOMENT

UNKNOWN = "1980-01-01T00:00:00Z"
"""Stands for a moment that is not known; no NDC is as old, and programs know dates after 1970."""

_UNKNOWN_DAYS = frozenset({"1979-12-31", "1980-01-01", "1980-01-02"})
"""Programs may put a moment into another zone."""

_MOMENT = re.compile(
    r"(?P<day>\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))[T ](?P<time>(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.\d+)?"
    r" ?(?P<zone>Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?"
)


def refi_moment(coded_at: str) -> str:
    """The moment in a sheet's cell as XML Schema wants it; in UTC, as some programs drop other zones.

    >>> refi_moment("2026-08-31T14:05:00+02:00"), refi_moment("2026-08-31"), refi_moment("")
    ('2026-08-31T12:05:00Z', '2026-08-31T00:00:00', '1980-01-01T00:00:00Z')
    """
    if coded_at in ("", UNKNOWN_MOMENT):
        return UNKNOWN
    moment = datetime.fromisoformat(coded_at)
    if moment.tzinfo is None or moment.year in (datetime.min.year, datetime.max.year):
        return moment.replace(tzinfo=None).isoformat(timespec="seconds")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def cell_of(moment: str) -> str:
    """A project's moment for a sheet's cell; programs write some that are none, of which date and time are kept.

    >>> cell_of("2026-09-01 10:00:00.5Z"), cell_of("1980-01-01T00:00:00Z"), cell_of("today")
    ('2026-09-01T10:00:00+00:00', 'unknown', '')
    >>> cell_of("2026-09-01T10:00:00+0200"), cell_of("2026-02-30T10:00:00Z")
    ('2026-09-01T10:00:00+02:00', '')
    """
    match = _MOMENT.match(moment)
    if match is None or not _is_day(match["day"]):
        return ""
    if match["day"] in _UNKNOWN_DAYS:
        return UNKNOWN_MOMENT
    zone = (match["zone"] or "").replace(":", "").replace("Z", "+00")
    return f"{match['day']}T{match['time']}" + (f"{zone[:3]}:{zone[3:] or '00'}" if zone else "")


def latest(moments: Iterable[str]) -> str:
    """The latest known one of moments of a project, for a sheet's cell; one without a zone counts as in UTC.

    >>> latest(["2026-09-03T10:00:00Z", "2026-09-03T11:00:00+02:00", "1980-01-01T00:00:00Z"])
    '2026-09-03T10:00:00+00:00'
    """
    cells = [cell for cell in map(cell_of, moments) if cell]
    known = [cell for cell in cells if cell != UNKNOWN_MOMENT]
    return max(known, key=_instant) if known else next(iter(cells), "")


def _instant(cell: str) -> float:
    moment = datetime.fromisoformat(cell)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _is_day(day: str) -> bool:
    year, month, number = map(int, day.split("-"))
    return year > 0 and number <= monthrange(year, month)[1]
