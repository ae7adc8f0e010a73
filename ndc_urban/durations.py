"""Durations in words, and how long the rest of some work takes."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS_BETWEEN_LINES = 10.0
"""Often enough to see that work goes on, seldom enough for a log. Chosen by eye."""
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


def time_left(
    say: Callable[[str], None], what: str, now: Callable[[], float] = time.monotonic
) -> Callable[[int, int], None]:
    """A callback that says, at most every `SECONDS_BETWEEN_LINES`, how many of `what` are done and about how long
    the step still takes; others may follow.
    """
    begun = last = now()

    def progress(done: int, total: int) -> None:
        nonlocal last
        present = now()
        if done < total and present - last >= SECONDS_BETWEEN_LINES:
            last = present
            left = (present - begun) / done * (total - done)
            say(f"{done} of {total} {what}, about {duration(left)} left in this step")

    return progress
