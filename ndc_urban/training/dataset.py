"""The data set of a training or evaluation: labelled passages, and coded documents with all their versions."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ndc_urban.cache import place
from ndc_urban.cache.reading import read
from ndc_urban.corpus.register import PANEL, Collection, Entry
from ndc_urban.document import Passage
from ndc_urban.errors import AnnotationsInvalid, ReadingError
from ndc_urban.grades import SCALE_ROUND, Grade, PartyGrades
from ndc_urban.identity import party_of, round_of
from ndc_urban.labels.loading import Labels, LostLabel, SegmentedFile
from ndc_urban.labels.records import LevelLabel, PassageLabel
from ndc_urban.languages import LANGUAGES
from ndc_urban.segment import segment
from ndc_urban.training.alignment import align
from ndc_urban.training.graded import graded_rounds
from ndc_urban.training.parallel import in_parallel

MOST_NAMED = 5
"""Labels that an error names. Chosen by eye."""


@dataclass(frozen=True, slots=True)
class LabelledPassage:
    """A passage with its label.

    `carried` is set for a passage of the original language that got the label of its English translation.
    `instead_of` are the labels of the same passage that it takes the place of.
    """

    passage: Passage
    label: PassageLabel
    carried: bool = False
    instead_of: tuple[PassageLabel, ...] = ()

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
class CodedDocument:
    """A document with its level.

    `versions` begins with the one that was coded, other versions follow; `files` holds the SHA-256 of every registered
    file of the document, including those that could not be read.
    """

    name: str
    label: LevelLabel
    versions: tuple[SegmentedFile, ...]
    files: frozenset[str]

    @property
    def party(self) -> str:
        return party_of(self.name)

    @property
    def round(self) -> str:
        return round_of(self.name)


@dataclass(frozen=True)
class UncodedDocument:
    """A document without a coded level, which UN-Habitat has graded; `versions` and `files` as of `CodedDocument`."""

    name: str
    versions: tuple[SegmentedFile, ...]
    files: frozenset[str]

    @property
    def party(self) -> str:
        return party_of(self.name)


@dataclass(frozen=True)
class Dataset:
    """All that training and evaluation need; `lost` are the labels whose text is not in the collection.

    `grades` are UN-Habitat's grades of NDCs 3.0 by document, `uncoded` the documents of any graded round that have no
    coded level. Grades of the NDC before are not used in training: fitted along, they lower the agreement with both.
    """

    passages: tuple[LabelledPassage, ...]
    documents: tuple[CodedDocument, ...]
    uncoded: tuple[UncodedDocument, ...] = ()
    grades: Mapping[str, Grade] = field(default_factory=dict)
    lost: tuple[LostLabel, ...] = ()


def load_dataset(
    labels: Labels,
    collection: Collection,
    grades: Mapping[str, PartyGrades] | None = None,
    *,
    for_training: bool = True,
    other_versions: bool = True,
) -> Dataset:
    """The labels with the other versions of their documents (PDF, original language), which are read here.

    With `grades`, the documents that they are for are read too; grades of Parties that the panel keeps for evaluation
    are left out. Raises `AnnotationsInvalid` if a label, `for_training`, belongs to such a Party.
    """
    if for_training:
        _refuse_evaluation_parties(labels, collection.evaluation_only)
    coded = {each.label.document for each in labels.passages}
    documents = tuple(
        _coded_document(level, labels.files[level.document], collection, other_versions)
        for level in labels.levels
        if level.document in coded
    )
    labelled = tuple(
        LabelledPassage(each.passage, each.label, instead_of=each.instead_of) for each in labels.passages
    )
    graded = [
        each
        for each in (graded_rounds(grades, collection.folder / PANEL).documents if grades else ())
        if not each.evaluation_only
    ]
    of_document = {each.document: each.grade for each in graded if each.round == SCALE_ROUND}
    uncoded = (
        _uncoded_document(name, collection)
        for name in sorted({each.document for each in graded} - {document.name for document in documents})
    )
    return Dataset(
        labelled + tuple(_carried(labelled, documents)),
        documents,
        tuple(document for document in uncoded if document.versions),
        of_document,
        labels.lost,
    )


def read_ahead(
    documents: Container[str],
    collection: Collection,
    jobs: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Reads all files of some documents into the cache, `jobs` at the same time; does nothing without a cache.

    What cannot be read is skipped here, and reported when the labels are loaded.
    """
    if jobs == 1 or place.current() is None:
        return
    files = [entry.file for entry in collection.entries if entry.document in documents]
    paths = [path for file in files if (path := _path_of(collection, file)) is not None]
    reading = in_parallel(jobs, _into_cache, ((path,) for path in paths), ordered=False)
    for done, _ in enumerate(reading, 1):
        progress(done, len(paths))


def _path_of(collection: Collection, file: str) -> Path | None:
    with suppress(ReadingError):
        return collection.path(file)
    return None


def _into_cache(path: Path) -> None:
    with suppress(ReadingError):
        read(path, ocr="never")


def _uncoded_document(name: str, collection: Collection) -> UncodedDocument:
    same = [entry for entry in collection.entries if entry.document == name]
    return UncodedDocument(
        name, tuple(_readable(same, collection)), frozenset(entry.sha256 for entry in same)
    )


def _refuse_evaluation_parties(labels: Labels, kept: frozenset[str]) -> None:
    documents = {each.label.document for each in labels.passages}
    wrong = sorted(document for document in documents if party_of(document) in kept)
    if wrong:
        raise AnnotationsInvalid(
            f"Labels of Parties that the panel keeps for evaluation: {', '.join(wrong[:MOST_NAMED])}.",
            remedy="Remove them: a model trained on them could not be evaluated any more.",
        )


def _coded_document(
    level: LevelLabel, coded: SegmentedFile, collection: Collection, other_versions: bool
) -> CodedDocument:
    same = [entry for entry in collection.entries if entry.document == coded.entry.document]
    others = [entry for entry in same if other_versions and entry.file != coded.entry.file]
    return CodedDocument(
        level.document,
        level,
        (coded, *_readable(others, collection)),
        frozenset(entry.sha256 for entry in same),
    )


def _readable(entries: Iterable[Entry], collection: Collection) -> Iterator[SegmentedFile]:
    """The files that can be read and have text; a scan has none."""
    for entry in entries:
        try:
            document = read(collection.path(entry.file), ocr="never")
        except ReadingError:
            continue
        if passages := segment(document):
            yield SegmentedFile(entry, passages)


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


def _originals(document: CodedDocument) -> list[SegmentedFile]:
    """One version for each language other than the coded one, HTML before PDF."""
    coded = document.versions[0].entry.language
    chosen: dict[str, SegmentedFile] = {}
    for version in sorted(document.versions[1:], key=lambda version: version.entry.kind):
        if version.entry.language != coded and version.entry.language in LANGUAGES:
            chosen.setdefault(version.entry.language, version)
    return list(chosen.values())
