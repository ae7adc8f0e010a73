"""Running heads, running feet and page numbers: found by their place and their repetition, then left out.

Not here: tables of contents (`contents`) and footnotes (`footnotes`). Thresholds were chosen by eye on real NDCs.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ndc_urban.languages import ALL, any_of
from ndc_urban.reading.pdf.lines import TextRun, lines_of

_ZONE = 0.15
"""Share of the page's height, at the top and at the bottom, in which furniture stands."""

_DEPTH = 4
"""So many lines from the edge inwards can be furniture: a head of three lines and a rule of signs."""

_MARGIN = 0.09  # share of the page's height; on a page by itself only the outer margin is looked at
_APART = 1.2  # ems between furniture and text; lines of one paragraph stand nearer
_LONGEST = 110
"""A longer line that is repeated is a sentence of the text."""

_PAGE_NUMBER = re.compile(
    rf"[\W_]*(?:{any_of(language.page_words for language in ALL.values())})?[\W_]*(?:\d{{1,4}}|[ivxl]{{1,6}})"
    rf"(?:[\W_]*(?:/|{any_of(language.page_total_words for language in ALL.values())})?[\W_]*\d{{1,4}})?"
    rf"[\W_]*(?:{any_of(language.page_words_after for language in ALL.values())})?[\W_]*",
    re.IGNORECASE,
)
_NOTE = re.compile(r"\W*(\d{1,3})\W+\w+\W+\w+\W+\w")
"""A number and at least three words."""
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"(?<![\w.,/])(?:\d{1,4}|[ivxl]{1,6}|[IVXL]{1,6})(?![\w]|[.,]\d)")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}
_FEWEST_PAGES, _MOST_PAGES = 2, 4
"""A line must be repeated on so many pages; between the two, on one of `_ONE_PAGE_IN`."""

_ONE_PAGE_IN = 4  # pages: the furniture of a chapter is on the pages of that chapter only

_ROUNDING = 0.1  # points by which a piece may reach over its line
_COUNTING = 3  # pages whose numbers go on from each other; two may be chance


def without_furniture(
    pages: Sequence[list[TextRun]], edges: Sequence[Sequence[TextRun]]
) -> list[list[TextRun]]:
    """The pieces of each page without those that belong to running heads, feet and page numbers, which are among the
    lines at its `edges`.
    """
    seen: Counter[str] = Counter()
    for lines in edges:
        seen.update({_pattern(line) for line in lines})
    for note in _footnotes(edges):
        del seen[note]
    enough = max(_FEWEST_PAGES, min(_MOST_PAGES, len(pages) // _ONE_PAGE_IN))
    return [_kept(pieces, lines, seen, enough) for pieces, lines in zip(pages, edges, strict=True)]


def printed_numbers(edges: Iterable[Sequence[TextRun]]) -> list[str]:
    """The number that each page bears in its head or foot, the lines at its `edges`; empty where none is found.

    Of the numbers there the page's own is the one that goes on counting from page to page, of several the first.
    """
    found = list(map(_numbers, edges))
    steps = Counter(
        (number.isdigit(), value - index)
        for index, numbers in enumerate(found)
        for number, value in numbers.items()
    )
    printed = []
    for index, numbers in enumerate(found):
        counts = {number: steps[number.isdigit(), value - index] for number, value in numbers.items()}
        best = max(counts, key=lambda number: counts[number], default="")
        printed.append(best if counts.get(best, 0) >= _COUNTING else "")
    return printed


def _numbers(lines: Sequence[TextRun]) -> dict[str, int]:
    """The numbers in the lines at the edges of a page, as printed and in their order, with their values."""
    words = [word for line in lines if len(line.text) <= _LONGEST for word in _NUMBER.findall(line.text)]
    return {word: int(word) if word.isdigit() else _roman(word.lower()) for word in words}


def _roman(number: str) -> int:
    """The value of a roman number in small letters."""
    values = [_ROMAN[letter] for letter in number]
    return sum(
        -value if any(after > value for after in values[at + 1 : at + 2]) else value
        for at, value in enumerate(values)
    )


def without_margins(pieces: list[TextRun], height: float) -> list[TextRun]:
    """The pieces of a page of that height but for page numbers near an edge and for what stands apart in the
    margins: on a page by itself that is likely furniture.
    """
    edge = edge_lines(pieces, height)
    numbers = [line for line in edge if _PAGE_NUMBER.fullmatch(line.text)]
    pieces = [piece for piece in pieces if not any(_inside(piece, line) for line in numbers)]
    upright = [piece for piece in pieces if piece.upright]
    top = max((piece.bottom for piece in upright if piece.bottom < _MARGIN * height), default=0.0)
    foot = min((piece.top for piece in upright if piece.top > (1 - _MARGIN) * height), default=height)
    inner = [piece for piece in upright if piece.top >= top and piece.bottom <= foot]
    first = min((piece.top for piece in inner), default=0.0)
    last = max((piece.bottom for piece in inner), default=height)
    size = max((piece.size for piece in inner), default=0.0)
    low = top if first - top > _APART * size else 0.0
    high = foot if foot - last > _APART * size else height
    return [piece for piece in pieces if (piece.top >= low and piece.bottom <= high) or not piece.upright]


def _footnotes(edges: Sequence[Sequence[TextRun]]) -> set[str]:
    """The patterns of notes that say the same on several pages: their numbers rise, but not as those of pages do."""
    steps: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for page, lines in enumerate(edges):
        for line in lines:
            if found := _NOTE.match(line.text):
                steps[_pattern(line)].append((page, int(found[1])))
    return {pattern for pattern, places in steps.items() if _are_notes(places)}


def _are_notes(places: Sequence[tuple[int, int]]) -> bool:
    """Whether numbers rise from page to page, but otherwise than the pages do."""
    pairs = list(pairwise(places))
    rising = all(later > number for (_, number), (_, later) in pairs)
    return (
        bool(pairs) and rising and any(later - number != on - page for (page, number), (on, later) in pairs)
    )


def _pattern(line: TextRun) -> str:
    return _DIGITS.sub("#", line.text.casefold())


def edge_lines(pieces: Sequence[TextRun], height: float) -> list[TextRun]:
    """Lines near the upper and the lower edge, from the edge inwards."""
    loose = [piece for piece in pieces if piece.upright]
    top = [piece for piece in loose if piece.bottom < _ZONE * height]
    bottom = [piece for piece in loose if piece.top > (1 - _ZONE) * height]
    return [*lines_of(top)[:_DEPTH], *reversed(lines_of(bottom)[-_DEPTH:])]


def _kept(pieces: list[TextRun], edge: Sequence[TextRun], seen: Counter[str], enough: int) -> list[TextRun]:
    dropped = [
        line
        for line in edge
        if _PAGE_NUMBER.fullmatch(line.text)
        or (seen[_pattern(line)] >= enough and 2 < len(line.text) <= _LONGEST)
    ]
    if not dropped:
        return pieces
    return [piece for piece in pieces if not any(_inside(piece, line) for line in dropped)]


def _inside(piece: TextRun, line: TextRun) -> bool:
    return (
        line.x0 - _ROUNDING <= piece.x0
        and piece.x1 <= line.x1 + _ROUNDING
        and line.top - _ROUNDING <= piece.top
        and piece.bottom <= line.bottom + _ROUNDING
    )
