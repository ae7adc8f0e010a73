"""`ndc-urban trend`: levels over rounds or years, with intervals, beside the published figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ndc_urban.cli.options import JsonOption, QuietOption

if TYPE_CHECKING:
    from ndc_urban.trend import Trend


def trend_cli(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN", help="Run folders that `ndc-urban score` made.", show_default=False),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="The folder to make for the tables and figures.", show_default=False
        ),
    ],
    panel: Annotated[
        Path, typer.Option("--panel", help="Which document stands for each Party in each round.")
    ] = Path("corpus/panel.csv"),
    annotations: Annotated[
        Path | None,
        typer.Option(
            "--annotations",
            help="Folder with levels.csv and its inclusion probabilities, for the corrected estimate.",
            show_default="the folder annotations beside the panel's, if there",
        ),
    ] = None,
    published: Annotated[
        Path | None,
        typer.Option(
            "--published", help="Table of published figures.", show_default="published.csv beside the panel"
        ),
    ] = None,
    rounds: Annotated[
        str, typer.Option("--rounds", help="Rounds of the panel, separated by commas.", show_default="all")
    ] = "",
    years: Annotated[
        str,
        typer.Option(
            "--years",
            help="Calendar years instead of rounds, separated by commas: what was in force on 31 December.",
            show_default=False,
        ),
    ] = "",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Tell the trend of urban content over review rounds or years.

    Shares of low, moderate and strong with 95% intervals, counted over documents and over Parties, corrected for
    errors of classification where a labelled probability sample allows, beside the published figures; moves, groups,
    sectors, topics and themes; figures as SVG and PNG.
    """
    import json

    from ndc_urban.files import check_new_folder
    from ndc_urban.trend import trend
    from ndc_urban.trend.report import write_trend

    check_new_folder(out)
    if not quiet:
        typer.echo("reading the runs and estimating", err=True)
    told = trend(
        runs,
        panel,
        annotations=annotations,
        published=published,
        rounds=_listed(rounds),
        years=_years(years),
    )
    if not quiet:
        typer.echo("writing tables and figures", err=True)
    write_trend(told, out)
    if as_json:
        typer.echo(json.dumps(trend_as_json(told, out), ensure_ascii=False, indent=2, allow_nan=False))
        return
    for line in summary_lines(told):
        typer.echo(line)
    typer.echo(
        f"The report is {out / 'trend.md'}, also as .html, .xlsx and .csv; figures are in {out / 'figures'}."
    )
    if not quiet:
        for note in told.notes[1:]:
            typer.echo(f"Note: {note}", err=True)


def trend_as_json(trend: Trend, out: Path) -> dict[str, Any]:
    """The trend as plain lists and dictionaries; missing numbers become None."""
    return {
        "folder": out.as_posix(),
        "notes": list(trend.notes),
        "provenance": dict(trend.provenance),
        "tables": {
            table.name: {
                "title": table.title,
                "rows": [_plain(row) for row in table.frame.to_dict("records")],
                "notes": list(table.notes),
                "sources": list(table.sources),
            }
            for table in trend.tables
        },
    }


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    import pandas as pd

    plain = {}
    for key, value in row.items():
        plain[str(key)] = None if pd.isna(value) else value.item() if hasattr(value, "item") else value
    return plain


def summary_lines(trend: Trend) -> list[str]:
    """At least moderate and strong by round, basis and estimate, in percent with their limits."""
    from ndc_urban.trend.tables import AT_LEAST_MODERATE

    levels = trend.table("levels").frame
    lines = [f"{'round':<10}{'basis':<11}{'estimate':<11}{'at least moderate':<26}strong"]
    keys = levels[["round", "basis", "estimate"]].drop_duplicates()
    for round_, basis, estimate in keys.itertuples(index=False):
        part = levels[
            (levels["round"] == round_) & (levels["basis"] == basis) & (levels["estimate"] == estimate)
        ]
        cells = {row["level"]: _percent(row) for row in part.to_dict("records")}
        if any(cells.values()):
            first, second = cells.get(AT_LEAST_MODERATE, ""), cells.get("strong", "")
            lines.append(f"{round_:<10}{basis:<11}{estimate:<11}{first:<26}{second}".rstrip())
    refused = levels[levels["share"].isna()].drop_duplicates(["round", "estimate", "note"])
    lines += [f"{row['round']}, {row['estimate']}: {row['note']}" for row in refused.to_dict("records")]
    return lines


def _percent(row: dict[Any, Any]) -> str:
    import pandas as pd

    if pd.isna(row["share"]):
        return ""
    if pd.isna(row["low"]):
        return f"{row['share']:.1%}"
    return f"{row['share']:.1%} ({row['low']:.1%} to {row['high']:.1%})"


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _years(text: str) -> tuple[int, ...]:
    """Years in words like `2018,2019` or `2018-2021`; raises `UsageError`."""
    import re

    from ndc_urban.errors import UsageError

    years: list[int] = []
    for part in _listed(text):
        found = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", part)
        if found is None:
            raise UsageError(f"{part} is no year.", remedy="Write --years 2018,2020 or --years 2018-2025.")
        years += range(int(found[1]), int(found[2] or found[1]) + 1)
    if text.strip() and not years:
        raise UsageError(f"{text} holds no year.", remedy="Write --years 2018,2020 or --years 2018-2025.")
    return tuple(years)
