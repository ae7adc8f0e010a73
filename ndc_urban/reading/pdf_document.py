"""A PDF as `read` returns it: its text layer, recognised text where that layer fails, and notes on both.

The reading of the text layer is in `ndc_urban.reading.pdf`, text recognition in `ndc_urban.reading.ocr`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ndc_urban.counting import agreeing
from ndc_urban.document import Page
from ndc_urban.errors import NeedsOcr
from ndc_urban.reading.gibberish import (
    garbled_pages,
    holed_pages,
    holes,
    pages_with_damaged_words,
    pages_with_wrong_numbers,
)
from ndc_urban.reading.language import detect_language
from ndc_urban.reading.ocr import recognise as ocr
from ndc_urban.reading.options import OcrMode, PdfReader, Reading, ReadOptions
from ndc_urban.reading.page_text import letters_of, text_of
from ndc_urban.reading.pdf.catalogue import Catalogue
from ndc_urban.reading.pdf.containers import enclosed_files, listed
from ndc_urban.reading.pdf.pages import read_pdf

PAGES_IN_TIME = 100
"""Up to here no further time is asked for: a document of 60 pages takes about 3 s, and the usual limit is 25 s."""

SECONDS_PER_FURTHER_PAGE = 0.1
"""Time asked for with each page beyond `PAGES_IN_TIME`: twice what a page takes."""

MIN_USABLE_LETTERS = 60
"""Beside unread pages, a page with fewer letters (a stamp, a page number) is not usable text. Chosen by eye."""


def read_pdf_document(path: Path, data: bytes, options: ReadOptions) -> Reading:
    """The pages of a PDF, those without usable text recognised with Tesseract where `options` and machine allow it.

    Pages that stay unread are marked with `needs_ocr` and named in the notes. Raises `DamagedFile`, `EncryptedFile`,
    `Portfolio`, `DynamicForm` or `TooManyPages`, `NeedsOcr` where no page has usable text and some are pictures, and
    `OcrUnavailable` where recognition of all pages is asked for and Tesseract is missing.
    """

    def on_page(number: int) -> None:
        if number > PAGES_IN_TIME:
            options.more_time(SECONDS_PER_FURTHER_PAGE)

    catalogue = Catalogue(data)
    pages = read_pdf(
        path,
        data,
        reader=options.reader,
        max_pages=options.max_pages,
        on_page=on_page,
        catalogue=catalogue,
    )
    notes = [*_reader_notes(pages, options.reader), *_enclosed_notes(enclosed_files(data, catalogue))]
    garbled = garbled_pages(pages)
    if options.ocr != "never":
        damaged = sorted({*garbled, *holed_pages(pages)})
        pages, ocr_notes = _recognised(path, data, pages, damaged, options)
        notes.extend(ocr_notes)
    damage = _damage(pages, garbled)
    notes.extend(_damage_notes(damage))
    notes.extend(_hole_notes(pages))
    pages = _marked(pages, damage)
    _require_usable_text(path, pages, options.ocr)
    notes.extend(_unread_notes(pages))
    return Reading(pages, tuple(notes))


def _reader_notes(pages: Sequence[Page], reader: PdfReader) -> list[str]:
    """Says which pages were read with pdfplumber where the program chose."""
    second = [page.number for page in pages if page.number is not None and page.reader == "pdfplumber"]
    if reader != "auto" or not second:
        return []
    return [f"Read with pdfplumber, whose text was better there: {name_pages(second)} of {len(pages)}."]


def _enclosed_notes(names: Sequence[str]) -> list[str]:
    """Names the files inside a PDF, which a viewer lists beside its pages."""
    if not names:
        return []
    return [
        f"The PDF encloses files that are not read with it: {listed(names)}. Save them from it and score them as well."
    ]


@dataclass(frozen=True)
class _Damage:
    """Numbers of the pages with a damaged text layer, by the kind of damage; recognised pages are not among them."""

    garbled: list[int]
    words: list[int]
    numbers: list[int]
    holed: list[int]


def _damage(pages: Sequence[Page], garbled: Sequence[int]) -> _Damage:
    """The damage of each kind; a garbled page is not listed again for its words and numbers."""
    layer = [page for page in pages if page.reader != "ocr"]
    left = {page.number for page in layer} & set(garbled)
    words = [number for number in pages_with_damaged_words(layer) if number not in left]
    numbers = [number for number in pages_with_wrong_numbers(layer) if number not in left]
    return _Damage(
        sorted(number for number in left if number is not None), words, numbers, holed_pages(layer)
    )


def _damage_notes(damage: _Damage) -> list[str]:
    """Warns of damaged text layers."""
    notes = []
    if damage.garbled:
        notes.append(
            f"The text layer of {name_pages(damage.garbled)} looks damaged: it has almost no common words, "
            "and numbers may be wrong. Install Tesseract with the document's language and run with --ocr auto."
        )
    if damage.words:
        notes.append(
            f"The text layer of {name_pages(damage.words)} looks damaged: many words are backwards, have figures "
            "and signs within, or letters misread for others. Look at the page, or run with --ocr always."
        )
    if damage.numbers:
        notes.append(
            f"The numbers of {name_pages(damage.numbers)} look wrong: few numbers of four digits are years. "
            "Do not take figures from the text."
        )
    return notes


def _marked(pages: tuple[Page, ...], damage: _Damage) -> tuple[Page, ...]:
    """The pages, the damaged ones marked as such."""
    damaged = {*damage.garbled, *damage.words, *damage.numbers, *damage.holed}
    return tuple(replace(page, damaged=True) if page.number in damaged else page for page in pages)


def _hole_notes(pages: Sequence[Page]) -> list[str]:
    """Warns of words with letters that their font does not name."""
    found = {page.number: count for page in pages if page.number is not None and (count := holes(page))}
    if not found:
        return []
    count = sum(found.values())
    words = "One word" if count == 1 else f"{count:,} words"
    have, its = agreeing(count, "has", "have"), agreeing(count, "its", "their")
    return [
        f"{words} on {name_pages(list(found))} {have} letters that cannot be read, because {its} font does not name "
        "them: they are shown as \ufffd. Install Tesseract with the document's language and run with --ocr auto."
    ]


def _unread_notes(pages: Sequence[Page]) -> list[str]:
    unread = _unread(pages)
    if not unread:
        return []
    return [
        f"Not read, because they are pictures without usable text: {name_pages(unread)} of {len(pages)}. "
        "Install Tesseract with the document's language and run with --ocr auto."
    ]


def _unread(pages: Sequence[Page]) -> tuple[int, ...]:
    return tuple(page.number for page in pages if page.needs_ocr and page.number is not None)


def _recognised(
    path: Path, data: bytes, pages: tuple[Page, ...], garbled: Sequence[int], options: ReadOptions
) -> tuple[tuple[Page, ...], list[str]]:
    """The pages, recognised where needed, and notes about it."""
    every_page = options.ocr == "always"
    wanted = [
        page.number
        for page in pages
        if page.number is not None and (every_page or page.needs_ocr or page.number in garbled)
    ]
    if not wanted:
        return pages, []
    sound = [page for page in pages if page.number not in garbled]
    languages = ocr.languages_to_try(detect_language(text_of(sound)))
    if not every_page and not ocr.tesseract_languages().intersection(languages):
        return pages, []
    done = ocr.recognise(path, data, wanted, languages=languages, more_time=options.more_time)
    found = {number: page for number, page in done.items() if page.blocks}
    nothing = [number for number in done if number not in found]
    kept = (replace(page, needs_ocr=False) if page.number in nothing else page for page in pages)
    return tuple(found.get(page.number or 0, page) for page in kept), _ocr_notes(wanted, found, nothing)


def _ocr_notes(wanted: Sequence[int], found: dict[int, Page], nothing: Sequence[int]) -> list[str]:
    """Notes on the pages that were to be recognised."""
    failed = [number for number in wanted if number not in found and number not in nothing]
    notes = []
    if found:
        notes.append(
            f"The text of {name_pages(sorted(found))} was recognised with Tesseract and may hold errors."
        )
    if nothing:
        notes.append(f"Tesseract found no text in the picture of {name_pages(sorted(nothing))}.")
    if failed:
        notes.append(f"Tesseract failed on {name_pages(failed)}.")
    return notes


def _require_usable_text(path: Path, pages: Sequence[Page], mode: OcrMode) -> None:
    unread = _unread(pages)
    if unread and max(letters_of([page]) for page in pages) < MIN_USABLE_LETTERS:
        where = f"{name_pages(unread)} of {len(pages)}"
        message = f"The document is a scan: there are pictures instead of text on {where}."
        raise NeedsOcr(path, message, pages=unread, remedy=_ocr_remedy(mode))


def _ocr_remedy(mode: OcrMode) -> str | None:
    """What to do about pictures where Tesseract is installed; None, for the remedy that says how, where it is not."""
    if not ocr.tesseract_languages():
        return None
    if mode == "never":
        return "Run again with --ocr auto: Tesseract is installed."
    return (
        "Check whether the pages show text at all and in which language, and install that language for Tesseract; "
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
