"""`ndc-urban annotations import`: coders' files become labels, after checks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ndc_urban.cli.annotations_export import check_coder_option
from ndc_urban.cli.options import JsonOption, QuietOption
from ndc_urban.exchange.names import ExchangeFormat

if TYPE_CHECKING:
    from ndc_urban.exchange.import_report import ImportReport

MAX_LINES = 40


def import_cli(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="The coders' file, or the folder of an export.", show_default=False
        ),
    ],
    corpus: Annotated[
        Path,
        typer.Option(
            "--corpus",
            help="The documents: a collection, a run, or any folder with them.",
            show_default=False,
        ),
    ],
    into: Annotated[
        Path, typer.Option("--into", help="Folder of annotations to add the codings to.", show_default=False)
    ],
    format: Annotated[
        ExchangeFormat | None,
        typer.Option(
            "--format", "-f", help="Form of the file, if its content does not tell it.", show_default=False
        ),
    ] = None,
    coder: Annotated[
        str, typer.Option("--coder", help="Who coded what names nobody.", show_default=False)
    ] = "",
    partial: Annotated[
        bool, typer.Option("--partial", help="Import what is valid, although something is wrong.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option("--report", help="CSV file for the report; it must not exist yet.", show_default=False),
    ] = None,
    json_output: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check codings against the documents and add them to a folder of annotations.

    Where anything is wrong a report names row and column, and nothing is imported without --partial.
    """
    import json

    from ndc_urban.cli.progress import duration_of_steps
    from ndc_urban.corpus.library import open_library
    from ndc_urban.errors import EXIT_SOME_FAILED, ImportRefused, OutputExists, UsageError
    from ndc_urban.exchange.importing import import_codings, saved_at
    from ndc_urban.exchange.registry import FORMATS, format_of, main_file
    from ndc_urban.files import write_atomically

    check_coder_option(coder)
    if report is not None and report.exists():
        raise OutputExists(f"{report} exists already.", remedy="Choose another --report.")
    if into.exists() and not into.is_dir():
        raise UsageError(f"{into} is a file.", remedy="Give --into a folder.")
    chosen = format_of(path) if format is None else FORMATS[format]
    returned = chosen.read(main_file(path, chosen), coder=coder)
    result = import_codings(
        returned,
        open_library(corpus),
        into,
        partial=partial,
        saved_at=saved_at(returned),
        tell=duration_of_steps(quiet=quiet, what="codings checked"),
    )
    if report is not None:
        write_atomically(report, result.csv())
    if json_output:
        typer.echo(json.dumps(result.as_json(), ensure_ascii=False))
    else:
        _show(result, chosen.name, report)
    if not result.applied:
        raise ImportRefused(_why(result))
    if result.refused or result.conflicts:
        raise typer.Exit(EXIT_SOME_FAILED)


def _show(result: ImportReport, format: str, report: Path | None) -> None:
    """The report in words: problems on stderr, counts on stdout."""
    lines = list(result.lines())
    for line in lines[:MAX_LINES]:
        typer.echo(line, err=True)
    if len(lines) > MAX_LINES:
        where = f"all are in {report}" if report is not None else "--report FILE holds them all"
        typer.echo(f"and {len(lines) - MAX_LINES} more; {where}", err=True)
    for line in result.summary():
        typer.echo(f"{format}: {line}")


def _why(result: ImportReport) -> str:
    errors = sum(problem.severity == "error" for problem in result.problems)
    questions = len(result.blocking) - errors
    parts = [f"{errors} errors" if errors else "", f"{questions} questions" if questions else ""]
    first = result.blocking[0]
    return f"Nothing was imported: {' and '.join(filter(None, parts))}. The first: {first.place}: {first.message}"
