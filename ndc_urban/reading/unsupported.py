"""Files that can be named but not read: how they are recognised, what they are called and what to do about them.

The formats that are read stand in `ndc_urban.reading.formats`.
"""

from __future__ import annotations

from dataclasses import dataclass

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Begins the files of Microsoft Office before 2007 and those of any version behind a password."""

_PICTURE = "Make a PDF of it (OCRmyPDF does that and recognises the text too), then score the PDF."
_ARCHIVE = "Unpack it and give the documents inside."
_WORD = "Open it in Word or LibreOffice and save it as .docx or PDF."
_SHEET = "Save the sheets as PDF, or the text in them as .docx."
_PDF = "Save it as PDF."
_WEB_PAGE = "Save the page from the browser as 'HTML only' or as PDF."


@dataclass(frozen=True, slots=True)
class UnreadFormat:
    """A format that is not read: the bytes that show it, what a user calls it and what to do with it."""

    sign: bytes
    what: str
    remedy: str
    offset: int = 0


_BY_FIRST_BYTES = (
    UnreadFormat(b"\x89PNG\r\n", "a picture (PNG)", _PICTURE),
    UnreadFormat(b"\xff\xd8\xff", "a picture (JPEG)", _PICTURE),
    UnreadFormat(b"GIF8", "a picture (GIF)", _PICTURE),
    UnreadFormat(b"II*\x00", "a picture (TIFF)", _PICTURE),
    UnreadFormat(b"MM\x00*", "a picture (TIFF)", _PICTURE),
    UnreadFormat(b"WEBP", "a picture (WebP)", _PICTURE, offset=8),
    UnreadFormat(b"ftypheic", "a picture (HEIC)", _PICTURE, offset=4),
    UnreadFormat(b"jP  \r\n", "a picture (JPEG 2000)", _PICTURE, offset=4),
    UnreadFormat(b"AT&TFORM", "a DjVu document", "Convert it to PDF with a DjVu viewer."),
    UnreadFormat(b"{\\rtf", "a rich-text document (.rtf)", _WORD),
    UnreadFormat(b"%!PS", "a PostScript file", "Convert it to PDF, with ps2pdf for example."),
    UnreadFormat(b"\x1f\x8b", "a compressed file (gzip)", _ARCHIVE),
    UnreadFormat(b"BZh", "a compressed file (bzip2)", _ARCHIVE),
    UnreadFormat(b"\xfd7zXZ\x00", "a compressed file (xz)", _ARCHIVE),
    UnreadFormat(b"7z\xbc\xaf\x27\x1c", "an archive (7z)", _ARCHIVE),
    UnreadFormat(b"Rar!\x1a\x07", "an archive (RAR)", _ARCHIVE),
    UnreadFormat(b"ustar", "an archive (tar)", _ARCHIVE, offset=257),
    UnreadFormat(b"MIME-Version:", "a web archive (.mht)", _WEB_PAGE),
    UnreadFormat(b"From: <Saved by", "a web archive (.mht)", _WEB_PAGE),
)
_IN_A_ZIP = (
    UnreadFormat(b"\0xl/", "a spreadsheet (.xlsx)", _SHEET),
    UnreadFormat(b"\0ppt/", "a presentation (.pptx)", _PDF),
    UnreadFormat(b"application/vnd.oasis.opendocument", "an OpenDocument file", _PDF),
    UnreadFormat(b"application/epub+zip", "an e-book (.epub)", "Convert it to PDF or HTML."),
)
_ZIP = UnreadFormat(b"", "an archive (zip)", _ARCHIVE)
_IN_AN_OLE_FILE = (
    UnreadFormat("WordDocument".encode("utf-16-le"), "an old Word document (.doc)", _WORD),
    UnreadFormat("Workbook".encode("utf-16-le"), "a spreadsheet (.xls)", _SHEET),
    UnreadFormat("PowerPoint Document".encode("utf-16-le"), "an old presentation (.ppt)", _PDF),
)
_OLE = UnreadFormat(OLE_MAGIC, "an old Microsoft Office file", _WORD)
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def unread_format(data: bytes) -> UnreadFormat | None:
    """The format that the first bytes of a file show, if it is one of those that are named but not read."""
    return next((each for each in _BY_FIRST_BYTES if data.startswith(each.sign, each.offset)), None)


def unread_in_zip(data: bytes) -> UnreadFormat:
    """What a zip archive holds, as far as it can be told."""
    return next((each for each in _IN_A_ZIP if each.sign in data), _ZIP)


def unread_in_ole(data: bytes) -> UnreadFormat | None:
    """What an old Microsoft Office file is; None where it is a newer one behind a password."""
    if _OLE_ENCRYPTED in data:
        return None
    return next((each for each in _IN_AN_OLE_FILE if each.sign in data), _OLE)
