"""Holds a worker process within its memory and to one thread of native code."""

from __future__ import annotations

import errno
import importlib.util
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

MEMORY_LIMIT = 1400
"""Megabytes that a process may hold in all, below 1.5 GB by any count; a document of 60 pages takes about 250."""

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
_LEAST = 16 * _MEGABYTE
"""What a process may take beyond what it holds, however low the limit: must be enough to report an error."""
_STATM = Path("/proc/self/statm")
_OOM_SCORE = Path("/proc/self/oom_score_adj")
_FIRST_TO_GO = "500"
"""Of 1000; must be greater than the 0 of other programs."""

_environment = threading.RLock()


class OutOfMemory(Exception):
    """Raised in a worker at its memory limit: the process ends, since what it holds can't be trusted."""


def use_one_thread() -> None:
    """Native libraries that this process loads from now on keep to one thread."""
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))


@contextmanager
def single_threaded() -> Iterator[None]:
    """Processes started within inherit one native thread each: the documents are what runs in parallel.

    One thread of this process at a time is within, so that each leaves the environment as it was.
    """
    with environment_with(dict.fromkeys(THREAD_VARIABLES, "1")):
        yield


@contextmanager
def environment_with(variables: Mapping[str, str]) -> Iterator[None]:
    """Processes started within inherit these variables; the environment is then as it was."""
    with _environment:
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def cap_memory(megabytes: int) -> None:
    """Keeps this process below `megabytes` in all; does nothing where the platform knows no limit.

    Only the soft limit moves, so that the next document can have its own.
    """
    if not _can_cap():
        return
    import resource

    reserved, used = (int(pages) * resource.getpagesize() for pages in _STATM.read_text().split()[:2])
    # The limit is on what is reserved, far more than is used; so just what comes on top is counted.
    _limit_reserved(reserved + max(megabytes * _MEGABYTE - used, _LEAST))


def free_memory() -> None:
    """Lifts the limit of `cap_memory`."""
    if _can_cap():
        import resource

        _limit_reserved(resource.RLIM_INFINITY)


def lacks_memory(error: BaseException) -> bool:
    """Whether an error is one of the ways in which Python says that no memory is left."""
    if isinstance(error, ImportError):
        return "map segment" in str(error)  # a library that is loaded late finds no room
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM)


def _can_cap() -> bool:
    return importlib.util.find_spec("resource") is not None and _STATM.exists()


def _limit_reserved(size: int) -> None:
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        size = hard if size == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_AS, (size, hard))


def end_on_request() -> None:
    """A request to end takes effect at once, even in the midst of native code."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def prefer_as_victim() -> None:
    """When memory runs out the system shall end this worker, not the program that collects results."""
    if _OOM_SCORE.exists() and os.access(_OOM_SCORE, os.W_OK):
        _OOM_SCORE.write_text(_FIRST_TO_GO)
