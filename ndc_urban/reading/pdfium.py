"""The default PDF reader: pdfium through its C interface, a page at a time, as arrays of glyphs and rulings.

Characters are fetched with `FPDFText_*` (https://pdfium.googlesource.com/pdfium, public/fpdf_text.h), rulings from path
objects (public/fpdf_edit.h). pdfium keeps global state: one process, one thread.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from ndc_urban.errors import DamagedFile, EncryptedFile
from ndc_urban.reading.glyphs import (
    LINE_BREAK,
    Bools,
    Floats,
    Glyphs,
    Ints,
    PageContent,
    no_glyphs,
    unreadable_page,
)
from ndc_urban.reading.pdfium_paths import drawn_paths

_HYPHENS = frozenset({0x02, 0xAD, 0xFFFE})
"""What pdfium returns for a hyphen that breaks a word at the line's end."""

_BOLD_NAMES = ("bold", "black", "heavy", "semibold", "demi")
_FORCE_BOLD = 1 << 18
_BOLD_WEIGHT = 700
_FILL_AND_STROKE = 2
_MAX_GLYPHS = 200_000
"""A page with more glyphs than this is no page of a document; the rest of it is left out."""


def _by_address(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    """The same C function taking plain addresses: calls by address cost half of calls with typed pointers."""
    address = ctypes.cast(function, ctypes.c_void_p).value
    prototype: Any = ctypes.CFUNCTYPE(result, *arguments)
    call: Callable[..., Any] = prototype(address)
    return call


_ADDRESS, _INT = ctypes.c_void_p, ctypes.c_int
_get_unicode = _by_address(pdfium_c.FPDFText_GetUnicode, ctypes.c_uint, _ADDRESS, _INT)
_get_object = _by_address(pdfium_c.FPDFText_GetTextObject, _ADDRESS, _ADDRESS, _INT)
_get_box = _by_address(pdfium_c.FPDFText_GetLooseCharBox, _INT, _ADDRESS, _INT, _ADDRESS)
_get_origin = _by_address(pdfium_c.FPDFText_GetCharOrigin, _INT, _ADDRESS, _INT, _ADDRESS, _ADDRESS)


class PdfiumFile:
    """A PDF opened with pdfium; a context manager that frees it. Raises `DamagedFile` or `EncryptedFile` when made."""

    def __init__(self, path: Path, data: bytes) -> None:
        self._data = data  # pdfium reads from this memory as long as the document is open
        self._handle = pdfium_c.FPDF_LoadMemDocument64(data, len(data), None)
        if not self._handle:
            raise _opening_error(path, int(pdfium_c.FPDF_GetLastError()))
        self.page_count = max(0, int(pdfium_c.FPDF_GetPageCount(self._handle)))

    def __enter__(self) -> PdfiumFile:
        return self

    def __exit__(self, *_: object) -> None:
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
            return _page_content(page, index + 1)
        finally:
            pdfium_c.FPDF_ClosePage(page)


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
        return np.stack((xx * x + xy * y + x0, yx * x + yy * y + y0), axis=1)

    def boxes(self, boxes: Floats) -> Floats:
        """Boxes (n, 4) given by two opposite corners, as left, top, right, bottom on the shown page."""
        one, two = self.points(boxes[:, :2]), self.points(boxes[:, 2:])
        return np.concatenate((np.minimum(one, two), np.maximum(one, two)), axis=1)


def _page_content(page: Any, number: int) -> PageContent:
    frame = _Frame(page)
    paths = drawn_paths(page)
    text_page = pdfium_c.FPDFText_LoadPage(page)
    glyphs = no_glyphs()
    if text_page:
        try:
            glyphs = _glyphs(text_page, frame)
        finally:
            pdfium_c.FPDFText_ClosePage(text_page)
    return PageContent(
        number,
        frame.width,
        frame.height,
        glyphs,
        rulings=frame.boxes(paths.rulings),
        fills=frame.boxes(paths.fills),
        shows=paths.any,
        picture=min(1.0, paths.largest_image / max(1.0, frame.width * frame.height)),
    )


def _glyphs(text_page: Any, frame: _Frame) -> Glyphs:
    count = min(int(pdfium_c.FPDFText_CountChars(text_page)), _MAX_GLYPHS)
    if count <= 0:
        return no_glyphs()
    handle = ctypes.cast(text_page, ctypes.c_void_p).value
    codes = list(map(_get_unicode, repeat(handle), range(count)))
    corners = np.zeros((count, 4), dtype=np.float32)
    start = corners.ctypes.data
    deque(map(_get_box, repeat(handle), range(count), range(start, start + 16 * count, 16)), maxlen=0)
    origins = np.zeros((count, 2))
    start = origins.ctypes.data
    xs, ys = range(start, start + 16 * count, 16), range(start + 8, start + 8 + 16 * count, 16)
    deque(map(_get_origin, repeat(handle), range(count), xs, ys), maxlen=0)
    size, bold, turn = _styles(text_page, handle, count, frame)
    box = np.nan_to_num(frame.boxes(corners.astype(np.float64)), posinf=0, neginf=0)
    base = np.nan_to_num(frame.points(origins), posinf=0, neginf=0)
    baseline = np.where(turn % 2 == 0, base[:, 1], base[:, 0])
    return Glyphs([_character(code) for code in codes], box, baseline, size, bold, turn)


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


def _styles(text_page: Any, handle: int | None, count: int, frame: _Frame) -> tuple[Floats, Bools, Ints]:
    """Font size in points, boldness and quarter turns of each glyph, asked once for each text object."""
    addresses = np.fromiter(
        (found or 0 for found in map(_get_object, repeat(handle), range(count))), dtype=np.uint64, count=count
    )
    starts = np.flatnonzero(np.concatenate(([True], addresses[1:] != addresses[:-1])))
    known: dict[int, tuple[float, bool, int]] = {}
    fonts: dict[int, bool] = {}
    last = (0.0, False, 0)
    found = []
    for start in starts.tolist():
        address = int(addresses[start])
        if address and address not in known:
            known[address] = _run_style(text_page, start, address, fonts, frame)
        last = known.get(address, last)  # pdfium's own spaces and line breaks belong to no object
        found.append(last)
    lengths = np.diff(np.append(starts, count))
    return (
        np.repeat(np.array([style[0] for style in found]), lengths),
        np.repeat(np.array([style[1] for style in found], dtype=np.bool_), lengths),
        np.repeat(np.array([style[2] for style in found], dtype=np.int64), lengths),
    )


def _run_style(
    text_page: Any, index: int, address: int, fonts: dict[int, bool], frame: _Frame
) -> tuple[float, bool, int]:
    text_object = ctypes.cast(address, pdfium_c.FPDF_PAGEOBJECT)
    matrix = pdfium_c.FS_MATRIX()
    pdfium_c.FPDFText_GetMatrix(text_page, index, ctypes.byref(matrix))
    scale = float(np.hypot(matrix.c, matrix.d)) or 1.0
    size = abs(float(pdfium_c.FPDFText_GetFontSize(text_page, index))) * scale
    # the direction of writing, counted clockwise from left-to-right, plus the page's own rotation
    turns = round(-float(np.arctan2(matrix.b, matrix.a)) / (np.pi / 2)) + frame.turns
    font = pdfium_c.FPDFTextObj_GetFont(text_object)
    bold = pdfium_c.FPDFTextObj_GetTextRenderMode(text_object) == _FILL_AND_STROKE
    if font:
        key = ctypes.cast(font, ctypes.c_void_p).value or 0
        if key not in fonts:
            fonts[key] = _is_bold(font)
        bold = bold or fonts[key]
    return (size if np.isfinite(size) else 0.0), bool(bold), turns % 4


def _is_bold(font: Any) -> bool:
    buffer = ctypes.create_string_buffer(128)
    length = int(pdfium_c.FPDFFont_GetBaseFontName(font, buffer, len(buffer)))
    name = buffer.raw[: max(0, min(length, len(buffer)) - 1)].decode("latin-1").lower()
    if any(word in name for word in _BOLD_NAMES):
        return True
    if int(pdfium_c.FPDFFont_GetFlags(font)) & _FORCE_BOLD:
        return True
    return len(name) < 4 and int(pdfium_c.FPDFFont_GetWeight(font)) >= _BOLD_WEIGHT
