"""Text that is printed twice: bold by overprinting, shadows, and whole text layers one over the other.

Copies are recognised by place, letter and direction of writing together. A letter next to one of its kind is never
its copy: the copy of a letter begins within the letter itself, its neighbour where the letter ends.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ndc_urban.reading.pdf.glyphs import Bools, Floats, Glyphs, Ints

_ALONG = 0.12
"""Ems along the line between a letter and its copy at most: false bold is moved by 0.02 to 0.05."""

_WITHIN = 0.5
"""And at most this share of the letter's width, so that no narrow neighbour is meant ("ll", or where a size is wrong).
"""

_ACROSS = 0.15
"""Ems across the line between a letter and its copy at most."""

_COPIED = 0.45
"""Share of a word's letters that are copies: all where words are printed twice, half where each letter is."""

_LINE_STEP = 4  # points across the line in the sorting key: less than a line's height
_STEPS_PER_POINT = 8  # along the line in the sorting key: finer than copies are apart
_ROUNDINGS = (0.0, 0.5)  # steps: two ways of rounding, so that no pair falls between two steps in both
_FAR = 500_000  # steps from the edge: within the 20 bits of a place in the sorting key
_WORD_GAP = 0.25
"""Ems between two words that no space character divides; greater than the gap between letters."""

_WORD_MOVED = 0.5
"""A word printed again overlaps its first printing by at least this share of its length and of its height."""

_BUCKET = 16.0
"""Points: twice the distance at which the corners of a word and its copy are looked for."""

_BUCKET_SHIFTS = tuple((x, y) for y in _ROUNDINGS for x in _ROUNDINGS)
"""Buckets across and down: a word and its copy are in one bucket in one of these ways at least."""

_LETTER_PRIME, _WORD_PRIME, _PLACE_PRIME = 7919, 1_000_003, 40_009
"""Primes that make one key of several numbers, so that different ones seldom meet: of a letter and its place in the
word, of a word and its bucket, and of the bucket across and down. Any large primes would do."""

_LAYER = 0.25
"""From this share of doubled words on, the page has two layers of text: words that differ (as misread ones do) are
doubled too where they lie on each other."""

_RUN = 0.5
"""Sizes by which the baseline of a run may move from glyph to glyph: letters are raised and lowered by less."""

_MANY_RUNS = 400
"""On a page of more runs comparing each with each takes longer than looking for copies does."""

_MANY_WORDS = 4000
"""More words than stand on any page that people read; comparing each with each would take too much memory."""


class _Words(NamedTuple):
    """The words of a page in the reader's order: of which glyphs (positions in `ink`) they begin and end, the sum of
    their letters, extent along and across the line, turn.
    """

    start: Ints
    end: Ints
    code: NDArray[np.uint64]
    low: Floats
    high: Floats
    top: Floats
    foot: Floats
    turn: Ints


def without_copies(glyphs: Glyphs) -> Glyphs:
    """The glyphs without those that print a word or a letter over itself again; spaces all stay."""
    ink = glyphs.ink
    if len(ink) < 2 or _is_printed_once(glyphs, ink):
        return glyphs
    dropped = _copied_words(glyphs, ink)
    left = ink[~dropped]
    again = _copied_letters(glyphs, left)
    if not dropped.any() and not again.any():
        return glyphs
    kept = np.ones(len(glyphs), dtype=np.bool_)
    kept[ink[dropped]] = False
    kept[left[again]] = False
    return glyphs.take(np.flatnonzero(kept))


def extent(glyphs: Glyphs, at: Ints) -> tuple[Floats, Floats]:
    """Where the glyphs at `at` (n,) begin and end along their line, (n,) each."""
    box = glyphs.ink_box if at is glyphs.ink else glyphs.box[at]
    sideways = glyphs.turn[at] % 2 == 1
    if not sideways.any():  # so on most pages
        return box[:, 0], box[:, 2]
    return np.where(sideways, box[:, 1], box[:, 0]), np.where(sideways, box[:, 3], box[:, 2])


