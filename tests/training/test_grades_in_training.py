"""Levels on the scale of UN-Habitat's grades: learned with the labels, and compared with the grades."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_corpus import TinyCorpus
from tiny_training import RECIPE, few_rounds
from typer.testing import CliRunner

from ndc_urban import shipped
from ndc_urban.cli.app import app
from ndc_urban.errors import PanelInvalid, UsageError
from ndc_urban.grades import Grade, PartyGrades, read_grades
from ndc_urban.model.storage import load_model, save_model
from ndc_urban.training.grade_agreement import read_graded
from ndc_urban.training.grade_report import grades_as_markdown
from ndc_urban.training.graded import graded_rounds
from ndc_urban.training.level_fit import fit_levels, masses, out_of_fold_probabilities, set_threshold
from ndc_urban.training.out_of_fold import out_of_fold_csv
from ndc_urban.training.scored_versions import ScoredVersion
from ndc_urban.training.train import TrainingResult
from ndc_urban.training.workflow import compare_with_grades

REAL_CODES = "AFG AGO ALB ARE ARG ARM AUS BDI BGD BHR BHS BLZ BOL BRA BRB BRN BTN BWA CAF CAN".split()
"""Grades go by ISO3 code; the tiny Parties have invented ones."""

HARSHER = {0: 0, 1: 0, 2: 1}
"""Graders who call moderate what readers call strong."""


@pytest.fixture(scope="module")
def graded(trained: TrainingResult) -> list[ScoredVersion]:
    """The versions of the tiny training, graded more harshly than they were coded."""
    return [
        replace(each, levels={**each.levels, "un-habitat": HARSHER[each.level]}) for each in trained.documents
    ]


def panel_of(folder: Path, rows: list[dict[str, str]]) -> Path:
    path = folder / "panel.csv"
    columns = ("round", "iso3", "document", "english_text", "evaluation_only", "sha256")
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns, restval="")
        table.writeheader()
        table.writerows(rows)
    return path


def grades_of(grades: dict[str, str]) -> dict[str, PartyGrades]:
    return {iso3: PartyGrades(iso3, {"2026": Grade(grade)}) for iso3, grade in grades.items()}


def test_kinds_of_coders_share_the_weights_and_have_their_own_cuts(graded: list[ScoredVersion]) -> None:
    model = fit_levels(graded, 2.0)
    assert model.scales == ("codebook", "un-habitat")
    assert (model.cuts["un-habitat"] > model.cuts["codebook"]).all(), "the harsher graders ask for more"
    features = np.array([each.features for each in graded])
    codebook, harsh = (model.probabilities(features, scale).argmax(axis=1) for scale in model.scales)
    assert (harsh <= codebook).all()
    assert (harsh < codebook).any()


def test_without_grades_there_is_no_second_scale(trained: TrainingResult) -> None:
    assert trained.model.level_model.scales == ("codebook",)
    with pytest.raises(UsageError, match="un-habitat"):
        trained.model.on("un-habitat")


def test_grades_of_a_party_do_not_change_its_own_levels(graded: list[ScoredVersion]) -> None:
    party = graded[0].party
    other = [
        replace(each, levels={**each.levels, "un-habitat": 2}) if each.party == party else each
        for each in graded
    ]
    rows = [row for row, each in enumerate(graded) if each.party == party]
    before, after = (
        out_of_fold_probabilities(each, RECIPE.folds, 2.0)["un-habitat"] for each in (graded, other)
    )
    assert np.array_equal(before[rows], after[rows])
    assert not np.array_equal(before, after)


def test_sets_have_a_threshold_on_each_scale(graded: list[ScoredVersion]) -> None:
    found = masses(graded, out_of_fold_probabilities(graded, RECIPE.folds, 2.0), 0.9)
    assert set(found) == {"codebook", "un-habitat"}
    assert all(0 <= each <= 1 for each in found.values())


def test_sets_hold_in_the_worst_round() -> None:
    """One round is easy, in the other the level is often the second in line."""
    sure, unsure = [0.9, 0.08, 0.02], [0.55, 0.4, 0.05]
    probabilities = np.array([sure] * 100 + [unsure] * 50)
    truth = np.array([0] * 100 + [0, 1] * 25)
    rounds = np.array(["2022"] * 100 + ["2026"] * 50)
    assert set_threshold(probabilities, truth, rounds, 0.9) >= 0.55
    assert set_threshold(probabilities[:100], truth[:100], rounds[:100], 0.9) == 0.0


def test_a_grade_of_a_member_is_for_the_ndc_of_the_union(tmp_path: Path) -> None:
    standing = {"round": "2026", "evaluation_only": "no"}
    panel = panel_of(
        tmp_path,
        [
            standing | {"iso3": "EUU", "document": "EUU_2026", "english_text": "eu.html"},
            standing | {"iso3": "KEN", "document": "KEN_2026", "english_text": "ken.html", "sha256": "ab;cd"},
        ],
    )
    joined = graded_rounds(grades_of({"FRA": "B+", "AUT": "B+", "DEU": "C", "KEN": "A", "FJI": "A"}), panel)
    union, kenya = joined.documents
    assert (union.document, union.grade.text, sorted(union.grades)) == (
        "EUU_2026",
        "B+",
        ["AUT", "DEU", "FRA"],
    )
    assert (kenya.sha256, kenya.grade.text) == ("ab", "A")
    assert joined.without_document["2026"] == ("FJI",)


def test_a_panel_without_graded_rounds_is_refused(tmp_path: Path) -> None:
    panel = panel_of(tmp_path, [{"round": "2022", "iso3": "KEN", "document": "KEN_2022"}])
    with pytest.raises(PanelInvalid, match="rounds that are graded"):
        graded_rounds(grades_of({"KEN": "A"}), panel)


@dataclass(frozen=True)
class Graded:
    """A saved model, grades of its Parties and a panel; the text of one graded Party is not in the panel."""

    model: Path
    grades: Path
    panel: Path


@pytest.fixture(scope="module")
def files(trained: TrainingResult, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The tiny documents as NDCs 3.0, graded as they were coded."""
    folder = tmp_path_factory.mktemp("graded")
    more = {"out_of_fold.csv": out_of_fold_csv(trained)}
    save_model(trained.model, folder / "model", metrics={}, card="", more=more)
    coded = {each.party: each for each in trained.documents if each.is_coded_version}
    rows = [
        {
            "round": "2026",
            "iso3": iso3,
            "document": coded[party].document,
            "english_text": coded[party].file,
            "sha256": coded[party].sha256,
        }
        for iso3, party in zip(REAL_CODES, coded, strict=False)
    ]
    grades = folder / "grades.csv"
    lines = [
        f"{iso3},,{('No', 'B', 'A+')[coded[party].level]}\n"
        for iso3, party in zip(REAL_CODES, coded, strict=False)
    ]
    grades.write_text("iso3,ndc_2_0,ndc_3_0\n" + "".join(lines) + "KEN,,A\n", encoding="utf-8")
    return Graded(folder / "model", grades, panel_of(folder, rows))


