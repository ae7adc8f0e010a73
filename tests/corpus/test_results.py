"""The committed results: `ndc-urban trend` gives the same files again, without any document."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from ndc_urban.cli.app import app

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "corpus" / "results"
TREND = RESULTS / "trend"
FOREIGN = re.compile(r"(?:^|[\s\"',(])/(?:home|root|tmp|work|Users|mnt|data)/|[A-Z]:\\\\")
"""Paths of a machine."""


@pytest.fixture
def again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The trend written again, but for the files that are not committed: Word, workbook and PNG are empty."""
    for place in ("report.word.word", "report.workbook.workbook", "figures.canvas._in_dots"):
        monkeypatch.setattr(f"ndc_urban.trend.{place}", lambda *_: b"")
    out = tmp_path / "trend"
    panel = ROOT / "corpus" / "panel.csv"
    result = CliRunner().invoke(
        app,
        [
            "trend",
            str(RESULTS),
            "--panel",
            str(panel),
            "--annotations",
            str(ROOT / "annotations"),
            "--out",
            str(out),
        ],
    )
    assert result.exit_code == 0, result.output
    return out


def committed() -> list[str]:
    return sorted(path.relative_to(TREND).as_posix() for path in TREND.rglob("*") if path.is_file())


def drawn_with() -> str:
    info = json.loads((RESULTS / "run.json").read_text(encoding="utf-8"))
    return str(info["figures"]["matplotlib"])


def test_the_tables_are_committed() -> None:
    assert {"trend.csv", "trend.md", "tables/levels.csv", "tables/change.csv"} <= set(committed())


@pytest.mark.slow
def test_each_file_comes_out_byte_for_byte(again: Path) -> None:
    """One test for all files: workers that share them would each draw the trend."""
    as_drawn = version("matplotlib") == drawn_with()
    names = [name for name in committed() if as_drawn or not name.endswith(".svg")]
    assert [name for name in names if (again / name).read_bytes() != (TREND / name).read_bytes()] == []


def test_the_results_hold_no_text_of_documents() -> None:
    assert not (RESULTS / "passages.csv").exists()
    columns = {
        "documents.csv": "path",
        "estimation.csv": "profile",
        "failures.csv": "message",
    }
    for name, column in columns.items():
        assert column in pd.read_csv(RESULTS / name).columns
    assert all(len(path.read_bytes()) < 3_000_000 for path in RESULTS.rglob("*") if path.is_file())


def test_the_results_name_no_machine() -> None:
    for path in RESULTS.rglob("*"):
        if path.suffix in {".csv", ".json", ".md"}:
            found = FOREIGN.search(path.read_text(encoding="utf-8"))
            assert found is None, f"{path.name}: {found}"


def test_the_run_says_how_it_was_made() -> None:
    info = json.loads((RESULTS / "run.json").read_text(encoding="utf-8"))
    assert info["command"].startswith("python corpus/make_results.py")
    assert len(info["model"]["hash"]) == 64
    documents = pd.read_csv(RESULTS / "documents.csv")
    assert {entry["sha256"] for entry in info["inputs"]} == set(documents["sha256"])


def test_no_fitted_prediction_is_estimated_from() -> None:
    documents = pd.read_csv(RESULTS / "documents.csv").set_index("sha256")
    estimation = pd.read_csv(RESULTS / "estimation.csv").set_index("sha256")
    trained = documents.loc[estimation.index, "in_training"].astype(bool)
    assert (trained == estimation["cross_fitted"].astype(bool)).all()
