"""The application: its commands, its global options, and how errors are reported.

Each command is a function `x_cli()`, or a group of commands `x_app`, in its own file `x.py` and is listed in
`COMMANDS`. It parses options, calls the library and prints. The file of a command is loaded when the command is
called, and heavy modules within its function, so that `--help` is instant.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from ndc_urban import __version__
from ndc_urban.errors import EXIT_ERROR, AccessDenied, LibraryMissing, NdcUrbanError

COMMANDS: Mapping[str, str] = {
    "score": "Score documents for their urban content.",
    "merge": "Join runs of one model into one, such as the parts that many machines made with --shard.",
    "read": "Show what the reader sees in a document.",
    "train": "Train a model on annotated documents, and measure it on Parties that it has not seen.",
    "evaluate": "Measure a model on annotated or graded documents of Parties that it was not trained on.",
    "sample": "Draw documents or passages of a run for people to code.",
    "trend": "Estimate the trend of urban content over review rounds or years.",
    "report": "Write what a run found for people: a page with the evidence, to read, search, print and correct.",
    "demo": "Write out the sample documents that come with the program, and score them.",
    "annotations": "People's labels: coding sheets out to coders' tools, and labels back with checks.",
    "corpus": "Getting documents, registering which file is which NDC, and making panels of Parties and rounds.",
    "cache": "Look at the cache, or clear it.",
}
"""The commands, in the order of the help text, and what it says of each: the first sentence of its function."""

PROGRAM = "ndc-urban"


class _Commands(dict[str, Any]):  # the group of typer wants a dict
    """The commands by name; the module of one is loaded when it is asked for."""

    def __missing__(self, name: str) -> Any:
        if name not in COMMANDS:
            raise KeyError(name)
        module = import_module(f"ndc_urban.cli.{name}")
        if hasattr(module, f"{name}_app"):
            found: Any = typer.main.get_group(getattr(module, f"{name}_app"))
        else:
            alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
            alone.command(name)(getattr(module, f"{name}_cli"))
            found = typer.main.get_command(alone)
        self[name] = found
        return found

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in COMMANDS else default

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS

    def __len__(self) -> int:
        return len(COMMANDS)

    def __iter__(self) -> Any:
        return iter(COMMANDS)

    def keys(self) -> Any:
        return dict.fromkeys(COMMANDS).keys()

    def items(self) -> Any:
        return {name: self[name] for name in COMMANDS}.items()


class _Group(TyperGroup):
    """The program: lists its commands without loading any."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**(options | {"commands": _Commands()}))

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(
    name=PROGRAM,
    cls=_Group,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
        if isinstance(error, PermissionError):
            _end_with(AccessDenied.to(error))
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
