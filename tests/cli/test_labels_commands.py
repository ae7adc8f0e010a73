"""`ndc-urban annotations anchor`, `relocate` and `agreement` on a made-up collection."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from finished import Program
from tiny_corpus import TinyCorpus, make_plans, write_corpus

from ndc_urban.errors import EXIT_ERROR, EXIT_OK, EXIT_USAGE
from ndc_urban.labels.store import append, read_level_labels, read_passage_labels

pytestmark = pytest.mark.usefixtures("few_further_rows", "samples_read_once")

PARTIES = {"XAA": "Aldmere", "XAB": "Brontia", "XAC": "Corvale"}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> TinyCorpus:
    return write_corpus(tmp_path_factory.mktemp("tiny"), make_plans(PARTIES))


@pytest.fixture
def shipped(program: Program, corpus: TinyCorpus, tmp_path: Path) -> Path:
    folder = tmp_path / "shipped"
    done = program(
        "annotations", "anchor", corpus.annotations, "--corpus", corpus.folder, "--into", folder, "--quiet"
    )
    assert done.status == EXIT_OK, done.err
    shutil.copy(corpus.annotations / "levels.csv", folder)
    return folder


@pytest.fixture
def second(shipped: Path, tmp_path: Path) -> Path:
    """What a second coder says of the first ten passages and of two documents: one passage and one level differ."""
    folder = tmp_path / "second"
    codings = [replace(each, coder="B") for each in read_passage_labels(shipped)[:10]]
    codings[2] = replace(codings[2], code="X", sector="", strand="", role="")
    assert codings[2].code != read_passage_labels(shipped)[2].code
    levels = [replace(each, coder="B") for each in read_level_labels(shipped)[:2]]
    levels[1] = replace(levels[1], level="low" if levels[1].level != "low" else "strong")
    append(folder, codings, levels)
    return folder


def test_anchoring_says_what_it_did_and_overwrites_nothing(
    program: Program, corpus: TinyCorpus, shipped: Path
) -> None:
    before = (shipped / "passages.csv").read_bytes()
    done = program("annotations", "anchor", corpus.annotations, "--corpus", corpus.folder, "--into", shipped)
    assert done.status == EXIT_USAGE
    assert "output_exists" in done.err
    assert (shipped / "passages.csv").read_bytes() == before
    done = program("annotations", "anchor", shipped, "--corpus", corpus.folder, "--into", shipped / "new")
    assert done.status == EXIT_USAGE
    assert "passages.jsonl" in done.err


def test_all_labels_find_their_place(
    program: Program, corpus: TinyCorpus, shipped: Path, tmp_path: Path
) -> None:
    out = tmp_path / "places.csv"
    arguments = ("annotations", "relocate", "--annotations", shipped, "--corpus", corpus.folder)
    done = program(*arguments, "--out", out, "--json", "--quiet")
    assert (done.status, done.err) == (EXIT_OK, "")
    figures = json.loads(done.out)
    assert figures["labels"] == len(corpus.labels)
    assert figures["files"]["coded html"]["share"] == 1.0
    with out.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == len(corpus.labels)
    assert {row["how"] for row in rows} == {"place"}
    assert not any(str(row["text"]) in out.read_text(encoding="utf-8") for row in corpus.labels)
    done = program(*arguments)
    assert f"{len(corpus.labels)} of {len(corpus.labels)} labels (100.0%)" in done.out
    assert program(*arguments, "--out", out).status == EXIT_USAGE


def test_labels_that_are_not_found_are_reported_with_reasons(
    program: Program, corpus: TinyCorpus, shipped: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(corpus.folder, folder)
    for plan in corpus.plans[:2]:
        (folder / plan.file).write_text(
            "<html><body><p>Nothing of it is left.</p></body></html>", encoding="utf-8"
        )
    (folder / corpus.plans[2].file).unlink()
    done = program("annotations", "relocate", "--annotations", shipped, "--corpus", folder)
    assert done.status == EXIT_OK
    assert "does not contain the text" in done.out
    assert f"not read (no text layer, or damaged): {corpus.plans[2].file}" in done.out


@pytest.mark.parametrize("missing", ["--annotations", "--corpus"])
def test_missing_folders_are_wrong_usage(
    program: Program, corpus: TinyCorpus, shipped: Path, tmp_path: Path, missing: str
) -> None:
    given = {"--annotations": shipped, "--corpus": corpus.folder} | {missing: tmp_path}
    done = program("annotations", "relocate", *(each for pair in given.items() for each in pair))
    assert done.status == EXIT_USAGE
    assert "path_missing" in done.err


def test_training_takes_shipped_labels_and_own_ones_together(
    program: Program, corpus: TinyCorpus, shipped: Path, tmp_path: Path
) -> None:
    """Too few Parties to learn from, but the labels of both folders were read and told apart."""
    changed = replace(read_passage_labels(shipped)[0], code="X")
    append(tmp_path / "own", [changed])
    done = program(
        "train", "--annotations", shipped, "--annotations", tmp_path / "own",
        "--corpus", corpus.folder, "--out", tmp_path / "model", "--jobs", 1,
    )  # fmt: skip
    assert "1 passage differs from an earlier label by the same coder" in done.err


def test_agreement_of_two_coders(program: Program, shipped: Path, second: Path) -> None:
    done = program("annotations", "agreement", shipped, second, "--json")
    assert (done.status, done.err) == (EXIT_OK, "")
    found = json.loads(done.out)
    assert found["code"]["units"] == 10
    assert found["code"]["pairs"][0]["agreed"]["value"] == 0.9
    assert found["level"]["measure"] == "ordinal"
    assert found["level"]["units"] == 2
    done = program("annotations", "agreement", shipped, second)
    assert "Krippendorff's alpha (nominal)" in done.out
    assert "quadratic weighted kappa" in done.out


def test_one_coder_alone_cannot_agree(program: Program, shipped: Path, tmp_path: Path) -> None:
    done = program("annotations", "agreement", shipped)
    assert done.status == EXIT_ERROR
    assert "annotations_invalid" in done.err
    assert program("annotations", "agreement", tmp_path).status == EXIT_USAGE


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_disagreements_are_settled_and_the_originals_kept(
    program: Program, corpus: TinyCorpus, shipped: Path, second: Path, tmp_path: Path, suffix: str
) -> None:
    sheet = tmp_path / f"to-settle{suffix}"
    arguments = (
        "annotations",
        "agreement",
        shipped,
        second,
        "--corpus",
        corpus.folder,
        "--disagreements",
        sheet,
    )
    done = program(*arguments)
    assert done.status == EXIT_OK, done.err
    assert "1 passage and 1 document to settle" in done.err
    assert program(*arguments).status == EXIT_USAGE
    filled = fill_in_xlsx(sheet) if suffix == ".xlsx" else fill_in_csv(sheet)
    done = program(
        "annotations",
        "import",
        filled,
        "--corpus",
        corpus.folder,
        "--into",
        second,
        "--coder",
        "C",
        "--quiet",
    )
    assert done.status == EXIT_OK, done.out + done.err
    decided = [each for each in read_passage_labels(second) if each.adjudicates]
    assert [(each.coder, each.code, each.adjudicates) for each in decided] == [("C", "N", ("A", "B"))]
    levels = [each for each in read_level_labels(second) if each.adjudicates]
    assert [(each.coder, each.level, each.adjudicates) for each in levels] == [("C", "moderate", ("A", "B"))]
    assert len(read_passage_labels(second)) == 11
    again = tmp_path / f"again{suffix}"
    done = program(
        "annotations", "agreement", shipped, second, "--corpus", corpus.folder, "--disagreements", again
    )
    assert "0 passages and 0 documents to settle" in done.err
    assert "2 are settled already" in done.err


def fill_in_csv(sheet: Path) -> Path:
    for path, column, value in (
        (sheet, "code", "N"),
        (sheet.with_name("to-settle-levels.csv"), "level", "moderate"),
    ):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        assert len(rows) == 1
        assert rows[0]["said by A"] != rows[0]["said by B"]
        rows[0][column] = value
        if column == "level":
            rows[0] |= {"confidence": "3", "dedicated": "0"}
        with path.open("w", encoding="utf-8-sig", newline="") as lines:
            writer = csv.DictWriter(lines, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return sheet


def fill_in_xlsx(sheet: Path) -> Path:
    import openpyxl

    book = openpyxl.load_workbook(sheet)
    for name, values in (
        ("Passages", {"code": "N"}),
        ("Levels", {"level": "moderate", "confidence": 3, "dedicated": 0}),
    ):
        header = [cell.value for cell in book[name][1]]
        for column, value in values.items():
            book[name].cell(2, header.index(column) + 1, value)
    book.save(sheet)
    return sheet


def test_disagreements_need_the_documents_and_a_known_ending(
    program: Program, corpus: TinyCorpus, shipped: Path, second: Path, tmp_path: Path
) -> None:
    done = program("annotations", "agreement", shipped, second, "--disagreements", tmp_path / "a.xlsx")
    assert done.status == EXIT_USAGE
    assert "--corpus" in done.err
    done = program(
        "annotations",
        "agreement",
        shipped,
        second,
        "--corpus",
        corpus.folder,
        "--disagreements",
        tmp_path / "a.doc",
    )
    assert done.status == EXIT_USAGE
