"""Highlighted copies: the highlight covers the words of the passage, and the original stays as it is."""

from __future__ import annotations

import ctypes
import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest

from ndc_urban.document import Block, Document, Page
from ndc_urban.errors import DamagedFile
from ndc_urban.labels.anchors import normalised
from ndc_urban.report import report, write_report
from ndc_urban.report.pdf_copies import AUTHOR, write_copy
from ndc_urban.report.records import LevelResult, ReportDocument, ReportPassage
from ndc_urban.report.wording import reason_words
from ndc_urban.runs import Run

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
FIRST = "The city council will build a tram line and a bus lane."
SECOND = "Municipal waste of all towns goes to a sorting plant."


def no_reading(path: Path) -> Document:
    raise DamagedFile(path, "is not read again")


def document_of(path: Path, *passages: ReportPassage) -> ReportDocument:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    level = LevelResult("low", 1.0, 0.0, 0.0)
    return ReportDocument(
        digest[:12],
        str(path),
        path.name,
        digest,
        "XXX_x",
        "",
        "",
        "en",
        1,
        "ok",
        result=level,
        passages=passages,
    )


def evidence(text: str, page: int = 1, rank: int = 1, start: int = 0) -> ReportPassage:
    return ReportPassage(rank, page, "", "paragraph", text, 0.97, "E", "tr", rank=rank, start=start)


def highlights(path: Path) -> Iterator[tuple[int, str, str]]:
    """Page, note and covered text of each highlight."""
    document = pdfium.PdfDocument(path)
    for index in range(len(document)):
        page = document[index]
        text = page.get_textpage()
        for at in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
            note = pdfium_c.FPDFPage_GetAnnot(page, at)
            if pdfium_c.FPDFAnnot_GetSubtype(note) == pdfium_c.FPDF_ANNOT_HIGHLIGHT:
                yield index + 1, string_of(note, b"Contents"), " ".join(covered(note, text))
            pdfium_c.FPDFPage_CloseAnnot(note)


def covered(note: object, text: pdfium.PdfTextPage) -> Iterator[str]:
    points = pdfium_c.FS_QUADPOINTSF()
    for at in range(pdfium_c.FPDFAnnot_CountAttachmentPoints(note)):
        assert pdfium_c.FPDFAnnot_GetAttachmentPoints(note, at, ctypes.byref(points))
        yield text.get_text_bounded(points.x1 - 0.5, points.y3 - 0.5, points.x2 + 0.5, points.y1 + 0.5)


def string_of(note: object, key: bytes) -> str:
    size = pdfium_c.FPDFAnnot_GetStringValue(note, key, None, 0)
    buffer = ctypes.create_string_buffer(size)
    pdfium_c.FPDFAnnot_GetStringValue(
        note, key, ctypes.cast(buffer, ctypes.POINTER(pdfium_c.FPDF_WCHAR)), size
    )
    return buffer.raw[: size - 2].decode("utf-16-le")


def check_with_qpdf(path: Path) -> None:
    if shutil.which("qpdf"):
        done = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_evidence_of_a_run_is_highlighted(run: Run, files: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in files.iterdir()}
    data = report(run, out=tmp_path / "out")
    written = write_report(data, tmp_path / "out", pdf=True)
    copies = [name for name in written.files if name.startswith("pdf/")]
    assert len(copies) == 4
    for document in data.documents:
        name = f"pdf/{document.key}-{document.name}"
        if name not in copies:
            continue
        check_with_qpdf(written.folder / name)
        marks = list(highlights(written.folder / name))
        assert {note.split(",")[0] for _, note, _ in marks} == {
            f"Evidence {each.rank}" for each in document.evidence
        }
        for passage in document.evidence:
            found = " ".join(text for _, note, text in marks if note.startswith(f"Evidence {passage.rank},"))
            words = {word for word in passage.text.split() if len(normalised(word)) > 5}
            assert sum(normalised(word) in normalised(found) for word in words) >= 0.9 * len(words)
            assert passage.page in [
                page for page, note, _ in marks if note.startswith(f"Evidence {passage.rank},")
            ]
    assert {path.name: path.read_bytes() for path in files.iterdir()} == before
    assert f'"link":"{copies[0]}"' in written.page.read_text(encoding="utf-8")
    assert any("it was not scored" in problem for problem in written.problems)


