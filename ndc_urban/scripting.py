"""What a script or a notebook calls: `ndc_urban.score`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from ndc_urban.codebook import Scale
from ndc_urban.reading.options import MAX_PAGES, OcrMode, PdfReader
from ndc_urban.runs import Run
from ndc_urban.runs import score as score_into
from ndc_urban.runs.limits import MEMORY_LIMIT
from ndc_urban.runs.notebook import display_in_notebook
from ndc_urban.runs.progress import ProgressCallback
from ndc_urban.runs.time_budget import TIMEOUT
from ndc_urban.runs.worker import Tools

PathLike = str | os.PathLike[str]


def score(  # noqa: PLR0913  each is an option of the command
    paths: PathLike | Iterable[PathLike],
    out: PathLike | None = None,
    *,
    model: PathLike | None = None,
    jobs: int | None = None,
    reader: PdfReader = "auto",
    ocr: OcrMode = "auto",
    evidence_only: bool = False,
    scale: Scale | None = None,
    timeout: float = TIMEOUT,
    memory_limit: int = MEMORY_LIMIT,
    max_pages: int = MAX_PAGES,
    resume: bool = False,
    cache: PathLike | Literal["usual"] | None = "usual",
    progress: ProgressCallback | None = None,
    tools: Tools | None = None,
) -> Run:
    """Scores documents and folders of documents, and returns the tables as pandas data frames.

    The result has the attributes `documents`, `passages`, `failures`, `reasons` and `estimation`, and `counts`. With
    `out`, the run folder of that name is written, too; without, nothing stays on the disk but for the cache, and
    `folder` of the result is an empty path. The other parameters are those of `ndc_urban.runs.score`. In a notebook,
    progress is shown unless `progress` is given.

    It may be called from a script, a notebook or a prompt, without `if __name__ == "__main__":`. Raises what
    `ndc_urban.runs.score` raises, and `CannotStartWorkers` within a process that may not start others.
    """
    found = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    with tempfile.TemporaryDirectory(prefix="ndc-urban-") as scratch, display_in_notebook() as shown:
        run = score_into(
            [Path(path) for path in found],
            Path(scratch, "run") if out is None else Path(out),
            model=None if model is None else Path(model),
            jobs=jobs,
            reader=reader,
            ocr=ocr,
            evidence_only=evidence_only,
            scale=scale,
            timeout=timeout,
            memory_limit=memory_limit,
            max_pages=max_pages,
            resume=resume,
            cache="usual" if cache == "usual" else None if cache is None else Path(cache),
            progress=progress or shown,
            tools=tools,
        )
        return run if out is not None else replace(run, folder=Path())
