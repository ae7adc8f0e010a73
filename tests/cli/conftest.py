"""Runs the program inside the test, with stand-ins for the reader and the model where asked."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator

import pytest
import stand_ins
from finished import Finished, Program
from tiny_training import RECIPE, few_rounds

from ndc_urban import runs
from ndc_urban.cli import main
from ndc_urban.training.train import Recipe


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    """Runs `ndc-urban` with the arguments given."""

    def run(*arguments: object) -> Finished:
        monkeypatch.setattr(sys, "argv", ["ndc-urban", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        status = ended.value.code or 0
        printed = capsys.readouterr()
        return Finished(int(status), printed.out, printed.err)

    return run


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts the stand-ins in place of the reader and the model."""
    monkeypatch.setattr(runs, "score", functools.partial(runs.score, tools=stand_ins.TOOLS))


@pytest.fixture
def quick_training(trained_once: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The folds of the tiny training, and few rounds of the bootstrap."""
    recipe = functools.partial(Recipe, folds=RECIPE.folds, min_parties=RECIPE.min_parties)
    monkeypatch.setattr("ndc_urban.training.train.Recipe", recipe)
    with few_rounds():
        yield
