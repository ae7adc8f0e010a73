"""What a model folder keeps of cross-fitting: each coded file's prediction by a model that had not seen its Party.

Trends are estimated from these where a document was in the training data (cross-fitting; Chernozhukov et al. 2018).
The predictions are made in `ndc_urban.training`; here is their file, `out_of_fold.csv`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ndc_urban.codebook import LEVELS
from ndc_urban.errors import ModelDamaged
from ndc_urban.files import read_csv
from ndc_urban.model.profile import from_text
from ndc_urban.model.storage import FILES

COLUMNS = (
    "sha256",
    "document",
    "iso3",
    "is_coded_version",
    "coded_level",
    "level",
    "p_low",
    "p_moderate",
    "p_strong",
    "profile",
)
_YES, _NO = "yes", "no"
_ROUNDING = 0.01
"""By how much probabilities may miss a sum of 1; must be greater than the rounding to six decimals."""


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """The prediction for one file, and `coded_level`, which people gave its document.

    `is_coded_version` marks the file that was coded among the versions of a document; `profile` is a text as in
    `ndc_urban.model.profile`.
    """

    sha256: str
    document: str
    iso3: str
    is_coded_version: bool
    coded_level: str
    level: str
    p_low: float
    p_moderate: float
    p_strong: float
    profile: str

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"unknown level {self.level!r}")
        if abs(self.p_low + self.p_moderate + self.p_strong - 1.0) > _ROUNDING:
            raise ValueError("probabilities do not sum to 1")
        from_text(self.profile)


def as_csv(predictions: Iterable[OutOfFold]) -> bytes:
    """The content of `out_of_fold.csv`."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for each in predictions:
        rows.writerow(
            (
                each.sha256,
                each.document,
                each.iso3,
                _YES if each.is_coded_version else _NO,
                each.coded_level,
                each.level,
                *(f"{value:.6f}" for value in (each.p_low, each.p_moderate, each.p_strong)),
                each.profile,
            )
        )
    return text.getvalue().encode()


def load_out_of_fold(folder: Path) -> Mapping[str, OutOfFold]:
    """The predictions that a model folder keeps, by SHA-256; none where it has no such file.

    Raises `ModelDamaged` where the file is there and not sound.
    """
    path = folder / FILES.out_of_fold
    if not path.is_file():
        return {}
    table = read_csv(path, COLUMNS, error=ModelDamaged, remedy=ModelDamaged.default_remedy)
    found: dict[str, OutOfFold] = {}
    for number, row in table.numbered:
        try:
            prediction = _prediction(row)
        except ValueError as error:
            raise ModelDamaged(f"{path}, line {number}: {error}.") from error
        if prediction.sha256 in found:
            raise ModelDamaged(f"{path}, line {number}: the file {prediction.sha256} is there twice.")
        found[prediction.sha256] = prediction
    return found


def _prediction(row: Mapping[str, str]) -> OutOfFold:
    return OutOfFold(
        sha256=row["sha256"],
        document=row["document"],
        iso3=row["iso3"],
        is_coded_version=row["is_coded_version"] == _YES,
        coded_level=row["coded_level"],
        level=row["level"],
        p_low=float(row["p_low"]),
        p_moderate=float(row["p_moderate"]),
        p_strong=float(row["p_strong"]),
        profile=row["profile"],
    )
