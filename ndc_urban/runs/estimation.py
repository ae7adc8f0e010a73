"""The table that trends are estimated from: one row per distinct document, no text, no fitted prediction.

A document that the model was trained on enters with the prediction of a model that had not seen its Party
(cross-fitting). The model folder keeps these in `out_of_fold.csv`. Where it has none for a file, the row is left out: a
fitted prediction would make the model look better on its training documents than it is on others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

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
}
"""`cross_fitted` marks out-of-fold predictions; `score` is the level score (see `level_score`); `profile` as in
`ndc_urban.model.profile`."""

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


def estimation_cells(said: Assessment | OutOfFold) -> Row:
    """What is kept of a prediction for the table `ESTIMATION`: the level, its probabilities, the score and the
    profile.
    """
    profile = said.profile if isinstance(said, OutOfFold) else as_text(said.profile)
    return {
        "level": said.level,
        "p_low": round(said.p_low, _DECIMALS),
        "p_moderate": round(said.p_moderate, _DECIMALS),
        "p_strong": round(said.p_strong, _DECIMALS),
        "score": round(level_score(said.p_low, said.p_strong), _DECIMALS),
        "profile": profile,
    }


def estimation_row(
    sha256: str, fitted: Row, *, in_training: bool, unseen: Mapping[str, OutOfFold]
) -> Row | None:
    """The row of a scored document, None for a training document without an out-of-fold prediction in `unseen`.

    `fitted` is what `estimation_cells` says of the prediction of the model itself.
    """
    if not in_training:
        return {"sha256": sha256, "cross_fitted": False, **fitted}
    if sha256 in unseen:
        return {"sha256": sha256, "cross_fitted": True, **estimation_cells(unseen[sha256])}
    return None
