"""`ndc-urban train --champion`: the better model is kept, and nothing breaks it."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from finished import Finished, Program
from kept_trainings import KeptTrainings
from tiny_corpus import LEVELS, TinyCorpus, make_plans, write_corpus, write_csv, write_jsonl

from ndc_urban.errors import EXIT_ERROR, EXIT_OK, EXIT_USAGE, AnnotationsInvalid
from ndc_urban.files import read_csv
from ndc_urban.model.identity import model_hash
from ndc_urban.training.training_labels import TRAINING_LABELS_FILE, load_training_labels

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick_training")]

MORE_PARTIES: Mapping[str, str] = {
    f"XB{letter}": name
    for letter, name in zip(
        "ABCDEFGH", "Bellune Birkmoor Bostavia Brannoch Brivella Bruland Byrne Byzar".split(), strict=True
    )
}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> TinyCorpus:
    """The same plans and those of eight more Parties."""
    return write_corpus(tmp_path_factory.mktemp("both"), [*make_plans(), *make_plans(MORE_PARTIES, seed=5)])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models") / "champion"


@pytest.fixture
def champion(program: Program, corpus: TinyCorpus, place: Path, tmp_path: Path) -> Path:
    """A copy of a model trained on the twelve Parties."""
    if not place.exists():
        done = trained(program, corpus, "--out", place)
        assert done.status == EXIT_OK, done.err
    return Path(shutil.copytree(place, tmp_path / "champion"))


def trained(program: Program, corpus: TinyCorpus, *more: object, annotations: Path | None = None) -> Finished:
    return program(
        "train",
        "--annotations",
        annotations or corpus.annotations,
        "--corpus",
        corpus.folder,
        "--name",
        "tiny",
        "--jobs",
        1,
        "--quiet",
        *more,
    )


def _thrown(row: Mapping[str, object], chance: random.Random) -> Mapping[str, object]:
    marks = {"sector": "tr", "strand": "m", "role": "r"}
    if chance.random() < 0.5:
        return {**row, "code": chance.choice("EI"), **marks}
    return {**row, "code": chance.choice("XN"), **dict.fromkeys(marks, "")}


def spoilt(corpus: TinyCorpus, folder: Path) -> Path:
    """The annotations of a corpus; those of the Parties added later are made up by throwing dice."""
    chance = random.Random(3)
    folder.mkdir()
    rows = [
        _thrown(row, chance) if str(row["document"])[:3] in MORE_PARTIES else row for row in corpus.labels
    ]
    write_jsonl(folder / "passages.jsonl", rows)
    levels = read_csv(
        corpus.annotations / "levels.csv", ("document", "level"), error=AnnotationsInvalid, remedy=""
    ).rows
    write_csv(
        folder / "levels.csv",
        [
            {**row, "level": chance.choice(LEVELS)} if row["document"][:3] in MORE_PARTIES else row
            for row in levels
        ],
    )
    return folder


def test_a_model_keeps_a_record_of_its_labels_without_their_texts(champion: Path, corpus: TinyCorpus) -> None:
    recorded = load_training_labels(champion)
    assert recorded is not None
    assert recorded.levels == {plan.name: plan.level for plan in corpus.plans}
    assert sum(map(len, recorded.passages.values())) == len(corpus.labels)
    text = (champion / TRAINING_LABELS_FILE).read_text(encoding="utf-8")
    assert not any(str(row["text"]) in text for row in corpus.labels)


def test_more_labels_are_measured_against_the_champion_and_reported_apart(
    program: Program, champion: Path, both: TinyCorpus, tmp_path: Path
) -> None:
    before = model_hash(champion)
    done = trained(
        program,
        both,
        "--champion",
        champion,
        "--out",
        tmp_path / "new",
        "--report",
        tmp_path / "r.md",
        "--json",
    )
    assert done.status == EXIT_OK, done.err
    told = json.loads(done.out)["comparison"]
    assert told["labels"]["new_documents"] == sorted(
        plan.name for plan in both.plans if plan.party in MORE_PARTIES
    )
    assert (told["labels"]["changed"], told["labels"]["removed"]) == (0, 0)
    assert set(told["documents_by_labels"]) == {"new documents", "other documents"}
    assert told["documents_by_labels"]["new documents"]["units"] == 16
    assert told["levels"]["kappa"]["units"] == len(both.plans)
    assert (
        told["levels"]["kappa"]["low"]
        <= told["levels"]["kappa"]["difference"]
        <= told["levels"]["kappa"]["high"]
    )
    assert "current model" in (tmp_path / "r.md").read_text(encoding="utf-8")
    assert model_hash(champion) == before
    assert (tmp_path / "new" / "weights.npz").is_file()


def test_the_same_labels_make_no_difference(program: Program, champion: Path, corpus: TinyCorpus) -> None:
    done = trained(program, corpus, "--champion", champion, "--json")
    told = json.loads(done.out)["comparison"]
    assert told["levels"]["kappa"]["difference"] == 0
    assert told["passages"]["average_precision"]["difference"] == 0
    assert told["verdict"] == "no detectable difference"
    assert told["moved_documents"] == []


def test_a_better_champion_is_kept_unless_replaced(
    program: Program, champion: Path, both: TinyCorpus, tmp_path: Path
) -> None:
    before = model_hash(champion)
    wrong = spoilt(both, tmp_path / "wrong")
    done = trained(program, both, "--champion", champion, annotations=wrong)
    assert done.status == EXIT_OK, done.err
    assert "The new model is better" not in done.out
    assert "The current model is kept" in done.out
    assert model_hash(champion) == before
    done = trained(program, both, "--champion", champion, "--replace", annotations=wrong)
    assert done.status == EXIT_OK, done.err
    assert model_hash(champion) != before
    assert sorted(path.name for path in champion.parent.iterdir()) == ["champion", "wrong"]


def test_a_better_model_takes_the_place_in_one_stroke(
    program: Program, champion: Path, both: TinyCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ndc_urban.training.champion.verdict", lambda chosen, losses: "better")
    before = model_hash(champion)
    done = trained(program, both, "--champion", champion, "--out", champion, "--json")
    told = json.loads(done.out)
    assert told["comparison"]["verdict"] == "better"
    assert model_hash(champion) == told["hash"] != before
    assert [path.name for path in champion.parent.iterdir()] == ["champion"]


def test_a_champion_without_recorded_labels_is_compared_on_the_labels_of_its_documents(
    program: Program, champion: Path, corpus: TinyCorpus
) -> None:
    (champion / TRAINING_LABELS_FILE).unlink()
    done = trained(program, corpus, "--champion", champion)
    assert done.status == EXIT_OK, done.err
    assert "has no record of its labels" in done.out


def test_most_of_the_champions_labels_must_be_given(
    program: Program, champion: Path, corpus: TinyCorpus, tmp_path: Path
) -> None:
    before = model_hash(champion)
    fewer = tmp_path / "fewer"
    shutil.copytree(corpus.annotations, fewer)
    write_jsonl(fewer / "passages.jsonl", [row for n, row in enumerate(corpus.labels) if n % 3])
    done = trained(program, corpus, "--champion", champion, annotations=fewer)
    assert done.status == EXIT_OK, done.err
    assert "cannot be compared" in done.out
    missing = len(range(0, len(corpus.labels), 3))
    assert f"{missing} of these are missing because the label is no longer in the annotations" in done.out
    assert model_hash(champion) == before


def test_a_champion_of_another_format_is_refused_before_the_work(
    program: Program, champion: Path, corpus: TinyCorpus, tmp_path: Path
) -> None:
    config = json.loads((champion / "config.json").read_text(encoding="utf-8"))
    (champion / "config.json").write_text(json.dumps(config | {"format": 0}), encoding="utf-8")
    for command in (
        ("evaluate", champion),
        ("score", corpus.folder, "--out", tmp_path / "run", "--model", champion),
        ("train", "--annotations", corpus.annotations, "--corpus", corpus.folder, "--champion", champion),
    ):
        done = program(*command)
        assert done.status == EXIT_ERROR
        assert "model_incompatible" in done.err
        assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("options", "word"),
    [((), "--out"), (("--replace",), "--champion"), (("--report", "r.md"), "--champion")],
)
def test_options_that_do_not_go_together_are_wrong_usage(
    program: Program, corpus: TinyCorpus, options: tuple[str, ...], word: str
) -> None:
    done = trained(program, corpus, *options)
    assert done.status == EXIT_USAGE
    assert word in done.err


def heed_interrupts() -> None:
    """A program started in the background of a shell ignores interrupts, and so do those that it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


