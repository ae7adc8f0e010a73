"""The second PDF reader: pdfplumber behind the same interface, for pages on which the first one fails.

pdfminer, underneath, raises whatever its parsing of a broken file runs into; all of it is caught here, and
nowhere else.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ndc_urban.errors import DamagedFile, EncryptedFile
from ndc_urban.reading.pdf.accents import with_joined_accents
from ndc_urban.reading.pdf.as_shown import as_shown, is_among
from ndc_urban.reading.pdf.catalogue import Catalogue
from ndc_urban.reading.pdf.glyphs import (
    Bools,
    Floats,
    Glyphs,
    PageContent,
    boxes_of,
    covered_share,
    moved,
    no_glyphs,
    put_together,
    unreadable_page,
)
from ndc_urban.reading.pdf.hidden_text import on_page, watermark
from ndc_urban.reading.pdf.scans import may_be_scan
from ndc_urban.reading.pdf.sizes import with_true_sizes
from ndc_urban.reading.pdf.unknown_glyphs import UNREADABLE, mark

if TYPE_CHECKING:
    from pdfplumber.page import Page as PlumberPage

T = TypeVar("T")

_BOLD_NAMES = ("bold", "black", "heavy", "semibold", "demi")
_MAX_GLYPHS = 200_000  # as with pdfium: a page with more of them is not a page of a document
_NEARLY_WHITE = 0.98  # 250 of 255, as with pdfium
_SLANTED = 0.11  # of a quarter turn, as with pdfium
_POINTS_OF_LETTER = 15
"""Corners of the outline of a letter, as pdfplumber counts them (a curve is one)."""

_UNMAPPED = re.compile(r"\(cid:\d+\)")
"""What pdfminer writes for a glyph without a character."""

_log = logging.getLogger(__name__)


class PlumberFile:
    """A PDF opened with pdfplumber; a context manager that frees it. Raises `DamagedFile` or `EncryptedFile`
    when made.

    A page is freed as soon as its content has been taken: pdfplumber would keep all of them.
    """

    def __init__(self, path: Path, data: bytes, catalogue: Catalogue | None = None) -> None:
        import pdfplumber  # half a second, and most files never need it

        logging.getLogger("pdfminer").setLevel(logging.ERROR)
        self._shown = as_shown(path, data, catalogue or Catalogue(data))
        opened, error = _attempt(lambda: pdfplumber.open(io.BytesIO(self._shown.data)))
        if opened is None:
            raise _opening_error(path, error)
        self._file = opened
        pages, error = _attempt(lambda: opened.pages)
        if pages is None:
            raise _opening_error(path, error)
        self._pages: Sequence[PlumberPage] = pages
        self.page_count = len(pages)

    def __enter__(self) -> PlumberFile:
        return self

    def __exit__(self, *_: object) -> None:
        _attempt(self._file.close)

    def pages(self) -> Iterator[PageContent]:
        """All pages in order; a page that cannot be read comes as unreadable."""
        for index in range(self.page_count):
            yield self.page(index)

    def page(self, index: int) -> PageContent:
        """The content of the page at `index` (0-based)."""
        if index >= self.page_count:
            return unreadable_page(index + 1)
        page = self._pages[index]
        content, _ = _attempt(lambda: self._as_shown(_page_content(page, index + 1), page))
        _attempt(page.close)
        return content if content is not None else unreadable_page(index + 1)

    def _as_shown(self, content: PageContent, page: PlumberPage) -> PageContent:
        """The content with what was typed into forms, and without what is on layers that are off."""
        glyphs, index = content.glyphs, content.number - 1
        hidden, typed = self._shown.hidden.get(index), self._shown.typed.get(index)
        corner = (float(page.cropbox[0]), float(page.cropbox[1]))
        if hidden is not None:
            glyphs = glyphs.take(np.flatnonzero(~is_among(glyphs, moved(hidden, *corner))))
        if typed is not None:
            glyphs = put_together([glyphs, moved(typed, *corner)])
        return replace(content, glyphs=glyphs)


def _attempt(call: Callable[[], T]) -> tuple[T | None, Exception | None]:
    """The one boundary to pdfplumber: its result, or the error it raised."""
    try:
        return call(), None
    except MemoryError:
        raise
    except Exception as error:
        _log.debug("pdfplumber failed", exc_info=error)
        return None, error


def _opening_error(path: Path, error: Exception | None) -> DamagedFile | EncryptedFile:
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect

    causes = [error, *getattr(error, "args", ())]
    if any(isinstance(cause, (PDFEncryptionError, PDFPasswordIncorrect)) for cause in causes):
        return EncryptedFile(path, "The PDF is protected with a password.")
    return DamagedFile(path, "The PDF cannot be opened: its structure is broken.")


def _page_content(page: PlumberPage, number: int) -> PageContent:
    rulings, fills = _drawn(page)
    pictures = boxes_of([(image["x0"], image["top"], image["x1"], image["bottom"]) for image in page.images])
    chars = page.chars[:_MAX_GLYPHS]
    glyphs, _ = with_true_sizes(_glyphs(chars))
    codes = glyphs.codes.astype(np.int64)
    codes[[at for at, letter in enumerate(glyphs.text) if letter == UNREADABLE]] = ord(UNREADABLE)
    glyphs = mark(glyphs, codes, lambda at: f"{chars[at]['fontname']} {chars[at]['text']}")
    glyphs = glyphs.take(np.flatnonzero(_in_crop_box(glyphs, page) & ~watermark(glyphs, _slanted(chars))))
    share = covered_share(pictures, float(page.width), float(page.height))
    return PageContent(
        number,
        float(page.width),
        float(page.height),
        with_joined_accents(glyphs),
        rulings,
        fills,
        shows=bool(page.images or page.rects or page.curves or page.lines),
        picture=share,
        is_scan=may_be_scan(glyphs, share),
        outlines=sum(len(curve["pts"]) // _POINTS_OF_LETTER for curve in page.curves if curve.get("fill")),
    )


def _slanted(chars: Sequence[dict[str, Any]]) -> Bools:
    """Which characters (n,) run aslant."""
    matrix = np.array([char["matrix"][:2] for char in chars], dtype=np.float64).reshape(-1, 2)
    exact = np.arctan2(matrix[:, 1], matrix[:, 0]) / (np.pi / 2)
    return np.asarray(np.abs(exact - np.round(exact)) > _SLANTED, dtype=np.bool_)


def _in_crop_box(glyphs: Glyphs, page: PlumberPage) -> Bools:
    """Which glyphs are inside the part of the page that is shown, (n,)."""
    left, top, right, bottom = (float(side) for side in page.cropbox)
    return on_page(moved(glyphs, -left, -top), right - left, bottom - top)


def _glyphs(chars: Sequence[dict[str, Any]]) -> Glyphs:
    if not chars:
        return no_glyphs()
    box = np.array(
        [[char["x0"], char["top"], char["x1"], char["bottom"]] for char in chars], dtype=np.float64
    )
    matrix = np.array([char["matrix"] for char in chars], dtype=np.float64)
    rise = np.array([char["y1"] for char in chars], dtype=np.float64) - matrix[:, 5]
    turn = np.round(-np.arctan2(matrix[:, 1], matrix[:, 0]) / (np.pi / 2)).astype(np.int64) % 4
    size = np.array([char["size"] for char in chars], dtype=np.float64)
    baseline = np.where(turn % 2 == 0, box[:, 1] + rise, matrix[:, 4])
    fonts = {char["fontname"]: _is_bold(str(char["fontname"])) for char in chars}
    bold = np.array([fonts[char["fontname"]] for char in chars], dtype=np.bool_)
    text = [_UNMAPPED.sub(UNREADABLE, str(char["text"])).replace("\n", " ") for char in chars]
    return Glyphs(text, np.nan_to_num(box), np.nan_to_num(baseline), np.nan_to_num(size), bold, turn)


def _is_bold(font: str) -> bool:
    return any(word in font.lower() for word in _BOLD_NAMES)


def _drawn(page: PlumberPage) -> tuple[Floats, Floats]:
    """Rulings (m, 4) and fills (k, 4), as `PageContent` has them."""
    edges = [(edge["x0"], edge["top"], edge["x1"], edge["bottom"]) for edge in page.edges]
    fills = [
        (rect["x0"], rect["top"], rect["x1"], rect["bottom"])
        for rect in page.rects
        if rect.get("fill") and not _is_white(rect.get("non_stroking_color"))
    ]
    return boxes_of(edges), boxes_of(fills)


def _is_white(colour: Any) -> bool:
    if not isinstance(colour, (tuple, list)) or not all(isinstance(part, (int, float)) for part in colour):
        return False
    return max(colour, default=0) == 0 if len(colour) == 4 else min(colour, default=0) > _NEARLY_WHITE
