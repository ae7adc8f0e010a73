"""Labels from any number of folders, with their texts: what training and evaluation start from.

Labels with anchors (`passages.csv`) get their texts back from the documents of a collection; labels with texts
(`passages.jsonl`) are taken as they are. All labels of a document are put onto one file of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from ndc_urban.corpus.register import Collection, Entry
from ndc_urban.errors import PathMissing, ReadingError
from ndc_urban.labels.adjudication import settled
from ndc_urban.labels.anchors import Anchor, Found, NotFound, Places, fingerprint
from ndc_urban.labels.records import LevelLabel, PassageLabel
from ndc_urban.labels.relocation import put_back
from ndc_urban.labels.store import LEVELS_TABLE, PASSAGES_TABLE, read_level_labels, read_passage_labels
from ndc_urban.labels.texts import (
    PASSAGES_FILE,
    Annotations,
    LabelWithText,
    load_labels_with_texts,
)
from ndc_urban.reading import read

UNKNOWN_FILE = "0" * 64
"""Stands for the hash of a file that is not known."""
NO_FILE = "the collection has no file of the document"
UNREADABLE = "the files of the document cannot be read or have no text layer"

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A label whose text was not found, and why."""

    coding: PassageLabel
    reason: str


@dataclass(frozen=True)
class Labels:
    """What counts for training, which labels have no text in this collection, and what the user should know."""

    annotations: Annotations
    unresolved: tuple[Unresolved, ...] = ()
    notes: tuple[str, ...] = ()

    def told(self) -> Iterator[str]:
        """Lines for the user: what was noticed, and how many labels have no text here, by reason."""
        yield from self.notes
        for reason, count in Counter(each.reason for each in self.unresolved).most_common():
            yield f"{count} labels are left out: {reason}"


@dataclass(frozen=True, slots=True)
class _Pending:
    """A label on its way to a text: its anchor, where it stands in the order of its own file, and what it says.

    `given` is the label itself where it came with its text.
    """

    anchor: Anchor
    key: float
    coder: str
    adjudicates: tuple[str, ...]
    stored: PassageLabel | None = None
    given: LabelWithText | None = None


@dataclass(frozen=True, slots=True)
class _Placed:
    """A label with its text, and the unit that it is of."""

    label: LabelWithText
    unit: Hashable
    adjudicates: tuple[str, ...] = ()

    @property
    def coder(self) -> str:
        return self.label.coder

    @property
    def marks(self) -> tuple[str, ...]:
        return self.label.code, self.label.sector, self.label.strand, self.label.role


def load_labels(folders: Sequence[Path], collection: Collection) -> Labels:
    """The labels of all folders together; adjudicated ones take the place of those that they settle.

    Of two labels of one unit by one coder the one in the folder named later counts, and a note says so. Raises
    `PathMissing` where a folder holds no labels and `AnnotationsInvalid`, naming file and line, for a bad row.
    """
    stored, given, levels = _read_all(folders)
    stored, levels = _registered(stored, levels, collection)
    levels, levels_twice = _last_of_each(
        levels,
        lambda level: (level.document, level.coder, bool(level.adjudicates)),
        lambda level: level.level,
    )
    outcomes = list(_with_texts(stored, given, collection))
    placed, passages_twice = _last_of_each(
        [each for each in outcomes if isinstance(each, _Placed)],
        lambda each: (each.unit, each.coder, bool(each.adjudicates)),
        lambda each: each.marks,
    )
    annotations = Annotations(
        tuple(each.label for each in settled(placed, lambda each: each.unit)),
        tuple(settled(levels, lambda level: level.document)),
    )
    return Labels(
        annotations,
        tuple(each for each in outcomes if isinstance(each, Unresolved)),
        tuple(_notes(levels_twice, passages_twice, _without_passages(annotations))),
    )


def _read_all(folders: Sequence[Path]) -> tuple[list[PassageLabel], list[LabelWithText], list[LevelLabel]]:
    for folder in folders:
        if not any((folder / name).is_file() for name in (PASSAGES_TABLE, PASSAGES_FILE, LEVELS_TABLE)):
            raise PathMissing(
                f"There is no {PASSAGES_TABLE}, {PASSAGES_FILE} or {LEVELS_TABLE} in {folder}.",
                remedy="Give the folder that holds the annotations.",
            )
    return (
        [coding for folder in folders for coding in read_passage_labels(folder)],
        [label for folder in folders for label in load_labels_with_texts(folder)],
        [level for folder in folders for level in read_level_labels(folder)],
    )


def _registered(
    stored: Sequence[PassageLabel], levels: Sequence[LevelLabel], collection: Collection
) -> tuple[list[PassageLabel], list[LevelLabel]]:
    """Labels under the names that the register has for their files, where it does not know the names they have.

    Labels that were made before a folder had its register name a document by its file.
    """
    names = {entry.document for entry in collection.entries}
    by_hash = {entry.sha256: entry.document for entry in reversed(collection.entries)}

    def name(document: str, sha256: str) -> str:
        return document if document in names else by_hash.get(sha256, document)

    return (
        [replace(each, document=name(each.document, each.anchor.sha256)) for each in stored],
        [replace(level, document=name(level.document, level.sha256)) for level in levels],
    )


def _without_passages(annotations: Annotations) -> int:
    coded = {label.document for label in annotations.passages}
    return sum(level.document not in coded for level in annotations.levels)


