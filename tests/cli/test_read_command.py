"""`ndc-urban read`: the text, or pages and blocks as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from finished import Program

from ndc_urban import runs
from ndc_urban.document import Block, Document, Page
from ndc_urban.errors import DamagedFile

DOCUMENT = Document(
    Path("plan.pdf"),
    "0" * 64,
    "pdf",
    (
        Page(1, (Block("heading", "Cities", 1, (1.234567, 2, 3, 4), level=2),), "pdfium", 595, 842),
        Page(
            2, (Block("table_row", "a | b", 2, cells=("a", "b"), header=("x", "y")),), "pdfplumber", 595, 842
        ),
        Page(3, (), "pdfium", 595, 842, needs_ocr=True),
    ),
    language="en",
    notes=("Page 3 is a picture.",),
)


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plan.pdf").touch()
    monkeypatch.setattr(runs, "read_alone", lambda path, **options: DOCUMENT)


def test_text_has_blocks_apart_and_notes_on_stderr(program: Program) -> None:
    done = program("read", "plan.pdf")
    assert (done.status, done.out) == (0, "Cities\n\na | b\n")
    assert done.err == "Note: Page 3 is a picture.\n"


def test_json_has_pages_and_blocks(program: Program) -> None:
    document = json.loads(program("read", "plan.pdf", "--format", "json").out)
    assert (document["path"], document["language"], document["format"]) == ("plan.pdf", "en", "pdf")
    assert [page["reader"] for page in document["pages"]] == ["pdfium", "pdfplumber", "pdfium"]
    assert document["pages"][2]["needs_ocr"] is True
    (heading,) = document["pages"][0]["blocks"]
    assert heading["level"] == 2
    assert heading["bbox"] == [1.23, 2, 3, 4]
    (row,) = document["pages"][1]["blocks"]
    assert (row["cells"], row["header"]) == (["a", "b"], ["x", "y"])


def test_a_missing_file_is_wrong_usage(program: Program) -> None:
    done = program("read", "nowhere.pdf")
    assert done.status == 2
    assert "(path_missing)" in done.err


def test_an_unreadable_file_is_an_error_with_a_remedy(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, **options: object) -> None:
        raise DamagedFile(path, "The file is damaged.")

    monkeypatch.setattr(runs, "read_alone", fail)
    done = program("read", "plan.pdf")
    assert (done.status, done.out) == (1, "")
    assert done.err.splitlines()[-1] == "(damaged_file)"


def test_options_reach_the_reader(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, object] = {}

    def remember(path: Path, **options: object) -> Document:
        seen.update(options)
        return DOCUMENT

    monkeypatch.setattr(runs, "read_alone", remember)
    options = "--reader pdfium --ocr never --timeout 7 --memory-limit 999 --max-pages 9"
    assert program("read", "plan.pdf", *options.split()).status == 0
    assert seen == {
        "reader": "pdfium",
        "ocr": "never",
        "timeout": 7,
        "memory_limit": 999,
        "max_pages": 9,
    }
