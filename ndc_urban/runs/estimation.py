"""The table that trends are estimated from: one row per distinct document, no text, no fitted prediction.

A document that the model was trained on enters with the prediction of a model that had not seen its Party
(cross-fitting). The model folder keeps these in `out_of_fold.csv`. Where it has none for a file, the row is left out: a
fitted prediction would make the model look better on its training documents than it is on others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from ndc_urban.codebook import Scale, likeliest
from ndc_urban.model.assessment import Assessment
from ndc_urban.model.out_of_fold import OutOfFold
from ndc_urban.model.profile import as_text
from ndc_urban.runs.tables import Row, Schema

ESTIMATION: Schema = {
    "sha256": "string",
    "cross_fitted": "boolean",
    "level": "string",
    "p_low": "Float64",
    "p_moderate": "Float64",
    "p_strong": "Float64",
    "score": "Float64",
    "profile": "string",
    "scale": "string",
    "other_scale": "string",
    "other_level": "string",
    "other_p_low": "Float64",
    "other_p_moderate": "Float64",
    "other_p_strong": "Float64",
}
"""`cross_fitted` marks out-of-fold predictions; `score` is the level score (see `level_score`); `profile` as in
`ndc_urban.model.profile`; `scale` is that of the level and of the score, `other_...` the same on the other scale of the
model, empty if it has none."""

Probabilities = tuple[float, float, float]
"""Of low, moderate and strong."""

_NAMES = ("p_low", "p_moderate", "p_strong")

_DECIMALS = 6
"""Of probabilities and scores; as many as models keep of out-of-fold predictions."""

_NEVER = 1e-12
"""Must be less than any probability a model gives; keeps the logits of 0 and 1 finite."""


def level_score(p_low: float, p_strong: float) -> float:
    """The level score on the logit scale: the mean of the logits of at least moderate and of strong.

    For a proportional-odds model this is its linear score less the mean of its two cuts, so the scores of models
    from different folds have one scale.

    >>> level_score(0.5, 0.5)
    0.0
    """
    return (_logit(1.0 - p_low) + _logit(p_strong)) / 2.0


def _logit(p: float) -> float:
    p = min(max(p, _NEVER), 1.0 - _NEVER)
    return math.log(p / (1.0 - p))


def estimation_row(
    sha256: str, fitted: Row, *, copy_of: str, scale: Scale, out_of_fold: Mapping[str, OutOfFold]
) -> Row | None:
    """The row of a scored document, None for a training document without an out-of-fold prediction in `out_of_fold`.

    `fitted` is what `estimation_cells` says of the prediction of the model itself; `copy_of` names the training file
    of which this one is a copy, empty for other documents.
    """
    if not copy_of:
        return {"sha256": sha256, "cross_fitted": False, **fitted}
    if copy_of in out_of_fold:
        return {"sha256": sha256, "cross_fitted": True, **out_of_fold_cells(out_of_fold[copy_of], scale)}
    return None


def estimation_cells(said: Assessment) -> Row:
    """What is kept of an assessment."""
    others = {each.scale: each.probabilities for each in said.on_other_scales}
    return {
        **_cells(said.scale, said.on_scale.probabilities, others),
        "profile": as_text(said.profile),
    }


def out_of_fold_cells(said: OutOfFold, scale: Scale) -> Row:
    """What is kept of an out-of-fold prediction, with the level on a scale first."""
    others = {each: values for each, values in said.probabilities.items() if each != scale}
    return {**_cells(scale, said.probabilities[scale], others), "profile": said.profile}


def _cells(scale: Scale, first: Probabilities, others: Mapping[Scale, Probabilities]) -> Row:
    cells = _level_cells("", scale, first)
    cells["score"] = round(level_score(first[0], first[2]), _DECIMALS)
    for other, values in others.items():
        cells |= _level_cells("other_", other, values)
    return cells


def _level_cells(prefix: str, scale: Scale, probabilities: Probabilities) -> Row:
    values = {name: round(value, _DECIMALS) for name, value in zip(_NAMES, probabilities, strict=True)}
    cells: Row = {"scale": scale, "level": likeliest(probabilities), **values}
    return {prefix + name: value for name, value in cells.items()}
