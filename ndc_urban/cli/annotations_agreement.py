"""`ndc-urban annotations agreement`: do coders agree, and where not?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ndc_urban.cli.options import JsonOption, QuietOption
from ndc_urban.counting import agreeing, counted

if TYPE_CHECKING:
    from ndc_urban.labels.agreement import Agreement
    from ndc_urban.statistics import Interval


def agreement_cli(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR", help="Folders of annotations.", show_default=False)
    ],
    disagreements: Annotated[
        Path | None,
        typer.Option(
            "--disagreements",
            help="Write the disagreements, to be settled, to this .xlsx or .csv file.",
            show_default=False,
        ),
    ] = None,
    corpus: Annotated[
        Path | None,
        typer.Option(
            "--corpus", help="Folder with documents.csv and the files, to show the texts of passages."
        ),
    ] = None,
    json_output: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Measure how far coders agree on the units that two or more of them coded."""
    import json

    from ndc_urban.errors import AnnotationsInvalid
    from ndc_urban.labels.agreement import agreements
    from ndc_urban.labels.independence import independent
    from ndc_urban.labels.loading import labels_of

    _check(folders, disagreements, corpus)
    labels = [labels_of(folder) for folder in folders]
    passages = [label for some, _ in labels for label in some]
    levels = [level for _, some in labels for level in some]
    found = agreements(passages, levels)
    left_out = len(passages) - len(independent(passages)), len(levels) - len(independent(levels))
    if any(left_out) and not quiet:
        typer.echo(
            "Left out, because they are a model's or suggestions kept unseen: {} passages, {} levels".format(
                *left_out
            ),
            err=True,
        )
    if not found:
        raise AnnotationsInvalid(
            "No passage and no document was coded by two coders.",
            remedy="Have some documents coded twice, independently, and give both folders.",
        )
    if disagreements is not None and corpus is not None:
        for line in _write_disagreements(folders, disagreements, corpus):
            if not quiet:
                typer.echo(line, err=True)
    if json_output:
        typer.echo(json.dumps({each.what: each.as_data() for each in found}, ensure_ascii=False))
        return
    for each in found:
        _print(each)


def _check(folders: list[Path], disagreements: Path | None, corpus: Path | None) -> None:
    from ndc_urban.errors import OutputExists, PathMissing, UsageError
    from ndc_urban.labels.store import LEVELS_TABLE, PASSAGES_TABLE
    from ndc_urban.labels.texts import PASSAGES_FILE

    for folder in folders:
        if not any((folder / name).is_file() for name in (PASSAGES_TABLE, LEVELS_TABLE, PASSAGES_FILE)):
            raise PathMissing(
                f"There is no {PASSAGES_TABLE}, {LEVELS_TABLE} or {PASSAGES_FILE} in {folder}.",
                remedy="Give the folder that holds the annotations.",
            )
    if disagreements is not None:
        if corpus is None:
            raise UsageError(
                "--disagreements needs the documents.", remedy="Give their folder with --corpus."
            )
        if disagreements.suffix.lower() not in (".xlsx", ".csv"):
            raise UsageError(
                f"{disagreements.name} is not an .xlsx or .csv file.", remedy="Choose one of these endings."
            )
        if disagreements.exists():
            raise OutputExists(f"{disagreements} exists already.")


def _write_disagreements(folders: list[Path], out: Path, corpus: Path) -> list[str]:
    """Writes the sheet of what is to be settled, and says in lines what is in it."""
    from ndc_urban.corpus.register import Collection
    from ndc_urban.exchange.adjudication_sheet import write
    from ndc_urban.exchange.coder_disagreements import disagreements
    from ndc_urban.files import write_atomically
    from ndc_urban.labels.anchor_migration import anchored
    from ndc_urban.labels.store import read_level_labels, read_passage_labels
    from ndc_urban.labels.texts import read_labels_with_texts

    collection = Collection(corpus)
    passages = [label for folder in folders for label in read_passage_labels(folder)]
    for folder in folders:
        passages += anchored(read_labels_with_texts(folder, collection), collection).labels
    levels = [level for folder in folders for level in read_level_labels(folder)]
    sheet = disagreements(passages, levels, collection)
    files = write(sheet, out)
    for path, data in files.items():
        write_atomically(path, data)
    lines = [
        f"{counted(len(sheet.passages), 'passage')} and {counted(len(sheet.levels), 'document')} to settle are in "
        f"{', '.join(map(str, files))}; {sheet.settled} {agreeing(sheet.settled, 'is', 'are')} settled already."
    ]
    if sheet.lost:
        lines.append(
            f"{counted(sheet.lost, 'more passage')} "
            f"{agreeing(sheet.lost, 'is not shown: its', 'are not shown: their')} text was not found."
        )
    return lines


def _print(found: Agreement) -> None:
    name = "quadratic weighted kappa" if found.measure == "ordinal" else "kappa"
    typer.echo(f"{found.what}: {counted(found.units, 'unit')} by {', '.join(found.coders)}")
    typer.echo(f"  Krippendorff's alpha ({found.measure}): {_shown(found.alpha)}")
    for pair in found.pairs:
        typer.echo(
            f"  {pair.first} and {pair.second}, {counted(pair.units, 'unit')}: agree on {_shown(pair.agreed)}, "
            f"{name} {_shown(pair.kappa)}"
        )
        wide = max(map(len, (*found.values, str(pair.units)))) + 2
        typer.echo("    " + " " * wide + "".join(f"{value:>{wide}}" for value in found.values))
        for value, row in zip(found.values, pair.confusion, strict=True):
            typer.echo("    " + f"{value:<{wide}}" + "".join(f"{count:>{wide}}" for count in row))


def _shown(figure: Interval) -> str:
    if figure.value is None:
        return "not defined (all codings are the same)"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f} (all agree: no limits)" if figure.value == 1.0 else f"{figure.value:.3f}"
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"
