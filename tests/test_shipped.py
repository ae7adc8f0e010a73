"""Installed means complete: the wheel holds the data that commands find by name, and works away from the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ndc_urban import shipped
from ndc_urban.errors import InstallationIncomplete

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    builders = pytest.importorskip("hatchling.builders.wheel")
    folder = tmp_path_factory.mktemp("dist")
    (built,) = builders.WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    return Path(built)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as an installer does it."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_wheel_holds_what_is_found_by_name(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for place in shipped.PLACES.values():
        source = ROOT / place
        files = [source] if source.is_file() else [path for path in source.rglob("*") if path.is_file()]
        for file in files:
            assert f"ndc_urban/{shipped.INSTALLED}/{file.relative_to(ROOT).as_posix()}" in names
    assert not [name for name in names if name.endswith(".py") and not name.startswith("ndc_urban/")]
    assert not [name for name in names if "samples_source" in name or "/tests/" in name]


def test_data_are_found_by_name_or_place_and_replaced_by_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, place in shipped.PLACES.items():
        assert shipped.given_or_shipped(Path(name)) == shipped.given_or_shipped(Path(place)) == ROOT / place
    (tmp_path / "panel").write_text("mine", encoding="utf-8")
    assert shipped.given_or_shipped(Path("panel")) == Path("panel")
    assert shipped.given_or_shipped(Path("other.csv")) == Path("other.csv")


def test_missing_data_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ndc_urban.__file__", str(tmp_path / "site" / "ndc_urban" / "__init__.py"))
    with pytest.raises(InstallationIncomplete, match=r"panel\.csv"):
        shipped.path("panel")


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The installed program in a folder away from the repository."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    program = "import ndc_urban.cli, sys; assert sys.argv.pop(1) in ndc_urban.__file__; ndc_urban.cli.main()"
    return subprocess.run(
        [sys.executable, "-c", program, str(installed), *arguments],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_an_installed_program_draws_the_trend_of_the_shipped_results(installed: Path, tmp_path: Path) -> None:
    # the figures of all rounds are drawn by the test of the shipped results
    done = run(installed, tmp_path, "trend", "results", "--rounds", "2026", "--out", "trend", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert "corrected" in done.stdout
    assert "anchored" in (tmp_path / "trend" / "trend.md").read_text(encoding="utf-8")
    assert (tmp_path / "trend" / "figures").is_dir()


@pytest.mark.slow
def test_an_installed_program_scores_with_its_model(installed: Path, tmp_path: Path) -> None:
    sample = installed / "ndc_urban" / shipped.INSTALLED / "corpus" / "samples" / "marrowick-third-ndc-en.pdf"
    done = run(installed, tmp_path, "score", str(sample), "--out", "run", "--quiet")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "documents.csv").is_file()
