"""An invented trend that is drawn once for all tests, and figures that need no drawing."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from invented_trend import invented_trend
from made_once import made_once
from sketched_figures import sketch_figures

from ndc_urban.trend import figures
from ndc_urban.trend.figures.canvas import Drawing
from ndc_urban.trend.report import write_trend
from ndc_urban.trend.tables import Trend


@pytest.fixture(scope="session")
def whole() -> Trend:
    """Three rounds with every figure that an invented trend has."""
    return invented_trend(long_notes=True)


def _write_and_keep(folder: Path) -> None:
    """Writes the whole trend, as a user would, and keeps the drawings that it came to."""
    draw, kept = figures.draw, list[tuple[Drawing, ...]]()

    def drawn(trend: Trend) -> tuple[Drawing, ...]:
        kept.append(draw(trend))
        return kept[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "draw", drawn)
        write_trend(invented_trend(long_notes=True), folder / "written" / "trend")
    (made,) = kept
    (folder / "drawings").write_bytes(pickle.dumps(made))


@pytest.fixture(scope="session")
def once(shared: Path) -> Path:
    return made_once(shared / "whole-trend", _write_and_keep)


@pytest.fixture(scope="session")
def written(once: Path) -> Path:
    """The whole trend as written, to be looked at only."""
    return once / "written" / "trend"


@pytest.fixture(scope="session")
def drawings(once: Path) -> tuple[Drawing, ...]:
    """The figures of the whole trend."""
    made: tuple[Drawing, ...] = pickle.loads((once / "drawings").read_bytes())  # noqa: S301  # our own
    return made


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of the texts and tables: the figures, which take longest, are left out."""
    monkeypatch.setattr(figures, "draw", lambda _: ())


@pytest.fixture
def sketched(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of which figures there are."""
    sketch_figures(monkeypatch)
