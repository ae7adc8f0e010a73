"""Anchors: the place of a coded text, without the text, so that it can be found again.

An anchor names a file by its hash and a place in it, and carries a fingerprint of the text. The fingerprint has two
parts: a hash of the normalised text, which shows whether a text is the same, and up to twelve hashes of short pieces
spread evenly over it (landmarks). The landmarks find a text again that another reader, or the PDF of an HTML
page, gives with an extra footnote mark or a missing hyphen: each landmark that is met votes for a place where the text
would begin, and the votes must agree (Manber 1994, "Finding Similar Files in a Large File System"; the voting is
the generalised Hough transform of Ballard 1981 in one dimension).
"""

from __future__ import annotations

import hashlib
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ndc_urban.document import Document, Passage, folded
from ndc_urban.identity import is_sha256
from ndc_urban.segment import segment

LANDMARKS = 12
"""Landmarks of a text: seven of twelve suffice (`ENOUGH`), so that a few changes do no harm. The format of fingerprints
fixes this and the next four numbers; another choice would make stored labels useless."""
PIECE = 8
"""Characters of the normalised text in a landmark: long enough to be rare, short enough to be spared by a change."""
MIN_FOR_LANDMARKS = 16
"""A shorter normalised text has no landmarks and is found only where it is identical: two pieces must fit in."""
EXACT_DIGITS, LENGTH_DIGITS, LANDMARK_DIGITS = 16, 4, 4
"""Hexadecimal digits of the hash of the whole text, of its length and of each landmark."""
ENOUGH = 0.6
"""Share of its landmarks that a text must keep, in order, to be the same passage read another way; chosen by eye on
real NDCs (`benchmarks/label_relocation.py` shows what it finds)."""
DRIFT = 0.05
"""By how much of the text's length the votes of its landmarks for its beginning may differ: a footnote mark or hyphen
every twenty characters. Chosen by eye on real NDCs."""
MIN_DRIFT = 12
"""The least that votes may differ, in characters: one word more or less."""
MOST_HITS = 2000
"""A landmark that a document holds more often than this identifies no place; it only bounds time and memory."""
NEARLY_ALL = 0.9
"""Share of the longer of the two that a passage and a stretch of text must share to count as the same; chosen by eye
on real NDCs."""
CLEARLY_NEARER = 0.5
"""Of two equal places the nearer is taken only if it is at least twice as near as the other."""

UNKNOWN_FILE = "0" * 64
"""Used in place of the hash of a file that is not known."""

ABSENT = "the document does not contain the text, or only with many changes"
TOO_SHORT = "the text is too short to be found unless it is identical"
AMBIGUOUS = "the text is in {} places, and it is not known which one was coded"

