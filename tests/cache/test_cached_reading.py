"""A document from the cache is the one that was read, with the passages that segmenting finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ndc_urban.cache import reading as cached
from ndc_urban.cache.documents import as_lines, from_lines
from ndc_urban.cache.entries import READ, Entries, sizes
from ndc_urban.corpus.inputs import search
from ndc_urban.document import Block, Document, Page
from ndc_urban.errors import EmptyFile, FileUnreadable
from ndc_urban.files import sha256_of
from ndc_urban.reading import read as read_anew
from ndc_urban.reading.options import OcrMode
from ndc_urban.runs.worker import Settings, reading_key_of
from ndc_urban.segment import segment

HTML = (
    "<html><body><h1>Plan of Atlantis</h1><p>The cities will plant trees along all streets by 2030.</p>"
    "<table><tr><th>Sector</th><th>Measure</th></tr><tr><td>Transport</td><td>Buses for towns</td></tr></table>"
    "<h2>Aims</h2><ul><li>Wells for villages</li></ul></body></html>"
)


def test_everything_that_a_document_holds_comes_back() -> None:
    blocks = (
        Block("heading", "Aims \ud83d of the city", 1, (1.5, 2.0, 3.25, 4.0), level=2),
        Block("table_row", "a | b", 1, cells=("a", "", "b"), header=("x", "", "y")),
        Block("paragraph", 'Line \u2028 with "quotes" and \\ signs', 1, page_turns=((5, 2),)),
    )
    pages = (
        Page(1, blocks, "pdfium", 595.0, 842.5, damaged=True, printed="iv"),
        Page(2, (), "ocr", needs_ocr=True),
    )
    document = Document(Path("a.pdf"), "0" * 64, "pdf", pages, "en", ("a note", "another"))
    document = replace(document, passages=segment(document))
    again = from_lines(as_lines(document), Path("b.pdf"), "0" * 64)
    assert replace(again, path=document.path) == document
    assert again.passages == document.passages
    assert document.passages


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.html"
    path.write_text(HTML, encoding="utf-8")
    return path


def test_a_file_is_read_once(plan: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = read_anew(plan)
    first = cached.read(plan)
    with monkeypatch.context() as patched:
        patched.setattr("ndc_urban.reading.formats.detect_format", None)
        patched.setattr("ndc_urban.reading.detect_format", None)
        second = cached.read(plan)
    assert fresh == first == second
    assert segment(fresh) == segment(second)
    assert sizes(own_cache)[READ].entries == 1


@pytest.mark.parametrize("change", ["content", "ending", "settings", "version"])
def test_what_decides_the_text_is_part_of_the_key(
    plan: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    cached.read(plan)
    if change == "content":
        plan.write_text(HTML.replace("2030", "2040"), encoding="utf-8")
        assert "2040" in cached.read(plan).text
    elif change == "ending":
        cached.read(plan.rename(plan.with_suffix(".htm")))
    elif change == "settings":
        cached.read(plan, max_pages=7)
    else:
        monkeypatch.setattr(cached, "reading_version", lambda: "another")
        cached.read(plan)
    assert sizes(own_cache)[READ].entries == 2


@pytest.mark.parametrize(
    ("page", "notes", "reads"),
    [
        (Page(1, (), "pdfium"), (), 1),
        (Page(1, (), "ocr"), (), 2),
        (Page(1, (), "pdfium", needs_ocr=True), (), 2),
        (Page(1, (), "pdfium", damaged=True), (), 2),
        (Page(1, (), "pdfium"), ("Tesseract found no text in the picture of page 1.",), 2),
    ],
    ids=["sound", "recognised", "to be recognised", "damaged", "nothing found"],
)
@pytest.mark.parametrize("modes", [("auto", "never"), ("never", "auto")], ids=" then ".join)
def test_a_reading_serves_both_modes_unless_recognition_matters(
    plan: Path,
    monkeypatch: pytest.MonkeyPatch,
    modes: tuple[OcrMode, OcrMode],
    page: Page,
    notes: tuple[str, ...],
    reads: int,
) -> None:
    made: list[OcrMode] = []

    def read_invented(path: Path, *, ocr: OcrMode, **_: object) -> Document:
        made.append(ocr)
        return Document(path, sha256_of(path), "pdf", (page,), notes=notes)

    monkeypatch.setattr("ndc_urban.reading.read", read_invented)
    for mode in (*modes, *modes):
        cached.read(plan, ocr=mode)
    assert made == list(modes[:reads])


def test_a_document_that_a_run_has_read_is_not_read_again(plan: Path, own_cache: Path) -> None:
    settings = Settings(model=Path("none"), cache=own_cache)
    (job,) = search([plan]).inputs
    cached.read(plan, ocr="never")
    assert Entries(own_cache, READ).has(dict(reading_key_of(job, replace(settings, ocr="never"))))
    cached.read(plan)
    assert sizes(own_cache)[READ].entries == 1


def test_errors_are_those_of_reading(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="no such file"):
        cached.read(tmp_path / "missing.pdf")
    (tmp_path / "empty.pdf").touch()
    with pytest.raises(EmptyFile):
        cached.read(tmp_path / "empty.pdf")


def test_pages_that_were_given_up_are_not_kept() -> None:
    document = Document(Path("a.pdf"), "0" * 64, "pdf", (), notes=("Tesseract failed on page 3.",))
    assert not cached.is_lasting(document)
    assert cached.is_lasting(replace(document, notes=("Tesseract found no text on page 3.",)))
