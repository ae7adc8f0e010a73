"""How long a step of a training still takes."""

from __future__ import annotations

import time
from collections.abc import Callable

from ndc_urban.durations import duration

SECONDS_BETWEEN_LINES = 10.0
"""Often enough to see that work goes on, seldom enough for a log. Chosen by eye."""


def time_left(
    say: Callable[[str], None], what: str, now: Callable[[], float] = time.monotonic
) -> Callable[[int, int], None]:
    """A callback that says, at most every ten seconds, how much of a step is done and how long the rest takes."""
    begun = last = now()

    def progress(done: int, total: int) -> None:
        nonlocal last
        present = now()
        if done < total and present - last >= SECONDS_BETWEEN_LINES:
            last = present
            left = (present - begun) / done * (total - done)
            say(f"{done} of {total} {what}, about {duration(left)} left in this step")

    return progress
