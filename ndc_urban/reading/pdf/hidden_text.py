"""Text that nobody sees: outside the page, invisible beside visible text, and watermarks across the sentences."""

from __future__ import annotations

import numpy as np

from ndc_urban.reading.pdf.glyphs import Bools, Floats, Glyphs, Ints, middle_of

_STEP = 3.0
"""Points of a side of the squares in which text and pictures are compared."""

_MAX_SQUARES = 2_000_000  # a page of 1.5 metres by 1.5; bounds the memory
_COVERED = 0.5
"""An invisible stretch of text is a copy of what is visible where at least half of it lies on visible text."""

_LARGE = 1.8
"""A watermark runs aslant, or is at least so much larger than the text that it crosses. Chosen by eye."""

_SAME_SIZE = 0.1  # share by which the sizes of a watermark's letters may differ: more than rounding
_INSET = 0.15  # of a box at each side, where letters that only touch overlap
_CROSSED = 4
"""Letters of other text inside the boxes of a watermark's letters at least; a large initial has none."""

_LETTERS = 3
"""Of a watermark at least: fewer are an initial or a sign. Chosen by eye."""

_SPECK = 0.75
"""Points: the smallest print has three. Real NDCs have labels of charts of 0.96, which show when enlarged."""

_SPECK_SHARE = 0.0009
"""Of the longer side of the page, which is as much on A4: a page that is small itself is looked at enlarged."""


def on_page(glyphs: Glyphs, width: float, height: float) -> Bools:
    """Which glyphs belong to words of which something is on the page, (n,); all where the page has no size."""
    if width <= 0 or height <= 0 or not len(glyphs):
        return np.ones(len(glyphs), dtype=np.bool_)
    across, down = (glyphs.box[:, 0] + glyphs.box[:, 2]) / 2, (glyphs.box[:, 1] + glyphs.box[:, 3]) / 2
    inside = (across >= 0) & (across <= width) & (down >= 0) & (down <= height)
    if inside.all():
        return inside
    moved = np.abs(np.diff(glyphs.baseline, prepend=glyphs.baseline[:1])) > 0.5 * np.maximum(glyphs.size, 1.0)
    words = np.cumsum(glyphs.blank | moved)
    return np.asarray(np.bincount(words, weights=inside & ~glyphs.blank)[words] > 0, dtype=np.bool_)


def too_small(glyphs: Glyphs, longer_side: float) -> Bools:
    """Which glyphs are too small to be seen as letters on a page with that longer side in points, (n,).

    Size, height and width all have to say so: each of them may be wrong.
    """
    limit = min(_SPECK, _SPECK_SHARE * longer_side)
    small = glyphs.size <= limit
    if not small.any():
        return small
    sides = glyphs.box[:, 2:] - glyphs.box[:, :2]
    return np.asarray(small & (sides <= 2 * limit).all(axis=1), dtype=np.bool_)


def doubled_invisible(glyphs: Glyphs, invisible: Bools, pictures: Floats, runs: Ints) -> Bools:
    """Which of the `invisible` glyphs (n,) are not to be read, (n,): where the page has visible text too, those that
    lie on it, and those that lie on nothing.

    Over a picture invisible text is what was recognised on it, and stays. `pictures` (m, 4) are boxes of pictures and
    shapes; `runs` (n,) numbers the stretches of text that belong together.
    """
    ink = ~glyphs.blank
    seen = ink & ~invisible
    if not seen.any() or not (ink & invisible).any():
        return np.zeros(len(glyphs), dtype=np.bool_)
    middle = (glyphs.box[:, :2] + glyphs.box[:, 2:]) / 2
    on_text, on_picture = _covers(glyphs.box[seen], middle), _covers(pictures, middle)
    hidden = ink & invisible
    totals = np.maximum(np.bincount(runs[hidden], minlength=int(runs.max()) + 1), 1)
    share = np.bincount(runs[hidden], weights=on_text[hidden], minlength=len(totals)) / totals
    layer = float(on_text[hidden].mean()) >= _COVERED
    drop = (share[runs] >= _COVERED) | ~on_picture | layer
    return np.asarray(invisible & drop, dtype=np.bool_)


def _covers(boxes: Floats, points: Floats) -> Bools:
    """Which points (n, 2) lie in any of the boxes (m, 4), (n,), to within a square or so."""
    if not len(boxes):
        return np.zeros(len(points), dtype=np.bool_)
    low = boxes[:, :2].min(axis=0)
    size = np.ceil((boxes[:, 2:].max(axis=0) - low) / _STEP).astype(np.int64) + 2
    if size.prod() > _MAX_SQUARES:
        return np.zeros(len(points), dtype=np.bool_)
    # corners of all boxes summed up in both directions count the boxes over each square
    first = ((boxes[:, :2] - low) / _STEP).astype(np.int64)
    last = ((boxes[:, 2:] - low) / _STEP).astype(np.int64) + 1
    count = np.zeros(size + 1, dtype=np.int32)
    np.add.at(count, (first[:, 0], first[:, 1]), 1)
    np.add.at(count, (last[:, 0], first[:, 1]), -1)
    np.add.at(count, (first[:, 0], last[:, 1]), -1)
    np.add.at(count, (last[:, 0], last[:, 1]), 1)
    filled = count.cumsum(axis=0).cumsum(axis=1) > 0
    at = ((points - low) / _STEP).astype(np.int64)
    inside = ((points >= low) & (at < size)).all(axis=1)
    at = np.clip(at, 0, size - 1)
    return np.asarray(inside & filled[at[:, 0], at[:, 1]], dtype=np.bool_)


def watermark(glyphs: Glyphs, slanted: Bools | None = None) -> Bools:
    """Which glyphs belong to large or `slanted` (n,) text printed across other text, (n,)."""
    found = np.zeros(len(glyphs), dtype=np.bool_)
    ink = glyphs.ink
    if len(ink) < 2 * _LETTERS:
        return found
    size = glyphs.size[ink]
    aslant = slanted is not None and bool(slanted[ink].any())
    if not aslant and size.max() <= _LARGE * max(float(size.min()), 0.0):  # so on most pages
        return found
    across = size > _LARGE * middle_of(size)
    if slanted is not None:
        across |= slanted[ink]
    if not across.any():
        return found
    plain = ink[~across]
    middle = (glyphs.box[plain, :2] + glyphs.box[plain, 2:]) / 2
    # unbroken runs of such letters of one size
    steps = (
        np.flatnonzero(
            (np.diff(across.astype(np.int8)) != 0) | (np.abs(np.diff(size)) > _SAME_SIZE * size[1:])
        )
        + 1
    )
    for own, is_across in zip(np.split(ink, steps), np.split(across, steps), strict=True):
        if is_across[0] and len(own) >= _LETTERS and _crossed(glyphs, own, middle) >= _CROSSED:
            found[own] = True
    return found


def _crossed(glyphs: Glyphs, own: Ints, middle: Floats) -> int:
    """How many points (n, 2) lie in the inner part of the boxes of the glyphs at `own`."""
    box = glyphs.box[own]
    inset = _INSET * (box[:, 2:] - box[:, :2])
    low, high = (box[:, :2] + inset).min(axis=0), (box[:, 2:] - inset).max(axis=0)
    near = middle[((middle > low) & (middle < high)).all(axis=1)]
    inside = np.zeros(len(near), dtype=np.bool_)
    for corner, gap in zip(box, inset, strict=True):
        inside |= ((near > corner[:2] + gap) & (near < corner[2:] - gap)).all(axis=1)
    return int(inside.sum())
