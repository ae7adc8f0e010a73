"""Reads a file and cuts it into passages, or takes both from the cache: the same for scoring, training and labels."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ndc_urban.cache import place
from ndc_urban.cache.documents import as_lines, from_lines
from ndc_urban.cache.entries import READ, Entries, Key
from ndc_urban.cache.versions import reading_version
from ndc_urban.document import Document, Passage
from ndc_urban.errors import FileUnreadable
from ndc_urban.files import sha256_of
from ndc_urban.reading.options import MAX_PAGES, MoreTime, OcrMode, PdfReader, no_time_limit

PASSING = "Tesseract failed"
"""Begins the note on pages that were given up, which a machine with more time might have read."""


def read(
    path: Path,
    *,
    reader: PdfReader = "auto",
    ocr: OcrMode = "auto",
    max_pages: int = MAX_PAGES,
    more_time: MoreTime = no_time_limit,
) -> Document:
    """The document with its passages, from the cache where it is there.

    Without a cache it is not segmented. Raises what `ndc_urban.reading.read` raises.
    """
    from ndc_urban import reading
    from ndc_urban.segment import segment

    make = functools.partial(
        reading.read, path, reader=reader, ocr=ocr, max_pages=max_pages, more_time=more_time
    )
    root = place.current()
    try:
        sha256 = sha256_of(path) if root is not None else ""
    except OSError:
        return make()  # says what is wrong with the file
    keys = reading_keys(path, sha256, reader, ocr, max_pages)
    return kept(root, keys, path, make, segment)


def kept(
    root: Path | None,
    keys: Sequence[Key],
    path: Path,
    make: Callable[[], Document],
    segment: Callable[[Document], tuple[Passage, ...]],
) -> Document:
    """What the cache `root` has for `keys`, or what `make` gives, which is then segmented and kept.

    The first key is that of the reading itself; another is that of a reading which is taken if recognition changed
    nothing in it.
    """
    if root is None:
        return make()
    entries = Entries(root, READ)
    for number, key in enumerate(keys):
        found = _found(entries, key, path)
        if found is not None and (number == 0 or _is_without_recognition(found)):
            return found
    made = make()
    if made.sha256 != keys[0]["file"]:
        raise FileUnreadable(path, "The file changed while it was read.", remedy="Run it again.")
    made = replace(made, passages=segment(made))
    if is_lasting(made):
        entries.put(keys[0], as_lines(made))
    return made


def _found(entries: Entries, key: Key, path: Path) -> Document | None:
    data = entries.get(key)
    if data is None:
        return None
    try:
        return from_lines(data, path, key["file"])
    except (ValueError, KeyError, TypeError, IndexError):
        return None  # not made by this program: it is made anew


def _is_without_recognition(document: Document) -> bool:
    """Whether the reading is the same with recognition and without, as no page was or should be recognised."""
    touched = any(page.reader == "ocr" or page.needs_ocr or page.damaged for page in document.pages)
    return not touched and not any("Tesseract" in note for note in document.notes)


def is_lasting(document: Document) -> bool:
    """Whether another reading would give the same, so that it may be kept."""
    return not any(note.startswith(PASSING) for note in document.notes)


def reading_key(path: Path, sha256: str, reader: str, ocr: str, max_pages: int) -> dict[str, str]:
    """All that decides what is read in a file: its content and ending, the program, and the settings."""
    return {
        "file": sha256,
        "ending": path.suffix.lower(),
        "reader": f"{reader}, ocr {ocr}, at most {max_pages} pages",
        "tesseract": "" if ocr == "never" else tesseract(),
        "version": reading_version(),
    }


def reading_keys(path: Path, sha256: str, reader: str, ocr: str, max_pages: int) -> tuple[Key, ...]:
    """The key of a reading and that of the one which differs from it only if a page is recognised."""
    modes = [ocr, *({"auto": ["never"], "never": ["auto"]}.get(ocr, []))]
    return tuple(reading_key(path, sha256, reader, mode, max_pages) for mode in modes)


@functools.cache
def tesseract() -> str:
    """Which Tesseract is installed, with which languages; empty for none."""
    from ndc_urban.reading.ocr.tesseract import installed_languages

    program = shutil.which("tesseract")
    if program is None:
        return ""
    status = Path(program).stat()
    return f"{status.st_size} {int(status.st_mtime)} {' '.join(sorted(installed_languages()))}"
