"""`ndc-urban sample`: which documents or passages to code next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ndc_urban.cli.options import JsonOption, QuietOption, named_path
from ndc_urban.counting import agreeing, counted

if TYPE_CHECKING:
    from ndc_urban.runs.samples import RunSample

RunArgument = Annotated[
    Path, typer.Argument(help="A run folder made by `ndc-urban score`.", show_default=False)
]
NumberOption = Annotated[int, typer.Option("--n", min=1, help="How many to draw.", show_default=False)]
PurposeOption = Annotated[
    Literal["estimate", "training"],
    typer.Option(
        "--for",
        help="estimate: drawn at random, so that `trend` can use the labels; training: chosen to improve the model.",
        show_default=False,
    ),
]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="CSV file for the sample.", show_default=False)]
PassagesOption = Annotated[bool, typer.Option("--passages", help="Draw passages instead of documents.")]
PanelOption = Annotated[
    Path | None,
    typer.Option(
        "--panel",
        help="Draw only from the documents of this panel (CSV with a column document).",
        parser=named_path,
    ),
]
RegisterOption = Annotated[
    Path | None,
    typer.Option(
        "--register",
        help="Which files belong to the same NDC (CSV with sha256 and document).",
        show_default="documents.csv beside the panel",
        parser=named_path,
    ),
]
WidthOption = Annotated[
    float,
    typer.Option("--width", help="Also print how many labels an interval of this width needs, in points."),
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Seed of the random draw.")]


def sample_cli(
    run: RunArgument,
    number: NumberOption,
    purpose: PurposeOption,
    out: OutOption,
    passages: PassagesOption = False,
    panel: PanelOption = None,
    register: RegisterOption = None,
    width: WidthOption = 10.0,
    seed: SeedOption = 1,
    json_output: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Draw documents or passages of a run for people to code.

    With --for estimate the file has inclusion probabilities, with --for training the reason for each choice.
    """
    import json

    from ndc_urban.runs.samples import check_new_sample, sample, write_sample

    check_new_sample(out)
    result = sample(
        run,
        number,
        purpose,
        passages=passages,
        panel=panel,
        register=register,
        wanted_width=width / 100,
        seed=seed,
    )
    write_sample(result.sample, out)
    if not quiet:
        for note in result.notes:
            typer.echo(note, err=True)
    if json_output:
        typer.echo(json.dumps({"sample": str(out)} | result.as_dict(), ensure_ascii=False))
        return
    for line in summary_lines(result, out):
        typer.echo(line)


def summary_lines(result: RunSample, out: Path) -> list[str]:
    """What was drawn and, for an estimate, how exact it will be."""
    sample = result.sample
    drawn = f"{len(sample.units)} of {counted(sample.population, result.unit)}"
    verb = agreeing(len(sample.units), "is", "are")
    if sample.expected_width is None:
        return [
            f"{drawn} {verb} in {out}, chosen for training.",
            "Their labels must not be used for estimates: they were chosen, not drawn at random.",
        ]
    return [
        f"{drawn} {verb} in {out}, drawn at random (seed {sample.seed}):",
        *(f"  {each.name}: {each.drawn} of {each.population}" for each in sample.strata),
        f"Expected width of the 95% interval of a share: {100 * sample.expected_width:.1f} points. "
        f"A width of {100 * result.wanted_width:g} points needs {result.labels_needed} labels.",
    ]
