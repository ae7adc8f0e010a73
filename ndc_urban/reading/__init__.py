"""Turns a file into a `Document`. `read` is the only way in; it calls the reader of the format.

`formats` lists the formats and distinguishes them, `options` the choices of a user. Passages are made of a document
by `ndc_urban.segment`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from ndc_urban.document import UNKNOWN_LANGUAGE, Document
from ndc_urban.errors import EmptyFile, FileUnreadable, NoText
from ndc_urban.languages import LANGUAGES
from ndc_urban.reading.formats import InputFormat, detect_format, format_note
from ndc_urban.reading.gibberish import garbled_pages
from ndc_urban.reading.options import (
    MAX_PAGES,
    MoreTime,
    OcrMode,
    PdfReader,
    Reading,
    ReadOptions,
    no_time_limit,
)
from ndc_urban.reading.page_text import letters_of, text_of

__all__ = ["MoreTime", "OcrMode", "PdfReader", "read"]


def read(
    path: Path,
    *,
    reader: PdfReader = "auto",
    ocr: OcrMode = "auto",
    max_pages: int = MAX_PAGES,
    more_time: MoreTime = no_time_limit,
) -> Document:
    """Reads a file of any known format, recognised by its content.

    `reader` chooses how PDFs are read, `ocr` whether pages are recognised with Tesseract ("auto": those
    without usable text or with a damaged one, where it is installed; "always": all pages of a PDF). Pages
    that stay unread are marked with `needs_ocr` and named in the notes. `more_time` is called for text recognition and
    for many pages.

    Raises `FileUnreadable`, `EmptyFile`, `UnsupportedFormat`, `EncryptedFile`, `DamagedFile`, `Portfolio`,
    `DynamicForm` or `TooManyPages` for a file that cannot be read, `NeedsOcr` where no page has usable text and
    some are pictures, `NoText` where there is nothing to read, `OcrUnavailable` where "always" finds no
    Tesseract.
    """
    data = _bytes(path)
    format = detect_format(path, data)
    reading = format.read(path, data, ReadOptions(reader, ocr, max_pages, more_time))
    if not letters_of(reading.pages):
        raise NoText(path, " ".join(("The file opens, but there is no text in it.", *reading.notes)))
    return _document(path, data, format, reading)


def _document(path: Path, data: bytes, format: InputFormat, reading: Reading) -> Document:
    # Each reader, and the detection of languages, loads its library only when needed: the command line starts at once.
    from ndc_urban.reading.language import detect_language

    language = detect_language(text_of(reading.pages))
    # A text layer that is not in any language looks like any.
    warnings = _language_notes(language)
    if warnings and garbled_pages(reading.pages):
        warnings = ()
    named = format_note(path, format)
    return Document(
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        format=format.name,
        pages=reading.pages,
        language=language,
        notes=(*([named] if named else []), *reading.notes, *warnings),
    )


def _language_notes(language: str) -> tuple[str, ...]:
    """Warns of a language that is read but has no vocabulary of its own."""
    if language in (*LANGUAGES, UNKNOWN_LANGUAGE):
        return ()
    from babel import Locale

    name = Locale("en").languages.get(language, language)
    return (
        f"The document is in {name}, which is not one of the six languages of the United Nations: it is scored by "
        "international terms alone, and its level may be too low. Score an English translation as well.",
    )


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise FileUnreadable(path, "This is a folder, not a file.", remedy="Give the files in it.")
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise FileUnreadable(path, "There is no such file.") from error
    except PermissionError as error:
        raise FileUnreadable(path, "You have no permission to read this file.") from error
    except OSError as error:
        raise FileUnreadable(path, f"The file cannot be read ({error.strerror}).") from error
    if not data:
        raise EmptyFile(path, "The file is empty.")
    return data
