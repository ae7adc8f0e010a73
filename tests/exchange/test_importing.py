"""Codings against their documents: at their place, at another one, in another file, or refused with the reason."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from coded_corpus import ENGLISH, CodedCorpus, coding_of, level_of, make_corpus

from ndc_urban.corpus.library import Holding, Library, open_library
from ndc_urban.exchange.bundling import Request, make_bundle
from ndc_urban.exchange.coding_sheet import Suggestion
from ndc_urban.exchange.drawn_sample import Drawn
from ndc_urban.exchange.import_report import ImportReport
from ndc_urban.exchange.import_result import ImportedRow, ImportResult, Place
from ndc_urban.exchange.importing import add_codings, saved_at
from ndc_urban.exchange.predictions import Predicted
from ndc_urban.exchange.registry import FORMATS, format_of
from ndc_urban.labels.anchors import Anchor, fingerprint
from ndc_urban.labels.records import PassageLabel
from ndc_urban.labels.store import append, read_level_labels, read_passage_labels


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> CodedCorpus:
    return make_corpus(Path(tmp_path_factory.mktemp("coded"), "corpus"))


def given(*codings: PassageLabel) -> ImportResult:
    """A file with these codings, one a row."""
    items = [ImportedRow(coding, Place("x.csv", row=row)) for row, coding in enumerate(codings, 2)]
    return ImportResult((), passages=tuple(items))


def file_with(folder: Path, *paragraphs: str, document: str = "XAA_2022") -> Holding:
    """A plan written anew: other bytes, so another hash."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    path = folder / f"{document}-again.html"
    path.write_text(f"<html><body><h1>Plan, again</h1>{body}</body></html>", encoding="utf-8")
    return Holding(hashlib.sha256(path.read_bytes()).hexdigest(), document, path)


def kinds(report: ImportReport) -> list[str]:
    return [problem.kind for problem in report.problems]


def test_a_place_that_moved_is_found_by_its_text(corpus: CodedCorpus, tmp_path: Path) -> None:
    unit = corpus.units[2]
    moved = replace(coding_of(unit, "E"), anchor=replace(unit.anchor, start=unit.anchor.start + 7))
    report = add_codings(given(moved), corpus.library, tmp_path / "labels")
    assert (report.imported, report.reanchored, kinds(report)) == (1, 1, ["reanchored"])
    assert read_passage_labels(tmp_path / "labels")[0].anchor == unit.anchor


def test_the_file_that_was_coded_is_not_there_but_another_one_of_its_document(
    corpus: CodedCorpus, tmp_path: Path
) -> None:
    holding = file_with(tmp_path, "A new first paragraph on boats.", *ENGLISH)
    report = add_codings(given(coding_of(corpus.units[0], "E")), Library((holding,)), tmp_path / "labels")
    assert (report.imported, kinds(report)) == (1, ["reanchored"])
    assert "another file" in report.problems[0].message
    anchor = read_passage_labels(tmp_path / "labels")[0].anchor
    assert anchor.sha256 == holding.sha256
    assert anchor.fingerprint == corpus.units[0].anchor.fingerprint


def test_a_text_that_the_document_does_not_hold(corpus: CodedCorpus, tmp_path: Path) -> None:
    text = "Nothing of this kind stands anywhere in the plan of this country."
    anchor = Anchor(corpus.units[0].anchor.sha256, None, 3, len(text), fingerprint(text))
    other = replace(coding_of(corpus.units[0], "E"), anchor=anchor)
    report = add_codings(given(other), corpus.library, tmp_path / "labels", partial=True)
    assert (report.imported, report.refused, kinds(report)) == (0, 1, ["not_found"])
    assert "does not contain the text" in report.problems[0].message


def test_a_text_that_stands_twice_is_not_guessed_at(corpus: CodedCorpus, tmp_path: Path) -> None:
    holding = file_with(tmp_path, ENGLISH[0], ENGLISH[1], ENGLISH[0])
    report = add_codings(given(coding_of(corpus.units[0], "E")), Library((holding,)), tmp_path / "labels")
    assert kinds(report) == ["not_found"]
    assert "2 places" in report.problems[0].message


def test_two_codings_that_turn_out_to_be_of_one_passage(corpus: CodedCorpus, tmp_path: Path) -> None:
    unit = corpus.units[0]
    same = replace(coding_of(unit, "E"), anchor=replace(unit.anchor, start=unit.anchor.start + 3))
    report = add_codings(given(coding_of(unit, "E"), same), corpus.library, tmp_path / "labels")
    assert (report.imported, sorted(kinds(report))) == (1, ["reanchored", "repeated"])
    differing = replace(same, code="N", sector="", strand="", role="", coder="Ben")
    report = add_codings(
        given(coding_of(unit, "E", "Ben"), differing), corpus.library, tmp_path / "labels", partial=True
    )
    assert (report.imported, "conflict" in kinds(report)) == (0, True)


