"""`ndc-urban evaluate`: how good a model is on Parties that it has not seen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ndc_urban.cli.options import JsonOption, QuietOption


def evaluate_cli(
    model: Annotated[Path, typer.Argument(help="The model folder.", show_default=False)],
    annotations: Annotated[
        list[Path] | None,
        typer.Option(
            "--annotations",
            help="Folder with levels.csv and passages.csv or passages.jsonl; may be given several times.",
        ),
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option("--corpus", help="Folder with documents.csv and the files that it names.")
    ] = None,
    json_output: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Measure a model on annotated documents of Parties that it was not trained on.

    Without --annotations, show the figures that were measured when the model was trained.
    """
    import json

    from ndc_urban.errors import UsageError
    from ndc_urban.model.evaluation import summary_lines
    from ndc_urban.model.storage import load_metrics, load_model

    loaded = load_model(model)
    annotations = annotations or None
    if (annotations is None) != (corpus is None):
        raise UsageError("--annotations and --corpus go together.", remedy="Give both, or neither.")
    if annotations is None or corpus is None:
        figures = load_metrics(model)
    else:
        from ndc_urban.annotations.loading import load_labels
        from ndc_urban.model.dataset import load_dataset
        from ndc_urban.model.evaluation import evaluate, held_out
        from ndc_urban.reading.collection import Collection

        if not quiet:
            typer.echo("reading the annotated documents", err=True)
        collection = Collection(corpus)
        labels = load_labels(annotations, collection)
        if not quiet:
            for line in labels.told():
                typer.echo(line, err=True)
        figures = evaluate(held_out(loaded, load_dataset(labels.annotations, collection, for_training=False)))
    if json_output:
        typer.echo(json.dumps(figures, ensure_ascii=False))
        return
    typer.echo(f"Measured by {figures['method']}.")
    for line in summary_lines(figures):
        typer.echo(line)
