"""The entry point: every kind of file in, a document or a sentence that helps out."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import docx
import pytest
from fpdf import FPDF

from ndc_urban import reading
from ndc_urban.document import Block, Page
from ndc_urban.errors import (
    DamagedFile,
    EmptyFile,
    FileUnreadable,
    NeedsOcr,
    NoText,
    OcrUnavailable,
    TooManyPages,
    UnsupportedFormat,
)
from ndc_urban.reading import read
from ndc_urban.reading.pdf_document import name_pages

SENTENCE = "The council will extend the tram network to the outer districts before the end of the decade."


def pdf_bytes(*texts: str) -> bytes:
    """A PDF with a page for each text."""
    pdf = FPDF()
    pdf.set_font("Helvetica", size=12)
    for text in texts:
        pdf.add_page()
        pdf.multi_cell(0, 6, text)
    return bytes(pdf.output())


def page(number: int, text: str = "", *, needs_ocr: bool = False) -> Page:
    blocks = (Block("paragraph", text, page=number),) if text else ()
    return Page(number=number, blocks=blocks, reader="pdfium", needs_ocr=needs_ocr)


@pytest.fixture
def without_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


@pytest.fixture
def pdf_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """A PDF whose reader returns the given pages."""

    def make(*pages: Page) -> Path:
        path = tmp_path / "plan.pdf"
        path.write_bytes(pdf_bytes(*[SENTENCE] * len(pages)))
        monkeypatch.setattr("ndc_urban.reading.pdf_document.read_pdf", lambda *_, **__: pages)
        return path

    return make


def test_pdf(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(
        pdf_bytes(SENTENCE, "A second page about the trees that line the streets of the old town.")
    )
    document = read(path)
    assert document.format == "pdf"
    assert document.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert document.language == "en"
    assert document.page_count == 2
    assert "tram network" in document.text
    assert document.notes == ()


def test_pdf_behind_junk_bytes(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n" + pdf_bytes(SENTENCE))
    assert "tram network" in read(path).text


def test_too_many_pages(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(pdf_bytes(SENTENCE, SENTENCE))
    with pytest.raises(TooManyPages):
        read(path, max_pages=1)


def test_text_html_and_docx(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text(SENTENCE, encoding="utf-8")
    (tmp_path / "plan.html").write_text(f"<html><body><p>{SENTENCE}</p></body></html>", encoding="utf-8")
    word = docx.Document()
    word.add_paragraph(SENTENCE)
    word.save(str(tmp_path / "plan.docx"))
    for suffix, format in (("txt", "text"), ("html", "html"), ("docx", "docx")):
        document = read(tmp_path / f"plan.{suffix}", ocr="always")
        assert (document.format, document.text, document.language) == (format, SENTENCE, "en")
        assert document.page_count is None
        assert document.notes == ()


def test_files_under_a_wrong_name_are_read_with_a_note(tmp_path: Path) -> None:
    word = docx.Document()
    word.add_paragraph(SENTENCE)
    word.save(str(tmp_path / "word.pdf"))
    (tmp_path / "page.pdf").write_text(f"<!DOCTYPE html><p>{SENTENCE}</p>", encoding="utf-8")
    (tmp_path / "really.txt").write_bytes(pdf_bytes(SENTENCE))
    for name, format in (("word.pdf", "docx"), ("page.pdf", "html"), ("really.txt", "pdf")):
        document = read(tmp_path / name)
        assert document.format == format
        assert "tram network" in document.text
        (note,) = document.notes
        assert "is named" in note


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyFile),
        (b"\x89PNG\r\n\x1a\n", UnsupportedFormat),
        (b"%PDF-1.7 and nothing more", DamagedFile),
        (b"<html><body><script>x</script></body></html>", NoText),
        (b"<html></html>", NoText),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes, error: type[Exception]) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(content)
    with pytest.raises(error):
        read(path)


def test_paths_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="no such file"):
        read(tmp_path / "missing.pdf")
    with pytest.raises(FileUnreadable, match="folder"):
        read(tmp_path)


@pytest.mark.usefixtures("without_tesseract")
def test_scans_need_recognition(pdf_of) -> None:  # type: ignore[no-untyped-def]
    path = pdf_of(page(1, "Downloaded from a register"), page(2, needs_ocr=True), page(3, needs_ocr=True))
    with pytest.raises(NeedsOcr, match="pages 2 and 3 of 3") as caught:
        read(path)
    assert caught.value.pages == (2, 3)
    assert "Tesseract" in caught.value.remedy


@pytest.mark.usefixtures("without_tesseract")
def test_partly_scanned_documents_are_returned_with_a_note(pdf_of) -> None:  # type: ignore[no-untyped-def]
    document = read(pdf_of(page(1, SENTENCE), page(2, needs_ocr=True), page(3, SENTENCE)))
    assert document.pages_needing_ocr == (2,)
    (note,) = document.notes
    assert "page 2 of 3" in note


@pytest.mark.usefixtures("without_tesseract")
def test_recognition_by_name_needs_tesseract(pdf_of) -> None:  # type: ignore[no-untyped-def]
    path = pdf_of(page(1, SENTENCE))
    with pytest.raises(OcrUnavailable, match="not installed") as caught:
        read(path, ocr="always")
    assert "tesseract-ocr" in caught.value.remedy


def test_empty_pages_are_no_scan(pdf_of) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NoText):
        read(pdf_of(page(1), page(2)))


@pytest.mark.parametrize(
    ("numbers", "named"),
    [
        ([4], "page 4"),
        ([4, 5], "pages 4 and 5"),
        ([1, 2, 3, 7], "pages 1 to 3 and 7"),
        ([1, 3, 4, 8, 9, 10], "pages 1, 3 and 4 and 8 to 10"),
    ],
)
def test_page_numbers_in_words(numbers: list[int], named: str) -> None:
    assert name_pages(numbers) == named


def test_heavy_libraries_are_loaded_when_used() -> None:
    heavy = ("lxml", "pypdfium2", "pdfplumber", "lingua", "docx", "numpy")
    code = f"import sys, {reading.__name__}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_language_without_vocabulary_is_named(tmp_path: Path) -> None:
    path = tmp_path / "plano.txt"
    path.write_text(
        "A câmara municipal vai plantar árvores nas ruas da cidade e nos bairros até ao fim da década. " * 3
    )
    document = read(path)
    assert document.language == "pt"
    assert any("in Portuguese" in note for note in document.notes)
    path.write_text(
        "The council will plant trees in the streets of the town until the end of the decade. " * 3
    )
    assert read(path).notes == ()
