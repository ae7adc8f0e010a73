"""Scoring needs only the libraries of requirements-scoring.txt; a command that needs more says what."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from finished import Program

ROOT = Path(__file__).parents[2]
FOR_OTHER_COMMANDS = {
    "scipy": "scipy",
    "scikit-learn": "sklearn",
    "joblib": "joblib",
    "threadpoolctl": "threadpoolctl",
    "krippendorff": "krippendorff",
    "country-converter": "country_converter",
    "matplotlib": "matplotlib",
    "xlsxwriter": "xlsxwriter",
    "openpyxl": "openpyxl",
    "python-docx": "docx",
    "jinja2": "jinja2",
    "defusedxml": "defusedxml",
}
"""Libraries that scoring does without, and the names that they are imported by."""

SCORE_WITHOUT = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {sorted(FOR_OTHER_COMMANDS.values())!r}:
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Absent())
import ndc_urban.cli.corpus_download, ndc_urban.corpus.panel_folder, ndc_urban.runs.worker
from pathlib import Path
from ndc_urban.model import default_model_folder, load_model
from ndc_urban.reading import read
print(load_model(default_model_folder()).assess(read(Path(sys.argv[1]))).level)
"""


def required() -> dict[str, str]:
    """The dependencies of the package, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {re.split(r"[>=<\[]", each)[0]: each for each in project["dependencies"]}


def test_the_list_for_scoring_is_that_of_the_package_without_other_commands() -> None:
    lines = (ROOT / "requirements-scoring.txt").read_text(encoding="utf-8").splitlines()
    listed = {line for line in lines if line and not line.startswith("#")}
    assert listed == {each for name, each in required().items() if name not in FOR_OTHER_COMMANDS}


@pytest.mark.slow
def test_scoring_does_without_the_other_libraries(tmp_path: Path) -> None:
    plan = tmp_path / "KEN_2027.html"
    plan.write_text(
        "<html><body><p>The city builds a tram along the harbour.</p></body></html>", encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-c", SCORE_WITHOUT, str(plan)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert (done.returncode, done.stdout.strip() in ("low", "moderate", "strong")) == (0, True), done.stderr


def test_a_command_that_needs_more_names_it(
    program: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:

    def absent(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'xlsxwriter'", name="xlsxwriter")

    monkeypatch.setattr("ndc_urban.files.check_new_folder", absent)
    done = program("trend", "results", "--out", tmp_path / "trend")
    assert done.status == 1
    assert "needs the library xlsxwriter" in done.err
    assert "pip install ndc-urban" in done.err
