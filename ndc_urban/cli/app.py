"""The application: its commands, its global options, and what becomes of an error.

A command lives in a file of its own, as a function `x_cli()` that imports what it needs inside, so that
`--help` stays instant. It is added to `COMMANDS` here.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from ndc_urban import __version__
from ndc_urban.cli.annotations import annotations_app
from ndc_urban.cli.corpus import corpus_app
from ndc_urban.cli.evaluate import evaluate_cli
from ndc_urban.cli.read import read_cli
from ndc_urban.cli.sample import sample_cli
from ndc_urban.cli.score import score_cli
from ndc_urban.cli.train import train_cli
from ndc_urban.cli.trend import trend_cli
from ndc_urban.errors import EXIT_ERROR, NdcUrbanError

COMMANDS: dict[str, Callable[..., Any]] = {
    "score": score_cli,
    "read": read_cli,
    "train": train_cli,
    "evaluate": evaluate_cli,
    "sample": sample_cli,
    "trend": trend_cli,
}

PROGRAM = "ndc-urban"

app = typer.Typer(
    name=PROGRAM,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for name, command in COMMANDS.items():
    app.command(name)(command)
app.add_typer(annotations_app)
app.add_typer(corpus_app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback(
    epilog="Exit status: 0 all went well, 2 wrong usage, 3 some documents failed, 4 none was scored."
)
def _global_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and leave.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="On an error show the traceback, for a report.")
    ] = False,
) -> None:
    """Read climate plans of countries (NDCs) and say how much of them is about cities, with the evidence."""


def run() -> None:
    """Runs the application; an error becomes a clear block on stderr and an exit status, not a traceback."""
    _settle_streams()
    debug = "--debug" in sys.argv[1:]
    try:
        app(prog_name=PROGRAM)
    except NdcUrbanError as error:
        if debug:
            raise
        _tell(f"Error: {error.message}", error.remedy, f"({error.code})")
        sys.exit(error.exit_status)
    except Exception as error:
        if debug:
            raise
        again = shlex.join([PROGRAM, "--debug", *sys.argv[1:]])
        _tell(
            f"Error: an unexpected {type(error).__name__} occurred: {error}",
            f"Please report this, with what the following shows: {again}",
        )
        sys.exit(EXIT_ERROR)


def _tell(*lines: str) -> None:
    for line in filter(None, lines):
        typer.echo(line, err=True)


def _settle_streams() -> None:
    """No text may break the output: what the encoding lacks is escaped, and pipes and files get UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
