"""`ndc-urban annotations export`: coding sheets for the tools that coders use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ndc_urban.cli.options import JsonOption, QuietOption
from ndc_urban.exchange.names import FormatName


def export_cli(
    out: Annotated[
        Path, typer.Option("--out", "-o", help="File or folder for the coding sheets.", show_default=False)
    ],
    run: Annotated[
        Path | None,
        typer.Argument(
            metavar="[RUN]", help="A run folder, whose passages are to be coded.", show_default=False
        ),
    ] = None,
    sample: Annotated[
        Path | None,
        typer.Option(
            "--sample",
            help="A sample from `ndc-urban sample`: only its passages are exported.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[
        FormatName | None,
        typer.Option(
            "--format",
            "-f",
            help="Format of the coding sheets.",
            show_default="from the ending of --out, else xlsx",
        ),
    ] = None,
    corpus: Annotated[
        Path | None,
        typer.Option(
            "--corpus",
            help="Folder with the documents, if they are not where the run says. A documents.csv in it also names "
            "them.",
            show_default=False,
        ),
    ] = None,
    coder: Annotated[
        str, typer.Option("--coder", help="The person that the sheets are for.", show_default=False)
    ] = "",
    suggestions: Annotated[
        bool, typer.Option("--suggestions", help="Include the model's predictions, marked as such.")
    ] = False,
    annotations: Annotated[
        Path | None,
        typer.Option(
            "--annotations", help="Folder with existing labels, which are included.", show_default=False
        ),
    ] = None,
    one_list: Annotated[
        bool,
        typer.Option("--one-list", help="Excel: all passages on one sheet, not one sheet for each document."),
    ] = False,
    json_output: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write coding sheets, with the codebook, for the passages of a run or of a sample."""
    import json

    from ndc_urban.cli.progress import progress_of_steps
    from ndc_urban.errors import EXIT_SOME_FAILED
    from ndc_urban.exchange.exporting import ExportOptions, export

    options = ExportOptions(run, sample, corpus, annotations, coder, suggestions, one_list)
    report = export(
        out,
        options,
        format=format,
        progress=progress_of_steps(quiet=quiet, what="documents read"),
    )
    for line in report.left_out():
        typer.echo(line, err=True)
    typer.echo(json.dumps(report.as_json(), ensure_ascii=False) if json_output else report.summary())
    if not report.complete:
        raise typer.Exit(EXIT_SOME_FAILED)
