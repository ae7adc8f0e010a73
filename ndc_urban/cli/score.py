"""`ndc-urban score`: the level of urban content of documents, with the evidence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ndc_urban.cli.options import (
    JsonOption,
    MaxPagesOption,
    MemoryLimitOption,
    OcrOption,
    QuietOption,
    ReaderOption,
    TimeoutOption,
    named_path,
)
from ndc_urban.reading.formats import endings_in_words
from ndc_urban.reading.options import MAX_PAGES
from ndc_urban.runs.limits import MEMORY_LIMIT
from ndc_urban.runs.time_budget import TIMEOUT

PathsArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH",
        help=f"Documents, or folders that are searched for {endings_in_words('and')} files.",
        show_default=False,
    ),
]
OutOption = Annotated[
    Path, typer.Option("--out", "-o", help="New run folder for the results.", show_default=False)
]
ModelOption = Annotated[
    Path | None,
    typer.Option("--model", help="A model folder.", show_default="the shipped model", parser=named_path),
]
JobsOption = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, help="Documents at the same time.", show_default="one per processor"),
]
DetailsOption = Annotated[
    bool,
    typer.Option("--details", help="Show reasons and evidence of all documents, also where they are many."),
]
EvidenceOnlyOption = Annotated[
    bool, typer.Option("--evidence-only", help="List only the ranked evidence in passages.csv.")
]


def score_cli(
    paths: PathsArgument,
    out: OutOption,
    model: ModelOption = None,
    jobs: JobsOption = None,
    reader: ReaderOption = "auto",
    ocr: OcrOption = "auto",
    evidence_only: EvidenceOnlyOption = False,
    timeout: TimeoutOption = TIMEOUT,
    memory_limit: MemoryLimitOption = MEMORY_LIMIT,
    max_pages: MaxPagesOption = MAX_PAGES,
    details: DetailsOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Score documents for their urban content.

    Each gets a level (low, moderate or strong) with its probability, and the passages that support it.
    """
    from ndc_urban import runs
    from ndc_urban.cli.interrupts import INTERRUPTED_STATUS, ending_cleanly
    from ndc_urban.cli.progress import progress_display
    from ndc_urban.cli.summary import print_summary
    from ndc_urban.runs.summary import run_as_dict

    try:
        with ending_cleanly(), progress_display(quiet=quiet) as show:
            run = runs.score(
                paths,
                out,
                model=model,
                jobs=jobs,
                reader=reader,
                ocr=ocr,
                evidence_only=evidence_only,
                timeout=timeout,
                memory_limit=memory_limit,
                max_pages=max_pages,
                progress=show,
            )
    except KeyboardInterrupt:
        typer.echo("Stopped. Nothing was written: no run folder is left behind.", err=True)
        raise typer.Exit(INTERRUPTED_STATUS) from None
    if as_json:
        typer.echo(json.dumps(run_as_dict(run), ensure_ascii=False, indent=2))
    else:
        print_summary(run, details=details)
    raise typer.Exit(run.counts.exit_status)
