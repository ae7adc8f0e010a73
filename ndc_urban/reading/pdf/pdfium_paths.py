"""Rulings and fills of a page: what pdfium's path objects draw, as boxes in PDF user space."""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]
from numpy.typing import NDArray

from ndc_urban.reading.pdf.glyphs import Bools, Floats, Ints, boxes_of
from ndc_urban.reading.pdf.pdfium_calls import ADDRESS, INT, UNSIGNED, by_address

THIN = 3.0
"""A drawn rectangle of less than this many points in one direction is a line."""

_MAX_OBJECTS = 20_000
_MAX_SEGMENTS = 2_000
_MAX_DEPTH = 3
"""Maps and charts hold paths without end, and forms may hold themselves: beyond these there is no table to
find.
"""

_NEARLY_WHITE = 250  # of 255: paper white, with what colour conversion takes off

_MAX_BOX = 6
"""Segments of a path that is a plain rectangle at most."""

_PER_LETTER = 40
"""Segments of the outline of a letter, on average (Helvetica and Times have 15 to 45, a stem alone has 5)."""

_TALL_LETTERS = 40.0
"""Points: letters, words and lines of text drawn as shapes are lower; what is higher is a drawing or a map."""

_WHOLE_PAGE = 4_000
"""Segments of a path that holds a paragraph or a page of letters; the borders of a country have hundreds."""

_MAX_COVER = 40
"""Segments of a path that may hide text under it at most: a box with round corners has ten, a drawing hundreds."""

Corners = tuple[float, float, float, float]
Colour = tuple[int, int, int, int]
"""Red, green, blue and opacity, of 255 each."""

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Cover(NamedTuple):
    """A picture or a filled shape of at least a letter's size: its address, corners in user space, place in the order
    of drawing, and whether it is a picture.
    """

    item: int
    corners: Corners
    place: float
    is_picture: bool


@dataclass(frozen=True, slots=True)
class DrawnPaths:
    """`rulings` (m, 4), `fills` (k, 4) and `pictures` (p, 4) as two opposite corners in user space; `any` if anything
    at all is drawn; `outlines` is about how many letters could have been drawn as filled shapes, `shapes` (s, 4) are
    the boxes of these. `covers` are the pictures and plain shapes that may lie over text or under it, `places` the
    place of each object in the order of drawing, by its address.
    """

    rulings: Floats
    fills: Floats
    pictures: Floats
    shapes: Floats
    any: bool
    outlines: int = 0
    covers: tuple[Cover, ...] = ()
    places: dict[int, float] = field(default_factory=dict)


_get_object = by_address(pdfium_c.FPDFPage_GetObject, ADDRESS, ADDRESS, INT)
_get_type = by_address(pdfium_c.FPDFPageObj_GetType, INT, ADDRESS)
_count_inner = by_address(pdfium_c.FPDFFormObj_CountObjects, INT, ADDRESS)
_get_inner = by_address(pdfium_c.FPDFFormObj_GetObject, ADDRESS, ADDRESS, UNSIGNED)
_get_matrix = by_address(pdfium_c.FPDFPageObj_GetMatrix, INT, ADDRESS, ADDRESS)
_get_bounds = by_address(pdfium_c.FPDFPageObj_GetBounds, INT, *[ADDRESS] * 5)
_get_colour = by_address(pdfium_c.FPDFPageObj_GetFillColor, INT, *[ADDRESS] * 5)
_get_draw_mode = by_address(pdfium_c.FPDFPath_GetDrawMode, INT, *[ADDRESS] * 3)
_count_segments = by_address(pdfium_c.FPDFPath_CountSegments, INT, ADDRESS)
_get_segment = by_address(pdfium_c.FPDFPath_GetPathSegment, ADDRESS, ADDRESS, INT)
_get_point = by_address(pdfium_c.FPDFPathSegment_GetPoint, INT, *[ADDRESS] * 3)
_get_segment_type = by_address(pdfium_c.FPDFPathSegment_GetType, INT, ADDRESS)
_get_close = by_address(pdfium_c.FPDFPathSegment_GetClose, INT, ADDRESS)

