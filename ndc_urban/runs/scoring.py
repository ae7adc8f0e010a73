"""Scores many documents and leaves a run folder."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from ndc_urban.cache import place
from ndc_urban.cache.entries import READ, SCORED, Entries, trim
from ndc_urban.cache.versions import scoring_version
from ndc_urban.codebook import Scale
from ndc_urban.corpus.inputs import Found, Input, search
from ndc_urban.counting import either
from ndc_urban.errors import UsageError
from ndc_urban.model.identity import default_model_folder
from ndc_urban.model.out_of_fold import load_out_of_fold
from ndc_urban.reading.options import MAX_PAGES, OcrMode, PdfReader
from ndc_urban.runs.finishing import Context, FileOfRun, write_tables
from ndc_urban.runs.folder import Counts, Run, load_run
from ndc_urban.runs.journal import (
    Journal,
    Plan,
    check_output,
    digest_of_inputs,
    is_finished_run,
    plan_of_finished,
    remove_remains,
)
from ndc_urban.runs.limits import MEMORY_LIMIT
from ndc_urban.runs.parquet import require_parquet
from ndc_urban.runs.progress import ProgressCallback, Watch
from ndc_urban.runs.provenance import run_info
from ndc_urban.runs.records import Record, failed_record
from ndc_urban.runs.shards import Shard, entries_on, positions
from ndc_urban.runs.starting import MANY_DOCUMENTS, Start, available_processors, modules_for, warm_up
from ndc_urban.runs.tables import as_text
from ndc_urban.runs.time_budget import TIMEOUT
from ndc_urban.runs.worker import (
    Finished,
    Identity,
    Settings,
    Tools,
    assess_file,
    environment_of,
    prepare,
    reading_key_of,
    scoring_key_of,
)

if TYPE_CHECKING:
    from ndc_urban.runs.engine import Lost

UsualCache = Literal["usual"]

Results = Iterator[tuple[Input, "Finished | Lost"]]


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is made, beside what decides the text of each document (`Settings`).

    `timeout` in seconds for each document; `jobs` the number of processes, None for one per processor. `scheduler` is
    the address of a Dask cluster, None for this machine alone. `command` is what a user may enter to continue the run.
    """

    timeout: float = TIMEOUT
    jobs: int | None = None
    evidence_only: bool = False
    parquet: bool = False
    shard: Shard | None = None
    scheduler: str | None = None
    resume: bool = False
    command: str = ""


@dataclass(frozen=True)
class _Job:
    """All that is known before the first document is read."""

    settings: Settings
    options: Options
    found: Found
    inputs: tuple[Input, ...]
    places: Sequence[int]
    model: Identity
    start: datetime

    @property
    def distinct(self) -> list[Input]:
        """The files to be read: of files with the same bytes the first, and none that cannot be opened."""
        by_hash = {item.sha256: item for item in reversed(self.inputs) if item.error is None}
        return list(reversed(by_hash.values()))

    @property
    def workers(self) -> int:
        return max(1, min(self.options.jobs or available_processors(), len(self.distinct)))

    @property
    def plan(self) -> Plan:
        configuration = self.configuration
        configuration.pop("jobs")
        return Plan(
            self.model.hash, scoring_version(), configuration, len(self.inputs), digest_of_inputs(self.inputs)
        )

    @property
    def configuration(self) -> dict[str, Any]:
        """The options, as run.json names them."""
        settings, options = self.settings, self.options
        named: dict[str, Any] = {
            "reader": settings.reader,
            "ocr": settings.ocr,
            "max_pages": settings.max_pages,
            "evidence_only": options.evidence_only,
            "scale": self.model.scale,
            "timeout_seconds": options.timeout,
            "memory_limit_mb": settings.memory_limit,
            "parquet": options.parquet,
            "shard": None if options.shard is None else str(options.shard),
            "jobs": self.workers,
        }
        return named


