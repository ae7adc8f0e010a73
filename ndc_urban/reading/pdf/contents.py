"""Tables of contents are left out: their lines, with dots up to a page number, say again what the headings say,
and would be taken for headings and for evidence.

Not here: contents without dots, which cannot be distinguished from lists and headings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ndc_urban.languages import ALL, any_of
from ndc_urban.reading.pdf.paragraphs import Draft

_LEADER = re.compile(
    r"(?:(?:[.·•]\s?){4,}|[…]{2,}|_{4,})[\s.…_|]*"
    rf"(?:(?:{any_of(language.page_words for language in ALL.values())})\s*)?(?:\d{{1,3}}|[ivxl]{{1,6}})(?![^\W_])",
    re.IGNORECASE,
)
_MARKS = re.compile(r"\.\.|\. \.|…|__|··|• •")
_TITLE = re.compile(
    rf"\W*(?:{any_of(language.contents_titles for language in ALL.values())})\W*", re.IGNORECASE
)
_FEWEST = 4  # entries in a document; fewer lines with dots are blanks of a form
_LONGEST_REST = 80  # characters behind the last page number: the beginning of one more title, no paragraph


def without_contents(pages: Sequence[list[Draft]]) -> list[list[Draft]]:
    """The blocks of each page without the lines of tables of contents and the titles above them."""
    entries = sum(len(_LEADER.findall(draft.text)) for page in pages for draft in page if _may_lead(draft))
    if entries < _FEWEST:
        return list(pages)
    return [_without_titles(page, [draft for draft in page if not _is_contents(draft)]) for page in pages]


def _may_lead(draft: Draft) -> bool:
    return _MARKS.search(draft.text) is not None


def _is_contents(draft: Draft) -> bool:
    """Whether a block holds contents lines and nothing else of length behind them."""
    if not _may_lead(draft):
        return False
    ends = [found.end() for found in _LEADER.finditer(draft.text)]
    return bool(ends) and len(draft.text) - ends[-1] <= _LONGEST_REST


def _without_titles(page: Sequence[Draft], kept: list[Draft]) -> list[Draft]:
    if len(kept) == len(page):
        return kept
    return [draft for draft in kept if not _TITLE.fullmatch(draft.text)]