def two_columns(path: Path, turn: int = 0) -> Path:
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_font("Helvetica", size=11)
    pdf.add_page()
    for column, text in ((20, FIRST), (110, SECOND)):
        pdf.set_xy(column, 40)
        pdf.multi_cell(70, 6, text)
    pdf.output(str(path))
    if turn:
        document = pdfium.PdfDocument(path)
        document[0].set_rotation(turn)
        turned = path.with_name("turned.pdf")
        document.save(turned)
        return turned
    return path


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_columns_and_turned_pages(tmp_path: Path, turn: int) -> None:
    path = two_columns(tmp_path / "two.pdf", turn)
    document = document_of(path, evidence(FIRST), evidence(SECOND, rank=2))
    copy = write_copy(document, tmp_path, "copy.pdf", no_reading)
    assert (copy.highlighted, copy.areas, copy.lost) == (2, 0, 0)
    marks = {note.split(",")[0]: text for _, note, text in highlights(tmp_path / "copy.pdf")}
    assert normalised(marks["Evidence 1"]) == normalised(FIRST)
    assert normalised(marks["Evidence 2"]) == normalised(SECOND)
    check_with_qpdf(tmp_path / "copy.pdf")


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_recognised_page_is_highlighted_by_its_area(tmp_path: Path, turn: int) -> None:
    path = two_columns(tmp_path / "two.pdf", turn)
    pdf_page = pdfium.PdfDocument(path)[0]
    width, height = pdf_page.get_size()
    shown = pdf_page.render(scale=1).to_numpy()[..., 0] < 128
    rows, columns = shown.any(axis=1).nonzero()[0], shown.any(axis=0).nonzero()[0]
    box = (float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))
    text = "Recognised words that the text layer does not hold at all."
    page = Page(1, (Block("paragraph", text, 1, box),), "ocr", width, height)
    document = document_of(path, evidence(text))
    read = Document(path, document.sha256, "pdf", (page,))
    copy = write_copy(document, tmp_path, "copy.pdf", lambda _: read)
    assert (copy.highlighted, copy.areas) == (0, 1)
    ((_, _, text),) = highlights(tmp_path / "copy.pdf")
    assert normalised(FIRST)[:20] in normalised(text)
    assert normalised(SECOND)[-9:] in normalised(text)


def test_a_passage_over_two_pages_is_highlighted_on_both(tmp_path: Path) -> None:
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_font("Helvetica", size=11)
    for text in (FIRST, SECOND):
        pdf.add_page()
        pdf.multi_cell(150, 6, text)
    pdf.output(str(tmp_path / "x.pdf"))
    copy = write_copy(
        document_of(tmp_path / "x.pdf", evidence(f"{FIRST} {SECOND}")), tmp_path, "copy.pdf", no_reading
    )
    assert copy.highlighted == 1
    assert [page for page, _, _ in highlights(tmp_path / "copy.pdf")] == [1, 2]


def test_notes_have_an_author(tmp_path: Path) -> None:
    path = two_columns(tmp_path / "two.pdf")
    write_copy(document_of(path, evidence(FIRST)), tmp_path, "copy.pdf", no_reading)
    page = pdfium.PdfDocument(tmp_path / "copy.pdf")[0]
    note = pdfium_c.FPDFPage_GetAnnot(page, 0)
    assert string_of(note, b"T") == AUTHOR
    assert string_of(note, b"Contents") == "Evidence 1, urban with 97%, code E, transport and mobility"


def test_why_there_is_no_copy(tmp_path: Path) -> None:
    path = two_columns(tmp_path / "two.pdf")
    good = document_of(path, evidence(FIRST))
    cases = {
        "no longer": replace(good, path=str(tmp_path / "gone.pdf")),
        "has changed": replace(good, sha256="0" * 64),
        "no evidence": replace(good, passages=()),
        "not scored": replace(good, result=None),
        "none of its evidence": replace(good, passages=(evidence("Something else stands in this passage."),)),
    }
    for name, ending in (("encrypted", "protected"), ("truncated", "broken")):
        cases[ending] = document_of(SAMPLES / f"vardania-first-ndc-en-{name}.pdf", evidence(FIRST))
    html = tmp_path / "x.html"
    html.write_text("<p>text</p>", encoding="utf-8")
    cases["not a PDF"] = document_of(html, evidence(FIRST))
    for reason, document in cases.items():
        copy = write_copy(document, tmp_path, "copy.pdf", no_reading)
        assert reason in reason_words(copy.why_not)
        assert "{" not in reason_words(copy.why_not, 7)
        assert not (tmp_path / "copy.pdf").exists()
