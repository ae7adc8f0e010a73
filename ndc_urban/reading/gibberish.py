"""Text layers whose characters are not those shown: hardly a common word stands in them.

Every text of some length is full of the small words of its language; where a font's character map is broken
they are missing, though letters, spaces and script look sound. Not here: glyphs that are no characters at all, which
`pdf.quality` counts, and the words themselves (`ndc_urban.languages`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ndc_urban.document import Page
from ndc_urban.languages import ALL, of_script

_LETTERS = re.compile(r"[^\W\d_]+")
_ENOUGH_WORDS = 300  # about a page; the shares of common words vary too much in shorter text
_ENOUGH_ON_A_PAGE = 30  # words; pages with fewer (covers, maps) are not read again for it
_LETTERS_OF_SCRIPT = {
    "latin": re.compile(r"[a-zà-ÿœ]"),
    "arabic": re.compile(r"[\u0620-\u064a]"),
    "cyrillic": re.compile(r"[\u0430-\u044f]"),
}
"""Small letters of the scripts whose text is judged: those that part words by spaces."""
_HOLE = re.compile(r"(?=\w*[^\W\d_]\ufffd|\w*\ufffd[^\W\d_])[\w\ufffd]+")
_MANY_HOLES = 5  # words; a page with fewer is better left as it is
_HOLED_SHARE = (
    0.03  # of the words of a page; recognition errs in about so many, so that below it nothing is gained
)


def garbled_pages(pages: Sequence[Page]) -> list[int]:
    """Numbers of the pages with text, where the document as a whole shows too few common words of any
    language of its script; none otherwise, and none for a document too short to tell.
    """
    words = {page.number: _words_of(page) for page in pages if page.number is not None and not page.needs_ocr}
    if not _is_garbled([word for found in words.values() for word in found]):
        return []
    return [number for number, found in words.items() if len(found) >= _ENOUGH_ON_A_PAGE]


def holes(page: Page) -> int:
    """How many words of a page have a letter that could not be read (U+FFFD)."""
    return sum(len(_HOLE.findall(block.text)) for block in page.blocks)


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
    return [word for block in page.blocks for word in _LETTERS.findall(block.text.lower())]


def _is_garbled(words: Sequence[str]) -> bool:
    if len(words) < _ENOUGH_WORDS:
        return False
    sample = " ".join(words[:: max(1, len(words) // 5000)])
    script = max(_LETTERS_OF_SCRIPT, key=lambda script: len(_LETTERS_OF_SCRIPT[script].findall(sample)))
    own = [word for word in words if _LETTERS_OF_SCRIPT[script].match(word)]
    if len(own) < _ENOUGH_WORDS:
        return False
    languages = [ALL[code] for code in of_script(script)]
    return all(
        sum(word in language.common_words for word in own) < language.least_common_share * len(own)
        for language in languages
    )
