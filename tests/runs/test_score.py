"""A run over good and bad files: what it returns, what it writes, what it leaves behind."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import stand_ins

from ndc_urban.errors import ModelMissing, OutputExists, OutputUnwritable, PathMissing, UsageError
from ndc_urban.runs import Progress, Run, RunFolder, load_run
from ndc_urban.runs import score as real_score
from ndc_urban.runs.estimation import ESTIMATION
from ndc_urban.runs.tables import DOCUMENTS, FAILURES, PASSAGES, REASONS

STRONG = "the city grows\nfields\na city plan\n"
LOW = "fields and forests\n"


def score(paths: Sequence[Path], out: Path, **options: Any) -> Run:
    defaults = {"model": Path("some-model"), "jobs": 1, "tools": stand_ins.TOOLS}
    return real_score(paths, out, **(defaults | options))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "ndcs"
    folder.mkdir()
    return folder


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.pdf").write_text(text, encoding="utf-8")


def test_good_documents_fill_the_tables(files: Path, tmp_path: Path) -> None:
    write(files, KEN_2020=STRONG, other=LOW)
    run = score([files], tmp_path / "run")
    kenya, other = run.documents.to_dict("records")
    assert kenya["iso3"] == "KEN"
    assert pd.isna(other["iso3"])
    assert (kenya["level"], kenya["prediction_set"], kenya["top_sectors"]) == (
        "strong",
        "moderate;strong",
        "tr;wa",
    )
    assert (kenya["p_strong"], kenya["p_low"]) == (0.7531, 0.1235)
    assert (kenya["pages"], kenya["passages"], kenya["urban_passages"]) == (3, 3, 2)
    assert list(run.passages["evidence_rank"].dropna()) == [1, 2]
    assert run.passages["section"][0] == "1 Aims › 1.2 Places"
    assert set(run.passages["path"]) == set(run.documents["path"])
    assert set(run.passages["iso3"].fillna("")) == {"KEN", ""}
    starts = list(run.passages.loc[run.passages["iso3"] == "KEN", "start"])
    assert starts == sorted(set(starts))
    assert run.counts.exit_status == 0
    assert run.failures.empty


def test_the_run_folder_holds_its_files_with_their_columns(files: Path, tmp_path: Path) -> None:
    write(files, one=STRONG)
    score([files], tmp_path / "deep" / "run")
    folder = RunFolder(tmp_path / "deep" / "run")
    assert {path.name for path in folder.root.iterdir()} == {
        "documents.csv",
        "passages.csv",
        "failures.csv",
        "estimation.csv",
        "reasons.csv",
        "run.json",
    }
    for path, schema in [
        (folder.documents, DOCUMENTS),
        (folder.passages, PASSAGES),
        (folder.failures, FAILURES),
        (folder.estimation, ESTIMATION),
        (folder.reasons, REASONS),
    ]:
        assert list(pd.read_csv(path).columns) == list(schema)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["run"]


def test_columns_are_those_of_the_contract() -> None:
    assert list(DOCUMENTS) == [
        "path",
        "sha256",
        "iso3",
        "language",
        "pages",
        "status",
        "level",
        "p_low",
        "p_moderate",
        "p_strong",
        "prediction_set",
        "urban_passages",
        "passages",
        "urban_share",
        "sectors",
        "top_sectors",
        "in_training",
        "seconds",
        "notes",
        "scale",
        "means",
        "party_seen",
        "characters",
    ]
    assert list(PASSAGES) == [
        "sha256",
        "page",
        "section",
        "kind",
        "text",
        "p_urban",
        "code",
        "sector",
        "strand",
        "role",
        "evidence_rank",
        "path",
        "iso3",
        "language",
        "start",
        "last_page",
        "printed_page",
    ]
    assert list(REASONS)[-2:] == ["path", "iso3"]
    assert list(FAILURES) == ["path", "sha256", "error", "message", "remedy", "pages"]


def test_a_written_run_reads_back_the_same(files: Path, tmp_path: Path) -> None:
    write(
        files, one=STRONG + 'NA\n"quoted", with comma\n=1+1\nالمدن 城市 города\n', two="damaged", three="scan"
    )
    run = score([files], tmp_path / "run")
    again = load_run(tmp_path / "run")
    missing = {"iso3": "", "pages": "", "section": "", "sector": "", "strand": "", "role": ""}
    for written, read in [(run.passages, again.passages), (run.failures, again.failures)]:
        columns = {name: value for name, value in missing.items() if written.get(name) is not None}
        texts = {name: "" for name in columns if written[name].dtype == "string"}
        pd.testing.assert_frame_equal(written.fillna(texts), read.fillna(texts), check_dtype=False)
    assert list(again.documents["level"].fillna("")) == list(run.documents["level"].fillna(""))
    assert again.counts == run.counts
    assert "NA" in list(again.passages["text"])


@pytest.mark.parametrize(
    ("text", "error", "status"),
    [
        ("", "empty_file", "failed"),
        ("damaged", "damaged_file", "failed"),
        ("scan", "needs_ocr", "needs_ocr"),
        ("crash", "reader_crashed", "failed"),
        ("segfault", "reader_crashed", "failed"),
        ("killed", "out_of_memory", "failed"),
        ("memory", "out_of_memory", "failed"),
        ("hang", "timeout", "failed"),
        ("bug", "unreadable", "failed"),
        ("titles", "no_text", "failed"),
    ],
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_bad_document_fails_alone(
    files: Path, tmp_path: Path, text: str, error: str, status: str, jobs: int
) -> None:
    write(files, bad=text, good=STRONG, last=LOW)
    run = score([files], tmp_path / "run", jobs=jobs, timeout=0.5)
    assert list(run.documents["status"]) == [status, "ok", "ok"]
    assert run.documents["level"].isna().tolist() == [True, False, False]
    (failure,) = run.failures.fillna("").to_dict("records")
    assert failure["error"] == error
    assert failure["message"]
    assert failure["remedy"]
    assert failure["pages"] == ("1-4" if error == "needs_ocr" else "")
    assert run.counts.exit_status == 3


def test_work_known_to_take_long_gets_more_time(files: Path, tmp_path: Path) -> None:
    write(files, a=f"slow\n{STRONG}", b="hang")
    run = score([files], tmp_path / "run", timeout=0.5)
    assert list(run.documents["status"]) == ["ok", "failed"]


def test_an_unforeseen_error_leaves_its_traceback_in_run_json(files: Path, tmp_path: Path) -> None:
    write(files, bad="bug", good=STRONG)
    score([files], tmp_path / "run")
    first, second = json.loads((tmp_path / "run" / "run.json").read_text())["inputs"]
    assert "an unforeseen fault" in first["traceback"]
    assert "traceback" not in second


def test_nothing_scored_has_its_own_exit_status(files: Path, tmp_path: Path) -> None:
    write(files, bad="damaged", worse="scan")
    assert score([files], tmp_path / "run").counts.exit_status == 4


def test_a_partly_scanned_document_is_scored_and_its_pages_are_named(files: Path, tmp_path: Path) -> None:
    write(files, half="partial\na city")
    run = score([files], tmp_path / "run")
    assert list(run.documents["status"]) == ["ok"]
    (failure,) = run.failures.fillna("").to_dict("records")
    assert (failure["error"], failure["pages"]) == ("needs_ocr", "3-4")
    assert run.counts.exit_status == 0


def test_the_same_bytes_are_scored_once_and_listed_twice(files: Path, tmp_path: Path) -> None:
    write(files, a=STRONG, b=LOW, c=STRONG)
    run = score([files], tmp_path / "run")
    rows = run.documents.drop(columns=["path", "iso3", "notes"]).astype(object)
    first, _, third = rows.where(rows.notna(), None).to_dict("records")
    assert first == third
    assert run.documents["notes"].iloc[2] == f"same file as {files / 'a.pdf'}"
    assert len(run.passages) == 4


def test_a_training_document_is_marked(files: Path, tmp_path: Path) -> None:
    write(files, a=stand_ins.TRAINED_ON, b=LOW)
    assert list(score([files], tmp_path / "run").documents["in_training"]) == [True, False]


def test_a_new_document_of_a_trained_party_is_distinguished(files: Path, tmp_path: Path) -> None:
    write(files, **{"FJI_2025": LOW, "KEN_2025": STRONG, "plan": LOW + "once more\n"})
    documents = score([files], tmp_path / "run").documents
    assert documents["in_training"].tolist() == [False, False, False]
    assert documents["party_seen"].astype(object).where(documents["party_seen"].notna(), None).tolist() == [
        False,
        True,
        None,
    ]


def test_evidence_only_lists_the_ranked_passages(files: Path, tmp_path: Path) -> None:
    write(files, a=STRONG)
    run = score([files], tmp_path / "run", evidence_only=True)
    assert list(run.passages["evidence_rank"]) == [1, 2]
    assert list(run.documents["passages"]) == [3]


def test_the_result_does_not_depend_on_the_number_of_jobs(files: Path, tmp_path: Path) -> None:
    write(files, **{f"d{n}": STRONG * (1 + n % 3) + f"number {n}\n" * n for n in range(12)}, x="damaged")
    runs = [score([files], tmp_path / f"run{jobs}", jobs=jobs) for jobs in (1, 2, 4)]
    for run in runs[1:]:
        pd.testing.assert_frame_equal(
            run.documents.drop(columns="seconds"), runs[0].documents.drop(columns="seconds")
        )
        for name in ("passages.csv", "failures.csv"):
            assert (run.folder / name).read_bytes() == (runs[0].folder / name).read_bytes()


def test_run_json_says_where_the_numbers_came_from(files: Path, tmp_path: Path) -> None:
    write(files, a=STRONG)
    score([files], tmp_path / "run", timeout=77)
    info = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert info["model"] == {"name": "stand-in", "hash": "0" * 64, "folder": "some-model"}
    assert info["configuration"]["timeout_seconds"] == 77
    assert info["inputs"][0]["sha256"] == hashlib.sha256(STRONG.encode()).hexdigest()
    assert info["inputs"][0]["readers"] == {"pdfium": "1-3"}
    assert info["counts"] == {"files": 1, "ok": 1, "needs_ocr": 0, "failed": 0}
    assert info["start"] <= info["end"]
    assert info["start"].endswith("+00:00")
    assert "pandas" in info["libraries"]


def test_progress_ends_with_everything_done(files: Path, tmp_path: Path) -> None:
    write(files, a=STRONG, b=LOW, c="damaged")
    seen: list[Progress] = []
    score([files], tmp_path / "run", progress=seen.append)
    assert (seen[-1].done, seen[-1].total, seen[-1].failed) == (3, 3, 1)
    assert seen[-1].seconds_left == 0


def test_an_existing_output_is_never_overwritten(files: Path, tmp_path: Path) -> None:
    write(files, a=STRONG)
    (tmp_path / "run").mkdir()
    score([files], tmp_path / "run")
    with pytest.raises(OutputExists):
        score([files], tmp_path / "run")
    with pytest.raises(OutputExists):
        score([files], files / "a.pdf")


def test_an_unwritable_output_is_found_before_the_work(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(files, a="hang")

    def refuse(*args: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OutputUnwritable, match="Permission denied"):
        score([files], tmp_path / "run")


def test_a_missing_model_is_found_before_the_work(files: Path, tmp_path: Path) -> None:
    write(files, a="hang")
    with pytest.raises(ModelMissing):
        score([files], tmp_path / "run", model=Path("missing"))
    assert [path.name for path in tmp_path.iterdir()] == ["ndcs"]


def test_an_interrupted_run_leaves_what_it_has_done_and_stops_its_workers(
    files: Path, tmp_path: Path
) -> None:
    at_work = tmp_path / "at-work"
    at_work.mkdir()
    write(files, a=f"await {at_work}")

    def interrupt(progress: Progress) -> None:
        if any(at_work.iterdir()):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score([files], tmp_path / "run", progress=interrupt)
    (worker,) = at_work.iterdir()
    with pytest.raises(ProcessLookupError):  # the document is never finished, and its process is gone
        os.kill(int(worker.name), 0)
    assert [path.name for path in (tmp_path / "run").glob("*")] in ([], ["unfinished"])


def test_the_current_folder_can_be_the_output(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(files, a=STRONG)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    score([files], Path())
    assert len(list((tmp_path / "here").iterdir())) == 6


def test_an_incomplete_run_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PathMissing, match=r"documents\.csv"):
        load_run(tmp_path)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"ocr": "sometimes"}, "There is no ocr 'sometimes'"),
        ({"reader": "eye"}, "There is no reader 'eye'"),
        ({"jobs": -3}, "jobs is -3"),
        ({"timeout": 0}, "timeout is 0"),
        ({"timeout": float("nan")}, "timeout is nan"),
        ({"max_pages": 0}, "max_pages is 0"),
    ],
)
def test_options_that_a_script_cannot_mean_are_refused(
    files: Path, tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    write(files, a=STRONG)
    with pytest.raises(UsageError, match=said):
        score([files], tmp_path / "run", **options)
    assert not (tmp_path / "run").exists()
