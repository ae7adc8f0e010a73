"""Recognised words to blocks: lines, paragraphs, headings by height, and no seals, stamps or page numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from statistics import fmean, median

from ndc_urban.document import BBox, Block
from ndc_urban.languages import ALL, any_of
from ndc_urban.reading.ocr.tesseract import Word
from ndc_urban.reading.text import (
    BULLET,
    CJK,
    heading_level,
    is_list_item,
    join_lines,
    without_false_headings,
)

MIN_CONFIDENCE = 40.0
"""Mean confidence (0 to 100) below which a paragraph is a seal, a signature or a shadow."""

HEADING_HEIGHT = 1.3
"""A line so many times as high as the page's usual one is a heading."""

HEADING_LEVEL = 2  # the height of recognised letters shows no finer rank
MAX_HEADING_WORDS = 15  # words; a longer line is the beginning of a paragraph; chosen by eye
MARGIN = 0.1  # share of the page's height, at the top and the bottom, where page numbers stand
MIN_HEADING_CONFIDENCE = 70.0  # mean (0 to 100); letters of logos and seals stay below; chosen by eye
MIN_HEADING_LETTERS = 0.7  # share of the characters; figures and rulings read as signs have fewer
RULING = "|¦[]_"
"""What Tesseract makes of the lines of a table."""

UNSEEN = dict.fromkeys(
    map(ord, "\u200b\u200c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)
"""Marks of writing direction, which Tesseract puts around numbers in Arabic."""

SECTION_NUMBER = re.compile(r"\d{1,2}\.\d{1,2}\S*\s")
FOOT = 0.75  # share of the page's height below which footnotes stand; chosen by eye
FOOTNOTE = re.compile(r"\d{1,2}\s+[^\W\d_]")
"""A number without a dot, in the lowest quarter of a page."""

PAGE_NUMBER = re.compile(
    rf"\W*(?:{any_of(language.page_words for language in ALL.values())})?\W*\d{{1,4}}"
    rf"(?:\s*(?:/|{any_of(language.page_total_words for language in ALL.values())})\s*\d{{1,4}})?\W*",
    re.IGNORECASE,
)
BETWEEN_CJK = re.compile(rf"(?<={CJK.pattern}) (?={CJK.pattern})")


@dataclass(frozen=True, slots=True)
class _Line:
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return BETWEEN_CJK.sub("", " ".join(word.text for word in self.words))

    @property
    def height(self) -> int:
        """In pixels, from the highest to the lowest point of its letters."""
        return max(word.bottom for word in self.words) - min(word.top for word in self.words)

    @property
    def left(self) -> int:
        return min(word.left for word in self.words)

    @property
    def right(self) -> int:
        return max(word.right for word in self.words)


def word_blocks(words: Iterable[Word], page: int, *, scale: float, height: float) -> tuple[Block, ...]:
    """The blocks of a page from its words in reading order.

    `scale` is points per pixel, `height` that of the page in points.
    """
    paragraphs = _paragraphs(_without_rulings(words))
    usual = median([line.height for lines in paragraphs for line in lines] or [1])
    vocabulary = frozenset(word.text.lower() for lines in paragraphs for line in lines for word in line.words)
    blocks = (_block(lines, page, scale, usual, vocabulary) for lines in paragraphs if _is_text(lines))
    found = [block for block in blocks if block is not None and not _is_page_number(block, height)]
    marked = [_as_footnote(block) if _is_footnote(block, height) else block for block in found]
    return tuple(without_false_headings(marked))


def _without_rulings(words: Iterable[Word]) -> list[Word]:
    cleaned = (replace(word, text=word.text.translate(UNSEEN).strip("|¦")) for word in words)
    return [word for word in cleaned if word.text.strip(RULING)]


def _paragraphs(words: Iterable[Word]) -> list[list[_Line]]:
    """Lines by Tesseract's paragraphs, parted again where a list item or a numbered section begins."""
    paragraphs = []
    for _, in_paragraph in groupby(words, key=lambda word: (word.block, word.paragraph)):
        lines = [_Line(tuple(line)) for _, line in groupby(in_paragraph, key=lambda word: word.line)]
        start = 0
        for at in range(1, len(lines)):
            if is_list_item(lines[at].text) or _is_section(lines[at].text) or _is_section(lines[at - 1].text):
                paragraphs.append(lines[start:at])
                start = at
        paragraphs.append(lines[start:])
    return paragraphs


def _is_section(text: str) -> bool:
    return SECTION_NUMBER.match(text) is not None and heading_level(text) is not None


def _is_text(lines: list[_Line]) -> bool:
    words = [word for line in lines for word in line.words]
    has_letters = any(char.isalnum() for word in words for char in word.text)
    return has_letters and fmean(word.confidence for word in words) >= MIN_CONFIDENCE


def _block(
    lines: list[_Line], page: int, scale: float, usual: float, vocabulary: frozenset[str]
) -> Block | None:
    text = join_lines([line.text for line in lines], vocabulary)
    words = [word for line in lines for word in line.words]
    bbox: BBox = (
        min(line.left for line in lines) * scale,
        min(word.top for word in words) * scale,
        max(line.right for line in lines) * scale,
        max(word.bottom for word in words) * scale,
    )
    level = heading_level(text) if len(lines) == 1 else None
    if level is None and _is_tall(lines, usual) and _is_title(text, words):
        level = HEADING_LEVEL
    if level is not None:
        return Block("heading", text, page=page, bbox=bbox, level=level)
    if is_list_item(text):
        item = BULLET.sub("", text, count=1)
        return Block("list_item", item, page=page, bbox=bbox) if item else None
    return Block("paragraph", text, page=page, bbox=bbox)


def _is_tall(lines: list[_Line], usual: float) -> bool:
    return len(lines) <= 2 and min(line.height for line in lines) >= HEADING_HEIGHT * usual


def _is_title(text: str, words: list[Word]) -> bool:
    """Whether a text is short, sure and of letters, unlike the labels of a chart."""
    if len(words) > MAX_HEADING_WORDS or text.endswith((".", ";", ",")):
        return False
    letters = sum(char.isalpha() for char in text)
    is_sure = fmean(word.confidence for word in words) >= MIN_HEADING_CONFIDENCE
    return is_sure and letters >= MIN_HEADING_LETTERS * len(text.replace(" ", ""))


def _is_page_number(block: Block, height: float) -> bool:
    if block.bbox is None or not PAGE_NUMBER.fullmatch(block.text):
        return False
    return block.bbox[3] < MARGIN * height or block.bbox[1] > (1 - MARGIN) * height


def _is_footnote(block: Block, height: float) -> bool:
    return block.bbox is not None and block.bbox[1] > FOOT * height and FOOTNOTE.match(block.text) is not None


def _as_footnote(block: Block) -> Block:
    return replace(block, kind="footnote", level=0)
