"""The default PDF reader: pdfium through its C interface, a page at a time, as arrays of glyphs and rulings.

Characters are fetched with `FPDFText_*` (https://pdfium.googlesource.com/pdfium, public/fpdf_text.h), rulings
from path objects (public/fpdf_edit.h). pdfium keeps global state: one process, one thread.
"""

from __future__ import annotations

import ctypes
import math
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import lru_cache
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]
from numpy.typing import NDArray

from ndc_urban.errors import DamagedFile, EncryptedFile
from ndc_urban.reading.pdf.accents import with_joined_accents
from ndc_urban.reading.pdf.actual_text import (
    has_actual_text,
    has_marks,
    spells_words,
    spread_evenly,
    without_actual_text,
)
from ndc_urban.reading.pdf.annotations import Forms, Typed, set_in
from ndc_urban.reading.pdf.catalogue import Catalogue
from ndc_urban.reading.pdf.covered import Texts, covered, outside_of_clip, printed_again
from ndc_urban.reading.pdf.glyphs import (
    LINE_BREAK,
    Bools,
    Floats,
    Glyphs,
    Ints,
    PageContent,
    covered_share,
    no_glyphs,
    put_together,
    unreadable_page,
)
from ndc_urban.reading.pdf.hidden_text import doubled_invisible, on_page, too_small, watermark
from ndc_urban.reading.pdf.layers import Layers
from ndc_urban.reading.pdf.pdfium_calls import ADDRESS, DOUBLE, INT, by_address
from ndc_urban.reading.pdf.pdfium_paths import DrawnPaths, are_white, colours_of, drawn_paths
from ndc_urban.reading.pdf.scans import looks_printed, may_be_scan
from ndc_urban.reading.pdf.sizes import with_true_sizes
from ndc_urban.reading.pdf.unknown_glyphs import mark
from ndc_urban.reading.pdf.white_text import shows_nothing

_HYPHENS = frozenset({0x02, 0xAD, 0xFFFE})
"""What pdfium returns for a hyphen that breaks a word at the line's end."""

_BREAK_OR_NONE = 0xFFFE
"""In a text fetched at once stands for such a hyphen as well as for a glyph without a character."""

_BOLD_NAMES = ("bold", "black", "heavy", "semibold", "demi")
_FORCE_BOLD = 1 << 18  # bit 19 of a font's flags (ISO 32000-1, table 123)
_BOLD_WEIGHT = 700  # CSS and OpenType call 700 bold
_FILL = 0  # text render mode 0 (ISO 32000-1, table 106): fully transparent, it is as good as invisible
_FILL_AND_STROKE = 2  # text render mode 2 (ISO 32000-1, table 106): an outline makes false bold
_INVISIBLE = 3  # text render mode 3
_RTL = (0x0590, 0x08FF)  # Hebrew and Arabic
_SLANTED = 0.11  # of a quarter turn, ten degrees: text recognised on a crooked scan is turned by less
_SAME_FOOT = 0.05  # points: more than rounding; a foot elsewhere shows another size or baseline
_LONGEST_LABEL = 64  # bytes, 31 letters: a longer label of a page is not a number
_MAX_GLYPHS = 200_000
"""A page with more glyphs than this is not a page of a document; the rest of it is left out."""


_get_text = by_address(pdfium_c.FPDFText_GetText, INT, ADDRESS, INT, INT, ADDRESS)
_get_size = by_address(pdfium_c.FPDFText_GetFontSize, DOUBLE, ADDRESS, INT)
_get_matrix = by_address(pdfium_c.FPDFText_GetMatrix, INT, ADDRESS, INT, ADDRESS)
_get_font = by_address(pdfium_c.FPDFTextObj_GetFont, ADDRESS, ADDRESS)
_get_mode = by_address(pdfium_c.FPDFTextObj_GetTextRenderMode, INT, ADDRESS)
_get_unicode = by_address(pdfium_c.FPDFText_GetUnicode, "unsigned int", ADDRESS, INT)
_is_hyphen = by_address(pdfium_c.FPDFText_IsHyphen, INT, ADDRESS, INT)
_get_object = by_address(pdfium_c.FPDFText_GetTextObject, ADDRESS, ADDRESS, INT)
_get_box = by_address(pdfium_c.FPDFText_GetLooseCharBox, INT, ADDRESS, INT, ADDRESS)
_get_origin = by_address(pdfium_c.FPDFText_GetCharOrigin, INT, ADDRESS, INT, ADDRESS, ADDRESS)


