"""Rows of a coding sheet become codings; whatever is wrong with one is a problem that names row and column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from ndc_urban.codebook import CODEBOOK_VERSION, URBAN_CODES
from ndc_urban.exchange import reserved
from ndc_urban.exchange.attributes import NO, YES, nearest, understood, values
from ndc_urban.exchange.coding_sheet import LevelSuggestion, Suggestion, Unit
from ndc_urban.exchange.columns import ANCHOR, UNKNOWN_MOMENT
from ndc_urban.exchange.import_result import Item, Place, Placed, Problem, Returned, Severity
from ndc_urban.identity import check_document, is_sha256
from ndc_urban.labels.anchors import Anchor, fingerprint
from ndc_urban.labels.records import NAME_SEPARATOR, LevelLabel, PassageLabel, check_coder, check_timestamp

MARK_FIELDS = ("code", "sector", "strand", "role")
NO_NAME_REMEDY = "Fill in the coder's name, or give it with --coder."


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as it stands in a file: cells by column name (a column that the file lacks is not in it), and its place.

    `letters` gives each column's letter in a spreadsheet; elsewhere columns are told by their names.
    """

    cells: Mapping[str, str]
    place: Place
    letters: Mapping[str, str] = field(default_factory=dict)

    def at(self, column: str) -> Place:
        """The place of one of its cells."""
        return replace(self.place, column=self.letters.get(column, column))

    def get(self, column: str) -> str:
        """A cell without the spaces around it; empty where there is none."""
        return self.cells.get(column, "").strip()


