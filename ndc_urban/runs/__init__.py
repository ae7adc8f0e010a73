"""Scores many documents in parallel, one bad file never stopping the rest, into a folder that says how.

Names are imported where they are asked for, so that neither `--help` nor a worker waits for the tables' library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ndc_urban.runs.folder import Counts, Run, RunFolder, load_run
    from ndc_urban.runs.progress import Progress, ProgressCallback
    from ndc_urban.runs.scoring import score
    from ndc_urban.runs.single_document import read_alone

_HOME = {
    "Counts": "folder",
    "Progress": "progress",
    "ProgressCallback": "progress",
    "Run": "folder",
    "RunFolder": "folder",
    "load_run": "folder",
    "read_alone": "single_document",
    "score": "scoring",
}

__all__ = ["Counts", "Progress", "ProgressCallback", "Run", "RunFolder", "load_run", "read_alone", "score"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
