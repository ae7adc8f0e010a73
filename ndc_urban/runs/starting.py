"""What the clean process that workers are forked from imports, and its start while other things are done here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ndc_urban.runs.limits import environment_with, single_threaded
from ndc_urban.runs.processes import start_server, worker_context

DOCUMENT: tuple[str, ...] = (
    "ndc_urban.runs.worker",
    "ndc_urban.runs.preload",
    "ndc_urban.reading.pdf_document",
    "babel.localedata",
    "pypdfium2",
    "lingua",
)
"""What every document needs."""

MANY_DOCUMENTS: tuple[str, ...] = (
    *DOCUMENT,
    "spacy",
    "spacy.lang.en",
    "spacy.lang.es",
    "spacy.lang.xx",
    "lxml.html",
)
"""What one of many documents is likely to need. spaCy alone takes longer to import than a short document to score, and
where no worker gets a second document, it is imported at most as often as it would be here. What is missing from the
list is only loaded later."""


@dataclass(frozen=True)
class Start:
    """The modules that the process imports, once for all workers (one that is missing is passed over), and what its
    environment says beside that of this process.
    """

    modules: tuple[str, ...] = MANY_DOCUMENTS
    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def warm_up(start: Start) -> None:
    """Starts the process, so that it is ready when the first worker is needed."""
    with single_threaded(), environment_with(start.environment):
        start_server(worker_context(start.modules))


def modules_for(documents: int, workers: int) -> tuple[str, ...]:
    """The modules for so many documents."""
    return DOCUMENT if documents <= workers else MANY_DOCUMENTS


def available_processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
