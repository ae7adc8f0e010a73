"""The table that trends are estimated from: out-of-fold where the model was trained on a document, never fitted."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import stand_ins

from ndc_urban.errors import ModelDamaged, PathMissing
from ndc_urban.model.level_model import level_probabilities
from ndc_urban.model.out_of_fold import COLUMNS, load_out_of_fold
from ndc_urban.runs import RunFolder, load_run, score
from ndc_urban.runs.estimation import ESTIMATION, level_score

HEADER = ",".join(COLUMNS) + "\n"
TRAINED = hashlib.sha256(stand_ins.TRAINED_ON.encode()).hexdigest()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "ndcs"
    folder.mkdir()
    (folder / "new.pdf").write_text("the city grows\nfields\na city plan\n", encoding="utf-8")
    (folder / "copy.pdf").write_text("the city grows\nfields\na city plan\n", encoding="utf-8")
    (folder / "seen.pdf").write_text(stand_ins.TRAINED_ON, encoding="utf-8")
    (folder / "broken.pdf").write_text("damaged", encoding="utf-8")
    return folder


def model_with(tmp_path: Path, row: str | None) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    if row is not None:
        (folder / "out_of_fold.csv").write_text(HEADER + row, encoding="utf-8")
    return folder


def test_a_new_document_has_its_prediction_once(files: Path, tmp_path: Path) -> None:
    run = score([files], tmp_path / "run", model=model_with(tmp_path, None), jobs=1, tools=stand_ins.TOOLS)
    rows = run.estimation.to_dict("records")
    assert [row["cross_fitted"] for row in rows] == [False]
    assert rows[0]["level"] == "strong"
    assert rows[0]["p_strong"] == pytest.approx(0.753087, abs=1e-6)


def test_a_training_document_has_the_prediction_kept_out_of_fold(files: Path, tmp_path: Path) -> None:
    model = model_with(
        tmp_path, f"{TRAINED},KEN_2022,KEN,yes,strong,moderate,0.2,0.5,0.3,topic:finance=2,4,5,0.1,0.2,0.7\n"
    )
    run = score([files], tmp_path / "run", model=model, jobs=1, tools=stand_ins.TOOLS)
    row = run.estimation.set_index("sha256").loc[TRAINED]
    assert bool(row["cross_fitted"])
    assert (row["level"], row["p_strong"], row["profile"]) == ("moderate", 0.3, "topic:finance=2")
    assert row["score"] == pytest.approx(level_score(0.2, 0.3), abs=1e-6)
    assert (row["scale"], row["other_scale"]) == ("codebook", "un-habitat")
    assert (row["other_level"], row["other_p_strong"]) == ("strong", 0.7)


def test_a_training_document_without_one_is_left_out(files: Path, tmp_path: Path) -> None:
    run = score([files], tmp_path / "run", model=model_with(tmp_path, None), jobs=1, tools=stand_ins.TOOLS)
    assert TRAINED in set(run.documents["sha256"])
    assert TRAINED not in set(run.estimation["sha256"])


@pytest.mark.parametrize(
    "row",
    [
        "aa,KEN_2022,KEN,yes,mighty,low,0.2,0.5,0.3,,1,2,,,\n",
        "aa,KEN_2022,KEN,yes,strong,low,0.9,0.5,0.3,,1,2,,,\n",
        "aa,KEN_2022,KEN,yes,strong,low,0.2,0.5,0.3,,1,2,0.9,0.9,0.9\n",
        "aa,KEN_2022,KEN,yes,strong,low,0.2,0.5,0.3,nonsense,1,2,,,\n",
        "aa,X_1,X,yes,low,low,0.2,0.5,0.3,,1,2,,,\naa,X_1,X,yes,low,low,0.2,0.5,0.3,,1,2,,,\n",
    ],
)
def test_unsound_out_of_fold_predictions_are_refused(tmp_path: Path, row: str) -> None:
    with pytest.raises(ModelDamaged, match="out_of_fold"):
        load_out_of_fold(model_with(tmp_path, row))


def test_the_table_comes_back_from_the_folder_and_an_incomplete_one_is_refused(
    files: Path, tmp_path: Path
) -> None:
    run = score([files], tmp_path / "run", model=model_with(tmp_path, None), jobs=1, tools=stand_ins.TOOLS)
    again = load_run(run.folder)
    before, after = (
        each.astype(object).where(each.notna(), "") for each in (run.estimation, again.estimation)
    )
    pd.testing.assert_frame_equal(after, before)
    assert list(again.estimation.columns) == list(ESTIMATION)
    RunFolder(run.folder).estimation.unlink()
    with pytest.raises(PathMissing, match="estimation"):
        load_run(run.folder)


def test_the_score_is_the_linear_score_less_the_mean_of_the_cuts() -> None:
    import numpy as np

    for linear in (-8.0, -1.0, 0.0, 2.5, 9.0):
        low, _, strong = level_probabilities(np.array([linear]), np.array([0.5, 3.0]))[0]
        assert level_score(float(low), float(strong)) == pytest.approx(linear - 1.75, abs=1e-3)


def test_a_run_does_not_wait_for_the_library_of_training() -> None:
    code = "import sys, ndc_urban.runs.scoring; print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
