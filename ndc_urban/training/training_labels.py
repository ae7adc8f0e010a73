"""Which labels a model was trained on, kept in its folder (`labels.csv`): levels of documents, attributes of passages.

With them a later training can say what is new, what changed and what is gone, and train on the old model's labels again
in the same folds. They hold no text: a passage is identified by the first digits of its label's fingerprint.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ndc_urban.errors import ModelDamaged
from ndc_urban.files import csv_lines, read_csv
from ndc_urban.labels.records import PassageLabel, as_said
from ndc_urban.training.dataset import CodedDocument, Dataset, LabelledPassage

TRAINING_LABELS_FILE = "labels.csv"
COLUMNS = ("document", "level", "passages")
DIGITS = 8
"""Enough: two of a thousand passages of a document share them with a probability of one in ten thousand."""
BETWEEN, INSIDE = ";", "."
"""Separators between two passages, and between the attributes of one."""

Attributes = tuple[str, str, str, str]
"""Code, sector, strand, role."""


@dataclass(frozen=True)
class TrainingLabels:
    """Levels by document, and for each document its passages: fingerprint and attributes, in the order of training."""

    levels: Mapping[str, str]
    passages: Mapping[str, tuple[tuple[str, Attributes], ...]]


def fingerprint_of(label: PassageLabel) -> str:
    """The digits that identify a labelled passage within its document."""
    return label.anchor.fingerprint[:DIGITS]


def training_labels_of(dataset: Dataset, before: TrainingLabels | None = None) -> TrainingLabels:
    """The labels of a data set; those that were carried over to the original language are the same labels.

    With `before`, a label that takes the place of one of those is listed under the fingerprint that it has there: the
    text of a passage differs a little from one file of a document to another.
    """
    passages: dict[str, list[tuple[str, Attributes]]] = {}
    known = {} if before is None else {name: _digits(found) for name, found in before.passages.items()}
    for each in dataset.passages:
        if not each.carried:
            name = each.label.document
            found = _known_fingerprint(each, known.get(name, frozenset())), each.label.attributes
            passages.setdefault(name, []).append(found)
    return TrainingLabels(
        {document.name: document.label.level for document in dataset.documents},
        {name: tuple(found) for name, found in passages.items()},
    )


def _digits(passages: Iterable[tuple[str, Attributes]]) -> frozenset[str]:
    return frozenset(digits for digits, _ in passages)


def _known_fingerprint(each: LabelledPassage, known: Container[str]) -> str:
    """The fingerprint of a labelled passage, or of a label that it takes the place of, if that one is known."""
    own = fingerprint_of(each.label)
    others = (fingerprint_of(label) for label in each.instead_of)
    return next((digits for digits in (own, *others) if digits in known), own)


def as_bytes(labels: TrainingLabels) -> bytes:
    """The file `labels.csv`."""
    rows: list[Sequence[str]] = [COLUMNS]
    for name in sorted({*labels.levels, *labels.passages}):
        passages = labels.passages.get(name, ())
        cells = (digits + INSIDE.join(attributes).rstrip(INSIDE) for digits, attributes in passages)
        rows.append([name, labels.levels.get(name, ""), BETWEEN.join(cells)])
    return csv_lines(rows)


def load_training_labels(folder: Path) -> TrainingLabels | None:
    """The labels of a model folder; None if it keeps none. Raises `ModelDamaged` if the file is damaged."""
    path = folder / TRAINING_LABELS_FILE
    if not path.is_file():
        return None
    levels: dict[str, str] = {}
    passages: dict[str, tuple[tuple[str, Attributes], ...]] = {}
    table = read_csv(path, COLUMNS, error=ModelDamaged, remedy=ModelDamaged.default_remedy)
    try:
        for row in table.rows:
            if row["level"]:
                levels[row["document"]] = row["level"]
            passages[row["document"]] = tuple(map(_passage, filter(None, row["passages"].split(BETWEEN))))
    except ValueError as error:
        raise ModelDamaged(f"{path} is damaged ({error}).") from error
    return TrainingLabels(levels, passages)


def _passage(cell: str) -> tuple[str, Attributes]:
    digits, said = cell[:DIGITS], cell[DIGITS:].split(INSIDE)
    code, sector, strand, role = [*said, "", "", "", ""][:4]
    if not code:
        raise ValueError(f"no code in {cell!r}")
    return digits, (code, sector, strand, role)


def as_trained_on(dataset: Dataset, labels: TrainingLabels) -> Dataset:
    """The part of a data set that a model was trained on, with the labels that it was trained on."""
    return Dataset(
        tuple(_old_passages(dataset.passages, labels)), tuple(_old_documents(dataset.documents, labels))
    )


def _old_documents(documents: tuple[CodedDocument, ...], labels: TrainingLabels) -> Iterator[CodedDocument]:
    for document in documents:
        if document.name in labels.levels:
            yield replace(document, label=replace(document.label, level=labels.levels[document.name]))


def _old_passages(labelled: tuple[LabelledPassage, ...], labels: TrainingLabels) -> Iterator[LabelledPassage]:
    waiting = {name: _by_fingerprint(passages) for name, passages in labels.passages.items()}
    carried: dict[int, Attributes] = {}
    for each in labelled:
        if each.carried:
            attributes = carried.get(id(each.label))
        else:
            mine = waiting.get(each.label.document, {})
            same = mine.get(_known_fingerprint(each, mine), [])
            attributes = same.pop(0) if same else None
            if attributes is not None:
                carried[id(each.label)] = attributes
        if attributes is not None:
            code, sector, strand, role = attributes
            yield replace(each, label=replace(each.label, code=code, sector=sector, strand=strand, role=role))


def _by_fingerprint(passages: Sequence[tuple[str, Attributes]]) -> dict[str, list[Attributes]]:
    found: dict[str, list[Attributes]] = {}
    for digits, attributes in passages:
        found.setdefault(digits, []).append(attributes)
    return found


@dataclass(frozen=True)
class MissingLabel:
    """A label of the current model that the new annotations lack, and why.

    `passage` is the beginning of its fingerprint; it is empty for the level of a document, and then `said` is the
    level. `coder` and `page` are empty where the label is not in the annotations.
    """

    document: str
    passage: str
    said: str
    reason: str
    coder: str = ""
    page: str = ""

    def __str__(self) -> str:
        what = f"passage {self.passage}" if self.passage else "level"
        where = "".join((f", page {self.page}" if self.page else "", f", {self.coder}" if self.coder else ""))
        return f"{self.document}, {what} ({self.said}{where}): {self.reason}"


@dataclass(frozen=True)
class Changes:
    """How the labels of two trainings differ, by document: what is new, changed or removed.

    `missing` explains each label and each level that was removed.
    """

    new: Mapping[str, tuple[Attributes, ...]]
    changed: Mapping[str, tuple[tuple[Attributes, Attributes], ...]]
    removed: Mapping[str, tuple[tuple[str, Attributes], ...]]
    new_documents: tuple[str, ...]
    removed_documents: tuple[str, ...]
    changed_levels: Mapping[str, tuple[str, str]]
    missing: tuple[MissingLabel, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is a difference at all."""
        return bool(
            self.new
            or self.changed
            or self.removed
            or self.new_documents
            or self.removed_documents
            or self.changed_levels
        )


