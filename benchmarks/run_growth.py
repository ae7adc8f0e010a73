"""Do time and memory of a run keep in proportion to the number of documents?

    python benchmarks/run_growth.py [--documents 10000] [--jobs 2] [--megabytes 300]

Runs over a quarter of the documents and over all of them, invented ones of a page or two, without a cache. Shown are
documents a second and the peak memory of the parent, the process that collects the results. Exit status 1 where all
documents take more than 1.2 times four times as long, or the parent more than `--megabytes`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from files_to_measure import described_parser
from invented_plans import write_plans

PARENT = """
import resource, sys
from pathlib import Path
from ndc_urban.runs import score

run = score([Path(sys.argv[1])], Path(sys.argv[2]), jobs=int(sys.argv[3]), cache=None)
assert run.counts.ok == run.counts.files, run.counts
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
SLACK = 1.2
"""What other programs may add to the longer run."""


def measured(documents: int, jobs: int) -> tuple[float, float]:
    """Seconds, and megabytes of the parent."""
    with tempfile.TemporaryDirectory() as scratch:
        plans = Path(scratch, "plans")
        write_plans(plans, documents)
        start = time.perf_counter()
        command = [sys.executable, "-c", PARENT, str(plans), str(Path(scratch, "run")), str(jobs)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return time.perf_counter() - start, float(done.stdout)


def main() -> int:
    parser = described_parser(__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--megabytes", type=float, default=300)
    options = parser.parse_args()
    results = []
    for documents in (options.documents // 4, options.documents):
        seconds, megabytes = measured(documents, options.jobs)
        results.append((seconds, megabytes))
        print(
            f"{documents:6} documents: {seconds:7.1f} s, {documents / seconds:.1f} a second, parent {megabytes:.0f} MB"
        )
    (part, _), (whole, megabytes) = results
    return int(whole > 4 * SLACK * part or megabytes > options.megabytes)


if __name__ == "__main__":
    sys.exit(main())
