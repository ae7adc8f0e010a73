"""Made-up documents and coding sheets for tests of the exchange formats, by hand and by chance."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from ndc_urban.codebook import CODES, LEVELS, ROLES, SECTORS, STRANDS
from ndc_urban.exchange.coding_sheet import CodingSheet, LevelSuggestion, Suggestion, Unit
from ndc_urban.exchange.export_bundle import ExportBundle
from ndc_urban.labels.anchors import Anchor, fingerprint
from ndc_urban.labels.records import LevelLabel, PassageLabel

MODEL = "5c0ffee" + "0" * 57
DIFFICULT = (
    "a\r\nb",
    "\r",
    "\ufeff",
    "مدينة الساحل تبني ١٢ حافلة",
    "u\u0308berall e\u0301tude",
    "مَدِينَة",
    "\u202bعكس\u202c",
    "=SUM(A1)",
    "+1",
    "-2 degrees",
    "@city",
    "'quoted",
    "'=1",
    "\t=1",
    "_x000D_",
    "_x0041_ x005F_ _x005F_",
    "\x00\x01\x0b\x1f",
    "\x7f\x85\u2028\u2029",
    "\ufffe\uffff",
    "😀🏙️👩🏽‍🚒",
    "𐍈 astral",
    "<b>&amp;</b> ]]>",
    '"; , \\ \\n',
    "  two  spaces  ",
    "NA",
    "null",
    "1e5",
    "2026-01-01",
    "TRUE",
)
"""Pieces of text on which exchange formats are known to stumble."""


@cache
def characters() -> st.SearchStrategy[str]:
    """All characters of Unicode but halves of surrogate pairs, which no file in UTF-8 can hold."""
    return st.characters(exclude_categories=["Cs"])


@cache
def texts(min_size: int = 1) -> st.SearchStrategy[str]:
    """Texts of any characters, mixed with difficult pieces; not blank."""
    pieces = st.one_of(st.sampled_from(DIFFICULT), st.text(characters(), max_size=12), st.just("city bus "))
    joined = st.lists(pieces, min_size=min_size, max_size=5).map("".join)
    return joined.filter(lambda text: bool(text.strip()))


@cache
def names() -> st.SearchStrategy[str]:
    """Names of coders."""
    letters = st.characters(categories=["L", "N", "P", "M"], exclude_characters=";")
    odd = st.sampled_from(["A", "B", "=cmd", "-1", "@ana", "زينب", "Zoë K", "1", "007", "'x"])
    return st.one_of(odd, st.text(letters, min_size=1, max_size=8))


TIMESTAMPS = st.sampled_from(["", "2026-08-31", "2026-08-31T14:05:00", "2026-08-31T14:05:00+02:00"])
DOCUMENTS = ("XAA_2016-17", "XAB_2022", "XAC_third [draft]: 2025/26", "XAD_=1")


_CODE = st.sampled_from(CODES)
_SECTOR, _STRAND, _ROLE = (st.sampled_from(["", *values]) for values in (SECTORS, STRANDS, ROLES))
"""Strategies are made once: hypothesis takes longer to look at a new one than to draw from it."""


@st.composite
def attributes(draw: st.DrawFn) -> tuple[str, str, str, str]:
    """A code, and the attributes that may go with it."""
    code = draw(_CODE)
    return (code, draw(_SECTOR), draw(_STRAND), draw(_ROLE)) if code in ("E", "I") else (code, "", "", "")


@cache
def probabilities() -> st.SearchStrategy[float]:
    """Probabilities as runs have them: four decimals."""
    return st.integers(0, 10_000).map(lambda value: value / 10_000)


_DOCUMENTS = st.lists(st.sampled_from(DOCUMENTS), min_size=1, max_size=2, unique=True)
_BETWEEN = st.sampled_from(["\n", "\n\n", "\r\n", " "])
_PASSAGES = st.lists(texts(), min_size=1, max_size=4)
_PAGE = st.sampled_from([None, 1, 250])
_SUGGESTION = st.none() | st.builds(
    lambda p, given: Suggestion(MODEL, p, *given), probabilities(), attributes()
)
_PERHAPS_TEXT = st.just("") | texts()
_LANGUAGE = st.sampled_from(["en", "ar", "und"])
_KIND = st.sampled_from(["paragraph", "table_row"])
_CODERS = st.lists(names(), min_size=1, max_size=3, unique=True)
_CODEBOOK = st.sampled_from(["1.0", "0.9"])
_LEVEL = st.sampled_from(LEVELS)
_CONFIDENCE = st.sampled_from([1, 2, 3])
_INCLUSION = st.none() | st.just(0.75) | st.just(1 / 3)
_YES_OR_NO = st.booleans()


@st.composite
def _documents(draw: st.DrawFn, document: str) -> tuple[str, str, list[Unit]]:
    """The hash, the text and the passages of a document with that key."""
    between = draw(_BETWEEN)
    passages = draw(_PASSAGES)
    text = between.join(passages)
    digest = hashlib.sha256(f"{document} {text}".encode()).hexdigest()
    units: list[Unit] = []
    start = 0
    for passage in passages:
        page = draw(_PAGE)
        anchor = Anchor(digest, page, start, len(passage), fingerprint(passage))
        suggestion = draw(_SUGGESTION)
        section = draw(_PERHAPS_TEXT)
        language = draw(_LANGUAGE)
        kind = draw(_KIND)
        units.append(Unit(document, anchor, passage, section, kind, language, suggestion))
        start += len(passage) + len(between)
    return digest, text, units


@st.composite
def export_bundles(draw: st.DrawFn) -> ExportBundle:
    """A few documents with passages, some coded once or twice, some with suggestions."""
    units: list[Unit] = []
    whole: dict[str, str] = {}
    names_of: dict[str, str] = {}
    for document in draw(_DOCUMENTS):
        digest, text, units_of_document = draw(_documents(document))
        whole[digest], names_of[digest] = text, document
        units += units_of_document
    coders = draw(_CODERS)
    some_coders = st.lists(st.sampled_from(coders), unique=True, max_size=2)
    adjudicates = st.sampled_from([(), tuple(coders)])
    codings = [
        PassageLabel(
            unit.document,
            unit.anchor,
            coder,
            draw(TIMESTAMPS),
            draw(_CODEBOOK),
            *draw(attributes()),
            comment=draw(_PERHAPS_TEXT),
            adjudicates=draw(adjudicates),
        )
        for unit in units
        for coder in draw(some_coders)
    ]
    levels = [
        LevelLabel(
            names_of[digest],
            digest,
            coder,
            draw(TIMESTAMPS),
            "1.0",
            draw(_LEVEL),
            draw(_CONFIDENCE),
            draw(_YES_OR_NO),
            comment=draw(_PERHAPS_TEXT),
            adjudicates=draw(adjudicates),
            inclusion_probability=draw(_INCLUSION),
        )
        for digest in whole
        for coder in draw(some_coders)
    ]
    suggestions = [
        LevelSuggestion(names_of[digest], digest, MODEL, draw(_LEVEL), 0.2, 0.3, 0.5)
        for digest in whole
        if draw(_YES_OR_NO)
    ]
    sheet = CodingSheet(tuple(units), tuple(codings), tuple(levels), tuple(suggestions))
    return ExportBundle(sheet, texts=whole, one_list=draw(_YES_OR_NO))


def write_files(files: dict[Path, bytes]) -> None:
    """Writes the files of an export."""
    for path, data in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def alike(first: CodingSheet, second: CodingSheet) -> bool:
    """Whether two sheets hold the same, whatever the order of their rows."""

    def content(sheet: CodingSheet) -> list[Any]:
        return [
            sheet.units,
            *(sorted(map(repr, part)) for part in (sheet.codings, sheet.levels, sheet.suggestions)),
        ]

    return content(first) == content(second)
