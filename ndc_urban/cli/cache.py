"""`ndc-urban cache`: what was read and scored before, how much space it takes, and how to clear it."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from ndc_urban.cli.options import CacheOption, JsonOption
from ndc_urban.counting import agreeing

cache_app = typer.Typer(
    name="cache", no_args_is_help=True, rich_markup_mode=None, help="Look at the cache, or clear it."
)


@cache_app.command("info")
def info_cli(cache: CacheOption = None, as_json: JsonOption = False) -> None:
    """Show where the cache is and what it holds."""
    from ndc_urban.cache import place
    from ndc_urban.cache.entries import READ, SCORED, sizes

    root = _root(cache)
    held = sizes(root)
    found = {
        "folder": str(root),
        "documents_read": held[READ].entries,
        "documents_scored": held[SCORED].entries,
        "bytes": held[READ].size + held[SCORED].size,
        "limit_bytes": place.limit(),
    }
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    typer.echo(f"Folder: {root}")
    typer.echo(f"Documents read: {held[READ].entries:,} ({_megabytes(held[READ].size)})")
    typer.echo(
        f"Results of scoring, failures included: {held[SCORED].entries:,} ({_megabytes(held[SCORED].size)})"
    )
    typer.echo(
        f"Limit: {_megabytes(place.limit())}; entries unused for longest are removed first ({place.LIMIT_VARIABLE})."
    )


@cache_app.command("clear")
def clear_cli(cache: CacheOption = None, as_json: JsonOption = False) -> None:
    """Remove everything from the cache."""
    from ndc_urban.cache.entries import clear

    root = _root(cache)
    removed = clear(root)
    if as_json:
        typer.echo(json.dumps({"folder": str(root), "entries": removed.entries, "bytes": removed.size}))
    else:
        typer.echo(
            f"Removed {removed.entries:,} {agreeing(removed.entries, 'entry', 'entries')} "
            f"({_megabytes(removed.size)}) from {root}."
        )


def _root(given: Path | None) -> Path:
    from ndc_urban.cache import place
    from ndc_urban.errors import UsageError

    root = given or place.usual()
    if root is None:
        raise UsageError(
            f"There is no cache: {place.VARIABLE} is {place.OFF}.", remedy="Name its folder with --cache."
        )
    return root


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
