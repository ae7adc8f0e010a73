"""What a worker notes for the engine: which process does a job since when, and the extra time the job was granted.

A worker does one job at a time, so that the slot of its job can stand in the process.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from multiprocessing.context import BaseContext
from typing import Any

TIMEOUT = 25.0
"""Seconds; long documents and text recognition get more. A document of 60 pages takes about 3."""

SharedNumbers = Any
"""A `RawArray`, for which there is no type."""


@dataclass
class JobNotes:
    """Numbers of each job, by its slot, in memory that the workers and the engine share.

    `pid` is the process that does the job, 0 before it begins; `used_before` the processor time in seconds that this
    process had used by then; `extra` the seconds that the job was granted beyond the limit.
    """

    pid: SharedNumbers
    used_before: SharedNumbers
    extra: SharedNumbers


@dataclass
class _Place:
    """Where this process makes its notes; nowhere outside of a worker."""

    notes: JobNotes | None = None
    slot: int = field(default=-1)


_place = _Place()


def shared_notes(jobs: int, context: BaseContext) -> JobNotes:
    """Notes for that many jobs, all 0 at first; handed to the workers when they start."""
    size = max(jobs, 1)
    return JobNotes(context.RawArray("q", size), context.RawArray("d", size), context.RawArray("d", size))


def attach(notes: JobNotes) -> None:
    """Makes the shared notes known to this worker."""
    _place.notes = notes


def begin(slot: int) -> None:
    """Notes that this worker does a job from now on; what it was granted in an earlier attempt is void."""
    notes = _place.notes
    if notes is None:
        return
    _place.slot = slot
    notes.extra[slot] = 0.0
    notes.used_before[slot] = time.process_time()
    notes.pid[slot] = os.getpid()


def grant(seconds: float) -> None:
    """Allows the current job that many more seconds; of no effect outside of a worker."""
    if _place.notes is not None and _place.slot >= 0:
        _place.notes.extra[_place.slot] += seconds
