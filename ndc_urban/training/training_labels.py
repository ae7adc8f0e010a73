"""Which labels a model was trained on, kept beside it: document, level, and marks of passages told by fingerprints.

With it a later training can say what is new, what changed and what is gone, and fit the old model's labels again on
the same folds. It holds no text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ndc_urban.errors import ModelDamaged
from ndc_urban.files import read_csv
from ndc_urban.labels.anchors import fingerprint
from ndc_urban.labels.texts import LabelWithText
from ndc_urban.training.dataset import CodedDocument, Dataset, LabelledPassage

LEDGER_FILE = "labels.csv"
COLUMNS = ("document", "level", "passages")
DIGITS = 8
BETWEEN, INSIDE = ";", "."

Marks = tuple[str, str, str, str]
"""Code, sector, strand, role."""


@dataclass(frozen=True)
class Ledger:
    """Levels by document, and for each document the passages with their marks, in the order of training."""

    levels: Mapping[str, str]
    passages: Mapping[str, tuple[tuple[str, Marks], ...]]


def mark_of(label: LabelWithText) -> str:
    """The digits that tell a labelled passage from the others of its document."""
    return fingerprint(label.text)[:DIGITS]


def marks_of(label: LabelWithText) -> Marks:
    """What a label says."""
    return label.code, label.sector, label.strand, label.role


def ledger_of(dataset: Dataset) -> Ledger:
    """The labels of a data set; those that were carried over to a translation are the same labels."""
    passages: dict[str, list[tuple[str, Marks]]] = {}
    for each in dataset.passages:
        if not each.carried:
            passages.setdefault(each.label.document, []).append((mark_of(each.label), marks_of(each.label)))
    return Ledger(
        {document.name: document.label.level for document in dataset.documents},
        {name: tuple(marks) for name, marks in passages.items()},
    )


def as_bytes(ledger: Ledger) -> bytes:
    """The file `labels.csv`."""
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name in sorted({*ledger.levels, *ledger.passages}):
        cells = (mark + INSIDE.join(marks).rstrip(INSIDE) for mark, marks in ledger.passages.get(name, ()))
        writer.writerow([name, ledger.levels.get(name, ""), BETWEEN.join(cells)])
    return table.getvalue().encode()


def load_ledger(folder: Path) -> Ledger | None:
    """The ledger of a model folder; None where the model keeps none. Raises `ModelDamaged` for an unsound one."""
    path = folder / LEDGER_FILE
    if not path.is_file():
        return None
    levels: dict[str, str] = {}
    passages: dict[str, tuple[tuple[str, Marks], ...]] = {}
    table = read_csv(path, COLUMNS, error=ModelDamaged, remedy=ModelDamaged.default_remedy)
    try:
        for row in table.rows:
            if row["level"]:
                levels[row["document"]] = row["level"]
            passages[row["document"]] = tuple(map(_passage, filter(None, row["passages"].split(BETWEEN))))
    except ValueError as error:
        raise ModelDamaged(f"{path} is not sound ({error}).") from error
    return Ledger(levels, passages)


def _passage(cell: str) -> tuple[str, Marks]:
    mark, said = cell[:DIGITS], cell[DIGITS:].split(INSIDE)
    code, sector, strand, role = [*said, "", "", "", ""][:4]
    if not code:
        raise ValueError(f"no code in {cell!r}")
    return mark, (code, sector, strand, role)


def as_it_was(dataset: Dataset, ledger: Ledger) -> Dataset:
    """The part of a data set that a model was trained on, with the labels that it was trained on."""
    return Dataset(
        tuple(_old_passages(dataset.passages, ledger)), tuple(_old_documents(dataset.documents, ledger))
    )


def _old_documents(documents: tuple[CodedDocument, ...], ledger: Ledger) -> Iterator[CodedDocument]:
    for document in documents:
        if document.name in ledger.levels:
            yield replace(document, label=replace(document.label, level=ledger.levels[document.name]))


def _old_passages(labelled: tuple[LabelledPassage, ...], ledger: Ledger) -> Iterator[LabelledPassage]:
    waiting = {name: _by_mark(passages) for name, passages in ledger.passages.items()}
    carried_marks: dict[int, Marks] = {}
    for each in labelled:
        if each.carried:
            marks = carried_marks.get(id(each.label))
        else:
            same = waiting.get(each.label.document, {}).get(mark_of(each.label), [])
            marks = same.pop(0) if same else None
            if marks is not None:
                carried_marks[id(each.label)] = marks
        if marks is not None:
            code, sector, strand, role = marks
            yield replace(each, label=replace(each.label, code=code, sector=sector, strand=strand, role=role))


def _by_mark(passages: tuple[tuple[str, Marks], ...]) -> dict[str, list[Marks]]:
    found: dict[str, list[Marks]] = {}
    for mark, marks in passages:
        found.setdefault(mark, []).append(marks)
    return found


@dataclass(frozen=True)
class Changes:
    """Labels of one ledger against another: what is new, what says something else, what is gone; by document."""

    new: Mapping[str, tuple[Marks, ...]]
    changed: Mapping[str, tuple[tuple[Marks, Marks], ...]]
    removed: Mapping[str, tuple[Marks, ...]]
    new_documents: tuple[str, ...]
    removed_documents: tuple[str, ...]
    changed_levels: Mapping[str, tuple[str, str]]

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


def changes(old: Ledger, new: Ledger) -> Changes:
    """What differs from the old ledger to the new one."""
    added: dict[str, tuple[Marks, ...]] = {}
    altered: dict[str, tuple[tuple[Marks, Marks], ...]] = {}
    gone: dict[str, tuple[Marks, ...]] = {}
    for name in sorted({*old.passages, *new.passages}):
        waiting = _by_mark(old.passages.get(name, ()))
        fresh: list[Marks] = []
        differing: list[tuple[Marks, Marks]] = []
        for mark, marks in new.passages.get(name, ()):
            same = waiting.get(mark, [])
            if marks in same:
                same.remove(marks)
            elif same:
                differing.append((same.pop(0), marks))
            else:
                fresh.append(marks)
        left = [marks for same in waiting.values() for marks in same]
        for target, found in ((added, fresh), (gone, left)):
            if found:
                target[name] = tuple(found)
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
