"""Whether the text of a page can be trusted: the check that calls in the second reader, and in the end
recognition.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ndc_urban.reading.pdf.bidi import is_rtl
from ndc_urban.reading.pdf.glyphs import BLANK, Glyphs, PageContent

_MAX_BAD = 0.05  # share of glyphs: a few broken signs are below, a broken font above; chosen by eye
_HOPELESS = 0.3  # share of glyphs: every third one wrong spoils most words
_MAX_LONG = 0.4  # share of letters in such words: addresses of the web take less of a page
_MAX_SINGLE = 0.6  # share of words of one letter; formulas and tables of numbers have fewer
_MAX_DISORDER = 0.03  # share of glyphs; accents printed over letters stay below; chosen by eye on real NDCs
_SAME_LINE = 0.2  # of the size by which baselines on a line may differ
_STEP_BACK = 0.3  # of the size: kerning moves a glyph back by less
_LONG_WORD = 32  # letters; German compounds, the longest words here, seldom have more
_ENOUGH_WORDS = 30  # below this a share says nothing
_MOST_LETTERS = 0.8  # share of the other reading's letters: a reading with fewer has lost text
_LARGE_PICTURE = 0.2  # share of the page; logos are smaller, scans larger
_FEW_LETTERS = 20  # a page number and a stamp have fewer, a sentence has more
_STAMP_LETTERS = 300
"""On a scan: stamps, signatures and headers of several lines have fewer letters, a page of text has more than 1,000."""

_MANY_OUTLINES = 150
"""So many letters drawn as shapes are some lines of text and more than a logo."""

_LIVE_SHARE = 0.15
"""Of the letters of a page whose text is drawn, at most this share may be live text: heads, page numbers, links."""
_BAD_CATEGORIES = frozenset({"Cc", "Cn", "Co", "Cs"})


@dataclass(frozen=True, slots=True)
class TextQuality:
    """What speaks for and against a page's text.

    `letters` counts its letters and digits; `bad` is the share of glyphs that are not characters (replacement,
    control, private, unassigned); `long` the share of letters in words too long for any language, as where
    spaces are lost; `single` the share of one-letter words, as where spaces stand between all letters;
    `disorder` the share of glyphs that stand left of the one before on their line, in a script that runs to
    the right.
    """

    letters: int
    bad: float
    long: float
    single: float
    disorder: float = 0.0

    @property
    def is_poor(self) -> bool:
        """Whether another reader should be asked."""
        return (
            self.bad > _MAX_BAD
            or self.long > _MAX_LONG
            or self.single > _MAX_SINGLE
            or self.disorder > _MAX_DISORDER
        )

    @property
    def is_hopeless(self) -> bool:
        """Whether the text is not worth keeping."""
        return self.bad > _HOPELESS

    @property
    def penalty(self) -> float:
        return self.bad + self.long / 2 + self.single / 2 + self.disorder


@lru_cache(maxsize=4)
def quality_of(glyphs: Glyphs) -> TextQuality:
    """The quality of a page's text; remembered for the last pages, as it is asked for more than once."""
    text = glyphs.string
    codes, numbers = np.unique(
        np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32), return_counts=True
    )
    characters = zip(map(chr, codes.tolist()), numbers.tolist(), strict=True)
    counts = {character: number for character, number in characters if character not in BLANK}
    shown = sum(counts.values())
    if not shown:
        return TextQuality(0, 0.0, 0.0, 0.0)
    letters = sum(count for character, count in counts.items() if character.isalnum())
    bad = sum(count for character, count in counts.items() if _is_bad(character))
    words = text.split()
    lengths = list(map(len, words))
    spoken = sum(lengths)
    long = sum(
        length for word, length in zip(words, lengths, strict=True) if length > _LONG_WORD and _is_word(word)
    )
    lone = [word for word, length in zip(words, lengths, strict=True) if length == 1]
    single = sum(word.isalpha() and not _is_ideographic(word) for word in lone)
    enough = len(words) >= _ENOUGH_WORDS
    return TextQuality(
        letters,
        bad / shown,
        long / spoken if spoken else 0.0,
        single / len(words) if enough else 0.0,
        _disorder(glyphs),
    )


def _disorder(glyphs: Glyphs) -> float:
    """The share of glyphs to the left of the one before; in text from right to left that says nothing."""
    ink = glyphs.ink
    if len(ink) < _ENOUGH_WORDS:
        return 0.0
    steps = np.diff(glyphs.box[ink, 0])
    back = np.flatnonzero(steps < -_STEP_BACK)  # few: most of them are new lines
    here, before = ink[back + 1], ink[back]
    size = np.maximum(glyphs.size[here], 1.0)
    level = np.abs(glyphs.baseline[here] - glyphs.baseline[before]) < _SAME_LINE * size
    upright = glyphs.turn[here] == 0
    share = float((level & upright & (steps[back] < -_STEP_BACK * size)).sum() / len(steps))
    return 0.0 if share > _MAX_DISORDER and is_rtl(glyphs.string) else share


@lru_cache(maxsize=4096)
def _is_bad(character: str) -> bool:
    return character == "\ufffd" or unicodedata.category(character) in _BAD_CATEGORIES


def _is_word(word: str) -> bool:
    """Not an address of the web, nor a leader of dots, nor Chinese."""
    return "/" not in word and ".." not in word and not _is_ideographic(word)


def _is_ideographic(word: str) -> bool:
    return any("\u3040" <= character <= "\u9fff" for character in word)


def better(first: PageContent, second: PageContent) -> PageContent:
    """Of two readings of a page the one whose text is to be trusted more; the first where they are equal."""
    if not second.readable or not len(second.glyphs):
        return first
    if not first.readable:
        return second
    one, two = quality_of(first.glyphs), quality_of(second.glyphs)
    if first.doubtful and two.letters >= one.letters and not two.is_poor:
        return second
    if one.letters < two.letters / 2:
        return second
    return second if two.letters >= _MOST_LETTERS * one.letters and two.penalty < one.penalty else first


def lacks_text(content: PageContent, quality: TextQuality, left: int) -> bool:
    """Whether a page shows something, yet its text is missing, hopeless, or no more than a label on a picture.

    `left` counts the letters that are not running heads, page numbers or stamps.
    """
    if quality.letters == 0:
        return content.shows or not content.readable
    if quality.is_hopeless:
        return True
    if left < _FEW_LETTERS and content.picture > _LARGE_PICTURE:
        return True
    if left < _STAMP_LETTERS and content.is_scan:
        return True
    return content.outlines >= _MANY_OUTLINES and left < _LIVE_SHARE * content.outlines
