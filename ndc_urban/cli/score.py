"""`ndc-urban score`: levels of urban content and the evidence, for many documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ndc_urban.cli.options import (
    JsonOption,
    MaxPagesOption,
    MemoryLimitOption,
    OcrOption,
    QuietOption,
    ReaderOption,
    TimeoutOption,
)
from ndc_urban.reading.formats import endings_in_words
from ndc_urban.reading.options import MAX_PAGES
from ndc_urban.runs.limits import MEMORY_LIMIT
from ndc_urban.runs.time_budget import TIMEOUT

if TYPE_CHECKING:
    import pandas as pd

    from ndc_urban.runs import Run


def score_cli(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH",
            help=f"Documents, or folders that are searched for {endings_in_words('and')} files.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The run folder to make for the results.", show_default=False)
    ],
    model: Annotated[
        Path | None, typer.Option("--model", help="A model folder.", show_default="the shipped model")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", "-j", min=1, help="Documents at the same time.", show_default="one per processor"
        ),
    ] = None,
    reader: ReaderOption = "auto",
    ocr: OcrOption = "auto",
    evidence_only: Annotated[
        bool, typer.Option("--evidence-only", help="List only the ranked evidence in passages.csv.")
    ] = False,
    timeout: TimeoutOption = TIMEOUT,
    memory_limit: MemoryLimitOption = MEMORY_LIMIT,
    max_pages: MaxPagesOption = MAX_PAGES,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Score documents for their urban content.

    Each gets a level (low, moderate or strong), how sure that is, and the passages that justify it.
    """
    from ndc_urban import runs
    from ndc_urban.cli.interrupts import INTERRUPTED_STATUS, ending_cleanly
    from ndc_urban.cli.progress import progress_display
    from ndc_urban.cli.summary import print_summary

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
        typer.echo(json.dumps(run_as_json(run), ensure_ascii=False, indent=2))
    else:
        print_summary(run)
    raise typer.Exit(run.counts.exit_status)


def run_as_json(run: Run) -> dict[str, Any]:
    """The run as plain lists and dictionaries: a document has its best evidence, or None."""
    from dataclasses import asdict

    from ndc_urban.cli.evidence import best_evidence

    evidence = best_evidence(run)
    reasons = dict(iter(run.reasons.groupby("sha256", sort=False)))
    documents = [
        _plain(row)
        | {
            "prediction_set": _items(row["prediction_set"]),
            "top_sectors": _items(row["top_sectors"]),
            "reasons": _reasons(reasons.get(row["sha256"])),
            "evidence": _plain(evidence[row["sha256"]]) if row["sha256"] in evidence else None,
        }
        for row in run.documents.to_dict("records")
    ]
    return {
        "run": run.folder.as_posix(),
        "exit_status": run.counts.exit_status,
        "counts": asdict(run.counts),
        "model": run.info["model"],
        "documents": documents,
        "failures": [_plain(row) for row in run.failures.to_dict("records")],
    }


def _reasons(rows: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Why the document has its level, strongest first."""
    if rows is None:
        return []
    of_document = rows[rows["subject"] == "document"]
    return [_plain(row) for row in of_document[["reason", "effect"]].to_dict("records")]


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    """Missing values become None, as JSON has them."""
    import pandas as pd

    return {str(key): None if pd.isna(value) else value for key, value in row.items()}


def _items(joined: Any) -> list[str]:
    return joined.split(";") if isinstance(joined, str) and joined else []
