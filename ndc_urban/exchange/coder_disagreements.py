"""What coders disagree on, as a sheet for the person who decides: its rows come back as codings that settle theirs."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from ndc_urban.cache.reading import read
from ndc_urban.corpus.register import Collection, Entry
from ndc_urban.errors import ReadingError
from ndc_urban.exchange.coding_sheet import CodingSheet, Unit
from ndc_urban.exchange.columns import LEVEL_COLUMNS, PASSAGE_COLUMNS, Row, passage_rows
from ndc_urban.labels.agreement import coded_units
from ndc_urban.labels.anchors import Places
from ndc_urban.labels.records import NAME_SEPARATOR, LevelLabel, PassageLabel

SAID = "said by {}"
"""The column with what a coder said, for the adjudicator to see; it is not read back."""


@dataclass(frozen=True)
class Disagreements:
    """Rows for the adjudicator, and what could not be shown.

    `settled` counts units that were adjudicated already; `lost` passages whose text was not found.
    """

    passage_columns: tuple[str, ...]
    passages: tuple[Row, ...]
    level_columns: tuple[str, ...]
    levels: tuple[Row, ...]
    settled: int
    lost: int


def disagreements(
    codings: Sequence[PassageLabel], levels: Sequence[LevelLabel], collection: Collection
) -> Disagreements:
    """Passages and documents that coders coded differently and nobody has settled, in the order of the documents."""
    groups: dict[Hashable, list[PassageLabel]] = {}
    for unit, coding in coded_units(codings):
        groups.setdefault(unit, []).append(coding)
    decided = {_place(coding) for coding in codings if coding.adjudicates}
    split = [group for group in groups.values() if len({_attributes(coding) for coding in group}) > 1]
    open_ = [group for group in split if not any(_place(coding) in decided for coding in group)]
    units, lost = _units([group[0] for group in open_], collection)
    by_unit = {unit: group for unit, group in zip(units, open_, strict=True) if unit is not None}
    coders = sorted({coding.coder for group in open_ for coding in group})
    sheet = CodingSheet(tuple(by_unit))
    level_groups = list(_level_groups(levels))
    open_levels = [group for group in level_groups if not any(each.adjudicates for each in group)]
    level_coders = sorted({each.coder for group in open_levels for each in group})
    return Disagreements(
        (*PASSAGE_COLUMNS, *map(SAID.format, coders)),
        tuple(
            row | _decider(group, coders)
            for row, group in zip(passage_rows(sheet), by_unit.values(), strict=True)
        ),
        (*LEVEL_COLUMNS, *map(SAID.format, level_coders)),
        tuple(_level_rows(open_levels, level_coders, collection)),
        len(split) - len(open_) + len(level_groups) - len(open_levels),
        lost,
    )


def _place(coding: PassageLabel) -> Hashable:
    return coding.document, coding.anchor.fingerprint, coding.anchor.start


def _attributes(coding: PassageLabel) -> tuple[str, ...]:
    return coding.code, coding.sector, coding.strand, coding.role


def _decider(group: Sequence[PassageLabel], coders: Sequence[str]) -> Row:
    """The cells that make a row one for the adjudicator: whom it settles, and what they said."""
    said = {coding.coder: " ".join(filter(None, _attributes(coding))) for coding in group}
    return {"adjudicates": NAME_SEPARATOR.join(sorted(said))} | {
        SAID.format(coder): said.get(coder, "") for coder in coders
    }


def _units(codings: Sequence[PassageLabel], collection: Collection) -> tuple[list[Unit | None], int]:
    """A unit with its text for each coding; None where the text is not found."""
    by_hash = {entry.sha256: entry for entry in collection.entries}
    places: dict[str, Places | None] = {}
    units: list[Unit | None] = []
    for coding in codings:
        sha256 = coding.anchor.sha256
        if sha256 not in places:
            places[sha256] = _places(by_hash.get(sha256), collection)
        units.append(_unit(coding, places[sha256]))
    return units, sum(unit is None for unit in units)


def _places(entry: Entry | None, collection: Collection) -> Places | None:
    if entry is None:
        return None
    try:
        return Places(read(collection.path(entry.file), ocr="never"))
    except ReadingError:
        return None


def _unit(coding: PassageLabel, places: Places | None) -> Unit | None:
    """The unit at a coding's own place; a coding that stands elsewhere now is not shown under an old anchor."""
    anchor = coding.anchor
    if places is None or not places.holds(anchor):
        return None
    end = anchor.start + anchor.length
    around = places.passage_at(anchor.start, end)
    return Unit(
        coding.document,
        anchor,
        places.document.text[anchor.start : end],
        around.location if around else "",
        around.kind if around else "paragraph",
        around.language if around else places.document.language,
    )


def _level_groups(levels: Sequence[LevelLabel]) -> Iterator[list[LevelLabel]]:
    groups: dict[str, list[LevelLabel]] = {}
    for level in levels:
        groups.setdefault(level.document, []).append(level)
    for group in groups.values():
        if len({each.level for each in group if not each.adjudicates}) > 1:
            yield group


def _level_rows(
    groups: Sequence[Sequence[LevelLabel]], coders: Sequence[str], collection: Collection
) -> Iterator[Row]:
    files = {entry.document: entry.sha256 for entry in reversed(collection.entries)}
    for number, group in enumerate(groups, 1):
        first = group[0]
        said = {each.coder: each.level for each in group}
        probability = next((each.inclusion_probability for each in group if each.inclusion_probability), None)
        yield dict.fromkeys(LEVEL_COLUMNS, "") | {
            "unit": str(number),
            "units": str(len(groups)),
            "row": str(number),
            "document": first.document,
            "sha256": first.sha256 or files.get(first.document, ""),
            "codebook": first.codebook,
            "inclusion_probability": "" if probability is None else repr(probability),
            "adjudicates": NAME_SEPARATOR.join(sorted(said)),
            **{SAID.format(coder): said.get(coder, "") for coder in coders},
        }
