"""Letters set wide apart, as where a short line is stretched to the margin: the gaps between them are not spaces.

Not here: where a gap is wide enough for a space (`lines`). Thresholds were chosen by eye on real NDCs.
"""

from __future__ import annotations

import numpy as np

from ndc_urban.reading.pdf.glyphs import Bools, Floats, Glyphs, Ints, middle_of

_REAL_WIDTH = 0.05  # ems: a space character that takes less room was put in by the reader, not by the writer
_SHORTEST_RUN = 3  # gaps in a row; two may be one-letter words
_EVEN = 0.35  # share of the usual gap by which others differ; between words they differ more


def letter_spaced(glyphs: Glyphs, ink: Ints, spaced: Bools, gaps: Floats) -> Bools:
    """Which of the `spaced` gaps before the glyphs at `ink` (n,) are mere letter spacing, (n,).

    Letter spacing are even gaps between three letters and more without a space character of its own width;
    on a line that has such a stretch the shorter stretches as wide as that count too. `gaps` (n,) in ems.
    """
    none = np.zeros(len(ink), dtype=np.bool_)
    if not _long_runs(spaced).any():  # so on nearly all pages
        return none
    loose = _between_letters(glyphs, ink, spaced) & ~_has_space(glyphs, ink)
    long = _long_runs(loose)
    if not long.any():
        return none
    found = none
    base = glyphs.baseline[ink]
    for height in np.unique(base[long]).tolist():
        line = base == height
        usual = middle_of(gaps[line & long])
        found |= line & loose & (np.abs(gaps - usual) < _EVEN * usual)
    return found


def _between_letters(glyphs: Glyphs, ink: Ints, spaced: Bools) -> Bools:
    """Which of the `spaced` glyphs are letters or digits behind such, (n,)."""
    found = np.zeros(len(ink), dtype=np.bool_)
    for at in np.flatnonzero(spaced[1:]).tolist():
        found[at + 1] = glyphs.text[ink[at + 1]].isalnum() and glyphs.text[ink[at]].isalnum()
    return found


def _has_space(glyphs: Glyphs, ink: Ints) -> Bools:
    """Whether a space character that takes room stands before the glyph, (n,)."""
    width = glyphs.box[:, 2] - glyphs.box[:, 0]
    real = np.cumsum(glyphs.blank & (width > _REAL_WIDTH * np.maximum(glyphs.size, 1.0)))[ink]
    return np.diff(real, prepend=0) > 0


def _long_runs(marks: Bools) -> Bools:
    """The marks that stand in unbroken runs of some length, (n,)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], marks, [False])).astype(np.int8))).reshape(-1, 2)
    long = np.zeros(len(marks), dtype=np.bool_)
    for start, end in edges[edges[:, 1] - edges[:, 0] >= _SHORTEST_RUN].tolist():
        long[start:end] = True
    return long
