"""`ndc-urban annotations import`: coders' files become labels, after checks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ndc_urban.cli.options import JsonOption, QuietOption
from ndc_urban.exchange.names import FormatName

if TYPE_CHECKING:
    from ndc_urban.exchange.import_report import ImportReport

MAX_LINES = 40
"""Problems that are printed, about a screen; `--report` lists them all."""


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
        FormatName | None,
        typer.Option(
            "--format",
            "-f",
            help="Format of the file, if it is not recognised by its content.",
            show_default=False,
        ),
    ] = None,
    coder: Annotated[
        list[str] | None,
        typer.Option(
            "--coder",
            metavar="NAME | 1=NAME",
            help="Who coded the rows that name nobody; or who is who in the file, given once for each person.",
            show_default=False,
        ),
    ] = None,
    kind: Annotated[
        Literal["person", "automated", "model"],
        typer.Option(
            "--kind",
            help="What the coders of the file are: persons, automated readers (which read the text and apply the "
            "codebook), or a model. Where several labelled the same unit, people count first.",
        ),
    ] = "person",
    partial: Annotated[
        bool, typer.Option("--partial", help="Import what is valid even if something is wrong.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option("--report", help="CSV file for the report; it must not exist yet.", show_default=False),
    ] = None,
    json_output: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check codings against the documents and add them to a folder of annotations.

    If anything is wrong, a report names row and column, and nothing is imported without --partial.
    """
    import json

    from ndc_urban.cli.progress import progress_of_steps
    from ndc_urban.errors import EXIT_SOME_FAILED, ImportRefused
    from ndc_urban.exchange.importing import import_labels

    done = import_labels(
        path,
        corpus,
        into,
        format=format,
        coders=coder or (),
        kind=kind,
        partial=partial,
        report=report,
        progress=progress_of_steps(quiet=quiet, what="codings checked"),
    )
    if json_output:
        typer.echo(json.dumps(done.as_json(), ensure_ascii=False))
    else:
        _show(done, report)
    if not done.applied:
        raise ImportRefused(done.refusal)
    if done.refused or done.conflicts:
        raise typer.Exit(EXIT_SOME_FAILED)


def _show(done: ImportReport, report: Path | None) -> None:
    """The report in words: problems on stderr, counts on stdout."""
    lines = list(done.lines())
    for line in lines[:MAX_LINES]:
        typer.echo(line, err=True)
    if len(lines) > MAX_LINES:
        where = f"all are in {report}" if report is not None else "--report FILE lists them all"
        typer.echo(f"and {len(lines) - MAX_LINES} more; {where}", err=True)
    for line in done.summary():
        typer.echo(f"{done.format}: {line}")
