"""Rulings and fills of a page: what pdfium's path objects draw, as boxes in PDF user space."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from ndc_urban.reading.glyphs import Floats
from ndc_urban.reading.pdfium_calls import by_address

THIN = 3.0
"""A drawn rectangle of less than this many points in one direction is a line."""

_MAX_OBJECTS = 20_000
_MAX_SEGMENTS = 2_000
_MAX_DEPTH = 3
"""Maps and charts hold paths without end, and forms may hold themselves: beyond these there is no table to
find.
"""

_NEARLY_WHITE = 250

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class DrawnPaths:
    """`rulings` (m, 4) and `fills` (k, 4) as two opposite corners in user space; `any` if anything at all is
    drawn; `largest_image` is the area of the largest picture in square points.
    """

    rulings: Floats
    fills: Floats
    any: bool
    largest_image: float = 0.0


_get_object = by_address(pdfium_c.FPDFPage_GetObject, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_int)
_get_type = by_address(pdfium_c.FPDFPageObj_GetType, ctypes.c_int, ctypes.c_void_p)


def drawn_paths(page: Any) -> DrawnPaths:
    """The rulings and fills of a loaded page."""
    rulings: list[tuple[float, float, float, float]] = []
    fills: list[tuple[float, float, float, float]] = []
    shows, largest = False, 0.0
    for kind, item, matrix in _objects(page):
        shows = True
        if kind == pdfium_c.FPDF_PAGEOBJ_PATH:
            _add_path(item, matrix, rulings, fills)
        elif kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            x0, y0, x1, y1 = _bounds(item, matrix)
            largest = max(largest, abs((x1 - x0) * (y1 - y0)))
    return DrawnPaths(_boxes(rulings), _boxes(fills), shows, largest)


def _boxes(boxes: list[tuple[float, float, float, float]]) -> Floats:
    array = np.array(boxes, dtype=np.float64).reshape(-1, 4)
    return array[np.isfinite(array).all(axis=1)]


def _objects(page: Any) -> Iterator[tuple[int, Any, Matrix]]:
    """Paths, images and shadings of the page and of the forms on it, each with the matrix of its form."""
    budget = _MAX_OBJECTS
    stack: list[tuple[Any, Matrix, int]] = []
    handle = ctypes.cast(page, ctypes.c_void_p).value
    count = min(int(pdfium_c.FPDFPage_CountObjects(page)), _MAX_OBJECTS)
    addresses = list(map(_get_object, repeat(handle), range(count)))
    for address, kind in zip(addresses, map(_get_type, addresses), strict=True):
        if kind != pdfium_c.FPDF_PAGEOBJ_TEXT:
            stack.append((ctypes.cast(address, pdfium_c.FPDF_PAGEOBJECT), _IDENTITY, 0))
    stack.reverse()
    while stack and budget > 0:
        budget -= 1
        item, matrix, depth = stack.pop()
        kind = int(pdfium_c.FPDFPageObj_GetType(item))
        if kind != pdfium_c.FPDF_PAGEOBJ_FORM:
            if kind not in (pdfium_c.FPDF_PAGEOBJ_TEXT, pdfium_c.FPDF_PAGEOBJ_UNKNOWN):
                yield kind, item, matrix
            continue
        if depth < _MAX_DEPTH:
            inner = _product(_matrix(item), matrix)
            count = min(max(0, int(pdfium_c.FPDFFormObj_CountObjects(item))), _MAX_OBJECTS)
            stack.extend((pdfium_c.FPDFFormObj_GetObject(item, at), inner, depth + 1) for at in range(count))


def _matrix(item: Any) -> Matrix:
    found = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(item, ctypes.byref(found)):
        return _IDENTITY
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _product(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _place(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _add_path(
    path: Any,
    matrix: Matrix,
    rulings: list[tuple[float, float, float, float]],
    fills: list[tuple[float, float, float, float]],
) -> None:
    fill, stroke = ctypes.c_int(0), ctypes.c_int(0)
    pdfium_c.FPDFPath_GetDrawMode(path, ctypes.byref(fill), ctypes.byref(stroke))
    if not fill.value and not stroke.value:
        return
    x0, y0, x1, y1 = _bounds(path, matrix)
    if min(abs(x1 - x0), abs(y1 - y0)) < THIN:
        rulings.append((x0, y0, x1, y1))
        return
    segments = int(pdfium_c.FPDFPath_CountSegments(path))
    if fill.value and segments <= 6 and not _is_white(path):
        fills.append((x0, y0, x1, y1))
    if (stroke.value or segments > 6) and segments <= _MAX_SEGMENTS:
        _add_segments(path, segments, _product(_matrix(path), matrix), rulings)


def _bounds(item: Any, matrix: Matrix) -> tuple[float, float, float, float]:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium_c.FPDFPageObj_GetBounds(
        item, ctypes.byref(left), ctypes.byref(bottom), ctypes.byref(right), ctypes.byref(top)
    )
    return (*_place(left.value, bottom.value, matrix), *_place(right.value, top.value, matrix))


def _is_white(path: Any) -> bool:
    red, green, blue, alpha = (ctypes.c_uint(0) for _ in range(4))
    pdfium_c.FPDFPageObj_GetFillColor(
        path, ctypes.byref(red), ctypes.byref(green), ctypes.byref(blue), ctypes.byref(alpha)
    )
    return min(red.value, green.value, blue.value) >= _NEARLY_WHITE or alpha.value == 0


def _add_segments(
    path: Any, count: int, matrix: Matrix, rulings: list[tuple[float, float, float, float]]
) -> None:
    """Adds the straight segments of a path that run along an axis."""
    x, y = ctypes.c_float(), ctypes.c_float()
    here: tuple[float, float] | None = None
    start: tuple[float, float] | None = None
    for index in range(count):
        segment = pdfium_c.FPDFPath_GetPathSegment(path, index)
        kind = int(pdfium_c.FPDFPathSegment_GetType(segment))
        pdfium_c.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        point = _place(x.value, y.value, matrix)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium_c.FPDF_SEGMENT_LINETO and here is not None:
            _add_stroke(here, point, rulings)
        here = point
        if pdfium_c.FPDFPathSegment_GetClose(segment) and start is not None:
            _add_stroke(point, start, rulings)
            here = start


def _add_stroke(
    one: tuple[float, float], two: tuple[float, float], rulings: list[tuple[float, float, float, float]]
) -> None:
    wide, tall = abs(one[0] - two[0]), abs(one[1] - two[1])
    if min(wide, tall) < 1.0 and max(wide, tall) >= THIN:
        rulings.append((*one, *two))
