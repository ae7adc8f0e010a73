"""The levels of a run by the codebook's rules, whatever its scale: what coders are shown and compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ndc_urban.runs.folder import Run
from ndc_urban.runs.tables import OK


@dataclass(frozen=True, slots=True)
class CodebookLevel:
    """The likeliest level on the scale of the codebook, with the probabilities of low, moderate and strong."""

    level: str
    p_low: float
    p_moderate: float
    p_strong: float


def codebook_levels(run: Run) -> Mapping[str, CodebookLevel]:
    """The levels by SHA-256; a document that the run has no level on this scale for is left out.

    Of a run on another scale these are the levels that `estimation.csv` has, so those of training documents are
    predictions of models that had not seen the Party.
    """
    if run.scale == "codebook":
        scored = run.documents[run.documents["status"] == OK]
        return {str(row["sha256"]): _level(row, "") for row in scored.to_dict("records")}
    estimated = run.estimation[run.estimation["other_scale"] == "codebook"]
    return {str(row["sha256"]): _level(row, "other_") for row in estimated.to_dict("records")}


def _level(row: Mapping[Any, Any], prefix: str) -> CodebookLevel:
    p_low, p_moderate, p_strong = (float(row[f"{prefix}p_{each}"]) for each in ("low", "moderate", "strong"))
    return CodebookLevel(str(row[f"{prefix}level"]), p_low, p_moderate, p_strong)
