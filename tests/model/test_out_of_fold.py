"""The file of out-of-fold predictions: what is written is read, and what is unsound is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ndc_urban.errors import ModelDamaged
from ndc_urban.model import default_model_folder
from ndc_urban.model.out_of_fold import OutOfFold, as_csv, load_out_of_fold

ONE = OutOfFold(
    "aa", "XAA_2022", "XAA", True, "strong", {"codebook": (0.2, 0.5, 0.3)}, "topic:finance=2", 4, 7
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    on_both = {"codebook": (0.2, 0.5, 0.3), "un-habitat": (0.1, 0.2, 0.7)}
    other = replace(ONE, sha256="bb", is_coded_version=False, coded_level="", probabilities=on_both)
    (tmp_path / "out_of_fold.csv").write_bytes(as_csv([ONE, other]))
    assert load_out_of_fold(tmp_path) == {"aa": ONE, "bb": other}


def test_the_level_is_the_likeliest_on_its_scale() -> None:
    both = replace(ONE, probabilities={"codebook": (0.2, 0.5, 0.3), "un-habitat": (0.1, 0.2, 0.7)})
    assert both.scales == ("codebook", "un-habitat")
    assert (both.level_on("codebook"), both.level_on("un-habitat")) == ("moderate", "strong")
    assert both.has_means
    assert not replace(ONE, profile="").has_means


def test_a_folder_may_keep_none(tmp_path: Path) -> None:
    assert load_out_of_fold(tmp_path) == {}


def test_the_shipped_model_keeps_its_predictions() -> None:
    assert load_out_of_fold(default_model_folder())


def test_the_line_of_a_file_that_is_there_twice_is_named(tmp_path: Path) -> None:
    (tmp_path / "out_of_fold.csv").write_bytes(as_csv([ONE, ONE]))
    with pytest.raises(ModelDamaged, match=r"out_of_fold\.csv, line 3"):
        load_out_of_fold(tmp_path)
