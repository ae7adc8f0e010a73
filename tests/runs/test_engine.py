"""The pool of processes: order, isolation, recovery."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from busy_programs import busy_programs

from ndc_urban.corpus.inputs import Input
from ndc_urban.errors import CannotStartWorkers
from ndc_urban.runs.engine import Engine, Lost
from ndc_urban.runs.limits import THREAD_VARIABLES


def work(job: Input) -> str:
    word = job.path.name.split("-")[0]
    if word == "exit":
        os._exit(5)
    if word == "once" and not job.path.with_suffix(".seen").exists():
        job.path.with_suffix(".seen").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "sleep":
        time.sleep(30)
    if word == "work":
        use_processor(0.8)
    if word == "again" and not job.path.with_suffix(".seen").exists():
        job.path.with_suffix(".seen").touch()
        use_processor(60)
    if word == "threads":
        return ",".join(os.environ.get(name, "?") for name in THREAD_VARIABLES)
    if word == "fail":
        raise ValueError("raised in a worker")
    return job.path.name


def use_processor(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


@pytest.fixture
def busy_machine() -> Iterator[None]:
    """Programs that want three times the processors that there are."""
    with busy_programs(3):
        yield


def die() -> None:
    os._exit(1)


def jobs(*names: str, folder: Path = Path()) -> list[Input]:
    return [Input(folder / name, f"{n:064}", size=n) for n, name in enumerate(names)]


def results(engine: Engine[str], todo: list[Input]) -> dict[str, str]:
    return {
        job.path.name: result.error.code if isinstance(result, Lost) else result
        for job, result in engine.run(todo)
    }


def test_big_files_come_first() -> None:
    engine = Engine(work, workers=1, timeout=10)
    assert [job.size for job, _ in engine.run(jobs("a", "b", "c"))] == [2, 1, 0]


def test_many_crashes_in_a_row_spoil_nothing_else() -> None:
    todo = jobs(*[f"exit-{n}" if n % 2 else f"fine-{n}" for n in range(20)])
    found = results(Engine(work, workers=2, timeout=10), todo)
    assert len(found) == 20
    assert all(value == ("reader_crashed" if name[0] == "e" else name) for name, value in found.items())


def test_a_file_whose_process_was_killed_among_others_is_tried_again_alone(tmp_path: Path) -> None:
    found = results(Engine(work, workers=2, timeout=10), jobs("once-a", "b", folder=tmp_path))
    assert found == {"once-a": "once-a", "b": "b"}


def test_the_time_limit_is_reported_with_the_seconds() -> None:
    ((_, lost),) = Engine(work, workers=1, timeout=0.5).run(jobs("sleep"))
    assert isinstance(lost, Lost)
    assert lost.error.code == "timeout"
    assert "within 2 seconds" in lost.error.message
    assert 1.5 < lost.seconds < 25


def test_what_other_programs_take_from_a_worker_does_not_count(busy_machine: None) -> None:
    start = time.monotonic()
    assert results(Engine(work, workers=1, timeout=1.5), jobs("work")) == {"work": "work"}
    assert time.monotonic() - start > 1.5


def test_a_file_that_ran_out_of_time_among_others_is_tried_again_alone(tmp_path: Path) -> None:
    found = results(Engine(work, workers=2, timeout=1), jobs("again-a", "b", folder=tmp_path))
    assert found == {"again-a": "again-a", "b": "b"}


def test_work_without_end_is_stopped_by_its_processor_time(tmp_path: Path) -> None:
    ((_, lost),) = Engine(work, workers=1, timeout=0.5).run(jobs("again", folder=tmp_path))
    assert isinstance(lost, Lost)
    assert "processor time" in lost.error.message


def test_workers_have_one_native_thread() -> None:
    found = results(Engine(work, workers=1, timeout=10), jobs("threads"))
    assert set(found["threads"].split(",")) == {"1"}
    assert "BLIS_NUM_THREADS" not in os.environ


def test_workers_that_cannot_start_end_the_run_without_hanging() -> None:
    with pytest.raises(CannotStartWorkers, match="before they do any work"):
        results(Engine(work, workers=1, timeout=10, initializer=die), jobs("a", "b"))


def test_what_the_function_raises_ends_the_run() -> None:
    with pytest.raises(ValueError, match="raised in a worker"):
        results(Engine(work, workers=1, timeout=10), jobs("fail"))
