"""What a run predicts for its documents, in the form in which coding sheets include it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ndc_urban.exchange.coding_sheet import LevelSuggestion, Suggestion
from ndc_urban.identity import document_name
from ndc_urban.runs.codebook_levels import CodebookLevel, codebook_levels
from ndc_urban.runs.folder import Run
from ndc_urban.runs.tables import OK


@dataclass(frozen=True)
class Predicted:
    """What a run says of a document: its passages in order, each with a suggestion, and its level."""

    passages: tuple[tuple[str, Suggestion], ...]
    level: LevelSuggestion | None = None


def predictions_of(run: Run) -> Mapping[str, Predicted]:
    """Passages with their predictions, and levels, of all scored documents of a run, by SHA-256.

    Levels are by the codebook's rules, whatever the scale of the run, as coders apply these.
    """
    model = str(run.info.get("model", {}).get("hash", ""))
    by_file: dict[str, list[tuple[str, Suggestion]]] = {}
    for row in _records(run.passages):
        said = Suggestion(
            model, float(row["p_urban"]), row["code"], row["sector"], row["strand"], row["role"]
        )
        by_file.setdefault(row["sha256"], []).append((row["text"], said))
    scored = run.documents[run.documents["status"] == OK].drop_duplicates("sha256")
    levels = codebook_levels(run)
    return {
        row["sha256"]: Predicted(
            tuple(by_file.get(row["sha256"], ())), _level(row, levels.get(row["sha256"]), model)
        )
        for row in _records(scored)
    }


def _level(row: Mapping[str, Any], said: CodebookLevel | None, model: str) -> LevelSuggestion | None:
    if said is None:
        return None
    name = document_name(row["path"], row["iso3"])
    return LevelSuggestion(name, row["sha256"], model, said.level, said.p_low, said.p_moderate, said.p_strong)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, with empty text for what is missing."""
    return [
        {str(name): "" if pd.isna(value) else value for name, value in row.items()}
        for row in table.to_dict("records")
    ]
