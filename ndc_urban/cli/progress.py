"""Progress on stderr: a bar on a terminal, otherwise a line every few seconds, nothing if quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ndc_urban.durations import duration
from ndc_urban.runs.progress import Progress, ProgressCallback, line

SECONDS_BETWEEN_LINES = 10.0
"""Often enough to see that work goes on, seldom enough for a log. Chosen by eye."""


@contextmanager
def progress_display(*, quiet: bool) -> Iterator[ProgressCallback | None]:
    """Gives the callback that shows progress, or None if `quiet`."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield Lines()


class Lines:
    """Writes a line to stderr at most every `SECONDS_BETWEEN_LINES` seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last < SECONDS_BETWEEN_LINES:
            return
        self._last = now
        sys.stderr.write(f"{line(progress)}\n")
        sys.stderr.flush()


@contextmanager
def _bar() -> Iterator[ProgressCallback]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar
    from rich.table import Column

    name_column = Column(ratio=1, no_wrap=True, overflow="ellipsis")
    columns = [
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.fields[current]}", table_column=name_column),
    ]
    with Bar(*columns, console=Console(stderr=True), transient=True, expand=True) as bar:
        task = bar.add_task("", total=None, left="", current="starting")

        def show(progress: Progress) -> None:
            left = progress.seconds_left
            bar.update(
                task,
                completed=progress.done,
                total=progress.total,
                left="" if left is None else f"{duration(left)} left",
                current=escape(progress.current[0].name) if progress.current else "",
            )

        yield show


def duration_of_steps(*, quiet: bool, what: str) -> Callable[[int, int], None]:
    """A callback that reports on stderr how many steps are done and about how long the rest will take."""
    begun = last = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if quiet or now - last < SECONDS_BETWEEN_LINES:
            return
        last = now
        left = (now - begun) / done * (total - done)
        sys.stderr.write(f"{done} of {total} {what}, about {duration(left)} left\n")
        sys.stderr.flush()

    return report
