"""Which reader reads a PDF: pdfium, and pdfplumber for pages that pdfium cannot read well."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from ndc_urban.counting import agreeing
from ndc_urban.errors import DamagedFile, ReadingError, TooManyPages
from ndc_urban.reading.options import MAX_PAGES, PdfReader
from ndc_urban.reading.pdf.catalogue import Catalogue
from ndc_urban.reading.pdf.containers import require_pages_of_its_own
from ndc_urban.reading.pdf.glyphs import PageContent
from ndc_urban.reading.pdf.pdfium import PdfiumFile
from ndc_urban.reading.pdf.plumber import PlumberFile
from ndc_urban.reading.pdf.quality import better, quality_of
from ndc_urban.reading.pdf.xref_guard import require_possible_tables

PageReading = tuple[PageContent, str]
"""What a page holds, and the name of its reader."""


def read_contents(
    path: Path,
    data: bytes,
    reader: PdfReader,
    max_pages: int = MAX_PAGES,
    catalogue: Catalogue | None = None,
) -> Generator[PageReading, None, None]:
    """The content of each page with the name of the reader that it comes from.

    Raises `DamagedFile`, `EncryptedFile`, `Portfolio`, `DynamicForm` or `TooManyPages`, at the first page at the
    latest.
    """
    require_possible_tables(path, data)
    catalogue = catalogue or Catalogue(data)
    require_pages_of_its_own(path, data, catalogue)
    if reader == "pdfplumber":
        yield from _with_plumber(path, data, catalogue, max_pages)
    elif reader == "pdfium":
        with PdfiumFile(path, data, catalogue) as file:
            _check_count(path, file.page_count, max_pages)
            for content in file.pages():
                yield content, "pdfium"
    else:
        yield from _with_best(path, data, catalogue, max_pages)


def _with_plumber(
    path: Path, data: bytes, catalogue: Catalogue, max_pages: int
) -> Generator[PageReading, None, None]:
    with PlumberFile(path, data, catalogue) as file:
        _check_count(path, file.page_count, max_pages)
        for content in file.pages():
            yield content, "pdfplumber"


def _with_best(
    path: Path, data: bytes, catalogue: Catalogue, max_pages: int
) -> Generator[PageReading, None, None]:
    """pdfium's reading of each page, and pdfplumber's where that is better."""
    with ExitStack() as stack:
        try:
            first = stack.enter_context(PdfiumFile(path, data, catalogue))
        except DamagedFile:
            yield from _with_plumber(path, data, catalogue, max_pages)
            return
        _check_count(path, first.page_count, max_pages)
        second = _Second(path, data, catalogue, stack)
        for index, content in enumerate(first.pages()):
            if content.readable and not content.doubtful and not quality_of(content.glyphs).is_poor:
                yield content, "pdfium"
            else:
                other = second.page(index)
                chosen = better(content, other) if other is not None else content
                name = "pdfium" if chosen is content else "pdfplumber"
                yield replace(chosen, label=content.label), name


class _Second:
    """The second reader, opened when first asked; a file that it cannot open is asked of it once only."""

    def __init__(self, path: Path, data: bytes, catalogue: Catalogue, stack: ExitStack) -> None:
        self._path, self._data, self._catalogue, self._stack = path, data, catalogue, stack
        self._asked = False
        self._file: PlumberFile | None = None

    def page(self, index: int) -> PageContent | None:
        """Its reading of a page (0-based), None if it cannot open the file."""
        if not self._asked:
            self._asked = True
            self._file = self._open()
        return self._file.page(index) if self._file is not None else None

    def _open(self) -> PlumberFile | None:
        try:
            return self._stack.enter_context(PlumberFile(self._path, self._data, self._catalogue))
        except ReadingError:
            return None


def _check_count(path: Path, count: int, max_pages: int) -> None:
    if count == 0:
        raise DamagedFile(path, "The PDF opens but holds no pages.")
    if count > max_pages:
        raise TooManyPages(
            path,
            f"The PDF has {count:,} pages; at most {max_pages:,} {agreeing(max_pages, 'is', 'are')} read.",
        )
