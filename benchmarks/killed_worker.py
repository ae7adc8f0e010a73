"""Does a run on a Dask cluster, one of whose workers is killed, end as a local one? Needs `ndc-urban[dask]`, POSIX.

    python benchmarks/killed_worker.py [--documents 200] [--kill-after 40]

A scheduler and two workers of one thread each are started here. A run over invented documents is given to them with
`--engine dask`, and once so many documents are done, one worker is killed with all its processes. The tables are
compared with those of a local run, byte for byte but for the column `seconds`. Shown are the documents done when the
worker was killed and the seconds of both runs. Exit status 1 where anything differs.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from files_to_measure import described_parser
from invented_plans import write_plans
from local_cluster import WORKERS, local_cluster
from run_kills import content

from ndc_urban.runs import Progress, score


def main() -> int:
    parser = described_parser(__doc__)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--kill-after", type=int, default=40, help="documents done when a worker is killed")
    options = parser.parse_args()
    done_at: list[int] = []
    with tempfile.TemporaryDirectory() as scratch:
        plans = Path(scratch, "plans")
        write_plans(plans, options.documents)
        with local_cluster(Path(scratch)) as cluster:

            def kill_one(progress: Progress) -> None:
                if progress.done >= options.kill_after and not done_at:
                    done_at.append(progress.done)
                    cluster.kill(1)

            start = time.perf_counter()
            remote = score(
                [plans],
                Path(scratch, "remote"),
                scheduler=cluster.address,
                cache=None,
                progress=kill_one,
            )
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
