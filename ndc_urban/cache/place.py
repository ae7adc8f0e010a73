"""Where the cache lies: an option decides, then an environment variable, then the usual folder of the system."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from ndc_urban.errors import UsageError

VARIABLE = "NDC_URBAN_CACHE"
"""The environment variable with the folder of the cache, or `OFF`."""

OFF = "off"

LIMIT_VARIABLE = "NDC_URBAN_CACHE_MB"
"""The environment variable with the megabytes that the cache may hold."""

DEFAULT_LIMIT = 2000
"""Megabytes. 24 NDCs that were scored by two models take 5.2, so that about 9,000 fit."""

_chosen: ContextVar[Path | None] = ContextVar("chosen")


def current() -> Path | None:
    """The folder of the cache; None where nothing is to be kept."""
    return _chosen.get(usual())


def usual() -> Path | None:
    """The folder that holds where no option names one."""
    named = os.environ.get(VARIABLE, "")
    if named.lower() == OFF:
        return None
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("ndc-urban", appauthor=False)


def limit() -> int:
    """The bytes that the cache may hold. Raises `UsageError` where the variable holds something else than a number."""
    named = os.environ.get(LIMIT_VARIABLE, "").strip()
    if named and not named.isdecimal():
        raise UsageError(
            f"The environment variable {LIMIT_VARIABLE} is “{named}”, which is not a number of megabytes.",
            remedy=f"Give a whole number, such as {DEFAULT_LIMIT}, or unset it.",
        )
    return (int(named) if named else DEFAULT_LIMIT) * 1_000_000


@contextmanager
def using(folder: Path | None) -> Iterator[None]:
    """Within, the cache lies in `folder`; None for no cache."""
    token = _chosen.set(folder)
    try:
        yield
    finally:
        _chosen.reset(token)
