"""The README is the manual: it names every command and every option."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from ndc_urban.cli.app import app

README = Path(__file__).parents[2] / "README.md"

EVERYWHERE = {"--help"}


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """All commands below `command`, with their full names."""
    yield name, command
    for sub, below in getattr(command, "commands", {}).items():
        yield from commands(below, f"{name} {sub}")


ALL = dict(commands(typer.main.get_command(app), "ndc-urban"))
OPTIONS = [
    (name, option)
    for name, command in ALL.items()
    for parameter in command.params
    for option in parameter.opts
    if option.startswith("--") and option not in EVERYWHERE
]


@pytest.fixture(scope="module")
def readme() -> str:
    if not README.exists():
        pytest.skip("there is no README yet")
    return README.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ALL)
def test_every_command_is_in_the_readme(readme: str, name: str) -> None:
    assert re.search(rf"\b{re.escape(name)}\b", readme)


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_every_option_is_in_the_readme(readme: str, name: str, option: str) -> None:
    assert re.search(rf"{re.escape(option)}(?![\w-])", readme), f"{name} {option}"


@pytest.mark.parametrize("name", ALL)
def test_every_option_has_a_help_text(name: str) -> None:
    for parameter in ALL[name].params:
        assert getattr(parameter, "help", None), f"{name}: {parameter.name}"
    assert ALL[name].help
