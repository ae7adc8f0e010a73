"""What a worker process does with one file: read it, assess it, and hand back the outcome or the error."""

from __future__ import annotations

import time
import traceback
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol

from ndc_urban.corpus.inputs import Input
from ndc_urban.document import Document
from ndc_urban.errors import FileUnreadable, NdcUrbanError, NoText, ReadingError
from ndc_urban.model.assessment import Assessment, ScoredPassage
from ndc_urban.page_ranges import page_ranges
from ndc_urban.reading import MoreTime
from ndc_urban.reading.options import MAX_PAGES
from ndc_urban.runs.engine import OutOfMemory
from ndc_urban.runs.limits import MEMORY_LIMIT, cap_memory, lacks_memory, prefer_as_victim, use_one_thread
from ndc_urban.runs.notes import fingerprint, reading_notes
from ndc_urban.runs.time_budget import grant

Reader = Literal["auto", "pdfium", "pdfplumber"]
Ocr = Literal["auto", "never", "always"]

REPORT_IT = "This is a fault of the program: please report it, with the traceback in run.json."


class Model(Protocol):
    """What a run needs of a model."""

    @property
    def name(self) -> str: ...
    @property
    def hash(self) -> str: ...
    def assess(self, document: Document) -> Assessment: ...
    def was_trained_on(self, sha256: str) -> bool: ...


def _read(path: Path, *, reader: Reader, ocr: Ocr, max_pages: int, more_time: MoreTime) -> Document:
    from ndc_urban.reading import read

    return read(path, reader=reader, ocr=ocr, max_pages=max_pages, more_time=more_time)


def _load_model(folder: Path) -> Model:
    from ndc_urban.model import load_model

    return load_model(folder)


@dataclass(frozen=True)
class Tools:
    """The reader and the loader of models, importable by name; others take their place in tests."""

    read: Callable[..., Document] = _read
    load_model: Callable[[Path], Model] = _load_model


@dataclass(frozen=True)
class Settings:
    """How each document is read and assessed; `memory_limit` in megabytes per process, `max_pages` per document."""

    model: Path
    reader: Reader = "auto"
    ocr: Ocr = "auto"
    max_pages: int = MAX_PAGES
    memory_limit: int = MEMORY_LIMIT
    evidence_only: bool = False
    tools: Tools = field(default_factory=Tools)


@dataclass(frozen=True)
class Scored:
    """A document that was assessed.

    `pages` is None for formats without pages; `readers` says which reader served which pages
    (`{"pdfium": "1-20"}`); `passages` are those to be listed; `seconds` is wall time; `reading` says
    in short which pages were read badly, and `fingerprint` is the same for documents with the same text.
    """

    language: str
    pages: int | None
    pages_needing_ocr: tuple[int, ...]
    readers: dict[str, str]
    notes: tuple[str, ...]
    assessment: Assessment
    passages: tuple[ScoredPassage, ...]
    seconds: float
    reading: tuple[str, ...] = ()
    fingerprint: str = ""


@dataclass(frozen=True)
class Failed:
    """A document that was not: why, after how many seconds; `trace` is an unforeseen error's traceback."""

    error: ReadingError
    seconds: float | None = None
    trace: str = ""


Outcome = Scored | Failed


@lru_cache(maxsize=1)
def _model(settings: Settings) -> Model:
    """The model, loaded once in the life of a worker."""
    return settings.tools.load_model(settings.model)


def prepare(settings: Settings) -> None:
    """Readies a new worker: the model is loaded before the time of the first document starts to run."""
    use_one_thread()
    prefer_as_victim()
    _model(settings)


def assess_file(job: Input, settings: Settings) -> Outcome:
    """Reads and assesses one file within its memory; whatever goes wrong with it becomes a `Failed`.

    Raises `OutOfMemory` when the memory allowed does not suffice.
    """
    start = time.perf_counter()
    cap_memory(settings.memory_limit)
    try:
        return _assess(job, settings, start)
    except ReadingError as error:
        return Failed(error, time.perf_counter() - start)
    except NdcUrbanError:
        raise  # not of this file, but of the run: a model or a tool that is missing
    except Exception as error:  # the boundary: one bad file never stops a run
        if lacks_memory(error):
            raise OutOfMemory from error
        message = f"An unexpected {type(error).__name__} occurred."
        failure = ReadingError(job.path, message, remedy=REPORT_IT)
        return Failed(failure, time.perf_counter() - start, traceback.format_exc())


def _assess(job: Input, settings: Settings, start: float) -> Scored:
    document = settings.tools.read(
        job.path,
        reader=settings.reader,
        ocr=settings.ocr,
        max_pages=settings.max_pages,
        more_time=grant,
    )
    if document.sha256 != job.sha256:
        raise FileUnreadable(job.path, "The file changed during the run.", remedy="Run it again.")
    assessment = _model(settings).assess(document)
    if not assessment.passages:
        raise NoText(
            job.path, "The file holds a few words (titles, labels) but no passage that could be scored."
        )
    return Scored(
        language=document.language,
        pages=document.page_count,
        pages_needing_ocr=document.pages_needing_ocr,
        readers=_readers(document),
        notes=document.notes,
        assessment=assessment,
        passages=assessment.evidence if settings.evidence_only else assessment.scored,
        seconds=time.perf_counter() - start,
        reading=reading_notes(document),
        fingerprint=fingerprint(document),
    )


def _readers(document: Document) -> dict[str, str]:
    """For each reader the pages it served as ranges; empty ranges for formats without pages."""
    pages: defaultdict[str, list[int]] = defaultdict(list)
    for page in document.pages:
        pages[page.reader].extend([] if page.number is None else [page.number])
    return {reader: page_ranges(numbers) for reader, numbers in pages.items()}