How = Literal["place", "text", "similar"]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in a file: `start` and `length` in `Document.text`, `page` from 1 (None without pages).

    An anchor of length 0 has no place: its text is known by the fingerprint alone.
    """

    sha256: str
    page: int | None
    start: int
    length: int
    fingerprint: str

    def __post_init__(self) -> None:
        if not is_sha256(self.sha256):
            raise ValueError(f"sha256 is 64 hexadecimal digits, not {self.sha256!r}")
        if self.page is not None and self.page < 1:
            raise ValueError("pages are counted from 1")
        if self.start < 0 or self.length < 0:
            raise ValueError("start and length are not negative")
        if not _is_fingerprint(self.fingerprint):
            raise ValueError(f"no fingerprint: {self.fingerprint!r}")

    def as_cells(self) -> dict[str, str]:
        """The anchor as cells of a table of passages, by column."""
        return {
            "sha256": self.sha256,
            "page": "" if self.page is None else str(self.page),
            "start": str(self.start),
            "length": str(self.length),
            "fingerprint": self.fingerprint,
        }


@dataclass(frozen=True, slots=True)
class Found:
    """A place where an anchored text was found, `text` being the document's own there.

    `how`: at its `place`, elsewhere with the same `text`, or `similar`; `similarity` is the share of landmarks met.
    """

    start: int
    text: str
    page: int | None
    how: How
    similarity: float = 1.0

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class NotFound:
    """Why an anchored text was not found."""

    reason: str


def _is_hex(text: str) -> bool:
    return bool(text) and set(text) <= set("0123456789abcdef")


def _is_fingerprint(digits: str) -> bool:
    """Whether a text is a fingerprint, with as many landmarks as its length asks for or with none."""
    if len(digits) < EXACT_DIGITS + LENGTH_DIGITS or not _is_hex(digits):
        return False
    length = _length_of(digits)
    landmarks = min(LANDMARKS, length - PIECE + 1) if length >= MIN_FOR_LANDMARKS else 0
    return _landmark_count(digits) in (0, landmarks) and len(digits) % LANDMARK_DIGITS == 0


@lru_cache(maxsize=65536)
def _normal_form(character: str) -> str:
    return folded(unicodedata.normalize("NFKD", character))


def normalised(text: str) -> str:
    """What readings of one text share: no case, spaces, punctuation, accents, ligatures or raised figures."""
    return "".join(map(_normal_form, text))


def fingerprint(text: str) -> str:
    """Hexadecimal digits: a hash of the normalised text (16), its length (4) and its landmarks (4 each)."""
    return _fingerprint(normalised(text))


def _fingerprint(plain: str) -> str:
    exact = hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=EXACT_DIGITS // 2).hexdigest()
    length = min(len(plain), 16**LENGTH_DIGITS - 1)
    landmarks = _hashes(_codes(plain)[_landmark_characters(length)]) if length >= MIN_FOR_LANDMARKS else ()
    return f"{exact}{length:0{LENGTH_DIGITS}x}" + "".join(
        f"{int(landmark):0{LANDMARK_DIGITS}x}" for landmark in landmarks
    )


@lru_cache(maxsize=4096)
def _landmark_places(length: int) -> Integers:
    """Where the landmarks of a text of this normalised length begin."""
    count = min(LANDMARKS, length - PIECE + 1)
    return np.round(np.linspace(0, length - PIECE, count)).astype(np.int64)


@lru_cache(maxsize=4096)
def _landmark_characters(length: int) -> Integers:
    """The places of the characters of each landmark, shape (landmarks, PIECE)."""
    return _landmark_places(length)[:, None] + np.arange(PIECE)


_POWERS = np.array([pow(1_099_511_628_211, PIECE - 1 - at, 2**64) for at in range(PIECE)], dtype=np.uint64)
"""What each character of a piece is multiplied by; the base is the prime of the FNV hash."""


def _codes(plain: str) -> NDArray[np.uint64]:
    return np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)


def _hashes(pieces: NDArray[np.uint64]) -> Integers:
    """A 16-bit hash of each piece: a polynomial of its characters modulo 2 ** 64, mixed."""
    total = pieces @ _POWERS
    total ^= total >> np.uint64(29)
    return ((total * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(48)).astype(np.int64)


def _piece_hashes(plain: str) -> Integers:
    """The hash of the piece from each position on, shape (len(plain) - PIECE + 1,)."""
    if len(plain) < PIECE:
        return np.zeros(0, dtype=np.int64)
    return _hashes(sliding_window_view(_codes(plain), PIECE))


def anchor_of(document: Document, passage: Passage) -> Anchor:
    """The anchor of a passage of a document."""
    return anchor_at(document, passage.start, passage.end, passage.page)


def anchor_at(document: Document, start: int, end: int, page: int | None) -> Anchor:
    """The anchor of any stretch of a document's text."""
    return Anchor(document.sha256, page, start, end - start, fingerprint(document.text[start:end]))


def find(anchor: Anchor, document: Document, near: int | None = None) -> Found | NotFound:
    """Where in a document an anchored text is; `near` is where it is expected, if that is known.

    The document may be the anchored file, read by any reader or version, or another file of the same NDC. For many
    anchors of one document use `Places`, which prepares the document once.
    """
    return Places(document).find(anchor, near)


