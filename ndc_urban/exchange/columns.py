"""The columns of a coding sheet, the same in every format that has rows or fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from ndc_urban.exchange.coding_sheet import CodingSheet, LevelSuggestion, Suggestion, Unit
from ndc_urban.labels.records import NAME_SEPARATOR, LevelLabel, PassageLabel

Row = dict[str, str]
Item = TypeVar("Item")

ANSWERS = ("code", "sector", "strand", "role", "comment", "coder", "coded_at")
"""What a coder fills in for a passage."""

SUGGESTED = ("suggested_code", "suggested_p_urban", "suggested_sector", "suggested_strand", "suggested_role")
ANCHOR = ("sha256", "page", "start", "length", "fingerprint")

_FOR_THE_WAY_BACK = (
    "codebook",
    "kind",
    "language",
    "sha256",
    "start",
    "length",
    "fingerprint",
    "adjudicates",
    "sheet_coder",
    "row",
    "units",
    "suggested_model",
)

PASSAGE_COLUMNS = (
    "unit",
    "document",
    "page",
    "section",
    "text",
    *SUGGESTED,
    *ANSWERS,
    *_FOR_THE_WAY_BACK,
)
"""`unit` counts the passages from 1 to `units`, so that a missing one is noticed; `row` shows a copied row, and
`sheet_coder` whose row it was when it was exported."""

LEVEL_ANSWERS = ("level", "confidence", "dedicated", "comment", "coder", "coded_at")
SUGGESTED_LEVEL = ("suggested_level", "suggested_p_low", "suggested_p_moderate", "suggested_p_strong")

LEVEL_COLUMNS = (
    "unit",
    "document",
    *SUGGESTED_LEVEL,
    *LEVEL_ANSWERS,
    "codebook",
    "sha256",
    "inclusion_probability",
    "adjudicates",
    "sheet_coder",
    "row",
    "units",
    "suggested_model",
)

HIDDEN = (*_FOR_THE_WAY_BACK, "inclusion_probability")
"""What a coder need not see; a sheet holds it so that the codings find their way back."""

UNKNOWN_TIMESTAMP = "unknown"
"""Written in `coded_at` of a coding without a timestamp, so that it does not get that of the file."""

DEDICATED: Mapping[bool, str] = MappingProxyType({True: "1", False: "0"})


def passage_rows(sheet: CodingSheet, coder: str = "") -> Iterator[Row]:
    """A row for each coding, in the order of the units, and an empty one for each unit that has none.

    With `coder` the sheet is for this person: codings of others are left out, and the name is filled in.
    """
    by_unit: dict[object, list[PassageLabel]] = {}
    for coding in sheet.codings:
        if not coder or coding.coder == coder:
            by_unit.setdefault(coding.key, []).append(coding)
    number = 0
    for at, unit in enumerate(sheet.units, 1):
        base = _unit_cells(unit) | {"unit": str(at), "units": str(len(sheet.units))}
        for each in _or_none(by_unit.get(unit.key)):
            number += 1
            answers = {"coder": coder, "sheet_coder": coder} if each is None else _coding_cells(each)
            yield _complete(base | answers | {"row": str(number)}, PASSAGE_COLUMNS)


def level_rows(
    sheet: CodingSheet, coder: str = "", inclusion: Mapping[str, float] | None = None
) -> Iterator[Row]:
    """A row for each coded level, and an empty one for each document that has none; `coder` as for passages.

    `inclusion` holds the probabilities with which documents were drawn, by SHA-256.
    """
    by_file: dict[object, list[LevelLabel]] = {}
    for level in sheet.levels:
        if not coder or level.coder == coder:
            by_file.setdefault(level.key, []).append(level)
    suggested = {each.key: each for each in sheet.suggestions}
    documents = sheet.documents
    number = 0
    for at, key in enumerate(documents, 1):
        base = {"unit": str(at), "units": str(len(documents))}
        base |= {"document": key[0], "sha256": key[1]} | _level_suggestion_cells(suggested.get(key))
        for each in _or_none(by_file.get(key)):
            number += 1
            answers = (
                _open_level(coder, (inclusion or {}).get(key[1])) if each is None else _level_cells(each)
            )
            yield _complete(base | answers | {"row": str(number)}, LEVEL_COLUMNS)


def _or_none(items: Sequence[Item] | None) -> Sequence[Item | None]:
    return items or [None]


def _complete(cells: Mapping[str, str], columns: tuple[str, ...]) -> Row:
    return {column: cells.get(column, "") for column in columns}


def _unit_cells(unit: Unit) -> Row:
    return {
        "document": unit.document,
        "text": unit.text,
        "section": unit.section,
        "kind": unit.kind,
        "language": unit.language,
        **unit.anchor.as_cells(),
    } | _suggestion_cells(unit.suggestion)


def _suggestion_cells(suggestion: Suggestion | None) -> Row:
    if suggestion is None:
        return {}
    return {
        "suggested_model": suggestion.model,
        "suggested_p_urban": repr(suggestion.p_urban),
        "suggested_code": suggestion.code,
        "suggested_sector": suggestion.sector,
        "suggested_strand": suggestion.strand,
        "suggested_role": suggestion.role,
    }


def _level_suggestion_cells(suggestion: LevelSuggestion | None) -> Row:
    if suggestion is None:
        return {}
    return {
        "suggested_model": suggestion.model,
        "suggested_level": suggestion.level,
        "suggested_p_low": repr(suggestion.p_low),
        "suggested_p_moderate": repr(suggestion.p_moderate),
        "suggested_p_strong": repr(suggestion.p_strong),
    }


def _coding_cells(coding: PassageLabel) -> Row:
    return {
        "code": coding.code,
        "sector": coding.sector,
        "strand": coding.strand,
        "role": coding.role,
        "comment": coding.comment,
        "coder": coding.coder,
        "sheet_coder": coding.coder,
        "coded_at": coding.coded_at or UNKNOWN_TIMESTAMP,
        "codebook": coding.codebook,
        "adjudicates": NAME_SEPARATOR.join(coding.adjudicates),
    }


def _open_level(coder: str, probability: float | None) -> Row:
    return {
        "coder": coder,
        "sheet_coder": coder,
        "inclusion_probability": "" if probability is None else repr(probability),
    }


def _level_cells(level: LevelLabel) -> Row:
    probability = level.inclusion_probability
    return {
        "level": level.level,
        "confidence": str(level.confidence),
        "dedicated": DEDICATED[level.dedicated],
        "comment": level.comment,
        "coder": level.coder,
        "sheet_coder": level.coder,
        "coded_at": level.coded_at or UNKNOWN_TIMESTAMP,
        "codebook": level.codebook,
        "adjudicates": NAME_SEPARATOR.join(level.adjudicates),
        "inclusion_probability": "" if probability is None else repr(probability),
    }
