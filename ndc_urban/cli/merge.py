"""`ndc-urban merge`: several runs of one model as one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ndc_urban.cli.options import JsonOption
from ndc_urban.counting import counted


def merge_cli(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN", help="Folders made by `ndc-urban score`.", show_default=False),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="New run folder for the joined run.", show_default=False)
    ],
    partial: Annotated[
        bool, typer.Option("--partial", help="Join parts of a run (--shard) though some are missing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Join runs of one model into one, such as the parts that many machines made with --shard."""
    from ndc_urban.runs.merging import merge
    from ndc_urban.runs.shards import note_on_missing
    from ndc_urban.runs.summary import run_as_dict

    run = merge(runs, out, partial=partial)
    if note := note_on_missing([run.info]):
        typer.echo(note, err=True)
    if as_json:
        typer.echo(json.dumps(run_as_dict(run), ensure_ascii=False, indent=2))
    else:
        counts = run.counts
        typer.echo(
            f"{counted(counts.files, 'file')} of {counted(len(runs), 'run')}, {counts.ok} of them scored. "
            f"Results: {out}"
        )
