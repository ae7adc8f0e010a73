"""Holds a worker process within its memory and to one thread of native code."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

THREAD_VARIABLES: tuple[str, ...] = (
    "OMP_NUM_THREADS",
    "OMP_THREAD_LIMIT",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "RAYON_NUM_THREADS",
)

_MEGABYTE = 1024 * 1024
_STATM = Path("/proc/self/statm")
_OOM_SCORE = Path("/proc/self/oom_score_adj")
_FIRST_TO_GO = "500"


def use_one_thread() -> None:
    """Native libraries that this process loads from now on keep to one thread."""
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))


@contextmanager
def single_threaded() -> Iterator[None]:
    """Processes started within inherit one native thread each: the documents are what runs in parallel."""
    before = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    use_one_thread()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def cap_memory(megabytes: int) -> None:
    """Lets this process use `megabytes` more than now; does nothing where the platform knows no limit.

    Only the soft limit moves, so that the next document can have its own.
    """
    if importlib.util.find_spec("resource") is None or not _STATM.exists():
        return
    import resource

    pages_in_use = int(_STATM.read_text().split()[0])
    limit = pages_in_use * resource.getpagesize() + megabytes * _MEGABYTE
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def prefer_as_victim() -> None:
    """When memory runs out the system shall end this worker, not the program that collects results."""
    if _OOM_SCORE.exists() and os.access(_OOM_SCORE, os.W_OK):
        _OOM_SCORE.write_text(_FIRST_TO_GO)
