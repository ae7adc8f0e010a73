"""How far a run has come, for whoever shows it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of a run: documents `done` of `total`, `failed` among them, and the files being read now.

    `seconds_left` is an estimate, None until the first document is done.
    """

    done: int
    total: int
    failed: int = 0
    current: tuple[Path, ...] = ()
    seconds_left: float | None = None


ProgressCallback = Callable[[Progress], None]


class Watch:
    """Follows a run over `total` files of `total_bytes` and reports to `callback`.

    Estimates the time left from the bytes read: big files come first, so counting files would mislead.
    """

    def __init__(self, total: int, total_bytes: int, callback: ProgressCallback | None) -> None:
        self._callback = callback
        self._start = time.monotonic()
        self._total, self._done, self._failed = total, 0, 0
        self._total_bytes, self._done_bytes = total_bytes, 0
        self._current: tuple[Path, ...] = ()

    def tick(self, current: Sequence[Path]) -> None:
        """Notes what is being read right now; between two files it is the last one."""
        self._current = tuple(current) or self._current
        self._tell()

    def done(self, size: int, *, ok: bool) -> None:
        """Counts a file of `size` bytes as done."""
        self._done += 1
        self._failed += not ok
        self._done_bytes += size
        self._tell()

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the end at the pace so far; None before anything is done."""
        if not self._done_bytes:
            return None
        pace = (time.monotonic() - self._start) / self._done_bytes
        return pace * (self._total_bytes - self._done_bytes)

    def _tell(self) -> None:
        if self._callback is not None:
            state = Progress(self._done, self._total, self._failed, self._current, self.seconds_left)
            self._callback(state)
