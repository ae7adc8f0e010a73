"""Does the work of a run in the process of the test: for tests of what a run keeps, not of how workers are guarded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ndc_urban.corpus.inputs import Input
from ndc_urban.runs import scoring
from ndc_urban.runs.worker import Finished, Settings, assess_file


def work_inline(patch: pytest.MonkeyPatch) -> list[str]:
    """From now on no worker is started; gives the list of the names of the files that are read."""
    given: list[str] = []

    def results(
        todo: Sequence[Input],
        settings: Settings,
        workers: int,
        timeout: float,
        on_tick: Callable[[Sequence[Path]], None] | None = None,
        modules: tuple[str, ...] = (),
    ) -> Iterator[tuple[Input, Finished]]:
        for item in todo:
            if on_tick is not None:
                on_tick([item.path])
            given.append(item.path.name)
            yield item, assess_file(item, settings)

    def nothing(*arguments: Any) -> None:
        """Instead of getting processes ready, and of limiting the memory of the test."""

    patch.setattr(scoring, "local_results", results)
    patch.setattr(scoring, "warm_up", nothing)
    patch.setattr("ndc_urban.runs.worker.cap_memory", nothing)
    return given
