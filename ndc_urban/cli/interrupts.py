"""What ends a program from outside."""

from __future__ import annotations

import signal


def stop_on_terminate() -> None:
    """A request to end (from a scheduler, or a terminal that closes) cleans up as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for wanted in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, wanted):
            signal.signal(getattr(signal, wanted), interrupt)