_BLACK = (0, 0, 0, 255)


class Beside(NamedTuple):
    """Of a page the values of its forms that have no appearance, its text that is not shown, and whether anything was
    drawn into it.
    """

    typed: Glyphs
    hidden: Glyphs
    drawn: bool


class PdfiumFile:
    """A PDF opened with pdfium; a context manager that frees it. Raises `DamagedFile` or `EncryptedFile`
    when made.
    """

    def __init__(self, path: Path, data: bytes, catalogue: Catalogue | None = None) -> None:
        self._data = data  # pdfium reads from this memory as long as the document is open
        self._handle = pdfium_c.FPDF_LoadMemDocument64(data, len(data), None)
        if not self._handle:
            raise _opening_error(path, int(pdfium_c.FPDF_GetLastError()))
        catalogue = catalogue or Catalogue(data)
        self._forms = Forms(self._handle, stale=catalogue.names(b"/NeedAppearances true"))
        self._layers = Layers() if catalogue.names(b"/OCProperties") else None
        self.page_count = max(0, int(pdfium_c.FPDF_GetPageCount(self._handle)))

    @property
    def handle(self) -> Any:
        """pdfium's handle of the document, for its functions."""
        return self._handle

    def __enter__(self) -> PdfiumFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._forms.close()
        pdfium_c.FPDF_CloseDocument(self._handle)

    def pages(self) -> Iterator[PageContent]:
        """All pages in order; a page that cannot be loaded comes as unreadable."""
        for index in range(self.page_count):
            yield self.page(index)

    def page(self, index: int) -> PageContent:
        """The content of the page at `index` (0-based)."""
        page = pdfium_c.FPDF_LoadPage(self._handle, index)
        if not page:
            return unreadable_page(index + 1)
        try:
            drawn, typed = self._forms.typed_onto(page)
            if drawn:  # into the page's content, which is parsed when a page is loaded
                pdfium_c.FPDF_ClosePage(page)
                page = pdfium_c.FPDF_LoadPage(self._handle, index)
                if not page:
                    return unreadable_page(index + 1)
            hidden = self._layers.hidden_text(page) if self._layers is not None else frozenset()
            return replace(_page_content(page, index + 1, typed, hidden), label=self._label(index))
        finally:
            if page:
                pdfium_c.FPDF_ClosePage(page)

    def beside(self, index: int) -> Beside:
        """What another reader of the page at `index` (0-based) needs to know; forms are drawn into the page for it."""
        page = pdfium_c.FPDF_LoadPage(self._handle, index)
        if not page:
            return Beside(no_glyphs(), no_glyphs(), drawn=False)
        try:
            hidden = _hidden_glyphs(page, self._layers) if self._layers is not None else no_glyphs()
            drawn, typed = self._forms.typed_onto(page)
            return Beside(_set_in(typed, _Frame(page)), hidden, drawn=drawn)
        finally:
            pdfium_c.FPDF_ClosePage(page)

    def _label(self, index: int) -> str:
        """The page's number as the page labels of the file give it (ISO 32000-1, 12.4.2), empty without them."""
        room = ctypes.create_string_buffer(_LONGEST_LABEL)
        length = int(pdfium_c.FPDF_GetPageLabel(self._handle, index, room, len(room)))
        if not 0 < length <= len(room):
            return ""
        return " ".join(room.raw[: length - 2].decode("utf-16-le", "replace").split())


def _opening_error(path: Path, code: int) -> DamagedFile | EncryptedFile:
    if code == pdfium_c.FPDF_ERR_PASSWORD:
        return EncryptedFile(path, "The PDF is protected with a password.")
    if code == pdfium_c.FPDF_ERR_SECURITY:
        return EncryptedFile(path, "The PDF is protected in a way that cannot be opened.")
    return DamagedFile(path, "The PDF cannot be opened: its structure is broken.")


