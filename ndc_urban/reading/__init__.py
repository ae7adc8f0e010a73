"""A file becomes a `Document`: `read` is the one door, the readers of the single formats stand behind it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from ndc_urban.document import BLOCK_SEPARATOR, LANGUAGES, UNKNOWN_LANGUAGE, Document, Page
from ndc_urban.errors import EmptyFile, FileUnreadable, NeedsOcr, NoText
from ndc_urban.reading.formats import FileFormat, detect_format, format_note
from ndc_urban.reading.gibberish import garbled_pages

PdfReader = Literal["auto", "pdfium", "pdfplumber"]
OcrMode = Literal["auto", "never", "always"]

DEFAULT_MAX_PAGES = 2000
PAGES_IN_TIME = 100
SECONDS_PER_FURTHER_PAGE = 0.1
"""Of a document longer than `PAGES_IN_TIME`, each page that was read earns time for it; twice what it takes."""

MoreTime = Callable[[float], None]
"""Called with seconds before work that is known to take so much longer, for whoever sets a time limit, and with
fewer than none for time that was not needed."""

MIN_USABLE_LETTERS = 60
"""Beside unread pages, a page with fewer letters (a stamp, a page number) is no usable text."""

__all__ = ["MoreTime", "OcrMode", "PdfReader", "read"]


def _no_limit(seconds: float) -> None:
    """For those who set no time limit."""


def read(
    path: Path,
    *,
    reader: PdfReader = "auto",
    ocr: OcrMode = "auto",
    max_pages: int = DEFAULT_MAX_PAGES,
    more_time: MoreTime = _no_limit,
) -> Document:
    """Reads a file of any known format, told by its content.

    `reader` chooses how PDFs are read, `ocr` whether pages are recognised with Tesseract ("auto": those
    without usable text or with a damaged one, where it is installed; "always": all pages of a PDF). Pages
    that stay unread are marked with `needs_ocr` and named in the notes. `more_time` is told of text
    recognition and of many pages.

    Raises `FileUnreadable`, `EmptyFile`, `UnsupportedFormat`, `EncryptedFile`, `DamagedFile` or
    `TooManyPages` for a file that cannot be read, `NeedsOcr` where no page has usable text and some are
    pictures, `NoText` where there is nothing to read, `OcrUnavailable` where "always" finds no Tesseract.
    """
    data = _bytes(path)
    format = detect_format(path, data)
    pages = _pages(path, data, format, reader, max_pages, more_time)
    notes = [note for note in (format_note(path, format),) if note]
    if format == "pdf":
        notes.extend(_reader_notes(pages, reader))
        garbled = garbled_pages(pages)
        if ocr != "never":
            every = ocr == "always"
            pages, ocr_notes = _recognised(path, data, pages, more_time, garbled, every_page=every)
            notes.extend(ocr_notes)
        notes.extend(_garbled_notes(pages, garbled))
    _require_text(path, pages, ocr)
    unread = [page.number for page in pages if page.needs_ocr and page.number is not None]
    if unread:
        notes.append(
            f"Not read, because they are pictures without usable text: {name_pages(unread)} of {len(pages)}. "
            "Install Tesseract with the document's language and run with --ocr auto."
        )
    return _document(path, data, format, pages, notes)


def _document(
    path: Path, data: bytes, format: FileFormat, pages: tuple[Page, ...], notes: Sequence[str]
) -> Document:
    from ndc_urban.reading.language import detect_language

    language = detect_language(_text(pages))
    guest = _guest_notes(language)
    if guest and garbled_pages(pages):
        guest = []  # what is no language at all looks like any
    return Document(
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        format=format,
        pages=pages,
        language=language,
        notes=(*notes, *guest),
    )


def _guest_notes(language: str) -> list[str]:
    """Warns of a language that is read but has no vocabulary of its own."""
    if language in (*LANGUAGES, UNKNOWN_LANGUAGE):
        return []
    from babel import Locale

    name = Locale("en").languages.get(language, language)
    return [
        f"The document is in {name}, which is none of the six languages of the United Nations: it is scored by "
        "international terms alone, and its level may be too low. Score an English translation as well."
    ]


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


def _pages(
    path: Path, data: bytes, format: FileFormat, reader: PdfReader, max_pages: int, more_time: MoreTime
) -> tuple[Page, ...]:
    # Each reader loads its library when it is needed, so that the command line starts at once.
    if format == "pdf":
        from ndc_urban.reading.pdf.pages import read_pdf

        def on_page(number: int) -> None:
            if number > PAGES_IN_TIME:
                more_time(SECONDS_PER_FURTHER_PAGE)

        return read_pdf(path, data, reader=reader, max_pages=max_pages, on_page=on_page)
    if format == "html":
        from ndc_urban.reading.html import read_html

        return read_html(path, data)
    if format == "docx":
        from ndc_urban.reading.docx import read_docx

        return read_docx(path, data)
    from ndc_urban.reading.text import read_text

    return read_text(path, data)


def _reader_notes(pages: Sequence[Page], reader: PdfReader) -> list[str]:
    """Says which pages the second reader served where the program chose."""
    second = [page.number for page in pages if page.number is not None and page.reader == "pdfplumber"]
    if reader != "auto" or not second:
        return []
    return [f"pdfplumber served {name_pages(second)} of {len(pages)}, where its text was the sounder one."]


def _garbled_notes(pages: Sequence[Page], garbled: Sequence[int]) -> list[str]:
    """Warns of damaged text that was not read anew from the picture of its page."""
    recognised = {page.number for page in pages if page.reader == "ocr"}
    left = [number for number in garbled if number not in recognised]
    if not left:
        return []
    return [
        f"The text layer of {name_pages(left)} looks damaged: hardly a common word stands in it, and numbers "
        "may be wrong. Install Tesseract with the document's language and run with --ocr auto."
    ]


def _recognised(
    path: Path,
    data: bytes,
    pages: tuple[Page, ...],
    more_time: MoreTime,
    garbled: Sequence[int],
    *,
    every_page: bool,
) -> tuple[tuple[Page, ...], list[str]]:
    """The pages with those that were recognised in their place, and what a user should know of it."""
    wanted = [
        page.number
        for page in pages
        if page.number is not None and (every_page or page.needs_ocr or page.number in garbled)
    ]
    if not wanted:
        return pages, []
    from ndc_urban.reading.language import detect_language
    from ndc_urban.reading.ocr import recognise as ocr

    sound = [page for page in pages if page.number not in garbled]
    languages = ocr.languages_to_try(detect_language(_text(sound)))
    if not every_page and not ocr.tesseract_languages().intersection(languages):
        return pages, []
    done = ocr.recognise(path, data, wanted, languages=languages, more_time=more_time)
    failed = [number for number in wanted if number not in done]
    found = {number: page for number, page in done.items() if page.blocks}
    nothing = [number for number in wanted if number in done and number not in found]
    notes = []
    if found:
        notes.append(
            f"The text of {name_pages(sorted(found))} was recognised with Tesseract and may hold errors."
        )
    if nothing:
        notes.append(f"Tesseract found no text in the picture of {name_pages(nothing)}.")
    if failed:
        notes.append(f"Tesseract failed on {name_pages(failed)}.")
    kept = (replace(page, needs_ocr=False) if page.number in nothing else page for page in pages)
    return tuple(found.get(page.number or 0, page) for page in kept), notes


def _text(pages: Sequence[Page]) -> str:
    """The text of the pages that can be used."""
    return BLOCK_SEPARATOR.join(block.text for page in pages if not page.needs_ocr for block in page.blocks)


def _require_text(path: Path, pages: tuple[Page, ...], ocr: OcrMode) -> None:
    unread = tuple(page.number for page in pages if page.needs_ocr and page.number is not None)
    letters = [sum(char.isalpha() for char in _text([page])) for page in pages]
    if unread and max(letters) < MIN_USABLE_LETTERS:
        where = f"{name_pages(unread)} of {len(pages)}"
        message = f"The document is a scan: there are pictures instead of text on {where}."
        raise NeedsOcr(path, message, pages=unread, remedy=_ocr_remedy(ocr))
    if not any(letters):
        raise NoText(path, "The file opens, but there is no text in it.")


def _ocr_remedy(ocr: OcrMode) -> str | None:
    """What to do about pictures where Tesseract is installed; None, for the remedy that says how, where it is not."""
    from ndc_urban.reading.ocr.recognise import tesseract_languages

    if not tesseract_languages():
        return None
    if ocr == "never":
        return "Run again with --ocr auto: Tesseract is installed."
    return (
        "Look whether the pages show text at all and in which language, and install that language for Tesseract; "
        "or scan them anew at 300 dots per inch."
    )


def name_pages(numbers: Sequence[int]) -> str:
    """Page numbers in words, runs of them drawn together.

    >>> name_pages([3, 4, 5, 9])
    'pages 3 to 5 and 9'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    named = [f"{run[0]} to {run[-1]}" if len(run) > 2 else " and ".join(map(str, run)) for run in runs]
    listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    return f"page {listed}" if len(numbers) == 1 else f"pages {listed}"
