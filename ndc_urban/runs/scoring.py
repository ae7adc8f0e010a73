"""Scores many documents and leaves a run folder."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ndc_urban.corpus.inputs import Input, search
from ndc_urban.files import check_new_folder, folder_written_whole
from ndc_urban.model.out_of_fold import OutOfFold, load_out_of_fold
from ndc_urban.reading.options import MAX_PAGES
from ndc_urban.runs.engine import Engine, available_processors, warm_up
from ndc_urban.runs.estimation import estimation_table
from ndc_urban.runs.folder import Counts, Run, write_run
from ndc_urban.runs.limits import MEMORY_LIMIT
from ndc_urban.runs.progress import ProgressCallback, Watch
from ndc_urban.runs.provenance import run_info
from ndc_urban.runs.tables import (
    Result,
    as_text,
    documents_table,
    failures_table,
    passages_table,
    reasons_table,
)
from ndc_urban.runs.time_budget import TIMEOUT
from ndc_urban.runs.worker import (
    Failed,
    Model,
    Ocr,
    Outcome,
    Reader,
    Scored,
    Settings,
    Tools,
    assess_file,
    prepare,
)


def score(  # noqa: PLR0913  each is an option of the command
    paths: Sequence[Path],
    out: Path,
    *,
    model: Path | None = None,
    jobs: int | None = None,
    reader: Reader = "auto",
    ocr: Ocr = "auto",
    evidence_only: bool = False,
    timeout: float = TIMEOUT,
    memory_limit: int = MEMORY_LIMIT,
    max_pages: int = MAX_PAGES,
    progress: ProgressCallback | None = None,
    tools: Tools | None = None,
) -> Run:
    """Scores every document in `paths` (files and folders) and writes the run folder `out`.

    `model` is a model folder, the shipped one when None; `jobs` the number of processes, one per processor
    when None. `timeout` seconds hold for each document, long ones and text recognition getting more;
    `memory_limit` megabytes for each process. With `evidence_only` the
    table of passages holds the ranked evidence alone. `progress` is called several times a second. `tools`
    replaces the reader and the loader of models. The result is the same whatever `jobs` is, but for the seconds.
    In a script, call it under `if __name__ == "__main__":`, since worker processes import the script.

    A document that cannot be read is listed in the tables and stops nothing. Before any document is read,
    raises `PathMissing`, `NoDocuments`, `OutputExists`, `OutputUnwritable`, `ModelMissing`, `ModelDamaged` or
    `ModelIncompatible`. When interrupted it leaves no folder behind.
    """
    start = datetime.now(UTC)
    check_new_folder(out)
    found = search(paths)
    inputs = found.inputs
    settings = Settings(
        model=model or _shipped_model(),
        reader=reader,
        ocr=ocr,
        max_pages=max_pages,
        memory_limit=memory_limit,
        evidence_only=evidence_only,
        tools=tools or Tools(),
    )
    with folder_written_whole(out) as hidden:
        warm_up()
        loaded = settings.tools.load_model(settings.model)
        unseen = load_out_of_fold(settings.model)
        workers = _workers(jobs, inputs)
        results = _assess_all(inputs, settings, workers=workers, timeout=timeout, progress=progress)
        info = functools.partial(
            run_info,
            model={"name": loaded.name, "hash": loaded.hash, "folder": as_text(settings.model)},
            configuration=_configuration(settings, workers, timeout),
            passed_over=found.passed_over,
            start=start,
        )
        run = _assemble(out, results, _trained_on(loaded, inputs), unseen, info)
        write_run(run, hidden)
    return run


def _assemble(
    out: Path,
    results: Sequence[tuple[Input, Result]],
    trained_on: frozenset[str],
    unseen: Mapping[str, OutOfFold],
    info: Callable[..., dict[str, Any]],
) -> Run:
    documents = documents_table(results, trained_on)
    counts = Counts.of(documents)
    return Run(
        folder=out,
        documents=documents,
        passages=passages_table(results),
        failures=failures_table(results),
        info=info(results=results, counts=counts, end=datetime.now(UTC)),
        counts=counts,
        estimation=estimation_table(results, trained_on, unseen),
        reasons=reasons_table(results),
    )


def _shipped_model() -> Path:
    from ndc_urban.model import default_model_folder

    return default_model_folder()


def _workers(jobs: int | None, inputs: Sequence[Input]) -> int:
    distinct = len({item.sha256 for item in inputs if item.error is None})
    return max(1, min(jobs or available_processors(), distinct))


def _trained_on(model: Model, inputs: Sequence[Input]) -> frozenset[str]:
    return frozenset(item.sha256 for item in inputs if item.sha256 and model.was_trained_on(item.sha256))


def _configuration(settings: Settings, workers: int, timeout: float) -> dict[str, Any]:
    return {
        "reader": settings.reader,
        "ocr": settings.ocr,
        "max_pages": settings.max_pages,
        "evidence_only": settings.evidence_only,
        "timeout_seconds": timeout,
        "memory_limit_mb": settings.memory_limit,
        "jobs": workers,
    }


def _assess_all(
    inputs: Sequence[Input],
    settings: Settings,
    *,
    workers: int,
    timeout: float,
    progress: ProgressCallback | None,
) -> list[tuple[Input, Result]]:
    """Each input with its result, in the order of `inputs`; files with the same bytes are read once."""
    distinct = {item.sha256: item for item in reversed(inputs) if item.error is None}
    jobs = list(reversed(distinct.values()))
    watch = Watch(len(jobs), sum(job.size for job in jobs), progress)
    engine: Engine[Outcome] = Engine(
        functools.partial(assess_file, settings=settings),
        workers=workers,
        timeout=timeout,
        initializer=functools.partial(prepare, settings),
        on_tick=lambda current: watch.tick([job.path for job in current]),
    )
    by_hash: dict[str, Result] = {}
    for job, result in engine.run(jobs):
        by_hash[job.sha256] = result
        watch.done(job.size, ok=isinstance(result, Scored))
    return [(item, Failed(item.error) if item.error else by_hash[item.sha256]) for item in inputs]
