"""The registry of input formats, and which of them a file is.

Everything that depends on the list of formats follows from `FORMATS`: what `read` reads, which files of a folder every
command takes for documents, help texts and remedies. A new format is a new module with its reader and one entry here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path

from ndc_urban.errors import DamagedFile, EncryptedFile, ReadingError, UnsupportedFormat
from ndc_urban.reading.options import Reading, ReadOptions
from ndc_urban.reading.text import decode, looks_like_text
from ndc_urban.reading.unsupported import (
    ENDINGS_OF_DOCUMENTS,
    OLE_MAGIC,
    OTHER_ENDINGS,
    is_unread_document,
    unread_format,
    unread_in_ole,
    unread_in_zip,
)

PDF_HEADER_WITHIN = 1024
"""PDF viewers accept that many bytes of junk before the header, and so do we."""

HEAD_BYTES = 8192
"""Bytes from which the format of a file is recognised. Must be greater than a long comment before the first tag of a
page."""

ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
PDF_HEADER = re.compile(rb"%PDF-\d")
HTML_START = re.compile(
    r"(?:\s|<\?xml[^>]*>|<!--.*?-->)*"
    r"<(?:!doctype\s+html|html|head|body|title|meta|style|div|article|section|table|p|h[1-6])\b",
    re.IGNORECASE | re.DOTALL,
)
ABOUT_A_FOLDER = re.compile(
    r"(?:readme|license|licence|changelog|contributing|notice|index)\b", re.IGNORECASE
)
"""Begins the names of Markdown files that are about the files beside them."""

MARKUP = re.compile(r"<(?:[a-z][a-z0-9]*|!doctype)\b[^>]*>", re.IGNORECASE)
HTML_ENDINGS = (".html", ".htm", ".xhtml")
TEXT_ENDINGS = (".txt", ".text", ".md", ".markdown")

DAMAGED_OFFICE_REMEDY = (
    "Download it again. If it still fails, open it in Word or LibreOffice and save a new copy."
)


@dataclass(frozen=True)
class Content:
    """The bytes of a file and the ending of its name, by which each format decides whether the file is its own."""

    data: bytes
    ending: str

    @cached_property
    def is_zip(self) -> bool:
        return self.data.startswith(ZIP_MAGICS)

    @cached_property
    def is_text(self) -> bool:
        return not self.is_zip and looks_like_text(self.data)

    @cached_property
    def head(self) -> str:
        """The beginning of a text file."""
        return decode(self.data[:HEAD_BYTES])


@dataclass(frozen=True, slots=True)
class InputFormat:
    """A format that is read.

    `name` is `Document.format`; `called` what messages call a file of it. Folders are searched for `endings`.
    `recognises` decides by the content.

    `reader` is "module:function", imported when first needed so that the command line starts at once. The function
    takes path and bytes, and with `has_drawn_pages` `ReadOptions` too, and returns a `Reading`.
    """

    name: str
    called: str
    endings: tuple[str, ...]
    recognises: Callable[[Content], bool]
    reader: str
    has_drawn_pages: bool = False
    is_zipped: bool = False

    def read(self, path: Path, data: bytes, options: ReadOptions) -> Reading:
        """The file, read. Raises `ReadingError`."""
        module, _, function = self.reader.partition(":")
        read: Callable[..., Reading] = getattr(import_module(module), function)
        return read(path, data, options) if self.has_drawn_pages else read(path, data)


def _zip_with(member: bytes) -> Callable[[Content], bool]:
    # Member names stand uncompressed in a zip, after a zero byte, so that even a broken one can be recognised.
    return lambda content: content.is_zip and member in content.data


def _is_pdf(content: Content) -> bool:
    header = PDF_HEADER.search(content.data[: PDF_HEADER_WITHIN + len(b"%PDF-1.7")])
    return not content.is_zip and header is not None


def _is_html(content: Content) -> bool:
    if not content.is_text:
        return False
    named = content.ending in HTML_ENDINGS and MARKUP.search(content.head)
    return bool(named or HTML_START.match(content.head))


def _is_plain_text(content: Content) -> bool:
    return content.is_text and content.ending in ("", *TEXT_ENDINGS, *HTML_ENDINGS)


FORMATS: tuple[InputFormat, ...] = (
    InputFormat(
        name="pdf",
        called="a PDF",
        endings=(".pdf",),
        recognises=_is_pdf,
        reader="ndc_urban.reading.pdf_document:read_pdf_document",
        has_drawn_pages=True,
    ),
    InputFormat(
        name="html",
        called="an HTML page",
        endings=HTML_ENDINGS,
        recognises=_is_html,
        reader="ndc_urban.reading.html:read_html",
    ),
    InputFormat(
        name="docx",
        called="a Word document (.docx)",
        endings=(".docx", ".docm", ".dotx", ".dotm"),
        recognises=_zip_with(b"\0word/"),
        reader="ndc_urban.reading.docx:read_docx",
        is_zipped=True,
    ),
    InputFormat(
        name="odt",
        called="an OpenDocument text (.odt)",
        endings=(".odt", ".ott"),
        recognises=_zip_with(b"application/vnd.oasis.opendocument.text"),
        reader="ndc_urban.reading.odt:read_odt",
        is_zipped=True,
    ),
    InputFormat(
        name="text",
        called="plain text",
        endings=TEXT_ENDINGS,
        recognises=_is_plain_text,
        reader="ndc_urban.reading.text:read_text",
    ),
)
"""The formats in the order in which they are asked and listed. HTML stands before the plain text that it also is."""

ENDINGS: frozenset[str] = frozenset(ending for each in FORMATS for ending in each.endings)
"""Of the formats that are read, in lower case; a file named without ending may be a text, too."""


def endings_in_words(last: str = "or") -> str:
    """The endings of the formats that are read, for help texts and remedies.

    >>> endings_in_words().endswith(" or .markdown")
    True
    """
    *first, final = (ending for each in FORMATS for ending in each.endings)
    return f"{', '.join(first)} {last} {final}"


def format_of_ending(path: Path) -> InputFormat | None:
    """The format that the name of a file promises."""
    ending = path.suffix.lower()
    return next((each for each in FORMATS if ending in each.endings), None)


def is_document_by_name(name: str) -> bool | None:
    """Whether a file of a folder is a document by its name; None where its first bytes must decide.

    Formats that are named but not read are documents, too: they fail with a remedy.
    """
    ending = Path(name).suffix.lower()
    if ending in (".md", ".markdown"):
        return not ABOUT_A_FOLDER.match(name)
    return True if ending in ENDINGS or ending in ENDINGS_OF_DOCUMENTS else None


def is_document_by_content(name: str, head: bytes) -> bool:
    """Whether a file whose name does not say so is a document by its first `HEAD_BYTES`.

    Text alone does not make a file one.
    """
    if Path(name).suffix.lower() in OTHER_ENDINGS:
        return head.startswith(b"%PDF-")
    content = Content(head, "")
    return is_unread_document(head) or _is_pdf(content) or _is_html(content)


def detect_format(path: Path, data: bytes) -> InputFormat:
    """The format of a file that is not empty, from its bytes and, for plain text, its name.

    Raises `UnsupportedFormat` for a file that is something else and says what it is, `EncryptedFile` for an
    Office file behind a password, `DamagedFile` where the name promises a document and the content is none.
    """
    content = Content(data, path.suffix.lower())
    if not content.is_zip:
        _refuse_by_first_bytes(path, data)
    for each in FORMATS:
        if each.recognises(content):
            return each
    raise _refusal(path, content)


def format_note(path: Path, format: InputFormat) -> str | None:
    """A sentence for the user where the name of a file and its content differ; None where they agree."""
    ending = path.suffix.lower()
    if ending in format.endings or (not ending and format.name == "text"):
        return None
    note = f"The file is named {ending or 'without ending'} but is {format.called}; it was read as such."
    if format.name == "html":
        note += " Check that it is the document and not the error page of a website."
    return note


def _refuse_by_first_bytes(path: Path, data: bytes) -> None:
    """Raises the error for a file whose first bytes name a format that is not read."""
    if data.startswith(OLE_MAGIC):
        old = unread_in_ole(data)
        if old is None:
            raise EncryptedFile(path, "The file is an Office document protected with a password.")
        raise UnsupportedFormat(path, f"The file is {old.what}.", remedy=old.remedy)
    found = unread_format(data)
    if found is not None:
        raise UnsupportedFormat(path, f"The file is {found.what}, which is not read.", remedy=found.remedy)


def _refusal(path: Path, content: Content) -> ReadingError:
    """The error for a file that is of no format that is read."""
    promised = format_of_ending(path)
    if content.is_zip:
        return _zip_refusal(path, content.data, promised)
    if content.is_text:
        return _text_refusal(path, promised)
    if not content.data.strip(b"\0"):
        return DamagedFile(path, "The file contains only zero bytes: its content was lost.")
    if promised and content.ending:
        return DamagedFile(
            path, f"The file is named {content.ending} but its content is not such a document."
        )
    return UnsupportedFormat(path, "The format of the file is not known.", remedy=_save_as())


def _zip_refusal(path: Path, data: bytes, promised: InputFormat | None) -> ReadingError:
    found = unread_in_zip(data)
    if found.sign:
        return UnsupportedFormat(path, f"The file is {found.what}.", remedy=found.remedy)
    if promised and promised.is_zipped:
        message = f"The file is named as {promised.called} but is not one."
        return DamagedFile(path, message, remedy=DAMAGED_OFFICE_REMEDY)
    return UnsupportedFormat(path, f"The file is {found.what}.", remedy=found.remedy)


def _text_refusal(path: Path, promised: InputFormat | None) -> ReadingError:
    ending = path.suffix.lower()
    if promised:
        message = f"The file is named {ending} but is plain text."
        return DamagedFile(path, message, remedy="Name it .txt, or download it again.")
    message = f"The file is data or text in an unsupported format ({ending})."
    return UnsupportedFormat(path, message, remedy=_save_as())


def _save_as() -> str:
    return f"Save it as {endings_in_words()}, and give the file the ending of its real format."