def changes(old: TrainingLabels, new: TrainingLabels) -> Changes:
    """What differs from the old labels to the new ones."""
    added: dict[str, tuple[Attributes, ...]] = {}
    altered: dict[str, tuple[tuple[Attributes, Attributes], ...]] = {}
    gone: dict[str, tuple[tuple[str, Attributes], ...]] = {}
    for name in sorted({*old.passages, *new.passages}):
        waiting = _by_fingerprint(old.passages.get(name, ()))
        fresh: list[Attributes] = []
        differing: list[tuple[Attributes, Attributes]] = []
        for digits, attributes in new.passages.get(name, ()):
            same = waiting.get(digits, [])
            if attributes in same:
                same.remove(attributes)
            elif same:
                differing.append((same.pop(0), attributes))
            else:
                fresh.append(attributes)
        left = [(digits, attributes) for digits, same in waiting.items() for attributes in same]
        if fresh:
            added[name] = tuple(fresh)
        if left:
            gone[name] = tuple(left)
        if differing:
            altered[name] = tuple(differing)
    return Changes(
        added,
        altered,
        gone,
        tuple(sorted(set(new.levels) - set(old.levels))),
        tuple(sorted(set(old.levels) - set(new.levels))),
        {
            name: (old.levels[name], level)
            for name, level in sorted(new.levels.items())
            if name in old.levels and old.levels[name] != level
        },
    )


NOT_GIVEN = "no label of the document is in the annotations"
GONE = "the label is no longer in the annotations"
SAME_PASSAGE = "another label of the same passage counts, as both texts are one passage of the file"
NO_LEVEL = "no level of the document is in the annotations"
NO_PASSAGE = "no labelled passage of the document was found"


def explained(found: Changes, old: TrainingLabels, dataset: Dataset) -> Changes:
    """The changes with the reason for each label of `old` that the data set lacks."""
    labels = [each.label for each in dataset.passages if not each.carried]
    named = {label.document for label in labels} | {each.label.document for each in dataset.lost}
    lost = {(each.label.document, fingerprint_of(each.label)): each for each in dataset.lost}
    beside = {
        (other.document, fingerprint_of(other)): other
        for each in dataset.passages
        for other in each.instead_of
    }
    missing = []
    for name, gone in found.removed.items():
        for digits, attributes in gone:
            said = as_said(*attributes)
            where = lost.get((name, digits))
            other = beside.get((name, digits))
            if where is not None:
                missing.append(_missing(name, digits, said, where.reason, where.label))
            elif other is not None:
                missing.append(_missing(name, digits, said, SAME_PASSAGE, other))
            else:
                reason = GONE if name in named else NOT_GIVEN
                missing.append(MissingLabel(name, digits, said, reason))
    placed = {label.document for label in labels}
    for name in found.removed_documents:
        reason = NO_LEVEL if name in placed else NO_PASSAGE if name in named else NOT_GIVEN
        missing.append(MissingLabel(name, "", old.levels[name], reason))
    return replace(found, missing=tuple(missing))


def _missing(document: str, digits: str, said: str, reason: str, label: PassageLabel) -> MissingLabel:
    page = "" if label.anchor.page is None else str(label.anchor.page)
    return MissingLabel(document, digits, said, reason, label.coder, page)