class RowInvalid(Exception):
    """A cell that cannot be taken."""

    def __init__(self, kind: str, column: str, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.kind, self.column, self.message, self.remedy = kind, column, message, remedy


def parse(
    files: Sequence[Path],
    passages: Sequence[RawRow],
    levels: Sequence[RawRow] = (),
    *,
    coder: str = "",
    complete: bool = True,
    problems: Sequence[Problem] = (),
) -> Returned:
    """Codings and levels in rows.

    `coder` stands in where a row names nobody. `complete` says that a file of this format holds all rows that were
    exported, so that one that is not there was deleted. `problems` were found before.
    """
    parser = _Parser(coder, list(problems))
    units, codings = parser.passages(passages)
    placed_levels, suggestions = parser.levels(levels)
    if complete:
        parser.missing(passages, "passage")
        parser.missing(levels, "document")
    return Returned(
        files=tuple(files),
        units=units,
        passages=codings,
        levels=placed_levels,
        suggestions=suggestions,
        problems=tuple(parser.problems),
        uncoded=parser.uncoded,
    )


class _Parser:
    def __init__(self, coder: str, problems: list[Problem]) -> None:
        self.coder = coder
        self.problems = problems
        self.uncoded = 0

    def passages(self, rows: Sequence[RawRow]) -> tuple[tuple[Unit, ...], tuple[Placed[PassageLabel], ...]]:
        units: dict[object, Unit] = {}
        placed: list[tuple[RawRow, Placed[PassageLabel]]] = []
        coded: set[object] = set()
        seen: set[object] = set()
        by_text = _anchors_by_text(rows)
        for row in rows:
            unit_cell = (row.get("document"), row.get("fingerprint"), row.get("start"), row.get("text"))
            seen.add(unit_cell)
            try:
                item = self._passage(row, by_text, units)
            except RowInvalid as error:
                self._tell("error", error.kind, row, error.column, error.message, error.remedy)
                coded.add(unit_cell)
                continue
            if item is not None:
                coded.add(unit_cell)
                placed.append((row, item))
        self.uncoded += len(seen - coded)
        return tuple(units.values()), self._one_each(placed)

    def levels(
        self, rows: Sequence[RawRow]
    ) -> tuple[tuple[Placed[LevelLabel], ...], tuple[LevelSuggestion, ...]]:
        placed: list[tuple[RawRow, Placed[LevelLabel]]] = []
        suggestions: dict[object, LevelSuggestion] = {}
        for row in rows:
            try:
                suggestion = _level_suggestion(row)
                if suggestion is not None:
                    suggestions.setdefault(suggestion.key, suggestion)
                item = self._level(row)
            except RowInvalid as error:
                self._tell("error", error.kind, row, error.column, error.message, error.remedy)
                continue
            if item is not None:
                placed.append((row, item))
        return self._one_each(placed), tuple(suggestions.values())

    def _passage(
        self, row: RawRow, by_text: Mapping[tuple[str, str], set[Anchor]], units: dict[object, Unit]
    ) -> Placed[PassageLabel] | None:
        document = row.get("document")
        answered = any(row.get(column) for column in (*MARK_FIELDS, "comment"))
        if not answered and not any(row.get(column) for column in ("document", *ANCHOR)):
            return None
        anchor = self._anchor(row, by_text)
        _checked(check_document, document, row, "document")
        text = row.cells.get("text")
        changed = text is not None and fingerprint(text) != anchor.fingerprint
        if text is not None and not changed and len(text) == anchor.length:
            unit = Unit(
                document,
                anchor,
                text,
                row.cells.get("section", ""),
                row.cells.get("kind", "paragraph"),
                row.cells.get("language", "und"),
                _suggestion(row),
            )
            units.setdefault(unit.key, unit)
        if not answered:
            return None
        marks = self._marks(row)
        coder = self._coder(row)
        coding = PassageLabel(
            document,
            anchor,
            coder,
            _moment(row),
            row.get("codebook") or CODEBOOK_VERSION,
            marks["code"],
            marks["sector"],
            marks["strand"],
            marks["role"],
            row.cells.get("comment", ""),
            _names(row),
        )
        self._look_at_coder(row, coder)
        if coding.code in URBAN_CODES and not all(marks.values()):
            empty = [name for name in MARK_FIELDS if not marks[name]]
            message = f"The code {coding.code} has no {' and no '.join(empty)}."
            self._tell("note", "incomplete", row, empty[0], message)
        return Placed(coding, row.place, text, changed, row.letters, _is_undated(row))

    def _anchor(self, row: RawRow, by_text: Mapping[tuple[str, str], set[Anchor]]) -> Anchor:
        if row.get("sha256") or row.get("fingerprint"):
            try:
                return _anchor_in(row)
            except ValueError as error:
                raise RowInvalid(
                    "anchor",
                    _bad_anchor_column(row),
                    f"The place of the passage is damaged: {error}.",
                    "Copy the hidden columns anew from the exported sheet.",
                ) from error
        same = by_text.get((row.get("document"), row.get("text")), set())
        if len(same) == 1:
            self._tell(
                "question", "added_row", row, "text", "This row was added; its passage was told by its text."
            )
            return next(iter(same))
        raise RowInvalid(
            "anchor",
            "sha256",
            "The row does not say where its passage stands, and its text is not that of one exported row.",
            "Copy the exported row of the passage, hidden columns included.",
        )

    def _marks(self, row: RawRow) -> dict[str, str]:
        marks: dict[str, str] = {}
        for name in MARK_FIELDS:
            value = understood(name, row.get(name))
            if value is None:
                raise RowInvalid("misspelt", name, _unknown(name, row.get(name)))
            marks[name] = value
        if not marks["code"]:
            filled = next(column for column in (*MARK_FIELDS, "comment") if row.get(column))
            raise RowInvalid(
                "no_code",
                "code",
                f"There is a {filled} but no code.",
                "Fill in E, I, X or N, or clear the row.",
            )
        for name in MARK_FIELDS[1:]:
            if marks[name] and marks["code"] not in URBAN_CODES:
                message = f"A {name} belongs to the codes E and I only, not to {marks['code']}."
                raise RowInvalid("mark_without_urban_code", name, message)
        return marks

    def _level(self, row: RawRow) -> Placed[LevelLabel] | None:
        if not any(row.get(column) for column in ("level", "confidence", "dedicated", "comment")):
            return None
        _checked(check_document, row.get("document"), row, "document")
        level = understood("level", row.get("level"))
        if level is None:
            raise RowInvalid("misspelt", "level", _unknown("level", row.get("level")))
        if not level:
            raise RowInvalid("no_level", "level", "There are answers but no level.", "Fill in the level.")
        coder = self._coder(row)
        coding = LevelLabel(
            row.get("document"),
            _sha256(row),
            coder,
            _moment(row),
            row.get("codebook") or CODEBOOK_VERSION,
            level,
            _confidence(row),
            _dedicated(row),
            row.cells.get("comment", ""),
            _names(row),
            _probability(row),
        )
        self._look_at_coder(row, coder)
        return Placed(coding, row.place, letters=row.letters, undated=_is_undated(row))

    def _coder(self, row: RawRow) -> str:
        name = row.get("coder") or row.get("sheet_coder") or self.coder
        if not name:
            raise RowInvalid("no_coder", "coder", "The row does not say who coded it.", NO_NAME_REMEDY)
        return _name(name, row, "coder")

    def _look_at_coder(self, row: RawRow, coder: str) -> None:
        owner = row.get("sheet_coder") or self.coder
        if owner and coder != owner:
            message = f"The row is by {coder}, in a sheet of {owner}."
            remedy = f"With --partial it is imported as a coding by {coder}."
            self._tell("question", "second_coder", row, "coder", message, remedy)

    def _one_each(self, placed: Sequence[tuple[RawRow, Placed[Item]]]) -> tuple[Placed[Item], ...]:
        """One coding of a unit by a coder: a repeated one is told, of two that differ neither is taken."""
        first: dict[object, tuple[RawRow, Placed[Item]]] = {}
        conflicts: set[object] = set()
        rows: dict[str, RawRow] = {}
        for row, item in placed:
            key = item.coding.unit_of_coder
            number = row.get("row")
            copied = number and number in rows
            rows.setdefault(number, row)
            if key not in first:
                first[key] = row, item
                if copied and rows[number].get("coder") != row.get("coder"):
                    message = f"A second row of this passage, by {item.coding.coder}."
                    self._tell("question", "second_coder", row, "coder", message)
                continue
            earlier = first[key][1]
            where = f"row {earlier.place.row}" if earlier.place.row else str(earlier.place)
            if earlier.coding.answers == item.coding.answers:
                self._tell("note", "repeated", row, "coder", f"The same coding stands in {where} already.")
                continue
            message = f"{item.coding.coder} coded this unit differently in {where}; neither is imported."
            self._tell("error", "conflict", row, "coder", message, "Keep one of the two rows.")
            if key not in conflicts:
                self._tell(
                    "error", "conflict", first[key][0], "coder", "A later row codes this unit differently."
                )
            conflicts.add(key)
        return tuple(item for key, (_, item) in first.items() if key not in conflicts)

    def missing(self, rows: Sequence[RawRow], what: str) -> None:
        """Rows that were exported and are gone, by the gaps in their numbers."""
        totals = Counter(row.get("units") for row in rows if row.get("units").isdecimal())
        if not totals:
            return
        total = int(totals.most_common(1)[0][0])
        if total > 10_000_000:
            return
        present = {int(row.get("unit")): row for row in rows if row.get("unit").isdecimal()}
        known = [0, *(number for number in sorted(present) if 0 < number <= total), total + 1]
        for before, after in pairwise(known):
            if after - before > 1:
                place, where = _around(present.get(before), present.get(after))
                span = f"{before + 1}" if after - before == 2 else f"{before + 1} to {after - 1}"
                message = f"Deleted: {what} {span} of {total}, {where}; nothing is imported for it."
                self.problems.append(
                    Problem(
                        "question", "deleted_row", place, message, "Restore the row from the exported sheet."
                    )
                )

    def _tell(
        self, severity: Severity, kind: str, row: RawRow, column: str, message: str, remedy: str = ""
    ) -> None:
        self.problems.append(
            Problem(
                severity,
                kind,
                row.at(column),
                message,
                remedy,
                row.get("document"),
                row.get("coder"),
                row.cells.get(column, "") if column != "text" else "",
            )
        )


def _around(before: RawRow | None, after: RawRow | None) -> tuple[Place, str]:
    if before is not None:
        return before.place, f"after row {before.place.row}"
    if after is not None:
        return after.place, f"before row {after.place.row}"
    return Place(""), "all of them"


def _anchors_by_text(rows: Iterable[RawRow]) -> dict[tuple[str, str], set[Anchor]]:
    """Anchors of the rows that have one, by document and text, for rows that were added without."""
    if all(row.get("sha256") for row in rows):
        return {}
    found: dict[tuple[str, str], set[Anchor]] = {}
    for row in rows:
        if row.get("sha256") and row.get("fingerprint"):
            try:
                anchor = _anchor_in(row)
            except ValueError:
                continue
            found.setdefault((row.get("document"), row.get("text")), set()).add(anchor)
    return found


def _anchor_in(row: RawRow) -> Anchor:
    page = row.get("page")
    return Anchor(
        row.get("sha256"),
        int(page) if page else None,
        int(row.get("start")),
        int(row.get("length")),
        row.get("fingerprint"),
    )


def _bad_anchor_column(row: RawRow) -> str:
    for column in ("start", "length"):
        if not row.get(column).isdecimal():
            return column
    return "fingerprint" if is_sha256(row.get("sha256")) else "sha256"


def _checked(check: object, value: str, row: RawRow, column: str) -> str:
    try:
        check(value)  # type: ignore[operator]
    except ValueError as error:
        message = str(error)
        raise RowInvalid(f"bad_{column}", column, f"{message[0].upper()}{message[1:]}.") from error
    return value


def _moment(row: RawRow) -> str:
    return "" if _is_undated(row) else _checked(check_timestamp, row.get("coded_at"), row, "coded_at")


def _is_undated(row: RawRow) -> bool:
    return row.get("coded_at").casefold() == UNKNOWN_MOMENT


def _names(row: RawRow) -> tuple[str, ...]:
    cell = row.get("adjudicates")
    return tuple(_name(name, row, "adjudicates") for name in cell.split(NAME_SEPARATOR) if cell)


def _name(name: str, row: RawRow, column: str) -> str:
    """The name of a coder; one that exports use for nobody would not come back, so it is not taken."""
    if reserved.is_reserved(name):
        raise RowInvalid(f"bad_{column}", column, f"{reserved.why(name)}.", reserved.RENAME)
    return _checked(check_coder, name, row, column)


def _unknown(name: str, written: str) -> str:
    meant = nearest(name, written)
    hint = f"; {meant} was perhaps meant" if meant else ""
    return f"The codebook has no {name} {written!r}{hint}. It has {', '.join(values(name))}."


def _sha256(row: RawRow) -> str:
    digest = row.get("sha256")
    if not is_sha256(digest):
        message = "The row does not say which file was coded (sha256)."
        raise RowInvalid("anchor", "sha256", message, "Copy the hidden columns anew from the exported sheet.")
    return digest


def _confidence(row: RawRow) -> int:
    if row.get("confidence") not in ("1", "2", "3"):
        message = f"Confidence is 1, 2 or 3, not {row.get('confidence')!r}."
        raise RowInvalid("misspelt" if row.get("confidence") else "no_confidence", "confidence", message)
    return int(row.get("confidence"))


def _dedicated(row: RawRow) -> bool:
    written = row.get("dedicated").casefold()
    if written not in YES | NO:
        message = f"Dedicated is 1 (there is a devoted section) or 0, not {row.get('dedicated')!r}."
        raise RowInvalid("misspelt" if written else "no_dedicated", "dedicated", message)
    return written in YES


def _probability(row: RawRow) -> float | None:
    written = row.get("inclusion_probability")
    if not written:
        return None
    try:
        value = float(written)
    except ValueError:
        value = 0.0
    if not 0.0 < value <= 1.0:
        message = f"An inclusion probability lies between 0 and 1, not {written!r}."
        raise RowInvalid("bad_probability", "inclusion_probability", message)
    return value


def _suggestion(row: RawRow) -> Suggestion | None:
    """The model's suggestion in a row; one that was damaged is left out, as it is no label."""
    if not row.get("suggested_code"):
        return None
    try:
        return Suggestion(
            row.get("suggested_model"),
            float(row.get("suggested_p_urban")),
            *(row.get(f"suggested_{name}") for name in MARK_FIELDS),
        )
    except ValueError:
        return None


def _level_suggestion(row: RawRow) -> LevelSuggestion | None:
    if not row.get("suggested_level"):
        return None
    try:
        return LevelSuggestion(
            row.get("document"),
            row.get("sha256"),
            row.get("suggested_model"),
            row.get("suggested_level"),
            *(float(row.get(f"suggested_p_{level}")) for level in ("low", "moderate", "strong")),
        )
    except ValueError:
        return None


def rows_of(records: Iterable[Mapping[str, str]], place: Place) -> Iterator[RawRow]:
    """Records without a table, numbered from 1, as rows."""
    for number, record in enumerate(records, 1):
        yield RawRow(record, replace(place, row=number))
