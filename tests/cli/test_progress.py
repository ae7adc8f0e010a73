"""Progress: in words where there is no terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from ndc_urban.cli import progress as shown
from ndc_urban.durations import duration
from ndc_urban.runs import Progress


def test_a_line_says_how_far_and_how_long() -> None:
    state = Progress(12, 80, failed=2, current=(Path("a/KEN.pdf"),), seconds_left=200)
    assert shown.line(state) == "12 of 80 documents, 2 failed, about 3 min left, now KEN.pdf"


@pytest.mark.parametrize(("seconds", "text"), [(0, "0 s"), (89, "89 s"), (600, "10 min"), (9000, "2.5 h")])
def test_durations_are_written_as_people_do(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_lines_come_now_and_then(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(shown.time, "monotonic", lambda: now[0])
    lines = shown.Lines()
    for second in range(31):
        now[0] = float(second)
        lines(Progress(second, 40))
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == ["10 of 40 documents", "20 of 40 documents", "30 of 40 documents"]


def test_quiet_shows_nothing() -> None:
    with shown.progress_display(quiet=True) as show:
        assert show is None
