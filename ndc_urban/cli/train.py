"""`ndc-urban train`: a model from annotations, and whether it is better than the one that stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ndc_urban.cli.options import JsonOption, QuietOption

if TYPE_CHECKING:
    from ndc_urban.corpus.register import Collection
    from ndc_urban.training.champion import Comparison
    from ndc_urban.training.dataset import Dataset
    from ndc_urban.training.train import Recipe, Trained

Say = Callable[[str], None]


def train_cli(
    annotations: Annotated[
        list[Path],
        typer.Option(
            "--annotations",
            help="Folder with levels.csv and passages.csv or passages.jsonl; may be given several times.",
        ),
    ],
    corpus: Annotated[
        Path, typer.Option("--corpus", help="Folder with documents.csv and the files that it names.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Folder for the new model; it must not exist yet.",
            show_default="that of the champion",
        ),
    ] = None,
    champion: Annotated[
        Path | None,
        typer.Option(
            "--champion",
            help="Model folder to compare with, on the same folds; without --out replaced where the new one is better.",
            show_default=False,
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the champion even where the new model is worse.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report", help="Write the comparison with the champion to this file.", show_default=False
        ),
    ] = None,
    nested: Annotated[
        bool,
        typer.Option(
            "--nested", help="Measure by nested folds, too, for the card (about eight times as long)."
        ),
    ] = False,
    name: Annotated[str, typer.Option("--name", help="Name of the model.")] = "default",
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes to use.")] = 2,
    json_output: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Train a model on annotated documents, and measure it on Parties that it has not seen.

    With --champion both are measured on the same documents and folds, and a better champion stays.
    """
    from ndc_urban.cli.interrupts import INTERRUPTED_STATUS, ending_cleanly
    from ndc_urban.corpus.register import Collection
    from ndc_urban.labels.loading import load_labels
    from ndc_urban.training.dataset import load_dataset
    from ndc_urban.training.nested import check_nested
    from ndc_urban.training.train import Recipe, train

    def say(line: str) -> None:
        if not quiet:
            typer.echo(line, err=True)

    target = _target(out, champion, replace, report)
    try:
        with ending_cleanly():
            collection = Collection(corpus)
            recipe = Recipe(name=name, jobs=jobs)
            contest = None if champion is None else _contest_with(champion)
            say("reading the annotated documents")
            labels = load_labels(annotations, collection)
            for line in labels.report():
                say(line)
            dataset = load_dataset(labels, collection)
            if nested:
                check_nested(dataset, recipe)
            if contest is None:
                trained, comparison = train(dataset, recipe, say=say), None
            else:
                trained, comparison = contest(dataset, recipe, say)
            stays = comparison is not None and not comparison.replaces and target == champion
            told = _finish(
                trained,
                collection,
                None if stays and not replace else target,
                target == champion,
                say,
            )
    except KeyboardInterrupt:
        typer.echo("Interrupted: no model was written, and what was there is as it was.", err=True)
        raise typer.Exit(INTERRUPTED_STATUS) from None
    if report is not None and comparison is not None:
        _write_report(report, comparison)
    if nested and told["model"] is not None:
        _add_nested(trained, target, told, say)
    if json_output:
        if comparison is not None:
            told["comparison"] = comparison.as_data()
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    _print(told, comparison)


def _target(out: Path | None, champion: Path | None, replace: bool, report: Path | None) -> Path:
    """The folder to write to; refuses before the work what could not be written after it."""
    from ndc_urban.errors import OutputExists, UsageError

    if champion is None:
        for given, option in ((replace, "--replace"), (report is not None, "--report")):
            if given:
                raise UsageError(f"{option} needs a champion.", remedy="Name its folder with --champion.")
    if report is not None and report.exists():
        raise OutputExists(f"{report} exists already.")
    if champion is not None and (out is None or out.resolve() == champion.resolve()):
        return champion
    if out is None:
        raise UsageError("There is no folder for the new model.", remedy="Name one with --out.")
    if out.exists():
        raise OutputExists(f"The folder {out} exists already.")
    return out


