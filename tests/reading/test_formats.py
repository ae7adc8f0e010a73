"""The format of a file is told by its content; what cannot be read is named."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndc_urban.errors import DamagedFile, EncryptedFile, ReadingError, UnsupportedFormat
from ndc_urban.reading.formats import OLE_MAGIC, detect_format, format_note

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj"
HTML = b"<!DOCTYPE html><html><body><p>Buses for all.</p></body></html>"


def zip_of(*names: str, mimetype: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        if mimetype:
            package.writestr("mimetype", mimetype)
        for name in names:
            package.writestr(zipfile.ZipInfo(name), "x")  # a fixed date: the bytes are part of a test's id
    return buffer.getvalue()


def ole_of(stream: str) -> bytes:
    return OLE_MAGIC + bytes(504) + stream.encode("utf-16-le")


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.pdf", PDF, "pdf"),
        ("a.txt", PDF, "pdf"),
        ("a.pdf", b"junk from a mail server\r\n\r\n" + PDF, "pdf"),
        ("a.pdf", bytes(1000) + PDF, "pdf"),
        ("a.html", HTML, "html"),
        ("a.pdf", HTML, "html"),
        ("a.txt", b"\xef\xbb\xbf  <!-- saved -->\n<HTML lang='fr'>", "html"),
        ("a.htm", b"Buses <b>for</b> all", "html"),
        ("a.html", HTML.decode().encode("utf-16"), "html"),
        ("a.docx", zip_of("[Content_Types].xml", "word/document.xml"), "docx"),
        ("a.pdf", zip_of("[Content_Types].xml", "word/document.xml"), "docx"),
        ("a.docx", zip_of("[Content_Types].xml", "word/document.xml")[:90], "docx"),
        ("a.txt", b"Buses for all.", "text"),
        ("README", b"Buses for all.", "text"),
        ("a.txt", "Transport für alle".encode("cp1252"), "text"),
        ("a.txt", "Автобусы".encode("utf-16"), "text"),
        ("a.txt", b"Less than < 5 buses > 3", "text"),
    ],
)
def test_format_is_told_by_content(name: str, data: bytes, expected: str) -> None:
    assert detect_format(Path(name), data) == expected


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"II*\x00", "TIFF"),
        (b"{\\rtf1 Buses}", "rich-text"),
        (b"%!PS-Adobe-3.0", "PostScript"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"MIME-Version: 1.0\r\n", "web archive"),
        (ole_of("WordDocument"), "old Word document"),
        (ole_of("Workbook"), "spreadsheet"),
        (ole_of("Something"), "old Microsoft Office"),
        (zip_of("xl/workbook.xml"), "spreadsheet"),
        (zip_of("ppt/presentation.xml"), "presentation"),
        (zip_of("content.xml", mimetype=b"application/vnd.oasis.opendocument.text"), "OpenDocument text"),
        (zip_of("OEBPS/a.xhtml", mimetype=b"application/epub+zip"), "e-book"),
        (zip_of("ndc.pdf", "password/list"), "archive"),
    ],
)
def test_other_formats_are_named_with_a_remedy(data: bytes, what: str) -> None:
    with pytest.raises(UnsupportedFormat, match=what) as caught:
        detect_format(Path("a.pdf"), data)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.docx", ole_of("EncryptedPackage"), EncryptedFile),
        ("a.pdf", b"404 Not Found", DamagedFile),
        ("a.docx", b"404 Not Found", DamagedFile),
        ("a.docx", zip_of("readme"), DamagedFile),
        ("a.pdf", bytes(5000), DamagedFile),
        ("a.pdf", bytes(range(256)) * 20, DamagedFile),
        ("a.txt", bytes(range(256)) * 20, DamagedFile),
        ("a.bin", bytes(range(256)) * 20, UnsupportedFormat),
        ("a.csv", b"year,value\n2030,5\n", UnsupportedFormat),
        ("a.pdf", bytes(1030) + PDF, DamagedFile),
    ],
)
def test_files_that_are_not_what_they_promise(name: str, data: bytes, error: type[ReadingError]) -> None:
    with pytest.raises(error) as caught:
        detect_format(Path(name), data)
    assert caught.value.message.endswith(".")
    assert caught.value.remedy.endswith(".")


def test_note_where_name_and_content_differ() -> None:
    assert format_note(Path("a.PDF"), "pdf") is None
    assert format_note(Path("a.htm"), "html") is None
    note = format_note(Path("a.pdf"), "html")
    assert note is not None
    assert "named .pdf but is an HTML page" in note


STARTS = st.sampled_from(
    [b"", PDF, HTML, b"PK\x03\x04", b"PK\x03\x04\0word/", b"\xff\xfe", OLE_MAGIC, b"\0\0\xfe\xff"]
)


@given(st.sampled_from(["a.pdf", "a.docx", "a.txt", "a.html", "a.xyz", "a"]), STARTS, st.binary(max_size=200))
def test_any_bytes_have_a_format_or_an_error_with_a_remedy(name: str, start: bytes, rest: bytes) -> None:
    try:
        assert detect_format(Path(name), start + rest + b" ") in {"pdf", "html", "docx", "text"}
    except ReadingError as error:
        assert error.message
        assert error.remedy
