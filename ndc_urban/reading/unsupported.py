"""Files that can be named but not read: how they are recognised, what they are called and what to do about them.

Here too is which files of a folder are documents by their names, and which are none. The formats that are read stand in
`ndc_urban.reading.formats`.
"""

from __future__ import annotations

from dataclasses import dataclass

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Begins the files of Microsoft Office before 2007 and those of any version behind a password."""

ENDINGS_OF_DOCUMENTS = frozenset(
    f".{ending}"
    for ending in (
        "doc dot rtf wps wpd wri pages hwp sxw fodt odm mht mhtml webarchive eml msg epub mobi azw3 xps oxps djvu djv "
        "ps ppt pptx pptm pps ppsx odp zip rar 7z tar gz tgz bz2 xz"
    ).split()
)
"""Of documents, presentations, mails and archives: in a folder they are tried, and fail with a remedy."""

OTHER_ENDINGS = frozenset(
    f".{ending}"
    for ending in (
        "png jpg jpeg gif tif tiff bmp webp heic svg ico jp2 psd ai eps "  # pictures
        "csv tsv xls xlsx xlsm xlsb ods json jsonl geojson xml yaml yml toml ini parquet npz npy db sqlite rds rdata "
        "sav dta shp dbf kml kmz gpkg "  # sheets and data
        "py pyc ipynb r rmd js mjs css map ts sh bat c cpp h java jar sql tex bib ris log lock cfg rst "  # programs
        "mp3 mp4 m4a wav avi mov mkv ttf otf woff woff2 lnk url webloc exe dll msi dmg iso"  # sound, fonts, system
    ).split()
)
"""Of files that are not documents, whatever they begin with, unless that is the beginning of a PDF."""

_PICTURE = "Make a PDF of it (OCRmyPDF does that and recognises the text too), then score the PDF."
_ARCHIVE = "Unpack it and give the documents inside."
_WORD = "Open it in Word or LibreOffice and save it as .docx or PDF."
_SHEET = "Save the sheets as PDF, or the text in them as .docx."
_PDF = "Save it as PDF."
_E_BOOK = "Convert it to PDF or HTML."
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
    UnreadFormat(b"application/epub+zip", "an e-book (.epub)", _E_BOOK),
    UnreadFormat(b"application/vnd.sun.xml.writer", "an old OpenOffice text (.sxw)", _WORD),
    UnreadFormat(b"FixedDocSeq.fdseq", "an XPS document", _PDF),
    UnreadFormat(
        b"Index/Document.iwa", "a Pages document", "Open it in Pages and export it as .docx or PDF."
    ),
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


def is_unread_document(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a document, or of an archive of documents, that is not read."""
    found = unread_format(head)
    return head.startswith((OLE_MAGIC, b"PK\x03\x04")) or (found is not None and found.remedy != _PICTURE)


def unread_in_zip(data: bytes) -> UnreadFormat:
    """What a zip archive holds, as far as it can be recognised."""
    return next((each for each in _IN_A_ZIP if each.sign in data), _ZIP)


def unread_in_ole(data: bytes) -> UnreadFormat | None:
    """What an old Microsoft Office file is; None where it is a newer one behind a password."""
    if _OLE_ENCRYPTED in data:
        return None
    return next((each for each in _IN_AN_OLE_FILE if each.sign in data), _OLE)
