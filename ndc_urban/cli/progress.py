"""Progress on stderr: a bar on a terminal, otherwise a line every few seconds, nothing if quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ndc_urban.durations import SECONDS_BETWEEN_LINES, duration, time_left
from ndc_urban.runs.progress import Progress, ProgressCallback, line


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
        _to_stderr(line(progress))


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


def progress_of_steps(*, quiet: bool, what: str) -> Callable[[int, int], None]:
    """A callback that reports on stderr how many steps are done and about how long the rest takes."""
    return time_left((lambda line: None) if quiet else _to_stderr, what)


def _to_stderr(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
