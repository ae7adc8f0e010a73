"""Lines of one column become paragraphs, list items and captions.

Not here: headings (`headings`), footnotes (`footnotes`), rows of tables (`tables`); they are found later. Thresholds
were chosen by eye on real NDCs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ndc_urban.document import BBox, BlockKind
from ndc_urban.languages import ALL, any_of
from ndc_urban.reading.pdf.lines import TextRun, join_lines, leading_of

_BULLETS = "•●○◦▪▫■□◾◼►▶➢➤✓✔❖♦◆⚫·∙–—‒*→⇒➔✦"
_BULLET = re.compile(rf"(?:[{re.escape(_BULLETS)}]|[-§Ø¾ü](?=\s)|[ovx](?=\s+[^\Wa-zà-ÿ]))\s*(?=\S|$)")
LIST_LETTERS = "".join(language.list_letters for language in ALL.values())
_ENUMERATED = re.compile(
    rf"\(?(?:\d{{1,2}}|[a-zA-Z{LIST_LETTERS}]|[ivxIVX]{{1,5}})[.)]\)?(?=\s)"
    r"|\((?:\d{1,2}|[a-z]|[ivx]{1,5})\)(?=\s|\w)"
)
NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){1,4}\.?|\d{1,2}[.)]|[IVX]{1,5}[.)]|[A-Z][.)])(?=\s|[A-Z])")
_CAPTION = re.compile(
    rf"(?:{any_of(language.caption_words for language in ALL.values())})\s*"
    rf"(?:{any_of(language.number_signs for language in ALL.values())})?\s*"
    rf"(?:\d|[IVX]+\b|[A-Z]\b|[{''.join(language.numerals for language in ALL.values())}])",
    re.IGNORECASE,
)
_NOTE_MARK = re.compile(r"\[?\d{1,3}\]?\s?(?=[^\W\d_])|\*{1,3}\s?(?=\w)")
SMALL_PRINT = 0.93  # of the size of the running text: below it is a note; 10 against 11 points is 0.91
_TERMINAL = ".;:!?؟。；：！？"
FIRST_GAP = 9.0  # ems: stands for the room above the first block of a column; no gap within one is as wide
_LONGEST_CAPTION = 250  # characters; a longer text that begins "Table 3" or so is a sentence about the table
_WIDER = (1.3, 0.25)  # times the leading, or ems more: a wider step to the next line begins a paragraph
SAME_SIZE = 0.12  # ems by which the sizes of one paragraph's lines may differ
FULL_LINE = 2.5  # ems: a line that ends nearer to the right edge is full
BOLD, _PLAIN = 0.9, 0.3  # shares of bold letters of a line in bold and of one in plain type with bold words
_INDENT, _ITEM_INDENT = 0.9, 0.8  # ems: about the width of a letter "m", more than a line's edge varies
_CENTRED = 0.4  # ems by which the middles of two centred lines differ
_LONGEST_NUMBER = 24  # characters; longer text without letters is a row of figures, not a number at an axis
_CLOSERS = "\"'”’»)]"


@dataclass(slots=True)
class Draft:
    """A block in the making, with what distinguishes a heading from a paragraph."""

    kind: BlockKind
    page: int
    lines: list[TextRun] = field(default_factory=list)
    text: str = ""
    level: int = 0
    cells: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    box: BBox | None = None
    room: tuple[float, float] = (0.0, 0.0)
    gap: float = 0.0

    @property
    def size(self) -> float:
        return max(self.lines, key=lambda line: len(line.text)).size if self.lines else 0.0

    @property
    def bold(self) -> float:
        letters = sum(len(line.text) for line in self.lines)
        return sum(line.bold * len(line.text) for line in self.lines) / letters if letters else 0.0

    def close(self) -> None:
        """Sets text and box from the lines."""
        self.text = join_lines(line.text for line in self.lines)
        self.box = (
            min(line.x0 for line in self.lines),
            min(line.top for line in self.lines),
            max(line.x1 for line in self.lines),
            max(line.bottom for line in self.lines),
        )


def starts_item(text: str) -> bool:
    """Whether a line begins with a bullet or an enumerator."""
    return bool(_BULLET.match(text) or _ENUMERATED.match(text))


def without_bullet(text: str) -> str:
    """The item's text without its bullet; numbers and letters stay, they are cited."""
    found = _BULLET.match(text)
    return text[found.end() :] if found and found.end() < len(text) else text


def ends_sentence(text: str) -> bool:
    return text.rstrip(_CLOSERS)[-1:] in _TERMINAL


@dataclass(frozen=True, slots=True)
class _Column:
    """The room that a column of lines takes, its leading in ems, the size of the page's text, and the
    direction.
    """

    left: float
    right: float
    leading: float
    body: float
    rtl: bool


