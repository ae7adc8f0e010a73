"""`ndc-urban train`: a model from annotations, and whether it is better than the current one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ndc_urban.cli.options import JsonOption, QuietOption, named_path

if TYPE_CHECKING:
    from ndc_urban.training.champion import Comparison
    from ndc_urban.training.workflow import NewModel

Say = Callable[[str], None]


def train_cli(
    annotations: Annotated[
        list[Path],
        typer.Option(
            "--annotations",
            help="Folder with levels.csv and passages.csv or passages.jsonl; may be given several times. `labels` are "
            "those that are shipped.",
            parser=named_path,
        ),
    ],
    corpus: Annotated[
        Path, typer.Option("--corpus", help="Folder with documents.csv and the files that it names.")
    ],
    grades: Annotated[
        Path | None,
        typer.Option(
            "--grades",
            help="CSV file with UN-Habitat's grades by Party: the model then gives levels on their scale too. `grades` "
            "are those that are shipped.",
            show_default=False,
            parser=named_path,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Folder for the new model; it must not exist yet.",
            show_default="that of --champion",
        ),
    ] = None,
    champion: Annotated[
        Path | None,
        typer.Option(
            "--champion",
            help="Folder of the current model, to compare with on the same folds; without --out it is replaced if the "
            "new one is better.",
            show_default=False,
            parser=named_path,
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the current model even if the new one is not better.")
    ] = False,
    decide_by: Annotated[
        Literal["levels", "passages"],
        typer.Option(
            "--decide-by",
            help="The figure that decides: kappa of the levels, or average precision of the passages.",
        ),
    ] = "levels",
    prefer: Annotated[
        list[str] | None,
        typer.Option(
            "--prefer",
            metavar="CODER",
            help="Whose labels count where several coders labelled the same passage or document; may be given several "
            "times. Adjudicated labels count before them, those of other people, automated readers and models after "
            "them.",
            show_default=False,
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report", help="Write the comparison with the current model to this file.", show_default=False
        ),
    ] = None,
    nested: Annotated[
        bool,
        typer.Option(
            "--nested", help="Also measure with nested folds, for the model card (eight times as long)."
        ),
    ] = False,
    last_round: Annotated[
        bool,
        typer.Option(
            "--last-round",
            help="Also measure the last round by models that are trained on the earlier rounds (nearly twice as long).",
        ),
    ] = False,
    name: Annotated[str, typer.Option("--name", help="Name of the model.")] = "default",
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes to use.")] = 2,
    json_output: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Train a model on annotated documents, and measure it on Parties that it has not seen.

    With --champion, the current model and the new one are measured on the same documents and folds, and the current one
    is kept unless the new one is significantly better.
    """
    from ndc_urban.cli.interrupts import INTERRUPTED_STATUS, ending_cleanly
    from ndc_urban.training.train import Recipe
    from ndc_urban.training.workflow import Current, TrainingFiles, train_model

    def say(line: str) -> None:
        if not quiet:
            typer.echo(line, err=True)

    target = _target(out, champion, replace, report)
    try:
        with ending_cleanly():
            new = train_model(
                TrainingFiles(annotations, corpus, grades, prefer or ()),
                target,
                Recipe(name=name, jobs=jobs),
                current=None if champion is None else Current(champion, decide_by, replace),
                check_for_nested=nested,
                last_round=last_round,
                say=say,
            )
    except KeyboardInterrupt:
        typer.echo("Interrupted: no model was written and nothing was changed.", err=True)
        raise typer.Exit(INTERRUPTED_STATUS) from None
    if report is not None and new.comparison is not None:
        _write_report(report, new.comparison)
    if nested and new.folder is not None:
        new = _with_nested_figures(new, say)
    if json_output:
        typer.echo(json.dumps(new.as_data(), ensure_ascii=False))
    else:
        _print(new)


def _target(out: Path | None, champion: Path | None, replace: bool, report: Path | None) -> Path:
    """The folder to write to; refuses before the work what could not be written after it."""
    from ndc_urban.errors import OutputExists, UsageError

    if champion is None:
        for given, option in ((replace, "--replace"), (report is not None, "--report")):
            if given:
                raise UsageError(
                    f"{option} needs a current model.", remedy="Name its folder with --champion."
                )
    if report is not None and report.exists():
        raise OutputExists(f"{report} exists already.")
    if champion is not None and (out is None or out.resolve() == champion.resolve()):
        return champion
    if out is None:
        raise UsageError("There is no folder for the new model.", remedy="Name one with --out.")
    if out.exists():
        raise OutputExists(f"The folder {out} exists already.")
    return out


def _with_nested_figures(new: NewModel, say: Say) -> NewModel:
    """Adds figures of nested folds to a model that is saved already, and so is kept whatever happens."""
    from ndc_urban.cli.interrupts import INTERRUPTED_STATUS, ending_cleanly
    from ndc_urban.training.workflow import add_nested_figures

    say(f"The model is in {new.folder}; nested folds take about eight times as long as the training did.")
    try:
        with ending_cleanly():
            return add_nested_figures(new, say=say)
    except KeyboardInterrupt:
        typer.echo(f"Interrupted: the model is in {new.folder}, without figures of nested folds.", err=True)
        raise typer.Exit(INTERRUPTED_STATUS) from None


def _write_report(path: Path, comparison: Comparison) -> None:
    from ndc_urban.files import write_atomically

    lines = ["# Comparison with the current model", "", *(f"- {line}" for line in comparison.lines())]
    if comparison.changes.missing:
        lines += ["", "## Missing labels", "", *(f"- {line}" for line in comparison.missing_lines())]
    write_atomically(path, ("\n".join(lines) + "\n").encode())


def _print(new: NewModel) -> None:
    from ndc_urban.training.evaluation import summary_lines

    for line in summary_lines(new.figures):
        typer.echo(line)
    if new.comparison is not None:
        typer.echo("The current and the new model on the same documents and folds:")
        for line in new.comparison.lines():
            typer.echo(f"  {line}")
    if new.folder is None:
        typer.echo("The current model is kept. To keep the new one, give --out another folder, or --replace.")
    else:
        typer.echo(f"The model is in {new.folder} (hash {str(new.hash)[:12]}).")
