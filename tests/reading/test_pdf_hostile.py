"""Broken and hostile PDFs: a typed error or pages, never anything else."""

from __future__ import annotations

from pathlib import Path

import pytest
from fpdf import FPDF
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ndc_urban.document import Page
from ndc_urban.errors import DamagedFile, EncryptedFile, ReadingError, TooManyPages
from ndc_urban.reading.pdf import read_pdf

NAME = Path("hostile.pdf")
READERS = ("auto", "pdfium", "pdfplumber")


def small_pdf(pages: int = 2) -> bytes:
    pdf = FPDF()
    pdf.set_font("Helvetica", size=11)
    for number in range(1, pages + 1):
        pdf.add_page()
        pdf.multi_cell(
            0, 6, f"Plan {'ABCDE'[number]} of the town: green roofs and shaded streets, one by one. " * 3
        )
    return bytes(pdf.output())


SMALL = small_pdf()


def pdf_of(objects: list[str]) -> bytes:
    """A PDF of the given objects, numbered from 1, the first being the catalogue."""
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    return out + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode()


def read_or_error(data: bytes, reader: str = "auto") -> tuple[Page, ...] | ReadingError:
    try:
        return read_pdf(NAME, data, reader=reader)  # type: ignore[arg-type]
    except ReadingError as error:
        return error


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF", b"no pdf at all", b"\x00" * 4096])
def test_what_is_no_pdf_is_damaged(data: bytes, reader: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        read_pdf(NAME, data, reader=reader)  # type: ignore[arg-type]
    assert caught.value.path == NAME
    assert caught.value.remedy


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.999])
@pytest.mark.parametrize("reader", READERS)
def test_truncated_files_give_pages_or_a_typed_error(share: float, reader: str) -> None:
    found = read_or_error(SMALL[: int(len(SMALL) * share)], reader)
    assert isinstance(found, (tuple, DamagedFile))


def test_a_file_that_only_lacks_its_end_is_still_read() -> None:
    found = read_or_error(SMALL[:-8])
    assert isinstance(found, tuple)
    assert "green roofs" in found[0].blocks[0].text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_flipped_bytes_give_pages_or_a_typed_error(flips: list[tuple[int, int]]) -> None:
    data = bytearray(SMALL)
    for at, value in flips:
        data[at] = value
    found = read_or_error(bytes(data))
    assert isinstance(found, (tuple, ReadingError))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(SMALL) - 1), st.sampled_from(["pdfium", "pdfplumber"]))
def test_cut_anywhere_gives_pages_or_a_typed_error(at: int, reader: str) -> None:
    assert isinstance(read_or_error(SMALL[:at], reader), (tuple, ReadingError))


@pytest.mark.parametrize("reader", READERS)
def test_a_password_is_asked_for_by_a_typed_error(reader: str) -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    pdf.cell(text="Secret")
    pdf.set_encryption(owner_password="owner", user_password="user")  # noqa: S106
    with pytest.raises(EncryptedFile):
        read_pdf(NAME, bytes(pdf.output()), reader=reader)  # type: ignore[arg-type]


@pytest.mark.parametrize("reader", READERS)
def test_an_empty_user_password_simply_opens(reader: str) -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    pdf.cell(text="Open to all who read")
    pdf.set_encryption(owner_password="owner")  # noqa: S106
    (page,) = read_pdf(NAME, bytes(pdf.output()), reader=reader)  # type: ignore[arg-type]
    assert page.blocks[0].text == "Open to all who read"


@pytest.mark.parametrize("reader", READERS)
def test_a_file_without_pages_is_damaged(reader: str) -> None:
    data = pdf_of(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"])
    with pytest.raises(DamagedFile):
        read_pdf(NAME, data, reader=reader)  # type: ignore[arg-type]


@pytest.mark.parametrize("reader", READERS)
def test_a_loop_in_the_page_tree_ends(reader: str) -> None:
    data = pdf_of(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>",
        ]
    )
    found = read_or_error(data, reader)
    assert isinstance(found, (tuple, ReadingError))


def test_a_form_that_holds_itself_ends() -> None:
    stream = "q /X Do Q"
    data = pdf_of(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R"
            " /Resources << /XObject << /X 5 0 R >> >> >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
            "<< /Type /XObject /Subtype /Form /BBox [0 0 300 300] /Resources << /XObject << /X 5 0 R >> >>"
            f" /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    )
    assert isinstance(read_or_error(data), (tuple, ReadingError))


def test_a_page_that_claims_to_be_infinite_is_read() -> None:
    data = pdf_of(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1e38 1e38] >>",
        ]
    )
    assert isinstance(read_or_error(data), (tuple, ReadingError))


def test_a_bad_page_does_not_lose_the_others() -> None:
    stream = "BT /F1 12 Tf 20 200 Td (Trees cool the town) Tj ET"
    data = pdf_of(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R"
            " /Resources << /Font << /F1 5 0 R >> >> >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            "(not a page)",
        ]
    )
    found = read_or_error(data)
    assert isinstance(found, tuple)
    assert found[0].blocks[0].text == "Trees cool the town"
    assert all(not page.blocks for page in found[1:])


@pytest.mark.parametrize("reader", READERS)
def test_too_many_pages_are_refused(reader: str) -> None:
    with pytest.raises(TooManyPages) as caught:
        read_pdf(NAME, small_pdf(3), reader=reader, max_pages=2)  # type: ignore[arg-type]
    assert "3" in caught.value.message
