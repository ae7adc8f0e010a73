"""What a worker process does with one file: read it, assess it, and hand back the outcome or the error."""

from __future__ import annotations

import functools
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from ndc_urban.cache.entries import SCORED, Entries, Key
from ndc_urban.cache.reading import kept, reading_keys
from ndc_urban.cache.versions import scoring_version
from ndc_urban.codebook import Scale
from ndc_urban.corpus.inputs import Input
from ndc_urban.document import Document, Passage
from ndc_urban.errors import FileUnreadable, ModelDamaged, NdcUrbanError, NoText, ReadingError
from ndc_urban.model.assessment import Assessment
from ndc_urban.reading.options import MAX_PAGES, MoreTime, OcrMode, PdfReader
from ndc_urban.runs.limits import (
    MEMORY_LIMIT,
    OutOfMemory,
    cap_memory,
    lacks_memory,
    prefer_as_victim,
    use_one_thread,
)
from ndc_urban.runs.records import Record, failed_record, record_of
from ndc_urban.runs.time_budget import grant

MODEL_VARIABLE = "NDC_URBAN_PRELOADED_MODEL"
"""Tells the process that workers are forked from the folder of the model that the run uses."""

REPORT_IT = "This is a fault of the program: please report it, with the traceback in run.json."


class Identity(Protocol):
    """What a run needs to know of a model to name it."""

    @property
    def name(self) -> str: ...
    @property
    def hash(self) -> str: ...
    @property
    def scale(self) -> Scale: ...
    @property
    def parties(self) -> frozenset[str]: ...
    def on(self, scale: Scale | None) -> Identity: ...


class Model(Identity, Protocol):
    """What a run needs of a model."""

    def on(self, scale: Scale | None) -> Model: ...
    def assess(self, document: Document) -> Assessment: ...
    def copy_in_training(self, sha256: str, passages: Sequence[Passage]) -> str: ...


def _read(path: Path, *, reader: PdfReader, ocr: OcrMode, max_pages: int, more_time: MoreTime) -> Document:
    from ndc_urban.reading import read

    return read(path, reader=reader, ocr=ocr, max_pages=max_pages, more_time=more_time)


def _segment(document: Document) -> tuple[Passage, ...]:
    from ndc_urban.segment import segment

    return segment(document)


def _load_model(folder: Path) -> Model:
    from ndc_urban.runs.preload import model_of

    return model_of(folder)


def _identify(folder: Path) -> Identity:
    from ndc_urban.model.identity import load_identity

    return load_identity(folder)


@dataclass(frozen=True)
class Tools:
    """The reader and the loader of models, importable by name; others take their place in tests."""

    read: Callable[..., Document] = _read
    segment: Callable[[Document], tuple[Passage, ...]] = _segment
    load_model: Callable[[Path], Model] = _load_model
    identify: Callable[[Path], Identity] = _identify


@dataclass(frozen=True)
class Settings:
    """How each document is read and assessed; `memory_limit` in megabytes per process, `max_pages` per document.

    `scale` is that of the levels, the model's own if None. `cache` is the folder of the cache, None for none.
    `model_hash` is that of the model when the run began, empty where any will do.
    """

    model: Path
    reader: PdfReader = "auto"
    ocr: OcrMode = "auto"
    max_pages: int = MAX_PAGES
    memory_limit: int = MEMORY_LIMIT
    scale: Scale | None = None
    cache: Path | None = None
    tools: Tools = field(default_factory=Tools)
    model_hash: str = ""


READING_OPTIONS = ("reader", "ocr", "max_pages")
"""The settings that decide what is read: parts of a run agree in them. Others may differ, as a part whose documents
failed may get more time or memory."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The record of a document as a line of JSON, and whether the document was scored."""

    line: bytes
    ok: bool


def environment_of(settings: Settings) -> dict[str, str]:
    """What the process that workers are forked from must be told: the model that each of them would load."""
    usual = settings.tools.load_model is _load_model
    return {MODEL_VARIABLE: str(settings.model.absolute())} if usual else {}


