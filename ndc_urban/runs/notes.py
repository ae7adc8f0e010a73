"""What a user should know beside a document's level, in a few words: the column `notes` of the table of documents.

The readers' whole sentences are in run.json.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from ndc_urban.document import Document, folded
from ndc_urban.page_ranges import page_ranges

NOTE_SEPARATOR = "; "


def reading_notes(document: Document) -> tuple[str, ...]:
    """Which pages were read badly or not at all."""
    recognised = [page.number for page in document.pages if page.reader == "ocr" and page.number is not None]
    found = {
        "damaged text": document.damaged_pages,
        "recognised text": recognised,
        "pages not read": document.pages_needing_ocr,
    }
    return tuple(_of_pages(what, numbers) for what, numbers in found.items() if numbers)


def _of_pages(what: str, numbers: Iterable[int]) -> str:
    """The note with its pages, listed by commas since notes are parted by semicolons."""
    where = page_ranges(numbers).replace(";", ", ")
    return f"{what}: {where}" if what.startswith("pages") else f"{what}: pages {where}"


def fingerprint(document: Document) -> str:
    """The same for two documents with the same words and numbers in the same order."""
    return hashlib.sha256(folded(document.text).encode()).hexdigest()


def repetitions(files: Iterable[tuple[str, str, str]]) -> list[str]:
    """For each file, given its name, hash and fingerprint, the note on an earlier one with the same bytes or text.

    Empty where there is none. The fingerprint of a file that was not read is empty.
    """
    notes = []
    first_file: dict[str, str] = {}
    first_text: dict[str, str] = {}
    for name, sha256, text in files:
        if sha256 and sha256 in first_file:
            notes.append(f"same file as {first_file[sha256]}")
        elif text and text in first_text:
            notes.append(f"same text as {first_text[text]}")
        else:
            notes.append("")
        first_file.setdefault(sha256, name)
        first_text.setdefault(text, name)
    return notes
