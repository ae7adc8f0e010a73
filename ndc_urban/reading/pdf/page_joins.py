"""Paragraphs that a page break or the end of a column cuts in two are made whole where they begin.

Not here: tables that go on over a page break (`tables`), words divided at a line's end (`hyphens`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ndc_urban.document import CELL_SEPARATOR
from ndc_urban.reading.pdf.lines import join_lines
from ndc_urban.reading.pdf.paragraphs import BOLD, FULL_LINE, SAME_SIZE, Draft, ends_sentence

PAGE_TURN = "\f"
"""Stands in the texts of drafts, in place of a space, where the next page begins; it is white space to whoever looks at
words in between."""

_FLOWING = ("paragraph", "list_item")
_NEXT_COLUMN = 8  # ems: only the first block of a column has a wider gap (`paragraphs.FIRST_GAP`)
_NARROW_COLUMN = 20  # ems: a narrower column (a caption, a cell) has no full lines
_FROM_THE_LEFT = 4  # ems: further in, a line is centred or flush right
_MAX_SKIPPED = 6  # blocks from the end of a page: so many footnotes may stand below its last paragraph


def join_pages(pages: Sequence[list[Draft]]) -> None:
    """Moves the rest of a sentence from the top of a page to the block it belongs to on the page before, in
    place.
    """
    open_: Draft | None = None
    for page, following in pairwise(pages):
        ends = (draft for draft in reversed(page[-_MAX_SKIPPED:]) if draft.kind != "footnote")
        last = next(ends, open_)
        open_ = None
        if last is None or not following or not goes_on(last, following[0]):
            continue
        rest = following.pop(0)
        last.text = over_page(last.text, rest.text)
        last.lines, last.room = [*last.lines, *rest.lines], rest.room
        open_ = last


def over_page(text: str, rest: str) -> str:
    """A text and its rest from the next page as one, with `PAGE_TURN` in place of the space at which the page ends.

    A word that the end of a page divides belongs to the page where it begins.
    """
    if not text or not rest:
        return text + (PAGE_TURN + rest if rest else "")
    joined = join_lines((text, rest))
    space = joined.find(" ", len(text) - 1)
    return joined if space < 0 else joined[:space] + PAGE_TURN + joined[space + 1 :]


def without_page_turns(draft: Draft) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text of a block without `PAGE_TURN`, and from where on it stands on which page.

    Each cell of a row that goes on over a page begins on the page of the row.
    """
    if PAGE_TURN not in draft.text:
        return draft.text, ()
    cells = draft.text.split(CELL_SEPARATOR) if draft.kind == "table_row" else [draft.text]
    turns: list[tuple[int, int]] = []
    at, page = 0, draft.page
    for cell in cells:
        if page != draft.page:
            turns.append((at, draft.page))
        page = draft.page
        parts = cell.split(PAGE_TURN)
        for part in parts[:-1]:
            at += len(part) + bool(part)
            page += 1
            turns.append((at, page))
        at += len(parts[-1]) + len(CELL_SEPARATOR)
    return CELL_SEPARATOR.join(map(on_one_line, cells)), tuple(turns)


def on_one_line(text: str) -> str:
    """A text, or a cell's, without `PAGE_TURN`."""
    return text.replace(PAGE_TURN, " ").strip()


def join_columns(drafts: list[Draft]) -> list[Draft]:
    """The blocks of one page, those cut by the end of a column made whole."""
    joined: list[Draft] = []
    for draft in drafts:
        before = joined[-1] if joined else None
        if (
            before is not None
            and draft.gap > _NEXT_COLUMN
            and _is_higher(draft, before)
            and goes_on(before, draft)
        ):
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
    if abs(last.size - following.size) > SAME_SIZE * max(last.size, following.size):
        return False
    if (last.bold > BOLD) != (following.bold > BOLD):
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
    if right - left <= _NARROW_COLUMN * line.size:
        return False
    return line.x1 > right - FULL_LINE * line.size and line.x0 < left + _FROM_THE_LEFT * line.size
