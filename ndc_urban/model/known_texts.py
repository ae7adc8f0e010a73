"""Texts that a model was trained on, known again in another copy: a file saved again, in another format, with a remark.

The SHA-256 of a file changes with every byte. Here a text is known by a sketch: the smallest hashes of its shingles
(runs of words), from which the share of text that two documents have in common is estimated (bottom-k sketches; Broder
1997, "On the Resemblance and Containment of Documents"; Thorup 2013). A sketch says nothing that could be read.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ndc_urban.document import Passage

Sketch = NDArray[np.uint32]

SKETCH_SIZE = 64
"""Hashes in a sketch. The standard error of an estimated resemblance is at most 0.06 (half of one over the root)."""
SHINGLE = 4
"""Words in a shingle: long enough to be the text's own, short enough to outlive the hyphens that formats differ in."""
SAMPLED = 8
"""One shingle of so many is looked at, chosen by its first word, so that a sketch costs little."""
SAME_TEXT = 0.5
"""Resemblance from which two files hold the same text (`benchmarks/known_texts.py` measures it)."""
SURELY_SAME = 0.9
"""The same for a file that is said to be of a Party that the model did not see: a file saved again has nearly all. The
text must fill its sketch, since short texts of different Parties may have a few lines in common."""
LEAST_HASHES = 8
"""A text with fewer sampled shingles, about seventy words, is too short to be known again."""

_WORD = re.compile(r"\w+")


def sketch_of(passages: Iterable[Passage]) -> Sketch:
    """The sketch of a text, rising, with at most `SKETCH_SIZE` hashes."""
    words = _WORD.findall(" ".join(each.text for each in passages).casefold())
    first = {word for word in set(words) if zlib.crc32(word.encode()) % SAMPLED == 0}
    chosen = {
        zlib.crc32(" ".join(words[start : start + SHINGLE]).encode())
        for start, word in enumerate(words[: len(words) - SHINGLE + 1])
        if word in first
    }
    return np.array(sorted(chosen)[:SKETCH_SIZE], dtype=np.uint32)


def resemblance(first: Sketch, second: Sketch) -> float:
    """Estimated share (0 to 1) of the shingles of both texts that both hold; 0 where one is too short."""
    if min(len(first), len(second)) < LEAST_HASHES:
        return 0.0
    union = np.union1d(first, second)[:SKETCH_SIZE]
    shared = np.intersect1d(first, second, assume_unique=True)
    return float(np.isin(union, shared, assume_unique=True).mean())


@dataclass(frozen=True)
class KnownTexts:
    """The files of a training by SHA-256, each with its Party, and the sketches of those that could be read.

    `sketches` has a row for each of `sketched`, filled up at the end with the highest hash.
    """

    party_of: dict[str, str] = field(default_factory=dict)
    sketched: tuple[str, ...] = ()
    sketches: Sketch = field(default_factory=lambda: np.zeros((0, SKETCH_SIZE), dtype=np.uint32))

    def __post_init__(self) -> None:
        if self.sketches.shape != (len(self.sketched), SKETCH_SIZE):
            raise ValueError("there is one sketch for each file that was sketched")

    @cached_property
    def parties(self) -> frozenset[str]:
        """ISO3 codes of the Parties that the model was trained on."""
        return frozenset(self.party_of.values())

    def copy_of(self, sha256: str, passages: Sequence[Passage], iso3: str = "") -> str:
        """SHA-256 of the training file of which this file is a copy; empty where there is none.

        A document of a Party (`iso3`, where it is known) that was not in the training must resemble more closely.
        """
        if sha256 in self.party_of:
            return sha256
        if not len(self.sketches):
            return ""
        limit = SAME_TEXT if not iso3 or iso3 in self.parties else SURELY_SAME
        least = LEAST_HASHES if limit == SAME_TEXT else SKETCH_SIZE
        own = sketch_of(passages)
        if len(own) < least:
            return ""
        candidates = np.flatnonzero(np.isin(self.sketches, own).sum(axis=1) >= LEAST_HASHES)
        likeness = {int(row): resemblance(own, self._sketch(int(row))) for row in candidates}
        best = max(likeness, key=lambda row: (likeness[row], -row), default=None)
        return self.sketched[best] if best is not None and likeness[best] >= limit else ""

    def _sketch(self, row: int) -> Sketch:
        return np.asarray(self.sketches[row][self.sketches[row] != _FILLER])


_FILLER = np.uint32(0xFFFFFFFF)


def known_texts(files: Iterable[tuple[str, str, Sequence[Passage]]]) -> KnownTexts:
    """From SHA-256, Party and passages (empty where a file could not be read) of each file of a training."""
    party_of: dict[str, str] = {}
    sketches: dict[str, Sketch] = {}
    for sha256, party, passages in files:
        party_of[sha256] = party
        sketch = sketch_of(passages)
        if len(sketch) >= LEAST_HASHES:
            sketches[sha256] = sketch
    names = sorted(sketches)
    rows = np.full((len(names), SKETCH_SIZE), _FILLER, dtype=np.uint32)
    for row, name in enumerate(names):
        rows[row, : len(sketches[name])] = sketches[name]
    return KnownTexts(dict(sorted(party_of.items())), tuple(names), rows)
