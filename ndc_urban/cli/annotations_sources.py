"""`ndc-urban annotations sources`: the documents behind labels, and where to get them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ndc_urban.counting import agreeing, counted


def sources_cli(
    annotations: Annotated[
        Path, typer.Argument(help="Folder with labels; `labels` is the shipped one.", show_default="labels")
    ] = Path("labels"),
    register: Annotated[
        Path | None,
        typer.Option(
            "--register", help="Register of files (CSV) with their sources.", show_default="the shipped one"
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="CSV file; it must not exist yet.", show_default="the screen"),
    ] = None,
) -> None:
    """List the files that labels were made on: document, name, SHA-256, collection, and the address at the UNFCCC."""
    from ndc_urban import shipped
    from ndc_urban.corpus.label_sources import label_sources, sources_csv
    from ndc_urban.errors import OutputExists
    from ndc_urban.files import write_atomically
    from ndc_urban.labels.loading import labels_of

    if out is not None and out.exists():
        raise OutputExists(f"{out} exists already.")
    passages, levels = labels_of(shipped.given_or_shipped(annotations))
    found = label_sources(
        [(each.document, each.anchor.sha256) for each in passages]
        + [(each.document, each.sha256) for each in levels if each.sha256],
        shipped.path("register") if register is None else register,
    )
    data = sources_csv(found)
    if out is None:
        typer.echo(data.decode(), nl=False)
    else:
        write_atomically(out, data)
        documents = counted(len({each.document for each in found}), "document")
        verb = agreeing(len(found), "is", "are")
        typer.echo(f"{counted(len(found), 'file')} of {documents} {verb} in {out}.")
