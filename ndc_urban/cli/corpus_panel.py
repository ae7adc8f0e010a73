"""`ndc-urban corpus panel`: a panel with a round, from registry and register."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ndc_urban.cli.options import JsonOption, QuietOption, RegistryOption, day, named_path

if TYPE_CHECKING:
    from ndc_urban.corpus.panel_folder import PanelFolder
    from ndc_urban.corpus.panel_making import NewPanel, Period

RoundOption = Annotated[
    str, typer.Option("--round", help="The round, such as 2027.", show_default="the day of --day")
]
DayOption = Annotated[
    str,
    typer.Option(
        "--day",
        help="The day of the round: the NDCs in force on it count.",
        show_default="the round's own, or 31 December of the year in its name",
    ),
]
SinceOption = Annotated[
    str,
    typer.Option(
        "--since",
        help="Only NDCs submitted on this day or later belong to the round.",
        show_default="all in force",
    ),
]
RegisterOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--register",
        help="A folder of documents, or its register documents.csv; may be repeated. The shipped one is always used.",
        show_default=False,
        parser=named_path,
    ),
]
PanelOption = Annotated[
    Path | None,
    typer.Option(
        "--panel",
        help="The panel that gets the round.",
        show_default="panel.csv in --out, or the shipped panel",
        parser=named_path,
    ),
]
OutOption = Annotated[
    Path, typer.Option("--out", "-o", help="Folder for the panel and the tables beside it.")
]


def panel_cli(
    out: OutOption = Path("panel"),
    round_name: RoundOption = "",
    on_day: DayOption = "",
    since: SinceOption = "",
    registry: RegistryOption = None,
    register: RegisterOption = None,
    panel: PanelOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make or extend a panel: which document counts for which Party in a round, or on a day.

    The folder gets panel.csv, the tables that `ndc-urban trend` looks for beside it, and a table of what counts, what
    is superseded and what is missing. A folder of documents without a register gets one, with the name of the round.
    """
    import json

    from ndc_urban.cli.progress import progress_of_steps
    from ndc_urban.corpus.panel_folder import make_panel

    period = _period(round_name, on_day, since)
    made = make_panel(
        out,
        period,
        registry=registry,
        registers=register or (),
        panel=panel,
        progress=progress_of_steps(quiet=quiet, what="documents registered"),
    )
    if as_json:
        typer.echo(json.dumps(_as_dict(made, period), ensure_ascii=False))
        return
    for line in panel_lines(made, period, registry):
        typer.echo(line)


def panel_lines(made: PanelFolder, period: Period, registry: Path | None = None) -> list[str]:
    """What counts, what is superseded, what is missing and what was noted; `registry` is that of the command."""
    from ndc_urban.corpus.panel_making import KEPT, MEMBER, MISSING, STANDS, SUPERSEDED
    from ndc_urban.counting import agreeing, counted

    result = made.result
    counts = result.counts()
    count = counts[STANDS] + counts[KEPT]
    lines = [
        f"Round {period.round}, NDCs in force on {period.last.isoformat()}: {counted(count, 'document')} "
        f"{agreeing(count, 'counts', 'count')}, {counts[STANDS]} of them new in the panel."
    ]
    lines += _listed(result, SUPERSEDED, "superseded", lambda row: f"{row['document']}: {row['note']}")
    lines += _listed(
        result,
        MISSING,
        "missing",
        lambda row: f"{row['iso3']} {row['submission_date']} {row['address']}".rstrip(),
    )
    if counts[MEMBER]:
        lines.append(
            f"{counted(counts[MEMBER], 'Party')} {agreeing(counts[MEMBER], 'is a member', 'are members')} of the "
            f"European Union, whose NDC stands for {agreeing(counts[MEMBER], 'it', 'them')}."
        )
    if counts[MISSING]:
        option = f" --registry {registry}" if registry else ""
        lines.append(
            f"To get what is missing: ndc-urban corpus download --round {period.round}{option} --out FOLDER"
        )
    lines += [f"Note: {note}" for note in (*made.notes, *result.notes)]
    lines.append(f"The panel is {made.panel}; what happened to each Party is in {made.report}.")
    return lines


MOST_LISTED = 10
"""Documents of a kind that the terminal shows; the table has all."""


def _listed(
    result: NewPanel, status: str, word: str, describe: Callable[[Mapping[str, str]], str]
) -> list[str]:
    rows = result.of_status(status)
    if not rows:
        return []
    lines = [f"{len(rows)} {word}:", *(f"  {describe(row)}" for row in rows[:MOST_LISTED])]
    return lines + ([f"  and {len(rows) - MOST_LISTED} more"] if len(rows) > MOST_LISTED else [])


def _period(name: str, on_day: str, since: str) -> Period:
    from datetime import date

    from ndc_urban.corpus.panel_making import Period
    from ndc_urban.errors import UsageError
    from ndc_urban.trend.rounds import day_of, first_day_of

    if not name and not on_day:
        raise UsageError("There is no round.", remedy="Give --round 2027, or --day 2027-06-30.")
    name = name or on_day
    last = day(on_day) or day_of(name)
    if last == date.max:
        raise UsageError(
            f"The name of the round {name} gives no day.", remedy="Give the day too: --day 2027-06-30."
        )
    return Period(name, day(since) or first_day_of(name), last)


def _as_dict(made: PanelFolder, period: Period) -> dict[str, object]:
    return {
        "panel": made.panel.as_posix(),
        "report": made.report.as_posix(),
        "round": period.round,
        "day": period.last.isoformat(),
        "counts": dict(made.result.counts()),
        "parties": [dict(row) for row in made.result.report],
        "notes": [*made.notes, *made.result.notes],
    }