def test_a_file_that_cannot_be_read(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = tmp_path / "XAA_2022.pdf"
    path.write_bytes(b"%PDF-1.4 broken")
    holding = Holding(corpus.units[0].anchor.sha256, "XAA_2022", path)
    report = add_codings(given(coding_of(corpus.units[0], "E")), Library((holding,)), tmp_path / "labels")
    assert kinds(report) == ["not_found"]
    assert "XAA_2022.pdf cannot be read" in report.problems[0].message


def test_a_file_that_changed_since_it_was_registered(corpus: CodedCorpus, tmp_path: Path) -> None:
    holding = file_with(tmp_path, *ENGLISH)
    lying = replace(holding, sha256=corpus.units[0].anchor.sha256)
    report = add_codings(given(coding_of(corpus.units[0], "E")), Library((lying,)), tmp_path / "labels")
    assert kinds(report) == ["not_found"]
    assert "has changed" in report.problems[0].message


def test_adjudicated_codings_stand_beside_what_they_settle(corpus: CodedCorpus, tmp_path: Path) -> None:
    unit = corpus.units[0]
    append(tmp_path / "labels", [coding_of(unit, "E"), coding_of(unit, "X", "Ben")])
    settled = replace(coding_of(unit, "X", "Ben"), adjudicates=("Ana", "Ben"))
    report = add_codings(given(settled), corpus.library, tmp_path / "labels")
    assert (report.imported, report.conflicts) == (1, 0)
    assert len(read_passage_labels(tmp_path / "labels")) == 3


def test_levels_of_documents_that_are_not_there(corpus: CodedCorpus, tmp_path: Path) -> None:
    key = corpus.sheet.documents[0]
    levels = [level_of(*key), level_of("XZZ_2022", "f" * 64)]
    items = tuple(ImportedRow(level, Place("x.csv", row=row)) for row, level in enumerate(levels, 2))
    report = add_codings(ImportResult((), levels=items), corpus.library, tmp_path / "labels", partial=True)
    assert (report.imported, kinds(report)) == (1, ["unknown_document"])
    assert [level.document for level in read_level_labels(tmp_path / "labels")] == [key[0]]


def test_a_coding_without_a_timestamp_gets_that_of_the_file(corpus: CodedCorpus, tmp_path: Path) -> None:
    coding = replace(coding_of(corpus.units[0], "N"), coded_at="")
    known = coding_of(corpus.units[1], "N")
    add_codings(
        given(coding, known), corpus.library, tmp_path / "labels", saved_at="2026-09-03T08:00:00+00:00"
    )
    timestamps = [each.coded_at for each in read_passage_labels(tmp_path / "labels")]
    assert timestamps == ["2026-09-03T08:00:00+00:00", "2026-08-31T10:00:00"]


def test_when_a_file_was_saved(corpus: CodedCorpus, tmp_path: Path) -> None:
    import os

    path = tmp_path / "x.jsonl"
    FORMATS["jsonl"].write(corpus.coded("N"), path)
    for file in tmp_path.iterdir():
        os.utime(file, (1_788_170_400, 1_788_170_400))
    assert saved_at(format_of(path).read(path)) == "2026-08-31T10:00:00+00:00"
    FORMATS["xlsx"].write(corpus.coded("N"), tmp_path / "x.xlsx")
    os.utime(tmp_path / "x.xlsx", (0, 0))
    assert saved_at(format_of(tmp_path / "x.xlsx").read(tmp_path / "x.xlsx")).startswith("20")
    assert "1970" not in saved_at(format_of(tmp_path / "x.xlsx").read(tmp_path / "x.xlsx"))


def test_a_folder_of_annotations_is_an_import_too(corpus: CodedCorpus, tmp_path: Path) -> None:
    """Its tables have anchors and no texts: what stands at the anchors is held against the fingerprints."""
    coded = corpus.coded("E", "N", "I").sheet
    append(tmp_path / "theirs", coded.codings, coded.levels)
    returned = format_of(tmp_path / "theirs").read(tmp_path / "theirs")
    report = add_codings(returned, corpus.library, tmp_path / "mine")
    assert (report.imported, report.problems) == (5, ())
    for table in ("passages.csv", "levels.csv"):
        assert (tmp_path / "mine" / table).read_bytes() == (tmp_path / "theirs" / table).read_bytes()


# What is exported


def test_drawn_passages_are_found_or_reported(corpus: CodedCorpus, tmp_path: Path) -> None:
    """One at its place, one by its text, and one that the document does not hold."""
    first, second = corpus.units[0].anchor, corpus.units[2].anchor
    places = frozenset(
        {
            (first.start, first.length, first.fingerprint),
            (second.start + 5, second.length, second.fingerprint),
            (9999, 10, fingerprint("not there")),
        }
    )
    drawn = Drawn((first.sha256,), {first.sha256: places})
    holding = corpus.library.by_hash[first.sha256]
    exported = make_bundle([holding], corpus.library, Request(drawn=drawn))
    assert [unit.anchor for unit in exported.bundle.sheet.units] == [first, second]
    assert exported.unmatched == 1


def test_passages_of_a_run_that_are_read_otherwise_now(corpus: CodedCorpus) -> None:
    said = Suggestion("ab", 0.5, "E")
    unit = corpus.units[0]
    predicted = Predicted(((unit.text, said), ("a passage of an older reading", said)))
    holding = corpus.library.by_hash[unit.anchor.sha256]
    request = Request(predictions={holding.sha256: predicted}, suggest=True)
    exported = make_bundle([holding], corpus.library, request)
    assert [(each.text, each.suggestion) for each in exported.bundle.sheet.units] == [(unit.text, said)]
    assert exported.unmatched == 1


# Where files lie


def test_a_library_of_any_folder(corpus: CodedCorpus, tmp_path: Path) -> None:
    folder = tmp_path / "plans" / "deep"
    folder.mkdir(parents=True)
    for path in corpus.folder.glob("*.html"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "~$lock.docx").write_bytes(b"x")
    library = open_library(tmp_path / "plans")
    assert library.by_hash.keys() == corpus.library.by_hash.keys()
    report = add_codings(given(coding_of(corpus.units[0], "E")), library, tmp_path / "labels")
    assert report.imported == 1


def test_a_registers_name_goes_before_a_files_name(corpus: CodedCorpus) -> None:
    digest = corpus.units[0].anchor.sha256
    by_file = Holding(digest, "XXX_scan", corpus.folder / "XAA_2022-en.html")
    library = Library((by_file,)).with_more(corpus.library)
    assert library.by_hash[digest].document == "XAA_2022"
