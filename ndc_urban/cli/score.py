"""`ndc-urban score`: the level of urban content of documents, with the evidence."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ndc_urban.cli.options import (
    CacheOption,
    JsonOption,
    MaxPagesOption,
    MemoryLimitOption,
    NoCacheOption,
    OcrOption,
    QuietOption,
    ReaderOption,
    ScaleOption,
    TimeoutOption,
    named_path,
)
from ndc_urban.reading.formats import endings_in_words
from ndc_urban.reading.options import MAX_PAGES
from ndc_urban.runs.limits import MEMORY_LIMIT
from ndc_urban.runs.time_budget import TIMEOUT

if TYPE_CHECKING:
    from ndc_urban.runs import Run

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
    typer.Option("--details", help="Show reasons and evidence of all documents, even if there are many."),
]
EvidenceOnlyOption = Annotated[
    bool, typer.Option("--evidence-only", help="List only the ranked evidence in passages.csv.")
]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Continue the run in --out that was stopped.")]
ShardOption = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="I/N",
        help="Score only part I of N, to share the work among machines.",
        show_default=False,
    ),
]
EngineOption = Annotated[
    Literal["local", "dask"],
    typer.Option("--engine", help="What does the work: this machine or a Dask cluster."),
]
SchedulerOption = Annotated[
    str | None,
    typer.Option(
        "--scheduler", metavar="ADDRESS", help="The scheduler of the Dask cluster.", show_default=False
    ),
]
ParquetOption = Annotated[
    bool,
    typer.Option("--parquet", help="Also write passages.parquet, for tables too long for a spreadsheet."),
]


def score_cli(
    paths: PathsArgument,
    out: OutOption,
    model: ModelOption = None,
    jobs: JobsOption = None,
    reader: ReaderOption = "auto",
    ocr: OcrOption = "auto",
    evidence_only: EvidenceOnlyOption = False,
    scale: ScaleOption = None,
    timeout: TimeoutOption = TIMEOUT,
    memory_limit: MemoryLimitOption = MEMORY_LIMIT,
    max_pages: MaxPagesOption = MAX_PAGES,
    resume: ResumeOption = False,
    shard: ShardOption = None,
    engine: EngineOption = "local",
    scheduler: SchedulerOption = None,
    parquet: ParquetOption = False,
    cache: CacheOption = None,
    no_cache: NoCacheOption = False,
    details: DetailsOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Score documents for their urban content.

    Each gets a level (low, moderate or strong) with its probability, and the passages that support it. --resume
    continues a run that was stopped. What was read and scored is kept in a cache.
    """
    from ndc_urban import runs
    from ndc_urban.cli.interrupts import INTERRUPTED_STATUS, ending_cleanly
    from ndc_urban.cli.options import chosen_cache
    from ndc_urban.cli.progress import progress_display
    from ndc_urban.runs.shards import Shard

    _check_engine(engine, scheduler)
    command = _command_to_go_on()
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
                scale=scale,
                timeout=timeout,
                memory_limit=memory_limit,
                max_pages=max_pages,
                resume=resume,
                shard=None if shard is None else Shard.from_text(shard),
                scheduler=scheduler,
                parquet=parquet,
                cache=chosen_cache(cache, no_cache=no_cache),
                command=command,
                progress=show,
            )
    except KeyboardInterrupt:
        typer.echo(_stopped(out, command), err=True)
        raise typer.Exit(INTERRUPTED_STATUS) from None
    _print(run, details=details, as_json=as_json)
    raise typer.Exit(run.counts.exit_status)


def _check_engine(engine: str, scheduler: str | None) -> None:
    from ndc_urban.errors import UsageError

    if engine == "dask" and scheduler is None:
        raise UsageError(
            "--engine dask needs the address of a scheduler.",
            remedy="Start one with `dask scheduler` and give its address with --scheduler, such as tcp://10.0.0.5:8786.",
        )
    if engine == "local" and scheduler is not None:
        raise UsageError(
            "--scheduler is for --engine dask.", remedy="Add --engine dask, or leave --scheduler out."
        )


def _command_to_go_on() -> str:
    """What a user may enter to continue this run."""
    arguments = sys.argv[1:]
    end = arguments.index("--") if "--" in arguments else len(arguments)
    resume = [] if "--resume" in arguments[:end] else ["--resume"]
    words = ["ndc-urban", *arguments[:end], *resume, *arguments[end:]]
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    """A word of a command for a shell; bytes that are no UTF-8 are escapes, which the usual shells turn back."""
    try:
        word.encode()
    except UnicodeEncodeError:
        plain = word.replace("\\", r"\\").replace("'", r"\'")
        return f"$'{plain.encode('utf-8', 'surrogateescape').decode('utf-8', 'backslashreplace')}'"
    return shlex.quote(word)


def _stopped(out: Path, command: str) -> str:
    from ndc_urban.corpus.library import is_unfinished_run
    from ndc_urban.runs.journal import is_finished_run

    if is_finished_run(out):
        return f"Stopped. The run in {out} is finished."
    if not is_unfinished_run(out):
        return "Stopped. Nothing was done yet, and no run folder is left behind."
    return f"Stopped. What was done is kept in {out}. To continue:\n  {command}"


def _print(run: Run, *, details: bool, as_json: bool) -> None:
    from ndc_urban.cli.summary import print_summary
    from ndc_urban.runs.summary import run_as_dict

    if as_json:
        typer.echo(json.dumps(run_as_dict(run), ensure_ascii=False, indent=2))
    else:
        print_summary(run, details=details)
