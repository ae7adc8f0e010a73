"""`ndc-urban demo`: the samples are written out and scored."""

from __future__ import annotations

from pathlib import Path

import pytest
from finished import Program

from ndc_urban import shipped
from ndc_urban.errors import EXIT_OK, EXIT_USAGE


@pytest.mark.usefixtures("stand_in")
def test_the_samples_are_written_out_and_scored(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = tmp_path / "shipped"
    samples.mkdir()
    (samples / "marrowick.txt").write_text("The harbour city builds a tram.", encoding="utf-8")
    (samples / "README.md").write_text("About the samples.", encoding="utf-8")
    find = shipped.path
    monkeypatch.setattr(shipped, "path", lambda name: samples if name == "samples" else find(name))
    folder = tmp_path / "demo"
    done = program("demo", "--out", folder, "--quiet", "--jobs", 1)
    assert done.status == EXIT_OK
    assert [path.name for path in (folder / "samples").iterdir()] == ["marrowick.txt"]
    assert (folder / "run" / "documents.csv").is_file()
    assert "failures above are right" in done.out
    again = program("demo", "--out", folder, "--quiet")
    assert (again.status, "not empty" in again.err) == (EXIT_USAGE, True)
