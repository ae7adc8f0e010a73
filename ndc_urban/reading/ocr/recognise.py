"""Text recognition for pages that are pictures, with Tesseract where it is installed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from ndc_urban.document import Page
from ndc_urban.errors import OcrUnavailable
from ndc_urban.languages import ALL, of_script
from ndc_urban.reading.language import detect_language
from ndc_urban.reading.ocr.blocks import word_blocks
from ndc_urban.reading.ocr.tesseract import SECONDS_PER_PAGE, Picture, Word, find_words, installed_languages

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

DOTS_PER_INCH = 300  # what Tesseract's manual advises at least
POINTS_PER_INCH = 72  # the unit of PDF
SECONDS_TO_DRAW = 2
"""For each page; ten times what it takes."""

MAX_PIXELS = 5000
"""Of the longer side of a picture; posters are rendered more coarsely."""

TESSERACT_NAMES = {code: language.tesseract for code, language in ALL.items()}
ORIENTATION_DATA = "osd"
"""Tesseract's data for recognising pages that lie on their side."""

CERTAIN = 88.0
"""Mean confidence (0 to 100) above which a page was read in its own script; in another one it stays below 60,
but Latin text read as Chinese reaches 87."""

UNSURE = 60.0
"""Mean confidence below which a page may have been read upside down."""


def tesseract_languages() -> frozenset[str]:
    """ISO 639-1 codes of the languages that can be recognised; empty where Tesseract is not installed."""
    installed = installed_languages()
    return frozenset(language for language, name in TESSERACT_NAMES.items() if name in installed)


def recognise(
    path: Path,
    data: bytes,
    pages: Sequence[int],
    *,
    languages: Sequence[str],
    more_time: Callable[[float], None] = lambda seconds: None,
) -> dict[int, Page]:
    """The pages of a PDF (numbers from 1) as Tesseract reads them; left out are those at which it fails or that
    cannot be drawn.

    `languages` are ISO 639-1 codes: the one that is known, or several of which a page in the middle shows the
    right one. `more_time` is called with the seconds that drawing may take and with those that Tesseract has taken,
    which has a limit of its own, so that only the rest counts against a time limit. Raises `OcrUnavailable` where
    Tesseract or the data of all these languages is missing.
    """
    usable = [language for language in languages if language in tesseract_languages()]
    if not usable:
        raise _unavailable(path, languages)
    document = _open(data)
    if document is None:
        return {}
    try:
        tesseract = _Tesseract(more_time)
        language = usable[0] if len(usable) == 1 else _language(tesseract, document, pages, usable)
        turned = ORIENTATION_DATA in installed_languages()
        found = ((number, _page(tesseract, document, number, language, turned=turned)) for number in pages)
        return {number: page for number, page in found if page is not None}
    finally:
        document.close()


@dataclass(frozen=True, slots=True)
class _Tesseract:
    """Tesseract, whose time does not count: `more_time` is called with the most that it may take before it starts, and
    with what it left afterwards.
    """

    more_time: Callable[[float], None]

    def words(
        self, picture: Picture, languages: Sequence[str], *, turned: bool = False
    ) -> tuple[Word, ...] | None:
        names = [TESSERACT_NAMES[name] for name in languages]
        start = time.monotonic()
        self.more_time(SECONDS_PER_PAGE)
        words = find_words(picture, names, turned=turned)
        self.more_time(time.monotonic() - start - SECONDS_PER_PAGE)
        return words


def languages_to_try(language: str) -> tuple[str, ...]:
    """For a document whose other text is in `language`: that one, or all where it is unknown."""
    return (language,) if language in TESSERACT_NAMES else tuple(TESSERACT_NAMES)


