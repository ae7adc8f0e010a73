"""`ndc_urban.score` from scripts and notebooks."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import types
from pathlib import Path

import pytest
import stand_ins
from inline_engine import work_inline

import ndc_urban
from ndc_urban.corpus.inputs import Input
from ndc_urban.errors import CannotStartWorkers
from ndc_urban.runs import notebook
from ndc_urban.runs.engine import Engine
from ndc_urban.runs.limits import single_threaded
from ndc_urban.runs.processes import worker_context

WITHOUT_GUARD = """
import sys
sys.path.insert(0, {support!r})
import stand_ins
import ndc_urban
print("once")
run = ndc_urban.score({files!r}, model="m", jobs=2, tools=stand_ins.TOOLS)
print(list(run.documents["level"]), len(run.passages))
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "ndcs"
    folder.mkdir()
    (folder / "a.txt").write_text("the city grows\nfields\na city plan\n")
    (folder / "b.txt").write_text("fields\n")
    return folder


def test_without_a_folder_the_tables_are_returned_and_nothing_is_left(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_inline(monkeypatch)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run = ndc_urban.score(str(files), model="m", tools=stand_ins.TOOLS)
    assert list(run.documents["level"]) == ["strong", "low"]
    assert len(run.passages) == 4
    assert len(run.estimation) == 2
    assert set(run.reasons["subject"]) == {"document"}
    assert run.failures.empty
    assert run.folder == Path()
    assert repr(run) == "<Run: 2 of 2 files scored>"
    assert [path.name for path in tmp_path.iterdir()] == ["ndcs"]
    kept = ndc_urban.score([files / "a.txt"], tmp_path / "run", model="m", tools=stand_ins.TOOLS)
    assert kept.folder == tmp_path / "run"
    assert (kept.folder / "run.json").is_file()


def test_options_reach_the_run(files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}
    monkeypatch.setattr("ndc_urban.scripting.score_into", lambda paths, out, **options: given.update(options))
    ndc_urban.score(files, tmp_path / "run", scale="codebook", evidence_only=True, max_pages=7)
    assert (given["scale"], given["evidence_only"], given["max_pages"]) == ("codebook", True, 7)


@pytest.mark.slow
def test_a_script_needs_no_guard(files: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    support = str(Path(__file__).parents[1] / "support")
    script.write_text(WITHOUT_GUARD.format(support=support, files=str(files)))
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["once", "['strong', 'low'] 4"]
    assert "Traceback" not in done.stderr


def nothing(job: Input) -> str:
    return job.path.name


def test_where_no_worker_may_be_started_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules["multiprocessing.process"].current_process()._config, "daemon", True)
    with pytest.raises(CannotStartWorkers, match="processes of their own"):
        list(Engine(nothing, workers=1, timeout=5).run([Input(Path("a"), "0" * 64)]))


class Handle:
    def __init__(self, shown: list[str]) -> None:
        self.update = shown.append


def test_a_notebook_shows_progress_in_the_cell(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work_inline(monkeypatch)
    shown: list[str] = []
    display = types.SimpleNamespace(
        HTML=str, display=lambda what, display_id: (shown.append(what), Handle(shown))[1]
    )
    shell = types.SimpleNamespace(kernel=object())
    ipython = types.SimpleNamespace(display=display, get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)  # type: ignore[arg-type]
    ndc_urban.score(files, model="m", tools=stand_ins.TOOLS)
    assert "starting" in shown[0]
    assert any("2 of 2 documents" in each for each in shown)
    assert shown[-1] == ""


def test_a_prompt_in_a_terminal_is_no_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    ipython = types.SimpleNamespace(get_ipython=types.SimpleNamespace)
    monkeypatch.setitem(sys.modules, "IPython", ipython)  # type: ignore[arg-type]
    with notebook.display_in_notebook() as show:
        assert show is None


def test_threads_leave_the_environment_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    inside, may_end, entered, ended = (threading.Event() for _ in range(4))

    def first() -> None:
        with single_threaded():
            inside.set()
            may_end.wait(5)

    def second() -> None:
        with single_threaded():
            entered.set()
            ended.wait(5)

    one, two = threading.Thread(target=first), threading.Thread(target=second)
    one.start()
    assert inside.wait(5)
    two.start()
    entered.wait(0.05)  # long enough to be within, if it could be
    may_end.set()
    one.join(5)
    ended.set()
    two.join(5)
    assert "OMP_NUM_THREADS" not in os.environ


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_server_to_fork_from_that_is_not_ones_own_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    from multiprocessing import forkserver

    own = forkserver.ForkServer()
    monkeypatch.setattr(forkserver, "_forkserver", own)
    own._forkserver_pid = os.getppid()  # as in a child that was forked from a process with such a server
    own._forkserver_alive_fd, end = os.pipe()
    os.close(end)
    worker_context(["os"])
    assert own._forkserver_pid is None