def reading_key_of(job: Input, settings: Settings) -> Key:
    """All that decides what is read in a file, as a key of the cache."""
    return _reading_keys_of(job, settings)[0]


def _reading_keys_of(job: Input, settings: Settings) -> tuple[Key, ...]:
    """The keys by which other commands know a reading, too, if it is made with the usual tool."""
    keys = reading_keys(job.path, job.sha256, settings.reader, settings.ocr, settings.max_pages)
    tool = settings.tools.read
    return keys if tool is _read else tuple({**key, "tool": _name(tool)} for key in keys)


def scoring_key_of(job: Input, settings: Settings, model_hash: str) -> Key:
    """All that decides what is said of a file, as a key of the cache."""
    own = {
        "model": model_hash,
        "scale": settings.scale or "",
        "scoring": scoring_version(),
        "loader": _name(settings.tools.load_model),
    }
    return {**reading_key_of(job, settings), **own}


def _name(function: Callable[..., object]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


@lru_cache(maxsize=1)
def _model(settings: Settings) -> Model:
    """The model, loaded once in the life of a worker; a worker that comes later must not score with another one."""
    model = settings.tools.load_model(settings.model).on(settings.scale)
    if settings.model_hash not in ("", model.hash):
        raise ModelDamaged(
            f"The model in {settings.model} was replaced during the run.",
            remedy="Put it back and continue with --resume, or start again with another output folder.",
        )
    return model


def prepare(settings: Settings) -> None:
    """Readies a new worker: the model is loaded before the time of the first document starts to run.

    What is wrong with a model is said when the first document is to be scored, where it ends the run.
    """
    use_one_thread()
    prefer_as_victim()
    with suppress(NdcUrbanError):
        _model(settings)


def assess_file(job: Input, settings: Settings) -> Finished:
    """Reads and assesses one file within its memory; whatever goes wrong with it becomes a record of the failure.

    What another attempt would not change is kept in the cache. Raises `OutOfMemory` when the memory allowed does not
    suffice.
    """
    start = time.perf_counter()
    cap_memory(settings.memory_limit)
    try:
        record = _assess(job, settings, start)
    except ReadingError as error:
        record = failed_record(error, seconds=time.perf_counter() - start)
    except NdcUrbanError:
        raise  # not of this file, but of the run: a model or a tool that is missing
    except Exception as error:  # the boundary: one bad file never stops a run
        if lacks_memory(error):
            raise OutOfMemory from error
        message = f"An unexpected {type(error).__name__} occurred."
        failure = ReadingError(job.path, message, remedy=REPORT_IT)
        record = failed_record(failure, seconds=time.perf_counter() - start, trace=traceback.format_exc())
    line = record.as_line()
    if settings.cache is not None and record.lasting:
        key = scoring_key_of(job, settings, _model(settings).hash)
        Entries(settings.cache, SCORED).put(key, line)
    return Finished(line, record.is_scored)


def _assess(job: Input, settings: Settings, start: float) -> Record:
    model = _model(settings)  # first, so that nothing is read where it is damaged
    document = kept(
        settings.cache,
        _reading_keys_of(job, settings),
        job.path,
        functools.partial(_read_anew, job, settings),
        settings.tools.segment,
    )
    assessment = model.assess(document)
    if not assessment.passages:
        raise NoText(
            job.path, "The file holds a few words (titles, labels) but no passage that could be scored."
        )
    scored = [each.passage for each in assessment.scored]
    copy_of = model.copy_in_training(document.sha256, scored)
    return record_of(document, assessment, copy_of=copy_of, seconds=time.perf_counter() - start)


def _read_anew(job: Input, settings: Settings) -> Document:
    document = settings.tools.read(
        job.path,
        reader=settings.reader,
        ocr=settings.ocr,
        max_pages=settings.max_pages,
        more_time=grant,
    )
    if document.sha256 != job.sha256:
        raise FileUnreadable(job.path, "The file changed during the run.", remedy="Run it again.")
    return document
