"""What a user may choose about reading, and what a reader gives back. Each choice is listed here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ndc_urban.document import Page

PdfReader = Literal["auto", "pdfium", "pdfplumber"]
"""Which library reads PDFs; "auto" takes pdfium, and pdfplumber for the pages that pdfium reads badly."""

OcrMode = Literal["auto", "never", "always"]
"""When text is recognised in pictures of pages."""

MAX_PAGES = 2000
"""Must be greater than the pages of the longest NDC; a longer file is a collection or a mistake."""

MoreTime = Callable[[float], None]
"""Called with a number of seconds before work that is known to take so much longer, for whoever sets a time limit.
A negative number gives back time that was not needed."""


def no_time_limit(seconds: float) -> None:
    """For callers that set no time limit."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is read; only formats with drawn pages (PDF) make use of it."""

    reader: PdfReader = "auto"
    ocr: OcrMode = "auto"
    max_pages: int = MAX_PAGES
    more_time: MoreTime = no_time_limit


@dataclass(frozen=True, slots=True)
class Reading:
    """The pages of a file and what a user should know about how they were read."""

    pages: tuple[Page, ...]
    notes: tuple[str, ...] = ()