class _Frame:
    """From PDF user space (origin bottom left, unrotated) to the page as shown (origin top left)."""

    def __init__(self, page: Any) -> None:
        rect = pdfium_c.FS_RECTF()
        pdfium_c.FPDF_GetPageBoundingBox(page, ctypes.byref(rect))
        self.turns = int(pdfium_c.FPDFPage_GetRotation(page)) % 4
        left, right = sorted((rect.left, rect.right))
        bottom, top = sorted((rect.bottom, rect.top))
        width, height = right - left, top - bottom
        self.width, self.height = (height, width) if self.turns % 2 else (width, height)
        # (xx, xy, x0, yx, yy, y0): x' = xx·x + xy·y + x0 and y' = yx·x + yy·y + y0
        self._matrix = (
            (1, 0, -left, 0, -1, top),
            (0, 1, -bottom, 1, 0, -left),
            (-1, 0, right, 0, 1, -bottom),
            (0, -1, top, -1, 0, right),
        )[self.turns]

    def points(self, points: Floats) -> Floats:
        """Points (n, 2) of user space on the shown page, (n, 2)."""
        xx, xy, x0, yx, yy, y0 = self._matrix
        x, y = points[:, 0], points[:, 1]
        shown = np.empty((len(points), 2))
        shown[:, 0] = xx * x + x0 if not xy else xy * y + x0
        shown[:, 1] = yy * y + y0 if not yx else yx * x + y0
        return shown

    def boxes(self, boxes: Floats) -> Floats:
        """Boxes (n, 4) given by two opposite corners, as left, top, right, bottom on the shown page."""
        one, two = self.points(boxes[:, :2]), self.points(boxes[:, 2:])
        shown = np.empty((len(boxes), 4))
        np.minimum(one, two, out=shown[:, :2])
        np.maximum(one, two, out=shown[:, 2:])
        return shown


def _page_content(page: Any, number: int, typed: Sequence[Typed], hidden: frozenset[int]) -> PageContent:
    frame = _Frame(page)
    paths = drawn_paths(page)
    pictures = frame.boxes(paths.pictures)
    text_page = pdfium_c.FPDFText_LoadPage(page)
    glyphs, doubtful = no_glyphs(), False
    if text_page:
        try:
            glyphs, doubtful = _shown_glyphs(page, text_page, frame, paths, hidden)
        finally:
            pdfium_c.FPDFText_ClosePage(text_page)
    if typed:
        glyphs = put_together([glyphs, _set_in(typed, frame)])
    picture = covered_share(pictures, frame.width, frame.height)
    return PageContent(
        number,
        frame.width,
        frame.height,
        glyphs,
        rulings=frame.boxes(paths.rulings),
        fills=frame.boxes(paths.fills),
        shows=paths.any,
        picture=picture,
        is_scan=may_be_scan(glyphs, picture) and looks_printed(page, glyphs, (frame.width, frame.height)),
        outlines=paths.outlines,
        doubtful=doubtful,
    )


def _set_in(typed: Sequence[Typed], frame: _Frame) -> Glyphs:
    """Values of forms as glyphs in their places on the shown page."""
    boxes = frame.boxes(np.array([each.rect for each in typed], dtype=np.float64).reshape(-1, 4)).tolist()
    values = (set_in(each.text, tuple(box)) for each, box in zip(typed, boxes, strict=True))
    return put_together([no_glyphs(), *values])


def _hidden_glyphs(page: Any, layers: Layers) -> Glyphs:
    """The glyphs of the page's text on layers that are off."""
    hidden = layers.hidden_text(page)
    text_page = pdfium_c.FPDFText_LoadPage(page) if hidden else None
    if not text_page:
        return no_glyphs()
    try:
        count = min(int(pdfium_c.FPDFText_CountChars(text_page)), _MAX_GLYPHS)
        found = _glyphs(_address_of(text_page), count, _Frame(page))
    finally:
        pdfium_c.FPDFText_ClosePage(text_page)
    return found.glyphs.take(np.flatnonzero(np.isin(found.owner, np.array(sorted(hidden), dtype=np.uint64))))


