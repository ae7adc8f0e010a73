"""What a user hears while a training runs."""

from __future__ import annotations

import warnings

import pytest

from ndc_urban.training.time_left import time_left, without_warnings


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
        assert without_warnings(work, 1) == 2
        assert not heard
    with pytest.warns(FutureWarning):
        work(1)