def body_size(lines: Sequence[TextRun]) -> float:
    """The size in points in which most of the text is set; 0 where there is none."""
    letters: Counter[float] = Counter()
    for line in lines:
        letters[round(line.size * 2) / 2] += len(line.text)
    return letters.most_common(1)[0][0] if letters else 0.0


def drafts_of(lines: Sequence[TextRun], page: int, *, body: float = 0.0, rtl: bool = False) -> list[Draft]:
    """The blocks of one column, top to bottom; `body` is the size of the page's running text, where known."""
    lines = [line for line in lines if line.text]
    if not lines:
        return []
    column = _Column(*_room(lines), leading_of(lines), body, rtl)
    drafts: list[Draft] = []
    previous: TextRun | None = None
    for line in lines:
        if previous is None or _begins(drafts[-1], previous, line, column):
            gap = (
                (line.baseline - previous.baseline) / max(line.size, 1) if previous is not None else FIRST_GAP
            )
            drafts.append(Draft(_kind(line), page, room=(column.left, column.right), gap=gap))
        drafts[-1].lines.append(line)
        previous = line
    for draft in drafts:
        draft.close()
        if draft.kind == "list_item":
            draft.text = without_bullet(draft.text)
    return [draft for draft in drafts if _says_something(draft.text)]


def _says_something(text: str) -> bool:
    """Not so a bare rule, nor the lone numbers along the axes of charts."""
    return any(map(str.isalpha, text)) or (len(text) > _LONGEST_NUMBER and any(map(str.isalnum, text)))


def _room(lines: Sequence[TextRun]) -> tuple[float, float]:
    return min(line.x0 for line in lines), max(line.x1 for line in lines)


def _kind(line: TextRun) -> BlockKind:
    if _CAPTION.match(line.text) and len(line.text) < _LONGEST_CAPTION:
        return "caption"
    return "list_item" if starts_item(line.text) else "paragraph"


def _begins(draft: Draft, before: TextRun, line: TextRun, column: _Column) -> bool:
    """Whether `line` begins a new block after `before`, the last line of `draft`."""
    em = max(before.size, line.size, 1.0)
    step = (line.baseline - before.baseline) / em
    if step < 0 or step > max(_WIDER[0] * column.leading, column.leading + _WIDER[1]):
        return True
    if abs(before.size - line.size) > SAME_SIZE * em:
        return True
    if line.size < SMALL_PRINT * column.body and _NOTE_MARK.match(line.text):
        return True
    if starts_item(line.text) and not _wrapped_number(before, line, column):
        return True
    return _style_breaks(before, line, column) or _shape_breaks(draft, before, line, column)


def _wrapped_number(before: TextRun, line: TextRun, column: _Column) -> bool:
    """A dash or a number that merely fell to the start of a line inside a sentence."""
    full = before.x1 > column.right - FULL_LINE * before.size
    flush = abs(line.x0 - before.x0) < 0.5 * line.size
    return full and flush and not ends_sentence(before.text) and not _BULLET.match(line.text)


def _style_breaks(before: TextRun, line: TextRun, column: _Column) -> bool:
    short = _is_short(before, line, column)
    if before.bold > BOLD and line.bold < _PLAIN:
        return short or ends_sentence(before.text)
    return before.bold < _PLAIN and line.bold > BOLD and (short or ends_sentence(before.text))


def _is_short(before: TextRun, line: TextRun, column: _Column) -> bool:
    """Whether the first word of `line` would have fitted at the end of `before`."""
    word = len(line.text.split(" ", 1)[0]) + 1
    width = word * (line.x1 - line.x0) / max(1, len(line.text))
    space = before.x0 - column.left if column.rtl else column.right - before.x1
    return space > width + 0.5 * before.size


def _shape_breaks(draft: Draft, before: TextRun, line: TextRun, column: _Column) -> bool:
    em = max(line.size, 1.0)
    ended = ends_sentence(before.text)
    if _is_short(before, line, column) and (ended or line.text[:1].isupper()):
        return not _is_centred_pair(before, line)
    indent = (before.x1 - line.x1 if column.rtl else line.x0 - before.x0) / em
    if draft.kind == "list_item":
        return ended and indent < -_ITEM_INDENT and len(draft.lines) >= 1
    if indent > _INDENT and ended:
        return True
    return indent < -_INDENT and ended and len(draft.lines) > 1


def _is_centred_pair(before: TextRun, line: TextRun) -> bool:
    middle = abs((before.x0 + before.x1) - (line.x0 + line.x1)) / 2
    apart = abs(before.x0 - line.x0) > line.size
    return middle < _CENTRED * line.size and apart and not ends_sentence(before.text)
