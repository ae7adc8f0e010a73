"""Text that nobody sees because it is clipped away, lies under what is drawn over it, or has the colour of its ground.

Boxes and the order of drawing say which text may be covered. The page is then drawn with that text and without it:
only words that make no difference are left out, and only if they do once what covers them is away (a font that cannot
be drawn says nothing). Text under a picture of print is kept: it may be what was recognised on it.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]
from numpy.typing import NDArray

from ndc_urban.reading.pdf.drawing import drawn
from ndc_urban.reading.pdf.glyphs import Bools, Floats, Glyphs, Ints
from ndc_urban.reading.pdf.pdfium_calls import ADDRESS, INT, by_address
from ndc_urban.reading.pdf.pdfium_paths import Cover, DrawnPaths, colour_of
from ndc_urban.reading.pdf.scans import WHOLE_PAGE, paper_and_print

_SIDE = 1000
"""Pixels of the longer side: a full stop of eight points has one pixel, which shows."""

_DIFFERENT = 8
"""Of 255: colours closer than this are the same to the eye; chosen by eye."""

_MOST = 0.8
"""A word is unseen where at least this share of its letters is: the edge of what covers it may touch the others."""

_MAX_OBJECTS = 5_000
"""A page of more objects is a map, which takes seconds to draw: its text is kept."""

_MAX_CORNERS = 50
"""Points of a clip path that are looked at; one with more has a shape that no box describes."""

_RECTANGLE = 6  # points of a clip path that is a rectangle at most; two opposite ones say where it is
_INVISIBLE = 3  # text render mode 3 (ISO 32000-1, table 106)
_SAME_SIZE = 0.02
"""Share by which a text and the same text again differ in width and height: rounding."""

_PACKED = np.array([1 << 16, 1 << 8, 1])  # makes one number of red, green and blue
_FLAT = 30
"""Of 255: shades within this are one colour; a picture with print has more."""

Image = NDArray[np.uint8]

_get_clip = by_address(pdfium_c.FPDFPageObj_GetClipPath, ADDRESS, ADDRESS)
_get_type = by_address(pdfium_c.FPDFPageObj_GetType, INT, ADDRESS)
_get_mode = by_address(pdfium_c.FPDFTextObj_GetTextRenderMode, INT, ADDRESS)
_count_paths = by_address(pdfium_c.FPDFClipPath_CountPaths, INT, ADDRESS)
_count_segments = by_address(pdfium_c.FPDFClipPath_CountPathSegments, INT, ADDRESS, INT)
_get_segment = by_address(pdfium_c.FPDFClipPath_GetPathSegment, ADDRESS, ADDRESS, INT, INT)
_get_point = by_address(pdfium_c.FPDFPathSegment_GetPoint, INT, *[ADDRESS] * 3)
_get_bounds = by_address(pdfium_c.FPDFPageObj_GetBounds, INT, *[ADDRESS] * 5)

# One for all calls: pdfium is for one thread anyway.
_floats = (ctypes.c_float * 6)()
_float_at = [ctypes.addressof(_floats) + 4 * place for place in range(6)]


def printed_again(texts: Iterable[int], owner: NDArray[np.uint64], objects: Iterable[int]) -> set[int]:
    """Of the text objects at these addresses those in whose place there is another one to be seen without glyphs.

    Of two texts that are the same pdfium gives the glyphs of the first. `owner` (n,) has the text objects of the glyphs
    of a page, `objects` the addresses of all that is drawn.
    """
    others = [text for text in _without_glyphs(objects, owner) if _get_mode(text) != _INVISIBLE]
    again = [_bounds(text) for text in set(others).difference(outside_of_clip(others))]
    places = {text: _bounds(text) for text in texts} if again else {}
    return {text for text, place in places.items() if any(_is_same_place(place, each) for each in again)}


def outside_of_clip(texts: Sequence[int]) -> list[int]:
    """Of the text objects at these addresses those that lie outside of their clip path altogether."""
    clips = list(map(_get_clip, texts))
    counts = list(map(_count_paths, clips))
    return [
        text
        for text, clip, count in zip(texts, clips, counts, strict=True)
        if count > 0 and _is_outside(text, clip, count)
    ]


def _bounds(text: int) -> tuple[float, ...]:
    _floats[:4] = [0.0, 0.0, 0.0, 0.0]
    _get_bounds(text, *_float_at[:4])
    return tuple(_floats[:4])


def _is_same_place(one: Sequence[float], two: Sequence[float]) -> bool:
    """Whether two texts are of one size and at most half a line apart, each as left, bottom, right, top."""
    wide, tall = one[2] - one[0], one[3] - one[1]
    if abs(two[2] - two[0] - wide) > _SAME_SIZE * wide or abs(two[3] - two[1] - tall) > _SAME_SIZE * tall:
        return False
    return max(abs(one[0] - two[0]), abs(one[1] - two[1])) <= tall / 2


def _is_outside(text: int, clip: int, count: int) -> bool:
    left, bottom, right, top = _bounds(text)
    if not (left < right and bottom < top):  # blanks, or a font that does not say how large it is
        return False
    for path in range(min(count, _MAX_CORNERS)):
        corners = _corners(clip, path)
        if not corners:
            continue
        xs, ys = zip(*corners, strict=True)
        if max(xs) < left or min(xs) > right or max(ys) < bottom or min(ys) > top:
            return True
    return False


def _corners(clip: int, path: int) -> list[tuple[float, float]]:
    """Points that span the box of a clip path; none where there are too many."""
    count = _count_segments(clip, path)
    if not 3 <= count <= _MAX_CORNERS:
        return []
    found = []
    for at in (0, 2) if count <= _RECTANGLE else range(count):
        _get_point(_get_segment(clip, path, at), _float_at[4], _float_at[5])
        found.append((_floats[4], _floats[5]))
    return found


class Texts(NamedTuple):
    """Of the n glyphs of a page the addresses of their text objects (n,), and the positions (k,) of those that may be
    unseen; of all its text objects the addresses (t,) in rising order and the colours (t, 4).
    """

    owner: NDArray[np.uint64]
    asked: Ints
    all: Sequence[int]
    inks: Ints


def covered(
    page: Any, glyphs: Glyphs, texts: Texts, paths: DrawnPaths, boxes: Floats, picture: float
) -> Bools:
    """Which glyphs of a loaded page belong to words that something drawn over them hides, or that have the colour of
    what they are drawn on, (n,).

    `boxes` (m, 4) are those of `paths.covers` on the shown page, `picture` is the share of the page that pictures
    cover: pages that are all picture are left alone, as text under them is what was recognised on them.
    """
    nothing = np.zeros(len(glyphs), dtype=np.bool_)
    usable = [not (cover.is_picture and picture > WHOLE_PAGE) for cover in paths.covers]
    if not len(texts.asked) or not any(usable) or len(paths.places) > _MAX_OBJECTS:
        return nothing
    covers = [cover for cover, use in zip(paths.covers, usable, strict=True) if use]
    first = min((paths.places.get(text, math.inf) for text in texts.all), default=math.inf)
    if max(cover.place for cover in covers) <= first and not _same_colours(texts.inks, covers).any():
        return nothing  # so on most pages
    over = _over(glyphs, texts, covers, boxes[np.array(usable)], paths.places)
    if not over.any():
        return nothing
    return _unseen_words(page, glyphs, texts.owner, covers, over, paths.places)


def _over(
    glyphs: Glyphs, texts: Texts, covers: Sequence[Cover], boxes: Floats, places: dict[int, float]
) -> Bools:
    """Which covers may hide which of the glyphs asked for, (n, m)."""
    found = np.zeros((len(glyphs), len(covers)), dtype=np.bool_)
    order = texts.asked[np.argsort(texts.owner[texts.asked], kind="stable")]  # the letters of a text together
    owners, starts = np.unique(texts.owner[order], return_index=True)
    place = np.array([places.get(owner, np.inf) for owner in owners.tolist()])
    drawn_at = np.array([cover.place for cover in covers])
    after = drawn_at[None, :] > place[:, None]
    which = np.searchsorted(np.array(texts.all, dtype=np.uint64), owners)
    same = _same_colours(texts.inks[which], covers)
    middle = (glyphs.box[order, :2] + glyphs.box[order, 2:]) / 2
    low, high = np.minimum.reduceat(middle, starts), np.maximum.reduceat(middle, starts)
    near = (low[:, None, 0] < boxes[:, 2]) & (high[:, None, 0] > boxes[:, 0])
    near &= (low[:, None, 1] < boxes[:, 3]) & (high[:, None, 1] > boxes[:, 1])
    under = np.where(near & ~after & np.isfinite(place)[:, None], drawn_at, -1.0)
    is_ground = (under == under.max(axis=1, keepdims=True)) & (under >= 0) & same
    may = (near & after) | is_ground
    ends = np.append(starts[1:], len(order))
    for text in np.flatnonzero(may.any(axis=1)).tolist():
        own, points = order[starts[text] : ends[text]], middle[starts[text] : ends[text], None, :]
        at = np.flatnonzero(may[text])
        inside = (points > boxes[None, at, :2]) & (points < boxes[None, at, 2:])
        found[np.ix_(own, at)] = inside.all(axis=2)
    return found


def _same_colours(inks: Ints, covers: Sequence[Cover]) -> Bools:
    """Which texts with the colours `inks` (k, 4) have the colour of which covers, (k, m); pictures have none."""
    none = (-255, -255, -255, 0)
    grounds = np.array([none if cover.is_picture else colour_of(cover.item) for cover in covers])
    _, first, which = np.unique(inks[:, :3] @ _PACKED, return_index=True, return_inverse=True)
    kinds = inks[first, :3]  # few on a page
    same = (np.abs(kinds[:, None, :] - grounds[None, :, :3]) < _DIFFERENT).all(axis=2)
    return np.asarray(same[which], dtype=np.bool_)


def _unseen_words(
    page: Any,
    glyphs: Glyphs,
    owner: NDArray[np.uint64],
    covers: Sequence[Cover],
    over: Bools,
    objects: Iterable[int],
) -> Bools:
    """Which glyphs (n,) belong to words that make no difference to the drawn page, though they would without the covers
    that lie `over` (n, m) them, (n,).
    """
    nothing = np.zeros(len(glyphs), dtype=np.bool_)
    doubtful = np.flatnonzero(over.any(axis=1))
    texts = [*np.unique(owner[doubtful]).tolist(), *_without_glyphs(objects, owner)]
    hiding = [covers[at].item for at in np.flatnonzero(over.any(axis=0)).tolist()]
    shown, without = _drawn(page, []), _drawn(page, texts)
    if shown is None or without is None:
        return nothing
    boxes = _in_pixels(glyphs.box, page, shown)
    doubtful = doubtful[~_differs(shown, without, boxes[doubtful])]
    if not len(doubtful):
        return nothing
    bare, empty = _drawn(page, hiding), _drawn(page, [*hiding, *texts])
    if bare is None or empty is None:
        return nothing
    doubtful = doubtful[_differs(bare, empty, boxes[doubtful])]
    under_picture = np.asarray(over[:, [cover.is_picture for cover in covers]].any(axis=1))
    on_print = _on_print(without, glyphs, doubtful[under_picture[doubtful]], boxes)
    unseen = nothing.copy()
    unseen[doubtful] = True
    return _whole_words(glyphs, unseen & ~on_print)


def _without_glyphs(objects: Iterable[int], owner: NDArray[np.uint64]) -> list[int]:
    """The text objects that have none of the glyphs: pdfium leaves out of two that are the same the one on top."""
    known = set(owner.tolist())
    return [item for item in objects if item not in known and _get_type(item) == pdfium_c.FPDF_PAGEOBJ_TEXT]


def _drawn(page: Any, without: Sequence[int]) -> Image | None:
    """The page as pixels (rows, columns, 3) without the objects at these addresses."""
    _activate(without, active=False)
    try:
        pixels = drawn(page, _SIDE)
    finally:
        _activate(without, active=True)
    return None if pixels is None else pixels[:, :, :3]


def _activate(items: Iterable[int], *, active: bool) -> None:
    for item in items:
        pdfium_c.FPDFPageObj_SetIsActive(ctypes.cast(item, pdfium_c.FPDF_PAGEOBJECT), active)


def _in_pixels(boxes: Floats, page: Any, image: Image) -> Ints:
    """Boxes (n, 4) on the page in whole pixels of its image, the last row and column not counted in."""
    width, height = float(pdfium_c.FPDF_GetPageWidthF(page)), float(pdfium_c.FPDF_GetPageHeightF(page))
    rows, columns = image.shape[:2]
    scaled = boxes * np.array([columns / width, rows / height] * 2)
    whole = np.concatenate([np.floor(scaled[:, :2]), np.ceil(scaled[:, 2:])], axis=1)
    return np.asarray(np.clip(whole, 0, [columns, rows] * 2), dtype=np.int64)


def _differs(one: Image, two: Image, boxes: Ints) -> Bools:
    """In which of the boxes (n, 4), in pixels, two images differ, (n,)."""
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = boxes[:, 2:].max(axis=0)
    first, second = (each[top:bottom, left:right] for each in (one, two))
    far = np.maximum(first, second) - np.minimum(first, second) >= _DIFFERENT
    apart = far[:, :, 0] | far[:, :, 1] | far[:, :, 2]
    sums = np.zeros((apart.shape[0] + 1, apart.shape[1] + 1), dtype=np.int32)
    sums[1:, 1:] = apart.cumsum(axis=0).cumsum(axis=1)
    x0, y0, x1, y1 = (boxes - np.array([left, top] * 2)).T
    return np.asarray(sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0] > 0, dtype=np.bool_)


def _on_print(image: Image, glyphs: Glyphs, under: Ints, boxes: Ints) -> Bools:
    """Which of the glyphs at `under` (k,) pictures lie where the image shows print, (n,)."""
    found = np.zeros(len(glyphs), dtype=np.bool_)
    which = found.copy()
    which[under] = True
    for own in _grouped(glyphs, which):
        (left, top), (right, bottom) = boxes[own, :2].min(axis=0), boxes[own, 2:].max(axis=0)
        shades = image[top:bottom, left:right].mean(axis=2).astype(np.int64).ravel()
        if len(shades) and paper_and_print(shades)[0]:
            found[own] = int(shades.max() - shades.min()) > _FLAT
    return found


def _whole_words(glyphs: Glyphs, unseen: Bools) -> Bools:
    """The words (as glyphs, (n,)) of which most letters are `unseen` (n,); bullets and figures alone are none."""
    found = np.zeros(len(glyphs), dtype=np.bool_)
    for own in _grouped(glyphs, ~glyphs.blank):
        is_word = any(glyphs.text[at].isalpha() for at in own.tolist())
        found[own] = is_word and unseen[own].mean() >= _MOST
    return found


def _grouped(glyphs: Glyphs, which: Bools) -> list[Ints]:
    """The positions of `which` glyphs (n,), a word at a time."""
    at = np.flatnonzero(which)
    if not len(at):
        return []
    moved = np.abs(np.diff(glyphs.baseline, prepend=glyphs.baseline[:1])) > 0.5 * np.maximum(glyphs.size, 1.0)
    word = np.cumsum(glyphs.blank | moved)[at]
    return np.split(at, np.flatnonzero(np.diff(word)) + 1)