def _shown_glyphs(
    page: Any, text_page: Any, frame: _Frame, paths: DrawnPaths, hidden: frozenset[int]
) -> tuple[Glyphs, bool]:
    """The glyphs that a reader of the page sees, and whether letters may be lost among them."""
    with ExitStack() as stack:
        handle, found = _found_on(text_page, frame)
        if found is not None and _has_other_text(found):
            handle, found = _letters_or_entries(page, (handle, found), frame, paths, stack)
        if found is None:
            return no_glyphs(), False
        return _shown_of(page, handle, found, frame, paths, hidden)


def _has_other_text(found: _Found) -> bool:
    """Whether a text of a page seems to stand for other letters than those that are drawn."""
    return has_marks(found.texts) and any(map(has_actual_text, spread_evenly(found.glyphs, found.owner)))


def _found_on(text_page: Any, frame: _Frame) -> tuple[int, _Found | None]:
    """The address of a loaded text page and its glyphs, None where it has none."""
    handle = _address_of(text_page)
    count = min(int(pdfium_c.FPDFText_CountChars(text_page)), _MAX_GLYPHS)
    return handle, _glyphs(handle, count, frame) if count > 0 else None


def _address_of(handle: Any) -> int:
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def _letters_or_entries(
    page: Any, first: tuple[int, _Found], frame: _Frame, paths: DrawnPaths, stack: ExitStack
) -> tuple[int, _Found | None]:
    """The page read again by its letters, where they spell words as well as the entries that stand for them did."""
    if not without_actual_text(paths.places):
        return first
    text_page = pdfium_c.FPDFText_LoadPage(page)
    if not text_page:
        return first
    stack.callback(pdfium_c.FPDFText_ClosePage, text_page)
    handle, found = _found_on(text_page, frame)
    if found is None or not spells_words(found.glyphs.string, first[1].glyphs.string):
        return first
    return handle, found


def _shown_of(
    page: Any, handle: int, found: _Found, frame: _Frame, paths: DrawnPaths, hidden: frozenset[int]
) -> tuple[Glyphs, bool]:
    """Of the glyphs of a text page those that are seen, and whether letters may be lost among them."""
    glyphs, narrow = with_true_sizes(found.glyphs)
    whole = (found.codes >= 0xD800) & (found.codes < 0xE000)  # halves of pairs, put together by now
    codes = np.where(whole, glyphs.codes, found.codes).astype(np.int64)
    glyphs = mark(glyphs, codes, lambda at: _font_name(handle, at))
    drop = ~on_page(glyphs, frame.width, frame.height) | (found.part_of != 0)
    drop |= too_small(glyphs, max(frame.width, frame.height))
    if hidden:
        hidden -= printed_again(hidden, found.owner, [item for item in paths.places if item not in hidden])
    hidden = hidden.union(_clipped_away(found, glyphs, paths))
    if hidden:
        drop |= np.isin(found.owner, np.array(sorted(hidden), dtype=np.uint64))
    pictures = frame.boxes(paths.pictures)
    invisible = _invisible(found, paths)
    if invisible.any():
        over = np.concatenate([pictures, frame.boxes(paths.shapes)])
        runs = np.unique(found.owner, return_inverse=True)[1]
        drop |= doubled_invisible(glyphs, invisible, over, runs)
    white = found.white & ~glyphs.blank & ~drop
    if white.any():
        drop |= white & shows_nothing(page, glyphs, white, (frame.width, frame.height))
    if paths.covers:
        boxes = frame.boxes(np.array([cover.corners for cover in paths.covers], dtype=np.float64))
        picture = covered_share(pictures, frame.width, frame.height)
        asked = np.flatnonzero(~glyphs.blank & ~drop & ~invisible)
        drop |= covered(
            page,
            glyphs,
            Texts(found.owner, asked, found.texts, found.inks),
            paths,
            boxes,
            picture,
        )
    drop &= ~glyphs.blank | (found.part_of != 0)
    drop |= watermark(glyphs, found.slanted)
    if drop.any():
        glyphs = glyphs.take(np.flatnonzero(~drop))
    return with_joined_accents(glyphs), narrow


