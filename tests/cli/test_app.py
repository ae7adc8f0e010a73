"""The program as a whole: its start, its help, its version, its streams."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from finished import Program

from ndc_urban import __version__
from ndc_urban.cli.app import COMMANDS, app

RUN = [sys.executable, "-m", "ndc_urban"]


def test_version(program: Program) -> None:
    done = program("--version")
    assert (done.status, done.out) == (0, f"ndc-urban {__version__}\n")


def test_without_a_command_it_shows_help(program: Program) -> None:
    done = program()
    assert "score" in done.out + done.err


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="this platform does not tell what a program has used")
def test_help_is_instant() -> None:
    """In processor time, so that a busy machine changes nothing; a quiet one takes about 0.1 seconds."""

    def seconds() -> float:
        process = subprocess.Popen([*RUN, "--help"], stdout=subprocess.DEVNULL)
        _, status, use = os.wait4(process.pid, 0)
        assert status == 0
        return use.ru_utime + use.ru_stime

    assert min(seconds() for _ in range(3)) < 1


@pytest.mark.parametrize("arguments", [["--help"], ["score", "--help"], ["--version"]])
def test_no_heavy_library_is_imported_for_help(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "ndc_urban", *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    imported = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert not imported & {
        "pandas",
        "numpy",
        "scipy",
        "spacy",
        "sklearn",
        "pebble",
        "lxml",
        "pypdfium2",
        "rich",
    }


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_reader_that_leaves_early_causes_no_traceback() -> None:
    with subprocess.Popen(
        [*RUN, "score", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_what_may_not_be_opened_is_named(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it happens: the permissions of a folder matter to many functions of the library."""

    def refused(*arguments: object) -> bool:
        raise PermissionError(13, "Permission denied", "runs/locked/unfinished")

    monkeypatch.setattr("ndc_urban.trend.results.refuse_unfinished", refused)
    done = program("trend", str(tmp_path), "--out", str(tmp_path / "t"))
    assert done.status == 2
    assert "There is no permission to open runs/locked/unfinished." in done.err
    assert "(access_denied)" in done.err


def test_debug_shows_the_traceback(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from ndc_urban import runs
    from ndc_urban.cli import main

    def fail(*args: object, **options: object) -> None:
        raise RuntimeError("something unforeseen")

    monkeypatch.setattr(runs, "score", fail)
    monkeypatch.setattr(sys, "argv", ["ndc-urban", "--debug", "score", "x", "--out", "y"])
    with pytest.raises(RuntimeError, match="something unforeseen"):
        main()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_text_says_of_each_command_what_the_command_says(name: str) -> None:
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    assert " ".join(command.help.split("\n\n")[0].split()) == COMMANDS[name]


def test_a_command_that_is_misspelt_is_guessed(program: Program) -> None:
    done = program("scroe")
    assert done.status == 2
    assert "score" in done.err
