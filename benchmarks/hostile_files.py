"""Reads thousands of broken and hostile files, made here from a seed, and says how each family ended.

    python benchmarks/hostile_files.py [--seeds 300] [--read-every 20] [--only cut,html] [--keep FOLDER] [FOLDER]

Every file must end in a document with text or in a named failure, through `ndc-urban score` and `ndc-urban read`: no
traceback, no success without pages or passages, no process over the memory limit, none over the time limit. Each
violation is printed and makes the exit status 1. With FOLDER its files are tried instead of the ones made here.
"""

from __future__ import annotations

import csv
import json
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from files_to_measure import described_parser

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

import hostile_others  # noqa: E402  needs the path above
import hostile_pdfs  # noqa: E402

SECONDS_ALLOWED = 30
"""Must be greater than the time limit of a document (25 s) and the start of the program."""

MEGABYTES_ALLOWED = 1500
"""Must be greater than the memory limit of a worker (1400 MB)."""

FLIPS = (1, 10, 100, 1000)
"""How many bytes of a file are changed."""

PROGRAM = [sys.executable, "-m", "ndc_urban"]
UNEXPECTED = ("Traceback", "unexpected")
NAMED = re.compile(r"^\((?!unreadable)[a-z_]+\)$", re.MULTILINE)


@dataclass(frozen=True)
class Ended:
    """How a command ended: its status, output, seconds, and the most megabytes that one of its processes took."""

    status: int
    out: str
    err: str
    seconds: float
    megabytes: int


def files(seeds: int) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Every file's name, its family before the slash, and what makes its bytes."""
    for name, make in hostile_pdfs.MAKERS.items():
        yield f"made/{name}.pdf", make
    for name, make in hostile_others.MAKERS.items():
        family = "named" if name in NAMED_WRONGLY else name.rpartition(".")[2]
        yield f"{family}/{name}", make
    samples = sorted((ROOT / "corpus" / "samples").glob("*-*.*"))
    sound = {path.name: path.read_bytes() for path in samples} | {"plain.pdf": hostile_pdfs.plain()}
    for name, data in sound.items():
        stem, _, ending = name.rpartition(".")
        for number, part in enumerate(hostile_pdfs.cut(data, 100 if ending == "pdf" else 20), start=1):
            yield f"cut/{stem}-{number:02}.{ending}", partial(bytes, part)
    for seed in range(seeds):
        generator = random.Random(seed)
        name = generator.choice(sorted(sound))
        stem, _, ending = name.rpartition(".")
        yield f"flipped/{stem}-{seed:04}.{ending}", partial(flipped, sound[name], generator)


NAMED_WRONGLY = {name for name in hostile_others.MAKERS if name.endswith(".pdf") or name.startswith("pdf.")}


def flipped(data: bytes, generator: random.Random) -> bytes:
    """The bytes with some of them changed, and now and then a piece lost or doubled."""
    changed = bytearray(data)
    for _ in range(generator.choice(FLIPS)):
        changed[generator.randrange(len(changed))] = generator.randrange(256)
    if generator.random() < 0.3:
        start = generator.randrange(len(changed))
        piece = changed[start : start + generator.randrange(2000)]
        changed[start : start + len(piece)] = piece * generator.choice((0, 2))
    return bytes(changed)


