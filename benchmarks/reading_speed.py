"""How fast PDFs are read, side by side with plain `pdfplumber.Page.extract_text` on the same files.

    python benchmarks/reading_speed.py --corpus DIR [--sample N] [--at-least 10]

DIR holds `documents.csv` (columns file, kind, text_layer) and `pdf/`. Each file is read cold, once by either
reader, one right after the other, so that both meet the same load of the machine; each reader has a process
of its own that lives through all files, as the workers of a run do. Shown are milliseconds of processor time
(and of the clock) per page, the ratio of the processor times over all pages, and the peak memory of each
process. Exit status 1 where the ratio is below `--at-least`.
"""

from __future__ import annotations

import csv
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from files_to_measure import add_sample, described_parser, spread


@dataclass(frozen=True)
class Timing:
    """Seconds of processor and clock for all pages of a file, and the peak memory of the process in
    megabytes.
    """

    pages: int
    seconds: float
    clock: float
    megabytes: float


def read_ours(path: Path) -> int:
    from ndc_urban.reading.pdf.pages import read_pdf

    return len(read_pdf(path, path.read_bytes()))


def read_plainly(path: Path) -> int:
    import pdfplumber

    with pdfplumber.open(path) as file:
        for page in file.pages:
            page.extract_text()
            page.close()
        return len(file.pages)


READERS: dict[str, Callable[[Path], int]] = {"ours": read_ours, "pdfplumber": read_plainly}


def timed(job: tuple[str, Path]) -> Timing:
    """Reads one file; imports are made beforehand, as they are paid once for a whole run."""
    import pdfplumber  # noqa: F401

    import ndc_urban.reading.pdf.pages  # noqa: F401

    name, path = job
    start, clock = time.process_time(), time.perf_counter()
    pages = READERS[name](path)
    seconds, clock = time.process_time() - start, time.perf_counter() - clock
    return Timing(pages, seconds, clock, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def files_of(corpus: Path, sample: int) -> list[Path]:
    with (corpus / "documents.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "pdf" and row["text_layer"] == "yes"]
    paths = sorted(corpus / row["file"] for row in rows)
    return list(spread(paths, sample))


def main() -> int:
    parser = described_parser(__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    add_sample(parser)
    parser.add_argument("--at-least", type=float, default=10.0, help="the ratio that is asked for")
    options = parser.parse_args()
    found: dict[str, list[Timing]] = {name: [] for name in READERS}
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as one, context.Pool(1) as two:
        for path in files_of(options.corpus, options.sample):
            for pool, (name, timings) in zip((one, two), found.items(), strict=True):
                timings.append(pool.apply(timed, ((name, path),)))
    per_page = {}
    for name, timings in found.items():
        pages = sum(timing.pages for timing in timings)
        per_page[name] = sum(timing.seconds for timing in timings) / pages
        clock = sum(timing.clock for timing in timings) / pages
        peak = max(timing.megabytes for timing in timings)
        print(
            f"{name:10} {len(timings):4} files {pages:5} pages  {per_page[name] * 1000:7.2f} ms a page "
            f"({clock * 1000:.2f} by the clock)  peak {peak:.0f} MB"
        )
    ratio = per_page["pdfplumber"] / per_page["ours"]
    print(f"ratio {ratio:.1f} (asked for: {options.at_least:g})")
    return 0 if ratio >= options.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
