"""Glyphs without a character of their own, or with a wrong one, inside words: mostly ligatures.

Fonts map "ti", "tt", "ft" and the like to private characters, to nothing, or to whatever letter has the number of the
glyph. The reader marks each such glyph of each font with a stand-in (`mark`); once the whole document is read, the
words that it stands in show what it is (`Repairs`).
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import product

import numpy as np

from ndc_urban.reading.common_words import common_words
from ndc_urban.reading.pdf.glyphs import Bools, Glyphs
from ndc_urban.reading.pdf.overprint import extent

UNREADABLE = "\ufffd"

_FIRST = 0xF0000
_STAND_INS = 0xFFFD
"""The stand-ins are the characters of plane 15, which are private too."""

_GAP = 0.2
"""Ems between a glyph and the letter next to it in a word, at most."""

_SAME_LINE = 0.3  # of the size: raised letters stay within it, the next line does not
_BROKEN_HYPHEN = 0x02
"""What pdfium returns for a hyphen at the end of a line; before a letter of its line it is a glyph of the font."""

_SPACE_SHARE = 0.08
"""A control character that makes up more of a text than this, and more than spaces do, is its space. Chosen by eye."""

LIGATURES = (
    "ti",
    "tt",
    "ff",
    "fi",
    "fl",
    "ffi",
    "ffl",
    "ft",
    "tf",
    "th",
    "st",
    "ct",
    "tti",
    "fj",
    "fft",
    "ty",
)
_LETTERS = (*"etaoinsrhldcumfpgwybvkxjqz", *"éèàçêâîôûùëïüáíóúñãõäöœ", "")
"""Tried in this order: of two that explain as many words the first is taken. Nothing at all is the last."""

_SHORTEST = 4
"""A shorter word is not evidence: with some letter put in nearly anything is a word."""

_CONVINCING = 0.5
"""What makes words of at least this share of those that a glyph stands in is what the glyph means."""

_MANY, _ENOUGH = 5, 0.25
"""Or of so many different words, if that is this share of them: names and rare words are in no list."""

_SAMPLE = 400
"""Different words with one glyph that are looked at."""

_STAND_IN = f"{chr(_FIRST)}-{chr(_FIRST + _STAND_INS)}"
_ODD = (
    "\u0100-\u0151\u0154-\u0217\u021c-\u02b7\u0370-\u03ff\u1d00-\u1eff\u2200-\u22ff\u25a0-\u25ff\u2c60-\u2c7f"
)
"""Letters and signs that stand in few languages of the Latin script, or in none."""

_APOSTROPHES = "'\u2018\u2019"
_SIGNS = (
    r"0-9%&*)(+=<>#$@!?\";:,_|~^\\\]\["
    "\u00a1-\u00ac\u00ae-\u00bf\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122"
    + _APOSTROPHES
)
"""Figures, signs and quotation marks, not hyphens and full stops: these belong within words."""

_SIGN = re.compile(rf"[{_SIGNS}](?<=[a-zà-ÿ].)(?=[a-zà-ÿ])")
"""Signs between two small letters: fonts made by some programs map ligatures to these ("ci5es", "na)onal")."""

_SIGN_FIRST = re.compile(rf"(?<!\w)[{_SIGNS}][a-zà-ÿ]+")
_ELISION = re.compile(rf"(?:[cdjlmnst]|\w*qu)[{_APOSTROPHES}].*|.*[{_APOSTROPHES}](?:s|t|re|ll|ve)")
"""What an apostrophe belongs to in English and French."""

_WORD_WITH_SIGN = re.compile(rf"[^\W\d_]*[a-zà-ÿ](?:[{_SIGNS}][a-zà-ÿ]+)+")
_HAS_SUSPECT = re.compile(f"[{_STAND_IN}]|[a-z][{_ODD}]|[{_ODD}][a-z]{{2}}")
_SUSPECT = re.compile(f"[{_STAND_IN}{_ODD}]")
_TOKEN = re.compile(f"[^\\W\\d_{_STAND_IN}{_ODD}]*(?:[{_STAND_IN}{_ODD}][^\\W\\d_{_STAND_IN}{_ODD}]*)+")
_WORD = re.compile(r"[^\W\d_]+")
_SOFT_HYPHEN = "\u00ad"
_LATIN = re.compile(r"[a-zà-ÿœ]")


def suspects(codes: np.ndarray) -> Bools:
    """Which codes (n,) are not characters of a text: private, controls, halves of pairs, the replacement character."""
    found = (codes >= 0xD800) & (codes < 0xF900) | (codes == 0xFFFD) | (codes >= _FIRST)
    control = (codes < 0x20) & (codes != 0x09) & (codes != 0x0A) & (codes != 0x0D)
    return np.asarray(found | control | ((codes >= 0x7F) & (codes < 0xA0)), dtype=np.bool_)


def mark(glyphs: Glyphs, codes: np.ndarray, font_of: Callable[[int], str]) -> Glyphs:
    """The glyphs with stand-ins for those inside words that have no character; `codes` (n,) are the reader's own and
    `font_of` gives the font of a glyph by its position.
    """
    at = np.flatnonzero(suspects(codes))
    if not len(at):
        return glyphs
    counts = Counter(codes[at].tolist())
    enough = max(_SPACE_SHARE * len(codes), int((codes == 0x20).sum()))
    spaces = {code for code, count in counts.items() if code < 0x20 and count > enough}
    everything = np.arange(len(glyphs))
    low, high = extent(glyphs, everything)
    text = list(glyphs.text)
    inside: set[str] = set()
    at_ends: list[tuple[int, str]] = []
    for place in at.tolist():
        code = int(codes[place])
        if code in spaces or not text[place] or high[place] <= low[place]:
            continue
        before = _joins(glyphs, low, high, place - 1, place)
        after = _joins(glyphs, low, high, place, place + 1)
        width = (high[place] - low[place]) / max(glyphs.size[place], 1.0)
        stand_in = _stand_in(font_of(place), code, round(float(width), 2) if code == 0xFFFD else 0.0)
        if before and after:
            text[place] = stand_in
            inside.add(stand_in)
        elif code >= 0x80 and (before or after) and not _is_bullet(code, before=before):
            text[place] = stand_in
        elif code < 0x80 and (after or (before and code != _BROKEN_HYPHEN)):
            at_ends.append((place, stand_in))  # a letter, if it is one elsewhere; else a tab or a bullet
    for place, stand_in in at_ends:
        if stand_in in inside:
            text[place] = stand_in
    return Glyphs(text, glyphs.box, glyphs.baseline, glyphs.size, glyphs.bold, glyphs.turn)


def _is_bullet(code: int, *, before: bool) -> bool:
    """Symbols are mapped to U+F020 to U+F0FF; without a letter before them they are bullets."""
    return 0xF000 <= code <= 0xF0FF and not before


def _joins(glyphs: Glyphs, low: np.ndarray, high: np.ndarray, one: int, two: int) -> bool:
    """Whether two glyphs stand next to each other in a word, one of them being a letter or as unknown as the other."""
    if one < 0 or two >= len(glyphs):
        return False
    size = max(float(glyphs.size[one]), 1.0)
    near = (
        abs(glyphs.baseline[one] - glyphs.baseline[two]) < _SAME_LINE * size
        and glyphs.turn[one] == glyphs.turn[two]
    )
    letter = any(
        part[:1].isalpha() or (part and ord(part[0]) >= _FIRST)
        for part in (glyphs.text[one], glyphs.text[two])
    )
    return bool(near and letter and abs(low[two] - high[one]) < _GAP * size)


def _stand_in(font: str, code: int, width: float) -> str:
    return chr(_FIRST + zlib.crc32(f"{font} {code} {width}".encode()) % _STAND_INS)


class Repairs:
    """What the unknown glyphs of a document mean, by the words of that document and common ones."""

    def __init__(self, texts: Iterable[str]) -> None:
        plain = [text.replace(_SOFT_HYPHEN, "") for text in texts]
        suspicious = [text for text in plain if _is_suspicious(text)]
        self._settled: dict[str, str] = {}
        self._meaning: dict[str, str] = {}
        self._words: set[str] = set()
        self._signs = self._meanings_of_signs(plain)
        if not suspicious:
            return
        tokens = Counter(_lowered(token) for text in suspicious for token in _TOKEN.findall(text))
        for text in plain:
            self._words.update(word.lower() for word in _WORD.findall(text) if not _SUSPECT.search(word))
        self._meaning = self._meanings(tokens)

    def settled(self, text: str) -> str:
        """The text with its unknown glyphs as letters, or as U+FFFD where they stay unknown."""
        if self._signs:
            text = _WORD_WITH_SIGN.sub(lambda found: self._with_signs_read(found[0]), text)
            text = _SIGN_FIRST.sub(lambda found: self._begun(found[0]), text)
        if not _is_suspicious(text):
            return text
        return _TOKEN.sub(lambda found: self._whole(found[0]), text)

    def _with_signs_read(self, word: str) -> str:
        """A word with signs in it: with what they mean, apostrophes only where that makes it a word."""
        read = _SIGN.sub(lambda found: self._signs.get(found[0], found[0]), word)
        may_be_right = any(sign in word for sign in _APOSTROPHES)
        return word if may_be_right and not self._knows(read.lower()) else read

    def _begun(self, word: str) -> str:
        """A word that begins with a sign: with what the sign means within words, where that makes it a word."""
        begun = self._signs.get(word[0], word[0]) + word[1:]
        return begun if self._knows(begun) and not self._knows(word[1:]) else word

    def _meanings_of_signs(self, texts: Sequence[str]) -> dict[str, str]:
        """What figures and signs within words mean, where most of the words that have one say so."""
        words: dict[str, set[str]] = defaultdict(set)
        for token in {token for text in texts for token in text.split()}:
            if _SIGN.search(token):
                for word in _WORD_WITH_SIGN.findall(token):
                    if _ELISION.fullmatch(word.lower()):
                        continue
                    for sign in set(_SIGN.findall(word)):
                        words[sign].add(word.lower())
        found = {}
        for sign, those in words.items():
            sample = sorted(those)[:_SAMPLE]
            scores = [sum(self._knows(word.replace(sign, each)) for word in sample) for each in LIGATURES]
            best = int(np.argmax(scores))
            if scores[best] >= max(_MANY, _CONVINCING * len(sample)):
                found[sign] = LIGATURES[best]
        return found

    def _meanings(self, tokens: Counter[str]) -> dict[str, str]:
        """What each unknown glyph means, those in most words first; of as many the lower code, whatever the process."""
        by_key: dict[str, list[str]] = defaultdict(list)
        for token, _ in tokens.most_common():
            for key in set(_SUSPECT.findall(token)):
                by_key[key].append(token)
        meaning: dict[str, str] = {}
        for key, words in sorted(by_key.items(), key=lambda item: (-len(item[1]), item[0])):
            found = self._meaning_of(key, words[:_SAMPLE], meaning)
            if found is not None:
                meaning[key] = found
        return meaning

    def _meaning_of(self, key: str, tokens: Sequence[str], meaning: dict[str, str]) -> str | None:
        candidates = (*LIGATURES, *_LETTERS) if ord(key) >= _FIRST else LIGATURES
        known = [
            "".join(meaning.get(letter, letter) for letter in token)
            for token in tokens
            if len(token) >= _SHORTEST - 1 and _LATIN.search(token)
        ]
        evidence = [token for token in known if not _SUSPECT.search(token.replace(key, ""))]
        if not evidence:
            return None
        scores = [sum(self._knows(token.replace(key, each)) for token in evidence) for each in candidates]
        best = int(np.argmax(scores))
        share = scores[best] / len(evidence)
        convincing = share >= _CONVINCING or (scores[best] >= _MANY and share >= _ENOUGH)
        return candidates[best] if scores[best] and convincing else None

    def _knows(self, word: str) -> bool:
        return len(word) >= _SHORTEST and (word in self._words or word in common_words())

    def _whole(self, token: str) -> str:
        if token not in self._settled:
            self._settled[token] = self._repaired(token)
        return self._settled[token]

    def _repaired(self, token: str) -> str:
        """A word with its unknown glyphs replaced: by what they mean, or where that makes no word by what does."""
        unknown = _SUSPECT.findall(token)
        usual = [self._meaning.get(key, key) for key in unknown]
        whole = _filled(token, usual)
        if self._knows(whole.lower()):
            return whole
        stand_ins = [ord(key) >= _FIRST for key in unknown]
        if any(stand_ins) and len(unknown) <= 2:
            options = [
                LIGATURES if is_stand_in else (key,)
                for key, is_stand_in in zip(unknown, stand_ins, strict=True)
            ]
            fitting = (
                filled for each in product(*options) if self._knows((filled := _filled(token, each)).lower())
            )
            other = next(fitting, None)
            if other is not None:
                return other
        return re.sub(f"[{_STAND_IN}]", UNREADABLE, whole)


def _is_suspicious(text: str) -> bool:
    return not text.isascii() and bool(_SUSPECT.search(text)) and bool(_HAS_SUSPECT.search(text))


def _lowered(token: str) -> str:
    """A word in small letters, but for its unknown glyphs, whose small letter is another one."""
    return "".join(letter if _SUSPECT.match(letter) else letter.lower() for letter in token)


def _filled(token: str, letters: Sequence[str]) -> str:
    """The word with its unknown glyphs, one after the other, replaced; a capital where the word begins with one."""
    rest = iter(letters)
    filled = _SUSPECT.sub(lambda found: next(rest), token)
    begins = _SUSPECT.match(token) is not None and len(token) > 1 and not token[1].islower()
    return filled[:1].upper() + filled[1:] if begins else filled