@dataclass(frozen=True)
class Places:
    """A document prepared for finding anchors in it."""

    document: Document

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The document's passages."""
        return segment(self.document)

    @cached_property
    def _plain(self) -> str:
        return "".join(self._pieces)

    @cached_property
    def _pieces(self) -> list[str]:
        return [_normal_form(character) for character in self.document.text]

    @cached_property
    def _origins(self) -> Integers:
        """For each normalised character the offset in the text of the one it comes from."""
        lengths = np.fromiter(map(len, self._pieces), dtype=np.int64, count=len(self._pieces))
        return np.repeat(np.arange(len(lengths)), lengths)

    @cached_property
    def _index(self) -> tuple[Integers, Integers]:
        """The hashes of all pieces in rising order, and the normalised position of each."""
        hashes = _piece_hashes(self._plain)
        order = np.argsort(hashes, kind="stable")
        return hashes[order], order

    @cached_property
    def _units(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        """Passages and blocks, as (start, end), by the hash of their normalised text."""
        document = self.document
        spans = {(passage.start, passage.end) for passage in self.passages}
        starts = document.block_starts
        spans |= {(at, at + len(block.text)) for at, block in zip(starts, document.blocks, strict=True)}
        by_hash: dict[str, list[tuple[int, int]]] = {}
        for start, end in sorted(spans):
            exact = fingerprint(document.text[start:end])[:EXACT_DIGITS]
            if (start, end) not in by_hash.setdefault(exact, []):
                by_hash[exact].append((start, end))
        return {exact: _apart(spans) for exact, spans in by_hash.items()}

    def find(self, anchor: Anchor, near: int | None = None) -> Found | NotFound:
        """Where the anchored text is: at its place, else where the same text is, else where most of it is."""
        places = self.candidates(anchor)
        if not places:
            return NotFound(TOO_SHORT if not has_landmarks(anchor.fingerprint) else ABSENT)
        if near is None and anchor.length and anchor.sha256 == self.document.sha256:
            near = anchor.start
        return _chosen(places, anchor, near)

    def candidates(self, anchor: Anchor) -> list[Found]:
        """All places that hold the anchored text equally well, in order; none where the document does not hold it."""
        if self.holds(anchor):
            return [self._found(anchor.start, anchor.start + anchor.length, "place")]
        return self._same(anchor) or self._similar(anchor)

    def passage_at(self, start: int, end: int) -> Passage | None:
        """The passage that shares most of a stretch of text; None where none touches it."""
        if not self.passages:
            return None
        first = max(bisect_right(self._passage_starts, start) - 1, 0)
        best, most = None, 0
        for passage in self.passages[first:]:
            if passage.start >= end:
                break
            shared = min(end, passage.end) - max(start, passage.start)
            if shared > most:
                best, most = passage, shared
        return best

    def passage_of_block(self, start: int, end: int) -> Passage:
        """A stretch of text that no passage touches (a heading, say) as a passage of the block that it begins in."""
        document, number = self.document, self._block_at(start)
        block = document.blocks[number]
        return Passage(
            document.text[start:end],
            start,
            end,
            number,
            block.kind,
            page=block.page,
            header=block.header,
            language=document.language,
        )

    def page_at(self, start: int) -> int | None:
        """The page that a position of the text stands on."""
        return self.document.page_at(start)

    def _block_at(self, start: int) -> int:
        return max(bisect_right(self.document.block_starts, start) - 1, 0)

    @cached_property
    def _passage_starts(self) -> list[int]:
        return [passage.start for passage in self.passages]

    def holds(self, anchor: Anchor) -> bool:
        """Whether the document is the anchored file and has the anchored text at its place."""
        document = self.document
        if anchor.sha256 != document.sha256 or anchor.start + anchor.length > len(document.text):
            return False
        return fingerprint(document.text[anchor.start : anchor.start + anchor.length]) == anchor.fingerprint

    def _found(self, start: int, end: int, how: How, similarity: float = 1.0) -> Found:
        return Found(start, self.document.text[start:end], self.page_at(start), how, similarity)

    def _same(self, anchor: Anchor) -> list[Found]:
        """Passages and blocks with the anchored text, else stretches of text that run over or within them."""
        exact = anchor.fingerprint[:EXACT_DIGITS]
        units = self._units.get(exact, ())
        if units:
            return [self._found(start, end, "text") for start, end in units]
        length = _length_of(anchor.fingerprint)
        hits = self._hits(anchor.fingerprint)
        return [
            self._found(*self._span(at, at + length), "text")
            for at, votes in _votes(hits, length, drift=0)
            if at >= 0
            and votes == len(hits)
            and _fingerprint(self._plain[at : at + length])[:EXACT_DIGITS] == exact
        ]

    def _span(self, first: int, stop: int) -> tuple[int, int]:
        """A stretch of the normalised text as one of the text itself, with the punctuation that ends it."""
        origins, text = self._origins, self.document.text
        start, end = int(origins[first]), int(origins[stop - 1]) + 1
        limit = int(origins[stop]) if stop < len(origins) else len(text)
        while end < limit and not text[end].isspace():
            end += 1
        if end < limit or limit == len(text):
            return start, end
        return start, int(origins[stop - 1]) + 1

    def _hits(self, digits: str) -> list[tuple[int, Integers]]:
        """Number and positions of the landmarks that the document holds, but for those that it repeats too often."""
        if not has_landmarks(digits) or not self._plain:
            return []
        hashes, order = self._index
        hits = []
        for number, value in enumerate(_landmarks_of(digits)):
            low, high = np.searchsorted(hashes, [value, value + 1])
            if high - low <= MOST_HITS:
                hits.append((number, order[low:high]))
        return hits

    def _similar(self, anchor: Anchor) -> list[Found]:
        digits = anchor.fingerprint
        count, drift = _landmark_count(digits), max(MIN_DRIFT, round(DRIFT * _length_of(digits)))
        hits = self._hits(digits)
        votes = _votes(hits, _length_of(digits), drift)
        best = max((each for _, each in votes), default=0)
        if not count or best < ENOUGH * count:
            return []
        like = [
            self._stretch(at, hits, _length_of(digits), drift, best / count)
            for at, each in votes
            if each == best
        ]
        return _distinct([self._snapped(place) for place in like])

    def _snapped(self, place: Found) -> Found:
        """The passage in place of a stretch of text that is nearly all of it."""
        passage = self.passage_at(place.start, place.end)
        if passage is None:
            return place
        shared = min(place.end, passage.end) - max(place.start, passage.start)
        if shared < NEARLY_ALL * max(len(place.text), len(passage.text)):
            return place
        return replace(place, start=passage.start, text=passage.text, page=passage.page)

    def _stretch(
        self, at: int, hits: Sequence[tuple[int, Integers]], length: int, drift: int, similarity: float
    ) -> Found:
        """The text from the first to the last landmark that voted for a beginning, and what must lie outside them."""
        places = _landmark_places(length)
        met: list[tuple[int, int]] = []
        for number, positions in hits:
            begins = positions - places[number]
            close = np.flatnonzero((begins >= at) & (begins <= at + drift))
            if len(close):
                met.append((number, int(positions[close[0]])))
        first, last = met[0], met[-1]
        start = max(first[1] - int(places[first[0]]), 0)
        stop = min(last[1] + length - int(places[last[0]]), len(self._plain))
        return self._found(*self._span(start, max(stop, start + 1)), "similar", similarity)


def _chosen(places: Sequence[Found], anchor: Anchor, near: int | None) -> Found | NotFound:
    """The only place; of several the clearly nearest to where it should be, or the only one on the anchor's page."""
    if len(places) == 1:
        return places[0]
    if near is not None and (nearest := nearest_of(places, near)):
        return nearest
    on_page = [place for place in places if anchor.page is not None and place.page == anchor.page]
    return on_page[0] if len(on_page) == 1 else NotFound(AMBIGUOUS.format(len(places)))


def nearest_of(places: Sequence[Found], near: float) -> Found | None:
    """The place nearest to a position, if no other is nearly as near."""
    if len(places) < 2:
        return places[0] if places else None
    nearest, second = sorted(places, key=lambda place: abs(place.start - near))[:2]
    return nearest if abs(nearest.start - near) <= CLEARLY_NEARER * abs(second.start - near) else None


def _length_of(digits: str) -> int:
    """The length of the normalised text that a fingerprint was made of."""
    return int(digits[EXACT_DIGITS : EXACT_DIGITS + LENGTH_DIGITS], 16)


def _landmarks_of(digits: str) -> list[int]:
    tail = digits[EXACT_DIGITS + LENGTH_DIGITS :]
    return [int(tail[at : at + LANDMARK_DIGITS], 16) for at in range(0, len(tail), LANDMARK_DIGITS)]


def has_landmarks(digits: str) -> bool:
    """Whether a fingerprint is of a text long enough to be found where it was changed a little."""
    return _landmark_count(digits) > 0


def _landmark_count(digits: str) -> int:
    return (len(digits) - EXACT_DIGITS - LENGTH_DIGITS) // LANDMARK_DIGITS


def _votes(hits: Sequence[tuple[int, Integers]], length: int, drift: int) -> list[tuple[int, int]]:
    """Positions where a text of this length with these landmarks may begin, each with its votes."""
    if not hits:
        return []
    places = _landmark_places(length)
    begin = np.concatenate([positions - places[number] for number, positions in hits])
    voter = np.concatenate([np.full(len(positions), number) for number, positions in hits])
    rising = np.argsort(begin, kind="stable")
    return _clusters(begin[rising], voter[rising], drift)


def _clusters(begin: Integers, voter: Integers, drift: int) -> list[tuple[int, int]]:
    """Beginnings that landmarks agree on within `drift`, with the number of different landmarks for each.

    `begin` rises. Of overlapping clusters the one with more votes is kept.
    """
    stops = np.searchsorted(begin, begin + drift, side="right")
    sized = [
        (int(begin[row]), len(set(voter[row:stop].tolist())))
        for row, stop in enumerate(stops)
        if row == 0 or stop > stops[row - 1] or begin[row] != begin[row - 1]
    ]
    kept: list[tuple[int, int]] = []
    for at, votes in sized:
        if votes < 2:
            continue
        if kept and at - kept[-1][0] <= drift:
            if votes > kept[-1][1]:
                kept[-1] = (at, votes)
            continue
        kept.append((at, votes))
    return kept


def _apart(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans without those that cover the same place as the one before (a passage that is a whole block)."""
    return [*spans[:1], *(after for before, after in pairwise(spans) if after[0] >= before[1])]


def _distinct(places: Sequence[Found]) -> list[Found]:
    """Places without those that overlap an earlier one."""
    kept: list[Found] = []
    for place in places:
        if all(place.start >= other.end or place.end <= other.start for other in kept):
            kept.append(place)
    return kept
