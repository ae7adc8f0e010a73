"""Labels with anchors train as well as labels with texts, from any mix of folders."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_corpus import TinyCorpus, make_plans, write_corpus, write_csv

from ndc_urban.corpus.register import Collection
from ndc_urban.errors import PathMissing, UsageError
from ndc_urban.labels.anchor_migration import Anchored, anchored
from ndc_urban.labels.anchors import Found, anchor_at, fingerprint
from ndc_urban.labels.loading import Labels, load_labels
from ndc_urban.labels.records import LevelLabel, PassageLabel
from ndc_urban.labels.relocation_report import relocate
from ndc_urban.labels.store import append, read_level_labels, read_passage_labels, write_passage_labels
from ndc_urban.labels.texts import read_labels_with_texts
from ndc_urban.reading import read
from ndc_urban.segment import segment
from ndc_urban.training.dataset import Dataset, load_dataset
from ndc_urban.training.training_labels import GONE, NOT_GIVEN, changes, explained, training_labels_of

pytestmark = pytest.mark.usefixtures("samples_read_once")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> TinyCorpus:
    return write_corpus(tmp_path_factory.mktemp("tiny"), make_plans())


@pytest.fixture(scope="module")
def shipped(corpus: TinyCorpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The labels of the corpus with anchors in place of texts."""
    folder = tmp_path_factory.mktemp("shipped")
    write_passage_labels(folder, anchors_of(corpus).labels)
    shutil.copy(corpus.annotations / "levels.csv", folder)
    return folder


def anchors_of(corpus: TinyCorpus) -> Anchored:
    collection = Collection(corpus.folder)
    return anchored(read_labels_with_texts(corpus.annotations, collection), collection)


def what_is_learned(labels: Labels, corpus: TinyCorpus) -> tuple[Counter[object], Counter[object]]:
    dataset: Dataset = load_dataset(labels, Collection(corpus.folder))
    return (
        Counter(
            (each.passage, each.carried, each.label.code, each.label.sector) for each in dataset.passages
        ),
        Counter((each.name, each.label.level, len(each.versions)) for each in dataset.documents),
    )


def test_no_text_is_shipped_and_no_label_is_lost(corpus: TinyCorpus, shipped: Path) -> None:
    assert not anchors_of(corpus).unplaced
    table = (shipped / "passages.csv").read_text(encoding="utf-8")
    assert not any(str(row["text"]) in table for row in corpus.labels)
    stored = read_passage_labels(shipped)
    assert [each.code for each in stored] == [row["code"] for row in corpus.labels]
    assert all(each.seen == tuple(row["seen"]) for each, row in zip(stored, corpus.labels, strict=True))


def test_shipped_labels_make_the_same_data_set(corpus: TinyCorpus, shipped: Path) -> None:
    labels = load_labels([shipped], Collection(corpus.folder))
    assert not labels.lost
    with_texts = load_labels([corpus.annotations], Collection(corpus.folder))
    assert what_is_learned(labels, corpus) == what_is_learned(with_texts, corpus)


def test_labels_with_texts_are_found_in_the_documents(corpus: TinyCorpus) -> None:
    labels = load_labels([corpus.annotations], Collection(corpus.folder))
    assert [each.passage.text for each in labels.passages] == [row["text"] for row in corpus.labels]
    assert [each.label.code for each in labels.passages] == [row["code"] for row in corpus.labels]
    assert all(each.passage in labels.files[each.label.document].passages for each in labels.passages)


def test_folders_of_both_forms_come_together_and_nothing_counts_twice(
    corpus: TinyCorpus, shipped: Path, tmp_path: Path
) -> None:
    half = tmp_path / "half"
    half.mkdir()
    write_passage_labels(half, [each for n, each in enumerate(read_passage_labels(shipped)) if n % 2])
    whole = load_labels([corpus.annotations], Collection(corpus.folder))
    for folders in ([corpus.annotations, half], [half, corpus.annotations], [corpus.annotations, shipped]):
        labels = load_labels(folders, Collection(corpus.folder))
        assert len(labels.passages) == len(whole.passages)
        assert not labels.notes
        assert what_is_learned(labels, corpus) == what_is_learned(whole, corpus)


def test_the_folder_named_later_counts_and_a_note_says_so(
    corpus: TinyCorpus, shipped: Path, tmp_path: Path
) -> None:
    first = read_passage_labels(shipped)[0]
    assert first.code == "N"
    write_passage_labels(tmp_path, [replace(first, code="X")])
    labels = load_labels([shipped, tmp_path], Collection(corpus.folder))
    assert len(labels.passages) == len(corpus.labels)
    assert "1 passage differs" in " ".join(labels.report())
    document = [each for each in labels.passages if each.label.document == first.document]
    assert "X" in {each.label.code for each in document if each.passage.start == first.anchor.start}


