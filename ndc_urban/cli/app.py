"""The application: its commands, its global options, and how errors are reported.

Each command is a function `x_cli()` in its own file and is listed in `COMMANDS`. It parses options, calls the library
and prints. Heavy modules are imported inside the functions, so that `--help` is instant.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from typing import Annotated, Any, NoReturn

import typer

from ndc_urban import __version__
from ndc_urban.cli.annotations import annotations_app
from ndc_urban.cli.cache import cache_app
from ndc_urban.cli.corpus import corpus_app
from ndc_urban.cli.demo import demo_cli
from ndc_urban.cli.evaluate import evaluate_cli
from ndc_urban.cli.merge import merge_cli
from ndc_urban.cli.read import read_cli
from ndc_urban.cli.report import report_cli
from ndc_urban.cli.sample import sample_cli
from ndc_urban.cli.score import score_cli
from ndc_urban.cli.train import train_cli
from ndc_urban.cli.trend import trend_cli
from ndc_urban.errors import EXIT_ERROR, LibraryMissing, NdcUrbanError

COMMANDS: dict[str, Callable[..., Any]] = {
    "score": score_cli,
    "merge": merge_cli,
    "read": read_cli,
    "train": train_cli,
    "evaluate": evaluate_cli,
    "sample": sample_cli,
    "trend": trend_cli,
    "report": report_cli,
    "demo": demo_cli,
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
app.add_typer(cache_app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback(
    epilog="Exit status: 0 success, 2 wrong usage, 3 some documents failed, 4 no document was scored."
)
def _global_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error, for a bug report.")
    ] = False,
) -> None:
    """Read the climate plans of countries (NDCs) and measure their urban content, with the evidence."""


def run() -> None:
    """Runs the application; an error becomes a message on stderr and an exit status, not a traceback."""
    _configure_streams()
    debug = "--debug" in sys.argv[1:]
    try:
        app(prog_name=PROGRAM)
    except NdcUrbanError as error:
        if debug:
            raise
        _end_with(error)
    except Exception as error:
        if debug:
            raise
        if isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith("ndc_urban"):
            _end_with(LibraryMissing(f"This command needs the library {error.name}, which is not installed."))
        again = shlex.join([PROGRAM, "--debug", *sys.argv[1:]])
        _print_error(
            f"Error: an unexpected {type(error).__name__} occurred: {error}",
            f"Please report this, with the output of: {again}",
        )
        sys.exit(EXIT_ERROR)


def _end_with(error: NdcUrbanError) -> NoReturn:
    _print_error(f"Error: {error.message}", error.remedy, f"({error.code})")
    sys.exit(error.exit_status)


def _print_error(*lines: str) -> None:
    for line in filter(None, lines):
        typer.echo(line, err=True)


def _configure_streams() -> None:
    """Escapes characters that the encoding lacks, and writes UTF-8 to pipes and files."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
