"""Parts of a run, joined, are the whole run; runs that do not belong together are refused."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import stand_ins

from ndc_urban.corpus.inputs import search
from ndc_urban.errors import OutputExists, PathMissing, RunDamaged, RunsDiffer, UsageError
from ndc_urban.runs import Run, score
from ndc_urban.runs.folder import read_info
from ndc_urban.runs.merging import merge
from ndc_urban.runs.shards import Shard, as_entries, missing_parts, note_on_missing
from ndc_urban.runs.summary import run_as_dict

TABLES = ("documents.csv", "passages.csv", "failures.csv", "reasons.csv", "estimation.csv")
PARTS = 4

pytestmark = pytest.mark.usefixtures("inline")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "ndcs"
    folder.mkdir()
    for number in range(12):
        (folder / f"plan{number:02}.txt").write_text(
            f'the city "grows", it does\nfield {number}\n' * (number + 1)
        )
    (folder / "another copy.txt").write_bytes((folder / "plan03.txt").read_bytes())
    (folder / "same text.txt").write_text((folder / "plan05.txt").read_text().upper())
    (folder / "bad; and damaged.txt").write_text("damaged")
    (folder / "half.txt").write_text("partial\nthe city")
    (folder / "gone.pdf").symlink_to(folder / "nowhere.pdf")
    return folder


def run_over(paths: list[Path], out: Path, **options: Any) -> Run:
    return score(paths, out, **({"model": Path("m"), "jobs": 1, "tools": stand_ins.TOOLS} | options))


def parts_of(files: Path, folder: Path, **options: Any) -> list[Path]:
    """The run folders of all parts, scored in any order."""
    paths = [folder / f"part{number}" for number in range(1, PARTS + 1)]
    for number, path in enumerate(paths, 1):
        run_over([files], path, shard=Shard(number, PARTS), **options)
    return paths


@pytest.mark.parametrize("options", [{}, {"evidence_only": True}, {"parquet": True}])
def test_all_parts_give_the_bytes_of_the_whole(files: Path, tmp_path: Path, options: dict[str, Any]) -> None:
    whole = run_over([files], tmp_path / "whole", **options)
    joined = merge(parts_of(files, tmp_path, **options)[::-1], tmp_path / "joined")
    for name in TABLES:  # the cache gives all runs the same seconds
        assert (joined.folder / name).read_bytes() == (whole.folder / name).read_bytes()
    assert joined.counts == whole.counts
    for name in ("model", "configuration", "inputs", "passed_over"):
        assert joined.info[name] == whole.info[name]
    if options.get("parquet"):
        read = [pd.read_parquet(run.folder / "passages.parquet") for run in (whole, joined)]
        pd.testing.assert_frame_equal(*read)
        assert len(read[0]) == len(whole.passages) > 0


def test_each_file_is_in_one_part_wherever_it_lies(files: Path, tmp_path: Path) -> None:
    shards = [Shard(number, PARTS) for number in range(1, PARTS + 1)]
    holders = {item.path.name: [shard.holds(item) for shard in shards] for item in search([files]).inputs}
    assert all(sum(held) == 1 for held in holders.values())
    assert len({tuple(held) for held in holders.values()}) == PARTS
    moved = files.rename(tmp_path / "elsewhere")
    again = {item.path.name: [shard.holds(item) for shard in shards] for item in search([moved]).inputs}
    assert {name: held for name, held in again.items() if name != "gone.pdf"} == {
        name: held for name, held in holders.items() if name != "gone.pdf"
    }


@pytest.mark.parametrize("text", ["0/4", "5/4", "3", "a/b", "1/", "-1/3", ""])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="does not name a part"):
        Shard.from_text(text)


def test_a_part_without_documents_is_a_run(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("a city")
    runs = [
        run_over([tmp_path / "one.txt"], tmp_path / f"p{number}", shard=Shard(number, 3))
        for number in (1, 2, 3)
    ]
    assert sorted(run.counts.files for run in runs) == [0, 0, 1]
    assert {run.counts.exit_status for run in runs} == {0}
    assert merge([run.folder for run in runs], tmp_path / "joined").counts.ok == 1


def test_missing_parts_are_named(files: Path, tmp_path: Path) -> None:
    parts = parts_of(files, tmp_path)
    with pytest.raises(RunsDiffer, match="2/4, 4/4"):
        merge([parts[0], parts[2]], tmp_path / "joined")
    some = merge([parts[0], parts[2]], tmp_path / "joined", partial=True)
    assert 0 < some.counts.files < len(list(files.iterdir()))
    assert [each["shard"] for each in some.info["missing_shards"]] == ["2/4", "4/4"]
    assert run_as_dict(some)["missing_shards"] == ["2/4", "4/4"]


def named(*infos: Mapping[str, Any]) -> list[str]:
    return [each["shard"] for each in as_entries(missing_parts(infos))]


def test_what_was_missing_is_known_until_it_is_there(files: Path, tmp_path: Path) -> None:
    parts = parts_of(files, tmp_path)
    infos = [read_info(part) for part in parts]
    assert named(infos[0]) == ["2/4", "3/4", "4/4"]
    assert named(*infos) == []
    some = merge(parts[:3], tmp_path / "some", partial=True)
    assert named(some.info) == ["4/4"]
    assert named(some.info, infos[3]) == []
    whole = merge([some.folder, parts[3]], tmp_path / "whole")
    assert whole.info["missing_shards"] == []
    assert merge(parts, tmp_path / "joined").info["missing_shards"] == []
    with pytest.raises(RunsDiffer, match="other runs are not joined at once"):
        merge([some.folder, whole.folder], tmp_path / "both")


def test_a_joined_run_and_the_parts_that_it_lacks_are_a_whole(files: Path, tmp_path: Path) -> None:
    parts = parts_of(files, tmp_path)
    some = merge(parts[:3], tmp_path / "some", partial=True)
    whole = merge([some.folder, parts[3]], tmp_path / "whole")
    assert whole.counts == merge(parts, tmp_path / "joined").counts


def test_a_run_that_is_given_twice_is_named(files: Path, tmp_path: Path) -> None:
    part = run_over([files], tmp_path / "part", shard=Shard(1, 2)).folder
    with pytest.raises(RunsDiffer, match="part is given twice"):
        merge([part, part.parent / "." / part.name], tmp_path / "joined", partial=True)


def test_a_part_of_another_run_is_not_the_one_that_is_missing(files: Path, tmp_path: Path) -> None:
    """Every run of a cluster's job has as many parts as the others."""
    first = run_over([files], tmp_path / "first", shard=Shard(1, 2)).info
    (files / "later.txt").write_text("a later city plan")
    second = [run_over([files], tmp_path / str(at), shard=Shard(at, 2)).info for at in (1, 2)]
    assert named(first, second[1]) == ["2/2", "1/2"] or named(first, second[1]) == ["1/2", "2/2"]
    assert named(first, *second) == ["2/2"]


