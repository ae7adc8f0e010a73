"""Broken and hostile PDFs: a typed error or pages, never anything else."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hostile_pdfs
import pytest
from fpdf import FPDF
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ndc_urban.document import Page
from ndc_urban.errors import DamagedFile, EncryptedFile, ReadingError, TooManyPages
from ndc_urban.reading.pdf.pages import read_pdf

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


def test_files_cut_at_every_percent_give_pages_or_a_typed_error() -> None:
    for percent in range(1, 100):
        found = read_or_error(SMALL[: len(SMALL) * percent // 100])
        assert isinstance(found, (tuple, DamagedFile)), percent


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kids=st.lists(st.lists(st.integers(0, 7), max_size=4), min_size=6, max_size=6),
    counts=st.lists(st.integers(-1, 40), min_size=6, max_size=6),
    reader=st.sampled_from(READERS),
)
def test_page_trees_of_any_shape_end(kids: list[list[int]], counts: list[int], reader: str) -> None:
    """Nodes 0 to 5 hold each other, themselves, a page (6) or nothing (7), and say how many pages that makes."""
    names = [2, *range(6, 11), 3, 99]
    nodes = [
        f"<< /Type /Pages /Kids [{' '.join(f'{names[kid]} 0 R' for kid in own)}] /Count {count} >>"
        for own, count in zip(kids, counts, strict=True)
    ]
    found = read_or_error(hostile_pdfs.one_page(pages=nodes[0], more=nodes[1:]), reader)
    assert isinstance(found, ReadingError) or found


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    layers=st.integers(1, 4),
    megabytes=st.integers(1, 8),
    pattern=st.sampled_from([b" ", b"[", b"q\n", b"\0"]),
)
def test_streams_deflated_again_and_again_end(layers: int, megabytes: int, pattern: bytes) -> None:
    content = hostile_pdfs.bomb(pattern, megabytes, layers)
    assert isinstance(read_or_error(hostile_pdfs.one_page(content=content)), (tuple, ReadingError))


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
    data = hostile_pdfs.pdf(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"])
    with pytest.raises(DamagedFile):
        read_pdf(NAME, data, reader=reader)  # type: ignore[arg-type]


@pytest.mark.parametrize("reader", READERS)
def test_a_loop_in_the_page_tree_ends(reader: str) -> None:
    data = hostile_pdfs.pdf(
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
    data = hostile_pdfs.pdf(
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
    data = hostile_pdfs.pdf(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1e38 1e38] >>",
        ]
    )
    assert isinstance(read_or_error(data), (tuple, ReadingError))


def test_a_bad_page_does_not_lose_the_others() -> None:
    stream = "BT /F1 12 Tf 20 200 Td (Trees cool the town) Tj ET"
    data = hostile_pdfs.pdf(
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


@contextmanager
def collected_after(objects: int) -> Iterator[None]:
    usual = gc.get_threshold()
    gc.set_threshold(objects, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@pytest.mark.parametrize(("objects", "within"), [(700, 50_000), (0, 0), (60_000, 60_000)])
def test_garbage_is_looked_for_less_often_while_a_file_is_read_but_no_more_often(
    objects: int, within: int
) -> None:
    seen = []
    with collected_after(objects):
        read_pdf(Path("a.pdf"), small_pdf(), on_page=lambda _: seen.append(gc.get_threshold()[0]))
        assert gc.get_threshold()[0] == objects
        with pytest.raises(DamagedFile):
            read_pdf(Path("a.pdf"), b"")
        assert gc.get_threshold()[0] == objects
    assert set(seen) == {within}
