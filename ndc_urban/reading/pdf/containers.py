"""PDFs whose pages are not the document: portfolios, and dynamic forms that only one program can show."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from ndc_urban.errors import DynamicForm, Portfolio
from ndc_urban.reading.pdf.annotations import utf16_string
from ndc_urban.reading.pdf.catalogue import Catalogue

_XFA = (pdfium_c.FORMTYPE_XFA_FULL, pdfium_c.FORMTYPE_XFA_FOREGROUND)
_SHELL = re.compile(
    r"please\s+wait|if\s+this\s+message\s+is\s+not\s+eventually\s+replaced|adobe\s+reader|acrobat\s+reader",
    re.IGNORECASE,
)
"""What the one page of a dynamic form says in other programs; versions in other languages name the program too."""

_SHELL_PAGES = 2  # of a dynamic form at most; a document with more pages has pages of its own
_SHELL_LETTERS = 3000
"""A page with more text than this is not a mere note that the form cannot be shown."""

_COVER_PAGES = 3
"""A portfolio with more pages than this has a document of its own; the others are named in a note."""

_MOST_NAMED = 5  # files that a message names; the others are counted
_MOST_PAGES, _MOST_PINNED = 2_000, 1_000
"""Pages, and annotations of one, that are searched for files; more than documents have."""


def require_pages_of_its_own(path: Path, data: bytes, catalogue: Catalogue) -> None:
    """Raises `Portfolio` or `DynamicForm` for a PDF whose pages only say that the document is elsewhere."""
    if not catalogue.names(b"/Collection") and not catalogue.names(b"/XFA"):
        return
    document = pdfium_c.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        return
    try:
        _check(path, document, catalogue)
    finally:
        pdfium_c.FPDF_CloseDocument(document)


def enclosed_files(data: bytes, catalogue: Catalogue) -> list[str]:
    """The names of the files that a PDF encloses, as a whole or pinned to a page; none where it cannot be opened."""
    pinned = catalogue.names(b"/FileAttachment")
    if not pinned and not catalogue.names(b"/EmbeddedFiles"):
        return []
    document = pdfium_c.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        return []
    try:
        pages = min(int(pdfium_c.FPDF_GetPageCount(document)), _MOST_PAGES) if pinned else 0
        names = [*_enclosed(document), *(name for at in range(pages) for name in _pinned(document, at))]
    finally:
        pdfium_c.FPDF_CloseDocument(document)
    return list(dict.fromkeys(names))


def listed(names: Sequence[str]) -> str:
    """Names of files for a message, at most a few."""
    return ", ".join(names[:_MOST_NAMED]) + (" and others" if len(names) > _MOST_NAMED else "")


def _pinned(document: Any, at: int) -> Iterator[str]:
    """The names of the files that are pinned to a page (0-based)."""
    page = pdfium_c.FPDF_LoadPage(document, at)
    if not page:
        return
    for number in range(min(int(pdfium_c.FPDFPage_GetAnnotCount(page)), _MOST_PINNED)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        if pdfium_c.FPDFAnnot_GetSubtype(annotation) == pdfium_c.FPDF_ANNOT_FILEATTACHMENT:
            file = pdfium_c.FPDFAnnot_GetFileAttachment(annotation)
            if file:
                yield _name_of(file)
        pdfium_c.FPDFPage_CloseAnnot(annotation)
    pdfium_c.FPDF_ClosePage(page)


def _check(path: Path, document: Any, catalogue: Catalogue) -> None:
    pages = int(pdfium_c.FPDF_GetPageCount(document))
    files = _enclosed(document)
    if catalogue.names(b"/Collection") and files and pages <= _COVER_PAGES:
        count = f"{len(files)} files" if len(files) > 1 else "one file"
        raise Portfolio(
            path, f"The PDF is a portfolio: its pages are a cover around {count} ({listed(files)})."
        )
    if int(pdfium_c.FPDF_GetFormType(document)) in _XFA and pages <= _SHELL_PAGES:
        text = "".join(_page_text(document, at) for at in range(pages))
        if len(text) < _SHELL_LETTERS and (_SHELL.search(text) or not text.strip()):
            raise DynamicForm(
                path, "The PDF is a dynamic form (XFA), whose content only Adobe's programs can show."
            )


def _enclosed(document: Any) -> list[str]:
    """The names of the files that a PDF encloses."""
    count = max(0, int(pdfium_c.FPDFDoc_GetAttachmentCount(document)))
    found = (pdfium_c.FPDFDoc_GetAttachment(document, at) for at in range(min(count, 1000)))
    return [_name_of(each) for each in found if each]


def _name_of(file: Any) -> str:
    return utf16_string(pdfium_c.FPDFAttachment_GetName, file) or "without a name"


def _page_text(document: Any, at: int) -> str:
    page = pdfium_c.FPDF_LoadPage(document, at)
    if not page:
        return ""
    text_page = pdfium_c.FPDFText_LoadPage(page)
    text = ""
    if text_page:
        count = min(int(pdfium_c.FPDFText_CountChars(text_page)), _SHELL_LETTERS)
        buffer = (ctypes.c_ushort * (count + 1))()
        pdfium_c.FPDFText_GetText(text_page, 0, count, buffer)
        text = bytes(buffer)[: 2 * count].decode("utf-16-le", "replace")
        pdfium_c.FPDFText_ClosePage(text_page)
    pdfium_c.FPDF_ClosePage(page)
    return text
