"""`ndc-urban report`: what a run found, as a page, highlighted PDFs, a brief and a coding tool."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ndc_urban.cli.options import QuietOption


def report_cli(
    run: Annotated[Path, typer.Argument(help="A run folder made by `ndc-urban score`.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="New folder for the report.", show_default=False)],
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Add copies of the PDFs with the evidence highlighted.")
    ] = False,
    docx: Annotated[
        bool, typer.Option("--docx", help="Add a brief in Word, a page for each document.")
    ] = False,
    review: Annotated[
        bool,
        typer.Option("--review", help="Make the page a coding tool, whose file `annotations import` reads."),
    ] = False,
    blind: Annotated[
        bool,
        typer.Option("--blind", help="Hide all predictions, so that labels can be used for an estimate."),
    ] = False,
    sample: Annotated[
        Path | None,
        typer.Option(
            "--sample", help="Review only what is in this sample from `ndc-urban sample`.", show_default=False
        ),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(
            "--compare", help="A run with other versions of these NDCs, to compare.", show_default=False
        ),
    ] = None,
    party: Annotated[
        str, typer.Option("--party", help="One Party only, by its ISO3 code.", show_default=False)
    ] = "",
    quiet: QuietOption = False,
) -> None:
    """Write what a run found for people: a page with the evidence, to read, search, print and correct.

    The page is one file that needs no network. It holds passages of the documents, so it stays on your machine.
    """
    from ndc_urban.cli.progress import progress_of_steps
    from ndc_urban.errors import UsageError
    from ndc_urban.files import check_new_folder
    from ndc_urban.report import report, write_report
    from ndc_urban.runs import load_run

    check_new_folder(out)
    if blind and (pdf or docx):
        raise UsageError("--pdf and --docx hold predictions.", remedy="Leave them out of a blind review.")
    data = report(
        load_run(run),
        out=out,
        compare_with=None if compare is None else load_run(compare),
        review=review,
        blind=blind,
        sample=sample,
        party=party,
    )
    progress = progress_of_steps(quiet=quiet, what="documents highlighted")
    written = write_report(data, out, pdf=pdf, docx=docx, progress=progress)
    for problem in written.problems:
        typer.echo(problem, err=True)
    typer.echo(f"The report is {written.page}. Open it in a browser.")
