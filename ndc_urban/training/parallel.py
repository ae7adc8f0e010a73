"""Work of a training in several processes, without the warnings of libraries on the screen."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from joblib import Parallel, delayed

Result = TypeVar("Result")

_SETTINGS = "NDC_URBAN_"
"""How the names of our environment variables begin."""


def in_parallel(
    jobs: int, work: Callable[..., Result], tasks: Iterable[tuple[Any, ...]], *, ordered: bool = True
) -> Iterator[Result]:
    """What `work` makes of the arguments in each of the tasks, as it comes, or in the order of the tasks if `ordered`.

    Libraries warn nobody, neither in the `jobs` processes nor here when one of them is replaced: a user could do
    nothing about it.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="A worker stopped", category=UserWarning)
        kind = "generator" if ordered else "generator_unordered"
        # processes are kept for the next call, with the environment of the first
        settings = {name: value for name, value in os.environ.items() if name.startswith(_SETTINGS)}
        yield from Parallel(n_jobs=jobs, return_as=kind)(
            delayed(_without_warnings)(settings, work, *task) for task in tasks
        )


def _without_warnings(settings: dict[str, str], work: Callable[..., Result], *given: Any) -> Result:
    os.environ.update(settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return work(*given)
