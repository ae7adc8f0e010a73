"""Writes a run folder from tables made in a test."""

from __future__ import annotations

import json
from pathlib import Path

from ndc_urban.runs.folder import Run, RunFolder


def write_run(run: Run, root: Path) -> None:
    """Writes the files of `run` into the existing folder `root`."""
    folder = RunFolder(root)
    tables = {
        folder.documents: run.documents,
        folder.passages: run.passages,
        folder.failures: run.failures,
        folder.reasons: run.reasons,
        folder.estimation: run.estimation,
    }
    for path, table in tables.items():
        table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
    folder.info.write_text(json.dumps(run.info), encoding="utf-8")