def run(*arguments: object) -> Ended:
    """Runs the program and watches what its processes take."""
    start = time.monotonic()
    command = [*PROGRAM, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        peak: list[int] = [0]
        watcher = threading.Thread(target=watch, args=(process, peak), daemon=True)
        watcher.start()
        out, err = process.communicate()
        watcher.join()
    texts = (text.decode("utf-8", "replace") for text in (out, err))
    return Ended(process.returncode, *texts, time.monotonic() - start, peak[0])


def watch(process: subprocess.Popen[bytes], peak: list[int]) -> None:
    """Keeps the most megabytes that a single process of the session took; on Linux only."""
    while process.poll() is None:
        for pid in descendants(process.pid):
            peak[0] = max(peak[0], resident(pid))
        time.sleep(0.05)


def descendants(pid: int) -> Iterator[int]:
    """The process and those below it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _text(task).split():
            yield from descendants(int(child))


def resident(pid: int) -> int:
    """The most megabytes that a process has held so far."""
    found = re.search(r"VmHWM:\s+(\d+) kB", _text(Path(f"/proc/{pid}/status")))
    return int(found[1]) // 1024 if found else 0


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # the process has ended
        return ""


class Report:
    """Counts outcomes by family and keeps violations."""

    def __init__(self) -> None:
        self.outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.violations: list[str] = []

    def violation(self, text: str) -> None:
        self.violations.append(text)
        print(f"VIOLATION {text}", flush=True)

    def show(self) -> None:
        for family, counts in sorted(self.outcomes.items()):
            ends = ", ".join(f"{end} {count}" for end, count in counts.most_common())
            print(f"{family:24} {counts.total():6}  {ends}")
        print(f"{len(self.violations)} violations")


def check_score(folder: Path, report: Report, jobs: int) -> None:
    """Scores the folder and judges every file of the run."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "run")
        ended = run("score", folder, "--out", out, "--ocr", "never", "--quiet", "--no-cache", "--jobs", jobs)
        print(f"score: {ended.seconds:.0f} s, at most {ended.megabytes} MB in a process", flush=True)
        if ended.status not in (0, 3, 4) or any(word in ended.err for word in UNEXPECTED):
            report.violation(f"score ended with {ended.status}: {ended.err[-2000:]}")
            return
        if ended.megabytes > MEGABYTES_ALLOWED:
            report.violation(f"score: a process took {ended.megabytes} MB")
        failures = {row["path"]: row for row in table(out / "failures.csv")}
        for row in table(out / "documents.csv"):
            family = Path(row["path"]).relative_to(folder).parts[0]
            failure = failures.get(row["path"])
            report.outcomes[f"score {family}"][outcome(row, failure)] += 1
            for wrong in faults(row, failure):
                report.violation(f"{row['path']}: {wrong}")
        for entry in json.loads((out / "run.json").read_text(encoding="utf-8"))["inputs"]:
            if "traceback" in entry:
                report.violation(f"{entry['path']}: {entry['traceback'][-1500:]}")


def table(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def outcome(row: dict[str, str], failure: dict[str, str] | None) -> str:
    return "ok" if row["status"] == "ok" else failure["error"] if failure else "unexplained"


def faults(row: dict[str, str], failure: dict[str, str] | None) -> Iterator[str]:
    """What is wrong with how a file ended."""
    if float(row["seconds"] or 0) > SECONDS_ALLOWED:
        yield f"took {row['seconds']} s"
    if row["status"] == "ok":
        if row["pages"] == "0" or row["passages"] in ("", "0"):
            yield "ok without pages or passages"
    elif failure is None or not failure["message"] or not failure["remedy"]:
        yield "failed without a message and a remedy"
    elif failure["error"] in ("unreadable", "error"):
        yield f"failed without a name: {failure['message']}"


def check_read(path: Path, family: str, report: Report) -> None:
    """Reads the file and judges what is printed."""
    ended = run("read", path, "--ocr", "never")
    named = NAMED.search(ended.err)
    report.outcomes[f"read {family}"][
        "ok" if ended.status == 0 else named[0].strip("()") if named else "unexplained"
    ] += 1
    if any(word in ended.err for word in UNEXPECTED) or (ended.status and not named):
        report.violation(f"read {path}: {ended.status} {ended.err[-1500:]}")
    if not ended.status and not ended.out.strip():
        report.violation(f"read {path}: nothing was printed")
    if ended.seconds > SECONDS_ALLOWED or ended.megabytes > MEGABYTES_ALLOWED:
        report.violation(f"read {path}: {ended.seconds:.0f} s, {ended.megabytes} MB")


def main() -> int:
    parser = described_parser(__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="files to try instead of those made here")
    parser.add_argument("--seeds", type=int, default=300, help="files with bytes changed")
    parser.add_argument("--read-every", type=int, default=20, help="read each n-th cut or changed file, too")
    parser.add_argument("--only", default="", help="families, with commas")
    parser.add_argument("--keep", type=Path, help="an empty folder for the files")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or options.keep or Path(scratch)
        only = set(filter(None, options.only.split(",")))
        if options.folder is None:
            for name, make in files(options.seeds):
                if not only or name.split("/")[0] in only:
                    path = folder / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(make())
        check_score(folder, report, options.jobs)
        tried = sorted(path for path in folder.rglob("*.*") if path.is_file())
        for number, path in enumerate(tried):
            family = path.relative_to(folder).parts[0]
            if (family not in ("cut", "flipped") and not options.folder) or number % options.read_every == 0:
                check_read(path, family, report)
    report.show()
    return 1 if report.violations else 0


if __name__ == "__main__":
    sys.exit(main())
