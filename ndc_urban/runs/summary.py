"""The result of a run as plain data: its documents with their level, reasons and best evidence, failures and counts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ndc_urban.model.assessment import OF_HEADING
from ndc_urban.runs.folder import Run
from ndc_urban.runs.shards import as_entries, missing_parts
from ndc_urban.runs.tables import LIST_SEPARATOR

EVIDENCE_COLUMNS = ("text", "page", "section", "p_urban", "code", "sector")


def run_as_dict(run: Run) -> dict[str, Any]:
    """The run as plain lists and dictionaries; the passages of a document are left out but for the best evidence."""
    evidence = best_evidence(run)
    reasons = reasons_of_documents(run)
    documents = [
        row
        | {
            "prediction_set": _items(row["prediction_set"]),
            "top_sectors": _items(row["top_sectors"]),
            "means": _items(row["means"]),
            "reasons": reasons.get(row["sha256"], []),
            "evidence": evidence.get(row["sha256"]),
        }
        for row in run.rows("documents")
    ]
    return {
        "run": run.folder.as_posix(),
        "exit_status": run.counts.exit_status,
        "counts": asdict(run.counts),
        "passed_over": dict(run.info.get("passed_over", {})),
        "model": run.info["model"],
        "documents": documents,
        "failures": list(run.rows("failures")),
        "missing_shards": [each["shard"] for each in as_entries(missing_parts([run.info]))],
    }


def best_evidence(run: Run) -> dict[str, dict[str, Any]]:
    """By the hash of each document that has evidence: the `EVIDENCE_COLUMNS` of its highest-ranked passage."""
    return {
        row["sha256"]: {name: row[name] for name in EVIDENCE_COLUMNS}
        for row in run.rows("passages")
        if row["evidence_rank"] == 1
    }


def words_of_best_evidence(run: Run) -> dict[str, list[str]]:
    """By the hash of each document: the words that counted most in its highest-ranked passage, strongest first."""
    found: dict[str, list[str]] = {}
    for row in run.rows("reasons"):
        if row["evidence_rank"] == 1 and not row["reason"].startswith(OF_HEADING):
            found.setdefault(row["sha256"], []).append(row["reason"])
    return found


def reasons_of_documents(run: Run) -> dict[str, list[dict[str, Any]]]:
    """By the hash of each document: why it has its level (`reason`, `effect`), strongest first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in run.rows("reasons"):
        if row["subject"] == "document":
            found.setdefault(row["sha256"], []).append({"reason": row["reason"], "effect": row["effect"]})
    return found


def _items(joined: Any) -> list[str]:
    return joined.split(LIST_SEPARATOR) if isinstance(joined, str) and joined else []
