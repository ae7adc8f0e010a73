"""Plain text to blocks: encoding, paragraphs from wrapped lines, list items and simple headings."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ndc_urban.document import Block, Page
from ndc_urban.errors import DamagedFile
from ndc_urban.languages import ALL, any_of
from ndc_urban.reading.options import Reading

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LEGACY_ENCODINGS = [
    "cp1252", "cp1251", "cp1256", "koi8_r", "iso8859_5", "iso8859_6", "gb18030", "big5", "mac_roman",
]  # fmt: skip
"""Those in which text of the six languages is still found; fewer candidates, fewer wrong guesses."""

SAMPLE_BYTES = 65_536
"""Bytes from which the encoding of a file is recognised: some twenty pages, as a first page may have no accents."""

MAX_CONTROL_SHARE = 0.01
"""Of the characters: text has none, or a few from a damaged export; programs and pictures have far more."""

ZERO_BYTES_OF_A_WIDE_LETTER = 0.4
"""Share of every second byte that is zero in UTF-16 text of Latin letters and spaces; near 0 in other encodings."""

ZERO_BYTES_OF_NO_LETTER = 0.05
"""Share of the bytes between those that may be zero: hardly any in UTF-16 text, many in binary data."""

MIN_KNOWN_SHARE = 0.98
"""Of the characters of UTF-16 text that are letters or signs of the six languages; of pairs of random bytes 0.4 are."""

KNOWN_CHARACTERS = re.compile(
    "[\\t\\r!-~\u00a0-\u02ff\u0300-\u036f\u0370-\u052f\u0600-\u06ff\u0750-\u077f\u1e00-\u1fff\u2010-\u206f\u20a0-\u214f\u2190-\u22ff"
    "\u2460-\u24ff\u2500-\u27bf\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\ufb00-\ufdff\ufe70-\ufeff\uff00-\uffef]"
)
"""Without the blanks."""

MAX_BAD_SHARE = 0.05
"""Of the characters beyond ASCII that may fail to decode as UTF-8. In a file of another encoding nearly all fail."""

MAX_HEADING_LENGTH = 100
"""Characters; a longer line is a sentence. Chosen by eye on real NDCs."""

MIN_CAPITALS = 5
"""Letters of a heading in capitals alone; a shorter line is an abbreviation ("NDC", "GHG")."""

MIN_LETTER_SHARE = 0.6
"""Of the characters of a heading in capitals; a line of figures and units has fewer letters."""

MAX_WRAP_WIDTH = 130
"""Characters; programs wrap text at 72 to 120. Longer lines are whole paragraphs."""

NEARLY_ALL_LINES = 0.95
"""Of the lines that are no longer than a full one: a table or an address may stick out."""

FULL_LINE = 0.6
"""Share of a full line's width from which a line may have been wrapped; a shorter one ends its paragraph. Must leave
room for the longest word, which moves to the next line."""

BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+|\f")
BULLET = re.compile(r"\s*(?:[•▪●◦○■□‣⁃∙·»➢✓-]|[*+–—o](?=\s))\s*(?=\S)")
LIST_LETTERS = "".join(language.list_letters for language in ALL.values())
NUMBERED_ITEM = re.compile(
    rf"\s*(?:\(?(?:\d{{1,2}}|[a-z{LIST_LETTERS}]|[ivx]{{1,5}})\)|(?:\d{{1,2}}|[a-z])\.)\s+(?=\S)",
    re.IGNORECASE,
)
MARKDOWN_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
UNDERLINE = re.compile(r"(={3,}|-{3,})\s*")
NUMBERED_HEADING = re.compile(r"(?:(\d{1,2}(?:\.\d{1,2}){0,4})\.?|[IVX]{1,5}\.)\s+(?=\S)")
NAMED_HEADING = re.compile(
    rf"(?:{any_of(language.section_words for language in ALL.values())})\s+(?:\d{{1,2}}|[IVX]{{1,5}}|[A-Z])\b",
    re.IGNORECASE,
)
DOT_LEADERS = re.compile(r"\.{4,}|…{2,}|(?:\. ){4,}")
SENTENCE_END = (".", ";", ",", ":", "。", "；", "，", "؛", "،")
CJK = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
HYPHENATED = re.compile(r"([^\W\d_]+)-$")
LEADING_WORD = re.compile(r"[^\W\d_]+")


def read_text(path: Path, data: bytes) -> Reading:
    """The blocks of a plain text file, on one page without a number.

    Blank lines part paragraphs; the lines of a paragraph are joined. Raises `DamagedFile` where the bytes are
    not text in any encoding that is known here.
    """
    if not looks_like_text(data):
        raise DamagedFile(path, "The file is named as text but its bytes are not text in any known encoding.")
    blocks = text_blocks(decode(data))
    return Reading((Page(number=None, blocks=tuple(blocks), reader="text"),))


def looks_like_text(data: bytes) -> bool:
    """Whether bytes are text in some encoding: hardly any control characters once decoded."""
    sample = data[:SAMPLE_BYTES]
    if b"\0" in sample and _wide_encoding(sample) is None:
        return False
    text = decode(sample)
    controls = sum(1 for char in text if (char < " " and char not in "\t\n\r\f\x1a") or char == "\ufffd")
    return controls <= MAX_CONTROL_SHARE * len(text)


def has_wide_characters(data: bytes) -> bool:
    """Whether bytes are UTF-16 or UTF-32, or marked as Unicode."""
    return _wide_encoding(data[:SAMPLE_BYTES]) is not None


def decode(data: bytes) -> str:
    """The text of bytes: by byte order mark, as UTF-8, 16 or 32, else in the most likely old encoding."""
    wide = _wide_encoding(data[:SAMPLE_BYTES])
    if wide:
        return data.decode(wide, errors="replace").removeprefix("\ufeff")
    text = data.decode("utf-8", errors="replace")
    if _is_sound(text):
        return text
    return data.decode(_legacy_encoding(data), errors="replace")


def _wide_encoding(data: bytes) -> str | None:
    """The encoding that a byte order mark names, or UTF-16 or 32 without one, recognised by the text that it gives."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding
    if b"\0" not in data:
        return None
    for encoding in ("utf-32-le", "utf-32-be"):
        if _is_utf32(data, encoding):
            return encoding
    half = len(data) // 2
    many, few = ZERO_BYTES_OF_A_WIDE_LETTER * half, ZERO_BYTES_OF_NO_LETTER * half
    if half and data[1::2].count(0) > many and data[::2].count(0) < few:
        return "utf-16-le"
    if half and data[::2].count(0) > many and data[1::2].count(0) < few:
        return "utf-16-be"
    return next((encoding for encoding in ("utf-16-le", "utf-16-be") if _is_utf16(data, encoding)), None)


