"""Text layers whose characters are not those shown, recognised by common words, years and broken words.

Every text of some length is full of the small words of its language; where a font's character map is broken
they are missing, though letters, spaces and script look sound. Where they stand backwards, so does the text. Where the
map of the digits alone is broken or turned round, hardly a four-digit number is a year of our time. Poor recognition,
made when the file was, leaves figures and signs within words. Not here: glyphs that are not characters at all, which
`pdf.quality` counts, letters misread for others (`misread`), and the words themselves (`ndc_urban.languages`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ndc_urban.document import Page
from ndc_urban.languages import ALL, of_script
from ndc_urban.reading.misread import has_misread_words

_LETTERS = re.compile(r"[^\W\d_]+")
_ENOUGH_WORDS = 300  # about a page; the shares of common words vary too much in shorter text
_SAMPLE = 5000  # words: enough to see the script of a document, and quick
_ENOUGH_ON_A_PAGE = 30  # words; pages with fewer (covers, maps) are not read again for it
_LETTERS_OF_SCRIPT = {
    "latin": re.compile(r"[a-zà-ÿœ]"),
    "arabic": re.compile(r"[\u0620-\u064a]"),
    "cyrillic": re.compile(r"[\u0430-\u044f]"),
}
"""Small letters of the scripts whose text is judged: those that part words by spaces."""
_UNREADABLE = "\ufffd"
_HOLE = re.compile(r"(?=\w*[^\W\d_]\ufffd|\w*\ufffd[^\W\d_])[\w\ufffd]+")
_MANY_HOLES = 5  # words; a page with fewer is better left as it is
_HOLED_SHARE = (
    0.03  # of the words of a page; recognition errs in about so many, so that below it nothing is gained
)

_FOUR_DIGITS = re.compile(r"(?<!\d)\d{4}(?!\d)")  # any script's digits
_YEAR = re.compile(r"199\d|20\d\d|2100")  # what plans name: from the base year 1990 to the end of the century
_NO_YEAR = re.compile(r"\d991|\d\d02|0012")  # such a year with its digits turned round
_LEAST_NO_YEARS = 3
"""So many such numbers, and more than years, make the numbers of a document wrong: of 519 files with sound
numbers none has more such numbers than years; the two known damaged ones have 5 and no year, and 46 and 5."""
_SHORTEST_TURNED = 3  # letters; of two letters too many words are others' turned round
_LEAST_DAMAGED_WORDS = (
    5  # on a page; sound pages have up to 3 words that are others turned round, and 1 broken word
)
_LEAST_TURNED_SHARE = 0.2  # of all common words; sound pages with 5 and more have up to 0.06
_LEAST_BROKEN_SHARE = 0.02  # of the words; at most 0.005 on 2,006 sound pages
_BROKEN = re.compile(r"(?<!\w)[^\W\d_]*[a-zà-ÿœ][\d|!¦€£§~^°*<>{}\\]+[a-zà-ÿœ]+(?!\w)")
_BROKEN_WITHIN = re.compile(r"[a-zà-ÿœ][\d|!¦€£§~^°*<>{}\\]+[a-zà-ÿœ]")
"""What every broken word has; looked for first, since the search for whole words is slow."""
_REMEMBERED = 10_000
"""Blocks whose words are kept, as three checks ask for them: those of a long document."""

_FORMULA = re.compile(r"co2|n2o|ch4|h2o|pm\d|sf6|nf3|k?m[23]", re.IGNORECASE)


def garbled_pages(pages: Sequence[Page]) -> list[int]:
    """Numbers of the pages with text, where the document as a whole shows too few common words of any
    language of its script; none otherwise, and none for a document too short to judge.
    """
    words = {page.number: _words_of(page) for page in pages if page.number is not None and not page.needs_ocr}
    if not _is_garbled([word for found in words.values() for word in found]):
        return []
    return [number for number, found in words.items() if len(found) >= _ENOUGH_ON_A_PAGE]


def holes(page: Page) -> int:
    """How many words of a page have a letter that could not be read (U+FFFD)."""
    return sum(len(_HOLE.findall(block.text)) for block in page.blocks if _UNREADABLE in block.text)


def holed_pages(pages: Sequence[Page]) -> list[int]:
    """Numbers of the pages with so many of such words that recognition would read them better."""
    return [
        page.number
        for page in pages
        if page.number is not None
        and not page.needs_ocr
        and (found := holes(page)) >= _MANY_HOLES
        and found >= _HOLED_SHARE * len(_words_of(page))
    ]


def _words_of(page: Page) -> list[str]:
    return [word for block in page.blocks for word in _words_in(block.text)]


@lru_cache(maxsize=_REMEMBERED)
def _words_in(text: str) -> list[str]:
    return _LETTERS.findall(text.lower())


def _is_garbled(words: Sequence[str]) -> bool:
    if len(words) < _ENOUGH_WORDS:
        return False
    sample = " ".join(words[:: max(1, len(words) // _SAMPLE)])
    script = max(_LETTERS_OF_SCRIPT, key=lambda script: len(_LETTERS_OF_SCRIPT[script].findall(sample)))
    own = [word for word in words if _LETTERS_OF_SCRIPT[script].match(word)]
    if len(own) < _ENOUGH_WORDS:
        return False
    languages = [ALL[code] for code in of_script(script)]
    return all(
        sum(word in language.common_words for word in own) < language.least_common_share * len(own)
        for language in languages
    )


def pages_with_wrong_numbers(pages: Sequence[Page]) -> list[int]:
    """Numbers of the pages with text, where the years of the document are wrong; none otherwise.

    Such numbers cannot be put right: the known layers have one character for several digits.
    """
    years = no_years = 0
    for page in pages:
        for block in page.blocks:
            for found in _FOUR_DIGITS.findall(block.text):
                number = "".join(str(int(digit)) for digit in found)
                right, wrong = bool(_YEAR.fullmatch(number)), bool(_NO_YEAR.fullmatch(number))
                years += right and not wrong
                no_years += wrong and not right
    if no_years < _LEAST_NO_YEARS or no_years <= years:
        return []
    return [page.number for page in pages if page.number is not None and page.blocks]


def pages_with_damaged_words(pages: Sequence[Page]) -> list[int]:
    """Numbers of the pages whose words stand backwards, are broken by figures and signs, or have letters misread."""
    return [page.number for page in pages if page.number is not None and _has_damaged_words(page)]


def _has_damaged_words(page: Page) -> bool:
    words = _words_of(page)
    turned = sum(word in _TURNED_WORDS for word in words)
    common = sum(word in _LONG_COMMON_WORDS for word in words)
    if turned >= max(_LEAST_DAMAGED_WORDS, _LEAST_TURNED_SHARE * (turned + common)):
        return True
    broken = sum(
        not _FORMULA.search(word)
        for block in page.blocks
        if _BROKEN_WITHIN.search(block.text)
        for word in _BROKEN.findall(block.text)
    )
    if broken >= max(_LEAST_DAMAGED_WORDS, _LEAST_BROKEN_SHARE * len(words)):
        return True
    return has_misread_words([block.text for block in page.blocks])


_LONG_COMMON_WORDS = frozenset(
    word for language in ALL.values() for word in language.common_words if len(word) >= _SHORTEST_TURNED
)
_TURNED_WORDS = frozenset(word[::-1] for word in _LONG_COMMON_WORDS) - frozenset(
    word for language in ALL.values() for word in language.common_words | language.function_words
)
"""The common words of all languages backwards."""
