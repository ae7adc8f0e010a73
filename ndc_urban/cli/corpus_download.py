"""`ndc-urban corpus download`: the documents that a registry lists."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ndc_urban.cli.options import JsonOption, QuietOption, RegistryOption, day
from ndc_urban.corpus.fetching import PAUSE

if TYPE_CHECKING:
    from ndc_urban.corpus.downloading import Choice, Downloaded, Plan

AddressesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ADDRESS]...",
        help="Addresses of single documents, in place of what the registry lists.",
        show_default=False,
    ),
]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="The folder for the documents.")]
RoundOption = Annotated[
    str,
    typer.Option(
        "--round",
        help="Only the NDCs of a round, such as 2026: those in force on its day, with their translations.",
        show_default="all documents",
    ),
]
PartyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--party", help="Only this Party, by its code or name; may be repeated.", show_default="all"
    ),
]
SinceOption = Annotated[
    str, typer.Option("--since", help="Only documents submitted on this day or later.", show_default="all")
]
LanguageOption = Annotated[
    list[str] | None,
    typer.Option(
        "--language", help="Only this language, such as English or en; may be repeated.", show_default="all"
    ),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only count what would be fetched.")]
PauseOption = Annotated[
    float, typer.Option("--pause", min=0.0, help="Seconds between two requests to one server.")
]


def download_cli(
    addresses: AddressesArgument = None,
    out: OutOption = Path("ndcs"),
    registry: RegistryOption = None,
    round_name: RoundOption = "",
    party: PartyOption = None,
    since: SinceOption = "",
    language: LanguageOption = None,
    dry_run: DryRunOption = False,
    pause: PauseOption = PAUSE,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Download the documents that a registry lists, one at a time.

    What is in the folder already is kept, so the same command continues where it was stopped. The folder gets the
    register documents.csv, and downloads.csv, which says what came from where, what failed, and what to open by hand.
    """
    from ndc_urban import shipped
    from ndc_urban.cli.progress import progress_of_steps
    from ndc_urban.corpus.downloading import download, known_documents, plan
    from ndc_urban.corpus.fetching import open_fetcher
    from ndc_urban.corpus.registration import load_rows
    from ndc_urban.corpus.registry import called, load_registry
    from ndc_urban.errors import RegistryInvalid

    table = load_registry(registry or shipped.path("registry"))
    choice = _choice(addresses or (), round_name, party or (), since, language or ())
    if not addresses and "address" in table.lacking:
        raise RegistryInvalid(f"{table.path} has no column {called('address')}, so nothing can be fetched.")
    for note in () if as_json else table.notes:
        typer.echo(f"Note: {note}", err=True)
    planned = plan(table.documents, choice, out)
    for line in () if as_json else plan_lines(planned, pause):
        typer.echo(line, err=not dry_run)
    if dry_run:
        if as_json:
            _print_json(_plan_as_dict(planned, pause) | {"notes": list(table.notes)})
        return
    known = known_documents(load_rows(shipped.path("register")))
    try:
        with open_fetcher(pause) as fetcher:
            progress = progress_of_steps(quiet=quiet, what="documents")
            result = download(planned, fetcher, known=known, progress=progress)
    except KeyboardInterrupt:
        typer.echo("Stopped. Run the same command again to continue.", err=True)
        raise typer.Exit(130) from None
    if as_json:
        _print_json(_plan_as_dict(planned, pause) | _result_as_dict(result) | {"notes": list(table.notes)})
    else:
        for line in result_lines(result):
            typer.echo(line)
    raise typer.Exit(result.exit_status)


