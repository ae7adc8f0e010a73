"""Time that a job is granted beyond the limit, for work known to take long: noted by the worker, read by the engine.

A worker does one job at a time, so that the slot of its job can stand in the process.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from multiprocessing.context import BaseContext
from typing import Any

SharedSeconds = Any
"""A `RawArray`, for which there is no type."""


@dataclass
class _Place:
    """Where this process notes what its job is granted; nowhere outside of a worker."""

    seconds: SharedSeconds = field(default_factory=list)
    slot: int = -1


_place = _Place()


def shared_seconds(jobs: int, context: BaseContext) -> SharedSeconds:
    """Extra seconds of each job, 0 at first, in memory that workers share; handed to them when they start."""
    return context.RawArray("d", max(jobs, 1))


def attach(seconds: SharedSeconds) -> None:
    """Makes the shared seconds known to this worker."""
    _place.seconds = seconds


def begin(slot: int) -> None:
    """Notes which job this worker does from now on; what it was granted in an earlier attempt is void."""
    _place.slot = slot
    _place.seconds[slot] = 0.0


def grant(seconds: float) -> None:
    """Allows the job at hand that many more seconds; of no effect outside of a worker."""
    if _place.slot >= 0:
        _place.seconds[_place.slot] += seconds
