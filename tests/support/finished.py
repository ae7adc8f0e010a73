"""What a run of the program left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finished:
    """Its exit status and what it printed."""

    status: int
    out: str
    err: str


Program = Callable[..., Finished]
