"""Runs a function over files in parallel: a file that hangs, crashes or uses too much memory fails alone."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from pebble import ProcessExpired, ProcessPool

from ndc_urban.corpus.inputs import Input
from ndc_urban.errors import CannotStartWorkers, ReaderCrashed, ReadingError, ReadingMemory, ReadingTimeout
from ndc_urban.runs import time_budget
from ndc_urban.runs.clocks import processor_use
from ndc_urban.runs.limits import (
    OutOfMemory,
    end_on_request,
    environment_with,
    free_memory,
    lacks_memory,
    single_threaded,
)
from ndc_urban.runs.processes import end_server, start_server, worker_context
from ndc_urban.runs.starting import Start
from ndc_urban.runs.time_budget import JobNotes

T = TypeVar("T")

TICK = 0.25
"""Seconds between two looks at what is running."""

DOCUMENTS_PER_WORKER = 120
"""Then a fresh process takes over, so that what libraries leak never adds up."""

STALL_FACTOR = 4.0
"""A job that uses no processor may take this many times its limit: a slow disk or network drive is not a fault."""

UNSEEN_WAIT_FACTOR = 20.0
"""The same where the platform does not say how long a process waited for a processor: enough for a machine that gives
a worker a twentieth of a processor."""

_ATTEMPTS = 3
"""How often a job is tried: where the whole pool of workers breaks, jobs are lost that were not the cause."""

_OUT_OF_MEMORY_EXIT = 77
"""Any exit status that neither Python nor the system uses."""

_KILLED = 9
"""The signal (SIGKILL) with which the system ends a process when memory runs out."""

_GAVE_UP = -6
"""The signal (SIGABRT) with which pdfium ends its process when it gets no memory."""


@dataclass(frozen=True)
class Lost:
    """A job whose process was ended or ended by itself: `error` says how, after about `seconds`."""

    error: ReadingError
    seconds: float

    @property
    def may_be_tried_again(self) -> bool:
        """Whether other work beside it may have been the cause."""
        return isinstance(self.error, ReadingTimeout)


@dataclass
class Engine(Generic[T]):
    """Runs `function` over jobs with `workers` processes and `timeout` seconds of processor time for each job.

    `function` takes an `Input`, travels by name and should return errors rather than raise them; what it
    raises ends the run. Where work is known to take longer it may call `time_budget.grant`. `initializer` readies
    each new process, outside the time limit. `on_tick` is called several times a second with the jobs under
    way. `start` is what workers find ready.
    """

    function: Callable[[Input], T]
    workers: int
    timeout: float
    initializer: Callable[[], None] | None = None
    on_tick: Callable[[Sequence[Input]], None] | None = None
    start: Start = field(default_factory=Start)
    _started: dict[Path, float] = field(default_factory=dict, init=False)
    _slots: dict[Path, int] = field(default_factory=dict, init=False)
    _notes: JobNotes = field(init=False)
    _waited_before: dict[Path, float] = field(default_factory=dict, init=False)
    _overruns: dict[Path, str] = field(default_factory=dict, init=False)

    def run(self, jobs: Sequence[Input]) -> Iterator[tuple[Input, T | Lost]]:
        """Each job with its result as it comes, big files first so that the workers finish together.

        A process that was ended by the system, or at its time limit, may have suffered from the others: its file is
        tried again alone when they are done.
        """
        waiting = deque(sorted(jobs, key=lambda job: job.size, reverse=True))
        self._slots = {job.path: slot for slot, job in enumerate(waiting)}
        self._notes = time_budget.shared_notes(len(waiting), worker_context(self.start.modules))
        again: list[Input] = []
        for job, result in self._run(waiting, self.workers):
            if self.workers > 1 and isinstance(result, Lost) and result.may_be_tried_again:
                again.append(job)
            else:
                yield job, result
        yield from self._run(deque(again), 1)

    def _run(self, waiting: deque[Input], workers: int) -> Iterator[tuple[Input, T | Lost]]:
        """Works the queue off, with a new pool whenever one breaks."""
        attempts: Counter[Path] = Counter()
        while waiting:
            unfinished: list[Input] = []
            yield from self._run_pool(waiting, workers, unfinished)
            for job in unfinished:
                attempts[job.path] += 1
                if attempts[job.path] < _ATTEMPTS:
                    waiting.append(job)
                elif not any(self._notes.pid):
                    raise CannotStartWorkers("Worker processes end before they do any work.")
                else:
                    yield job, Lost(_crashed(job, "again and again"), self._seconds(job))

    def _run_pool(
        self, waiting: deque[Input], workers: int, unfinished: list[Input]
    ) -> Iterator[tuple[Input, T | Lost]]:
        """Yields until the queue is empty or the pool broken; `unfinished` then gets what was under way."""
        with single_threaded(), environment_with(self.start.environment):
            pool = self._pool(workers)
        running: dict[Future[T], Input] = {}
        try:
            while (waiting or running) and pool.active:
                while waiting and len(running) < 2 * workers:
                    job = waiting.popleft()
                    self._started.pop(job.path, None)
                    self._waited_before.pop(job.path, None)
                    self._notes.pid[self._slots[job.path]] = 0
                    running[pool.schedule(self._task, args=(job, self._slots[job.path]))] = job
                done, _ = wait(running, timeout=TICK, return_when=FIRST_COMPLETED)
                self._look_at(running)
                broken = [one for one in done if _is_broken(one)]
                for future in [one for one in running if one in done and one not in broken]:
                    job = running.pop(future)
                    yield job, self._result(job, future)
                if broken:
                    break
            unfinished.extend(running.values())
        finally:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()

    def _pool(self, workers: int) -> ProcessPool:
        context = worker_context(self.start.modules)
        start_server(context)
        pool = ProcessPool(
            max_workers=workers,
            max_tasks=DOCUMENTS_PER_WORKER,
            initializer=partial(_ready, self._notes, self.initializer),
            context=context,
        )
        try:
            pool.active  # noqa: B018  asking starts the processes, here where the environment is set
        except AssertionError as error:  # from multiprocessing
            raise CannotStartWorkers(
                "Documents are read in processes of their own, and this process may not start any.",
                remedy="Call it from the main program, not from within a worker of a multiprocessing pool.",
            ) from error
        except KeyboardInterrupt:
            end_server(context)
            raise
        return pool

    @property
    def _task(self) -> Callable[[Input, int], T]:
        return partial(_guarded, self.function)

    def _look_at(self, running: dict[Future[T], Input]) -> None:
        now = time.monotonic()
        current = [job for future, job in running.items() if future.running()]
        for job in current:
            self._started.setdefault(job.path, now)
        for future, job in running.items():
            overrun = self._overrun(job) if future.running() else ""
            if overrun:
                self._overruns[job.path] = overrun
                future.cancel()  # ends the process, and another one takes its place
        if self.on_tick is not None:
            self.on_tick(current)

    def _seconds(self, job: Input) -> float:
        now = time.monotonic()
        return now - self._started.get(job.path, now)

    def _overrun(self, job: Input) -> str:
        """The message about a job that is over its limit; empty for one that is not.

        What counts is the processor time that the job used. Beside it stands a generous limit on the time that it took
        while a processor was to be had, for a job that waits for ever.
        """
        slot = self._slots[job.path]
        pid = int(self._notes.pid[slot])
        use = processor_use(pid) if pid else None
        limit = self.timeout + float(self._notes.extra[slot])
        if use is not None and use.used - float(self._notes.used_before[slot]) > limit:
            return f"Reading took longer than {limit:g} seconds of processor time and was stopped."
        longest, waited = limit * UNSEEN_WAIT_FACTOR, 0.0
        if use is not None and use.waited is not None:
            longest = limit * STALL_FACTOR
            waited = use.waited - self._waited_before.setdefault(job.path, use.waited)
        if self._seconds(job) - waited > longest:
            return f"Reading did not end within {longest:g} seconds and was stopped."
        return ""

    def _result(self, job: Input, future: Future[T]) -> T | Lost:
        if future.cancelled():
            return Lost(ReadingTimeout(job.path, self._overruns[job.path]), self._seconds(job))
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, ProcessExpired):
            return _expired(job, error.exitcode, self._seconds(job))
        raise error


class _Killed(Lost):
    """The system ended the process."""

    @property
    def may_be_tried_again(self) -> bool:
        return True


def _is_broken(future: Future[T]) -> bool:
    return not future.cancelled() and isinstance(future.exception(), BrokenProcessPool)


def _ready(notes: JobNotes, initializer: Callable[[], None] | None) -> None:
    end_on_request()
    time_budget.attach(notes)
    if initializer is not None:
        initializer()


def _guarded(function: Callable[[Input], T], job: Input, slot: int) -> T:
    time_budget.begin(slot)
    try:
        result = function(job)
    except Exception as error:
        if isinstance(error, OutOfMemory) or lacks_memory(error):
            os._exit(_OUT_OF_MEMORY_EXIT)
        raise
    free_memory()  # the result must not break off on its way
    return result


def _expired(job: Input, exit_code: int, seconds: float) -> Lost:
    if exit_code in (_OUT_OF_MEMORY_EXIT, _GAVE_UP):
        return Lost(
            ReadingMemory(job.path, "Reading needed more memory than --memory-limit allows."), seconds
        )
    if exit_code == -_KILLED:
        message = "The system ended the reading, most likely because the computer ran out of memory."
        return _Killed(ReadingMemory(job.path, message), seconds)
    how = signal.strsignal(-exit_code) if exit_code < 0 else None
    return Lost(_crashed(job, how or f"exit status {exit_code}"), seconds)


def _crashed(job: Input, how: str) -> ReaderCrashed:
    return ReaderCrashed(job.path, f"The reader crashed on this file ({how}).")
