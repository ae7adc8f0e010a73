"""Text layers whose characters are not those shown: hardly a common word stands in them.

Every text of some length is full of the small words of its language; where a font's character map is broken
they are missing, though letters, spaces and script look sound.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ndc_urban.document import Page

_LETTERS = re.compile(r"[^\W\d_]+")
_ENOUGH_WORDS = 300
_ENOUGH_ON_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class _Script:
    """The letters of a script, the commonest words of each of its languages, and the least share of a text
    that those of one language make up: less than in any sound document, more than in the damaged ones.
    """

    letters: re.Pattern[str]
    common: tuple[frozenset[str], ...]
    least: float


def _words(*languages: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(words.split()) for words in languages)


_LATIN = _Script(
    re.compile(r"[a-zà-ÿœ]"),
    _words(
        "the of and to in for is are that with by this from on as be will which has have its a an or at",
        "le la les de des du et en un une pour dans est sont que qui par sur au aux avec ce l d",
        "el la los las de del y en un una para es son que por con se su al lo como más",
        "o a os as de do da dos das e em um uma para é são que por com no na não ao",
    ),
    0.03,  # German or Indonesian text stays above it
)
_ARABIC = _Script(
    re.compile(r"[\u0620-\u064a]"),
    _words("في من على إلى الى أن ان التي الذي عن مع هذا هذه ذلك لا ما كما بين خلال و أو او قد كل بعد تم"),
    0.11,
)
_CYRILLIC = _Script(
    re.compile(r"[\u0430-\u044f]"),
    _words("и в на с по для из от о к не что как при до за его а или их это также"),
    0.07,
)
_SCRIPTS = (_LATIN, _ARABIC, _CYRILLIC)


def garbled_pages(pages: Sequence[Page]) -> list[int]:
    """Numbers of the pages with text, where the document as a whole shows too few common words of any
    language of its script; none otherwise, and none for a document too short to tell.
    """
    words = {page.number: _words_of(page) for page in pages if page.number is not None and not page.needs_ocr}
    if not _is_garbled([word for found in words.values() for word in found]):
        return []
    return [number for number, found in words.items() if len(found) >= _ENOUGH_ON_A_PAGE]


def _words_of(page: Page) -> list[str]:
    return [word for block in page.blocks for word in _LETTERS.findall(block.text.lower())]


def _is_garbled(words: Sequence[str]) -> bool:
    if len(words) < _ENOUGH_WORDS:
        return False
    sample = " ".join(words[:: max(1, len(words) // 5000)])
    script = max(_SCRIPTS, key=lambda script: len(script.letters.findall(sample)))
    own = [word for word in words if script.letters.match(word)]
    if len(own) < _ENOUGH_WORDS:
        return False
    return max(sum(word in common for word in own) for common in script.common) < script.least * len(own)
