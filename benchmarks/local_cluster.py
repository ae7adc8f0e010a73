"""A Dask scheduler and two workers of one thread each as processes of this machine, to measure and to test with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WORKERS = 2
SECONDS_TO_START = 300
"""More than a busy machine takes to start the programs."""


@dataclass(frozen=True)
class Cluster:
    """A scheduler's address and the processes, the scheduler's first, each with its children in a group of its own."""

    address: str
    processes: list[subprocess.Popen[bytes]]

    def kill(self, number: int) -> None:
        """Kills a worker (from 1) and all its children."""
        os.killpg(self.processes[number].pid, signal.SIGKILL)


@contextmanager
def local_cluster(folder: Path, modules: Path | None = None) -> Iterator[Cluster]:
    """A cluster that keeps its files in `folder`, with the modules in `modules` importable too; ended with its block.

    Needs `ndc-urban[dask]` and process groups (POSIX).
    """
    found = folder / "scheduler.json"
    places = [*([] if modules is None else [str(modules)]), *sys.path]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(places)}
    processes: list[subprocess.Popen[bytes]] = []
    with (folder / "log.txt").open("wb") as log:

        def start(*words: str) -> None:
            command = [sys.executable, "-m", "dask", *words, "--scheduler-file", str(found), "--no-dashboard"]
            processes.append(
                subprocess.Popen(
                    command, stdout=log, stderr=log, env=environment, cwd=folder, start_new_session=True
                )
            )

        try:
            start("scheduler", "--host", "127.0.0.1", "--port", "0")
            for _ in range(WORKERS):
                start("worker", "--nthreads", "1", "--host", "127.0.0.1")
            yield Cluster(_address(found, processes), processes)
        finally:
            for process in processes:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _address(found: Path, processes: list[subprocess.Popen[bytes]]) -> str:
    """The address, once the workers are there."""
    from distributed import Client

    while not found.exists():
        if processes[0].poll() is not None:
            raise RuntimeError(f"The scheduler has ended; its log is in {found.parent}.")
        time.sleep(0.05)
    with Client(scheduler_file=str(found), timeout=SECONDS_TO_START, set_as_default=False) as client:
        client.wait_for_workers(WORKERS, timeout=SECONDS_TO_START)
        return str(client.scheduler.address)