def _unavailable(path: Path, languages: Iterable[str]) -> OcrUnavailable:
    """The error for a machine on which Tesseract, or its data for these languages, is missing."""
    packages = " ".join(
        f"tesseract-ocr-{TESSERACT_NAMES.get(language, language).replace('_', '-')}" for language in languages
    )
    if not installed_languages():
        return OcrUnavailable(path, "Text recognition was asked for, but Tesseract is not installed.")
    return OcrUnavailable(
        path,
        "Text recognition was asked for, but Tesseract lacks the data of the document's language.",
        remedy=f"Install it (on Debian and Ubuntu: {packages}) and run again.",
    )


def _language(
    tesseract: _Tesseract, document: PdfDocument, pages: Sequence[int], languages: Sequence[str]
) -> str:
    """The language of a page that is likely to be full of text, unlike a cover or the last page."""
    in_order = sorted(pages)
    middle = len(in_order) // 2
    pictures = (_picture(document, number) for number in in_order[middle:] + in_order[:middle])
    picture = next((picture for picture in pictures if picture is not None), None)
    return languages[0] if picture is None else _choose(tesseract, picture, languages)


def _choose(tesseract: _Tesseract, picture: Picture, languages: Sequence[str]) -> str:
    """The language of a page among several: the script read with most certainty, then what its words say.

    Tesseract's own detection of scripts is not asked: it takes one Latin page in ten for a Cyrillic one.
    """
    best: tuple[float, list[str], Sequence[Word]] = (-1.0, list(languages[:1]), ())
    for group in _groups(languages):
        words = tesseract.words(picture, group) or ()
        if _certainty(words) > best[0]:
            best = (_certainty(words), group, words)
        if best[0] >= CERTAIN:
            break
    _, likely, read = best
    found = detect_language(" ".join(word.text for word in read))
    return found if found in likely else likely[0]


def _groups(languages: Sequence[str]) -> list[list[str]]:
    """Languages by script: those that share one can be recognised together."""
    scripts = dict.fromkeys(language.script for language in ALL.values())
    by_script = ([name for name in languages if name in of_script(script)] for script in scripts)
    return [group for group in by_script if group]


def _certainty(words: Sequence[Word]) -> float:
    """Mean confidence (0 to 100), the longer words counting more; 0 for no words."""
    letters = [word.confidence for word in words for _ in word.text]
    return fmean(letters) if letters else 0.0


def _page(
    tesseract: _Tesseract, document: PdfDocument, number: int, language: str, *, turned: bool
) -> Page | None:
    tesseract.more_time(SECONDS_TO_DRAW)
    picture = _picture(document, number)
    if picture is None:
        return None
    words = tesseract.words(picture, [language], turned=turned)
    if words is None:
        return None
    if (
        turned and _certainty(words) < UNSURE
    ):  # on a page of few words it may have taken the wrong side for the top
        upright = tesseract.words(picture, [language]) or ()
        words = max(words, upright, key=_certainty)
    width, height = document.get_page_size(number - 1)
    blocks = word_blocks(words, number, scale=POINTS_PER_INCH / picture.dots_per_inch, height=height)
    return Page(number=number, blocks=blocks, reader="ocr", width=width, height=height)


def _open(data: bytes) -> PdfDocument | None:
    """The PDF; None where pdfium cannot open it, whose pages were read by pdfplumber then."""
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return None


def _picture(document: PdfDocument, number: int) -> Picture | None:
    """A page drawn; None where that fails, or the page has an absurd size."""
    import pypdfium2

    try:
        page = document[number - 1]
        sides = page.get_size()
        if not all(0 < side <= MAX_PIXELS * POINTS_PER_INCH for side in sides):
            return None
        dots_per_inch = min(DOTS_PER_INCH, int(MAX_PIXELS * POINTS_PER_INCH / max(sides)))
        bitmap = page.render(scale=dots_per_inch / POINTS_PER_INCH, grayscale=True)
        pixels = bitmap.to_numpy()
        header = f"P5 {bitmap.width} {bitmap.height} 255\n".encode("ascii")
        pgm = header + pixels.reshape(bitmap.height, bitmap.width).tobytes()
        bitmap.close()
        page.close()
    except (pypdfium2.PdfiumError, IndexError):
        return None
    return Picture(pgm, dots_per_inch)
