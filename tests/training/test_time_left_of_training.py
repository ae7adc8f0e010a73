"""What a user hears while a training runs."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest

from ndc_urban.durations import time_left
from ndc_urban.training.parallel import in_parallel


def test_the_time_left_is_said_every_ten_seconds() -> None:
    heard: list[str] = []
    moments = iter([0.0, 4.0, 20.0, 25.0, 200.0, 400.0])
    progress = time_left(heard.append, "documents read", lambda: next(moments))
    for done in (1, 5, 6, 50, 100):
        progress(done, 100)
    assert heard == [
        "5 of 100 documents read, about 6 min left in this step",
        "50 of 100 documents read, about 3 min left in this step",
    ]


def test_libraries_warn_nobody() -> None:
    def work(value: int) -> int:
        warnings.warn("the solver is old", FutureWarning, stacklevel=2)
        return value + 1

    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert list(in_parallel(1, work, [(1,), (2,)])) == [2, 3]
        assert not heard
    with pytest.warns(FutureWarning):
        work(1)


def test_a_replaced_worker_is_not_told_of_and_other_warnings_are() -> None:
    def tasks() -> Iterator[tuple[int]]:
        warnings.warn(
            "A worker stopped while some jobs were given to the executor.", UserWarning, stacklevel=1
        )
        warnings.warn("something else", UserWarning, stacklevel=1)
        yield (1,)

    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert list(in_parallel(1, abs, tasks())) == [1]
    assert [str(each.message) for each in heard] == ["something else"]
