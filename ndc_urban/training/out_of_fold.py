"""The predictions of cross-fitting, one for each coded file, as a model folder keeps them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ndc_urban.codebook import LEVELS
from ndc_urban.model.out_of_fold import OutOfFold, as_csv
from ndc_urban.model.passage_model import Floats
from ndc_urban.model.profile import as_text
from ndc_urban.training.train import TrainingResult


def out_of_fold_csv(trained: TrainingResult) -> bytes:
    """The file `out_of_fold.csv`: a row per file, by document and file."""
    return as_csv(out_of_fold_predictions(trained))


def out_of_fold_predictions(trained: TrainingResult) -> Iterator[OutOfFold]:
    """The prediction for each file, on all scales of the model."""
    versions = (*trained.documents, *trained.graded)
    scales = trained.model.level_model.scales
    done: set[str] = set()
    for row, version in enumerate(versions):
        if version.sha256 in done:
            continue
        done.add(version.sha256)
        coded = version.levels.get("codebook")
        yield OutOfFold(
            sha256=version.sha256,
            document=version.document,
            iso3=version.party,
            is_coded_version=version.is_coded_version,
            coded_level="" if coded is None else LEVELS[coded],
            probabilities={scale: _three(trained.by_scale[scale][row]) for scale in scales},
            profile=as_text(version.profile),
            urban_passages=version.urban_passages,
            keywords=round(math.expm1(version.keywords)),
        )


def _three(values: Floats) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
