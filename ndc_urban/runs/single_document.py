"""Reads a single document in a process of its own, under the limits that hold in a run."""

from __future__ import annotations

import functools
from pathlib import Path

from ndc_urban.corpus.inputs import Input
from ndc_urban.document import Document
from ndc_urban.reading import MoreTime, OcrMode, PdfReader, read
from ndc_urban.reading.options import MAX_PAGES
from ndc_urban.runs.engine import Engine, Lost
from ndc_urban.runs.limits import MEMORY_LIMIT, cap_memory, use_one_thread
from ndc_urban.runs.starting import Start
from ndc_urban.runs.time_budget import TIMEOUT, grant

START = Start(modules=("ndc_urban.runs.single_document",))
"""One document: what it needs is imported once anyway."""


def read_alone(
    path: Path,
    *,
    reader: PdfReader = "auto",
    ocr: OcrMode = "auto",
    max_pages: int = MAX_PAGES,
    timeout: float = TIMEOUT,
    memory_limit: int = MEMORY_LIMIT,
) -> Document:
    """Reads a document as `ndc_urban.reading.read` does, safe from files that hang, crash or use too much memory.

    `timeout` in seconds; many pages and text recognition get more. `memory_limit` in megabytes. In a script, call
    it under `if __name__ == "__main__":`, since the process imports the script.

    Raises what `read` raises, and `ReadingTimeout`, `ReadingMemory` or `ReaderCrashed`.
    """
    task = functools.partial(
        _read, reader=reader, ocr=ocr, max_pages=max_pages, memory_limit=memory_limit, more_time=grant
    )
    engine = Engine(task, workers=1, timeout=timeout, initializer=use_one_thread, start=START)
    ((_, result),) = engine.run([Input(path)])
    if isinstance(result, Lost):
        raise result.error
    return result


def _read(
    job: Input, *, reader: PdfReader, ocr: OcrMode, max_pages: int, memory_limit: int, more_time: MoreTime
) -> Document:
    cap_memory(memory_limit)
    return read(job.path, reader=reader, ocr=ocr, max_pages=max_pages, more_time=more_time)
