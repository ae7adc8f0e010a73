"""What a user should know beside a document's level, in a few words: the column `notes` of the table of documents.

The readers' whole sentences are in run.json.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from ndc_urban.document import Document, folded
from ndc_urban.page_ranges import page_ranges, pages_in

NOTE_SEPARATOR = "; "
RECOGNISED = "recognised text"
"""Heads the note on pages that text recognition has read."""


def reading_notes(document: Document) -> tuple[str, ...]:
    """Which pages were read badly or not at all."""
    recognised = [page.number for page in document.pages if page.reader == "ocr" and page.number is not None]
    found = {
        "damaged text": document.damaged_pages,
        RECOGNISED: recognised,
        "pages not read": document.pages_needing_ocr,
    }
    return tuple(_of_pages(what, numbers) for what, numbers in found.items() if numbers)


def _of_pages(what: str, numbers: Iterable[int]) -> str:
    """The note with its pages, listed by commas since notes are separated by semicolons."""
    where = page_ranges(numbers).replace(";", ", ")
    return f"{what}: {where}" if what.startswith("pages") else f"{what}: pages {where}"


def recognised_pages(notes: str) -> frozenset[int]:
    """The pages of a document that were read by text recognition, as its cell `notes` says.

    >>> sorted(recognised_pages("damaged text: pages 9; recognised text: pages 2-4, 7"))
    [2, 3, 4, 7]
    """
    head = f"{RECOGNISED}: pages "
    found = (note.removeprefix(head) for note in notes.split(NOTE_SEPARATOR) if note.startswith(head))
    return frozenset(page for ranges in found for page in pages_in(ranges.replace(", ", ";")))


def fingerprint(document: Document) -> str:
    """The same for two documents with the same words and numbers in the same order."""
    return hashlib.sha256(folded(document.text).encode()).hexdigest()


_OF_A_COPY = ("same file as ", "same text as ")


def copy_of(notes: str) -> str:
    """The earlier file of the run that a document repeats, as its cell `notes` says; empty for others.

    >>> copy_of("short document; same text as plans/KEN_2025.pdf"), copy_of("damaged text: pages 9")
    ('plans/KEN_2025.pdf', '')
    """
    for head in _OF_A_COPY:
        _, found, rest = f"{NOTE_SEPARATOR}{notes}".partition(f"{NOTE_SEPARATOR}{head}")
        if found:
            return rest  # the last note, as a name may hold the separator
    return ""


class Repetitions:
    """Which files of a run repeat an earlier one; `note` is called in the order of the table of documents."""

    def __init__(self) -> None:
        self._first_file: dict[str, str] = {}
        self._first_text: dict[str, str] = {}

    def note(self, name: str, sha256: str, text: str) -> str:
        """The note on an earlier file with the same bytes or text, empty where there is none.

        `text` is the fingerprint, empty for a file that was not read.
        """
        if sha256 and sha256 in self._first_file:
            note = f"{_OF_A_COPY[0]}{self._first_file[sha256]}"
        elif text and text in self._first_text:
            note = f"{_OF_A_COPY[1]}{self._first_text[text]}"
        else:
            note = ""
        self._first_file.setdefault(sha256, name)
        self._first_text.setdefault(text, name)
        return note