def _invisible(found: _Found, paths: DrawnPaths) -> Bools:
    """Which glyphs are invisible and not printed again in their place, (n,)."""
    if not found.invisible.any():
        return found.invisible
    texts = np.unique(found.owner[found.invisible]).tolist()
    again = printed_again(texts, found.owner, paths.places)
    return found.invisible & ~np.isin(found.owner, np.array(sorted(again), dtype=np.uint64))


def _clipped_away(found: _Found, glyphs: Glyphs, paths: DrawnPaths) -> set[int]:
    """The text objects with letters that are clipped away altogether: bullets and signs that are stand where a list
    begins, and stay.
    """
    clipped = outside_of_clip(found.texts)
    if not clipped:
        return set()
    letters = np.fromiter(map(str.isalpha, glyphs.text), dtype=np.bool_, count=len(glyphs))
    texts = set(clipped).intersection(found.owner[letters].tolist())
    return texts - printed_again(texts, found.owner, paths.places)


def _font_name(handle: int, at: int) -> str:
    buffer = ctypes.create_string_buffer(128)
    text_page = ctypes.cast(handle, pdfium_c.FPDF_TEXTPAGE)
    pdfium_c.FPDFText_GetFontInfo(text_page, at, buffer, len(buffer), None)
    return buffer.value.decode("latin-1")


class _Found(NamedTuple):
    """The glyphs of a page as pdfium gives them, and of each the address of its text object, whether it is invisible,
    whether it is white, whether it runs aslant, and whether it is a further part of the glyph before it, which has its
    text already; and of the k text objects the addresses in rising order, and the colours (k, 4).
    """

    glyphs: Glyphs
    codes: Ints
    owner: NDArray[np.uint64]
    invisible: Bools
    white: Bools
    slanted: Bools
    part_of: Bools
    texts: list[int]
    inks: Ints


def _glyphs(handle: int, count: int, frame: _Frame) -> _Found:
    codes = _codes(handle, count)
    corners = np.zeros((count, 4), dtype=np.float32)
    start = corners.ctypes.data
    deque(map(_get_box, repeat(handle), range(count), range(start, start + 16 * count, 16)), maxlen=0)
    asked = _where_to_ask(codes, corners)
    styles = _styles(handle, asked, frame)
    origins = _origins(handle, asked, _on_a_line(styles, corners[asked, 3]))
    lengths = np.diff(np.append(asked, count))
    base = _finite(frame.points(origins))
    baseline = np.where(styles.turn % 2 == 0, base[:, 1], base[:, 0])
    box = _finite(frame.boxes(corners.astype(np.float64)))
    text = _text(codes)
    parts = _parts(handle, codes, corners)
    for at in np.flatnonzero(parts)[::-1].tolist():
        text[at - 1], text[at] = _one_glyph(codes, text, at), ""
    style = (np.repeat(each, lengths) for each in (baseline, styles.size, styles.bold, styles.turn))
    marks = (
        np.repeat(styles.owner, lengths),
        np.repeat(styles.invisible, lengths),
        np.repeat(styles.white, lengths),
        np.repeat(styles.slanted, lengths),
    )
    return _Found(Glyphs(text, box, *style), codes, *marks, parts, styles.texts, styles.inks)


def _finite(places: Floats) -> Floats:
    """The places, with 0 for what is not a number."""
    return places if np.isfinite(places).all() else np.nan_to_num(places, posinf=0, neginf=0)


def _parts(handle: int, codes: Ints, corners: NDArray[np.float32]) -> Bools:
    """Which characters stand for the same drawn glyph as the one before them, (n,): the letters of a ligature, the
    halves of a surrogate pair. Arabic ligatures are put in order later, with their line.
    """
    parts = np.zeros(len(codes), dtype=np.bool_)
    at_one_place = np.flatnonzero(corners[1:, 0] == corners[:-1, 0]) + 1  # few
    own, before = corners[at_one_place], corners[at_one_place - 1]
    same = (own == before).all(axis=1) & (own[:, 2] > own[:, 0])
    own_codes, codes_before = codes[at_one_place], codes[at_one_place - 1]
    same &= (own_codes > 0x20) & (codes_before > 0x20)
    same &= ~((own_codes >= _RTL[0]) & (own_codes <= _RTL[1]))
    for at in at_one_place[same].tolist():
        parts[at] = _get_object(handle, at) == _get_object(handle, at - 1)
    return parts


