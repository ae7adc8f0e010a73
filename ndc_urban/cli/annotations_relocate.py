"""`ndc-urban annotations anchor` and `resolve`: labels without texts, and back onto the documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ndc_urban.cli.options import JsonOption, QuietOption

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
    from ndc_urban.labels.texts import PASSAGES_FILE, load_labels_with_texts

    if not (folder / PASSAGES_FILE).is_file():
        raise PathMissing(f"There is no {PASSAGES_FILE} in {folder}.")
    if (into / PASSAGES_TABLE).exists():
        raise OutputExists(f"{into / PASSAGES_TABLE} exists already.", remedy="Choose another --into.")
    if not quiet:
        typer.echo("reading the coded documents", err=True)
    result = anchored(load_labels_with_texts(folder), Collection(corpus))
    write_passage_labels(into, result.codings)
    typer.echo(f"{len(result.codings)} labels are in {into / PASSAGES_TABLE}.")
    for each in result.unplaced:
        coding = each.coding
        typer.echo(
            f"{coding.document}, {coding.coder}, code {coding.code}: without a place, as {each.reason}."
        )


def resolve_cli(
    corpus: CorpusOption,
    annotations: Annotated[
        list[Path] | None,
        typer.Option(
            "--annotations",
            help="Folder with passages.csv; may be given several times.",
            show_default="annotations",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="CSV file for the place of every label on every file.", show_default=False
        ),
    ] = None,
    json_output: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Put labels with anchors back onto the documents: on the file that was coded, and on its twins."""
    import csv
    import io
    import json

    from ndc_urban.cli.progress import duration_of_steps
    from ndc_urban.corpus.register import Collection
    from ndc_urban.errors import OutputExists, PathMissing
    from ndc_urban.files import write_atomically
    from ndc_urban.labels.anchors import Found
    from ndc_urban.labels.relocation_report import resolution
    from ndc_urban.labels.store import PASSAGES_TABLE, read_passage_labels

    folders = annotations or [Path("annotations")]
    for folder in folders:
        if not (folder / PASSAGES_TABLE).is_file():
            raise PathMissing(
                f"There is no {PASSAGES_TABLE} in {folder}.",
                remedy="Give --annotations a folder with labels, or make one with `ndc-urban annotations anchor`.",
            )
    if out is not None and out.exists():
        raise OutputExists(f"{out} exists already.")
    codings = [coding for folder in folders for coding in read_passage_labels(folder)]
    result = resolution(
        codings, Collection(corpus), tell=duration_of_steps(quiet=quiet, what="files with labels")
    )
    if out is not None:
        table = io.StringIO(newline="")
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(
            "document coder code file relation how similarity page start length fingerprint reason".split()
        )
        for each in result.placed:
            coding, place = each.coding, each.outcome
            where: tuple[object, ...] = (
                (place.how, round(place.similarity, 2), place.page, place.start, len(place.text))
                if isinstance(place, Found)
                else ("", "", "", "", "")
            )
            reason = "" if isinstance(place, Found) else place.reason
            said = (coding.document, coding.coder, coding.code, each.file, each.relation)
            writer.writerow([*said, *where, coding.anchor.fingerprint, reason])
        write_atomically(out, table.getvalue().encode())
    figures = result.figures()
    if json_output:
        typer.echo(json.dumps(figures, ensure_ascii=False))
        return
    for name, counts in figures["files"].items():
        typer.echo(
            f"{name}: {counts['resolved']} of {counts['labels']} labels ({counts['share']:.1%}) "
            f"on {counts['files']} files"
        )
        for what, count in (*counts["how"].items(), *counts["refused"].items()):
            typer.echo(f"  {count:6d}  {what}")
    for file, count in figures["files_without_text"].items():
        typer.echo(f"not read (no text layer, or damaged): {file}, {count} labels")
    if figures["labels_without_file"]:
        typer.echo(
            f"{figures['labels_without_file']} labels were coded on files that the corpus does not hold"
        )
