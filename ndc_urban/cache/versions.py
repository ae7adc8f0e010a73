"""What makes an entry of the cache outdated: the code and data of the program, and the libraries that decide a result.

Versions are hashes of the files themselves, so that a changed line of code is noticed without a number to count up.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

READING = (
    "document.py",
    "sentences.py",
    "segment.py",
    "acronyms.py",
    "page_ranges.py",
    "languages",
    "reading",
    "cache",
)
"""What decides how a file is read and cut into passages."""

READING_LIBRARIES = (
    "pypdfium2",
    "pdfplumber",
    "pdfminer.six",
    "lxml",
    "charset-normalizer",
    "lingua-language-detector",
    "spacy",
    "babel",
)

SCORING = (*READING, "codebook.py", "parties.py", "statistics.py", "lexicon", "model", "runs")
"""What decides what is said of passages, and how it is recorded."""

SCORING_LIBRARIES = (*READING_LIBRARIES, "numpy", "country-converter")


@cache
def reading_version() -> str:
    """The same as long as a file is read in the same way."""
    return _version(READING, READING_LIBRARIES)


@cache
def scoring_version() -> str:
    """The same as long as a model says the same of a file."""
    return _version(SCORING, SCORING_LIBRARIES)


def _version(parts: Sequence[str], libraries: Sequence[str]) -> str:
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for path in sorted(_files(package, parts)):
        digest.update(f"\n{path.relative_to(package).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    for library in libraries:
        found = next(iter(importlib.metadata.distributions(name=library)), None)
        digest.update(f"{library} {found.version if found else ''}\n".encode())
    digest.update(f"{platform.python_version()} {unicodedata.unidata_version}".encode())
    return digest.hexdigest()


def _files(package: Path, parts: Sequence[str]) -> Iterator[Path]:
    for part in parts:
        path = package / part
        if path.is_file():
            yield path
        else:
            found = path.rglob("*")
            yield from (each for each in found if each.is_file() and "__pycache__" not in each.parts)
