"""`ndc-urban train`: a model from annotations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ndc_urban.cli.options import JsonOption, QuietOption


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
    out: Annotated[Path, typer.Option("--out", help="Folder for the new model; it must not exist yet.")],
    name: Annotated[str, typer.Option("--name", help="Name of the model.")] = "default",
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes to use.")] = 2,
    json_output: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Train a model on annotated documents, and measure it on Parties that it has not seen."""
    import json

    from ndc_urban.annotations.loading import load_labels
    from ndc_urban.errors import OutputExists
    from ndc_urban.model.card import write_card
    from ndc_urban.model.dataset import load_dataset
    from ndc_urban.model.evaluation import evaluate, out_of_fold, summary_lines
    from ndc_urban.model.storage import save_model
    from ndc_urban.model.training import Recipe, train
    from ndc_urban.reading.collection import Collection

    def say(line: str) -> None:
        if not quiet:
            typer.echo(line, err=True)

    if out.exists():
        raise OutputExists(f"The folder {out} exists already.")
    collection = Collection(corpus)
    say("reading the annotated documents")
    labels = load_labels(annotations, collection)
    for line in labels.told():
        say(line)
    trained = train(load_dataset(labels.annotations, collection), Recipe(name=name, jobs=jobs), say=say)
    say("measuring")
    figures = evaluate(out_of_fold(trained))
    card = write_card(figures, trained.model.details, trained.recipe.coverage)
    digest = save_model(trained.model, out, metrics=figures, card=card)
    if json_output:
        typer.echo(json.dumps({"model": str(out), "hash": digest, "figures": figures}, ensure_ascii=False))
        return
    for line in summary_lines(figures):
        typer.echo(line)
    typer.echo(f"The model is in {out} (hash {digest[:12]}).")
