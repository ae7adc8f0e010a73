"""Labels meet documents: which label counts, which files are read, and which Parties may be trained on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_corpus import TinyCorpus, make_plans, write_corpus, write_csv, write_jsonl
from tiny_training import dataset_of

from ndc_urban.cache.entries import READ, sizes
from ndc_urban.corpus.register import Collection
from ndc_urban.document import folded
from ndc_urban.errors import AnnotationsInvalid
from ndc_urban.identity import party_of
from ndc_urban.labels.adjudication import one_per_unit
from ndc_urban.labels.loading import UNREADABLE, load_labels
from ndc_urban.labels.records import LevelLabel
from ndc_urban.training.dataset import Dataset, read_ahead

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
    for labelled, row in zip(coded, corpus.labels, strict=True):
        assert labelled.passage.text == row["text"]
        assert labelled.passage.section[-1] == row["section"]
        assert len(labelled.passage.section) == 2
        assert labelled.party == labelled.label.document[:3]


def test_the_coded_file_comes_first_and_its_copies_follow(dataset: Dataset) -> None:
    assert len(dataset.documents) == 24
    for document in dataset.documents:
        assert [version.entry.language for version in document.versions] == ["en", "fr"]
        assert {version.entry.document for version in document.versions} == {document.name}
        assert document.round in ("2016-17", "2022")
        assert all(version.passages for version in document.versions)


def test_copies_can_be_left_out(small: TinyCorpus) -> None:
    assert all(len(document.versions) == 1 for document in dataset_of(small, other_versions=False).documents)


def test_spaces_case_and_punctuation_do_not_part_label_and_passage(small: TinyCorpus) -> None:
    changed = relabelled(
        small, lambda row: row | {"text": str(row["text"]).upper().replace(" ", "  ").rstrip(".")}
    )
    assert all(len(labelled.passage.section) == 2 for labelled in dataset_of(changed).passages)
    assert folded("The  City, of\u00a0Belport.") == folded("the city OF belport")


def test_a_label_of_a_text_that_is_not_in_the_file_is_left_out_and_reported(small: TinyCorpus) -> None:
    row = dict(small.labels[0]) | {"text": "Of no document | at all, and so of none of its passages"}
    write_jsonl(small.annotations / "passages.jsonl", [row, *small.labels[1:]])
    labels = load_labels([small.annotations], Collection(small.folder))
    assert len(labels.passages) == len(small.labels) - 1
    assert [each.label.document for each in labels.lost] == [row["document"]]
    assert "1 label is left out" in " ".join(labels.report())


def test_a_part_of_a_passage_keeps_its_language_headings_and_column_headings(tmp_path: Path) -> None:
    """Coded in French, in a table, two headings deep: all this is learned with the part that was coded."""
    corpus = write_corpus(tmp_path, make_plans(TWO_PARTIES))
    plan = corpus.plans[0]
    cell = "Le réseau de tramway de la capitale sera prolongé vers les quartiers du nord avant la fin de la décennie"
    html = (
        "<h1>Plan climat</h1><h2>Transports</h2><h3>Mesures dans les villes</h3><table>"
        "<tr><th>Secteur</th><th>Mesure prévue</th></tr>"
        f"<tr><td>Transports en commun et mobilité</td><td>{cell}</td></tr>"
        "<tr><td>Énergie</td><td>Les bâtiments publics seront isolés dans toutes les provinces du pays</td></tr>"
        "</table><p>Le gouvernement rendra compte chaque année de la mise en œuvre de ces mesures.</p>"
    )
    (corpus.folder / plan.french_file).write_text(html, encoding="utf-8")
    rows = [
        dict(row) | {"source": plan.french_file, "text": cell}
        for row in corpus.labels
        if row["document"] == plan.name
    ][:1]
    write_jsonl(corpus.annotations / "passages.jsonl", rows)
    labels = load_labels([corpus.annotations], Collection(corpus.folder))
    (placed,) = labels.passages
    whole = next(each for each in labels.files[plan.name].passages if cell in each.text)
    assert placed.passage.text == cell != whole.text
    assert placed.passage == replace(whole, text=cell, start=placed.passage.start, end=placed.passage.end)
    assert placed.passage.language == "fr"
    assert placed.passage.kind == "table_row"
    assert placed.passage.header == ("Secteur", "Mesure prévue")
    assert placed.passage.section == ("Plan climat", "Transports", "Mesures dans les villes")


def test_a_heading_that_was_coded_is_a_passage_of_its_block(small: TinyCorpus) -> None:
    row = next(row for row in small.labels if row["code"] == "N")
    heading = str(row["section"])
    write_jsonl(small.annotations / "passages.jsonl", [dict(row) | {"text": heading}])
    (placed,) = load_labels([small.annotations], Collection(small.folder)).passages
    assert (placed.passage.text, placed.passage.kind, placed.passage.language) == (heading, "heading", "en")


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


def test_of_several_coders_the_first_counts_and_an_adjudicator_before_all() -> None:
    labels = [
        LevelLabel(document, "", coder, "", "1.0", level, 3, False, adjudicates=adjudicates)
        for document, coder, level, adjudicates in (
            ("XAA_2022", "B", "strong", ()),
            ("XAA_2022", "A", "low", ()),
            ("XAB_2022", "B", "moderate", ()),
            ("XAC_2022", "A", "low", ()),
            ("XAC_2022", "C", "moderate", ("A", "B")),
            ("XAC_2022", "B", "strong", ()),
        )
    ]
    assert [counted.item.level for counted in one_per_unit(labels, lambda label: label.document)] == [
        "low",
        "moderate",
        "moderate",
    ]


def test_a_second_coder_adds_no_passages(small: TinyCorpus) -> None:
    before = len(dataset_of(small).passages)
    rows = [*small.labels, *(dict(row) | {"coder": "B"} for row in small.labels)]
    write_jsonl(small.annotations / "passages.jsonl", rows)
    assert len(dataset_of(small).passages) == before


def test_the_party_is_the_first_part_of_a_name() -> None:
    assert party_of("XAA_2016-17") == "XAA"


def test_a_copy_that_cannot_be_read_is_left_out(small: TinyCorpus) -> None:
    (small.folder / small.plans[0].french_file).write_bytes(b"\x00")
    versions = {document.name: len(document.versions) for document in dataset_of(small).documents}
    assert versions.pop(small.plans[0].name) == 1
    assert set(versions.values()) == {2}


def test_levels_without_labelled_passages_are_no_documents(small: TinyCorpus) -> None:
    level = {"document": "XAC_2022", "coder": "A", "level": "low", "confidence": 1, "dedicated": 0}
    write_csv(small.annotations / "levels.csv", [level])
    assert dataset_of(small).documents == ()


def test_labels_of_a_coded_file_that_cannot_be_read_are_left_out_and_reported(small: TinyCorpus) -> None:
    """The French version is there still, but it does not hold the English texts."""
    plan = small.plans[0]
    (small.folder / plan.file).write_bytes(b"\x00")
    labels = load_labels([small.annotations], Collection(small.folder))
    assert {each.label.document for each in labels.lost} == {plan.name}
    assert plan.name not in {document.name for document in dataset_of(small).documents}
    (small.folder / plan.french_file).unlink()
    lost = load_labels([small.annotations], Collection(small.folder)).lost
    assert {each.reason for each in lost} == {UNREADABLE}


@pytest.mark.slow
def test_files_are_read_ahead_by_several_processes(small: TinyCorpus, own_cache: Path) -> None:
    collection = Collection(small.folder)
    (small.folder / small.plans[0].file).unlink()
    wanted = {small.plans[0].name, small.plans[1].name}
    read_ahead(wanted, collection, jobs=1)
    assert sizes(own_cache)[READ].entries == 0
    read_ahead(wanted, collection, jobs=2)
    assert sizes(own_cache)[READ].entries == 3, "the English file of one document is missing"


@pytest.mark.slow
def test_processes_that_are_kept_read_into_the_cache_of_now(
    small: TinyCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection, wanted = Collection(small.folder), {small.plans[1].name}
    for name in ("first", "second"):
        monkeypatch.setenv("NDC_URBAN_CACHE", str(tmp_path / name))
        read_ahead(wanted, collection, jobs=2)
        assert sizes(tmp_path / name)[READ].entries == 2
