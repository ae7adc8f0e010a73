"""Timestamps as REFI-QDA has them, where every coding has one: what is not known becomes one fixed timestamp."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, datetime

from ndc_urban.exchange.columns import UNKNOWN_TIMESTAMP

UNKNOWN = "1980-01-01T00:00:00Z"
"""Used in place of a timestamp that is not known; no NDC is as old, and programs know dates after 1970."""

_UNKNOWN_DAYS = frozenset({"1979-12-31", "1980-01-01", "1980-01-02"})
"""Programs may put a timestamp into another zone."""

_TIMESTAMP = re.compile(
    r"(?P<day>\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))[T ](?P<time>(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.\d+)?"
    r" ?(?P<zone>Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?"
)


def refi_timestamp(coded_at: str) -> str:
    """The timestamp in a sheet's cell as XML Schema wants it; in UTC, as some programs drop other zones.

    >>> refi_timestamp("2026-08-31T14:05:00+02:00"), refi_timestamp("2026-08-31"), refi_timestamp("")
    ('2026-08-31T12:05:00Z', '2026-08-31T00:00:00', '1980-01-01T00:00:00Z')
    """
    if coded_at in ("", UNKNOWN_TIMESTAMP):
        return UNKNOWN
    timestamp = datetime.fromisoformat(coded_at)
    if timestamp.tzinfo is None or timestamp.year in (datetime.min.year, datetime.max.year):
        return timestamp.replace(tzinfo=None).isoformat(timespec="seconds")
    return timestamp.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def cell_of(timestamp: str) -> str:
    """A project's timestamp for a sheet's cell; programs write some that are none, of which date and time are kept.

    >>> cell_of("2026-09-01 10:00:00.5Z"), cell_of("1980-01-01T00:00:00Z"), cell_of("today")
    ('2026-09-01T10:00:00+00:00', 'unknown', '')
    >>> cell_of("2026-09-01T10:00:00+0200"), cell_of("2026-02-30T10:00:00Z")
    ('2026-09-01T10:00:00+02:00', '')
    """
    match = _TIMESTAMP.match(timestamp)
    if match is None or not _is_day(match["day"]):
        return ""
    if match["day"] in _UNKNOWN_DAYS:
        return UNKNOWN_TIMESTAMP
    zone = (match["zone"] or "").replace(":", "").replace("Z", "+00")
    return f"{match['day']}T{match['time']}" + (f"{zone[:3]}:{zone[3:] or '00'}" if zone else "")


def latest(timestamps: Iterable[str]) -> str:
    """The latest known one of timestamps of a project, for a sheet's cell; one without a zone counts as in UTC.

    >>> latest(["2026-09-03T10:00:00Z", "2026-09-03T11:00:00+02:00", "1980-01-01T00:00:00Z"])
    '2026-09-03T10:00:00+00:00'
    """
    cells = [cell for cell in map(cell_of, timestamps) if cell]
    known = [cell for cell in cells if cell != UNKNOWN_TIMESTAMP]
    return max(known, key=_instant) if known else next(iter(cells), "")


def _instant(cell: str) -> float:
    timestamp = datetime.fromisoformat(cell)
    return (timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)).timestamp()


def _is_day(day: str) -> bool:
    year, month, number = map(int, day.split("-"))
    return year > 0 and number <= monthrange(year, month)[1]
