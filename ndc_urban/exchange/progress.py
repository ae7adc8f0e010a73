"""How long-running work reports its progress: by a function that the caller gives. Nothing here prints."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with the number of steps that are done, and the number of all."""


def no_progress(done: int, total: int) -> None:
    """For callers that do not show progress."""