def test_missing_parts_in_words() -> None:
    def note(*shards: str) -> str:
        return note_on_missing([{"missing_shards": [{"run": "a", "shard": each} for each in shards]}])

    assert note() == ""
    assert note("2/3") == "Part 2/3 of the run is missing, and with it its documents."
    assert note("1/3", "3/3") == "Parts 1/3 and 3/3 of the run are missing, and with them their documents."
    assert "8/16 and 7 more of the run are missing" in note(*(f"{number}/16" for number in range(1, 16)))


def test_a_part_beside_another_run_does_not_hide_that_others_are_missing(files: Path, tmp_path: Path) -> None:
    part = run_over([files], tmp_path / "part", shard=Shard(1, 2)).folder
    other = run_over([files / "plan01.txt"], tmp_path / "other").folder
    with pytest.raises(RunsDiffer, match=f"{part.name}.* and other runs are not joined at once"):
        merge([part, other], tmp_path / "joined")
    assert not (tmp_path / "joined").exists()
    assert merge([part, other], tmp_path / "joined", partial=True).counts.files >= 1


def test_other_runs_follow_one_another(files: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "copy.txt").write_bytes((files / "plan01.txt").read_bytes())
    one = run_over([files], tmp_path / "one")
    two = run_over([tmp_path / "more", files / "plan02.txt"], tmp_path / "two")
    joined = merge([one.folder, two.folder], tmp_path / "joined")
    assert list(joined.documents["path"]) == [*one.documents["path"], str(tmp_path / "more" / "copy.txt")]
    assert joined.documents["notes"].iloc[-1] == f"same file as {files / 'plan01.txt'}"
    assert (joined.folder / "passages.csv").read_bytes() == (one.folder / "passages.csv").read_bytes()


