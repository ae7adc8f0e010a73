"""`ndc-urban score`: what it prints and with what status it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from finished import Program

from ndc_urban import runs
from ndc_urban.errors import EXIT_USAGE
from ndc_urban.runs.shards import Shard

pytestmark = pytest.mark.usefixtures("stand_in")

STRONG = "the city grows\nfields\na city plan\n"
MODEL = ("--model", "some-model", "--jobs", "1")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "ndcs"
    folder.mkdir()
    (folder / "KEN_2020.pdf").write_text(STRONG)
    return folder


def test_all_scored_ends_with_0_and_a_summary(files: Path, program: Program) -> None:
    done = program("score", "ndcs", "--out", "run", *MODEL)
    assert done.status == 0
    assert "KEN_2020.pdf" in done.out
    assert "strong" in done.out
    assert "75%" in done.out
    assert "2 of 3" in done.out
    assert "may be moderate or strong" in done.out
    assert "p. 1, 1 Aims › 1.2 Places: “the city grows”" in done.out
    assert "1 of 1 scored. Results: run" in done.out
    assert Path("run/documents.csv").is_file()


def test_some_failed_ends_with_3_and_names_the_remedy(files: Path, program: Program) -> None:
    (files / "x.pdf").write_text("damaged")
    (files / "y.pdf").write_text("scan")
    done = program("score", "ndcs", "--out", "run", *MODEL)
    assert done.status == 3
    assert "ndcs/x.pdf: The file is damaged." in done.out
    assert "What to do: Download it again." in done.out
    assert "1 of 3 scored, 1 without text (OCR needed), 1 failed." in done.out


def test_a_folder_is_accounted_for(files: Path, program: Program) -> None:
    (files / "old.doc").write_text("damaged")
    for name in ("a.png", "b.png", ".hidden", "table.csv"):
        (files / name).write_text("x")
    done = program("score", "ndcs", "--out", "run", *MODEL)
    assert done.status == 3
    assert "ndcs/old.doc" in done.out
    assert "1 of 2 scored, 1 failed. Skipped: 1 .csv, 2 .png, 1 hidden." in done.out
    info = json.loads(Path("run/run.json").read_text(encoding="utf-8"))
    assert info["passed_over"] == {".csv": 1, ".png": 2, "hidden": 1}


def test_none_scored_ends_with_4(files: Path, program: Program) -> None:
    (files / "KEN_2020.pdf").write_text("damaged")
    assert program("score", "ndcs", "--out", "run", *MODEL).status == 4


@pytest.mark.parametrize("columns", [80, 120, 200])
def test_the_summary_keeps_within_the_terminal(
    files: Path, program: Program, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    (files / f"{'long_name_' * 20}.pdf").write_text("a city " * 80)
    (files / "巴西国家自主贡献巴西国家自主贡献巴西国家自主贡献巴西国家自主贡献.pdf").write_text("城市 city")
    (files / "x.pdf").write_text("damaged")
    monkeypatch.setenv("COLUMNS", str(columns))
    done = program("score", "ndcs", "--out", "run", *MODEL)
    from rich.cells import cell_len

    assert max(cell_len(line) for line in done.out.splitlines()) <= columns
    assert "\x1b" not in done.out
    assert "moderate" in done.out


def test_control_characters_of_a_document_never_reach_the_terminal(files: Path, program: Program) -> None:
    (files / "KEN_2020.pdf").write_text("a city \x1b[31mred\x07 [bold]plan[/bold]")
    done = program("score", "ndcs", "--out", "run", *MODEL)
    assert "\x1b" not in done.out
    assert "\x07" not in done.out
    assert "[bold]plan[/bold]" in done.out


def test_json_is_one_object_and_nothing_else(files: Path, program: Program) -> None:
    (files / "x.pdf").write_text("damaged")
    done = program("score", "ndcs", "--out", "run", "--json", *MODEL)
    result: dict[str, Any] = json.loads(done.out)
    kenya, damaged = result["documents"]
    assert result["run"] == "run"
    assert result["exit_status"] == done.status == 3
    assert result["counts"] == {"files": 2, "ok": 1, "needs_ocr": 0, "failed": 1}
    assert kenya["prediction_set"] == ["moderate", "strong"]
    assert kenya["evidence"]["text"] == "the city grows"
    assert kenya["evidence"]["page"] == 1
    assert damaged["level"] is None
    assert damaged["evidence"] is None
    assert result["failures"][0]["error"] == "damaged_file"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nowhere", "--out", "run"], "path_missing"),
        (["empty", "--out", "run"], "no_documents"),
        (["ndcs", "--out", "ndcs"], "output_exists"),
        (["ndcs", "--out", "run", "--model", "missing"], "model_missing"),
    ],
)
def test_an_error_is_a_block_with_its_remedy(
    files: Path, program: Program, arguments: list[str], code: str
) -> None:
    Path("empty").mkdir()
    done = program("score", *(arguments if "--model" in arguments else [*arguments, *MODEL]))
    assert done.status == EXIT_USAGE
    assert done.out == ""
    message, remedy, named = done.err.splitlines()
    assert message.startswith("Error: ")
    assert remedy
    assert named == f"({code})"


@pytest.mark.parametrize(
    "arguments",
    [
        ["ndcs"],
        ["--out", "run"],
        ["ndcs", "--out", "run", "--jobs", "0"],
        ["ndcs", "--out", "run", "--ocr", "perhaps"],
        ["ndcs", "--out", "run", "--unknown"],
    ],
)
def test_wrong_usage_ends_with_2(files: Path, program: Program, arguments: list[str]) -> None:
    done = program("score", *arguments)
    assert done.status == EXIT_USAGE
    assert "Error" in done.err


def test_options_reach_the_run(files: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    score = runs.score

    def remember(*args: Any, **options: Any) -> runs.Run:
        seen.update(options)
        return score(*args, **options)

    monkeypatch.setattr(runs, "score", remember)
    options = (
        "--reader pdfium --ocr never --timeout 7 --memory-limit 999 --max-pages 9 --evidence-only --quiet "
        "--resume --shard 2/3 --parquet --cache kept --scale codebook"
    )
    program("score", "ndcs", "-o", "run", *MODEL, *options.split())
    assert seen == {
        "model": Path("some-model"),
        "jobs": 1,
        "reader": "pdfium",
        "ocr": "never",
        "scale": "codebook",
        "timeout": 7,
        "memory_limit": 999,
        "max_pages": 9,
        "evidence_only": True,
        "resume": True,
        "shard": Shard(2, 3),
        "scheduler": None,
        "parquet": True,
        "cache": Path("kept"),
        "command": "ndc-urban score ndcs -o run --model some-model --jobs 1 " + options,
        "progress": None,
    }


def test_an_interrupted_run_says_so(files: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(runs, "score", interrupt)
    done = program("score", "ndcs", "--out", "run")
    assert done.status == 130
    assert "no run folder is left behind" in done.err
    Path("run/unfinished").mkdir(parents=True)
    done = program("score", "ndcs", "--out", "run")
    assert done.err.endswith("To continue:\n  ndc-urban score ndcs --out run --resume\n")
    done = program("score", "--out", "run", "--", "ndcs", "a b", "caf\udce9's")
    assert done.err.endswith(r"score --out run --resume -- ndcs 'a b' $'caf\xe9\'s'" + "\n")
    Path("run/run.json").touch()
    assert "is finished" in program("score", "ndcs", "--out", "run", "--resume").err


def test_a_cache_that_is_a_file_is_refused(files: Path, program: Program) -> None:
    Path("kept").touch()
    assert "is a file" in program("score", "ndcs", "--out", "run", "--cache", "kept").err
    assert not Path("run").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--engine", "dask"], "needs the address"),
        (["--scheduler", "tcp://127.0.0.1:1"], "is for --engine dask"),
        (["--shard", "4/3"], "does not name a part of a run"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    files: Path, program: Program, arguments: list[str], said: str
) -> None:
    done = program("score", "ndcs", "--out", "run", *arguments)
    assert done.status == EXIT_USAGE
    assert said in done.err
    assert not Path("run").exists()


def test_parts_are_merged_and_the_cache_is_shown_and_cleared(files: Path, program: Program) -> None:
    for part in ("1/2", "2/2"):
        program("score", "ndcs", "--out", f"run{part[0]}", "--shard", part, *MODEL)
    done = program("merge", "run1", "run2", "--out", "joined")
    assert done.status == 0
    assert "1 file of 2 runs, 1 of them scored" in done.out
    assert not done.err
    assert json.loads(program("merge", "run1", "run2", "--out", "again", "--json").out)["counts"]["ok"] == 1
    partial = program("merge", "run1", "--out", "partial", "--partial")
    assert partial.err == "Part 2/2 of the run is missing, and with it its documents.\n"
    held = json.loads(program("cache", "info", "--json").out)
    assert (held["documents_read"], held["documents_scored"]) == (1, 1)
    assert held["bytes"] > 0
    assert "Results of scoring, failures included: 1" in program("cache", "info").out
    assert "Removed 2 entries" in program("cache", "clear").out
    assert json.loads(program("cache", "info", "--json").out)["bytes"] == 0


def test_an_unexpected_error_asks_for_a_report(
    files: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise RuntimeError("something unforeseen")

    monkeypatch.setattr(runs, "score", fail)
    done = program("score", "ndcs", "--out", "run")
    assert done.status == 1
    assert "Traceback" not in done.err
    assert "ndc-urban --debug score ndcs --out run" in done.err
