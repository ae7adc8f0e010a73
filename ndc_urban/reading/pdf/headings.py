"""Which blocks are headings, and of which level: by numbering, size, boldness, capitals and space around.

Not here: headings inside tables (`tables`), and those of other formats (`reading.text`, `html`, `docx`). Sizes are
shares of the size of the running text. Thresholds were chosen by eye on real NDCs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from ndc_urban.reading.pdf.paragraphs import LIST_LETTERS, NUMBERED, Draft, ends_sentence

_LONGEST = 240  # characters: about three lines; a longer block is a paragraph however it is set
_MOST_LINES = 3  # lines of a heading; twice as many in the size of a title
_MOST_PARTS = 2  # a number and a title; labels below the bars of a chart and heads of columns are more
_LARGER = 1.07  # above the rounding of sizes to half points (10.5 against 10 is 1.05)
_MAX_WORDS = 20  # words; a longer line in capitals or with a number is a sentence
_BOLD = 0.85  # share of bold letters; the number before a heading is often plain
_MOSTLY_BOLD = 0.5  # share of the letters of the running text: from there on bold letters set nothing apart
_MAX_LEVEL = 6  # as in HTML and Word; deeper styles share the last level
_TITLE = 1.3  # the size of a document's or chapter's title
_SMALLER = 0.95  # a short line in smaller print is a note or a source, no heading
_LABEL_WORDS = 9  # words of a line that only its place makes a heading
_LONG_SENTENCE = 100  # characters: a longer sentence in large print is a quotation or a summary
_SHORT_BOLD = 80  # characters, about one line: a longer bold text with a full stop is a sentence in bold
_LABEL_LETTERS = 0.6  # share of letters: amounts and dates have fewer
_SHORTEST_CAPITALS = 4  # characters: shorter ones are abbreviations ("NDC", "GHG")
_NARROW_COLUMN = 20  # ems: in a narrower column (a cell, a caption) short lines look centred by chance
_INDENT = 3  # ems at the left of a centred line; a paragraph's first line is indented by less
_GAP_ABOVE = 1.6  # ems from the line before; lines of a paragraph are 1.2 or so apart
_DEPTH = re.compile(r"\d{1,2}(?:\.\d{1,2})*")

_LETTERED = re.compile(rf"\(?(?:\d{{1,2}}(?:\.\d{{1,2}})*|[a-zA-Z{LIST_LETTERS}]|[ivxIVX]{{1,5}})[.)]")
_MANY_LEVELS = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,4}\.?\s*[^\W\d_]")

_FIGURES = re.compile(r"[\d.,]*\d\s*%|%\s*\d")
_CHART_WORDS = 6  # words; a label of a chart has no more
_CHART_LABELS = 4  # labels; three headings can follow each other, of a chapter, a section and a subsection

Style = tuple[float, bool, bool]
"""Size in half points, bold, capitals."""


def mark_headings(drafts: Sequence[Draft]) -> None:
    """Turns the paragraphs and list items that are headings into headings with levels, in place."""
    body = _body_size(drafts)
    if body <= 0:
        return
    bold_body = _is_bold_body(drafts)
    places = [
        at
        for at, draft in enumerate(drafts)
        if _is_heading(draft, body, bold_body) or _stands_alone(drafts, at, body)
    ]
    places = _without_chart_labels(drafts, places)
    found = [drafts[at] for at in places]
    in_the_middle = _styles_with_centred_headings_above(drafts, places)
    ranks = _ranks(found)
    for draft in found:
        draft.kind = "heading"
        draft.level = _level(draft, ranks, in_the_middle)


def _body_size(drafts: Sequence[Draft]) -> float:
    letters: Counter[float] = Counter()
    for draft in drafts:
        if draft.kind in ("paragraph", "list_item"):
            letters[round(draft.size * 2) / 2] += len(draft.text)
    return letters.most_common(1)[0][0] if letters else 0.0


def _is_bold_body(drafts: Sequence[Draft]) -> bool:
    running = [draft for draft in drafts if draft.kind in ("paragraph", "list_item") and draft.lines]
    letters = sum(len(draft.text) for draft in running)
    return sum(draft.bold * len(draft.text) for draft in running) > _MOSTLY_BOLD * letters


def _is_heading(draft: Draft, body: float, bold_body: bool) -> bool:
    if not _may_be_heading(draft, body):
        return False
    text = draft.text
    if draft.size >= _LARGER * body and not (ends_sentence(text) and len(text) > _LONG_SENTENCE):
        return True
    if draft.bold >= _BOLD and not bold_body:
        short = not text.endswith(".") or len(text) < _SHORT_BOLD
        return short or bool(_MANY_LEVELS.match(draft.lines[0].text))
    if _is_underlined_label(draft):
        return True
    if ends_sentence(text) or len(text.split()) > _MAX_WORDS:
        return False
    return _stands_out(draft) or bool(_MANY_LEVELS.match(draft.lines[0].text))


def _may_be_heading(draft: Draft, body: float) -> bool:
    """Short, with letters, not beginning like the rest of a sentence, and numbered where it is a list
    item.
    """
    text = draft.text
    if draft.kind not in ("paragraph", "list_item") or not draft.lines:
        return False
    most_lines = _MOST_LINES if draft.size < _TITLE * body else 2 * _MOST_LINES
    if len(text) > _LONGEST or len(draft.lines) > most_lines or text.endswith((",", ";")):
        return False
    if not any(map(str.isalpha, text)) or draft.lines[0].parts > _MOST_PARTS:
        return False
    if draft.kind == "list_item":
        return bool((NUMBERED if draft.bold < _BOLD else _LETTERED).match(draft.lines[0].text))
    return not text[:1].islower()


def _stands_alone(drafts: Sequence[Draft], at: int, body: float) -> bool:
    """Whether a draft in the style of the text is a short line by itself, with running text of its own below."""
    draft = drafts[at]
    if draft.kind not in ("paragraph", "list_item") or len(draft.lines) != 1 or at + 1 == len(drafts):
        return False
    lettered = _LETTERED.match(draft.text)
    text, below = draft.text[lettered.end() if lettered else 0 :].strip(), drafts[at + 1]
    if not _is_label(text) or draft.lines[0].parts > _MOST_PARTS or draft.size < _SMALLER * body:
        return False
    if below.page != draft.page or not _is_running_text(below):
        return False
    if below.kind == "list_item" and text.endswith(":"):
        return False  # it leads in to the list
    if draft.kind == "list_item":
        above = drafts[at - 1].kind if at else "paragraph"
        return above != "list_item" and lettered is not None
    return draft.gap >= _GAP_ABOVE


def _is_running_text(draft: Draft) -> bool:
    """Two lines or more of a paragraph or an item of a list."""
    return draft.kind in ("paragraph", "list_item") and len(draft.lines) >= 2


def _is_label(text: str) -> bool:
    """A few words without the end of a sentence."""
    if len(text.split()) > _LABEL_WORDS or ends_sentence(text.rstrip(":")) or text.endswith(","):
        return False
    letters, characters = sum(map(str.isalpha, text)), len(text.replace(" ", ""))
    return not text[:1].islower() and letters > _LABEL_LETTERS * characters


def _is_underlined_label(draft: Draft) -> bool:
    """An underlined line of a few words apart from the text above, also where a full stop ends it."""
    if len(draft.lines) != 1 or not draft.lines[0].underlined or draft.gap < _GAP_ABOVE:
        return False
    return _is_label(draft.text.removesuffix("."))


def _stands_out(draft: Draft) -> bool:
    """Capitals, an underline, or a place in the middle of the column."""
    if draft.text.isupper() and len(draft.text) >= _SHORTEST_CAPITALS:
        return True
    if all(line.underlined for line in draft.lines):
        return True
    left, right = draft.room
    em = draft.size
    if right - left <= _NARROW_COLUMN * em or not _is_centred(draft):
        return False
    return all(line.x0 - left > _INDENT * em for line in draft.lines)


def _is_centred(draft: Draft) -> bool:
    """Whether each line leaves as much room at its left as at its right; so does one that fills the column."""
    left, right = draft.room
    return all(abs((line.x0 + line.x1) - (left + right)) < draft.size for line in draft.lines)


def _without_chart_labels(drafts: Sequence[Draft], places: Sequence[int]) -> list[int]:
    """The places of headings but for labels of charts: shares of a whole, and short lines scattered over a page."""
    kept: list[int] = []
    run: list[int] = []
    for at in places:
        if run and (at != run[-1] + 1 or drafts[at].page != drafts[run[-1]].page):
            kept.extend(_headings_of(drafts, run))
            run = []
        run.append(at)
    kept.extend(_headings_of(drafts, run))
    return kept


def _headings_of(drafts: Sequence[Draft], run: Sequence[int]) -> list[int]:
    """The headings of a run of blocks that all look like one."""
    labels = [at for at in run if _may_label_a_chart(drafts[at]) and not _opens_text(drafts, at)]
    if len(labels) >= _CHART_LABELS:
        apart = sum(_is_elsewhere(drafts[a], drafts[b]) for a, b in pairwise(labels))
        if apart > (len(labels) - 1) / 2:
            return [at for at in run if at not in labels]
    return [at for at in run if not _FIGURES.search(drafts[at].text) or not _may_label_a_chart(drafts[at])]


def _opens_text(drafts: Sequence[Draft], at: int) -> bool:
    """Whether running text of the same left edge follows: then the line is a heading, also right below a chart."""
    if at + 1 == len(drafts) or not _is_running_text(drafts[at + 1]):
        return False
    box, below = drafts[at].box, drafts[at + 1].box
    return box is not None and below is not None and abs(box[0] - below[0]) < drafts[at].size


def _may_label_a_chart(draft: Draft) -> bool:
    text = draft.text
    return len(text.split()) <= _CHART_WORDS and not NUMBERED.match(text) and not ends_sentence(text)


def _is_elsewhere(above: Draft, below: Draft) -> bool:
    """Whether two blocks share neither their left edge nor their right edge nor their middle."""
    if above.box is None or below.box is None:
        return False
    (a, _, b, _), (c, _, d, _) = above.box, below.box
    em = max(above.size, below.size)
    return min(abs(a - c), abs(b - d), abs(a + b - c - d) / 2) > em


def _styles_with_centred_headings_above(drafts: Sequence[Draft], places: Sequence[int]) -> frozenset[Style]:
    """Styles whose centred headings rank above those at the left: these follow centred ones without text between them,
    and never the other way round.
    """
    pairs: Counter[tuple[Style, bool]] = Counter()
    for a, b in pairwise(places):
        above, below = drafts[a], drafts[b]
        if b == a + 1 and _style(above) == _style(below) and _is_centred(above) != _is_centred(below):
            pairs[_style(above), _is_centred(above)] += 1
    return frozenset(
        style for (style, first), times in pairs.items() if first and times > 1 and not pairs[style, False]
    )


def _style(draft: Draft) -> Style:
    return (round(draft.size * 2) / 2, draft.bold >= _BOLD, draft.text.isupper())


def _ranks(found: Sequence[Draft]) -> dict[Style, int]:
    styles = sorted({_style(draft) for draft in found}, reverse=True)
    return {style: min(rank, _MAX_LEVEL) for rank, style in enumerate(styles, start=1)}


def _level(draft: Draft, ranks: dict[Style, int], in_the_middle: frozenset[Style]) -> int:
    level = ranks[_style(draft)]
    number = _DEPTH.match(draft.lines[0].text)
    if number:
        level = max(level, number.group().count(".") + 1)
    elif _style(draft) in in_the_middle and not _is_centred(draft):
        level += 1
    return min(_MAX_LEVEL, level)
