"""`ndc-urban trend`: levels over rounds or years, with intervals, beside the published figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ndc_urban.cli.options import JsonOption, QuietOption, named_path

if TYPE_CHECKING:
    from ndc_urban.trend import Trend

RunsArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="RUN",
        help="Run folders made by `ndc-urban score`; `results` are those that are shipped.",
        show_default=False,
        parser=named_path,
    ),
]
OutOption = Annotated[
    Path, typer.Option("--out", "-o", help="New folder for the tables and figures.", show_default=False)
]
PanelOption = Annotated[
    Path,
    typer.Option(
        "--panel",
        help="CSV file with the document of each Party in each round.",
        show_default="the shipped panel",
        parser=named_path,
    ),
]
AnnotationsOption = Annotated[
    Path | None,
    typer.Option(
        "--annotations",
        help="Folder with levels.csv: labels and their inclusion probabilities, for the corrected estimate.",
        show_default="the folder annotations beside the folder of the panel, if there is one",
        parser=named_path,
    ),
]
PublishedOption = Annotated[
    Path | None,
    typer.Option(
        "--published",
        help="CSV file with published figures.",
        show_default="published.csv beside the panel",
        parser=named_path,
    ),
]
RoundsOption = Annotated[
    str, typer.Option("--rounds", help="Rounds of the panel, separated by commas.", show_default="all")
]
YearsOption = Annotated[
    str,
    typer.Option(
        "--years",
        help="Calendar years instead of rounds, separated by commas: the documents in force on 31 December.",
        show_default=False,
    ),
]

_YEARS_REMEDY = "Write --years 2018,2020 or --years 2018-2025."


def trend_cli(
    runs: RunsArgument,
    out: OutOption,
    panel: PanelOption = Path("corpus/panel.csv"),
    annotations: AnnotationsOption = None,
    published: PublishedOption = None,
    rounds: RoundsOption = "",
    years: YearsOption = "",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Estimate the trend of urban content over review rounds or years.

    Shares of low, moderate and strong with 95% intervals, for documents and for Parties, beside the published figures.
    With a labelled probability sample they are corrected for errors of classification. Also transitions between
    levels, groups of Parties, sectors, topics and themes, and figures as SVG and PNG.
    """
    import json

    from ndc_urban.files import check_new_folder
    from ndc_urban.trend import trend
    from ndc_urban.trend.report import write_trend

    check_new_folder(out)
    _report("Reading the runs and estimating.", quiet)
    result = trend(
        runs,
        panel,
        annotations=annotations,
        published=published,
        rounds=_listed(rounds),
        years=_years(years),
    )
    _report("Writing tables and figures.", quiet)
    write_trend(result, out)
    if as_json:
        typer.echo(
            json.dumps(
                {"folder": out.as_posix()} | result.as_dict(), ensure_ascii=False, indent=2, allow_nan=False
            )
        )
        return
    for line in summary_lines(result):
        typer.echo(line)
    typer.echo(
        f"The report is {out / 'trend.md'}, also as .html, .xlsx and .csv. Figures are in {out / 'figures'}."
    )
    for note in result.notes[1:]:
        _report(f"Note: {note}", quiet)


def summary_lines(trend: Trend) -> list[str]:
    """At least moderate and strong by round, basis and estimate, in percent with their limits."""
    from ndc_urban.trend.frames import rows_of, where
    from ndc_urban.trend.tables import AT_LEAST_MODERATE

    levels = trend.table("levels").frame
    lines = [f"{'round':<10}{'basis':<11}{'estimate':<11}{'at least moderate':<26}strong"]
    keys = levels[["round", "basis", "estimate"]].drop_duplicates()
    for round_, basis, estimate in keys.itertuples(index=False):
        part = where(levels, round=round_, basis=basis, estimate=estimate)
        cells = {row["level"]: _percent(row) for row in rows_of(part)}
        if any(cells.values()):
            first, second = cells.get(AT_LEAST_MODERATE, ""), cells.get("strong", "")
            lines.append(f"{round_:<10}{basis:<11}{estimate:<11}{first:<26}{second}".rstrip())
    refused = levels[levels["share"].isna()].drop_duplicates(["round", "estimate", "note"])
    lines += [f"{row['round']}, {row['estimate']}: {row['note']}" for row in rows_of(refused)]
    return lines


def _report(text: str, quiet: bool) -> None:
    if not quiet:
        typer.echo(text, err=True)


def _percent(row: dict[str, Any]) -> str:
    if row["share"] is None:
        return ""
    if row["low"] is None:
        return f"{row['share']:.1%}"
    return f"{row['share']:.1%} ({row['low']:.1%} to {row['high']:.1%})"


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _years(text: str) -> tuple[int, ...]:
    """Years written as `2018,2019` or `2018-2021`; raises `UsageError`."""
    import re

    from ndc_urban.errors import UsageError

    years: list[int] = []
    for part in _listed(text):
        found = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", part)
        if found is None:
            raise UsageError(f"{part} is not a year.", remedy=_YEARS_REMEDY)
        years += range(int(found[1]), int(found[2] or found[1]) + 1)
    if text.strip() and not years:
        raise UsageError(f"{text} contains no year.", remedy=_YEARS_REMEDY)
    return tuple(years)
