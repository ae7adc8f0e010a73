"""Durations in words, for whoever shows how long work takes."""

from __future__ import annotations

MINUTE, HOUR = 60.0, 3600.0
"""In seconds."""


def duration(seconds: float) -> str:
    """A duration in seconds, minutes or hours, whichever is easiest to read.

    >>> duration(75), duration(100), duration(9000)
    ('75 s', '2 min', '2.5 h')
    """
    if seconds < 1.5 * MINUTE:  # "75 s" says more than "1 min", and "75 min" more than "1 h"
        return f"{seconds:.0f} s"
    if seconds < 1.5 * HOUR:
        return f"{seconds / MINUTE:.0f} min"
    return f"{seconds / HOUR:.1f} h"
