"""What run.json says: enough to find out where each number came from."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ndc_urban import __version__
from ndc_urban.corpus.inputs import Input
from ndc_urban.runs.folder import Counts
from ndc_urban.runs.tables import Result, as_text
from ndc_urban.runs.worker import Failed, Scored

LIBRARIES: tuple[str, ...] = (
    "pypdfium2",
    "pdfplumber",
    "lxml",
    "charset-normalizer",
    "lingua-language-detector",
    "spacy",
    "babel",
    "numpy",
    "scipy",
    "pandas",
    "pebble",
)
"""Those whose version may change a result."""


def run_info(
    *,
    model: Mapping[str, str],
    configuration: Mapping[str, Any],
    results: Iterable[tuple[Input, Result]],
    counts: Counts,
    passed_over: Mapping[str, int],
    start: datetime,
    end: datetime,
) -> dict[str, Any]:
    """The content of run.json; `start` and `end` are times in UTC.

    `passed_over` counts the files in the folders that are no documents, by ending.
    """
    return {
        "program": "ndc-urban",
        "version": __version__,
        "model": dict(model),
        "configuration": dict(configuration),
        "start": start.isoformat(timespec="seconds"),
        "end": end.isoformat(timespec="seconds"),
        "counts": asdict(counts),
        "passed_over": dict(passed_over),
        "platform": {
            "system": platform.system(),
            "machine": platform.machine(),
            "python": platform.python_version(),
        },
        "libraries": {name: version for name in LIBRARIES if (version := _version(name))},
        "inputs": [_input(item, result) for item, result in results],
    }


def _version(library: str) -> str:
    found = next(iter(importlib.metadata.distributions(name=library)), None)
    return found.version if found else ""


def _input(item: Input, result: Result) -> dict[str, Any]:
    """One file: hash, size, which reader served which pages, and what the reader and the model noted."""
    entry: dict[str, Any] = {"path": as_text(item.path), "sha256": item.sha256, "bytes": item.size}
    if isinstance(result, Scored):
        entry["readers"] = result.readers
        entry["notes"] = list(result.notes)
        entry["reasons"] = [str(reason) for reason in result.assessment.reasons]
    elif isinstance(result, Failed) and result.trace:
        entry["traceback"] = result.trace
    return entry