def _one_glyph(codes: Ints, text: Sequence[str], at: int) -> str:
    """The text of the character before `at` and of the one at it, which are one glyph."""
    high, low = int(codes[at - 1]), int(codes[at])
    if 0xD800 <= high < 0xDC00 <= low < 0xE000:
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)) + text[at][1:]
    return text[at - 1] + text[at]


def _codes(handle: int, count: int) -> Ints:
    """Unicode code points of the characters, (count,): all at once where pdfium's text has one for each."""
    units = np.zeros(count + 1, dtype=np.uint16)
    if (
        _get_text(handle, 0, count, units.ctypes.data) == count + 1
        and not (units[:count] >> 11 == 0x1B).any()
    ):
        codes = units[:count].astype(np.int64)
        for at in np.flatnonzero(codes == _BREAK_OR_NONE).tolist():
            if not _is_hyphen(handle, at):
                codes[at] = _get_unicode(handle, at)
        return codes
    return np.fromiter(map(_get_unicode, repeat(handle), range(count)), dtype=np.int64, count=count)


def _where_to_ask(codes: Ints, corners: NDArray[np.float32]) -> Ints:
    """Positions at which style and baseline may change: where words begin, and where the foot of the box
    moves.
    """
    changes = np.ones(len(codes), dtype=np.bool_)
    blank = (codes == 0x20) | (codes == 0x0A) | (codes == 0x0D)
    changes[1:] = (blank[:-1] & ~blank[1:]) | (np.abs(np.diff(corners[:, 3])) > _SAME_FOOT)
    return np.flatnonzero(changes)


def _on_a_line(styles: _Styles, foot: NDArray[np.float32]) -> Bools:
    """Which of k characters stand on the line of the one before them, (k,), by their text object and the `foot` (k,) of
    their boxes. Turned text that is written vertically keeps its foot from character to character, not its baseline.
    """
    same = np.zeros(len(foot), dtype=np.bool_)
    same[1:] = (styles.owner[1:] == styles.owner[:-1]) & (np.abs(np.diff(foot)) <= _SAME_FOOT)
    return same & styles.straight


def _origins(handle: int, asked: Ints, on_line: Bools) -> Floats:
    """The origins of the characters at `asked` (k,), (k, 2) in user space; those `on_line` (k,) have that of the first
    one of their line, which has the same baseline.
    """
    firsts = np.flatnonzero(~on_line)
    origins = np.zeros((len(firsts), 2))
    start, stop = origins.ctypes.data, origins.ctypes.data + 16 * len(firsts)
    xs, ys = range(start, stop, 16), range(start + 8, stop + 8, 16)
    deque(map(_get_origin, repeat(handle), asked[firsts].tolist(), xs, ys), maxlen=0)
    return np.asarray(origins[np.cumsum(~on_line) - 1], dtype=np.float64)


def _text(codes: Ints) -> list[str]:
    """The glyphs' texts, (n,): most characters stand for themselves."""
    special = _IS_SPECIAL[np.minimum(codes, _BEYOND)]
    text = list(np.where(special, 0x20, codes).astype("<u4").tobytes().decode("utf-32-le"))
    for at in np.flatnonzero(special).tolist():
        text[at] = _CHARACTERS[int(codes[at])]
    return text


class _Characters(dict[int, str]):
    """Glyph texts by code, worked out once each."""

    def __missing__(self, code: int) -> str:
        self[code] = _character(code)
        return self[code]


_CHARACTERS = _Characters()


def _character(code: int) -> str:
    if code in (0x0A, 0x0D):
        return LINE_BREAK
    if code in _HYPHENS:
        return "-"
    if code < 0x20:
        return " "
    if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return "\ufffd"
    return chr(code)


_BEYOND = 0x110000  # the first number that is not a code point of Unicode
_IS_SPECIAL = np.zeros(_BEYOND + 1, dtype=np.bool_)
"""By code: whether its glyph's text is another character."""
_IS_SPECIAL[[*range(0x20), *_HYPHENS, *range(0xD800, 0xE000), _BEYOND]] = True


