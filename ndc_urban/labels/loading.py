"""Labels from any number of folders, each with the passage that it is of: what training and evaluation start from.

Labels find their passages in the documents of a collection. All labels of a document are put onto one file of it,
which is read and segmented once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from ndc_urban import counting
from ndc_urban.cache.reading import read
from ndc_urban.corpus.register import Collection, Entry
from ndc_urban.counting import agreeing
from ndc_urban.document import Passage, folded
from ndc_urban.errors import PathMissing, ReadingError, UsageError
from ndc_urban.labels.adjudication import Counted, one_per_unit
from ndc_urban.labels.anchors import Found, NotFound, Places
from ndc_urban.labels.coders import KIND_NAMES, CoderKind, read_coders
from ndc_urban.labels.records import LevelLabel, PassageLabel, Review
from ndc_urban.labels.relocation import relocated_anchors
from ndc_urban.labels.store import LEVELS_TABLE, PASSAGES_TABLE, read_level_labels, read_passage_labels
from ndc_urban.labels.texts import PASSAGES_FILE, read_labels_with_texts

NO_FILE = "the collection has no file of the document"
UNREADABLE = "the files of the document cannot be read or have no text layer"

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class LostLabel:
    """A label whose text was not found, and why."""

    label: PassageLabel
    reason: str


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A label with the passage that it is of: one of the file `sha256`, or the part of one that was coded.

    `instead_of` are the labels of the same passage that it takes the place of.
    """

    label: PassageLabel
    passage: Passage
    sha256: str = ""
    instead_of: tuple[PassageLabel, ...] = ()

    @property
    def unit(self) -> Hashable:
        """What was coded: labels of one unit answer the same question."""
        return self.label.document, self.sha256, self.passage.start

    @property
    def coder(self) -> str:
        return self.label.coder

    @property
    def kind(self) -> CoderKind:
        return self.label.kind

    @property
    def review(self) -> Review:
        return self.label.review

    @property
    def adjudicates(self) -> tuple[str, ...]:
        return self.label.adjudicates


@dataclass(frozen=True)
class SegmentedFile:
    """A file of the collection, read and segmented."""

    entry: Entry
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Labels:
    """What counts for training: one label for each passage and each document.

    `files` holds, by document, the file that its labels were put onto; those whose text is not in it stay on the file
    that was coded. `lost` are the labels whose text is not in this collection; `notes` what the user should know.
    """

    passages: tuple[PlacedLabel, ...]
    levels: tuple[LevelLabel, ...]
    files: Mapping[str, SegmentedFile]
    lost: tuple[LostLabel, ...] = ()
    notes: tuple[str, ...] = ()

    def report(self) -> Iterator[str]:
        """Lines for the user: what was noticed, and how many labels are left out, by reason."""
        yield from self.notes
        for reason, count in Counter(each.reason for each in self.lost).most_common():
            yield f"{counting.counted(count, 'label')} {agreeing(count, 'is', 'are')} left out: {reason}"