# One of each for all calls: pdfium is for one thread anyway.
_floats = (ctypes.c_float * 6)()
_numbers = (ctypes.c_uint * 4)()
_float_at = [ctypes.addressof(_floats) + 4 * place for place in range(6)]
_number_at = [ctypes.addressof(_numbers) + 4 * place for place in range(4)]


def drawn_paths(page: Any) -> DrawnPaths:
    """The rulings and fills of a loaded page."""
    rulings: list[Corners] = []
    fills: list[Corners] = []
    pictures: list[Corners] = []
    shapes: list[Corners] = []
    covers: list[Cover] = []
    places: dict[int, float] = {}
    outlines = 0
    objects = list(_objects(page, places))
    for (kind, item, matrix), own in zip(objects, _bounds([item for _, item, _ in objects]), strict=True):
        corners = _on_page(own, matrix)
        if kind == pdfium_c.FPDF_PAGEOBJ_PATH:
            segments = _add_path(item, matrix, corners, rulings, fills)
            if 0 < segments <= _MAX_COVER:
                _add_cover(item, corners, places[item], covers, is_picture=False)
            if segments > _MAX_BOX:
                shapes.append(corners)
                if abs(shapes[-1][3] - shapes[-1][1]) <= _TALL_LETTERS or segments >= _WHOLE_PAGE:
                    outlines += max(1, segments // _PER_LETTER)
        elif kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            pictures.append(corners)
            _add_cover(item, corners, places[item], covers, is_picture=True)
    found = (boxes_of(rulings), boxes_of(fills), boxes_of(pictures), boxes_of(shapes))
    return DrawnPaths(*found, bool(objects), outlines, tuple(covers), places)


def _add_cover(item: int, corners: Corners, place: float, covers: list[Cover], *, is_picture: bool) -> None:
    left, bottom, right, top = corners
    if abs(right - left) >= THIN and abs(top - bottom) >= THIN:  # not so where a number is NaN
        covers.append(Cover(item, corners, place, is_picture))


def _objects(page: Any, places: dict[int, float]) -> Iterator[tuple[int, int, Matrix]]:
    """Paths, images and shadings of the page and of the forms on it: kind, address, the matrix of the form; the places
    of all objects in the order of drawing are put into `places`.
    """
    budget = _MAX_OBJECTS
    stack: list[tuple[int, int, Matrix, int, float]] = []
    handle = ctypes.cast(page, ctypes.c_void_p).value
    count = min(int(pdfium_c.FPDFPage_CountObjects(page)), _MAX_OBJECTS)
    addresses = list(map(_get_object, repeat(handle), range(count)))
    places.update(zip(addresses, map(float, range(count)), strict=True))
    for address, kind in zip(addresses, map(_get_type, addresses), strict=True):
        if kind != pdfium_c.FPDF_PAGEOBJ_TEXT:
            stack.append((kind, address, _IDENTITY, 0, 1.0))
    stack.reverse()
    while stack and budget > 0:
        budget -= 1
        kind, item, matrix, depth, room = stack.pop()
        if kind != pdfium_c.FPDF_PAGEOBJ_FORM:
            if kind not in (pdfium_c.FPDF_PAGEOBJ_TEXT, pdfium_c.FPDF_PAGEOBJ_UNKNOWN):
                yield kind, item, matrix
            continue
        if depth < _MAX_DEPTH:
            inner = _product(_matrix(item), matrix)
            count = min(max(0, _count_inner(item)), _MAX_OBJECTS)
            step = room / (count + 1)  # what a form holds is drawn between the form and the next object
            for at in range(count):
                address = _get_inner(item, at)
                places[address] = places[item] + step * (at + 1)
                stack.append((_get_type(address), address, inner, depth + 1, step))


def _matrix(item: int) -> Matrix:
    if not _get_matrix(item, _float_at[0]):
        return _IDENTITY
    a, b, c, d, e, f = _floats
    return (a, b, c, d, e, f)


def _product(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _place(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _add_path(
    path: int, matrix: Matrix, corners: Corners, rulings: list[Corners], fills: list[Corners]
) -> int:
    """Sorts a path in; the number of its segments where it is a filled shape, 0 otherwise."""
    _numbers[0] = _numbers[1] = 0
    _get_draw_mode(path, _number_at[0], _number_at[1])
    fill, stroke = _numbers[0], _numbers[1]
    if not fill and not stroke:
        return 0
    x0, y0, x1, y1 = corners
    segments = _count_segments(path)
    if min(abs(x1 - x0), abs(y1 - y0)) < THIN:
        rulings.append(corners)
        return segments if fill else 0
    if fill and segments <= _MAX_BOX and not is_white(path):
        fills.append(corners)
    if (stroke or segments > _MAX_BOX) and segments <= _MAX_SEGMENTS:
        _add_segments(path, segments, _product(_matrix(path), matrix), rulings)
    return segments if fill else 0


def _bounds(items: Sequence[int]) -> list[list[float]]:
    """Left, bottom, right, top of the objects at these addresses, in the space of their form."""
    bounds = np.zeros((len(items), 4), dtype=np.float32)
    deque(map(_get_bounds, items, *_columns_of(bounds)), maxlen=0)
    return bounds.tolist()


def _columns_of(array: NDArray[Any]) -> list[range]:
    """The addresses of the n cells of each column of an array (n, k) of numbers of four bytes."""
    start, row = array.ctypes.data, 4 * array.shape[1]
    return [range(start + 4 * at, start + array.nbytes + 4 * at, row) for at in range(array.shape[1])]


def _on_page(bounds: Sequence[float], matrix: Matrix) -> Corners:
    left, bottom, right, top = bounds
    if matrix is _IDENTITY:
        return (left, bottom, right, top)
    return (*_place(left, bottom, matrix), *_place(right, top, matrix))


def is_white(item: int) -> bool:
    """Whether the object at an address is filled with the white of paper, or with nothing."""
    red, green, blue, alpha = colour_of(item)
    return min(red, green, blue) >= _NEARLY_WHITE or alpha == 0


def are_white(colours: Ints) -> Bools:
    """The same of colours (n, 4), (n,)."""
    darkest = np.minimum(np.minimum(colours[:, 0], colours[:, 1]), colours[:, 2])
    return np.asarray((darkest >= _NEARLY_WHITE) | (colours[:, 3] == 0), dtype=np.bool_)


def colour_of(item: int) -> Colour:
    """The colour with which the object at an address is filled."""
    _numbers[:] = [0, 0, 0, 0]
    _get_colour(item, *_number_at)
    red, green, blue, alpha = _numbers
    return red, green, blue, alpha


def colours_of(items: Sequence[int]) -> Ints:
    """The same of objects at addresses (k,), (k, 4)."""
    colours = np.zeros((len(items), 4), dtype=np.uint32)
    deque(map(_get_colour, items, *_columns_of(colours)), maxlen=0)
    return colours.astype(np.int64)


def _add_segments(path: int, count: int, matrix: Matrix, rulings: list[Corners]) -> None:
    """Adds the straight segments of a path that run along an axis."""
    here: tuple[float, float] | None = None
    start: tuple[float, float] | None = None
    segments = list(map(_get_segment, repeat(path), range(count)))
    points = np.zeros((count, 2), dtype=np.float32)
    deque(map(_get_point, segments, *_columns_of(points)), maxlen=0)
    kinds, closes = map(_get_segment_type, segments), map(_get_close, segments)
    for kind, is_closed, (x, y) in zip(kinds, closes, points.tolist(), strict=True):
        point = _place(x, y, matrix)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium_c.FPDF_SEGMENT_LINETO and here is not None:
            _add_stroke(here, point, rulings)
        here = point
        if start is not None and is_closed:
            _add_stroke(point, start, rulings)
            here = start


def _add_stroke(one: tuple[float, float], two: tuple[float, float], rulings: list[Corners]) -> None:
    wide, tall = abs(one[0] - two[0]), abs(one[1] - two[1])
    if min(wide, tall) < 1.0 and max(wide, tall) >= THIN:
        rulings.append((*one, *two))
