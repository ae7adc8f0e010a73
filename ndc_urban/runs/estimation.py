"""The table that trends are estimated from: one row per distinct document, no text, no fitted prediction.

A document that the model was trained on enters with the prediction of a model that had not seen its Party
(cross-fitting). The model folder keeps these in `out_of_fold.csv`. Where it has none for a file, the row is left out: a
fitted prediction would make the model look better on its training documents than it is on others.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from ndc_urban.corpus.inputs import Input
from ndc_urban.model.assessment import Assessment
from ndc_urban.model.out_of_fold import OutOfFold
from ndc_urban.model.profile import as_text
from ndc_urban.runs.tables import Result, Schema
from ndc_urban.runs.worker import Scored

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


def estimation_table(
    results: Iterable[tuple[Input, Result]], trained_on: Collection[str], unseen: Mapping[str, OutOfFold]
) -> pd.DataFrame:
    """The table `ESTIMATION`; `trained_on` has the hashes of training documents, `unseen` predictions by hash."""
    rows: dict[str, dict[str, Any]] = {}
    for item, result in results:
        if not isinstance(result, Scored) or item.sha256 in rows:
            continue
        if item.sha256 not in trained_on:
            profile = as_text(result.assessment.profile)
            rows[item.sha256] = _row(item.sha256, result.assessment, profile, cross_fitted=False)
        elif item.sha256 in unseen:
            kept = unseen[item.sha256]
            rows[item.sha256] = _row(item.sha256, kept, kept.profile, cross_fitted=True)
    return pd.DataFrame(list(rows.values()), columns=list(ESTIMATION)).astype(dict(ESTIMATION))


def _row(sha256: str, said: Assessment | OutOfFold, profile: str, *, cross_fitted: bool) -> dict[str, Any]:
    return {
        "sha256": sha256,
        "cross_fitted": cross_fitted,
        "level": said.level,
        "p_low": round(said.p_low, _DECIMALS),
        "p_moderate": round(said.p_moderate, _DECIMALS),
        "p_strong": round(said.p_strong, _DECIMALS),
        "score": round(level_score(said.p_low, said.p_strong), _DECIMALS),
        "profile": profile,
    }
