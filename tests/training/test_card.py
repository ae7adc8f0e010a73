"""The card: it shows the figures that were measured, and says what they rest on."""

from __future__ import annotations

import json
import re

import pytest

from ndc_urban.grades import Grade, PartyGrades
from ndc_urban.model.identity import FILES, default_model_folder
from ndc_urban.model.storage import load_metrics
from ndc_urban.training.card import MAIN_FIGURES, main_figures, write_card
from ndc_urban.training.evaluation import evaluate, out_of_fold
from ndc_urban.training.published_check import with_grades
from ndc_urban.training.train import TrainingResult


@pytest.fixture(scope="module")
def figures(trained: TrainingResult) -> dict[str, object]:
    return evaluate(out_of_fold(trained))


@pytest.fixture(scope="module")
def card(trained: TrainingResult, figures: dict[str, object]) -> str:
    return write_card(figures, trained.model.details)


def test_the_card_tells_the_figures_with_their_intervals(card: str, figures: dict[str, object]) -> None:
    kappa = figures["levels"]["all"]["kappa"]  # type: ignore[index]
    assert f"{kappa['value']:.3f} ({kappa['low']:.3f} to {kappa['high']:.3f})" in card
    assert "24" in card
    assert "12 Parties" in card
    assert "90%" in card


def test_the_card_says_how_the_labels_were_made_and_where_the_model_fails(card: str) -> None:
    assert "automated readers" in card
    assert "Where it fails" in card
    assert "not the judgement" in card


def test_the_card_of_the_shipped_model_is_made_from_its_figures() -> None:
    folder = default_model_folder()
    config = json.loads((folder / FILES.config).read_text(encoding="utf-8"))
    card = write_card(load_metrics(folder), config["training"])
    assert (folder / FILES.card).read_text(encoding="utf-8") == card


def test_groups_of_few_documents_are_marked(card: str) -> None:
    assert not re.search(r"^\| round 2022 \(few\)", card, re.MULTILINE)
    assert "round 2022" in card


def test_a_figure_that_is_not_defined_is_no_number(
    trained: TrainingResult, figures: dict[str, object]
) -> None:
    nothing = {"value": None, "low": None, "high": None, "units": 1}
    levels = figures["levels"] | {"all": figures["levels"]["all"] | {"kappa": nothing, "documents": 1}}  # type: ignore[index, operator]
    card = write_card(figures | {"levels": levels}, trained.model.details)
    assert "not defined" in card
    assert "nan" not in card
    assert "(few)" in card


def test_a_figure_of_one_party_has_no_interval(trained: TrainingResult, figures: dict[str, object]) -> None:
    single = {"value": 0.5, "low": None, "high": None, "units": 3}
    levels = figures["levels"] | {"all": figures["levels"]["all"] | {"kappa": single}}  # type: ignore[index, operator]
    assert "0.500 (one Party)" in write_card(figures | {"levels": levels}, trained.model.details)


def test_tables_are_sound_markdown(card: str) -> None:
    tables = re.findall(r"(?:^\|.*\n)+", card, re.MULTILINE)
    assert len(tables) >= 4
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_nested_figures_stand_beside_the_others_where_they_were_made(
    trained: TrainingResult, figures: dict[str, object], card: str
) -> None:
    assert "nested folds" not in card
    nested = main_figures(figures) | {"kappa": {"value": 0.1234, "low": 0.1, "high": 0.2, "units": 1}}
    told = write_card(figures | {"nested": nested}, trained.model.details)
    assert "nested folds" in told
    row = next(line for line in told.splitlines() if "0.123 (0.100 to 0.200)" in line)
    assert row.startswith(f"| {MAIN_FIGURES['kappa']} |")
    assert f"{figures['levels']['all']['kappa']['value']:.3f}" in row  # type: ignore[index]


def test_what_was_graded_otherwise_since_stands_beside_the_published_levels(
    trained: TrainingResult, figures: dict[str, object]
) -> None:
    row = {"published": "strong", "document": "XAA_2022", "level": "strong", "agrees": True}
    grades = {
        "COL": PartyGrades("COL", {"before-2026": Grade("B+")}),
        "MAR": PartyGrades("MAR", {"before-2026": Grade("A")}),
    }
    rows = with_grades([row | {"iso3": iso3} for iso3 in ("COL", "MAR", "RWA")], grades)
    card = write_card(figures | {"published": rows}, trained.model.details)
    assert "3 of 3 agree" in card
    assert "since graded 1 of these Parties differently" in card
    assert "COL (strong then, B+ since)" in card
    assert "MAR (" not in card
