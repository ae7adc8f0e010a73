"""`ndc-urban demo`: the sample documents, written out and scored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ndc_urban.cli.options import JsonOption, QuietOption

SAMPLES, RUN = "samples", "run"
"""Folders of a demonstration."""


def demo_cli(
    out: Annotated[Path, typer.Option("--out", "-o", help="New folder for the samples and the run.")] = Path(
        "ndc-urban-demo"
    ),
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", "-j", min=1, help="Documents at the same time.", show_default="one per processor"
        ),
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write out the sample documents that come with the program, and score them.

    The samples are plans of Parties that do not exist. Some are broken or scanned on purpose, to show what happens.
    """
    import json

    from ndc_urban import runs, shipped
    from ndc_urban.cli.interrupts import INTERRUPTED_STATUS, ending_cleanly
    from ndc_urban.cli.progress import progress_display
    from ndc_urban.cli.summary import print_summary
    from ndc_urban.errors import EXIT_NONE_SCORED
    from ndc_urban.files import folder_written_whole
    from ndc_urban.runs.summary import run_as_dict

    with folder_written_whole(out) as unfinished:
        _copy(shipped.path("samples"), unfinished / SAMPLES)
    try:
        with ending_cleanly(), progress_display(quiet=quiet) as show:
            run = runs.score([out / SAMPLES], out / RUN, jobs=jobs, progress=show)
    except KeyboardInterrupt:
        typer.echo(f"Stopped. The samples are in {out / SAMPLES}; no run was written.", err=True)
        raise typer.Exit(INTERRUPTED_STATUS) from None
    if as_json:
        typer.echo(json.dumps(run_as_dict(run), ensure_ascii=False, indent=2))
    else:
        print_summary(run)
        typer.echo(f"\nThe samples are in {out / SAMPLES}, the results in {out / RUN}.")
        typer.echo("Some samples are broken or scanned on purpose: the failures above are right.")
        typer.echo(f"As a page to read: ndc-urban report {out / RUN} --out {out / 'report'}")
    if run.counts.exit_status == EXIT_NONE_SCORED:
        raise typer.Exit(EXIT_NONE_SCORED)


def _copy(samples: Path, target: Path) -> None:
    """Copies the documents, and not the tables beside them."""
    import shutil

    from ndc_urban.corpus.inputs import documents_in

    target.mkdir()
    for item in documents_in(samples):
        if item.path.suffix != ".md":
            shutil.copyfile(item.path, target / item.path.name)