class _Styles(NamedTuple):
    """How text is set, (k,) each: `white` text has the colour of paper or none, `straight` text is not turned in
    user space, `owner` is the address of the text object, 0 for none. `texts` are the addresses of the objects, each
    once and in rising order, `inks` their colours.
    """

    size: Floats
    bold: Bools
    turn: Ints
    invisible: Bools
    white: Bools
    slanted: Bools
    straight: Bools
    owner: NDArray[np.uint64]
    texts: list[int]
    inks: Ints


def _styles(handle: int, asked: Ints, frame: _Frame) -> _Styles:
    """Font size in points, boldness and quarter turns at the characters `asked` (k,), once for each text
    object.
    """
    count = len(asked)
    objects = np.fromiter(map(_get_object, repeat(handle), asked.tolist()), dtype=np.uint64, count=count)
    # pdfium's own spaces and line breaks belong to no object: they take the style of the one before
    last = np.maximum.accumulate(np.where(objects != 0, np.arange(count), -1))
    owners = np.where(last >= 0, objects[np.maximum(last, 0)], 0)
    known, first, which = np.unique(owners, return_index=True, return_inverse=True)
    places = asked[last[first]].tolist()
    matrices = np.zeros((len(places), 6), dtype=np.float32)
    start = matrices.ctypes.data
    deque(map(_get_matrix, repeat(handle), places, range(start, start + 24 * len(places), 24)), maxlen=0)
    scales = [_scale((a, b, c, d), frame.turns) for a, b, c, d in matrices[:, :4].tolist()]
    straight = matrices[:, 1] == 0
    scale, turns, slanted = map(np.array, zip(*scales, strict=True))
    size = np.abs(np.array(list(map(_get_size, repeat(handle), places)))) * scale
    size[~np.isfinite(size)] = 0.0
    texts = known.tolist()
    modes = np.array(list(map(_get_mode, texts)))
    fonts = list(map(_get_font, texts))
    bolds = {font: bool(font) and _is_bold(ctypes.cast(font, pdfium_c.FPDF_FONT)) for font in set(fonts)}
    bold = np.array([bolds[font] for font in fonts]) | (modes == _FILL_AND_STROKE)
    colours = colours_of(texts)
    invisible = (modes == _INVISIBLE) | ((modes == _FILL) & (colours[:, 3] == 0))
    if not texts[0]:  # no object before the first of pdfium's own characters
        size[0], bold[0], turns[0], invisible[0], colours[0], slanted[0] = 0.0, False, 0, False, _BLACK, False
        straight[0] = False
    return _Styles(
        size[which],
        bold[which],
        turns[which],
        invisible[which],
        are_white(colours)[which],
        slanted[which],
        straight[which],
        owners,
        texts,
        colours,
    )


@lru_cache(maxsize=1024)
def _scale(matrix: tuple[float, float, float, float], page_turns: int) -> tuple[float, int, bool]:
    """What the size of a font is multiplied by, the quarter turns of its text on the shown page, and whether the text
    runs aslant.
    """
    a, b, c, d = matrix
    # the direction of writing, counted clockwise from left-to-right, plus the page's own rotation
    exact = -math.atan2(b, a) / (math.pi / 2) if math.isfinite(a + b) else 0.0
    turns = round(exact)
    return math.hypot(c, d) or 1.0, (turns + page_turns) % 4, abs(exact - turns) > _SLANTED


def _is_bold(font: Any) -> bool:
    buffer = ctypes.create_string_buffer(128)
    length = int(pdfium_c.FPDFFont_GetBaseFontName(font, buffer, len(buffer)))
    name = buffer.raw[: max(0, min(length, len(buffer)) - 1)].decode("latin-1").lower()
    if any(word in name for word in _BOLD_NAMES):
        return True
    if int(pdfium_c.FPDFFont_GetFlags(font)) & _FORCE_BOLD:
        return True
    return len(name) < 4 and int(pdfium_c.FPDFFont_GetWeight(font)) >= _BOLD_WEIGHT
