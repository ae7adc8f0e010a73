"""What takes long to make and is only looked at: the first worker that needs it makes it, for all workers of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from filelock import FileLock


def made_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """`folder`, filled by `make` if no worker has filled it; the others wait until it is whole."""
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if not folder.exists():
            new = folder.with_name(f"{folder.name}.new")
            new.mkdir(exist_ok=True)
            make(new)
            new.rename(folder)
    return folder
