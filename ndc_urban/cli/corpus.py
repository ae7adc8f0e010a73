"""`ndc-urban corpus`: getting documents, registering them, and making panels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ndc_urban.cli.corpus_download import download_cli
from ndc_urban.cli.corpus_panel import panel_cli
from ndc_urban.cli.corpus_update import update_cli
from ndc_urban.cli.options import JsonOption, QuietOption
from ndc_urban.counting import agreeing, counted

corpus_app = typer.Typer(
    name="corpus",
    help="Getting documents, registering which file is which NDC, and making panels of Parties and rounds.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@corpus_app.callback()
def _corpus() -> None:
    """Getting documents, registering which file is which NDC, and making panels of Parties and rounds."""


corpus_app.command("download")(download_cli)
corpus_app.command("panel")(panel_cli)
corpus_app.command("update")(update_cli)


@corpus_app.command("register")
def register_cli(
    folder: Annotated[Path, typer.Argument(help="The folder with the documents.", show_default=False)],
    round_name: Annotated[
        str, typer.Option("--round", help="The round of the new documents, such as 2026.")
    ] = "",
    json_output: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write the register documents.csv of a folder, or add new files to it. Existing rows are not changed."""
    import json

    from ndc_urban.cli.progress import progress_of_steps
    from ndc_urban.corpus.register import REGISTER
    from ndc_urban.corpus.registration import load_rows, register_folder
    from ndc_urban.files import write_atomically

    path = folder / REGISTER
    known = load_rows(path) if path.is_file() else []
    result = register_folder(
        folder, known, round_name=round_name, progress=progress_of_steps(quiet=quiet, what="documents")
    )
    if result.added:
        write_atomically(path, result.as_bytes())
    if json_output:
        summary = {
            "register": str(path),
            "files": len(result.rows),
            "added": result.added,
            "without_party": list(result.unnamed),
            "unread": list(result.unread),
        }
        typer.echo(json.dumps(summary, ensure_ascii=False))
        return
    typer.echo(f"{path}: {counted(result.added, 'file')} added, {len(result.rows)} in all.")
    if result.unnamed:
        typer.echo(
            f"{counted(len(result.unnamed), 'file name')} {agreeing(len(result.unnamed), 'does', 'do')} not "
            f"begin with the code of a Party, such as {result.unnamed[0]}: "
            "fill in the columns iso3 and document."
        )
    for name in result.unread:
        typer.echo(f"{name} cannot be read, so its language is unknown.")
