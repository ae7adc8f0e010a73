"""Joins annotations to the documents they belong to: labelled passages, and coded documents read whole."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ndc_urban.corpus.register import Collection, Entry
from ndc_urban.document import CELL_SEPARATOR, Passage, folded
from ndc_urban.errors import AnnotationsInvalid, ReadingError
from ndc_urban.identity import party_of, round_of
from ndc_urban.labels.records import LevelLabel
from ndc_urban.labels.texts import Annotations, LabelWithText
from ndc_urban.languages import LANGUAGES
from ndc_urban.reading import read
from ndc_urban.segment import segment
from ndc_urban.training.alignment import align

Label = TypeVar("Label", LabelWithText, LevelLabel)

LANGUAGE_OF_LABELS = "en"
"""Coders read English, original or translated."""


@dataclass(frozen=True, slots=True)
class LabelledPassage:
    """A passage as the program segments it, with its label.

    `carried` marks a passage of the original language whose label was given to its English translation.
    """

    passage: Passage
    label: LabelWithText
    carried: bool = False

    @property
    def party(self) -> str:
        return party_of(self.label.document)

    @property
    def is_urban(self) -> bool:
        return self.label.is_urban

    @property
    def language(self) -> str:
        return self.passage.language


@dataclass(frozen=True)
class Version:
    """One file of a coded document, segmented."""

    entry: Entry
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class CodedDocument:
    """A document with its level.

    `versions` begins with the one that was coded, its twins follow; `files` holds the SHA-256 of every registered
    file of the document, those that could not be read too.
    """

    name: str
    label: LevelLabel
    versions: tuple[Version, ...]
    files: frozenset[str]

    @property
    def party(self) -> str:
        return party_of(self.name)

    @property
    def round(self) -> str:
        return round_of(self.name)


@dataclass(frozen=True)
class Dataset:
    """All that training and evaluation need."""

    passages: tuple[LabelledPassage, ...]
    documents: tuple[CodedDocument, ...]


def load_dataset(
    annotations: Annotations, collection: Collection, *, for_training: bool = True, twins: bool = True
) -> Dataset:
    """Reads the coded documents of a collection and puts the labels onto their passages.

    Of several coders of one unit the first in alphabetical order counts, so that nothing counts twice. With
    `twins`, other files of the same document (PDF, original language) are read too. Raises `AnnotationsInvalid`
    where labels name a file that is not registered or, `for_training`, belong to a Party that the panel keeps for
    evaluation.
    """
    labels = one_coder(annotations.passages, unit=lambda label: (label.document, label.block))
    levels = one_coder(annotations.levels, unit=lambda label: label.document)
    if for_training:
        _refuse_evaluation_parties(labels, collection.evaluation_only)
    sources = {label.document: label.source for label in labels}
    documents = tuple(
        CodedDocument(
            level.document,
            level,
            _versions(sources[level.document], collection, twins),
            _files(sources[level.document], collection),
        )
        for level in levels
        if level.document in sources
    )
    coded = {document.name: document.versions[0].passages for document in documents}
    labelled = tuple(_labelled(labels, coded))
    return Dataset(labelled + tuple(_carried(labelled, documents)), documents)


def one_coder(labels: Sequence[Label], unit: Callable[[Label], Hashable]) -> list[Label]:
    """One label for each unit: that of the coder whose name comes first."""
    first: dict[Hashable, str] = {}
    for label in labels:
        first[unit(label)] = min(label.coder, first.get(unit(label), label.coder))
    return [label for label in labels if label.coder == first[unit(label)]]


def _refuse_evaluation_parties(labels: Sequence[LabelWithText], kept: frozenset[str]) -> None:
    wrong = sorted({label.document for label in labels if party_of(label.document) in kept})
    if wrong:
        raise AnnotationsInvalid(
            f"Labels of Parties that the panel keeps for evaluation: {', '.join(wrong[:5])}.",
            remedy="Remove them: a model trained on them could not be evaluated any more.",
        )


def _versions(source: str, collection: Collection, twins: bool) -> tuple[Version, ...]:
    if source not in collection.by_file:
        raise AnnotationsInvalid(
            f"Labels refer to {source}, which the register of the collection does not name."
        )
    coded = collection.by_file[source]
    others = [
        entry
        for entry in collection.entries
        if twins and entry.document == coded.document and entry.file != source
    ]
    first = _version(coded, collection)
    if not first.passages:
        raise AnnotationsInvalid(
            f"{source} was coded, but it cannot be read.",
            remedy="Restore the file in the collection, or remove the labels of its document.",
        )
    return first, *(version for entry in others if (version := _version(entry, collection)).passages)


def _files(source: str, collection: Collection) -> frozenset[str]:
    document = collection.by_file[source].document
    return frozenset(entry.sha256 for entry in collection.entries if entry.document == document)


def _version(entry: Entry, collection: Collection) -> Version:
    """The passages of a file; none where it is a scan or cannot be read."""
    try:
        document = read(collection.path(entry.file), ocr="never")
    except ReadingError:
        return Version(entry, ())
    return Version(entry, segment(document))


def _labelled(
    labels: Sequence[LabelWithText], coded: Mapping[str, Sequence[Passage]]
) -> Iterator[LabelledPassage]:
    found: dict[str, dict[str, Passage]] = {}
    for name, passages in coded.items():
        found[name] = {}
        for passage in passages:
            found[name].setdefault(folded(passage.text), passage)
    for label in labels:
        same = found.get(label.document, {}).get(folded(label.text))
        yield LabelledPassage(same or _passage_of(label), label)


def _carried(
    labelled: Sequence[LabelledPassage], documents: Sequence[CodedDocument]
) -> Iterator[LabelledPassage]:
    """Labels carried over to the original language, by alignment of the two texts of a document."""
    by_document: dict[str, list[LabelledPassage]] = {}
    for each in labelled:
        by_document.setdefault(each.label.document, []).append(each)
    for document in documents:
        coded = document.versions[0]
        for version in _originals(document):
            pairs = align(
                [passage.text for passage in coded.passages], [passage.text for passage in version.passages]
            )
            translation = {coded.passages[left]: version.passages[right] for left, right in pairs}
            for each in by_document.get(document.name, ()):
                if each.passage in translation:
                    yield LabelledPassage(translation[each.passage], each.label, carried=True)


def _originals(document: CodedDocument) -> list[Version]:
    """One version for each language other than the coded one, HTML before PDF."""
    coded = document.versions[0].entry.language
    chosen: dict[str, Version] = {}
    for version in sorted(document.versions[1:], key=lambda version: version.entry.kind):
        if version.entry.language != coded and version.entry.language in LANGUAGES:
            chosen.setdefault(version.entry.language, version)
    return list(chosen.values())


def _passage_of(label: LabelWithText) -> Passage:
    """A labelled passage that the program segments otherwise: taken as the coder saw it."""
    return Passage(
        text=label.text,
        start=0,
        end=len(label.text),
        block=label.block,
        kind="table_row" if CELL_SEPARATOR in label.text else "paragraph",
        section=(label.section,) if label.section else (),
        language=LANGUAGE_OF_LABELS,
    )
