"""`ndc-urban evaluate`: how good a model is on Parties that it has not seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from ndc_urban.cli.options import JsonOption, QuietOption, named_path
from ndc_urban.codebook import Scale


def evaluate_cli(
    model: Annotated[Path, typer.Argument(help="The model folder.", show_default=False, parser=named_path)],
    annotations: Annotated[
        list[Path] | None,
        typer.Option(
            "--annotations",
            help="Folder with levels.csv and passages.csv or passages.jsonl; may be given several times.",
            show_default=False,
            parser=named_path,
        ),
    ] = None,
    corpus: Annotated[
        Path | None,
        typer.Option(
            "--corpus", help="Folder with documents.csv and the files that it names.", show_default=False
        ),
    ] = None,
    cross_validate: Annotated[
        bool,
        typer.Option(
            "--cross-validate",
            help="Train again, each time without one fold of Parties, and measure on that fold.",
        ),
    ] = False,
    nested: Annotated[
        bool,
        typer.Option(
            "--nested",
            help="With --cross-validate: repeat the whole training for each fold, so that nothing fitted has seen its "
            "Parties (about eight times as long).",
        ),
    ] = False,
    disagreements: Annotated[
        Path | None,
        typer.Option(
            "--disagreements",
            help="Write the labels that the model finds least likely to this CSV file, for review.",
            show_default=False,
        ),
    ] = None,
    grades: Annotated[
        Path | None,
        typer.Option(
            "--grades",
            help="CSV file with UN-Habitat's grades by Party: measure the agreement with them instead. `grades` are "
            "those that are shipped.",
            show_default=False,
            parser=named_path,
        ),
    ] = None,
    panel: Annotated[
        Path | None,
        typer.Option(
            "--panel",
            help="With --grades: CSV file with the document of each Party in each round.",
            show_default="the shipped panel",
            parser=named_path,
        ),
    ] = None,
    scale: Annotated[
        Scale | None,
        typer.Option(
            "--scale",
            help="Scale of the levels that are compared.",
            show_default="codebook with --annotations, all with --grades",
        ),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes to use.")] = 2,
    json_output: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Measure a model on annotated or graded documents of Parties that it was not trained on.

    Without --annotations and --grades, show the figures that were measured when the model was trained. Figures come as
    tables, with intervals, by round, region and language, beside three baselines.
    """
    import json

    from ndc_urban.training.card import figures_as_markdown

    def say(line: str) -> None:
        if not quiet:
            typer.echo(line, err=True)

    if grades is None:
        _refuse_without_grades(panel)
        figures = _on_labels(
            model,
            annotations or [],
            corpus,
            cross_validate=cross_validate,
            nested=nested,
            disagreements=disagreements,
            jobs=jobs,
            scale=scale,
            say=say,
        )
        lines = figures_as_markdown(figures)
    else:
        from ndc_urban.training.grade_report import grades_as_markdown
        from ndc_urban.training.workflow import compare_with_grades

        _refuse_with_grades(cross_validate, nested, disagreements)
        figures = compare_with_grades(
            model, grades, panel, corpus=corpus, annotations=annotations or [], scale=scale
        )
        lines = grades_as_markdown(figures)
    if json_output:
        typer.echo(json.dumps(figures, ensure_ascii=False))
        return
    for line in lines:
        typer.echo(line)


def _refuse_without_grades(panel: Path | None) -> None:
    from ndc_urban.errors import UsageError

    if panel is not None:
        raise UsageError("--panel works only with --grades.", remedy="Add --grades FILE.")


def _refuse_with_grades(cross_validate: bool, nested: bool, disagreements: Path | None) -> None:
    from ndc_urban.errors import UsageError

    for given, option in (
        (cross_validate, "--cross-validate"),
        (nested, "--nested"),
        (disagreements is not None, "--disagreements"),
    ):
        if given:
            raise UsageError(f"{option} does not work with --grades.", remedy=f"Leave out {option}.")


def _on_labels(
    model: Path,
    annotations: list[Path],
    corpus: Path | None,
    *,
    cross_validate: bool,
    nested: bool,
    disagreements: Path | None,
    jobs: int,
    scale: Scale | None,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """The figures on labels, or those that were measured in training where no labels are given."""
    from ndc_urban.errors import OutputExists, UsageError
    from ndc_urban.model.storage import load_metrics, load_model
    from ndc_urban.training.evaluation import evaluate
    from ndc_urban.training.train import Recipe
    from ndc_urban.training.workflow import predict

    loaded = load_model(model).on(scale)
    if cross_validate and scale == "un-habitat":
        raise UsageError(
            "--cross-validate measures levels on the scale codebook, which the labels are on.",
            remedy="Leave out --scale.",
        )
    if nested and not cross_validate:
        raise UsageError("--nested works only with --cross-validate.", remedy="Add --cross-validate.")
    if (not annotations) != (corpus is None):
        raise UsageError("--annotations and --corpus go together.", remedy="Give both, or neither.")
    if disagreements is not None and disagreements.exists():
        raise OutputExists(f"{disagreements} exists already.")
    if not annotations or corpus is None:
        if disagreements is not None or cross_validate:
            option = "--disagreements" if disagreements is not None else "--cross-validate"
            raise UsageError(f"{option} needs labels.", remedy="Give --annotations and --corpus too.")
        return load_metrics(model)
    recipe = Recipe(name=loaded.name, jobs=jobs) if cross_validate else None
    predictions = predict(
        loaded, annotations, corpus, recipe=recipe, nested=nested, scale=scale or "codebook", say=say
    )
    if disagreements is not None:
        from ndc_urban.files import write_atomically
        from ndc_urban.training.label_review import disagreements_csv

        write_atomically(disagreements, disagreements_csv(predictions))
        say(f"The labels to review are in {disagreements}.")
    return evaluate(predictions)