def _is_printed_once(glyphs: Glyphs, ink: Ints) -> bool:
    """Whether the runs of glyphs at `ink` (n,) that go on along a line do not touch each other: so on most pages, and
    then nothing on them is a copy of anything.
    """
    low, high = extent(glyphs, ink)
    base, size, turn = glyphs.baseline[ink], np.maximum(glyphs.size[ink], 1.0), glyphs.turn[ink]
    goes_on = (low[1:] > low[:-1] + _ALONG * size[:-1]) & (high[1:] > high[:-1])
    goes_on &= (np.abs(np.diff(base)) < _RUN * size[1:]) & (turn[1:] == turn[:-1])
    starts = np.concatenate(([0], np.flatnonzero(~goes_on) + 1))
    if len(starts) > _MANY_RUNS:
        return False
    ends = (np.minimum.reduceat(low, starts), np.minimum.reduceat(base - size, starts))
    others = (np.maximum.reduceat(high, starts), np.maximum.reduceat(base, starts))
    kind = turn[starts]
    touch = kind[:, None] == kind
    for first, last in zip(ends, others, strict=True):
        touch &= (first[:, None] <= last) & (last[:, None] >= first)
    return int(touch.sum()) == len(starts)  # each touches itself


def _copied_letters(glyphs: Glyphs, ink: Ints) -> Bools:
    """Which of the glyphs at `ink` (n,) are the one before them in place, printed again, (n,)."""
    codes = glyphs.codes[ink].astype(np.int64)
    low, high = extent(glyphs, ink)
    base, size, turn = glyphs.baseline[ink], glyphs.size[ink], glyphs.turn[ink]
    near = np.minimum(_ALONG * size, _WITHIN * (high - low))
    nearest = near.max(initial=0.0)
    kind = (codes << 42) + (turn << 40) + np.clip(low * _STEPS_PER_POINT, -_FAR, _FAR).astype(np.int64)
    line = base / _LINE_STEP
    found = np.zeros(len(ink), dtype=np.bool_)
    for shift in _ROUNDINGS:
        # one key to sort by: character, direction, then steps across the line, then place on the line
        place = np.clip(np.floor(line + shift), -_FAR, _FAR).astype(np.int64)
        order = np.argsort(kind + (place << 20))
        beside = np.flatnonzero(np.abs(np.diff(low[order])) <= nearest)  # few
        one, two = order[beside], order[beside + 1]
        same = (codes[one] == codes[two]) & (turn[one] == turn[two])
        same &= np.abs(base[two] - base[one]) < _ACROSS * size[two]
        same &= np.abs(low[two] - low[one]) <= np.minimum(near[one], near[two])
        # letters of one glyph, where the reader gives several: next to each other with one box
        same &= ~((np.abs(two - one) == 1) & (glyphs.box[ink[one]] == glyphs.box[ink[two]]).all(axis=1))
        found[np.maximum(one, two)[same]] = True
    return found & _in_copied_words(glyphs, ink, found)


def _in_copied_words(glyphs: Glyphs, ink: Ints, copied: Bools) -> Bools:
    """Which of the glyphs at `ink` (n,) are in words of which enough is copied: letters of different texts that lie on
    each other may meet by chance.
    """
    if not copied.any():
        return copied
    words = _words_of(glyphs, ink)
    length = words.end - words.start
    share = np.add.reduceat(copied.astype(np.float64), words.start) / length
    return np.asarray(np.repeat(share >= _COPIED, length), dtype=np.bool_)


def _copied_words(glyphs: Glyphs, ink: Ints) -> Bools:
    """Which of the glyphs at `ink` (n,) belong to words that were printed before in the same place, (n,)."""
    words = _words_of(glyphs, ink)
    dropped = _repeated(words)
    count = int(dropped.sum())
    if count >= _LAYER * (len(dropped) - count) and count > 2 and len(dropped) <= _MANY_WORDS:
        dropped |= _overlaid(words, dropped)
    return np.repeat(dropped, words.end - words.start)


