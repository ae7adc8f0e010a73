"""The commands of docs/validation.md run as they are written."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest
from test_annotating import ROOT, run

PAGE = ROOT / "docs" / "validation.md"
BLOCKS = re.findall(r"^```bash\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.slow
@pytest.mark.usefixtures("samples_read_once", "few_further_rows")
@pytest.mark.skipif(shutil.which("cp") is None, reason="there is no cp to run the commands with")
def test_the_protocol_runs_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("corpus", "docs", "models"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    for line in (line for block in BLOCKS for line in block.splitlines()):
        run(line, monkeypatch, capsys)
    with (tmp_path / "check" / "labels" / "levels.csv").open(encoding="utf-8", newline="") as lines:
        levels = list(csv.DictReader(lines))
    assert {row["coder"] for row in levels} >= {"Ana", "Ben"}
    assert all(row["suggestion"] == "" for row in levels), "nobody saw a prediction"
    drawn = [row for row in levels if row["coder"] != "Cem"]
    assert all(0 < float(row["inclusion_probability"]) <= 1 for row in drawn)
