"""The predictions of cross-fitting, one for each coded file, as a model folder keeps them."""

from __future__ import annotations

from collections.abc import Iterator

from ndc_urban.codebook import LEVELS
from ndc_urban.model.out_of_fold import OutOfFold, as_csv
from ndc_urban.model.profile import as_text
from ndc_urban.training.train import TrainingResult


def out_of_fold_csv(trained: TrainingResult) -> bytes:
    """The file `out_of_fold.csv`: a row per file, by document and file."""
    return as_csv(_predictions(trained))


def _predictions(trained: TrainingResult) -> Iterator[OutOfFold]:
    done: set[str] = set()
    for version, probabilities in zip(trained.documents, trained.probabilities, strict=True):
        if version.sha256 in done:
            continue
        done.add(version.sha256)
        p_low, p_moderate, p_strong = (float(value) for value in probabilities)
        yield OutOfFold(
            sha256=version.sha256,
            document=version.document,
            iso3=version.party,
            is_coded_version=version.is_coded_version,
            coded_level=LEVELS[version.level],
            level=LEVELS[int(probabilities.argmax())],
            p_low=p_low,
            p_moderate=p_moderate,
            p_strong=p_strong,
            profile=as_text(version.profile),
        )
