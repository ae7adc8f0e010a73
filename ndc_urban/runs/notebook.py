"""Progress in a Jupyter notebook: a bar in the output of the cell, which disappears at the end."""

from __future__ import annotations

import html
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ndc_urban.runs.progress import Progress, ProgressCallback, line

_BETWEEN = 0.5
"""Seconds between two changes of the bar, so that a notebook on a slow line keeps up. Chosen by eye."""


@contextmanager
def display_in_notebook() -> Iterator[ProgressCallback | None]:
    """Gives the callback that shows progress in the cell that runs, or None outside of a notebook."""
    if not _in_notebook():
        yield None
        return
    display: Any = sys.modules["IPython"].display
    handle = display.display(display.HTML(_bar(None)), display_id=True)
    last = time.monotonic()

    def show(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _BETWEEN or progress.done == progress.total:
            last = now
            handle.update(display.HTML(_bar(progress)))

    try:
        yield show
    finally:
        handle.update(display.HTML(""))


def _in_notebook() -> bool:
    """Whether IPython is running as the kernel of a notebook, not as a prompt in a terminal."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


def _bar(progress: Progress | None) -> str:
    if progress is None:
        return "<progress></progress> starting"
    return (
        f'<progress value="{progress.done}" max="{progress.total}"></progress> {html.escape(line(progress))}'
    )
