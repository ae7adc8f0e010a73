"""What a script or a notebook calls: `ndc_urban.score`."""

from __future__ import annotations

import inspect
import os
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ndc_urban.runs import Run
from ndc_urban.runs import score as score_into
from ndc_urban.runs.notebook import display_in_notebook
from ndc_urban.runs.shards import Shard

PathLike = str | os.PathLike[str]


def score(paths: PathLike | Iterable[PathLike], out: PathLike | None = None, **options: Any) -> Run:
    """Scores documents and folders of documents, and returns the tables as pandas data frames.

    The result has the attributes `documents`, `passages`, `failures`, `reasons` and `estimation`, and `counts`. With
    `out`, the run folder of that name is written, too; without, nothing stays on the disk but for the cache, and
    `folder` of the result is an empty path. The options are those of `ndc_urban.runs.score`, such as `jobs=4`,
    `scale="codebook"` or `shard="1/3"`. In a notebook, progress is shown unless `progress` is given.

    It may be called from a script, a notebook or a prompt, without `if __name__ == "__main__":`. Raises what
    `ndc_urban.runs.score` raises, and `CannotStartWorkers` within a process that may not start others.
    """
    found = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    given = {name: _as_meant(name, value) for name, value in options.items()}
    with tempfile.TemporaryDirectory(prefix="ndc-urban-") as scratch, display_in_notebook() as shown:
        given["progress"] = given.get("progress") or shown
        into = Path(scratch, "run") if out is None else Path(out)
        run = score_into([Path(path) for path in found], into, **given)
        return run if out is not None else replace(run, folder=Path())


def _as_meant(name: str, value: Any) -> Any:
    """An option as the library has it: a script writes paths and parts of a run as text."""
    if name == "shard" and isinstance(value, str):
        return Shard.from_text(value)
    if name in ("model", "cache") and value not in (None, "usual"):
        return Path(value)
    return value


def _signature() -> inspect.Signature:
    """That of `score`, with the options by name, as `help` and notebooks show it."""
    own, library = (list(inspect.signature(each).parameters.values()) for each in (score, score_into))
    options = [each for each in library if each.kind is inspect.Parameter.KEYWORD_ONLY]
    return inspect.Signature([*own[:-1], *options], return_annotation="Run")


score.__signature__ = _signature()  # type: ignore[attr-defined]
