"""`ndc-urban sample`: which documents or passages to code next."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ndc_urban.cli.options import JsonOption, QuietOption


class PurposeChoice(StrEnum):
    """What the labels are for."""

    estimate = "estimate"
    training = "training"


def sample_cli(
    run: Annotated[Path, typer.Argument(help="A run folder made by `ndc-urban score`.", show_default=False)],
    number: Annotated[int, typer.Option("--n", min=1, help="How many to draw.", show_default=False)],
    purpose: Annotated[
        PurposeChoice,
        typer.Option(
            "--for",
            help="estimate: at random, so that `trend` may use the labels; training: what a model learns most from.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="CSV file for the sample.", show_default=False)],
    passages: Annotated[bool, typer.Option("--passages", help="Draw passages, not documents.")] = False,
    panel: Annotated[
        Path | None,
        typer.Option(
            "--panel", help="Draw from the documents of this panel only (CSV with a column document)."
        ),
    ] = None,
    register: Annotated[
        Path | None,
        typer.Option(
            "--register",
            help="Which NDC each file is a copy of (CSV with sha256 and document).",
            show_default="documents.csv beside the panel",
        ),
    ] = None,
    width: Annotated[
        float,
        typer.Option("--width", help="Tell how many labels an interval of this width takes, in points."),
    ] = 10.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the random draw.")] = 1,
    json_output: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Draw documents or passages of a run to be coded by people.

    With --for estimate each one's inclusion probability is recorded; with --for training the reason why it was chosen.
    """
    import csv
    import io
    import json

    from ndc_urban.errors import OutputExists
    from ndc_urban.files import write_atomically
    from ndc_urban.labels.sampling import (
        SAMPLE_COLUMNS,
        choose_for_training,
        draw_for_estimate,
        needed_for,
    )
    from ndc_urban.reading import read
    from ndc_urban.runs import load_run
    from ndc_urban.runs.sampling_frame import (
        document_candidates,
        load_register,
        passage_candidates,
        with_places,
    )

    if out.exists():
        raise OutputExists(
            f"{out} exists already.", remedy="Choose another --out: a sample is never overwritten."
        )
    loaded = load_run(run)
    for_training = purpose is PurposeChoice.training
    build = passage_candidates if passages else document_candidates
    population = build(loaded, load_register(panel, register), for_training=for_training)
    notes = list(population.notes)
    model = str(loaded.info.get("model", {}).get("hash", ""))
    draw = choose_for_training if for_training else draw_for_estimate
    sample = draw(population.candidates, number, seed, model)
    needed = None if for_training else needed_for(population.candidates, width / 100)
    if passages:
        sample, lost = with_places(sample, lambda path: read(path, ocr="never"))
        notes += lost
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, SAMPLE_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sample.rows())
    write_atomically(out, table.getvalue().encode("utf-8", "backslashreplace"))
    if not quiet:
        for note in notes:
            typer.echo(note, err=True)
    if json_output:
        summary = {
            "sample": str(out),
            "for": str(purpose),
            "unit": "passage" if passages else "document",
            "population": sample.population,
            "drawn": len(sample.picks),
            "seed": seed,
            "model": model,
            "strata": {
                each.name: {"population": each.population, "drawn": each.drawn} for each in sample.strata
            },
            "expected_width": None if sample.expected_width is None else round(sample.expected_width, 4),
            "wanted_width": width / 100,
            "labels_needed": needed,
            "notes": notes,
        }
        typer.echo(json.dumps(summary, ensure_ascii=False))
        return
    what = "passages" if passages else "documents"
    if sample.expected_width is None or needed is None:
        typer.echo(f"{len(sample.picks)} of {sample.population} {what} are in {out}, chosen for training.")
        typer.echo("Labels of them must not be used for estimates: they were chosen, not drawn at random.")
        return
    typer.echo(
        f"{len(sample.picks)} of {sample.population} {what} are in {out}, drawn at random (seed {seed}):"
    )
    for stratum in sample.strata:
        typer.echo(f"  {stratum.name}: {stratum.drawn} of {stratum.population}")
    typer.echo(
        f"Expected width of the 95% interval of a share: {100 * sample.expected_width:.1f} points. "
        f"For {width:g} points {needed} labels are needed."
    )
