"""`ndc-urban trend`: levels over rounds or years, with intervals, beside the published figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
        help="Calendar years instead of rounds, such as 2018,2020 or 2018-2025: the documents in force on 31 December.",
        show_default=False,
    ),
]

ScaleOption = Annotated[
    str,
    typer.Option(
        "--scale",
        help="Scale of the levels: codebook (this project's rules) or un-habitat (UN-Habitat's grades, which are then "
        "the labelled sample).",
        show_default="codebook, which has labels for every round",
    ),
]
GradesOption = Annotated[
    Path | None,
    typer.Option(
        "--grades",
        help="CSV file with UN-Habitat's grades by Party.",
        show_default="un_habitat_grades.csv beside the panel",
    ),
]
LabelErrorOption = Annotated[
    float,
    typer.Option(
        "--label-error",
        help="Share of labels that may be wrong by one level, such as 0.05: the corrected intervals then allow for it.",
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
    scale: ScaleOption = "",
    grades: GradesOption = None,
    label_error: LabelErrorOption = 0.0,
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
        scale=_scale(scale),
        grades=grades,
        label_error=label_error,
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
        f"The report is {out / 'trend.md'}, also as .html, .docx, .xlsx and .csv. Figures are in {out / 'figures'}."
    )
    for note in result.notes[1:]:
        _report(f"Note: {note}", quiet)


def summary_lines(trend: Trend) -> list[str]:
    """The recommended estimate by round and basis, with the percents of the report, and what is refused."""
    from ndc_urban.trend.frames import rows_of
    from ndc_urban.trend.report.short_tables import terminal_lines

    lines = terminal_lines(trend)
    levels = trend.table("levels").frame
    refused = levels[levels["share"].isna()].drop_duplicates(["round", "estimate", "note"])
    lines += [f"{row['round']}, {row['estimate']}: {row['note']}" for row in rows_of(refused)]
    steps = dict.fromkeys(
        (row["round"], row["next_step"])
        for row in rows_of(trend.table("recommended").frame)
        if row["next_step"]
    )
    return lines + [f"{name}, next step: {step}" for name, step in steps]


def _scale(name: str) -> str:
    from ndc_urban.codebook import SCALES
    from ndc_urban.errors import UsageError

    if name and name not in SCALES:
        raise UsageError(f"There is no scale {name}.", remedy=f"Give one of {' and '.join(SCALES)}.")
    return name


def _report(text: str, quiet: bool) -> None:
    if not quiet:
        typer.echo(text, err=True)


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
