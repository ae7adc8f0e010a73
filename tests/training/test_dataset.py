"""Labels meet documents: which label counts, which files are read, and which Parties may be trained on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tiny_corpus import TinyCorpus, make_plans, write_corpus, write_csv, write_jsonl
from tiny_training import dataset_of

from ndc_urban.document import folded
from ndc_urban.errors import AnnotationsInvalid, NdcUrbanError
from ndc_urban.identity import party_of
from ndc_urban.labels.records import LevelLabel
from ndc_urban.training.dataset import Dataset, one_coder

TWO_PARTIES: Mapping[str, str] = {"XAA": "Aldmere", "XAB": "Brontia"}


@pytest.fixture
def small(tmp_path: Path) -> TinyCorpus:
    return write_corpus(tmp_path, make_plans(TWO_PARTIES))


def relabelled(corpus: TinyCorpus, change: Callable[[dict[str, object]], dict[str, object]]) -> TinyCorpus:
    """The collection with its passage labels changed."""
    write_jsonl(corpus.annotations / "passages.jsonl", [change(dict(row)) for row in corpus.labels])
    return corpus


def test_every_label_stands_on_the_passage_that_the_program_sees(
    dataset: Dataset, corpus: TinyCorpus
) -> None:
    coded = [each for each in dataset.passages if each.passage.language == "en"]
    assert len(coded) == len(corpus.labels)
    sections: dict[tuple[str, str], set[str]] = {}
    for labelled in coded:
        sections.setdefault((labelled.label.document, labelled.label.text), set()).add(labelled.label.section)
    for labelled in coded:
        assert labelled.passage.text == labelled.label.text
        assert labelled.passage.section[-1] in sections[labelled.label.document, labelled.label.text]
        assert len(labelled.passage.section) == 2
        assert labelled.party == labelled.label.document[:3]


def test_the_coded_file_comes_first_and_its_twins_follow(dataset: Dataset) -> None:
    assert len(dataset.documents) == 24
    for document in dataset.documents:
        assert [version.entry.language for version in document.versions] == ["en", "fr"]
        assert {version.entry.document for version in document.versions} == {document.name}
        assert document.round in ("2016-17", "2022")
        assert all(version.passages for version in document.versions)


def test_twins_can_be_left_out(small: TinyCorpus) -> None:
    assert all(len(document.versions) == 1 for document in dataset_of(small, twins=False).documents)


def test_spaces_case_and_punctuation_do_not_part_label_and_passage(small: TinyCorpus) -> None:
    changed = relabelled(
        small, lambda row: row | {"text": str(row["text"]).upper().replace(" ", "  ").rstrip(".")}
    )
    assert all(len(labelled.passage.section) == 2 for labelled in dataset_of(changed).passages)
    assert folded("The  City, of\u00a0Belport.") == folded("the city OF belport")


def test_a_passage_that_is_segmented_otherwise_is_taken_as_the_coder_saw_it(small: TinyCorpus) -> None:
    changed = relabelled(small, lambda row: row | {"text": "Of no document | at all"})
    passage = dataset_of(changed).passages[0].passage
    assert (passage.text, passage.kind, passage.language) == ("Of no document | at all", "table_row", "en")
    assert passage.section == (small.labels[0]["section"],)


def test_labels_of_parties_kept_for_evaluation_are_refused_in_training(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, make_plans(TWO_PARTIES), evaluation_only=["XAB"])
    with pytest.raises(AnnotationsInvalid, match="evaluation") as caught:
        dataset_of(corpus)
    assert "XAB_2016-17" in caught.value.message
    assert "XAA" not in caught.value.message
    assert len(dataset_of(corpus, for_training=False).documents) == 4


def test_a_file_outside_the_register_is_named(small: TinyCorpus) -> None:
    with pytest.raises(AnnotationsInvalid, match=r"html/none\.html"):
        dataset_of(relabelled(small, lambda row: row | {"source": "html/none.html"}))


def test_of_several_coders_the_first_counts() -> None:
    labels = [
        LevelLabel(document, "", coder, "", "1.0", level, 3, False)
        for document, coder, level in (
            ("XAA_2022", "B", "strong"),
            ("XAA_2022", "A", "low"),
            ("XAB_2022", "B", "moderate"),
        )
    ]
    assert [label.level for label in one_coder(labels, unit=lambda label: label.document)] == [
        "low",
        "moderate",
    ]


def test_a_second_coder_adds_no_passages(small: TinyCorpus) -> None:
    before = len(dataset_of(small).passages)
    rows = [*small.labels, *(dict(row) | {"coder": "B"} for row in small.labels)]
    write_jsonl(small.annotations / "passages.jsonl", rows)
    assert len(dataset_of(small).passages) == before


def test_the_party_is_the_first_part_of_a_name() -> None:
    assert party_of("XAA_2016-17") == "XAA"


def test_a_twin_that_cannot_be_read_is_left_out(small: TinyCorpus) -> None:
    (small.folder / small.plans[0].french_file).write_bytes(b"\x00")
    versions = {document.name: len(document.versions) for document in dataset_of(small).documents}
    assert versions.pop(small.plans[0].name) == 1
    assert set(versions.values()) == {2}


def test_levels_without_labelled_passages_are_no_documents(small: TinyCorpus) -> None:
    level = {"document": "XAC_2022", "coder": "A", "level": "low", "confidence": 1, "dedicated": 0}
    write_csv(small.annotations / "levels.csv", [level])
    assert dataset_of(small).documents == ()


@pytest.mark.parametrize("twins", [True, False])
def test_a_coded_file_that_cannot_be_read_is_named(small: TinyCorpus, twins: bool) -> None:
    plan = small.plans[0]
    (small.folder / plan.file).write_bytes(b"\x00")
    with pytest.raises(NdcUrbanError, match=plan.name):
        dataset_of(small, twins=twins)
