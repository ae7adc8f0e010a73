"""`ndc-urban trend` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tiny_trend
from sketched_figures import sketch_figures
from typer.testing import CliRunner

from ndc_urban.cli.app import app
from ndc_urban.errors import NdcUrbanError, OutputExists, UsageError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    run, panel, annotations = tiny_trend.world(tmp_path_factory.mktemp("world"))
    return str(run), str(panel), str(annotations)


def call(*arguments: str) -> tuple[str, str]:
    result = CliRunner().invoke(app, ["trend", *arguments])
    if isinstance(result.exception, NdcUrbanError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


def test_tables_and_figures_are_written_and_listed(
    world: tuple[str, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sketch_figures(monkeypatch)
    run, panel, annotations = world
    out = tmp_path / "trend"
    stdout, stderr = call(run, "--panel", panel, "--annotations", annotations, "--out", str(out))
    assert {"trend.md", "trend.csv", "trend.html", "trend.xlsx", "tables", "figures"} <= {
        path.name for path in out.iterdir()
    }
    assert {path.stem for path in (out / "figures").iterdir()} == {
        *("slide", "levels", "specification", "moves", "sectors"),
        *("map-2016-17", "map-2022", "map-2026"),
    }
    assert "at least moderate" in stdout
    assert "corrected" in stdout
    assert "2026, corrected: Refused" in stdout
    assert "estimating" in stderr
    with pytest.raises(OutputExists):
        call(run, "--panel", panel, "--out", str(out))


def test_json_on_stdout_and_silence_on_stderr(
    world: tuple[str, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ndc_urban.trend.figures.draw", lambda trend: ())
    run, panel, annotations = world
    stdout, stderr = call(
        run, "--panel", panel, "--annotations", annotations, "--out", str(tmp_path / "t"),
        "--rounds", "2016-17,2022", "--json", "--quiet",
    )  # fmt: skip
    told = json.loads(stdout)
    assert stderr == ""
    assert {row["round"] for row in told["tables"]["levels"]["rows"]} == {"2016-17", "2022"}
    assert told["provenance"]["model"]["name"] == "invented"
    assert str(tmp_path) not in json.dumps(told["provenance"])


@pytest.mark.parametrize("years", ["20x9", "2019;2020", "-", "2022-2020"])
def test_years_that_are_none_are_refused(world: tuple[str, str, str], tmp_path: Path, years: str) -> None:
    with pytest.raises(UsageError):
        call(world[0], "--panel", world[1], "--out", str(tmp_path / "t"), "--years", years)
    assert not (tmp_path / "t").exists()


def test_nothing_is_left_where_the_panel_is_wrong(world: tuple[str, str, str], tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        call(world[0], "--panel", str(tmp_path / "none.csv"), "--out", str(tmp_path / "t"))
    assert not (tmp_path / "t").exists()
