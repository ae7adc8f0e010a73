"""The documents behind the shipped labels are named with their addresses."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from ndc_urban.cli.annotations_sources import sources_cli
from ndc_urban.errors import OutputExists


def test_every_file_of_the_shipped_labels_has_a_name_and_a_collection(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sources_cli()
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == len({row["document"] for row in rows}) == 296
    assert all(row["file"] and row["collection"].startswith("https://github.com/") for row in rows)
    with_address = [row for row in rows if row["official"]]
    assert len(with_address) == 290
    assert all(row["official"].startswith("https://unfccc.int/") for row in with_address)
    assert sum(int(row["labels"]) for row in rows) == 17_090


def test_a_label_of_a_file_that_no_register_names_is_listed_without_an_address(tmp_path: Path) -> None:
    (tmp_path / "levels.csv").write_text(
        f"document,coder,level,confidence,dedicated,sha256\nXAA_2022,Ana,low,3,0,{'c' * 64}\n",
        encoding="utf-8",
    )
    sources_cli(tmp_path, out=tmp_path / "sources.csv")
    (row,) = csv.DictReader((tmp_path / "sources.csv").open(encoding="utf-8"))
    assert (row["sha256"], row["file"], row["collection"], row["official"]) == ("c" * 64, "", "", "")
    with pytest.raises(OutputExists):
        sources_cli(tmp_path, out=tmp_path / "sources.csv")
