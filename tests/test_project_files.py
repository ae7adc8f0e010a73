"""The files that describe the project say the same: version, licence and address, for people and for machines."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REPOSITORY = PROJECT["urls"]["Repository"]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_versions_agree() -> None:
    from ndc_urban import __version__

    assert PROJECT["version"] == __version__
    found = {
        re.search(r"^version: (.+)$", text("CITATION.cff"), re.MULTILINE)[1],  # type: ignore[index]
        json.loads(text("codemeta.json"))["version"],
        json.loads(text(".zenodo.json"))["version"],
    }
    assert found == {__version__}
    assert f"## {__version__}" in text("CHANGELOG.md")


def test_licences_and_addresses_agree() -> None:
    assert PROJECT["license"] == json.loads(text(".zenodo.json"))["license"] == "MIT"
    assert "license: MIT" in text("CITATION.cff")
    assert "CC BY 4.0" in text("corpus/LICENSE")
    assert json.loads(text("codemeta.json"))["codeRepository"] == REPOSITORY
    for name in ("CITATION.cff", "mkdocs.yml", "SECURITY.md", "SUPPORT.md"):
        assert REPOSITORY in text(name), name


def test_citation_has_what_the_format_requires() -> None:
    lines = text("CITATION.cff")
    for key in ("cff-version", "message", "title", "authors"):
        assert re.search(rf"^{key}:", lines, re.MULTILINE), key


@pytest.mark.parametrize(
    "heading", ["# Summary", "# Statement of need", "# Acknowledgements", "# References"]
)
def test_the_paper_has_the_parts_that_joss_asks_for(heading: str) -> None:
    assert f"\n{heading}\n" in text("paper/paper.md")


def test_the_paper_cites_what_its_bibliography_has() -> None:
    cited = set(re.findall(r"@(\w+\d{4})", text("paper/paper.md")))
    listed = set(re.findall(r"^@\w+\{(\w+),", text("paper/paper.bib"), re.MULTILINE))
    assert cited == listed
    body = text("paper/paper.md").split("---", 2)[2]
    assert 250 <= len(body.split()) <= 1750  # JOSS: between 250 and 1,000 words, or 1,750 with references


def test_hosted_checks_run_what_ci_runs_on_all_systems_and_versions() -> None:
    workflow = text(".github/workflows/checks.yml")
    assert "run: .ci/run" in workflow
    assert "[ubuntu-latest, macos-latest, windows-latest]" in workflow
    versions = re.search(r"python: \[(.+)\]", workflow)
    assert versions
    named = [each.rsplit(" ", 1)[1] for each in PROJECT["classifiers"] if "Python :: 3." in each]
    assert re.findall(r'"([\d.]+)"', versions[1]) == named == ["3.11", "3.12", "3.13", "3.14"]


def test_every_command_of_the_hosted_checks_exists() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with mkdocs")
    workflow = yaml.safe_load(text(".github/workflows/checks.yml"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert all(("run" in step) != ("uses" in step) for step in steps)
    commands = [line.strip() for step in steps for line in step.get("run", "").splitlines() if line.strip()]
    commands += [line for line in text(".ci/run").splitlines() if line.startswith("make ")]
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    options = {"demo": "--out demo --quiet", "trend": "results --out trend --quiet"}
    for command in commands:
        program, *arguments = command.split()
        if program == "make":
            assert set(arguments) <= targets
        elif program == "ndc-urban":
            assert " ".join(arguments[1:]) == options[arguments[0]]  # as their own tests run them
        elif program == "python":
            assert arguments[:2] == ["-m", "pip"]
        else:
            assert os.access(ROOT / program, os.X_OK), command
    assert {"make lint", "make types", "make test", "make coverage", "make docs", ".ci/run"} <= set(commands)
