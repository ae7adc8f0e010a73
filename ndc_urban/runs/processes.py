"""How worker processes are started: without the script or notebook that started the run.

Python's `multiprocessing` imports the main module into each process that it starts anew, so that functions defined
there are known. Workers need none of them, and importing a script without `if __name__ == "__main__":` would start
the run again in each worker.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import spawn
from multiprocessing.context import BaseContext, SpawnContext, SpawnProcess
from typing import Any

_MAIN = ("init_main_from_name", "init_main_from_path")
"""What `multiprocessing.spawn.get_preparation_data` says of the main module."""

_lock = threading.Lock()


@contextmanager
def main_left_out() -> Iterator[None]:
    """Processes started within do not import the main module."""
    with _lock:
        described = spawn.get_preparation_data

        def without_main(name: str) -> dict[str, Any]:
            return {key: value for key, value in described(name).items() if key not in _MAIN}

        spawn.get_preparation_data = without_main
        try:
            yield
        finally:
            spawn.get_preparation_data = described


class Spawned(SpawnProcess):
    """A new process, without the main module."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802  the name that multiprocessing calls
        with main_left_out():
            return SpawnProcess._Popen(process_obj)


class SpawnedContext(SpawnContext):
    """Starts processes of the class `Spawned`."""

    Process = Spawned


if sys.platform != "win32":
    from multiprocessing.context import ForkServerContext, ForkServerProcess

    class Forked(ForkServerProcess):
        """A process forked from the clean one, without the main module."""

        @staticmethod
        def _Popen(process_obj: Any) -> Any:  # noqa: N802
            with main_left_out():
                return ForkServerProcess._Popen(process_obj)

    class ForkedContext(ForkServerContext):
        """Starts processes of the class `Forked`."""

        Process = Forked


def worker_context(preloaded: Sequence[str]) -> BaseContext:
    """Workers forked from a clean process that has imported `preloaded`, where the platform can do that; otherwise new
    processes.
    """
    if sys.platform == "win32" or "forkserver" not in multiprocessing.get_all_start_methods():
        return SpawnedContext()
    _leave_lost_server()
    context = ForkedContext()
    context.set_forkserver_preload(list(preloaded))
    return context


def start_server(context: BaseContext) -> None:
    """Starts the clean process that workers of this context are forked from, unless it runs or the context has none.

    Ctrl-C, which a terminal sends to all processes of a program, does not reach it: it would end with a traceback.
    """
    if sys.platform == "win32" or not isinstance(context, ForkServerContext):
        return
    from multiprocessing import forkserver, resource_tracker

    resource_tracker.ensure_running()  # first, as it unblocks the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_server(context: BaseContext) -> None:
    """Ends that process, so that workers which were asked for and which nobody waits for do not come."""
    if sys.platform == "win32" or not isinstance(context, ForkServerContext):
        return
    from multiprocessing import forkserver

    server: Any = forkserver._forkserver
    if server._forkserver_pid is not None:
        with suppress(OSError):
            os.kill(server._forkserver_pid, signal.SIGKILL)


def _leave_lost_server() -> None:
    """Forgets the clean process to fork from if it is gone, or if it is not of this process but of the one that this
    one was forked from; another is then started when it is needed.

    Python's `multiprocessing` takes it for its own and fails (`ChildProcessError`).
    """
    from multiprocessing import forkserver

    server: Any = forkserver._forkserver
    with _lock:
        if server._forkserver_pid is None:
            return
        try:
            is_gone = os.waitpid(server._forkserver_pid, os.WNOHANG)[0] != 0
        except ChildProcessError:
            is_gone = True
        if is_gone:
            with suppress(OSError):
                os.close(server._forkserver_alive_fd)
            server.__init__()
