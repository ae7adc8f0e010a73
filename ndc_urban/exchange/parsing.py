"""Rows of a coding sheet become codings; whatever is wrong with one is a problem that names row and column."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ndc_urban.codebook import CODEBOOK_VERSION, URBAN_CODES
from ndc_urban.exchange import cells
from ndc_urban.exchange.attributes import has_look_alikes, understood
from ndc_urban.exchange.coding_sheet import LevelSuggestion, Unit
from ndc_urban.exchange.columns import ANCHOR
from ndc_urban.exchange.guide import PASSAGE_FIELDS
from ndc_urban.exchange.import_result import ImportedRow, ImportResult, Problem, Severity
from ndc_urban.exchange.people import NOBODY_NAMED, Coders
from ndc_urban.exchange.row_checks import deleted_rows, one_each, other_columns
from ndc_urban.exchange.rows import RawRow, RowInvalid, invalid, problem_at
from ndc_urban.identity import check_document
from ndc_urban.labels.anchors import Anchor, fingerprint
from ndc_urban.labels.records import LevelLabel, PassageLabel

NO_NAME_REMEDY = "Fill in the coder's name, or give it with --coder."


def parse(
    files: Sequence[Path],
    passages: Sequence[RawRow],
    levels: Sequence[RawRow] = (),
    *,
    coder: str = "",
    people: Mapping[str, str] = NOBODY_NAMED,
    complete: bool = True,
    problems: Sequence[Problem] = (),
) -> ImportResult:
    """Codings and levels in rows.

    `coder` stands in where a row names nobody; `people` are coders by what the file calls them. `complete` says that a
    file of this format holds all rows that were exported, so that one that is not there was deleted. `problems` were
    found before.
    """
    coders = Coders([*passages, *levels], coder, people)
    parser = _Parser(coders, [*problems, *coders.problems()])
    parser.problems += [*other_columns(passages), *other_columns(levels)]
    units, codings = parser.passages(passages)
    level_rows, suggestions = parser.levels(levels)
    if complete:
        parser.problems += [*deleted_rows(passages, "passage"), *deleted_rows(levels, "document")]
    return ImportResult(
        files=tuple(files),
        units=units,
        passages=codings,
        levels=level_rows,
        suggestions=suggestions,
        problems=tuple(parser.problems),
        uncoded=parser.uncoded,
    )


class _Parser:
    def __init__(self, coders: Coders, problems: list[Problem]) -> None:
        self.coders = coders
        self.problems = problems
        self.uncoded = 0

    def passages(
        self, rows: Sequence[RawRow]
    ) -> tuple[tuple[Unit, ...], tuple[ImportedRow[PassageLabel], ...]]:
        units: dict[object, Unit] = {}
        coded_rows: list[tuple[RawRow, ImportedRow[PassageLabel]]] = []
        coded: set[object] = set()
        seen: set[object] = set()
        by_text = _anchors_by_text(rows)
        for row in rows:
            unit_cell = (row.get("document"), row.get("fingerprint"), row.get("start"), row.get("text"))
            seen.add(unit_cell)
            try:
                item = self._passage(row, by_text, units)
            except RowInvalid as error:
                self.problems.append(invalid(row, error))
                coded.add(unit_cell)
                continue
            if item is not None:
                coded.add(unit_cell)
                coded_rows.append((row, item))
        self.uncoded += len(seen - coded)
        return tuple(units.values()), one_each(coded_rows, self.problems)

    def levels(
        self, rows: Sequence[RawRow]
    ) -> tuple[tuple[ImportedRow[LevelLabel], ...], tuple[LevelSuggestion, ...]]:
        coded_rows: list[tuple[RawRow, ImportedRow[LevelLabel]]] = []
        suggestions: dict[object, LevelSuggestion] = {}
        for row in rows:
            try:
                suggestion = cells.level_suggestion(row)
                if suggestion is not None:
                    suggestions.setdefault(suggestion.key, suggestion)
                item = self._level(row)
            except RowInvalid as error:
                self.problems.append(invalid(row, error))
                continue
            if item is not None:
                coded_rows.append((row, item))
        return one_each(coded_rows, self.problems), tuple(suggestions.values())

    def _passage(
        self, row: RawRow, by_text: Mapping[tuple[str, str], set[Anchor]], units: dict[object, Unit]
    ) -> ImportedRow[PassageLabel] | None:
        answered = any(row.get(column) for column in (*PASSAGE_FIELDS, "comment"))
        if not answered and not any(row.get(column) for column in ("document", *ANCHOR)):
            return None
        anchor = self._anchor(row, by_text)
        cells.checked(check_document, row.get("document"), "document")
        text = row.cells.get("text")
        changed = text is not None and fingerprint(text) != anchor.fingerprint
        if text is not None and not changed and len(text) == anchor.length:
            unit = _unit(row, anchor, text)
            units.setdefault(unit.key, unit)
        if not answered:
            return None
        coding = self._coding(row, anchor)
        return ImportedRow(
            coding,
            row.place,
            text,
            changed,
            row.letters,
            cells.is_undated(row),
            cells.suggested_passage(row),
            cells.seconds(row),
            cells.is_clocked(row),
        )

    def _coding(self, row: RawRow, anchor: Anchor) -> PassageLabel:
        attributes = cells.attributes_of(row)
        self._note_look_alikes(row, PASSAGE_FIELDS)
        coder = self._coder(row)
        coding = PassageLabel(
            row.get("document"),
            anchor,
            coder,
            cells.coded_at(row),
            row.get("codebook") or CODEBOOK_VERSION,
            attributes["code"],
            attributes["sector"],
            attributes["strand"],
            attributes["role"],
            row.cells.get("comment", ""),
            cells.adjudicated_coders(row),
        )
        if coding.code in URBAN_CODES and not all(attributes.values()):
            empty = [name for name in PASSAGE_FIELDS if not attributes[name]]
            message = f"The code {coding.code} has no {' and no '.join(empty)}."
            self._report("note", "incomplete", row, empty[0], message)
        return coding

    def _anchor(self, row: RawRow, by_text: Mapping[tuple[str, str], set[Anchor]]) -> Anchor:
        if row.get("sha256") or row.get("fingerprint"):
            try:
                return cells.anchor_in(row)
            except ValueError as error:
                column = cells.bad_anchor_column(row)
                raise RowInvalid(
                    "anchor",
                    column,
                    f"The position of the passage is damaged: {column} cannot be {row.get(column)[:70]!r}.",
                    "Copy the hidden columns from the exported sheet again.",
                ) from error
        same = by_text.get((row.get("document"), row.get("text")), set())
        if len(same) == 1:
            self._report(
                "question", "added_row", row, "text", "This row was added; its passage was found by its text."
            )
            return next(iter(same))
        raise RowInvalid(
            "anchor",
            "sha256",
            "The row does not say where its passage is, and its text does not identify one exported row.",
            "Copy the exported row of the passage, hidden columns included.",
        )

    def _level(self, row: RawRow) -> ImportedRow[LevelLabel] | None:
        if not any(row.get(column) for column in ("level", "confidence", "dedicated", "comment")):
            return None
        cells.checked(check_document, row.get("document"), "document")
        level = understood("level", row.get("level"))
        if level is None:
            raise cells.misspelt("level", row.get("level"))
        if not level:
            filled = next(name for name in ("confidence", "dedicated", "comment") if row.get(name))
            nothing = f"there is no level{cells.in_place_of(row, 'level')}"
            message = f"The {filled} is {row.get(filled)[:60]!r}, but {nothing}."
            raise RowInvalid(
                "no_level", "level", message, "Fill in low, moderate or strong, or clear the row."
            )
        self._note_look_alikes(row, ("level",))
        coder = self._coder(row)
        coding = LevelLabel(
            row.get("document"),
            cells.file_hash(row),
            coder,
            cells.coded_at(row),
            row.get("codebook") or CODEBOOK_VERSION,
            level,
            cells.confidence(row),
            cells.dedicated(row),
            row.cells.get("comment", ""),
            cells.adjudicated_coders(row),
            cells.inclusion_probability(row),
        )
        return ImportedRow(
            coding,
            row.place,
            letters=row.letters,
            undated=cells.is_undated(row),
            suggestion=row.get("suggested_level"),
            seconds=cells.seconds(row),
            clocked=cells.is_clocked(row),
        )

    def _note_look_alikes(self, row: RawRow, fields: Iterable[str]) -> None:
        for name in fields:
            written = row.get(name)
            if has_look_alikes(name, written):
                foreign = dict.fromkeys(letter for letter in written if not letter.isascii())
                letters = ", ".join(unicodedata.name(each, "unknown letter").capitalize() for each in foreign)
                message = f"Read as {understood(name, written)}: {written!r} contains: {letters}."
                self._report("note", "look_alike", row, name, message)

    def _coder(self, row: RawRow) -> str:
        name = self.coders.name(row)
        if not name and row.identity is not None:
            message = f"The file says only that user {row.identity.shown} coded this, not who that is."
            raise RowInvalid(
                "no_coder", "coder", message, f"Say who it is: --coder {row.identity.shown}=NAME."
            )
        if not name:
            message = f"The row does not say who coded it{cells.in_place_of(row, 'coder')}."
            raise RowInvalid("no_coder", "coder", message, NO_NAME_REMEDY)
        return cells.coder_name(name, "coder")

    def _report(
        self, severity: Severity, kind: str, row: RawRow, column: str, message: str, remedy: str = ""
    ) -> None:
        self.problems.append(problem_at(row, severity, kind, column, message, remedy))


def _anchors_by_text(rows: Iterable[RawRow]) -> dict[tuple[str, str], set[Anchor]]:
    """Anchors of the rows that have one, by document and text, for rows that were added without."""
    if all(row.get("sha256") for row in rows):
        return {}
    found: dict[tuple[str, str], set[Anchor]] = {}
    for row in rows:
        if row.get("sha256") and row.get("fingerprint"):
            try:
                anchor = cells.anchor_in(row)
            except ValueError:
                continue
            found.setdefault((row.get("document"), row.get("text")), set()).add(anchor)
    return found


def _unit(row: RawRow, anchor: Anchor, text: str) -> Unit:
    return Unit(
        row.get("document"),
        anchor,
        text,
        row.cells.get("section", ""),
        row.cells.get("kind", "paragraph"),
        row.cells.get("language", "und"),
        cells.suggestion(row),
    )
