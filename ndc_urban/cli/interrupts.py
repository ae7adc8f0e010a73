"""Interrupts: signals that ask the program to end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED_STATUS = 130
"""The exit status of an interrupted program in POSIX shells: 128 plus SIGINT (2)."""

_REQUESTS = ("SIGTERM", "SIGHUP")


@contextmanager
def ending_cleanly() -> Iterator[None]:
    """Treats requests to end (from a scheduler, or a closed terminal) like Ctrl-C, so that everything is cleaned up."""
    wanted = [getattr(signal, name) for name in _REQUESTS if hasattr(signal, name)]
    before = {number: signal.signal(number, _interrupt) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
