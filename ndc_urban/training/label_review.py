"""Labels to review: those that a model which had not seen the Party finds unlikely.

Where coders disagree with each other is found in `ndc_urban.exchange.coder_disagreements`.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from itertools import chain

import numpy as np

from ndc_urban.codebook import LEVELS
from ndc_urban.files import csv_lines, guarded
from ndc_urban.training.evaluation import BOTH, Predictions

COLUMNS = (
    "unit",
    "document",
    "file",
    "section",
    "coder",
    "said_by_coder",
    "said_by_model",
    "probability_of_label",
    "text",
)
UNLIKELY = 0.2
"""A label is listed if the model gives it a probability below this (confident learning after Northcutt, Jiang and
Chuang 2021, with one fixed threshold). It must lie well below one half, where model and label agree; chosen by eye."""


def disagreements_csv(predictions: Predictions) -> bytes:
    """The documents and coded passages whose label the model finds least likely, as CSV, least likely first.

    It holds text of the documents, for the person who reviews the labels; it must not be published.
    """
    listed = (sorted(rows, key=_least_likely) for rows in (_levels(predictions), _passages(predictions)))
    rows = (map(guarded, row) for row in chain.from_iterable(listed))
    return codecs.BOM_UTF8 + csv_lines(chain([COLUMNS], rows))


def _least_likely(row: tuple[str, ...]) -> tuple[float, str]:
    return float(row[7]), row[1]


def _levels(predictions: Predictions) -> Iterator[tuple[str, ...]]:
    for document, said in zip(predictions.documents, predictions.probabilities, strict=True):
        best = int(said.argmax())
        if document.is_coded_version and best != document.level:
            probability = f"{said[document.level]:.4f}"
            yield (
                "document",
                document.document,
                document.file,
                "",
                document.coder,
                LEVELS[document.level],
                LEVELS[best],
                probability,
                "",
            )


def _passages(predictions: Predictions) -> Iterator[tuple[str, ...]]:
    scores = predictions.scores[BOTH]
    file_of = {each.document: each.file for each in predictions.documents if each.is_coded_version}
    urban = np.array([labelled.is_urban for labelled in predictions.passages])
    likelihood = np.where(urban, scores.p_urban, 1 - scores.p_urban)
    for row, labelled in enumerate(predictions.passages):
        if not labelled.carried and likelihood[row] < UNLIKELY:
            label = labelled.label
            yield (
                "passage",
                label.document,
                file_of.get(label.document, ""),
                labelled.passage.location,
                label.coder,
                label.code,
                str(scores.code[row]),
                f"{likelihood[row]:.4f}",
                labelled.passage.text,
            )