def plan_lines(plan: Plan, pause: float) -> list[str]:
    """What a download would do, with counts."""
    from ndc_urban.counting import agreeing, counted
    from ndc_urban.durations import duration

    hosts = ", ".join(f"{count} from {host}" for host, count in plan.hosts.items())
    lines = [
        f"{counted(len(plan.fetch), 'document')} to fetch into {plan.folder}"
        + (f": {hosts}." if hosts else ".")
    ]
    if plan.seconds(pause):
        lines.append(f"The pauses between requests alone take {duration(plan.seconds(pause))}.")
    for group, one, many in (
        (plan.here, "is there already", "are there already"),
        (
            plan.withdrawn,
            "is left out because the Party has withdrawn it",
            "are left out because the Parties have withdrawn them",
        ),
        (plan.without_address, "has no address in the registry", "have no address in the registry"),
    ):
        if group:
            lines.append(f"{len(group)} {agreeing(len(group), one, many)}.")
    return lines + _undated_lines(plan)


MOST_NAMED = 10
"""Documents without a date that the terminal names, as many as other lists of `corpus` show; `--json` has all."""


def _undated_lines(plan: Plan) -> list[str]:
    """What is left out for want of a date: NDCs and translations by name, letters and annexes as a count."""
    from ndc_urban.counting import agreeing

    count = len(plan.undated)
    if not count:
        return []
    named = [each for each in plan.undated if each.is_text_of_ndc]
    what = agreeing(count, "is left out because it has", "are left out because they have")
    others = f" ({count - len(named)} of them letters or annexes)" if len(named) < count else ""
    lines = [f"{count} {what} no date that can be read{others}{':' if named else '.'}"]
    for each in named[:MOST_NAMED]:
        name = " ".join(filter(None, (each.iso3 or each.party, each.title)))
        lines.append(f"  row {each.line}: {name} {each.address}".rstrip())
    if len(named) > MOST_NAMED:
        lines.append(f"  and {len(named) - MOST_NAMED} more")
    lines.append("To fetch one, write its date in the registry, or give its address to this command.")
    return lines


def result_lines(result: Downloaded) -> list[str]:
    """What was fetched, and each failure with its remedy."""
    from ndc_urban.counting import agreeing, counted

    folder = result.plan.folder
    verb = agreeing(len(result.files), "was", "were")
    lines = [
        f"{counted(len(result.files), 'document')} {verb} fetched into {folder}, {len(result.failures)} failed."
    ]
    lines += [f"Note: {note}" for note in result.notes]
    for each in result.failures:
        document = each.document
        name = " ".join(filter(None, (document.iso3 or document.party, document.title))) or document.address
        lines.append(f"Failed: {name}: {each.message} {each.remedy}")
    if result.failures:
        lines.append(f"The failures are also in {folder / 'downloads.csv'}.")
    return lines


def _choice(addresses: Any, round_name: str, parties: Any, since: str, languages: Any) -> Choice:
    from ndc_urban.corpus.downloading import Choice
    from ndc_urban.trend.rounds import day_of, first_day_of

    return Choice(
        tuple(part.strip() for name in parties for part in name.split(",") if part.strip()),
        tuple(part.strip() for name in languages for part in name.split(",") if part.strip()),
        day(since),
        (first_day_of(round_name), day_of(round_name)) if round_name else None,
        tuple(addresses),
    )


def _print_json(value: dict[str, Any]) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False))


def _plan_as_dict(plan: Plan, pause: float) -> dict[str, Any]:
    return {
        "folder": plan.folder.as_posix(),
        "to_fetch": len(plan.fetch),
        "hosts": dict(plan.hosts),
        "already_there": len(plan.here),
        "withdrawn": len(plan.withdrawn),
        "without_address": len(plan.without_address),
        "undated": [
            {"row": each.line, "iso3": each.iso3, "title": each.title, "address": each.address}
            for each in plan.undated
        ],
        "seconds_of_pauses": plan.seconds(pause),
    }


def _result_as_dict(result: Downloaded) -> dict[str, Any]:
    return {
        "fetched": list(result.files),
        "files_with_notes": list(result.notes),
        "failed": [
            {
                "iso3": each.document.iso3,
                "title": each.document.title,
                "address": each.document.address,
                "error": each.error,
                "message": each.message,
                "remedy": each.remedy,
            }
            for each in result.failures
        ],
    }
