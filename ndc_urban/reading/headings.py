"""Which blocks are headings, and of which level: by numbering, size, boldness, capitals and space around."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ndc_urban.reading.flow import NUMBERED, Draft, ends_sentence

_LONGEST = 240
_MOST_LINES = 3
_LARGER = 1.07
_MAX_WORDS = 20
_BOLD = 0.85
_MAX_LEVEL = 6
_DEPTH = re.compile(r"\d{1,2}(?:\.\d{1,2})*")

_MANY_LEVELS = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,4}\.?\s*[^\W\d_]")

Style = tuple[float, bool, bool]
"""Size in half points, bold, capitals."""


def mark_headings(drafts: Sequence[Draft]) -> None:
    """Turns the paragraphs and list items that are headings into headings with levels, in place."""
    body = _body_size(drafts)
    if body <= 0:
        return
    bold_body = _is_bold_body(drafts, body)
    found = [draft for draft in drafts if _is_heading(draft, body, bold_body)]
    ranks = _ranks(found)
    for draft in found:
        draft.kind = "heading"
        draft.level = _level(draft, ranks)


def _body_size(drafts: Sequence[Draft]) -> float:
    letters: Counter[float] = Counter()
    for draft in drafts:
        if draft.kind in ("paragraph", "list_item"):
            letters[round(draft.size * 2) / 2] += len(draft.text)
    return letters.most_common(1)[0][0] if letters else 0.0


def _is_bold_body(drafts: Sequence[Draft], body: float) -> bool:
    flow = [draft for draft in drafts if draft.kind in ("paragraph", "list_item") and draft.lines]
    letters = sum(len(draft.text) for draft in flow)
    return sum(draft.bold * len(draft.text) for draft in flow) > 0.5 * letters


def _is_heading(draft: Draft, body: float, bold_body: bool) -> bool:
    if not _may_be_heading(draft):
        return False
    text = draft.text
    if draft.size >= _LARGER * body and not (ends_sentence(text) and len(text) > 100):
        return True
    if draft.bold >= _BOLD and not bold_body:
        return not text.endswith(".") or len(text) < 80
    if ends_sentence(text) or len(text.split()) > _MAX_WORDS:
        return False
    return _stands_out(draft) or bool(_MANY_LEVELS.match(draft.lines[0].text))


def _may_be_heading(draft: Draft) -> bool:
    """Short, with letters, not beginning like the rest of a sentence, and numbered where it is a list
    item.
    """
    text = draft.text
    if draft.kind not in ("paragraph", "list_item") or not draft.lines:
        return False
    if len(text) > _LONGEST or len(draft.lines) > _MOST_LINES or text.endswith((",", ";")):
        return False
    if text[:1].islower() or not any(map(str.isalpha, text)):
        return False
    return draft.kind == "paragraph" or bool(NUMBERED.match(draft.lines[0].text))


def _stands_out(draft: Draft) -> bool:
    """Capitals, an underline, or a place in the middle of the column."""
    if draft.text.isupper() and len(draft.text) > 3:
        return True
    if all(line.underlined for line in draft.lines):
        return True
    left, right = draft.room
    em = draft.size
    return right - left > 20 * em and all(
        abs((line.x0 + line.x1) - (left + right)) < em and line.x0 - left > 3 * em for line in draft.lines
    )


def _style(draft: Draft) -> Style:
    return (round(draft.size * 2) / 2, draft.bold >= _BOLD, draft.text.isupper())


def _ranks(found: Sequence[Draft]) -> dict[Style, int]:
    styles = sorted({_style(draft) for draft in found}, reverse=True)
    return {style: min(rank, _MAX_LEVEL) for rank, style in enumerate(styles, start=1)}


def _level(draft: Draft, ranks: dict[Style, int]) -> int:
    level = ranks[_style(draft)]
    number = _DEPTH.match(draft.lines[0].text)
    depth = number.group().count(".") + 1 if number else 1
    return min(_MAX_LEVEL, max(level, depth))
