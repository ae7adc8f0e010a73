"""`ndc-urban evaluate`: how good a model is on Parties that it has not seen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ndc_urban.cli.options import JsonOption, QuietOption, named_path


def evaluate_cli(
    model: Annotated[Path, typer.Argument(help="The model folder.", show_default=False, parser=named_path)],
    annotations: Annotated[
        list[Path] | None,
        typer.Option(
            "--annotations",
            help="Folder with levels.csv and passages.csv or passages.jsonl; may be given several times.",
            show_default=False,
            parser=named_path,
        ),
    ] = None,
    corpus: Annotated[
        Path | None,
        typer.Option(
            "--corpus", help="Folder with documents.csv and the files that it names.", show_default=False
        ),
    ] = None,
    cross_validate: Annotated[
        bool,
        typer.Option(
            "--cross-validate",
            help="Train again, each time without one fold of Parties, and measure on that fold.",
        ),
    ] = False,
    nested: Annotated[
        bool,
        typer.Option(
            "--nested",
            help="With --cross-validate: repeat the whole training for each fold, so that nothing fitted has seen its "
            "Parties (about eight times as long).",
        ),
    ] = False,
    disagreements: Annotated[
        Path | None,
        typer.Option(
            "--disagreements",
            help="Write the labels that the model finds least likely to this CSV file, for review.",
            show_default=False,
        ),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes to use.")] = 2,
    json_output: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Measure a model on annotated documents of Parties that it was not trained on.

    Without --annotations, show the figures that were measured when the model was trained. Figures come as tables, with
    intervals, by round, region and language, beside three baselines.
    """
    import json

    from ndc_urban.errors import OutputExists, UsageError
    from ndc_urban.model.storage import load_metrics, load_model
    from ndc_urban.training.card import figures_as_markdown
    from ndc_urban.training.evaluation import evaluate
    from ndc_urban.training.train import Recipe
    from ndc_urban.training.workflow import predict

    def say(line: str) -> None:
        if not quiet:
            typer.echo(line, err=True)

    loaded = load_model(model)
    if nested and not cross_validate:
        raise UsageError("--nested works only with --cross-validate.", remedy="Add --cross-validate.")
    if (not annotations) != (corpus is None):
        raise UsageError("--annotations and --corpus go together.", remedy="Give both, or neither.")
    if disagreements is not None and disagreements.exists():
        raise OutputExists(f"{disagreements} exists already.")
    if not annotations or corpus is None:
        if disagreements is not None or cross_validate:
            option = "--disagreements" if disagreements is not None else "--cross-validate"
            raise UsageError(f"{option} needs labels.", remedy="Give --annotations and --corpus too.")
        figures: dict[str, Any] = load_metrics(model)
    else:
        recipe = Recipe(name=loaded.name, jobs=jobs) if cross_validate else None
        predictions = predict(loaded, annotations, corpus, recipe=recipe, nested=nested, say=say)
        if disagreements is not None:
            from ndc_urban.files import write_atomically
            from ndc_urban.training.label_review import disagreements_csv

            write_atomically(disagreements, disagreements_csv(predictions))
            say(f"The labels to review are in {disagreements}.")
        figures = evaluate(predictions)
    if json_output:
        typer.echo(json.dumps(figures, ensure_ascii=False))
        return
    for line in figures_as_markdown(figures):
        typer.echo(line)
