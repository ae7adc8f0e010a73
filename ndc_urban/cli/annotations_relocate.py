"""`ndc-urban annotations anchor` and `relocate`: labels without texts, and where they are in the documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ndc_urban.cli.options import JsonOption, QuietOption, named_path
from ndc_urban.counting import agreeing, counted

CorpusOption = Annotated[
    Path, typer.Option("--corpus", help="Folder with documents.csv and the files that it names.")
]


def anchor_cli(
    folder: Annotated[Path, typer.Argument(help="Folder with labels and their texts (passages.jsonl).")],
    corpus: CorpusOption,
    into: Annotated[Path, typer.Option("--into", help="Folder for passages.csv, which must not hold one.")],
    quiet: QuietOption = False,
) -> None:
    """Turn labels with texts into labels with anchors, which may be shared where the texts may not."""
    from ndc_urban.corpus.register import Collection
    from ndc_urban.errors import OutputExists, PathMissing
    from ndc_urban.labels.anchor_migration import anchored
    from ndc_urban.labels.store import PASSAGES_TABLE, write_passage_labels
    from ndc_urban.labels.texts import PASSAGES_FILE, read_labels_with_texts

    if not (folder / PASSAGES_FILE).is_file():
        raise PathMissing(f"There is no {PASSAGES_FILE} in {folder}.")
    if (into / PASSAGES_TABLE).exists():
        raise OutputExists(f"{into / PASSAGES_TABLE} exists already.", remedy="Choose another --into.")
    if not quiet:
        typer.echo("reading the coded documents", err=True)
    collection = Collection(corpus)
    result = anchored(read_labels_with_texts(folder, collection), collection)
    write_passage_labels(into, result.labels)
    typer.echo(
        f"{counted(len(result.labels), 'label')} {agreeing(len(result.labels), 'is', 'are')} in "
        f"{into / PASSAGES_TABLE}."
    )
    for each in result.unplaced:
        label = each.label
        typer.echo(f"{label.document}, {label.coder}, code {label.code}: no place, because {each.reason}.")


def relocate_cli(
    corpus: CorpusOption,
    annotations: Annotated[
        list[Path] | None,
        typer.Option(
            "--annotations",
            help="Folder with passages.csv; may be given several times.",
            show_default="the shipped labels",
            parser=named_path,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="CSV file for the position of every label on every file.", show_default=False
        ),
    ] = None,
    json_output: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Find labels in the documents again: in the file that was coded, and in other versions of it."""
    import json

    from ndc_urban.cli.progress import progress_of_steps
    from ndc_urban.corpus.register import Collection
    from ndc_urban.errors import OutputExists, PathMissing
    from ndc_urban.files import write_atomically
    from ndc_urban.labels.relocation_report import relocate
    from ndc_urban.labels.store import PASSAGES_TABLE, read_passage_labels
    from ndc_urban.shipped import given_or_shipped

    folders = annotations or [given_or_shipped(Path("annotations"))]
    for folder in folders:
        if not (folder / PASSAGES_TABLE).is_file():
            raise PathMissing(
                f"There is no {PASSAGES_TABLE} in {folder}.",
                remedy="Give --annotations a folder with labels, or make one with `ndc-urban annotations anchor`.",
            )
    if out is not None and out.exists():
        raise OutputExists(f"{out} exists already.")
    labels = [label for folder in folders for label in read_passage_labels(folder)]
    show = progress_of_steps(quiet=quiet, what="files with labels")
    result = relocate(labels, Collection(corpus), progress=show)
    if out is not None:
        write_atomically(out, result.as_csv())
    figures = result.figures()
    if json_output:
        typer.echo(json.dumps(figures, ensure_ascii=False))
        return
    for name, counts in figures["files"].items():
        typer.echo(
            f"{name}: {counts['found']} of {counted(counts['labels'], 'label')} ({counts['share']:.1%}) "
            f"found in {counted(counts['files'], 'file')}"
        )
        for what, count in (*counts["how"].items(), *counts["refused"].items()):
            typer.echo(f"  {count:6d}  {what}")
    for file, count in figures["files_without_text"].items():
        typer.echo(f"not read (no text layer, or damaged): {file}, {counted(count, 'label')}")
    if figures["labels_without_file"]:
        count = figures["labels_without_file"]
        verb = agreeing(count, "was", "were")
        typer.echo(f"{counted(count, 'label')} {verb} coded on files that are not in the corpus")
