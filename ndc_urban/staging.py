"""A folder that is made out of sight and takes its place in one stroke, or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ndc_urban.errors import OutputExists, OutputUnwritable


@contextmanager
def staged(target: Path, *, replace: bool = False) -> Iterator[Path]:
    """Gives a path to make a folder at; on leaving it becomes `target`.

    Whatever ends the work before, an interruption too, leaves what stood at `target` whole. Raises `OutputExists`
    where there is something already, unless `replace`, and `OutputUnwritable`.
    """
    if target.exists() and not replace:
        raise OutputExists(f"The folder {target} exists already.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent)
    except OSError as error:
        raise OutputUnwritable(f"Cannot write to {target.parent} ({error.strerror or error}).") from error
    with scratch as name:
        new = Path(name) / target.name
        yield new
        try:
            _exchange(new, target, Path(name) / f"{target.name}-before")
        except OSError as error:
            raise OutputUnwritable(
                f"{target} cannot be put in place ({error.strerror or error}); what was there is as it was."
            ) from error


def _exchange(new: Path, target: Path, aside: Path) -> None:
    if not target.exists():
        new.rename(target)
        return
    target.rename(aside)
    try:
        new.rename(target)
    except BaseException:
        aside.rename(target)
        raise