def score(  # noqa: PLR0913  each is an option of the command
    paths: Sequence[Path],
    out: Path,
    *,
    model: Path | None = None,
    jobs: int | None = None,
    reader: PdfReader = "auto",
    ocr: OcrMode = "auto",
    evidence_only: bool = False,
    scale: Scale | None = None,
    timeout: float = TIMEOUT,
    memory_limit: int = MEMORY_LIMIT,
    max_pages: int = MAX_PAGES,
    resume: bool = False,
    shard: Shard | None = None,
    scheduler: str | None = None,
    parquet: bool = False,
    cache: Path | UsualCache | None = "usual",
    command: str = "",
    progress: ProgressCallback | None = None,
    tools: Tools | None = None,
) -> Run:
    """Scores every document in `paths` (files and folders) and writes the run folder `out`.

    `model` is a model folder, the shipped one when None; `jobs` the number of processes, one per processor when None.
    `timeout` seconds hold for each document, long ones and text recognition getting more; `memory_limit` megabytes
    for each process. `scale` is that of the levels, the model's own when None. With
    `evidence_only` the table of passages holds the ranked evidence alone; with `parquet` it is
    written in that format, too. `shard` takes a part of the documents. `scheduler` is the address of a Dask cluster
    that does the work. `cache` is the folder of what was read and scored before, None for no cache. `progress` is
    called several times a second. `tools` replaces the reader and the loader of models. The result is the same
    whatever `jobs`, `scheduler` and `cache` are, but for the seconds.

    A document that cannot be read is listed in the tables and stops nothing. Before any document is read, raises
    `UsageError` for an option that is not possible, `PathMissing`, `NoDocuments`, `OutputExists`, `OutputUnwritable`,
    `ModelMissing`, `ModelDamaged`, `ModelIncompatible`, `PackageMissing` or `ResumeRefused`; `ModelDamaged` also later,
    where the model is replaced while workers still need it. When it is stopped, what was done stays in `out`; `resume`
    continues it, or begins where there is nothing. `command` is noted there as the way to continue.
    """
    start = datetime.now(UTC)
    _check_options(reader, ocr, jobs=jobs, timeout=timeout, memory_limit=memory_limit, max_pages=max_pages)
    options = Options(timeout, jobs, evidence_only, parquet, shard, scheduler, resume, command)
    if parquet:
        require_parquet()
    if not (resume and is_finished_run(out)):
        check_output(out, resume=resume)
    found = search(paths)
    settings = Settings(
        model=model or default_model_folder(),
        reader=reader,
        ocr=ocr,
        max_pages=max_pages,
        memory_limit=memory_limit,
        scale=scale,
        cache=place.current() if cache == "usual" else cache,
        tools=tools or Tools(),
    )
    places = positions(found.inputs, shard)
    inputs = tuple(found.inputs[at] for at in places)
    _warm_up_for(inputs, settings, options)
    identity = settings.tools.identify(settings.model).on(scale)
    settings = replace(settings, model_hash=identity.hash)
    job = _Job(settings, options, found, inputs, places, identity, start)
    if resume and is_finished_run(out):
        return _as_it_is(out, job)
    with Journal(out, job.plan, command) as journal:
        _do_what_is_left(job, journal, progress)
        _finish(job, journal)
    return Run.in_folder(out)


def _warm_up_for(inputs: Sequence[Input], settings: Settings, options: Options) -> None:
    """Readies workers while the model is looked at here, unless the cache knows the first document: then most likely
    all.
    """
    readable = {item.sha256: item for item in inputs if item.error is None}
    first = next(iter(readable.values()), None)
    if first is None or options.scheduler is not None:
        return
    if settings.cache is None or not Entries(settings.cache, READ).has(reading_key_of(first, settings)):
        modules = modules_for(len(readable), options.jobs or available_processors())
        warm_up(Start(modules, environment_of(settings)))


def _check_options(reader: PdfReader, ocr: OcrMode, **numbers: float | None) -> None:
    """Raises `UsageError` for an option that a script gives and the command line would refuse."""
    for name, given, known in (("reader", reader, get_args(PdfReader)), ("ocr", ocr, get_args(OcrMode))):
        if given not in known:
            raise UsageError(f"There is no {name} {given!r}.", remedy=f"Give {either(known)}.")
    for name, number in numbers.items():
        if number is not None and not number > 0:
            raise UsageError(f"{name} is {number}.", remedy="Give a number above 0.")


