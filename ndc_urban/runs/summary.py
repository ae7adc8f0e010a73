"""The result of a run as plain data: its documents with their level, reasons and best evidence, failures and counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from ndc_urban.runs.folder import Run
from ndc_urban.runs.tables import LIST_SEPARATOR

EVIDENCE_COLUMNS = ("text", "page", "section", "p_urban", "code", "sector")


def run_as_dict(run: Run) -> dict[str, Any]:
    """The run as plain lists and dictionaries; the passages of a document are left out but for the best evidence."""
    evidence = best_evidence(run)
    reasons = reasons_of_documents(run)
    documents = [
        plain(row)
        | {
            "prediction_set": _items(row["prediction_set"]),
            "top_sectors": _items(row["top_sectors"]),
            "reasons": [plain(reason) for reason in reasons.get(row["sha256"], [])],
            "evidence": plain(evidence[row["sha256"]]) if row["sha256"] in evidence else None,
        }
        for row in run.documents.to_dict("records")
    ]
    return {
        "run": run.folder.as_posix(),
        "exit_status": run.counts.exit_status,
        "counts": asdict(run.counts),
        "passed_over": dict(run.info.get("passed_over", {})),
        "model": run.info["model"],
        "documents": documents,
        "failures": [plain(row) for row in run.failures.to_dict("records")],
    }


def best_evidence(run: Run) -> dict[str, dict[str, Any]]:
    """By the hash of each document that has evidence: the `EVIDENCE_COLUMNS` of its highest-ranked passage."""
    best = run.passages[run.passages["evidence_rank"] == 1].set_index("sha256")
    rows: list[dict[str, Any]] = best[list(EVIDENCE_COLUMNS)].to_dict("records")  # type: ignore[assignment]
    return dict(zip(best.index, rows, strict=True))


def reasons_of_documents(run: Run) -> dict[str, list[dict[str, Any]]]:
    """By the hash of each document: why it has its level (`reason`, `effect`), strongest first."""
    of_documents = run.reasons[run.reasons["subject"] == "document"]
    found: dict[str, list[dict[str, Any]]] = {}
    for row in of_documents[["sha256", "reason", "effect"]].to_dict("records"):
        found.setdefault(str(row["sha256"]), []).append({"reason": row["reason"], "effect": row["effect"]})
    return found


def plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row with None for missing values, as JSON has them."""
    return {str(key): None if pd.isna(value) else value for key, value in row.items()}


def _items(joined: Any) -> list[str]:
    return joined.split(LIST_SEPARATOR) if isinstance(joined, str) and joined else []
