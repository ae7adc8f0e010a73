"""Paragraphs that a page break or the end of a column cuts in two are made whole where they begin.

Not here: tables that go on over a page break (`tables`), words divided at a line's end (`hyphens`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ndc_urban.reading.pdf.lines import join_lines
from ndc_urban.reading.pdf.paragraphs import Draft, ends_sentence

_FLOWING = ("paragraph", "list_item")
_MAX_SKIPPED = 6  # blocks from the end of a page: so many footnotes may stand below its last paragraph


def join_pages(pages: Sequence[list[Draft]]) -> None:
    """Moves the rest of a sentence from the top of a page to the block it belongs to on the page before, in
    place.
    """
    for page, following in pairwise(pages):
        last = next((draft for draft in reversed(page[-_MAX_SKIPPED:]) if draft.kind != "footnote"), None)
        if last is None or not following or not goes_on(last, following[0]):
            continue
        rest = following.pop(0)
        last.text = join_lines((last.text, rest.text))


def join_columns(drafts: list[Draft]) -> list[Draft]:
    """The blocks of one page, those cut by the end of a column made whole."""
    joined: list[Draft] = []
    for draft in drafts:
        before = joined[-1] if joined else None
        if before is not None and draft.gap > 8 and _is_higher(draft, before) and goes_on(before, draft):
            before.text = join_lines((before.text, draft.text))
        else:
            joined.append(draft)
    return joined


def _is_higher(draft: Draft, before: Draft) -> bool:
    return draft.box is not None and before.box is not None and draft.box[1] < before.box[1]


def goes_on(last: Draft, following: Draft) -> bool:
    """Whether the sentence at the end of `last` is continued by `following`."""
    if last.kind not in _FLOWING or following.kind != "paragraph" or ends_sentence(last.text):
        return False
    if abs(last.size - following.size) > 0.12 * max(last.size, following.size):
        return False
    if (last.bold > 0.9) != (following.bold > 0.9):
        return False
    if following.text[:1].islower():
        return True
    return (
        _is_full(last)
        and not following.text[:1].isdigit()
        and len(following.text) > len(last.lines[-1].text) / 2
    )


def _is_full(draft: Draft) -> bool:
    """Whether the last line reaches the end of the column."""
    left, right = draft.room
    line = draft.lines[-1]
    return (
        right - left > 20 * line.size and line.x1 > right - 2.5 * line.size and line.x0 < left + 4 * line.size
    )