def _as_it_is(out: Path, job: _Job) -> Run:
    """The finished run, if it is the one that is asked for."""
    from ndc_urban.errors import ResumeRefused

    if different := plan_of_finished(out).differences(job.plan):
        raise ResumeRefused(
            f"{out} holds a finished run that differs from what is asked for now: {'; '.join(different)}.",
            remedy="Choose another output folder. Cached documents are not read again.",
        )
    remove_remains(out)
    return load_run(out)


def _do_what_is_left(job: _Job, journal: Journal, progress: ProgressCallback | None) -> None:
    """Adds the records that are missing in the journal: from the cache where they are there, else by reading."""
    distinct = job.distinct
    watch = Watch(len(distinct), sum(item.size for item in distinct), progress, workers=job.workers)
    todo: list[Input] = []
    for item in distinct:
        if item.sha256 in journal:
            watch.skip(item.size)
        elif (line := _known(item, job)) is not None:
            journal.add(item.sha256, line)
            watch.skip(item.size)
        else:
            todo.append(item)
    watch.begin()
    if not todo:
        return
    most = place.limit()
    for item, result in _engine(job, todo, watch):
        finished = result if isinstance(result, Finished) else _unread(result)
        journal.add(item.sha256, finished.line)
        watch.done(item.path, item.size, ok=finished.ok)
    if job.settings.cache is not None:
        trim(job.settings.cache, most)


def _unread(lost: Lost) -> Finished:
    return Finished(failed_record(lost.error, seconds=lost.seconds).as_line(), ok=False)


def _known(item: Input, job: _Job) -> bytes | None:
    """The record of a file in the cache."""
    if job.settings.cache is None:
        return None
    return Entries(job.settings.cache, SCORED).get(scoring_key_of(item, job.settings, job.model.hash))


def _engine(job: _Job, todo: Sequence[Input], watch: Watch) -> Results:
    """The results as they come, from the processes of this machine or from a cluster."""
    if job.options.scheduler is not None:
        from ndc_urban.runs.cluster import run_on_cluster

        # a damaged one is named here, not by a machine far away
        job.settings.tools.load_model(job.settings.model)
        return run_on_cluster(job.options.scheduler, todo, job.settings, job.options.timeout, watch.tick)
    modules = modules_for(len(todo), job.workers)
    return local_results(todo, job.settings, job.workers, job.options.timeout, watch.tick, modules)


def local_results(
    todo: Sequence[Input],
    settings: Settings,
    workers: int,
    timeout: float,
    on_tick: Callable[[Sequence[Path]], None] | None = None,
    modules: tuple[str, ...] = MANY_DOCUMENTS,
) -> Results:
    """Each file with its result as it comes, each read in a guarded process of this machine.

    `modules` are imported once for all workers.
    """
    from ndc_urban.runs.engine import Engine  # takes a while, in which the process to fork from gets ready

    engine: Engine[Finished] = Engine(
        functools.partial(assess_file, settings=settings),
        workers=workers,
        timeout=timeout,
        initializer=functools.partial(prepare, settings),
        on_tick=None if on_tick is None else lambda current: on_tick([item.path for item in current]),
        start=Start(modules, environment_of(settings)),
    )
    return engine.run(todo)


def _finish(job: _Job, journal: Journal) -> None:
    """Writes the tables from the records and puts them in their places."""
    settings, options = job.settings, job.options

    def info_of(counts: Counts) -> dict[str, Any]:
        info = run_info(
            model={"name": job.model.name, "hash": job.model.hash, "folder": as_text(settings.model)},
            configuration=job.configuration,
            counts=counts,
            passed_over=job.found.passed_over,
            start=job.start,
            end=datetime.now(UTC),
        )
        if options.shard is None:
            return info
        return info | {"positions": list(job.places)} | entries_on(options.shard, job.found.inputs)

    context = Context(
        scale=job.model.scale,
        parties=job.model.parties,
        out_of_fold=load_out_of_fold(settings.model),
        evidence_only=options.evidence_only,
        parquet=options.parquet,
    )
    tables = journal.new_tables
    write_tables(tables, _records(job.inputs, journal), context, info_of)
    journal.publish(tables)


def _records(inputs: Iterable[Input], journal: Journal) -> Iterator[tuple[FileOfRun, Record]]:
    for item in inputs:
        record = failed_record(item.error) if item.error else journal.record(item.sha256)
        yield FileOfRun(item.path, item.sha256, item.size), record
