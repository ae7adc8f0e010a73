"""Does a run that is killed again and again end as an undisturbed one?

    python benchmarks/run_kills.py [--kills 200] [--documents 40] [--jobs 2] [--seed 1]

A run over invented documents is killed (SIGKILL, the program that collects the results) at random moments and gone on
with by `--resume`, from a new start whenever it ends before it is killed. Each finished run is compared with an
undisturbed one: all tables byte for byte, but for the column `seconds`. Between two kills, `report`, `sample` and
`trend` must refuse the folder. Shown are the kills by the state in which the folder was left. Exit status 1 where
anything differs.
"""

from __future__ import annotations

import csv
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from files_to_measure import described_parser
from invented_plans import write_plans

TABLES = ("documents.csv", "passages.csv", "failures.csv", "reasons.csv", "estimation.csv")


def command(plans: Path, out: Path, jobs: int) -> list[str]:
    score = [sys.executable, "-m", "ndc_urban", "score", str(plans), "--out", str(out), "--quiet"]
    return [*score, "--jobs", str(jobs), "--no-cache", "--resume"]


def content(run: Path) -> dict[str, object]:
    """The tables, the seconds left out."""
    found: dict[str, object] = {name: (run / name).read_bytes() for name in TABLES[1:]}
    with (run / TABLES[0]).open(encoding="utf-8", newline="") as file:
        found[TABLES[0]] = [{**row, "seconds": ""} for row in csv.DictReader(file)]
    return found


def state(out: Path) -> str:
    """How a kill left the folder."""
    records = out / "unfinished" / "records.jsonl"
    if (out / "run.json").exists():
        return "after the last table"
    if not records.exists():
        return "before the journal"
    if any((out / name).exists() for name in TABLES):
        return "while tables were moved"
    if (out / "unfinished" / "tables").exists():
        return "while tables were written"
    data = records.read_bytes()
    if not data:
        return "before the first document"
    return "between two records" if data.endswith(b"}\n") else "inside a record"


def refused(out: Path) -> bool:
    """Whether the folder is taken for a finished run by none of these commands."""
    from ndc_urban.corpus.library import open_library
    from ndc_urban.errors import NdcUrbanError
    from ndc_urban.runs import load_run
    from ndc_urban.runs.merging import merge
    from ndc_urban.trend.results import load_results

    doors = (
        load_run,
        open_library,
        lambda run: load_results([run]),
        lambda run: merge([run], run / "joined"),
    )
    for door in doors:
        try:
            door(out)
        except NdcUrbanError:
            continue
        return False
    return True


def main() -> int:
    parser = described_parser(__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    left: Counter[str] = Counter()
    finished = wrong = accepted = 0
    with tempfile.TemporaryDirectory() as scratch:
        plans, out = Path(scratch, "plans"), Path(scratch, "run")
        write_plans(plans, options.documents)
        start = time.perf_counter()
        subprocess.run(
            command(plans, Path(scratch, "whole"), options.jobs), check=True, stdout=subprocess.DEVNULL
        )
        usual = time.perf_counter() - start
        whole = content(Path(scratch, "whole"))
        while left.total() < options.kills:
            program = subprocess.Popen(command(plans, out, options.jobs), stdout=subprocess.DEVNULL)
            try:
                program.wait(timeout=chance.uniform(0.2, 1.1) * usual)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
                left[state(out)] += 1
                if out.exists() and not (out / "run.json").exists():
                    accepted += not refused(out)
                continue
            finished += 1
            wrong += program.returncode != 0 or content(out) != whole
            shutil.rmtree(out)
        subprocess.run(command(plans, out, options.jobs), check=True, stdout=subprocess.DEVNULL)
        finished += 1
        wrong += content(out) != whole
    print(f"{left.total()} kills: " + ", ".join(f"{count} {name}" for name, count in left.most_common()))
    print(f"{finished} runs finished, {wrong} of them other than an undisturbed one")
    print(f"{accepted} times an unfinished folder was taken for a finished run")
    return int(bool(wrong or accepted))


if __name__ == "__main__":
    sys.exit(main())