def _contest_with(folder: Path) -> Callable[[Dataset, Recipe, Say], tuple[Trained, Comparison]]:
    """The contest with the champion, which is loaded before the long work begins."""
    from ndc_urban.model.storage import load_model
    from ndc_urban.training.champion import contest
    from ndc_urban.training.training_labels import load_training_labels

    champion, recorded = load_model(folder), load_training_labels(folder)

    def held(dataset: Dataset, recipe: Recipe, say: Say) -> tuple[Trained, Comparison]:
        result = contest(champion, recorded, dataset, recipe, say=say)
        return result.trained, result.comparison

    return held


def _finish(
    trained: Trained, collection: Collection, target: Path | None, replace: bool, say: Say
) -> dict[str, Any]:
    """Measures the new model and writes it, unless there is no folder to write to."""
    from ndc_urban.model.storage import FILES, save_model
    from ndc_urban.training.card import write_card
    from ndc_urban.training.evaluation import evaluate, out_of_fold
    from ndc_urban.training.out_of_fold import out_of_fold_csv
    from ndc_urban.training.published_check import against_published
    from ndc_urban.training.training_labels import TRAINING_LABELS_FILE, as_bytes, training_labels_of

    say("measuring")
    figures = evaluate(out_of_fold(trained, forward=True))
    figures["published"] = against_published(trained, collection)
    digest = None
    if target is not None:
        card = write_card(figures, trained.model.details, trained.recipe.coverage)
        digest = save_model(
            trained.model,
            target,
            metrics=figures,
            card=card,
            more={
                TRAINING_LABELS_FILE: as_bytes(training_labels_of(trained.dataset)),
                FILES.out_of_fold: out_of_fold_csv(trained),
            },
            replace=replace,
        )
    return {"model": None if target is None else str(target), "hash": digest, "figures": figures}


def _add_nested(trained: Trained, folder: Path, told: dict[str, Any], say: Say) -> None:
    """Measures by nested folds and adds the figures to a model that is saved already, and so stays whatever happens."""
    from ndc_urban.cli.interrupts import INTERRUPTED_STATUS, ending_cleanly
    from ndc_urban.model.storage import save_figures
    from ndc_urban.training.card import main_figures, write_card
    from ndc_urban.training.evaluation import evaluate
    from ndc_urban.training.nested import nested_predictions

    figures = told["figures"]
    say(f"The model is in {folder}; nested folds take about eight times as long as the training did.")
    try:
        with ending_cleanly():
            figures["nested"] = main_figures(
                evaluate(nested_predictions(trained.dataset, trained.recipe, say=say))
            )
            save_figures(folder, figures, write_card(figures, trained.model.details, trained.recipe.coverage))
    except KeyboardInterrupt:
        typer.echo(f"Interrupted: the model is in {folder}, without figures of nested folds.", err=True)
        raise typer.Exit(INTERRUPTED_STATUS) from None


def _write_report(path: Path, comparison: Comparison) -> None:
    from ndc_urban.files import write_atomically

    lines = "\n".join(f"- {line}" for line in comparison.lines())
    write_atomically(path, f"# Comparison with the champion\n\n{lines}\n".encode())


def _print(told: dict[str, Any], comparison: Comparison | None) -> None:
    from ndc_urban.training.evaluation import summary_lines

    for line in summary_lines(told["figures"]):
        typer.echo(line)
    if comparison is not None:
        typer.echo("Champion and new model on the same documents and folds:")
        for line in comparison.lines():
            typer.echo(f"  {line}")
    if told["model"] is None:
        typer.echo("The champion stays. To keep the new model, give --out another folder, or --replace.")
    else:
        typer.echo(f"The model is in {told['model']} (hash {str(told['hash'])[:12]}).")
