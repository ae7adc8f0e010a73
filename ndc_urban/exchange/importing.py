"""Codings of a file become labels of a folder: checked against the documents, never silently dropped or shifted.

The text at the anchor must be what was coded; else a unique match elsewhere in the document, or in another file of it,
takes its place; else the coding is refused with its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from ndc_urban.corpus.library import Holding, Library, open_library
from ndc_urban.counting import agreeing, counted
from ndc_urban.errors import OutputExists, ReadingError, UsageError
from ndc_urban.exchange.import_report import ImportReport
from ndc_urban.exchange.import_result import ImportedRow, ImportResult, Item, Place, Problem, Severity
from ndc_urban.exchange.names import FormatName
from ndc_urban.exchange.people import who_is_who
from ndc_urban.exchange.progress import Progress, no_progress
from ndc_urban.exchange.registry import FORMATS, format_of
from ndc_urban.exchange.row_checks import seen_from
from ndc_urban.exchange.unread_suggestions import unread_counts, with_reviews
from ndc_urban.files import write_atomically
from ndc_urban.labels.anchors import Anchor, Found, NotFound, Places, anchor_at, fingerprint
from ndc_urban.labels.coders import CoderKind, check_kind, record_kind
from ndc_urban.labels.level_rules import contradiction
from ndc_urban.labels.records import LevelLabel, PassageLabel
from ndc_urban.labels.store import (
    append,
    level_unit,
    passage_unit,
    read_level_labels,
    read_passage_labels,
)


def import_labels(  # noqa: PLR0913  each is an option of the command
    path: Path,
    corpus: Path,
    into: Path,
    *,
    format: FormatName | None = None,
    coders: Sequence[str] = (),
    kind: CoderKind = "person",
    partial: bool = False,
    report: Path | None = None,
    progress: Progress = no_progress,
) -> ImportReport:
    """Checks the codings of a file, or of an export in a folder, and adds them to the folder `into`.

    `corpus` holds the documents; without `format` it is recognised by the content; `coders` are values of `--coder`:
    who coded what names nobody, or who is who in the file; `kind` is what they are. Without `partial` nothing is added
    where anything is wrong. `report` is a CSV file to write the problems to. Raises `UsageError`, `OutputExists`,
    `ExchangeFileInvalid` and `ExchangeFileUnsafe`, and what `add_codings` raises.
    """
    coder, people = who_is_who(coders)
    if report is not None and report.exists():
        raise OutputExists(f"{report} exists already.", remedy="Choose another --report.")
    if into.exists() and not into.is_dir():
        raise UsageError(f"{into} is a file.", remedy="Give --into a folder.")
    chosen = FORMATS[format] if format else format_of(path)
    result = chosen.read(path, coder=coder, people=people)
    coders_of_file = tuple(dict.fromkeys(_coders(result)))
    if kind != "person":
        check_kind(into, coders_of_file, kind)
    done = add_codings(
        result, open_library(corpus), into, partial=partial, saved_at=saved_at(result), progress=progress
    )
    if done.applied:
        record_kind(into, coders_of_file, kind)
    if report is not None:
        write_atomically(report, done.csv())
    return replace(done, format=chosen.name)


def add_codings(
    result: ImportResult,
    library: Library,
    into: Path,
    *,
    partial: bool = False,
    saved_at: str = "",
    progress: Progress = no_progress,
) -> ImportReport:
    """Adds the codings of a file that was read to the folder `into`, and says what became of each.

    Without `partial` nothing is added where anything is wrong; with it everything valid is. A coding that does not
    say when it was made gets `saved_at`; one whose timestamp is unknown stays without. Raises `AnnotationsInvalid`
    where the labels in the folder are unsound, and `OutputUnwritable`.
    """
    check = _Check(library, list(result.problems), progress)
    passages, documents = with_reviews(result.passages, result.levels)
    codings = check.passages(passages)
    levels = check.levels(documents)
    check.problems += _hasty(result, codings, levels)
    check.problems += _against_rules(result, codings, levels, read_passage_labels(into))
    existing = {passage_unit(each): each.answers for each in read_passage_labels(into)}
    existing |= {level_unit(each): each.answers for each in read_level_labels(into)}
    check.against(existing, [(item, passage_unit(item.coding)) for item in codings])
    check.against(existing, [(item, level_unit(item.coding)) for item in levels])
    found = len(result.passages) + len(result.levels) + _rejected(result.problems)
    report = ImportReport(
        problems=tuple(sorted(check.problems, key=_order)),
        found=found,
        imported=0,
        duplicates=check.duplicates,
        conflicts=check.conflicts,
        refused=0,
        reanchored=0,
        uncoded=result.uncoded,
        applied=False,
        coders=tuple(dict.fromkeys(_coders(result))),
    )
    if report.blocking and not partial:
        return report
    appended = append(
        into,
        [_dated(item, saved_at) for item in codings],
        [_dated(item, saved_at) for item in levels],
    )
    return replace(
        report,
        imported=appended.added,
        duplicates=appended.duplicates,
        conflicts=len(appended.conflicts),
        refused=found - appended.added - appended.duplicates - len(appended.conflicts),
        reanchored=check.reanchored,
        applied=True,
    )


def _hasty(
    result: ImportResult,
    passages: Sequence[ImportedRow[PassageLabel]],
    levels: Sequence[ImportedRow[LevelLabel]],
) -> Iterator[Problem]:
    """A note on each coder who kept suggestions in less time than they take to read."""
    place = Place(result.files[0].name if result.files else "")
    for coder, count in unread_counts(passages, levels):
        message = (
            f"{coder} kept {counted(count, 'suggestion')} in less time than "
            f"{agreeing(count, 'its text takes', 'their texts take')} "
            f"to read. {agreeing(count, 'It is', 'They are')} marked as unseen, "
            "and what this coder said of these documents with suggestions in view does not count as independent."
        )
        yield Problem("note", "unseen_suggestions", place, message, "", "", coder)


def _against_rules(
    result: ImportResult,
    passages: Sequence[ImportedRow[PassageLabel]],
    levels: Sequence[ImportedRow[LevelLabel]],
    before: Sequence[PassageLabel],
) -> Iterator[Problem]:
    """A note on each level that contradicts the codes that its coder gave, by the rules of the codebook."""
    coded: dict[tuple[str, str], dict[Hashable, PassageLabel]] = {}
    for label in (*before, *(item.coding for item in passages)):
        if not label.adjudicates:
            coded.setdefault((label.document, label.coder), {})[label.key] = label
    units = Counter(unit.document for unit in result.units)
    for item in levels:
        level = item.coding
        mine = coded.get((level.document, level.coder), {})
        if not mine or level.adjudicates:
            continue
        complete = 0 < units[level.document] <= len(mine)
        message = contradiction(level, list(mine.values()), complete=complete)
        if message:
            place = replace(item.place, column=item.letters.get("level", "level"))
            remedy = "Look again at the level, at the codes, and at what dedicated says; or say why in the comment."
            yield Problem(
                "note",
                "level_against_rules",
                place,
                message,
                remedy,
                level.document,
                level.coder,
                level.level,
            )


def saved_at(result: ImportResult) -> str:
    """When the file was last saved: as it says itself, else as the disk says; in UTC."""
    if result.saved_at:
        return result.saved_at
    if not result.files:
        return ""
    timestamp = max(path.stat().st_mtime for path in result.files)
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="seconds")


def _coders(result: ImportResult) -> Iterator[str]:
    yield from (item.coding.coder for item in result.passages)
    yield from (item.coding.coder for item in result.levels)


def _rejected(problems: Sequence[Problem]) -> int:
    """Rows that hold answers which could not be taken; each has one error of its own."""
    places = {
        (each.place.file, each.place.sheet, each.place.row) for each in problems if each.severity == "error"
    }
    return len(places)


def _order(problem: Problem) -> tuple[str, str, int, int]:
    place = problem.place
    return place.file, place.sheet, place.row or 0, ("error", "question", "note").index(problem.severity)


def _dated(item: ImportedRow[Item], timestamp: str) -> Item:
    coding = item.coding
    return coding if coding.coded_at or item.undated or not timestamp else replace(coding, coded_at=timestamp)


@dataclass
class _Check:
    """Holds codings against the documents and against each other, and collects what is wrong."""

    library: Library
    problems: list[Problem]
    progress: Progress
    reanchored: int = 0
    duplicates: int = 0
    conflicts: int = 0
    _read: dict[str, Places | str] = field(default_factory=dict)

    def passages(self, items: Sequence[ImportedRow[PassageLabel]]) -> list[ImportedRow[PassageLabel]]:
        """The codings that stand in their documents, with the anchor at which they do."""
        order = {id(item): at for at, item in enumerate(items)}
        placed: list[tuple[int, ImportedRow[PassageLabel]]] = []
        by_file = sorted(items, key=lambda item: item.coding.anchor.sha256)
        for number, item in enumerate(by_file, 1):
            coding = self._placed(item)
            self.progress(number, len(items))
            if coding is not None:
                placed.append((order[id(item)], replace(item, coding=coding)))
        return self._one_each([item for _, item in sorted(placed, key=lambda pair: pair[0])])

    def levels(self, items: Sequence[ImportedRow[LevelLabel]]) -> list[ImportedRow[LevelLabel]]:
        """The levels of files that were found."""
        return [item for item in items if self._holdings(item, item.coding.sha256)]

    def against(
        self, existing: Mapping[Hashable, Hashable], items: Sequence[tuple[ImportedRow[Item], Hashable]]
    ) -> None:
        """Reports which codings are in the folder already, and which contradict what is there."""
        for item, unit in items:
            if unit not in existing:
                continue
            if existing[unit] == item.coding.answers:
                self.duplicates += 1
                self._report("note", "duplicate", item, "coder", "The coding is in the folder already.")
            else:
                self.conflicts += 1
                message = (
                    f"{item.coding.coder} coded this unit differently before; the earlier coding is kept."
                )
                remedy = "With --partial this coding is kept in conflicts.csv. Settle it there."
                self._report("error", "conflict", item, "coder", message, remedy)

    def _placed(self, item: ImportedRow[PassageLabel]) -> PassageLabel | None:
        coding, anchor = item.coding, item.coding.anchor
        if item.changed and item.text is not None:
            anchor = replace(anchor, length=len(item.text), fingerprint=fingerprint(item.text))
        reasons: list[str] = []
        for holding in self._holdings(item, anchor.sha256):
            places = self._places(holding)
            if isinstance(places, str):
                reasons.append(places)
                continue
            found = places.find(anchor)
            if isinstance(found, NotFound):
                reasons.append(found.reason)
            elif item.changed and found.how == "similar":
                reasons.append(
                    "the text was changed in the file, and the document does not contain the changed text"
                )
            else:
                return self._at(item, coding, holding, places, found)
        if reasons:
            kind = "changed_passage" if item.changed else "not_found"
            what = "The passage was changed: " if item.changed else "The passage was not found: "
            self._report("error", kind, item, "text", f"{what}{reasons[0]}.", _remedy_for_text(item))
        return None

    def _at(
        self,
        item: ImportedRow[PassageLabel],
        coding: PassageLabel,
        holding: Holding,
        places: Places,
        found: Found,
    ) -> PassageLabel:
        anchor = anchor_at(places.document, found.start, found.end, found.page)
        shifted = (anchor.sha256, anchor.start, anchor.length) != _place(coding.anchor)
        if shifted or item.changed:
            self.reanchored += 1
            where = f"page {found.page}" if found.page else f"character {found.start}"
            how = "most of the text" if found.how == "similar" else "the text"
            other = "" if holding.sha256 == coding.anchor.sha256 else f" of another file, {holding.path.name}"
            elsewhere = "Found" if _is_placeless(coding.anchor) else "Imported at another place"
            message = f"{elsewhere}: {how} is found once, at {where}{other}."
            self._report("note", "reanchored", item, "text", message)
        return replace(coding, anchor=anchor)

    def _holdings(
        self, item: ImportedRow[PassageLabel] | ImportedRow[LevelLabel], sha256: str
    ) -> Sequence[Holding]:
        """The file that was coded, else the other files of its document; where none was found, that is an error."""
        document = item.coding.document
        own = self.library.by_hash.get(sha256)
        if own is not None and own.registered and own.document != document:
            message = f"The coded file is {own.document}, not {document}."
            self._report("error", "wrong_document", item, "document", message, "Restore the column document.")
            return ()
        if own is not None:
            return (own,)
        others = self.library.by_document.get(document, ())
        if not others:
            message = f"The document {document} is not in the corpus, and neither is its file."
            remedy = "Give the collection that holds it with --corpus."
            self._report("error", "unknown_document", item, "document", message, remedy)
        return others

    def _places(self, holding: Holding) -> Places | str:
        """A file ready for finding, or why it cannot be read; the last one is kept."""
        if holding.sha256 not in self._read:
            self._read.clear()
            try:
                self._read[holding.sha256] = Places(self.library.open(holding))
            except ReadingError as error:
                self._read[holding.sha256] = (
                    f"{holding.path.name} cannot be read ({error.message.rstrip('.')})"
                )
        return self._read[holding.sha256]

    def _one_each(self, items: Sequence[ImportedRow[PassageLabel]]) -> list[ImportedRow[PassageLabel]]:
        """Codings whose passages turned out to be one: equal ones are taken once, of different ones none is taken."""
        first: dict[Hashable, ImportedRow[PassageLabel]] = {}
        conflicting: set[Hashable] = set()
        for item in items:
            unit = item.coding.unit_of_coder
            earlier = first.setdefault(unit, item)
            if earlier is item:
                continue
            where = seen_from(item.place, earlier.place)
            if earlier.coding.answers == item.coding.answers:
                self._report("note", "repeated", item, "coder", f"The same coding is already in {where}.")
            else:
                conflicting.add(unit)
                message = (
                    f"{item.coding.coder} coded this passage differently in {where}; neither is imported."
                )
                remedy = "Keep the coding that is right, or correct the coder's name in one of them."
                self._report("error", "conflict", item, "coder", message, remedy)
        return [item for unit, item in first.items() if unit not in conflicting]

    def _report(
        self,
        severity: Severity,
        kind: str,
        item: ImportedRow[PassageLabel] | ImportedRow[LevelLabel],
        column: str,
        message: str,
        remedy: str = "",
    ) -> None:
        place: Place = replace(item.place, column=item.letters.get(column, column))
        document, coder = item.coding.document, item.coding.coder
        self.problems.append(Problem(severity, kind, place, message, remedy, document, coder))


def _remedy_for_text(item: ImportedRow[PassageLabel]) -> str:
    """What to do about a coding whose text is not in its document."""
    if item.changed:
        return "Restore its text from the exported sheet; comments go into the column comment."
    if _is_placeless(item.coding.anchor):
        return (
            "Load the saved file in the review, correct the text of the passage as `ndc-urban read` shows it, and save "
            "again. A picture of text cannot be labelled. With --partial all else is imported."
        )
    return "Give the folder with the file that was coded with --corpus."


def _is_placeless(anchor: Anchor) -> bool:
    """Whether only the text of a passage is known, as of one that a coder typed."""
    return anchor.length == 0


def _place(anchor: Anchor) -> tuple[str, int, int]:
    return anchor.sha256, anchor.start, anchor.length
