"""`ndc-urban corpus update`: what is new, changed and withdrawn in a registry of a later date."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ndc_urban.cli.options import JsonOption, named_path


def update_cli(
    registry: Annotated[
        Path,
        typer.Option(
            "--registry",
            help="CSV file with the registry of a later date.",
            show_default=False,
            parser=named_path,
        ),
    ],
    before: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="CSV file with the registry of the earlier date.",
            show_default="the shipped registry",
            parser=named_path,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="CSV file for the table of changes.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is new, changed and withdrawn in a registry since an earlier date."""
    import json

    from ndc_urban import shipped
    from ndc_urban.corpus.registry import called, load_registry
    from ndc_urban.corpus.registry_changes import as_csv, changes, in_words, is_perhaps_cut
    from ndc_urban.errors import OutputExists
    from ndc_urban.files import write_atomically

    if out is not None and out.exists():
        raise OutputExists(f"{out} exists already.")
    later, earlier = load_registry(registry), load_registry(before or shipped.path("registry"))
    lacking = later.lacking | earlier.lacking
    found = changes(earlier.documents, later.documents, lacking=lacking)
    notes = [*later.notes, *(earlier.notes if before else ())]
    if lacking:
        notes.append(
            f"Not compared, as one of the tables lacks it: {', '.join(map(called, sorted(lacking)))}."
        )
    if is_perhaps_cut(found, earlier.documents):
        notes.append(
            f"Most documents of the earlier registry are not in {registry}: is the whole table in the file?"
        )
    if out is not None:
        write_atomically(out, as_csv(found))
    if as_json:
        told = {"changes": [each.as_row() for each in found], "notes": notes}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for note in notes:
        typer.echo(f"Note: {note}", err=True)
    for line in in_words(found):
        typer.echo(line)
    if out is not None:
        typer.echo(f"The table is {out}.")
    elif found:
        typer.echo(
            f"As a table: add --out FILE.csv. To fetch what is new: ndc-urban corpus download --registry {registry}"
        )
