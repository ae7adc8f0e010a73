"""What was read and scored is not read and scored again."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
import stand_ins
from inline_engine import work_inline

from ndc_urban.cache import place
from ndc_urban.cache.entries import READ, SCORED, Entries, clear, sizes, trim
from ndc_urban.errors import UsageError
from ndc_urban.runs import Run, score


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "ndcs"
    folder.mkdir()
    for number in range(3):
        (folder / f"plan{number}.txt").write_text(f"the city grows\nfield {number}\n" * (number + 1))
    (folder / "bad.txt").write_text("damaged")
    return folder


@pytest.fixture(autouse=True)
def read_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read."""
    return work_inline(monkeypatch)


def run_over(files: Path, out: Path, **options: Any) -> Run:
    usual = {"model": Path("some-model"), "jobs": 1, "tools": stand_ins.TOOLS}
    return score([files], out, **(usual | options))


def same_tables(one: Run, other: Run) -> bool:
    names = ("documents.csv", "passages.csv", "failures.csv", "reasons.csv", "estimation.csv")
    return all((one.folder / name).read_bytes() == (other.folder / name).read_bytes() for name in names)


def test_a_rerun_reads_nothing_and_two_new_files_cost_those_two(
    files: Path, tmp_path: Path, read_files: list[str]
) -> None:
    first = run_over(files, tmp_path / "first")
    read_files.clear()
    assert same_tables(first, run_over(files, tmp_path / "second"))
    assert read_files == []
    (files / "new.txt").write_text("a city of trees")
    (files / "moved.txt").write_bytes((files / "plan1.txt").read_bytes())
    (files / "plan1.txt").unlink()
    third = run_over(files, tmp_path / "third")
    assert read_files == ["new.txt"]
    assert str(files / "moved.txt") in set(third.passages["path"])


def test_a_size_that_is_no_number_is_named_before_any_work(
    files: Path, tmp_path: Path, read_files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(place.LIMIT_VARIABLE, "2 GB")
    with pytest.raises(UsageError, match="“2 GB”, which is not a number of megabytes"):
        run_over(files, tmp_path / "first")
    assert read_files == []
    assert not (tmp_path / "first").exists()


def test_another_model_reads_nothing_again(files: Path, tmp_path: Path, own_cache: Path) -> None:
    run_over(files, tmp_path / "first")
    before = {path: path.stat().st_ino for path in (own_cache / READ).rglob("*.jsonl")}
    run_over(files, tmp_path / "second", tools=stand_ins.OTHER_MODEL)
    assert len(before) == 3
    assert {
        path: path.stat().st_ino for path in (own_cache / READ).rglob("*.jsonl")
    } == before  # none made anew
    assert sizes(own_cache)[SCORED].entries == 2 * 4  # by each model, the damaged one too


def test_without_a_cache_everything_is_read_and_nothing_kept(
    files: Path, tmp_path: Path, own_cache: Path, read_files: list[str]
) -> None:
    run_over(files, tmp_path / "first", cache=None)
    run_over(files, tmp_path / "second", cache=None)
    assert len(read_files) == 8
    assert not own_cache.exists()


def test_damaged_entries_are_noticed_and_made_anew(
    files: Path, tmp_path: Path, own_cache: Path, read_files: list[str]
) -> None:
    first = run_over(files, tmp_path / "first")
    places = random.Random(3)
    for attempt in range(3):
        for path in own_cache.rglob("*.jsonl"):
            data = path.read_bytes()
            cut = places.randrange(len(data))
            path.write_bytes(data[:cut] if attempt % 2 else data[:cut] + b"?" + data[cut + 2 :])
        read_files.clear()
        again = run_over(files, tmp_path / f"again{attempt}")
        assert sorted(read_files) == sorted(path.name for path in files.iterdir())
        assert (again.folder / "passages.csv").read_bytes() == (first.folder / "passages.csv").read_bytes()


def test_what_another_attempt_may_change_is_not_kept(tmp_path: Path, read_files: list[str]) -> None:
    (tmp_path / "ndcs").mkdir()
    (tmp_path / "ndcs" / "bad.txt").write_text("bug")
    for attempt in range(2):
        run_over(tmp_path / "ndcs", tmp_path / f"run{attempt}")
    assert len(read_files) == 2


def test_the_least_used_entries_go_first(tmp_path: Path) -> None:
    entries = Entries(tmp_path, READ)
    for number in range(4):
        entries.put({"file": str(number)}, b"x" * 1000)
    for number in range(4):
        os.utime(entries._path({"file": str(number)}), (number, number))
    assert entries.get({"file": "0"}) == b"x" * 1000  # used now
    assert trim(tmp_path, 2500) == 2
    assert [entries.get({"file": str(number)}) is not None for number in range(4)] == [
        True,
        False,
        False,
        True,
    ]
    assert clear(tmp_path).entries == 2
    assert sizes(tmp_path)[READ].entries == 0


def test_a_cache_that_cannot_be_written_to_is_no_error(files: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert run_over(files, tmp_path / "run", cache=blocked).counts.ok == 3


@pytest.mark.parametrize("damage", [b'"bytes": 9', b'"bytes": 99999999999999999999999'])
def test_a_damaged_length_asks_for_no_memory(damage: bytes, tmp_path: Path) -> None:
    entries = Entries(tmp_path, READ)
    for length in (1000, 1_000_000_000_000):
        entries.put({"file": "0"}, b"x" * 1000)
        path = entries._path({"file": "0"})
        path.write_bytes(path.read_bytes().replace(b'"bytes": 1000', damage + str(length).encode()))
        assert entries.get({"file": "0"}) is None
        assert not path.exists()


def test_a_header_without_end_is_a_damaged_one(tmp_path: Path) -> None:
    entries = Entries(tmp_path, READ)
    entries.put({"file": "0"}, b"x")
    entries._path({"file": "0"}).write_bytes(b"[" * 9000 + b"\n")
    assert entries.get({"file": "0"}) is None


def test_a_cache_that_may_only_be_read_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = Entries(tmp_path, READ)
    entries.put({"file": "0"}, b"kept")

    def refused(*arguments: object, **options: object) -> None:
        raise PermissionError("not yours")

    for name in ("utime", "unlink", "rename", "replace"):
        monkeypatch.setattr(os, name, refused)
    assert entries.get({"file": "0"}) == b"kept"
    entries.put({"file": "1"}, b"new")
    assert trim(tmp_path, 0) == 0
    assert entries.get({"file": "0"}) == b"kept"


def test_the_place_follows_option_variable_and_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(place.VARIABLE, "/somewhere")
    assert place.current() == Path("/somewhere")
    with place.using(Path("/else")):
        assert place.current() == Path("/else")
    with place.using(None):
        assert place.current() is None
    monkeypatch.setenv(place.VARIABLE, "OFF")
    assert place.current() is None
    monkeypatch.delenv(place.VARIABLE)
    usual = place.current()
    assert usual is not None
    assert usual.name == "ndc-urban"


def test_entries_are_plain_lines_of_json(files: Path, tmp_path: Path, own_cache: Path) -> None:
    run_over(files, tmp_path / "run")
    for path in own_cache.rglob("*.jsonl"):
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert len(lines[0]["key"]["file"]) == 64