def test_what_was_adjudicated_counts_and_the_originals_stay_on_file(
    corpus: TinyCorpus, shipped: Path, tmp_path: Path
) -> None:
    one = read_passage_labels(shipped)[0]
    two = replace(one, coder="B", code="X")
    decided = replace(one, coder="C", code="I", adjudicates=("A", "B"))
    level = LevelLabel(one.document, "", "A", "", "1.0", "low", 2, False)
    append(
        tmp_path,
        [one, two, decided],
        [
            level,
            replace(level, coder="B", level="strong"),
            replace(level, coder="C", level="moderate", adjudicates=("A", "B")),
        ],
    )
    labels = load_labels([tmp_path], Collection(corpus.folder))
    assert [(each.coder, each.label.code) for each in labels.passages] == [("C", "I")]
    assert [(each.coder, each.level) for each in labels.levels] == [("C", "moderate")]
    assert len(read_passage_labels(tmp_path)) == 3


def test_labels_of_a_missing_file_go_to_its_copy_or_are_reported(
    corpus: TinyCorpus, shipped: Path, tmp_path: Path
) -> None:
    """A new edition of the file: another hash, a line more. And a document that the collection does not have."""
    folder = tmp_path / "corpus"
    shutil.copytree(corpus.folder, folder)
    plan, gone = corpus.plans[0], corpus.plans[1]
    text = (folder / plan.file).read_text(encoding="utf-8").replace("<h1>", "<p>Second edition.</p><h1>")
    (folder / plan.file).write_text(text, encoding="utf-8")
    rows = (folder / "documents.csv").read_text(encoding="utf-8").splitlines()
    first = rows[1].split(",")
    rows[1] = ",".join([first[0], "e" * 64, *first[2:]])
    (folder / "documents.csv").write_text(
        "\n".join(row for row in rows if f",{gone.name}," not in row) + "\n", encoding="utf-8"
    )
    labels = load_labels([shipped], Collection(folder))
    mine = [row for row in corpus.labels if row["document"] == plan.name]
    assert [each.passage.text for each in labels.passages if each.label.document == plan.name] == [
        row["text"] for row in mine
    ]
    lost = {each.label.document for each in labels.lost}
    assert lost == {gone.name}
    assert "no file of the document" in " ".join(labels.report())


