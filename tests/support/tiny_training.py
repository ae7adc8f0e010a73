"""Passages by hand, and the quickest way from a made-up collection to a model."""

from __future__ import annotations

from tiny_corpus import TinyCorpus

from ndc_urban.corpus.register import Collection
from ndc_urban.document import BlockKind, Passage
from ndc_urban.labels.loading import load_labels
from ndc_urban.training.dataset import Dataset, load_dataset
from ndc_urban.training.train import Recipe

RECIPE = Recipe(name="tiny", folds=4, min_parties=2, jobs=1)


def dataset_of(corpus: TinyCorpus, *, for_training: bool = True, other_versions: bool = True) -> Dataset:
    """The collection read, with the labels on its passages."""
    collection = Collection(corpus.folder)
    labels = load_labels([corpus.annotations], collection)
    return load_dataset(labels, collection, for_training=for_training, other_versions=other_versions)


def passage_of(
    text: str,
    *,
    section: tuple[str, ...] = (),
    kind: BlockKind = "paragraph",
    language: str = "en",
    header: tuple[str, ...] = (),
) -> Passage:
    """A passage that is a document of its own."""
    return Passage(text, 0, len(text), 0, kind, section=section, header=header, language=language)
