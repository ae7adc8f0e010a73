"""A passage that a coder typed in a review, as it was not in the list, is found by its text or refused, not lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from coded_corpus import ENGLISH, CodedCorpus, make_corpus

from ndc_urban.exchange.import_report import ImportReport
from ndc_urban.exchange.importing import import_labels
from ndc_urban.labels.store import read_passage_labels

TYPED = "tram line joins the harbour with the NORTHERN quarters"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> CodedCorpus:
    return make_corpus(tmp_path_factory.mktemp("typed") / "corpus")


def imported(
    corpus: CodedCorpus, folder: Path, *cells: dict[str, Any], partial: bool = False
) -> ImportReport:
    """Imports a review of the first document with a typed passage for each of `cells`."""
    unit = corpus.units[0]
    common = {"document": unit.document, "sha256": unit.anchor.sha256, "codebook": "1.0", "coder": "Ana"}
    common |= {"typed": True, "page": None, "text": TYPED, "code": "E", "sector": "tr", "strand": "m"}
    common |= {"role": "r", "comment": "", "coded_at": "2026-08-31T10:00:00.000Z"}
    value = {"format": "ndc-urban-review", "version": 1, "entries": {}, "levels": []}
    file = folder / "review.json"
    file.write_text(json.dumps(value | {"passages": [common | each for each in cells]}) + "\n")
    return import_labels(file, corpus.folder, folder / "labels", partial=partial)


def test_a_typed_passage_becomes_a_label_where_its_text_is(corpus: CodedCorpus, tmp_path: Path) -> None:
    done = imported(corpus, tmp_path, {})
    assert (done.imported, done.blocking) == (1, ())
    assert [each.kind for each in done.problems] == ["reanchored"]
    assert done.problems[0].message.startswith("Found: ")
    (label,) = read_passage_labels(tmp_path / "labels")
    text = corpus.library.open(corpus.library.by_hash[label.anchor.sha256]).text
    found = text[label.anchor.start : label.anchor.start + label.anchor.length]
    assert found == ENGLISH[4].removeprefix("A ")
    assert (label.code, label.suggestion, label.review) == ("E", "", "")


def test_a_typed_passage_that_is_a_listed_one_is_the_same_unit(corpus: CodedCorpus, tmp_path: Path) -> None:
    imported(corpus, tmp_path, {"text": ENGLISH[0]})
    (label,) = read_passage_labels(tmp_path / "labels")
    assert label.anchor == corpus.units[0].anchor


def test_text_that_the_document_lacks_is_refused_with_what_to_do(corpus: CodedCorpus, tmp_path: Path) -> None:
    lacking = {"text": "Ropeways climb from the old town to the hills of the capital."}
    done = imported(corpus, tmp_path, {}, lacking)
    assert not done.applied
    (problem,) = (each for each in done.problems if each.severity == "error")
    assert problem.place.row == 2
    assert "ndc-urban read" in problem.remedy
    done = imported(corpus, tmp_path, {}, lacking, partial=True)
    assert (done.imported, done.refused) == (1, 1)


@pytest.mark.parametrize(("cells", "lacks"), [({"code": ""}, "code"), ({"text": ""}, "text")])
def test_a_typed_passage_that_is_not_finished_is_named(
    corpus: CodedCorpus, tmp_path: Path, cells: dict[str, str], lacks: str
) -> None:
    done = imported(corpus, tmp_path, cells)
    assert not done.applied
    assert [(each.kind, each.place.column) for each in done.problems] == [(f"no_{lacks}", lacks)]
