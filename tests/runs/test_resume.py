"""A run that was stopped goes on, and ends as if nothing had happened."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stand_ins

from ndc_urban.corpus.inputs import Found, search
from ndc_urban.corpus.library import open_library
from ndc_urban.errors import (
    NdcUrbanError,
    OutputExists,
    OutputUnwritable,
    PathMissing,
    ResumeRefused,
    RunUnfinished,
)
from ndc_urban.runs import Progress, Run, load_run, score
from ndc_urban.runs.samples import sample
from ndc_urban.trend.results import load_results

TABLES = ("passages.csv", "failures.csv", "reasons.csv", "estimation.csv")

pytestmark = pytest.mark.usefixtures("inline")


def run_over(files: Path, out: Path, **options: Any) -> Run:
    usual = {"model": Path("some-model"), "jobs": 1, "tools": stand_ins.TOOLS, "cache": None}
    return score([files], out, **(usual | options))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "ndcs"
    folder.mkdir()
    for number in range(5):
        (folder / f"plan{number}.txt").write_text(f"the city grows\nfield {number}\n" * (number + 1))
    (folder / "copy.txt").write_text("the city grows\nfield 0\n")
    (folder / "bad.txt").write_text("damaged")
    return folder


def stopped(files: Path, out: Path, after: int = 2, **options: Any) -> None:
    """Begins a run that is stopped when so many documents are done."""

    def stop(progress: Progress) -> None:
        if progress.done >= after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_over(files, out, progress=stop, **options)


def documents_but_seconds(run: Run) -> list[dict[str, Any]]:
    return run.documents.drop(columns="seconds").astype(str).to_dict("records")


def the_same(one: Run, other: Run) -> bool:
    tables = all((one.folder / name).read_bytes() == (other.folder / name).read_bytes() for name in TABLES)
    return tables and documents_but_seconds(one) == documents_but_seconds(other)


def records(out: Path) -> Path:
    return out / "unfinished" / "records.jsonl"


def test_a_stopped_run_goes_on_without_reading_again(files: Path, tmp_path: Path) -> None:
    whole = run_over(files, tmp_path / "whole")
    stopped(files, tmp_path / "run")
    first: list[Progress] = []
    done = run_over(files, tmp_path / "run", resume=True, progress=first.append)
    assert first[0].done == 2
    assert the_same(whole, done)
    assert not (tmp_path / "run" / "unfinished").exists()


def test_a_record_that_was_cut_off_or_damaged_is_made_again(files: Path, tmp_path: Path) -> None:
    whole = run_over(files, tmp_path / "whole")
    stopped(files, tmp_path / "run", after=4)
    kept = records(tmp_path / "run").read_bytes()
    places = random.Random(1)
    for attempt in range(4):
        out = tmp_path / f"run{attempt}"
        shutil.copytree(tmp_path / "run", out)
        cut = places.randrange(len(kept))
        damaged = kept[:cut] if attempt % 2 else kept[:cut] + b"\0\0\0" + kept[cut + 3 :]
        records(out).write_bytes(damaged)
        assert the_same(whole, run_over(files, out, resume=True))


@pytest.mark.parametrize("after", ["failures.csv", "run.json"])
def test_a_run_that_was_stopped_while_its_tables_were_moved_goes_on(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    whole = run_over(files, tmp_path / "whole")
    replace = Path.replace

    def stop(self: Path, target: Path) -> Path:
        moved = replace(self, target)
        if Path(target).name == after:
            raise KeyboardInterrupt
        return moved

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Path, "replace", stop)
        run_over(files, tmp_path / "run")
    if after != "run.json":
        with pytest.raises(RunUnfinished):
            load_run(tmp_path / "run")
    assert the_same(whole, run_over(files, tmp_path / "run", resume=True))
    assert not (tmp_path / "run" / "unfinished").exists()


def test_an_unfinished_run_is_taken_for_a_finished_one_by_nothing(files: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    stopped(files, out)
    (out / "documents.csv").write_text("path,sha256,status\n")  # as if stopped while tables were moved
    commands: list[Callable[[], object]] = [
        lambda: load_run(out),
        lambda: open_library(out),
        lambda: load_results([out]),
        lambda: sample(out, 1, "estimate"),
    ]
    for command in commands:
        with pytest.raises(RunUnfinished, match="not finished"):
            command()
    with pytest.raises(OutputExists) as refused:
        run_over(files, out)
    assert "--resume" in refused.value.remedy


def changed_documents(files: Path) -> dict[str, Any]:
    (files / "plan9.txt").write_text("new")
    return {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files: {"evidence_only": True}, "evidence_only True"),
        (lambda files: {"ocr": "never"}, "ocr never"),
        (lambda files: {"tools": stand_ins.OTHER_MODEL}, "another model"),
        (changed_documents, "other documents"),
    ],
)
@pytest.mark.parametrize("finished", [False, True])
def test_a_run_does_not_go_on_otherwise_than_it_began(
    files: Path, tmp_path: Path, change: Callable[[Path], dict[str, Any]], said: str, finished: bool
) -> None:
    out = tmp_path / "run"
    if finished:
        run_over(files, out)
    else:
        stopped(files, out)
    before = sorted(path.name for path in out.rglob("*"))
    with pytest.raises(ResumeRefused, match=said):
        run_over(files, out, resume=True, **change(files))
    assert sorted(path.name for path in out.rglob("*")) == before


def test_a_finished_run_is_given_back_as_it_is(files: Path, tmp_path: Path) -> None:
    run = run_over(files, tmp_path / "run")
    before = (tmp_path / "run" / "run.json").read_bytes()
    assert the_same(run, run_over(files, tmp_path / "run", resume=True, jobs=2))
    assert (tmp_path / "run" / "run.json").read_bytes() == before


def test_two_programs_do_not_work_on_one_run(files: Path, tmp_path: Path) -> None:
    def another(progress: Progress) -> None:
        if progress.done == 2:
            with pytest.raises(ResumeRefused, match="at work"):
                run_over(files, tmp_path / "run", resume=True)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_over(files, tmp_path / "run", progress=another)


@pytest.mark.skipif(os.name != "posix", reason="limits of the system")
def test_a_full_disk_loses_nothing_and_says_how_to_go_on(files: Path, tmp_path: Path) -> None:
    import resource

    whole = run_over(files, tmp_path / "whole")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, hard))  # the middle of a record
    try:
        with pytest.raises(OutputUnwritable) as refused:
            run_over(files, tmp_path / "run")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "documents are kept" in refused.value.message
    assert records(tmp_path / "run").stat().st_size == 3000
    assert "--resume" in refused.value.remedy
    assert the_same(whole, run_over(files, tmp_path / "run", resume=True))


PROGRAM = """
import sys
sys.path.insert(0, {support!r})
from pathlib import Path
import stand_ins
from ndc_urban.runs import score
score([Path({files!r})], Path({out!r}), model=Path("m"), jobs=1, tools=stand_ins.TOOLS, cache=None, resume=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_run_that_is_killed_again_and_again_ends_as_an_undisturbed_one(files: Path, tmp_path: Path) -> None:
    whole = run_over(files, tmp_path / "whole")
    support = str(Path(__file__).parents[1] / "support")
    code = PROGRAM.format(support=support, files=str(files), out=str(tmp_path / "run"))
    for done in range(3):  # killed when so many records are there, wherever it then is
        program = subprocess.Popen([sys.executable, "-c", code])
        while program.poll() is None and _records_of(tmp_path / "run") <= done:
            time.sleep(0.001)
        program.kill()
        program.wait()
    with pytest.raises(NdcUrbanError):
        load_run(tmp_path / "run")
    assert the_same(whole, run_over(files, tmp_path / "run", resume=True))


def _records_of(out: Path) -> int:
    try:
        return records(out).read_bytes().count(b'{"file"')
    except OSError:
        return 0


def test_the_folder_of_a_stopped_run_says_how_to_go_on(files: Path, tmp_path: Path) -> None:
    stopped(files, tmp_path / "run", command="ndc-urban score x --out run --resume")
    guide = (tmp_path / "run" / "unfinished" / "HOW_TO_CONTINUE.txt").read_text()
    assert "ndc-urban score x --out run --resume" in guide
    plan = json.loads((tmp_path / "run" / "unfinished" / "plan.json").read_text())
    assert plan["documents"] == 7


def test_a_run_that_another_program_finished_meanwhile_stays(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def search_slowly(paths: list[Path]) -> Found:
        found = search(paths)
        if paths == [files]:
            run_over(files / "plan0.txt", tmp_path / "run")  # begins later and ends earlier
        return found

    monkeypatch.setattr("ndc_urban.runs.scoring.search", search_slowly)
    with pytest.raises(OutputExists, match="in the meantime"):
        run_over(files, tmp_path / "run")
    assert load_run(tmp_path / "run").counts.files == 1
    assert not (tmp_path / "run" / "unfinished").exists()


def test_a_plan_of_another_version_is_no_empty_plan(files: Path, tmp_path: Path) -> None:
    stopped(files, tmp_path / "run")
    before = records(tmp_path / "run").read_bytes()
    (tmp_path / "run" / "unfinished" / "plan.json").write_text('{"model": "0"}')
    with pytest.raises(ResumeRefused, match=r"plan\.json"):
        run_over(files, tmp_path / "run", resume=True)
    assert records(tmp_path / "run").read_bytes() == before


def test_where_nothing_can_be_written_nothing_is_left(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OutputUnwritable("no space left")

    monkeypatch.setattr("ndc_urban.runs.journal.write_atomically", full)
    with pytest.raises(OutputUnwritable):
        run_over(files, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_finished_run_that_lost_a_table_is_not_taken_as_it_is(files: Path, tmp_path: Path) -> None:
    run_over(files, tmp_path / "run")
    (tmp_path / "run" / "documents.csv").unlink()
    with pytest.raises(PathMissing, match=r"documents\.csv"):
        run_over(files, tmp_path / "run", resume=True)


def test_a_command_with_bytes_that_are_no_utf8_is_noted(files: Path, tmp_path: Path) -> None:
    stopped(files, tmp_path / "run", command="ndc-urban score caf\udce9")
    guide = (tmp_path / "run" / "unfinished" / "HOW_TO_CONTINUE.txt").read_text(encoding="utf-8")
    assert r"score caf\udce9" in guide
