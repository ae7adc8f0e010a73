"""How much processor time a process has used, and how long it was ready and had to wait for a processor.

A time limit counts work, not the load of the machine: what other programs take from a worker is not its own time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psutil

_NANOSECOND = 1e-9


@dataclass(frozen=True, slots=True)
class ProcessorUse:
    """Seconds that a process has used in all, and seconds that it waited for a processor; None where unknown."""

    used: float
    waited: float | None


def processor_use(pid: int) -> ProcessorUse | None:
    """What a process has used up to now; None where it has ended or may not be looked at."""
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return None
    return ProcessorUse(times.user + times.system, _seconds_waited(pid))


def _seconds_waited(pid: int) -> float | None:
    """The sum over the threads of a process of the time spent ready to run; Linux alone keeps count of it.

    The second figure of `schedstat` (Linux kernel, Documentation/scheduler/sched-stats.rst), in nanoseconds.
    """
    try:
        figures = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    except OSError:
        return None
    return sum(int(waited) for _, waited, _ in figures) * _NANOSECOND if figures else None
