"""What a model folder keeps of cross-fitting: each coded file's prediction by a model that had not seen its Party.

Trends are estimated from these where a document was in the training data (cross-fitting; Chernozhukov et al. 2018).
The predictions are made in `ndc_urban.training`; here is their file, `out_of_fold.csv`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ndc_urban.codebook import LEVELS, SCALES, Level, Scale, likeliest
from ndc_urban.errors import ModelDamaged
from ndc_urban.files import csv_lines, read_csv
from ndc_urban.model.identity import FILES
from ndc_urban.model.profile import from_text, means_in

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
    "urban_passages",
    "keywords",
    "un_habitat_p_low",
    "un_habitat_p_moderate",
    "un_habitat_p_strong",
)
_YES, _NO = "yes", "no"
_ROUNDING = 0.01
"""By how much probabilities may miss a sum of 1; must be greater than the rounding to six decimals."""


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """The prediction for one file, and `coded_level`, which people gave its document (empty if they gave none).

    `is_coded_version` marks the file that was coded among the versions of a document; `probabilities` holds those of
    low, moderate and strong by scale; `profile` is a text as in `ndc_urban.model.profile`; `keywords` counts the
    passages with a key word of the baseline.
    """

    sha256: str
    document: str
    iso3: str
    is_coded_version: bool
    coded_level: str
    probabilities: Mapping[Scale, tuple[float, float, float]]
    profile: str
    urban_passages: int
    keywords: int

    def __post_init__(self) -> None:
        if "codebook" not in self.probabilities:
            raise ValueError("the probabilities on the scale of the codebook are missing")
        if any(abs(sum(each) - 1.0) > _ROUNDING for each in self.probabilities.values()):
            raise ValueError("probabilities do not sum to 1")
        from_text(self.profile)

    @property
    def scales(self) -> tuple[Scale, ...]:
        """The scales that there is a prediction on."""
        return tuple(scale for scale in SCALES if scale in self.probabilities)

    @property
    def has_means(self) -> bool:
        """Whether urban passages provide for means of implementation."""
        return bool(means_in(from_text(self.profile)))

    def level_on(self, scale: Scale) -> Level:
        """The likeliest level on a scale; KeyError if there is no prediction on it."""
        return likeliest(self.probabilities[scale])


def as_csv(predictions: Iterable[OutOfFold]) -> bytes:
    """The content of `out_of_fold.csv`."""
    rows: list[Sequence[object]] = [COLUMNS]
    for each in predictions:
        codebook, un_habitat = each.probabilities["codebook"], each.probabilities.get("un-habitat")
        rows.append(
            (
                each.sha256,
                each.document,
                each.iso3,
                _YES if each.is_coded_version else _NO,
                each.coded_level,
                each.level_on("codebook"),
                *(f"{value:.6f}" for value in codebook),
                each.profile,
                each.urban_passages,
                each.keywords,
                *(("",) * 3 if un_habitat is None else (f"{value:.6f}" for value in un_habitat)),
            )
        )
    return csv_lines(rows)


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
    probabilities: dict[Scale, tuple[float, float, float]] = {"codebook": _three(row, "")}
    if row["un_habitat_p_low"]:
        probabilities["un-habitat"] = _three(row, "un_habitat_")
    if row["coded_level"] and row["coded_level"] not in LEVELS:
        raise ValueError(f"unknown level {row['coded_level']!r}")
    return OutOfFold(
        sha256=row["sha256"],
        document=row["document"],
        iso3=row["iso3"],
        is_coded_version=row["is_coded_version"] == _YES,
        coded_level=row["coded_level"],
        probabilities=probabilities,
        profile=row["profile"],
        urban_passages=int(row["urban_passages"]),
        keywords=int(row["keywords"]),
    )


def _three(row: Mapping[str, str], prefix: str) -> tuple[float, float, float]:
    return (
        float(row[f"{prefix}p_low"]),
        float(row[f"{prefix}p_moderate"]),
        float(row[f"{prefix}p_strong"]),
    )
