"""Documents on the machines of a Dask cluster, each still in a guarded process of its own; needs `ndc-urban[dask]`.

The cluster's workers see the documents, the model and the cache under the same paths as this machine does. A chunk of
documents is a task. Where a worker is lost, the scheduler gives its task to another one.
"""

from __future__ import annotations

import functools
import importlib.util
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ndc_urban.corpus.inputs import Input
from ndc_urban.counting import agreeing, counted
from ndc_urban.errors import ClusterFailed, PackageMissing
from ndc_urban.runs.engine import Lost
from ndc_urban.runs.worker import Finished, Settings

CHUNK = 8
"""Documents of a task: some seconds of work, so that the cluster's own few milliseconds for a task do not count, and
that not much is done twice where a worker is lost."""

TASKS_AHEAD = 2
"""Tasks for each worker that the scheduler has at a time, so that no worker waits and none holds much."""

SECONDS_TO_ANSWER = 30
"""Until a scheduler counts as out of reach; must be greater than what a busy machine takes."""

Result = Finished | Lost


def run_on_cluster(
    address: str,
    todo: Sequence[Input],
    settings: Settings,
    timeout: float,
    on_tick: Callable[[Sequence[Path]], None],
) -> Iterator[tuple[Input, Result]]:
    """Each file with its result as it comes from the cluster, big files first.

    Raises `PackageMissing`, and `ClusterFailed` where the scheduler cannot be reached or the workers cannot do the
    work.
    """
    distributed = _library()
    try:
        client = distributed.Client(address, timeout=SECONDS_TO_ANSWER, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterFailed(f"The scheduler at {address} does not answer ({error}).") from error
    with client:
        _check_versions(client)
        yield from _results(client, distributed, _chunks(todo), settings, timeout, on_tick)


def _library() -> Any:
    if importlib.util.find_spec("distributed") is None:
        raise PackageMissing(
            "--engine dask needs the package distributed.",
            remedy='Install it with: pip install "ndc-urban[dask]"',
        )
    import distributed

    return distributed


def _check_versions(client: Any) -> None:
    """Raises `ClusterFailed` where a worker would score otherwise than this program."""
    from ndc_urban.cache.versions import scoring_version

    try:
        found = client.run(_version)
    except Exception as error:  # whatever a worker without this program raises
        raise ClusterFailed(f"A worker of the cluster cannot run ndc-urban ({error}).") from error
    if others := {version for version in found.values() if version != scoring_version()}:
        raise ClusterFailed(
            f"{counted(len(others), 'other version')} of ndc-urban or of its libraries "
            f"{agreeing(len(others), 'is', 'are')} on the workers."
        )


def _version() -> str:
    from ndc_urban.cache.versions import scoring_version

    return scoring_version()


def _chunks(todo: Sequence[Input]) -> list[list[Input]]:
    """Chunks of files of about the same size, the biggest first and those in chunks of their own."""
    ordered = sorted(todo, key=lambda item: item.size, reverse=True)
    return [ordered[at : at + CHUNK] for at in range(0, len(ordered), CHUNK)]


def _results(
    client: Any,
    distributed: Any,
    chunks: list[list[Input]],
    settings: Settings,
    timeout: float,
    on_tick: Callable[[Sequence[Path]], None],
) -> Iterator[tuple[Input, Result]]:
    waiting = iter(chunks)
    task = functools.partial(score_chunk, settings=settings, timeout=timeout)
    under_way: dict[Any, list[Input]] = {}
    finished = distributed.as_completed(loop=client.loop)

    def submit() -> None:
        ahead = TASKS_AHEAD * max(len(client.scheduler_info(n_workers=-1)["workers"]), 1)
        while len(under_way) < ahead and (chunk := next(waiting, None)) is not None:
            future = client.submit(task, chunk, pure=False)
            under_way[future] = chunk
            finished.add(future)

    submit()
    while under_way:
        on_tick([item.path for chunk in under_way.values() for item in chunk[:1]])
        future = next(finished)
        chunk = under_way.pop(future)
        try:
            results = future.result()
        except Exception as error:  # what the cluster or the task raises
            raise ClusterFailed(
                f"The cluster could not finish {counted(len(chunk), 'document')} ({error})."
            ) from error
        yield from zip(chunk, results, strict=True)
        future.release()
        submit()


def score_chunk(chunk: Sequence[Input], settings: Settings, timeout: float) -> list[Result]:
    """What a worker of the cluster does: it reads some files, one at a time, in a guarded process of its own."""
    from ndc_urban.runs.scoring import local_results

    with _may_start_processes():
        found = {item.sha256: result for item, result in local_results(chunk, settings, 1, timeout)}
    return [found[item.sha256] for item in chunk]


@contextmanager
def _may_start_processes() -> Iterator[None]:
    """A worker of Dask runs under a nanny as a daemon, which Python forbids to have children; they are ended here."""
    configuration: dict[str, Any] = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    before = configuration.get("daemon")
    configuration["daemon"] = False
    try:
        yield
    finally:
        configuration["daemon"] = before
