"""What a file really is: told by its content first and by its name only where the content leaves it open."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from ndc_urban.errors import DamagedFile, EncryptedFile, ReadingError, UnsupportedFormat
from ndc_urban.reading.text import decode, looks_like_text

FileFormat = Literal["pdf", "html", "docx", "text"]

PDF_HEADER_WITHIN = 1024
"""PDF viewers accept that many bytes of junk before the header, and so do we."""

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
PDF_HEADER = re.compile(rb"%PDF-\d")
HTML_START = re.compile(
    r"(?:\s|<\?xml[^>]*>|<!--.*?-->)*"
    r"<(?:!doctype\s+html|html|head|body|title|meta|style|div|article|section|table|p|h[1-6])\b",
    re.IGNORECASE | re.DOTALL,
)
MARKUP = re.compile(r"<(?:[a-z][a-z0-9]*|!doctype)\b[^>]*>", re.IGNORECASE)

NAME_SUFFIXES: dict[FileFormat, tuple[str, ...]] = {
    "pdf": (".pdf",),
    "html": (".html", ".htm", ".xhtml"),
    "docx": (".docx", ".docm", ".dotx"),
    "text": (".txt", ".text", ".md", ".markdown", ""),
}
FORMAT_NAMES: dict[FileFormat, str] = {
    "pdf": "a PDF",
    "html": "an HTML page",
    "docx": "a Word document (.docx)",
    "text": "plain text",
}

_PICTURE = "Make a PDF of it (OCRmyPDF does that and recognises the text too), then score the PDF."
_ARCHIVE = "Unpack it and give the documents inside."
_WORD = "Open it in Word or LibreOffice and save it as .docx or PDF."
_SHEET = "Save the sheets as PDF, or the text in them as .docx."

DAMAGED_OFFICE_REMEDY = (
    "Download it again. If it still fails, open it in Word or LibreOffice and save a new copy."
)

MAGICS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\x89PNG\r\n", "a picture (PNG)", _PICTURE),
    (0, b"\xff\xd8\xff", "a picture (JPEG)", _PICTURE),
    (0, b"GIF8", "a picture (GIF)", _PICTURE),
    (0, b"II*\x00", "a picture (TIFF)", _PICTURE),
    (0, b"MM\x00*", "a picture (TIFF)", _PICTURE),
    (8, b"WEBP", "a picture (WebP)", _PICTURE),
    (4, b"ftypheic", "a picture (HEIC)", _PICTURE),
    (4, b"jP  \r\n", "a picture (JPEG 2000)", _PICTURE),
    (0, b"AT&TFORM", "a DjVu document", "Convert it to PDF with a DjVu viewer."),
    (0, b"{\\rtf", "a rich-text document (.rtf)", _WORD),
    (0, b"%!PS", "a PostScript file", "Convert it to PDF, with ps2pdf for example."),
    (0, b"\x1f\x8b", "a compressed file (gzip)", _ARCHIVE),
    (0, b"BZh", "a compressed file (bzip2)", _ARCHIVE),
    (0, b"\xfd7zXZ\x00", "a compressed file (xz)", _ARCHIVE),
    (0, b"7z\xbc\xaf\x27\x1c", "an archive (7z)", _ARCHIVE),
    (0, b"Rar!\x1a\x07", "an archive (RAR)", _ARCHIVE),
    (257, b"ustar", "an archive (tar)", _ARCHIVE),
    (0, b"MIME-Version:", "a web archive (.mht)", "Save the page from the browser as 'HTML only' or as PDF."),
    (
        0,
        b"From: <Saved by",
        "a web archive (.mht)",
        "Save the page from the browser as 'HTML only' or as PDF.",
    ),
)
"""Offset, bytes, what it is and what to do about it, for files that we can name but not read."""

OLE_STREAMS = (
    ("WordDocument", "an old Word document (.doc)", _WORD),
    ("Workbook", "a spreadsheet (.xls)", _SHEET),
    ("PowerPoint Document", "an old presentation (.ppt)", "Save it as PDF."),
)
ZIP_MEMBERS = (
    (b"\0xl/", "a spreadsheet (.xlsx)", _SHEET),
    (b"\0ppt/", "a presentation (.pptx)", "Save it as PDF."),
    (b"application/vnd.oasis.opendocument.text", "an OpenDocument text (.odt)", _WORD),
    (b"application/vnd.oasis.opendocument", "an OpenDocument file", "Save it as PDF."),
    (b"application/epub+zip", "an e-book (.epub)", "Convert it to PDF or HTML."),
)


def detect_format(path: Path, data: bytes) -> FileFormat:
    """The format of a file that is not empty, from its bytes and, for plain text, its name.

    Raises `UnsupportedFormat` for a file that is something else and says what it is, `EncryptedFile` for an
    Office file behind a password, `DamagedFile` where the name promises a document and the content is none.
    """
    if data.startswith(ZIP_MAGICS):
        return _zip_format(path, data)
    if data.startswith(OLE_MAGIC):
        raise _ole_error(path, data)
    for offset, magic, what, remedy in MAGICS:
        if data.startswith(magic, offset):
            raise UnsupportedFormat(path, f"The file is {what}, not a document with text.", remedy=remedy)
    if PDF_HEADER.search(data[: PDF_HEADER_WITHIN + 8]):
        return "pdf"
    if looks_like_text(data):
        return _text_format(path, data)
    raise _binary_error(path, data)


def format_note(path: Path, format: FileFormat) -> str | None:
    """A sentence for the user where the name of a file and its content differ; None where they agree."""
    suffix = path.suffix.lower()
    if suffix in NAME_SUFFIXES[format]:
        return None
    note = (
        f"The file is named {suffix or 'without ending'} but is {FORMAT_NAMES[format]}; it was read as such."
    )
    if format == "html":
        note += " Check that it is the document and not the error page of a website."
    return note


def _zip_format(path: Path, data: bytes) -> FileFormat:
    # Member names stand uncompressed in a zip, after a zero byte, so that even a broken one can be told.
    if b"\0word/" in data:
        return "docx"
    for marker, what, remedy in ZIP_MEMBERS:
        if marker in data:
            raise UnsupportedFormat(path, f"The file is {what}.", remedy=remedy)
    if path.suffix.lower() in NAME_SUFFIXES["docx"]:
        raise DamagedFile(
            path, "The file is named as a Word document but holds none.", remedy=DAMAGED_OFFICE_REMEDY
        )
    raise UnsupportedFormat(path, "The file is an archive (zip).", remedy=_ARCHIVE)


def _ole_error(path: Path, data: bytes) -> ReadingError:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return EncryptedFile(path, "The file is an Office document behind a password.")
    for stream, what, remedy in OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            return UnsupportedFormat(path, f"The file is {what}.", remedy=remedy)
    return UnsupportedFormat(path, "The file is an old Microsoft Office file.", remedy=_WORD)


def _text_format(path: Path, data: bytes) -> FileFormat:
    suffix = path.suffix.lower()
    head = decode(data[:8192])
    if HTML_START.match(head) or (suffix in NAME_SUFFIXES["html"] and MARKUP.search(head)):
        return "html"
    if suffix in NAME_SUFFIXES["text"] or suffix in NAME_SUFFIXES["html"]:
        return "text"
    if suffix in NAME_SUFFIXES["pdf"]:
        raise DamagedFile(path, "The file is named .pdf but is plain text: it does not begin like a PDF.")
    if suffix in NAME_SUFFIXES["docx"]:
        raise DamagedFile(
            path,
            f"The file is named {suffix} but is plain text.",
            remedy="Name it .txt, or download it again.",
        )
    raise UnsupportedFormat(path, f"The file is data or text in a format that is not read here ({suffix}).")


def _binary_error(path: Path, data: bytes) -> ReadingError:
    suffix = path.suffix.lower()
    if not data.strip(b"\0"):
        return DamagedFile(path, "The file holds nothing but zero bytes: its content was lost.")
    if any(suffix in suffixes for suffixes in NAME_SUFFIXES.values() if suffix):
        return DamagedFile(path, f"The file is named {suffix} but its content is no such document.")
    return UnsupportedFormat(path, "The file is not a document of a kind that is known here.")
