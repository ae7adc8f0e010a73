"""The process that workers are forked from lets a run be interrupted without a word of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from pebble import ProcessPool

from ndc_urban.corpus.inputs import Input
from ndc_urban.runs import engine
from ndc_urban.runs.engine import Engine
from ndc_urban.runs.processes import start_server, worker_context

pytestmark = pytest.mark.skipif(
    "forkserver" not in multiprocessing.get_all_start_methods(), reason="workers are not forked here"
)


def blocked() -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_ctrl_c_does_not_reach_the_process_that_workers_are_forked_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[bool] = []
    monkeypatch.setattr("multiprocessing.forkserver.ensure_running", lambda: seen.append(blocked()))
    start_server(worker_context(["os"]))
    assert seen == [True]
    assert not blocked()


def test_workers_that_were_asked_for_before_an_interrupt_do_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(pool: ProcessPool) -> bool:
        raise KeyboardInterrupt

    ended: list[Any] = []
    monkeypatch.setattr(ProcessPool, "active", property(interrupt))
    monkeypatch.setattr(engine, "start_server", lambda context: None)
    monkeypatch.setattr(engine, "end_server", ended.append)
    with pytest.raises(KeyboardInterrupt):
        list(Engine(os.fspath, workers=1, timeout=5).run([Input(Path("a"), "0" * 64)]))  # type: ignore[arg-type]
    assert len(ended) == 1
