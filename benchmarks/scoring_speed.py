"""How long a cold run over a folder of PDFs takes, beside plain `pdfplumber.Page.extract_text` on the same files.

    python benchmarks/scoring_speed.py --pdf DIR [--jobs 2] [--sample N] [--at-most 0.2]

Both are whole processes with the same number of workers, started one after the other. `ours` is `ndc-urban score`
with the shipped model: reading, segmenting, scoring and writing the run folder. Shown are the seconds by the clock,
their ratio, the peak memory of the largest process, and what became of the files. Exit status 1 where the ratio is
above `--at-most`, a worker needed more than `--megabytes`, or a document failed otherwise than as a scan.
"""

from __future__ import annotations

import contextlib
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from files_to_measure import add_pdf_folder, described_parser, pdf_files

PLAIN = """
import sys
from multiprocessing import get_context


def read(path):
    import pdfplumber

    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            page.extract_text()
            page.close()


if __name__ == "__main__":
    with get_context("spawn").Pool(int(sys.argv[1])) as pool:
        for _ in pool.imap_unordered(read, sys.argv[2:]):
            pass
"""


@dataclass(frozen=True)
class Timing:
    """Seconds by the clock and the peak memory (megabytes) of the largest process."""

    seconds: float
    megabytes: float
    status: int


def timed(command: list[str]) -> Timing:
    """Runs a command to its end, looking five times a second at the memory of its processes (Linux)."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    megabytes = 0.0
    while process.poll() is None:
        megabytes = max(megabytes, largest_process(process.pid))
        time.sleep(0.2)
    return Timing(time.perf_counter() - start, megabytes, process.returncode)


def largest_process(session: int) -> float:
    """The highest resident memory (megabytes) that a living process of a session ever had."""
    peaks = [0]
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            if os.getsid(int(folder.name)) == session:
                status = (folder / "status").read_text()
                peaks += [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")]
    return max(peaks) / 1024


def outcomes(run: Path) -> tuple[Counter[str], list[str]]:
    """How many documents ended how, and those that failed otherwise than as scans."""
    with (run / "documents.csv").open(encoding="utf-8", newline="") as file:
        statuses = Counter(f"{row['status']} {row['level']}".strip() for row in csv.DictReader(file))
    with (run / "failures.csv").open(encoding="utf-8", newline="") as file:
        failed = [
            f"{row['path']}: {row['error']}" for row in csv.DictReader(file) if row["error"] != "needs_ocr"
        ]
    return statuses, failed


def main() -> int:
    parser = described_parser(__doc__)
    add_pdf_folder(parser)
    parser.add_argument("--at-most", type=float, default=0.2, help="the ratio of times that is asked for")
    parser.add_argument("--megabytes", type=float, default=600, help="the memory that a worker may need")
    options = parser.parse_args()
    paths = pdf_files(options)
    with tempfile.TemporaryDirectory() as scratch:
        run = Path(scratch, "run")
        script = Path(scratch, "plain.py")
        script.write_text(PLAIN, encoding="utf-8")
        score = [sys.executable, "-m", "ndc_urban", "score", *paths, "--out", str(run)]
        ours = timed([*score, "--jobs", str(options.jobs), "--quiet", "--ocr", "never", "--no-cache"])
        plain = timed([sys.executable, str(script), str(options.jobs), *paths])
        statuses, failed = outcomes(run)
    for name, timing in (("ours", ours), ("pdfplumber", plain)):
        print(
            f"{name:10} {timing.seconds:7.1f} s  largest process {timing.megabytes:.0f} MB  exit {timing.status}"
        )
    ratio = ours.seconds / plain.seconds
    print(f"ratio {ratio:.3f} (asked for: at most {options.at_most:g}) over {len(paths)} files")
    print(", ".join(f"{name}: {number}" for name, number in sorted(statuses.items())))
    print("\n".join(["failed:", *failed]) if failed else "no document failed otherwise than as a scan")
    return int(ratio > options.at_most or ours.megabytes > options.megabytes or bool(failed))


if __name__ == "__main__":
    sys.exit(main())
