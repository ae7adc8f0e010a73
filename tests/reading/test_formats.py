"""The format of a file is told by its content; what cannot be read is named."""

from __future__ import annotations

import io
import zipfile
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndc_urban.corpus.inputs import find_inputs
from ndc_urban.document import Block, Page
from ndc_urban.errors import DamagedFile, EncryptedFile, NoDocuments, ReadingError, UnsupportedFormat
from ndc_urban.reading import formats, read
from ndc_urban.reading.formats import (
    ENDINGS,
    FORMATS,
    InputFormat,
    detect_format,
    endings_in_words,
    format_note,
    format_of_ending,
)
from ndc_urban.reading.options import Reading
from ndc_urban.reading.unsupported import OLE_MAGIC

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


def format_called(name: str) -> InputFormat:
    return next(each for each in FORMATS if each.name == name)


def test_names_and_endings_belong_to_one_format_each() -> None:
    endings = [ending for each in FORMATS for ending in each.endings]
    assert len(set(endings)) == len(endings)
    assert len({each.name for each in FORMATS}) == len(FORMATS)
    assert all(ending == ending.lower() for ending in endings)


@pytest.mark.parametrize("format", FORMATS, ids=lambda each: each.name)
def test_each_format_has_its_reader(format: InputFormat) -> None:
    module, _, function = format.reader.partition(":")
    assert callable(getattr(import_module(module), function))


def test_help_and_remedies_name_the_endings_that_folders_are_searched_for(tmp_path: Path) -> None:
    assert all(ending in endings_in_words() for ending in ENDINGS)
    with pytest.raises(NoDocuments) as missing:
        find_inputs([tmp_path])
    with pytest.raises(UnsupportedFormat) as unsupported:
        detect_format(Path("a.csv"), b"year,value\n2030,5\n")
    for remedy in (missing.value.remedy, unsupported.value.remedy):
        assert endings_in_words() in remedy


def test_the_readme_names_the_endings_that_folders_are_searched_for() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert all(f"`{ending}`" in readme for ending in ENDINGS)


def test_a_format_added_to_the_registry_is_found_and_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_shout(path: Path, data: bytes) -> Reading:
        return Reading((Page(None, (Block("paragraph", data.decode().upper()),), reader="shout"),))

    monkeypatch.setattr("ndc_urban.reading.text.read_shout", read_shout, raising=False)
    added = InputFormat(
        "shout",
        "a shout",
        (".shout",),
        lambda content: content.ending == ".shout",
        "ndc_urban.reading.text:read_shout",
    )
    monkeypatch.setattr(formats, "FORMATS", (added, *FORMATS))
    path = tmp_path / "a.shout"
    path.write_text("Buses for all.")
    document = read(path)
    assert (document.format, document.text) == ("shout", "BUSES FOR ALL.")
    assert format_of_ending(path) is added
    assert endings_in_words().startswith(".shout, ")


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
def test_format_is_recognised_by_content(name: str, data: bytes, expected: str) -> None:
    assert detect_format(Path(name), data).name == expected


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
        (zip_of("content.xml", mimetype=b"application/vnd.oasis.opendocument.graphics"), "OpenDocument file"),
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
    assert format_note(Path("a.PDF"), format_called("pdf")) is None
    assert format_note(Path("a.htm"), format_called("html")) is None
    note = format_note(Path("a.pdf"), format_called("html"))
    assert note is not None
    assert "named .pdf but is an HTML page" in note


STARTS = st.sampled_from(
    [b"", PDF, HTML, b"PK\x03\x04", b"PK\x03\x04\0word/", b"\xff\xfe", OLE_MAGIC, b"\0\0\xfe\xff"]
)


@given(st.sampled_from(["a.pdf", "a.docx", "a.txt", "a.html", "a.xyz", "a"]), STARTS, st.binary(max_size=200))
def test_any_bytes_have_a_format_or_an_error_with_a_remedy(name: str, start: bytes, rest: bytes) -> None:
    try:
        assert detect_format(Path(name), start + rest + b" ") in FORMATS
    except ReadingError as error:
        assert error.message
        assert error.remedy
