"""The table that trends are estimated from: one row per distinct document, no text, no fitted prediction.

A document that the model was trained on enters with the prediction of a model that had not seen its Party
(cross-fitting). The model folder keeps these in `out_of_fold.csv`. Where it has none for a file, the row is left out: a
fitted prediction would make the model look better on its training documents than it is on others.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ndc_urban.codebook import LEVELS
from ndc_urban.corpus.inputs import Input
from ndc_urban.errors import ModelDamaged
from ndc_urban.model.profile import as_text, from_text
from ndc_urban.model.storage import FILES
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

_OUT_OF_FOLD_COLUMNS = ("sha256", "level", "p_low", "p_moderate", "p_strong", "profile")
_DECIMALS = 6
_NEVER = 1e-12


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


def out_of_fold(model: Path) -> pd.DataFrame:
    """The out-of-fold predictions that a model folder keeps, by `sha256`; empty where it keeps none.

    Raises `ModelDamaged` where the file is there and not sound.
    """
    path = model / FILES.out_of_fold
    if not path.is_file():
        return pd.DataFrame(columns=list(_OUT_OF_FOLD_COLUMNS)).set_index("sha256")
    text = dict.fromkeys(("sha256", "level", "profile"), "string")
    try:
        table = pd.read_csv(path, dtype=text, keep_default_na=False, encoding="utf-8")
        _check(table)
    except (ValueError, OSError) as error:
        raise ModelDamaged(f"{path} is not sound ({error}).") from error
    return table.set_index("sha256")


def _check(table: pd.DataFrame) -> None:
    missing = [name for name in _OUT_OF_FOLD_COLUMNS if name not in table.columns]
    if missing:
        raise ValueError(f"no column {', '.join(missing)}")
    if table["sha256"].duplicated().any():
        raise ValueError("a file is there twice")
    if not table["level"].isin(LEVELS).all():
        raise ValueError("unknown level")
    total = table[["p_low", "p_moderate", "p_strong"]].astype(float).sum(axis=1)
    if not total.between(0.99, 1.01).all():
        raise ValueError("probabilities do not sum to 1")
    for profile in table["profile"]:
        from_text(profile)


def estimation_table(
    results: Iterable[tuple[Input, Result]], trained_on: Collection[str], unseen: pd.DataFrame
) -> pd.DataFrame:
    """The table `ESTIMATION`; `trained_on` holds the hashes of training documents, `unseen` is `out_of_fold`'s."""
    rows: dict[str, dict[str, Any]] = {}
    for item, result in results:
        if not isinstance(result, Scored) or item.sha256 in rows:
            continue
        if item.sha256 not in trained_on:
            a = result.assessment
            levels = {"level": a.level, "p_low": a.p_low, "p_moderate": a.p_moderate, "p_strong": a.p_strong}
            rows[item.sha256] = _row(item.sha256, levels, as_text(result.profile), cross_fitted=False)
        elif item.sha256 in unseen.index:
            kept = {str(name): value for name, value in unseen.loc[item.sha256].items()}
            rows[item.sha256] = _row(item.sha256, kept, str(kept["profile"]), cross_fitted=True)
    return pd.DataFrame(list(rows.values()), columns=list(ESTIMATION)).astype(dict(ESTIMATION))


def _row(sha256: str, levels: Mapping[str, Any], profile: str, *, cross_fitted: bool) -> dict[str, Any]:
    p_low, p_moderate, p_strong = (float(levels[f"p_{name}"]) for name in LEVELS)
    return {
        "sha256": sha256,
        "cross_fitted": cross_fitted,
        "level": levels["level"],
        "p_low": round(p_low, _DECIMALS),
        "p_moderate": round(p_moderate, _DECIMALS),
        "p_strong": round(p_strong, _DECIMALS),
        "score": round(level_score(p_low, p_strong), _DECIMALS),
        "profile": profile,
    }