@pytest.fixture(scope="module")
def compared(files: Graded) -> dict[str, Any]:
    with few_rounds():
        return compare_with_grades(files.model, files.grades, files.panel)


def test_levels_without_the_party_are_compared_with_grades(compared: dict[str, Any]) -> None:
    rounds = compared["grades"]
    figures = rounds["2026"]["by_documents"]
    assert figures["readers' labels"]["kappa"]["value"] == 1.0, "the grades are the labels"
    assert figures["model, scale codebook"]["kappa"]["value"] > 0.5
    assert figures["model, scale codebook"]["rank_correlation"]["value"] > 0.5
    assert rounds["2026"]["left_out"] == {"the panel has no text of it": ["KEN"]}
    assert "by_documents" not in rounds["before-2026"], "no document of it is graded"


def test_the_agreement_is_given_in_tables(compared: dict[str, Any]) -> None:
    text = "\n".join(grades_as_markdown(compared))
    assert "| model, scale codebook |" in text
    assert "| baseline: key words |" in text
    assert "KEN" in text


def test_the_command_shows_the_agreement(files: Graded, compared: dict[str, Any]) -> None:
    given = ["evaluate", str(files.model), "--grades", str(files.grades), "--panel", str(files.panel)]
    with few_rounds():
        shown = CliRunner().invoke(app, [*given, "--json"])
        table = CliRunner().invoke(app, given).stdout
    assert json.loads(shown.stdout) == compared
    assert "Agreement with UN-Habitat's grades" in table


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        (["--cross-validate"], "--cross-validate does not work with --grades"),
        (["--scale", "un-habitat"], "knows no scale un-habitat"),
    ],
)
def test_what_does_not_go_together_is_refused(files: Graded, more: list[str], fault: str) -> None:
    given = ["evaluate", str(files.model), "--grades", str(files.grades), "--panel", str(files.panel)]
    result = CliRunner().invoke(app, [*given, *more])
    assert isinstance(result.exception, UsageError)
    assert fault in str(result.exception)


def test_without_a_text_of_a_new_party_the_remedy_is_given(files: Graded, tmp_path: Path) -> None:
    panel = panel_of(
        tmp_path, [{"round": "2026", "iso3": "FJI", "document": "FJI_2026", "english_text": "f.html"}]
    )
    with pytest.raises(UsageError) as raised:
        read_graded(load_model(files.model), {}, grades_of({"FJI": "A"}), panel)
    assert "--corpus" in (raised.value.remedy or "")


def test_a_new_party_is_read_from_its_text(files: Graded, unseen_corpus: TinyCorpus, tmp_path: Path) -> None:
    plan = unseen_corpus.plans[0]
    panel = panel_of(
        tmp_path,
        [{"round": "2026", "iso3": "FJI", "document": f"{plan.party}_2026", "english_text": plan.file}],
    )
    readings = read_graded(
        load_model(files.model), {}, grades_of({"FJI": "A"}), panel, corpus=unseen_corpus.folder
    )
    (read,) = readings.read
    assert sum(read.probabilities["codebook"]) == pytest.approx(1)


def test_the_shipped_grades_can_be_read() -> None:
    assert len(read_grades(shipped.path("grades"))) > 100
