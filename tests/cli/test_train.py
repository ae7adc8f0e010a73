"""`ndc-urban train` and `ndc-urban evaluate` on a made-up collection."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from finished import Finished, Program
from tiny_corpus import TinyCorpus, make_plans, write_corpus

from ndc_urban.errors import EXIT_ERROR, EXIT_OK, EXIT_USAGE
from ndc_urban.model.identity import model_hash
from ndc_urban.model.out_of_fold import load_out_of_fold
from ndc_urban.training.train import train

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick_training")]


@dataclass
class Place:
    """Where the tests of this file share one trained model, and what the training printed."""

    folder: Path
    done: Finished | None = None


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("models") / "new" / "tiny")


def train_on(program: Program, corpus: TinyCorpus, out: Path, *more: object) -> Finished:
    return program(
        "train",
        "--annotations",
        corpus.annotations,
        "--corpus",
        corpus.folder,
        "--out",
        out,
        "--jobs",
        1,
        *more,
    )


@pytest.fixture
def first(program: Program, corpus: TinyCorpus, place: Place) -> Finished:
    """The training of the shared model."""
    if place.done is None:
        place.done = train_on(program, corpus, place.folder, "--name", "tiny")
    assert place.done.status == EXIT_OK
    return place.done


@pytest.fixture
def model(first: Finished, place: Place) -> Path:
    return place.folder


def test_training_writes_a_model_and_says_how_good_it_is(first: Finished, place: Place) -> None:
    done, out = first, place.folder
    assert "kappa" in done.out
    assert str(out) in done.out
    assert "fitting" in done.err
    assert {path.name for path in out.iterdir()} == {
        "config.json",
        "vocabulary.json",
        "weights.npz",
        "metrics.json",
        "README.md",
        "labels.csv",
        "out_of_fold.csv",
    }
    assert "# " in (out / "README.md").read_text(encoding="utf-8")


def test_training_again_gives_the_same_hash_and_json_is_all_of_stdout(
    program: Program, corpus: TinyCorpus, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ndc_urban.training.workflow.train", train)
    done = train_on(program, corpus, tmp_path / "again", "--name", "tiny", "--json", "--quiet")
    assert done.err == ""
    told = json.loads(done.out)
    assert told["model"] == str(tmp_path / "again")
    assert told["hash"] == model_hash(tmp_path / "again") == model_hash(model)
    assert told["figures"]["levels"]["all"]["documents"] == 24


def test_a_model_is_never_overwritten(program: Program, corpus: TinyCorpus, model: Path) -> None:
    before = (model / "config.json").read_bytes()
    done = train_on(program, corpus, model)
    assert done.status == EXIT_USAGE
    assert "output_exists" in done.err
    assert (model / "config.json").read_bytes() == before


def test_parties_kept_for_evaluation_are_refused(
    program: Program, unseen_corpus: TinyCorpus, tmp_path: Path
) -> None:
    done = train_on(program, unseen_corpus, tmp_path / "model")
    assert done.status == EXIT_ERROR
    assert "annotations_invalid" in done.err
    assert "evaluation" in done.err
    assert not (tmp_path / "model").exists()


def test_missing_folders_are_wrong_usage(program: Program, corpus: TinyCorpus, tmp_path: Path) -> None:
    for labels, folder in ((tmp_path, corpus.folder), (corpus.annotations, tmp_path)):
        done = program(
            "train", "--annotations", labels, "--corpus", folder, "--out", tmp_path / "model", "--quiet"
        )
        assert done.status == EXIT_USAGE
        assert "path_missing" in done.err


def test_bad_labels_are_named_before_the_work_begins(program: Program, tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, make_plans({"XAA": "Aldmere"}))
    with (corpus.annotations / "passages.jsonl").open("a", encoding="utf-8") as handle:
        handle.write("no json\n")
    done = train_on(program, corpus, tmp_path / "model")
    assert done.status == EXIT_ERROR
    assert f"line {len(corpus.labels) + 1}" in done.err
    assert done.out == ""


def test_the_figures_of_training_are_shown_again(program: Program, model: Path) -> None:
    done = program("evaluate", model)
    assert done.status == EXIT_OK
    assert "cross-fitting" in done.out
    assert json.loads(program("evaluate", model, "--json").out) == json.loads(
        (model / "metrics.json").read_text()
    )


def test_a_model_is_measured_on_parties_it_does_not_know(
    program: Program, model: Path, unseen_corpus: TinyCorpus
) -> None:
    done = program(
        "evaluate",
        model,
        "--annotations",
        unseen_corpus.annotations,
        "--corpus",
        unseen_corpus.folder,
        "--json",
        "--quiet",
    )
    assert done.status == EXIT_OK
    assert done.err == ""
    figures = json.loads(done.out)
    assert figures["levels"]["all"]["documents"] == 8
    assert figures["levels"]["all"]["accuracy"]["value"] > 0.7
    assert figures["method"] == "Parties that the model was not trained on"


def test_a_model_is_not_measured_on_what_it_learned(
    program: Program, model: Path, corpus: TinyCorpus
) -> None:
    done = program("evaluate", model, "--annotations", corpus.annotations, "--corpus", corpus.folder)
    assert done.status == EXIT_USAGE
    assert "trained on" in done.err
    assert done.out == ""


def test_annotations_and_corpus_go_together(program: Program, model: Path, corpus: TinyCorpus) -> None:
    done = program("evaluate", model, "--corpus", corpus.folder)
    assert done.status == EXIT_USAGE
    assert "Give both" in done.err


def test_a_missing_and_a_damaged_model_are_named(program: Program, tmp_path: Path) -> None:
    assert program("evaluate", tmp_path / "none").status == EXIT_USAGE
    (tmp_path / "empty").mkdir()
    done = program("evaluate", tmp_path / "empty")
    assert done.status == EXIT_ERROR
    assert "model_damaged" in done.err


def test_a_trained_model_scores_documents(
    program: Program, model: Path, corpus: TinyCorpus, tmp_path: Path
) -> None:
    plan = next(plan for plan in corpus.plans if plan.level == "strong")
    done = program(
        "score",
        corpus.folder / plan.file,
        "--out",
        tmp_path / "run",
        "--model",
        model,
        "--jobs",
        1,
        "--quiet",
    )
    assert done.status == EXIT_OK
    table = (tmp_path / "run" / "documents.csv").read_text(encoding="utf-8-sig")
    assert ",strong," in table
    run = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert model_hash(model) in json.dumps(run)


def test_the_model_keeps_a_prediction_of_each_coded_file_by_models_without_its_party(
    model: Path, corpus: TinyCorpus
) -> None:
    kept = load_out_of_fold(model).values()
    assert len(kept) == 2 * len(corpus.plans)
    assert {each.level_on("codebook") for each in kept} == {"low", "moderate", "strong"}
    assert any("sector:" in each.profile for each in kept)


def test_cross_validation_gives_the_figures_of_the_training_again(
    program: Program, corpus: TinyCorpus, model: Path, tmp_path: Path
) -> None:
    review = tmp_path / "review.csv"
    done = program(
        "evaluate",
        model,
        "--annotations",
        corpus.annotations,
        "--corpus",
        corpus.folder,
        "--cross-validate",
        "--disagreements",
        review,
        "--json",
        "--quiet",
        "--jobs",
        1,
    )
    assert done.status == EXIT_OK, done.err
    figures, stored = json.loads(done.out), json.loads((model / "metrics.json").read_text(encoding="utf-8"))
    assert figures["levels"]["all"] == stored["levels"]["all"]
    assert figures["passages"]["both"] == stored["passages"]["both"]
    with review.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    documents = [row for row in rows if row["unit"] == "document"]
    wrong = stored["levels"]["all"]["documents"] - sum(stored["levels"]["confusion"][n][n] for n in range(3))
    assert len(documents) == wrong
    for row in rows:
        assert row["said_by_coder"] != row["said_by_model"]


def test_tables_of_an_evaluation_are_markdown_with_the_baselines(program: Program, model: Path) -> None:
    done = program("evaluate", model)
    for told in ("quadratic weighted kappa", "baseline: key words", "baseline: the lexicon alone", "region "):
        assert told in done.out


@pytest.mark.parametrize("option", ["--cross-validate", "--disagreements"])
def test_options_of_an_evaluation_need_labels(
    program: Program, model: Path, tmp_path: Path, option: str
) -> None:
    value = [tmp_path / "review.csv"] if option == "--disagreements" else []
    done = program("evaluate", model, option, *value)
    assert done.status == EXIT_USAGE
    assert "--annotations" in done.err


def test_nested_folds_are_a_way_to_cross_validate(program: Program, corpus: TinyCorpus, model: Path) -> None:
    labels = ["--annotations", corpus.annotations, "--corpus", corpus.folder]
    refused = program("evaluate", model, *labels, "--nested")
    assert refused.status == EXIT_USAGE
    assert "--cross-validate" in refused.err
    done = program("evaluate", model, *labels, "--cross-validate", "--nested", "--json", "--quiet", "-j", 1)
    assert done.status == EXIT_OK, done.err
    assert json.loads(done.out)["method"].startswith("nested")


def test_a_training_adds_the_figures_of_nested_folds_to_its_card(
    program: Program, corpus: TinyCorpus, model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "nested"
    labels = ["--annotations", corpus.annotations, "--corpus", corpus.folder]
    done = program("train", *labels, "--out", out, "--name", "tiny", "--nested", "--quiet", "--jobs", 1)
    assert done.status == EXIT_OK, done.err
    nested = json.loads((out / "metrics.json").read_text(encoding="utf-8"))["nested"]
    assert 0 <= nested["accuracy"]["value"] <= 1
    assert "nested folds" in (out / "README.md").read_text(encoding="utf-8")
    assert model_hash(out) == model_hash(model)


def test_a_list_for_review_is_never_overwritten(program: Program, model: Path, tmp_path: Path) -> None:
    there = tmp_path / "review.csv"
    there.write_text("mine", encoding="utf-8")
    assert program("evaluate", model, "--disagreements", there).status == EXIT_USAGE
    assert there.read_text(encoding="utf-8") == "mine"
