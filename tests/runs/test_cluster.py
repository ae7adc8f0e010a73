"""A Dask cluster does the work of a run: a real scheduler and two workers, one of which is killed in the middle."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stand_ins
from local_cluster import WORKERS, Cluster, local_cluster

from ndc_urban.errors import ClusterFailed, PackageMissing
from ndc_urban.runs import Run, cluster, score

SUPPORT = Path(__file__).parents[1] / "support"


@pytest.fixture
def dask_cluster(tmp_path: Path) -> Iterator[Cluster]:
    pytest.importorskip("distributed")
    if os.name != "posix":
        pytest.skip("process groups")
    with local_cluster(tmp_path, modules=SUPPORT) as cluster:
        yield cluster


def files_in(folder: Path, at_work: Path) -> Path:
    folder.mkdir()
    for number in range(6):
        (folder / f"held{number}.txt").write_text(f"await {at_work}\nthe city grows\nfield {number}\n")
    (folder / "a.txt").write_text("the city grows\nfields\n")
    (folder / "b.txt").write_text("crash")
    (folder / "c.txt").write_text("damaged")
    return folder


def run_over(files: Path, out: Path, **options: Any) -> Run:
    return score([files], out, model=Path("m"), jobs=2, tools=stand_ins.TOOLS, cache=None, **options)


def kill_one_at_work(dask_cluster: Cluster, at_work: Path) -> None:
    """Kills a worker as soon as each is reading a document, and lets the other go on."""
    while len(list(at_work.iterdir())) < WORKERS:
        time.sleep(0.02)
    dask_cluster.kill(1)
    (at_work / "go").touch()


@pytest.mark.slow
def test_a_killed_worker_changes_nothing(
    dask_cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "CHUNK", 2)
    at_work = tmp_path / "at-work"
    at_work.mkdir()
    files = files_in(tmp_path / "ndcs", at_work)
    killer = threading.Thread(target=kill_one_at_work, args=(dask_cluster, at_work), daemon=True)
    killer.start()
    remote = run_over(files, tmp_path / "remote", scheduler=dask_cluster.address)
    assert (at_work / "go").exists()
    assert dask_cluster.processes[1].poll() is not None
    local = run_over(files, tmp_path / "local")
    for name in ("passages.csv", "failures.csv", "reasons.csv", "estimation.csv"):
        assert (remote.folder / name).read_bytes() == (local.folder / name).read_bytes()
    assert list(remote.documents["status"]) == list(local.documents["status"])
    assert list(remote.failures["error"]) == ["reader_crashed", "damaged_file"]


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "SECONDS_TO_ANSWER", 1)
    (tmp_path / "a.txt").write_text("a city")
    with pytest.raises(ClusterFailed, match=r"127\.0\.0\.1:9"):
        run_over(tmp_path / "a.txt", tmp_path / "run", scheduler="tcp://127.0.0.1:9")
    assert not (tmp_path / "run").exists()


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(PackageMissing) as missing:
        next(cluster.run_on_cluster("tcp://127.0.0.1:9", [], None, 1.0, print))  # type: ignore[arg-type]
    assert "ndc-urban[dask]" in missing.value.remedy