def _is_utf32(data: bytes, encoding: str) -> bool:
    """Whether bytes are UTF-32: hardly any others are valid in it, as two of each four are zero in nearly all text."""
    text = data[: len(data) // 4 * 4].decode(encoding, errors="replace")
    usual = sum(char < "\U00010000" for char in text)
    return "\ufffd" not in text and "\0" not in text and 0 < usual >= MIN_KNOWN_SHARE * len(text)


def _is_utf16(data: bytes, encoding: str) -> bool:
    """Whether bytes are UTF-16 of any script: they give letters and signs of the six languages, and spaces.

    In the other order of bytes a space or the end of a line is a character that no text has many of.
    """
    text = data[: len(data) // 2 * 2].decode(encoding, errors="replace")
    blanks = sum(map(text.count, " \n"))
    known = blanks + len(KNOWN_CHARACTERS.findall(text))
    return blanks > sum(map(text.count, "\u2000\u0a00")) and known >= MIN_KNOWN_SHARE * len(text)


def _is_sound(text: str) -> bool:
    """Whether text decoded as UTF-8 was that; a stray byte or a cut last character does not matter."""
    bad = text.count("\ufffd")
    if not bad:
        return True
    others = sum(1 for char in text if char > "\x7f") - bad
    return bad <= MAX_BAD_SHARE * others or (bad == 1 and text.endswith("\ufffd"))


def _legacy_encoding(data: bytes) -> str:
    from charset_normalizer import from_bytes

    guess = from_bytes(data[:SAMPLE_BYTES], cp_isolation=LEGACY_ENCODINGS).best()
    return guess.encoding if guess else "cp1252"


def text_blocks(text: str) -> list[Block]:
    """Blocks of plain text in reading order, without page numbers."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x1a", "")
    width = _wrap_width(text)
    words = frozenset(word.lower() for word in LEADING_WORD.findall(text))
    blocks = []
    for chunk in BLANK_LINES.split(text):
        lines = [line.rstrip() for line in chunk.split("\n") if line.strip()]
        for group in _groups(lines, width):
            blocks.append(_block(group, words))
    return without_false_headings([block for block in blocks if block is not None])


def without_false_headings(blocks: list[Block]) -> list[Block]:
    """The blocks, with numbered headings that follow each other made the list items they are."""
    is_numbered = [
        block.kind == "heading" and NUMBERED_ITEM.match(block.text) is not None for block in blocks
    ]
    beside = [
        any(
            is_numbered[at] and blocks[at].level == block.level
            for at in (n - 1, n + 1)
            if 0 <= at < len(blocks)
        )
        for n, block in enumerate(blocks)
    ]
    return [
        replace(block, kind="list_item", level=0) if numbered and near else block
        for block, numbered, near in zip(blocks, is_numbered, beside, strict=True)
    ]


def _wrap_width(text: str) -> int | None:
    """Characters in a full line, None for text whose lines are not wrapped."""
    lengths = sorted(len(line) for line in text.split("\n") if line.strip())
    width = lengths[int(NEARLY_ALL_LINES * (len(lengths) - 1))] if lengths else 0
    return width if 0 < width <= MAX_WRAP_WIDTH else None


def _groups(lines: list[str], width: int | None) -> Iterator[list[str]]:
    """Lines of a chunk without blank lines, gathered into the lines of one block each."""
    group: list[str] = []
    for line in lines:
        if group and _starts_block(group[-1], line, width):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _starts_block(before: str, line: str, width: int | None) -> bool:
    if UNDERLINE.fullmatch(line):
        return False
    if width is None or MARKDOWN_HEADING.fullmatch(before) or MARKDOWN_HEADING.fullmatch(line):
        return True
    if is_list_item(line) or UNDERLINE.fullmatch(before):
        return True
    if len(before) >= FULL_LINE * width:
        return False
    return before.endswith((".", ":", "。", "؟", "?", "!")) or heading_level(before.strip()) is not None


def _block(lines: list[str], words: frozenset[str]) -> Block | None:
    if len(lines) > 1 and UNDERLINE.fullmatch(lines[-1]):
        level = 1 if lines[-1].startswith("=") else 2
        return Block("heading", join_lines(lines[:-1], words), level=level)
    text = join_lines(lines, words)
    if not any(char.isalnum() for char in text):
        return None
    markdown = MARKDOWN_HEADING.fullmatch(text)
    if markdown and markdown[2]:
        return Block("heading", markdown[2], level=len(markdown[1]))
    level_or_none = heading_level(text) if len(lines) == 1 else None
    if level_or_none is not None:
        return Block("heading", text, level=level_or_none)
    if is_list_item(text):
        return Block("list_item", BULLET.sub("", text, count=1) if BULLET.match(text) else text)
    return Block("paragraph", text)


def is_list_item(line: str) -> bool:
    """Whether a line begins with a bullet or with the number or letter of a list."""
    return BULLET.match(line) is not None or NUMBERED_ITEM.match(line) is not None


def heading_level(line: str) -> int | None:
    """1 to 5 for a line that looks like a heading, by its number or its capitals; None for other lines.

    >>> heading_level("2.3 Housing and public space")
    2
    >>> heading_level("ADAPTATION MEASURES")
    1
    >>> heading_level("The measures were chosen with the cities.") is None
    True
    """
    if len(line) > MAX_HEADING_LENGTH or line.endswith(SENTENCE_END):
        return None
    if "\t" in line or DOT_LEADERS.search(line):
        return None
    if NAMED_HEADING.match(line):
        return 1
    numbered = NUMBERED_HEADING.match(line)
    if numbered and line[numbered.end()].isalpha() and not line[numbered.end()].islower():
        return 1 + (numbered[1] or "").count(".")
    letters = [char for char in line if char.isalpha()]
    is_capitals = len(letters) >= MIN_CAPITALS and line.upper() == line and line.lower() != line
    return 1 if is_capitals and len(letters) > MIN_LETTER_SHARE * len(line.replace(" ", "")) else None


def join_lines(lines: list[str], words: frozenset[str] = frozenset()) -> str:
    """The lines of a paragraph as one line.

    A word broken at a line end is made whole where the whole word is among `words` (lower case), the words of
    the document; otherwise its hyphen stays, as in "low-carbon".
    """
    text = ""
    for line in lines:
        text = _join(text, " ".join(line.split()), words)
    return text


def _join(text: str, line: str, words: frozenset[str]) -> str:
    if not text or not line:
        return text or line
    broken, rest = HYPHENATED.search(text), LEADING_WORD.match(line)
    if broken and rest:
        is_whole = (broken[1] + rest[0]).lower() in words and rest[0][0].islower()
        return (text[:-1] if is_whole else text) + line
    if CJK.match(text[-1]) and CJK.match(line[0]):
        return text + line
    return f"{text} {line}"