def changed(run: Path, table: str, old: str, new: str) -> None:
    path = run / table
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_what_does_not_belong_together_is_refused(files: Path, tmp_path: Path) -> None:
    one = run_over([files], tmp_path / "one").folder
    other = run_over([files], tmp_path / "other", tools=stand_ins.OTHER_MODEL).folder
    evidence = run_over([files], tmp_path / "evidence", evidence_only=True).folder
    twice = run_over([files], tmp_path / "twice").folder
    changed(twice, "documents.csv", ",strong,", ",low,")
    for run, said in ((other, "different models"), (evidence, "evidence alone"), (twice, "two results")):
        with pytest.raises(RunsDiffer, match=said):
            merge([one, run], tmp_path / "joined")
        assert not (tmp_path / "joined").exists()
    with pytest.raises(PathMissing):
        merge([one, files], tmp_path / "joined")
    with pytest.raises(OutputExists):
        merge([one], other)


def test_the_joined_run_says_what_it_was_made_of(files: Path, tmp_path: Path) -> None:
    joined = merge(parts_of(files, tmp_path), tmp_path / "joined")
    info = json.loads((joined.folder / "run.json").read_text())
    assert [each["configuration"]["shard"] for each in info["merged"]] == ["1/4", "2/4", "3/4", "4/4"]
    assert "positions" not in info


def test_parts_of_other_documents_are_refused(files: Path, tmp_path: Path) -> None:
    parts = parts_of(files, tmp_path)
    (files / "added first.txt").write_text("a new city")  # all others move down a place
    later = run_over([files], tmp_path / "later", shard=Shard(4, PARTS)).folder
    for partial in (False, True):
        with pytest.raises(RunsDiffer, match="different documents"):
            merge([*parts[:3], later], tmp_path / "joined", partial=partial)


@pytest.mark.parametrize(("name", "other"), [("ocr", {"ocr": "never"}), ("max_pages", {"max_pages": 7})])
def test_parts_that_were_read_otherwise_are_refused(
    name: str, other: dict[str, Any], files: Path, tmp_path: Path
) -> None:
    one = run_over([files], tmp_path / "one", shard=Shard(1, 2), timeout=7)
    two = run_over([files], tmp_path / "two", shard=Shard(2, 2))
    assert merge([one.folder, two.folder], tmp_path / "joined").counts.files == 17
    three = run_over([files], tmp_path / "three", shard=Shard(2, 2), **other)
    with pytest.raises(RunsDiffer, match=f"do not agree in: {name}"):
        merge([one.folder, three.folder], tmp_path / "again")


def test_runs_of_another_version_are_refused_or_said_to_be(files: Path, tmp_path: Path) -> None:
    one, two = (run_over([files], tmp_path / f"{number}", shard=Shard(number, 2)).folder for number in (1, 2))
    code = json.loads((two / "run.json").read_text())["code"]
    changed(two, "run.json", code, "0" * 64)
    with pytest.raises(RunsDiffer, match="version of the program"):
        merge([one, two], tmp_path / "joined")
    whole = run_over([files / "plan01.txt"], tmp_path / "whole").folder
    info = merge([two, whole], tmp_path / "both", partial=True).info
    assert [each["code"] for each in info["merged"]] == ["0" * 64, code]
    assert info["code"] == ""
    for name in ("documents.csv", "reasons.csv"):
        changed(whole, name, "\n", ",later\n")
        with pytest.raises(RunDamaged, match=f"{name} is of another version"):
            merge([two, whole], tmp_path / "more", partial=True)
        changed(whole, name, ",later\n", "\n")


def test_a_run_that_does_not_fit_itself_is_refused(files: Path, tmp_path: Path) -> None:
    run = run_over([files], tmp_path / "run").folder
    text = (run / "documents.csv").read_text()
    (run / "documents.csv").write_text("\n".join(text.splitlines()[:-1]) + "\n")
    with pytest.raises(RunDamaged, match="fit together"):
        merge([run], tmp_path / "joined")
    assert not (tmp_path / "joined").exists()


def test_any_number_of_parts_needs_few_open_files(files: Path, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    parts = parts_of(files, tmp_path)
    free = [os.open(tmp_path, os.O_RDONLY) for _ in range(10)]  # in any process, whatever it has open
    for each in free:
        os.close(each)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(free) + 1, before[1]))
        joined = merge(parts, tmp_path / "joined")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert joined.counts.files == 17
