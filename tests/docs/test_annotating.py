"""The worked example of docs/annotating.md runs as it is written."""

from __future__ import annotations

import csv
import json
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ndc_urban.cli import main
from ndc_urban.files import sha256_of

ROOT = Path(__file__).resolve().parents[2]
SCAN = sha256_of(ROOT / "corpus" / "samples" / "ferrowmere-ndc-scanned-en.pdf")
PAGE = ROOT / "docs" / "annotating.md"
BLOCKS = re.findall(r"^```bash\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines()]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def run(line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Runs one command of the page: what is in Python inside the test, as it starts faster there, all else outside."""
    command, _, wanted = line.partition(" || test $? -eq ")
    words = shlex.split(command)
    if words[0] == "ndc-urban":
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as ended:
            main()
        status = int(ended.value.code or 0)
        told = capsys.readouterr().err
    elif words[0] == "python":
        monkeypatch.setattr(sys, "argv", words[1:])
        runpy.run_path(words[1], run_name="__main__")
        status, told = 0, capsys.readouterr().err
    else:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        status, told = done.returncode, done.stderr
    assert status == int(wanted or 0), f"{line}\n{told[-3000:]}"


@pytest.mark.slow
@pytest.mark.usefixtures("trained_once", "few_further_rows")
@pytest.mark.skipif(shutil.which("cp") is None, reason="there is no cp to run the commands with")
def test_the_worked_example_runs_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("corpus", "docs"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    for line in LINES:
        run(line, monkeypatch, capsys)
    morning = tmp_path / "morning"

    drawn, chosen = rows_of(morning / "sample.csv"), rows_of(morning / "more.csv")
    assert len(drawn) == 12
    assert not {row["sha256"] for row in drawn} & {row["sha256"] for row in chosen}
    assert SCAN not in {row["sha256"] for row in chosen}, "training reads no scans"

    labels, levels = rows_of(morning / "labels" / "passages.csv"), rows_of(morning / "labels" / "levels.csv")
    count = {name: sum(row["coder"] == name for row in labels) for name in ("Ana", "Ben", "Cem")}
    assert count["Ana"] > count["Ben"] > 500, "nearly every passage has an answer"
    assert 0 < count["Cem"] < 60
    assert all(row["adjudicates"] == "Ana;Ben" for row in labels if row["coder"] == "Cem")
    probability = {row["document"]: row["inclusion_probability"] for row in drawn}
    by_sample = {row["document"] for row in drawn}
    for row in levels:
        if row["document"] in by_sample and row["coder"] != "Cem":
            assert float(row["inclusion_probability"]) == pytest.approx(
                float(probability[row["document"]]), rel=1e-4
            )
        elif row["document"] not in by_sample:
            assert row["inclusion_probability"] == ""

    report = (morning / "report.md").read_text(encoding="utf-8")
    assert "documents: 4 new" in report
    verdict = re.search("The new model is (better|worse)|no detectable difference", report)
    assert verdict is not None
    config = json.loads((morning / "model" / "config.json").read_text(encoding="utf-8"))
    assert config["name"] in ("first", "second")
    assert (config["name"] == "second") == (verdict[1] == "better")
    third = json.loads((morning / "third-run" / "run.json").read_text(encoding="utf-8"))
    scans_read = 1 if shutil.which("tesseract") else 0
    assert third["counts"]["ok"] == 17 + scans_read
