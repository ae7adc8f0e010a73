"""Does a run on a Dask cluster, one of whose workers is killed, end as a local one? Needs `ndc-urban[dask]`, POSIX.

    python benchmarks/killed_worker.py [--documents 200] [--kill-after 40]

A scheduler and two workers of one thread each are started here. A run over invented documents is given to them with
`--engine dask`, and once so many documents are done, one worker is killed with all its processes. The tables are
compared with those of a local run, byte for byte but for the column `seconds`. Shown are the documents done when the
worker was killed and the seconds of both runs. Exit status 1 where anything differs.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from distributed import Client
from files_to_measure import described_parser
from invented_plans import write_plans
from run_kills import content

from ndc_urban.runs import Progress, score

WORKERS = 2
SECONDS_TO_START = 300
"""More than a busy machine takes to start the programs."""


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler on this machine, and the processes of its workers, each leading a group."""
    found = folder / "scheduler.json"
    parts = [("scheduler", "--host", "127.0.0.1", "--port", "0")]
    parts += [("worker", "--nthreads", "1", "--host", "127.0.0.1")] * WORKERS
    processes: list[subprocess.Popen[bytes]] = []
    with (folder / "log.txt").open("wb") as log:
        try:
            for words in parts:
                command = [
                    sys.executable, "-m", "dask", *words, "--scheduler-file", str(found), "--no-dashboard"
                ]  # fmt: skip
                processes.append(
                    subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, start_new_session=True)
                )
            while not found.exists():
                time.sleep(0.05)
            with Client(scheduler_file=str(found), timeout=SECONDS_TO_START, set_as_default=False) as client:
                client.wait_for_workers(WORKERS, timeout=SECONDS_TO_START)
                address = str(client.scheduler.address)
            yield address, processes[1:]
        finally:
            for process in processes:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def main() -> int:
    parser = described_parser(__doc__)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--kill-after", type=int, default=40, help="documents done when a worker is killed")
    options = parser.parse_args()
    done_at: list[int] = []
    with tempfile.TemporaryDirectory() as scratch:
        plans = Path(scratch, "plans")
        write_plans(plans, options.documents)
        with cluster(Path(scratch)) as (address, workers):

            def kill_one(progress: Progress) -> None:
                if progress.done >= options.kill_after and not done_at:
                    done_at.append(progress.done)
                    os.killpg(workers[0].pid, signal.SIGKILL)

            start = time.perf_counter()
            remote = score([plans], Path(scratch, "remote"), scheduler=address, cache=None, progress=kill_one)
            with_one_killed = time.perf_counter() - start
        start = time.perf_counter()
        local = score([plans], Path(scratch, "local"), jobs=WORKERS, cache=None)
        alone = time.perf_counter() - start
        same = content(remote.folder) == content(local.folder)
    print(f"a worker was killed after {done_at[0] if done_at else 'no'} of {options.documents} documents")
    print(
        f"cluster {with_one_killed:.1f} s, local {alone:.1f} s; the tables are {'the same' if same else 'different'}"
    )
    return int(not same or not done_at)


if __name__ == "__main__":
    sys.exit(main())
