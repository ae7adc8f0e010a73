"""Passages by hand, and the quickest way from a made-up collection to a model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_corpus import TinyCorpus

from ndc_urban import statistics
from ndc_urban.corpus.register import Collection
from ndc_urban.document import BlockKind, Passage
from ndc_urban.labels.loading import load_labels
from ndc_urban.statistics import Metric
from ndc_urban.training import champion, evaluation
from ndc_urban.training.dataset import Dataset, load_dataset
from ndc_urban.training.train import Recipe

RECIPE = Recipe(name="tiny", folds=4, min_parties=2, jobs=1)
"""Four folds, not eight: the twelve Parties of the tiny collection are spread over them as well."""


def dataset_of(corpus: TinyCorpus, *, for_training: bool = True, other_versions: bool = True) -> Dataset:
    """The collection read, with the labels on its passages."""
    collection = Collection(corpus.folder)
    labels = load_labels([corpus.annotations], collection)
    return load_dataset(labels, collection, for_training=for_training, other_versions=other_versions)


FEW = 20


@contextmanager
def few_rounds() -> Iterator[None]:
    """Few rounds of the bootstrap, for tests that do not look at how exact an interval is."""
    exact = statistics.interval

    def interval(metric: Metric, parties: NDArray[np.str_], rounds: int = FEW) -> tuple[float, float]:
        return exact(metric, parties, min(rounds, FEW))

    with pytest.MonkeyPatch.context() as patch:
        for module in (statistics, evaluation, champion):
            patch.setattr(module, "interval", interval)
        yield


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