def second_file(corpus: TinyCorpus, folder: Path) -> tuple[str, tuple[str, ...]]:
    """A copy of the collection in which the first plan has another file: half of its passages, and three of its own.

    Returns the hash of that file, and the texts that only it has.
    """
    shutil.copytree(corpus.folder, folder)
    plan = corpus.plans[0]
    texts = [str(row["text"]) for row in corpus.labels if row["document"] == plan.name]
    own = (
        "The annex lists nineteen bus depots of the capital.",
        "A further table names the towns that keep a register of trees.",
        "Its last page thanks the councils of eleven coastal cities.",
    )
    body = "".join(f"<p>{text}</p>" for text in (*texts[::2], *own))
    data = f"<html><body>{body}</body></html>".encode()
    (folder / "html" / "second.html").write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    with (folder / "documents.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    again = {**rows[0], "file": "html/second.html", "sha256": sha256, "bytes": len(data)}
    write_csv(folder / "documents.csv", [*rows, again])
    return sha256, own


def test_labels_on_another_file_of_a_document_stand_beside_those_on_the_first(
    corpus: TinyCorpus, shipped: Path, tmp_path: Path
) -> None:
    sha256, own = second_file(corpus, tmp_path / "corpus")
    document = read(tmp_path / "corpus" / "html" / "second.html")
    mine = []
    for passage in segment(document):
        anchor = anchor_at(document, passage.start, passage.end, None)
        mine.append(PassageLabel(corpus.plans[0].name, anchor, "Zoe", "", "1.0", "X"))
    append(tmp_path / "mine", mine)
    shutil.copytree(shipped, tmp_path / "readers")
    (tmp_path / "readers" / "coders.csv").write_text("coder,kind\nA,automated\n", encoding="utf-8")
    collection = Collection(tmp_path / "corpus")
    before = load_labels([tmp_path / "readers"], collection)
    labels = load_labels([tmp_path / "readers", tmp_path / "mine"], collection)
    assert not labels.lost
    assert len(labels.passages) == len(before.passages) + len(own), "a passage of both files counts once"
    hers = [each for each in labels.passages if each.coder == "Zoe"]
    assert len(hers) == len(mine), "a person's label counts before an automated reader's"
    assert {each.passage.text for each in hers if each.sha256 == sha256} == set(own)
    assert sum(bool(each.instead_of) for each in hers) == len(mine) - len(own)

    known = training_labels_of(load_dataset(before, collection))
    dataset = load_dataset(labels, collection)
    found = explained(changes(known, training_labels_of(dataset, known)), known, dataset)
    assert not found.removed
    assert sum(map(len, found.new.values())) == len(own)
    preferred = load_labels([tmp_path / "readers", tmp_path / "mine"], collection, prefer=["A"])
    assert [each.coder for each in preferred.passages if each.coder == "Zoe"] == ["Zoe"] * len(own)
    with pytest.raises(UsageError, match="Yves labelled nothing"):
        load_labels([tmp_path / "mine"], collection, prefer=["Yves"])


def test_each_missing_label_is_explained(corpus: TinyCorpus, shipped: Path, tmp_path: Path) -> None:
    collection = Collection(corpus.folder)
    whole = load_dataset(load_labels([shipped], collection), collection)
    known = training_labels_of(whole)
    first, second = corpus.plans[0].name, corpus.plans[1].name
    stored = read_passage_labels(shipped)
    absent = fingerprint(
        "Nothing of the kind stands in any of the plans of this corpus, as a coder would see at once."
    )
    kept = [each for each in stored if each.document != second][1:]
    moved = replace(kept[0], anchor=replace(kept[0].anchor, fingerprint=absent, start=9, length=90))
    write_passage_labels(tmp_path, [moved, *kept[1:]])
    append(tmp_path, levels=[level for level in read_level_labels(shipped) if level.document != second])
    dataset = load_dataset(load_labels([tmp_path], collection), collection)
    found = explained(changes(known, training_labels_of(dataset, known)), known, dataset)
    gone = sum(each.document == second for each in stored)
    assert len(found.missing) == sum(map(len, found.removed.values())) + len(found.removed_documents)
    reasons = Counter((each.document, each.reason) for each in found.missing)
    assert reasons == {(first, GONE): 2, (second, NOT_GIVEN): gone + 1}
    assert f"{second}, level" in str(found.missing[-1])


def test_a_relocation_counts_files_and_reasons(corpus: TinyCorpus, shipped: Path) -> None:
    codings = read_passage_labels(shipped)
    odd = replace(codings[0], anchor=replace(codings[0].anchor, sha256="f" * 64))
    result = relocate([*codings, odd], Collection(corpus.folder))
    figures = result.figures()
    assert figures["files"]["coded html"] | {"how": {}} == {
        "files": len(corpus.plans),
        "labels": len(codings),
        "found": len(codings),
        "share": 1.0,
        "how": {},
        "refused": {},
    }
    assert figures["labels_without_file"] == 1
    assert all(isinstance(each.outcome, Found) for each in result.placed if each.relation == "coded")
    assert json.dumps(figures)


def test_a_folder_without_labels_is_named(corpus: TinyCorpus, tmp_path: Path) -> None:
    with pytest.raises(PathMissing, match=r"passages\.csv"):
        load_labels([corpus.annotations, tmp_path], Collection(corpus.folder))


def test_a_folder_of_levels_alone_is_enough(corpus: TinyCorpus, shipped: Path, tmp_path: Path) -> None:
    write_csv(
        tmp_path / "levels.csv",
        [{"document": corpus.plans[0].name, "coder": "A", "level": "low", "confidence": 1, "dedicated": 0}],
    )
    labels = load_labels([shipped, tmp_path], Collection(corpus.folder))
    assert len(labels.levels) == len(corpus.plans)
    assert next(each.level for each in labels.levels if each.document == corpus.plans[0].name) == "low"


def test_labels_made_before_the_register_are_known_by_their_files(
    corpus: TinyCorpus, shipped: Path, tmp_path: Path
) -> None:
    """Coded from a run without a register: the document is named by its file."""
    plan = corpus.plans[0].name
    mine = [each for each in read_passage_labels(shipped) if each.document == plan]
    sha256 = mine[0].anchor.sha256
    write_passage_labels(tmp_path, [replace(each, document="XXX_a file") for each in mine])
    append(tmp_path, levels=[LevelLabel("XXX_a file", sha256, "A", "", "1.0", "low", 2, False)])
    labels = load_labels([tmp_path], Collection(corpus.folder))
    assert {each.label.document for each in labels.passages} == {plan}
    assert [each.document for each in labels.levels] == [plan]
    assert len(labels.passages) == len(mine)


def test_levels_that_training_cannot_use_are_reported(
    corpus: TinyCorpus, shipped: Path, tmp_path: Path
) -> None:
    append(tmp_path, levels=[LevelLabel("XZZ_2022", "", "A", "", "1.0", "low", 2, False)])
    told = " ".join(load_labels([shipped, tmp_path], Collection(corpus.folder)).report())
    assert "1 level is of documents without a coded passage" in told