TRAINS_THE_NEW_MODEL_AT_ONCE = """
import functools, pathlib, sys
from kept_trainings import KeptTrainings
from tiny_training import RECIPE
from ndc_urban.cli import main
from ndc_urban.training import champion, train
first = iter([KeptTrainings(pathlib.Path(sys.argv.pop(1))).train])
really = champion.train
champion.train = lambda *data, say: next(first, really)(*data, say=say)
train.Recipe = functools.partial(train.Recipe, folds=RECIPE.folds, min_parties=RECIPE.min_parties)
main()
"""
"""The program, with a training that is kept from another test if there is one."""


def test_an_interrupted_training_leaves_the_champion_whole(
    champion: Path, both: TinyCorpus, kept_trainings: KeptTrainings
) -> None:
    before = {path.name: path.read_bytes() for path in champion.iterdir()}
    command = [sys.executable, "-c", TRAINS_THE_NEW_MODEL_AT_ONCE, str(kept_trainings.folder)]
    command += ["train", "--jobs", "1", "--name", "tiny", "--replace"]
    command += [
        "--annotations",
        str(both.annotations),
        "--corpus",
        str(both.folder),
        "--champion",
        str(champion),
    ]
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        preexec_fn=heed_interrupts,  # noqa: PLW1509  no other thread runs here
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "on the labels of the current model" in line:
            process.send_signal(signal.SIGINT)
            break
    _, err = process.communicate(timeout=600)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert {path.name: path.read_bytes() for path in champion.iterdir()} == before
    assert [path.name for path in champion.parent.iterdir()] == ["champion"]