def _notes(levels_twice: int, passages_twice: int, without_passages: int) -> Iterator[str]:
    if without_passages:
        yield f"{without_passages} levels are of documents without a coded passage; training leaves them out"
    if levels_twice:
        yield f"{levels_twice} levels differ from an earlier one by the same coder; the later one counts"
    if passages_twice:
        yield f"{passages_twice} passages differ from an earlier label by the same coder; the later one counts"


def _with_texts(
    stored: Iterable[PassageLabel], given: Iterable[LabelWithText], collection: Collection
) -> Iterator[_Placed | Unresolved]:
    """Document by document; one whose labels all have texts is left as it is, and not read."""
    with_anchor: dict[str, list[PassageLabel]] = {}
    with_text: dict[str, list[LabelWithText]] = {}
    for each in stored:
        with_anchor.setdefault(each.document, []).append(each)
    for label in given:
        with_text.setdefault(label.document, []).append(label)
    for document in dict.fromkeys([*with_text, *with_anchor]):
        if document not in with_anchor:
            for label in with_text[document]:
                yield _Placed(label, (document, label.block))
        else:
            pending = [
                *map(_pending_text, with_text.get(document, ())),
                *map(_pending_anchor, with_anchor[document]),
            ]
            yield from _placed(document, pending, collection)


def _pending_anchor(stored: PassageLabel) -> _Pending:
    return _Pending(stored.anchor, stored.anchor.start, stored.coder, stored.adjudicates, stored=stored)


def _pending_text(label: LabelWithText) -> _Pending:
    return _Pending(unplaced(label.text), label.block, label.coder, (), given=label)


def unplaced(text: str) -> Anchor:
    """An anchor of a text whose file and place are not known: its fingerprint alone."""
    return Anchor(UNKNOWN_FILE, None, 0, 0, fingerprint(text))


def _placed(
    document: str, pending: Sequence[_Pending], collection: Collection
) -> Iterator[_Placed | Unresolved]:
    main = _main_file(document, pending, collection)
    if main is None:
        reason = UNREADABLE if any(entry.document == document for entry in collection.entries) else NO_FILE
        yield from (Unresolved(each.stored, reason) for each in pending if each.stored)
        yield from (_Placed(each.given, (document, each.given.block)) for each in pending if each.given)
        return
    entry, places = main
    found: dict[int, Found | NotFound] = {}
    for group in _by_file(pending):
        outcomes = put_back([each.anchor for _, each in group], places, [each.key for _, each in group])
        found |= {number: outcome for (number, _), outcome in zip(group, outcomes, strict=True)}
    for number, each in enumerate(pending):
        place = found[number]
        if each.stored is None and each.given is not None:
            start = place.start if isinstance(place, Found) else -1 - each.given.block
            yield _Placed(replace(each.given, source=entry.file), (document, start))
        elif each.stored is not None:
            yield _with_text(each.stored, place, entry, places)


def _by_file(pending: Sequence[_Pending]) -> list[list[tuple[int, _Pending]]]:
    """Numbered labels by the file that they are anchored to: within one, the order of their places means something."""
    groups: dict[str, list[tuple[int, _Pending]]] = {}
    for number, each in enumerate(pending):
        groups.setdefault(each.anchor.sha256, []).append((number, each))
    return list(groups.values())


def _with_text(
    stored: PassageLabel, place: Found | NotFound, entry: Entry, places: Places
) -> _Placed | Unresolved:
    if isinstance(place, NotFound):
        return Unresolved(stored, place.reason)
    coding = stored
    around = places.passage_at(place.start, place.end)
    label = LabelWithText(
        document=coding.document,
        coder=coding.coder,
        block=place.start,
        code=coding.code,
        sector=coding.sector,
        strand=coding.strand,
        role=coding.role,
        source=entry.file,
        section=around.section[-1] if around and around.section else "",
        text=place.text,
        wave=stored.wave,
        seen=stored.seen,
    )
    return _Placed(label, (coding.document, place.start), coding.adjudicates)


def _main_file(
    document: str, pending: Sequence[_Pending], collection: Collection
) -> tuple[Entry, Places] | None:
    """The file that all labels of a document are put onto: the one that most were coded on, else another of it."""
    count = Counter(
        each.given.source if each.given else _file_of(each.anchor, document, collection) for each in pending
    )
    coded = [file for file, _ in count.most_common() if file in collection.by_file]
    others = [entry for entry in collection.entries if entry.document == document and entry.file not in coded]
    languages = {collection.by_file[file].language for file in coded}
    others.sort(
        key=lambda entry: (entry.language not in languages if languages else 0, entry.kind, entry.file)
    )
    for entry in [*(collection.by_file[file] for file in coded), *others]:
        try:
            places = Places(read(collection.path(entry.file), ocr="never"))
        except ReadingError:
            continue
        if places.document.blocks:
            return entry, places
    return None


def _file_of(anchor: Anchor, document: str, collection: Collection) -> str:
    return next(
        (
            entry.file
            for entry in collection.entries
            if entry.sha256 == anchor.sha256 and entry.document == document
        ),
        "",
    )


def _last_of_each(
    items: Sequence[Item], key: Callable[[Item], Hashable], said: Callable[[Item], object]
) -> tuple[list[Item], int]:
    """The items without those that a later one of the same key replaces, and how many said something else."""
    last = {key(item): item for item in items}
    kept = [item for item in items if last[key(item)] is item]
    return kept, sum(said(last[key(item)]) != said(item) for item in items)
