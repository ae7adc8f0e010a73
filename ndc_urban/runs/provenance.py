"""What run.json says: enough to find out where each number came from."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ndc_urban import __version__
from ndc_urban.cache.versions import scoring_version
from ndc_urban.runs.folder import Counts

LIBRARIES: tuple[str, ...] = (
    "pypdfium2",
    "pdfplumber",
    "lxml",
    "charset-normalizer",
    "lingua-language-detector",
    "spacy",
    "babel",
    "numpy",
    "pandas",
    "pebble",
)
"""Those whose version may change a result."""


def run_info(
    *,
    model: Mapping[str, str],
    configuration: Mapping[str, Any],
    counts: Counts,
    passed_over: Mapping[str, int],
    start: datetime,
    end: datetime,
) -> dict[str, Any]:
    """The content of run.json but for its inputs, which come last; `start` and `end` are times in UTC.

    `passed_over` counts the files in the folders that are not documents, by ending. `code` is the same for programs
    that give the same results.
    """
    return {
        "program": "ndc-urban",
        "version": __version__,
        "code": scoring_version(),
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
    }


def _version(library: str) -> str:
    found = next(iter(importlib.metadata.distributions(name=library)), None)
    return found.version if found else ""
