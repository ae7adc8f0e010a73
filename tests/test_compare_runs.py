"""benchmarks/compare_runs.py: what differs between two runs is found, and nothing else."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
import stand_ins

from ndc_urban.runs import Run, score

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "compare_runs.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compare_runs", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("ndcs")
    (folder / "one.pdf").write_text("the city grows\nfields\na city plan\n", encoding="utf-8")
    (folder / "two.pdf").write_text("fields\nforests\n", encoding="utf-8")
    return score([folder], folder / "run", jobs=1, model=folder, tools=stand_ins.TOOLS)


def changed(table: pd.DataFrame, column: str, value: object) -> pd.DataFrame:
    copy = table.copy()
    copy.loc[0, column] = value
    return copy


def test_a_run_is_the_same_as_itself_wherever_its_files_lie(script: ModuleType, run: Run) -> None:
    moved = replace(run, documents=run.documents.assign(path="elsewhere/x.pdf", seconds=9.0))
    comparison = script.compare(run, moved)
    assert comparison.is_same
    assert "passages: 5 of 5 rows are identical." in list(comparison.lines())


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("documents", "level", "other"),
        ("passages", "section", "other"),
        ("passages", "text", "other"),
        ("estimation", "p_low", 0.5),
        ("reasons", "effect", 9.5),
    ],
)
def test_a_difference_is_found_and_its_text_not_shown(
    script: ModuleType, run: Run, table: str, column: str, value: object
) -> None:
    other = replace(run, **{table: changed(getattr(run, table), column, value)})
    comparison = script.compare(run, other)
    assert not comparison.is_same
    assert comparison.documents == {"one.pdf": [f"{table}: row 1: {column}"]}
    assert (f"{table}.{column}" in comparison.largest) == (column in script.PROBABILITIES)
    assert not any("city" in line for line in comparison.lines())


def test_files_of_one_run_only_differ_unless_a_subset_is_compared(script: ModuleType, run: Run) -> None:
    first = run.documents["sha256"][0]
    tables = {
        name: getattr(run, name)[getattr(run, name)["sha256"] == first].reset_index(drop=True)
        for name in ("documents", "passages", "estimation", "reasons", "failures")
    }
    part = replace(run, **tables)
    assert script.compare(run, part).alone == {"before": ["two.pdf"], "after": []}
    assert script.compare(run, part, subset=True).is_same
    assert not script.compare(part, run, subset=True).is_same


def test_the_exit_status_says_whether_runs_differ(
    script: ModuleType, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script.main([str(run.folder), str(run.folder)]) == 0
    assert "The runs are the same." in capsys.readouterr().out
