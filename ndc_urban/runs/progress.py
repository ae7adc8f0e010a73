"""How far a run has come, for whoever shows it."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ndc_urban.counting import counted
from ndc_urban.durations import duration


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of a run: documents `done` of `total`, `failed` among them, and the files being read now.

    `seconds_left` is an estimate, None until some documents are done.
    """

    done: int
    total: int
    failed: int = 0
    current: tuple[Path, ...] = ()
    seconds_left: float | None = None


ProgressCallback = Callable[[Progress], None]

ENOUGH = 8
"""Documents that must be done before an estimate is given, or half of them where they are few. The first are the
biggest and among them are scans, which take a hundred times as long as others; of 233 NDCs, five of the first eight
are usual."""

OUTLIER, MANY = 6.0, 50
"""A document that takes more than 1 + `OUTLIER` times the time per byte of the quarter that is read fastest (a scan)
counts as that, once there are `MANY`; with fewer the bound is lower in proportion, as scans are big and come first.
On the seconds of 233 NDCs and two workers, the foreseen end is 0.5 to 1.0 of the true one; without a bound, up to 7.8
times."""

SMOOTHING_SECONDS, SMOOTHING_SHARE = 10.0, 0.05
"""Time in which the foreseen end moves two thirds of the way to a new one, so that the figure shown does not jump,
and its greatest share in the time that has passed. Chosen on simulated runs."""

RECENT = 300
"""The pace is that of so many of the last documents: enough for a median, and few enough to sort several times a
second."""


LAST = 40
"""Of so many of the last files the quickest quarter says how long a small file takes: small ones come last, and take
longer for their bytes. Chosen by eye on 414 NDCs, most of them small HTML files after a few big PDFs."""


class Watch:
    """Follows a run over `total` files of `total_bytes`, read by `workers`, and reports to `callback`.

    The time left follows from the bytes that are left and the time that a byte took.
    """

    def __init__(
        self,
        total: int,
        total_bytes: int,
        callback: ProgressCallback | None,
        *,
        workers: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._callback = callback
        self._clock = clock
        self._workers = workers
        self._total, self._done, self._failed = total, 0, 0
        self._bytes_left = float(total_bytes)
        self._current: tuple[Path, ...] = ()
        self._started: dict[Path, float] = {}
        self._read = 0
        self._timed: deque[tuple[float, int, int]] = deque(maxlen=RECENT)
        self._end: float | None = None
        self._told = self._begun = self._last = clock()

    def skip(self, size: int) -> None:
        """Counts a file as done that needs no reading."""
        self._done += 1
        self._bytes_left -= size

    def begin(self) -> None:
        """Reports how much was done already."""
        self._report()

    def tick(self, current: Sequence[Path]) -> None:
        """Notes what is being read right now; between two files it is the last one."""
        now = self._clock()
        for path in current:
            self._started.setdefault(path, now)
        self._current = tuple(current) or self._current
        self._report()

    def done(self, path: Path, size: int, *, ok: bool) -> None:
        """Counts a file of `size` bytes as done."""
        self._done += 1
        self._failed += not ok
        self._read += 1
        self._bytes_left -= size
        self._time(path, max(size, 1))
        self._report()

    def _time(self, path: Path, size: int) -> None:
        """Notes how long a file took in its worker.

        One that was never seen being read is counted together with the file before it: it was read between two looks,
        or came from another machine in one piece with that file.
        """
        now = self._clock()
        started = self._started.pop(path, None)
        if started is not None:
            self._timed.append((now - started, size, 1))
        else:
            seconds, before, files = self._timed.pop() if self._timed else (0.0, 0, 0)
            self._timed.append((seconds + (now - self._last) * self._workers, before + size, files + 1))
        self._last = now

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the end at the pace so far; None before enough is done."""
        if self._done >= self._total:
            return 0.0
        to_read = self._total - self._done + self._read
        if self._read < min(ENOUGH, math.ceil(to_read / 2)):
            return None
        now = self._clock()
        by_bytes = self._pace() * max(self._bytes_left, 0.0)
        by_number = self._least_seconds() * (self._total - self._done)
        foreseen = now + max(by_bytes, by_number) / self._workers
        if self._end is None:
            self._end = foreseen
        smoothing = min(SMOOTHING_SECONDS, SMOOTHING_SHARE * (now - self._begun)) or SMOOTHING_SECONDS
        share = 1.0 - math.exp(-(now - self._told) / smoothing)
        self._end += share * (foreseen - self._end)
        self._told = now
        return max(self._end - now, 0.0)

    def _least_seconds(self) -> float:
        """Seconds that a file takes at least, however small it is: the quarter of the last files that took least."""
        each = sorted(seconds / files for seconds, _, files in islice(reversed(self._timed), LAST))
        return each[len(each) // 4]

    def _pace(self) -> float:
        """Seconds for a byte in one worker, as far as documents that took much longer than others do not decide it."""
        paces = sorted(seconds / size for seconds, size, _ in self._timed)
        bound = paces[len(paces) // 4] * (1.0 + OUTLIER * min(1.0, len(paces) / MANY))
        seconds = sum(min(seconds, bound * size) for seconds, size, _ in self._timed)
        return seconds / sum(size for _, size, _ in self._timed)

    def _report(self) -> None:
        if self._callback is not None:
            state = Progress(self._done, self._total, self._failed, self._current, self.seconds_left)
            self._callback(state)


def line(progress: Progress) -> str:
    """Progress as a line of text."""
    parts = [f"{progress.done} of {counted(progress.total, 'document')}"]
    if progress.failed:
        parts.append(f"{progress.failed} failed")
    if progress.seconds_left is not None:
        parts.append(f"about {duration(progress.seconds_left)} left")
    if progress.current:
        parts.append(f"now {progress.current[0].name}")
    return ", ".join(parts)