def _words_of(glyphs: Glyphs, ink: Ints) -> _Words:
    low, high = extent(glyphs, ink)
    base, size, turn = glyphs.baseline[ink], np.maximum(glyphs.size[ink], 1.0), glyphs.turn[ink]
    begins = np.ones(len(ink), dtype=np.bool_)
    gap = np.maximum(low[1:] - high[:-1], low[:-1] - high[1:])
    begins[1:] = (np.diff(ink) > 1) | (gap > _WORD_GAP * size[1:]) | (turn[1:] != turn[:-1])
    begins[1:] |= np.abs(np.diff(base)) > _WORD_GAP * size[1:]
    start = np.flatnonzero(begins)
    end = np.append(start[1:], len(ink))
    number = np.arange(len(ink)) - np.repeat(start, end - start)
    code = np.add.reduceat(
        glyphs.codes[ink].astype(np.uint64) * (number.astype(np.uint64) * _LETTER_PRIME + 1), start
    )
    height = np.maximum.reduceat(size, start)
    foot = base[start]
    return _Words(
        start,
        end,
        code,
        np.minimum.reduceat(low, start),
        np.maximum.reduceat(high, start),
        foot - height,
        foot,
        turn[start],
    )


def _repeated(words: _Words) -> Bools:
    """Which words stand in their place for the second time, (n,); words of one letter are left to the letters."""
    dropped = np.zeros(len(words.start), dtype=np.bool_)
    long = np.flatnonzero(words.end - words.start > 1)
    if len(long) < 2:
        return dropped
    low, foot = words.low[long] / _BUCKET, words.foot[long] / _BUCKET
    code = words.code[long] * np.uint64(4) + words.turn[long].astype(np.uint64)
    for x, y in _BUCKET_SHIFTS:
        # one key for word, direction and bucket; that two of them have the same by chance is checked below
        across, down = np.floor(low + x).astype(np.int64), np.floor(foot + y).astype(np.int64)
        key = code * np.uint64(_WORD_PRIME) + (across * _PLACE_PRIME + down).astype(np.uint64)
        order = np.argsort(key, kind="stable")
        one, two = order[:-1], order[1:]
        same = (key[one] == key[two]) & (code[one] == code[two])
        if same.any():
            first, second = long[one[same]], long[two[same]]
            dropped[np.maximum(first, second)[_on_each_other(words, first, second)]] = True
    return dropped


def _on_each_other(words: _Words, one: Ints, two: Ints) -> Bools:
    """Whether the words at `one` and `two` (k,) overlap by more than half in both directions, (k,)."""
    along = np.minimum(words.high[one], words.high[two]) - np.maximum(words.low[one], words.low[two])
    across = np.minimum(words.foot[one], words.foot[two]) - np.maximum(words.top[one], words.top[two])
    length = np.minimum(words.high[one] - words.low[one], words.high[two] - words.low[two])
    height = np.minimum(words.foot[one] - words.top[one], words.foot[two] - words.top[two])
    return np.asarray((along > _WORD_MOVED * length) & (across > _WORD_MOVED * height), dtype=np.bool_)


def _overlaid(words: _Words, dropped: Bools) -> Bools:
    """Which of the words not dropped lie on an earlier one that is not dropped either, (n,)."""
    left = np.flatnonzero(~dropped)
    one, two = (each.ravel() for each in np.meshgrid(left, left, indexing="ij"))
    later = (two > one) & (words.turn[one] == words.turn[two])
    one, two = one[later], two[later]
    found = np.zeros(len(dropped), dtype=np.bool_)
    found[two[_on_each_other(words, one, two)]] = True
    return found