def load_labels(
    folders: Sequence[Path],
    collection: Collection,
    *,
    prefer: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Labels:
    """The labels of all folders together, one for each unit: which of several counts is said in `one_per_unit`.

    `prefer` are coders whose labels count before those of others; `progress` gets how many documents were read. If a
    coder labelled a unit twice, the label in the folder named later counts, and a note says so. Raises `PathMissing` if
    a folder holds no labels, `UsageError` for a preferred coder who labelled nothing, and `AnnotationsInvalid`, naming
    file and line, for a bad row.
    """
    passages, levels = _registered(*_read_all(folders, collection), collection)
    _check_preferred(prefer, passages, levels)
    levels, levels_twice = _last_of_each(
        levels,
        lambda level: (level.document, level.coder, level.kind, bool(level.adjudicates)),
        lambda level: level.level,
    )
    files, outcomes = _on_files(passages, collection, progress)
    everywhere = [each for each in outcomes if isinstance(each, PlacedLabel)]
    placed, passages_twice = _last_of_each(
        everywhere,
        lambda each: (each.unit, each.coder, each.kind, bool(each.adjudicates)),
        lambda each: each.label.attributes,
    )
    counted = one_per_unit(
        placed, lambda each: each.unit, prefer=prefer, said=lambda each: each.label.attributes
    )
    counted_levels = one_per_unit(
        levels, lambda level: level.document, prefer=prefer, said=lambda level: level.level
    )
    coded = {each.item.label.document for each in counted}
    notes = [
        *_twice(
            levels_twice, passages_twice, sum(each.item.document not in coded for each in counted_levels)
        ),
        *_contested("levels", counted_levels),
        *_contested("passages", counted),
        *_kinds([each.item.label for each in counted], [each.item for each in counted_levels]),
    ]
    return Labels(
        tuple(_with_others([each.item for each in counted], everywhere)),
        tuple(each.item for each in counted_levels),
        files,
        tuple(each for each in outcomes if isinstance(each, LostLabel)),
        tuple(notes),
    )


def _with_others(counted: Sequence[PlacedLabel], placed: Sequence[PlacedLabel]) -> Iterator[PlacedLabel]:
    """The labels that count, with all others of their units."""
    by_unit: dict[Hashable, list[PassageLabel]] = {}
    for each in placed:
        by_unit.setdefault(each.unit, []).append(each.label)
    for each in counted:
        others = tuple(label for label in by_unit[each.unit] if label is not each.label)
        yield replace(each, instead_of=others)


def _check_preferred(
    prefer: Sequence[str], passages: Sequence[PassageLabel], levels: Sequence[LevelLabel]
) -> None:
    coders = {each.coder for each in passages} | {each.coder for each in levels}
    for name in prefer:
        if name not in coders:
            raise UsageError(
                f"The coder {name} labelled nothing in these annotations.",
                remedy=f"Give --prefer one of: {', '.join(sorted(coders))}.",
            )


def _on_files(
    passages: Sequence[PassageLabel], collection: Collection, progress: Callable[[int, int], None]
) -> tuple[dict[str, SegmentedFile], list[PlacedLabel | LostLabel]]:
    """For each document the file that most of its labels were coded on, and where each label is."""
    by_document: dict[str, list[PassageLabel]] = {}
    for label in passages:
        by_document.setdefault(label.document, []).append(label)
    files: dict[str, SegmentedFile] = {}
    outcomes: list[PlacedLabel | LostLabel] = []
    for number, (document, labels) in enumerate(by_document.items(), 1):
        progress(number, len(by_document))
        main = _main_file(document, labels, collection)
        if main is None:
            registered = any(entry.document == document for entry in collection.entries)
            outcomes += [LostLabel(label, UNREADABLE if registered else NO_FILE) for label in labels]
        else:
            entry, places = main
            files[document] = SegmentedFile(entry, places.passages)
            outcomes += _on_their_own_files(list(_placed(labels, places)), entry, collection)
    return files, outcomes


def _on_their_own_files(
    outcomes: list[PlacedLabel | LostLabel], main: Entry, collection: Collection
) -> list[PlacedLabel | LostLabel]:
    """Labels that the main file does not hold, on the file of the same document that they were coded on."""
    elsewhere: dict[str, list[int]] = {}
    for number, outcome in enumerate(outcomes):
        sha256 = outcome.label.anchor.sha256
        if isinstance(outcome, LostLabel) and sha256 != main.sha256:
            elsewhere.setdefault(sha256, []).append(number)
    for sha256, numbers in elsewhere.items():
        places = _places_of(sha256, main.document, collection)
        if places is not None:
            again = _placed([outcomes[number].label for number in numbers], places)
            for number, outcome in zip(numbers, again, strict=True):
                outcomes[number] = outcome
    return outcomes


def _places_of(sha256: str, document: str, collection: Collection) -> Places | None:
    for entry in collection.entries:
        if entry.sha256 == sha256 and entry.document == document:
            try:
                return Places(read(collection.path(entry.file), ocr="never"))
            except ReadingError:
                return None
    return None


def _read_all(folders: Sequence[Path], collection: Collection) -> tuple[list[PassageLabel], list[LevelLabel]]:
    passages: list[PassageLabel] = []
    levels: list[LevelLabel] = []
    for folder in folders:
        if not any((folder / name).is_file() for name in (PASSAGES_TABLE, PASSAGES_FILE, LEVELS_TABLE)):
            raise PathMissing(
                f"There is no {PASSAGES_TABLE}, {PASSAGES_FILE} or {LEVELS_TABLE} in {folder}.",
                remedy="Give the folder that holds the annotations.",
            )
        its_passages, its_levels = labels_of(folder, collection)
        passages += its_passages
        levels += its_levels
    return passages, levels


def labels_of(
    folder: Path, collection: Collection | None = None
) -> tuple[list[PassageLabel], list[LevelLabel]]:
    """All labels of a folder, with the kinds of their coders. Raises `AnnotationsInvalid`, naming file and line."""
    kinds = read_coders(folder)
    passages = *read_labels_with_texts(folder, collection), *read_passage_labels(folder)
    levels = read_level_labels(folder)
    return (
        [replace(each, kind=kinds.get(each.coder, "person")) for each in passages],
        [replace(each, kind=kinds.get(each.coder, "person")) for each in levels],
    )


def _registered(
    passages: Sequence[PassageLabel], levels: Sequence[LevelLabel], collection: Collection
) -> tuple[list[PassageLabel], list[LevelLabel]]:
    """Labels under the names that the register has for their files, if it does not know the names they have.

    Labels that were made before a folder had its register name a document by its file.
    """
    names = {entry.document for entry in collection.entries}
    by_hash = {entry.sha256: entry.document for entry in reversed(collection.entries)}

    def name(document: str, sha256: str) -> str:
        return document if document in names else by_hash.get(sha256, document)

    return (
        [replace(label, document=name(label.document, label.anchor.sha256)) for label in passages],
        [replace(level, document=name(level.document, level.sha256)) for level in levels],
    )


def _contested(what: str, counted: Iterable[Counted[Any]]) -> Iterator[str]:
    """What several coders of the same rank labelled differently."""
    open_ = sum(each.contested for each in counted)
    if open_:
        yield (
            f"{open_} {what} {agreeing(open_, 'was', 'were')} labelled differently by coders of the same "
            f"rank, and nobody has settled {agreeing(open_, 'it', 'them')}: the "
            "coder whose name comes first in the alphabet counts (--prefer chooses another)"
        )


def _kinds(passages: Sequence[PassageLabel], levels: Sequence[LevelLabel]) -> Iterator[str]:
    """Who gave the labels that count, where not all of them are people."""
    count = Counter(each.kind for each in passages), Counter(each.kind for each in levels)
    if any(kind != "person" for kind in (*count[0], *count[1])):
        parts = [
            f"{counting.counted(count[0][kind], 'passage')} and {counting.counted(count[1][kind], 'level')} by {name}"
            for kind, name in KIND_NAMES.items()
            if count[0][kind] or count[1][kind]
        ]
        yield f"labels that count: {'; '.join(parts)}"


def _twice(levels_twice: int, passages_twice: int, without_passages: int) -> Iterator[str]:
    if without_passages:
        levels = f"{counting.counted(without_passages, 'level')} {agreeing(without_passages, 'is', 'are')}"
        them = agreeing(without_passages, "it", "them")
        yield f"{levels} of documents without a coded passage; training leaves {them} out"
    if levels_twice:
        yield (
            f"{counting.counted(levels_twice, 'level')} {agreeing(levels_twice, 'differs', 'differ')} from an "
            "earlier one by the same coder; the later one counts"
        )
    if passages_twice:
        yield (
            f"{counting.counted(passages_twice, 'passage')} {agreeing(passages_twice, 'differs', 'differ')} from "
            "an earlier label by the same coder; the later one counts"
        )


def _placed(labels: Sequence[PassageLabel], places: Places) -> Iterator[PlacedLabel | LostLabel]:
    """The labels of one document on one file of it, in their order."""
    found: dict[int, Found | NotFound] = {}
    for numbers in _comparable(labels):
        outcomes = relocated_anchors([labels[number].anchor for number in numbers], places)
        found |= dict(zip(numbers, outcomes, strict=True))
    for number, label in enumerate(labels):
        place = found[number]
        if isinstance(place, NotFound):
            yield LostLabel(label, place.reason)
        else:
            yield PlacedLabel(label, coded_passage(place, places), places.document.sha256)


def _comparable(labels: Sequence[PassageLabel]) -> list[list[int]]:
    """Numbers of the labels whose starts can be compared: those of one file, by its characters or by its blocks."""
    groups: dict[tuple[str, bool], list[int]] = {}
    for number, label in enumerate(labels):
        by_block = label.anchor.length == 0 and label.anchor.start > 0
        groups.setdefault((label.anchor.sha256, by_block), []).append(number)
    return list(groups.values())


def coded_passage(place: Found, places: Places) -> Passage:
    """The passage at a place that was coded; for a part of a passage, or for more than one, a passage of its own.

    Such a part keeps all else of the passage that it shares most with: language, headings, column headings, kind.
    """
    around = places.passage_at(place.start, place.end)
    if around is None:
        return places.passage_of_block(place.start, place.end)
    if (around.start, around.end) == (place.start, place.end) or folded(around.text) == folded(place.text):
        return around
    return replace(around, text=place.text, start=place.start, end=place.end)


def _main_file(
    document: str, labels: Sequence[PassageLabel], collection: Collection
) -> tuple[Entry, Places] | None:
    """The file that all labels of a document are put onto: the one that most were coded on, else another of it."""
    mine = {entry.sha256: entry for entry in reversed(collection.entries) if entry.document == document}
    count = Counter(label.anchor.sha256 for label in labels if label.anchor.sha256 in mine)
    coded = [mine[sha256] for sha256, _ in count.most_common()]
    others = [entry for entry in collection.entries if entry.document == document and entry not in coded]
    languages = {entry.language for entry in coded}
    others.sort(
        key=lambda entry: (entry.language not in languages if languages else 0, entry.kind, entry.file)
    )
    for entry in [*coded, *others]:
        try:
            places = Places(read(collection.path(entry.file), ocr="never"))
        except ReadingError:
            continue
        if places.document.blocks:
            return entry, places
    return None


def _last_of_each(
    items: Sequence[Item], key: Callable[[Item], Hashable], said: Callable[[Item], object]
) -> tuple[list[Item], int]:
    """The items without those that a later one of the same key replaces, and how many said something else."""
    last = {key(item): item for item in items}
    kept = [item for item in items if last[key(item)] is item]
    return kept, sum(said(last[key(item)]) != said(item) for item in items)
