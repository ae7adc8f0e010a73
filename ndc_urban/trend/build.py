"""Builds a trend: reads runs, panel, labels and published figures, and makes every table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ndc_urban import __version__, shipped
from ndc_urban.errors import UsageError
from ndc_urban.files import sha256_of
from ndc_urban.runs.shards import note_on_missing
from ndc_urban.trend.calendar_years import panel_of_years
from ndc_urban.trend.changes import change_table
from ndc_urban.trend.content_labels import Content, load_content
from ndc_urban.trend.coverage import coverage_table
from ndc_urban.trend.estimates import Refused, too_few_scored
from ndc_urban.trend.grade_tables import grades_table
from ndc_urban.trend.graded import GRADES_FILE, Grades, labels_from_grades, load_grades
from ndc_urban.trend.label_error import HIGHEST_RATE
from ndc_urban.trend.labels import LEVELS_FILE, NO_LABELS, Labels, load_labels
from ndc_urban.trend.length import length_table
from ndc_urban.trend.levels import Reference, levels_table
from ndc_urban.trend.matching import Matched, match
from ndc_urban.trend.nonresponse import missing_table
from ndc_urban.trend.panel import REGISTER_FILE, Panel, load_panel, read_rows
from ndc_urban.trend.parties import groups_table, parties_table, transitions_table
from ndc_urban.trend.populations import population_of
from ndc_urban.trend.profiles import sectors_table, themes_table, topics_table
from ndc_urban.trend.published import PUBLISHED_FILE, Published, load_published
from ndc_urban.trend.recommended import recommended_table
from ndc_urban.trend.reference_calibration import calibrate
from ndc_urban.trend.registry import REGISTRY_FILE, load_registry
from ndc_urban.trend.results import CODEBOOK, Results, load_results
from ndc_urban.trend.rounds import title_of_round
from ndc_urban.trend.sensitivity import label_error_table
from ndc_urban.trend.specification import specification_table
from ndc_urban.trend.tables import AT_LEAST_MODERATE, COLUMNS, DOCUMENTS, Table, Trend

DECIMALS = 10
"""Of shares in memory: machines differ from the 15th decimal on, and the files have 6."""
ANNOTATIONS_BESIDE_PANEL = Path("..") / "annotations"


@dataclass(frozen=True)
class Inputs:
    """The input files beside the runs; `annotations` is None if there are no labels.

    `shipped` names those that come with the program although the panel lies elsewhere.
    """

    panel: Path
    published: Path
    registry: Path
    annotations: Path | None
    grades: Path
    shipped: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, panel: Panel, published: Path | None, annotations: Path | None, grades: Path | None = None
    ) -> Inputs:
        """Fills in what is not given: the files beside the panel or, for a panel with documents of the shipped one, the
        shipped files."""
        folder = panel.path.parent
        beside = {
            "labels": folder / ANNOTATIONS_BESIDE_PANEL,
            "published": folder / PUBLISHED_FILE,
            "registry": folder / REGISTRY_FILE,
            "grades": folder / GRADES_FILE,
        }
        given = {"labels": annotations, "published": published, "grades": grades}
        lacking = [name for name, path in beside.items() if not path.exists() and given.get(name) is None]
        known = tuple(lacking) if lacking and _has_shipped_documents(panel) else ()
        found = {
            name: given.get(name) or (shipped.path(name) if name in known else path)
            for name, path in beside.items()
        }
        labels = found["labels"] if annotations or (found["labels"] / LEVELS_FILE).is_file() else None
        return cls(panel.path, found["published"], found["registry"], labels, found["grades"], known)


def _has_shipped_documents(panel: Panel) -> bool:
    """Whether a panel has documents of the shipped panel, with their names and files."""
    known = {
        (row["document"], row["sha256"]) for row in read_rows(shipped.path("panel"), ("document", "sha256"))
    }
    return any((each.document, file.sha256) in known for each in panel.standings for file in each.files[:1])


def trend(  # noqa: PLR0913  each is an option of the command
    runs: Sequence[Path],
    panel: Path,
    *,
    annotations: Path | None = None,
    published: Path | None = None,
    rounds: Sequence[str] = (),
    years: Sequence[int] = (),
    scale: str = "",
    grades: Path | None = None,
    label_error: float = 0.0,
) -> Trend:
    """The trend of run folders over a panel.

    `annotations` is a folder with levels.csv; by default the folder `annotations` beside the folder of the panel, if
    there is one. `published` is a table of published figures; by default published.csv beside the panel. A panel that
    lies elsewhere but has documents of the shipped one gets the shipped labels, figures and registry. `rounds` selects
    rounds of the panel. `years` replaces them by calendar years: the document in force on 31 December.

    `scale` is that of the levels, by default the runs' own; on the scale un-habitat UN-Habitat's `grades` (a table, by
    default un_habitat_grades.csv beside the panel) are the labelled sample. `label_error` is the share of labels that
    may be wrong by one level (0 to 0.3): the limits of the corrected estimate then allow for it.

    Raises `PathMissing`, `PanelInvalid`, `RunsDiffer`, `NoResultsForPanel`, `AnnotationsInvalid` or `UsageError`.
    """
    if rounds and years:
        raise UsageError("--rounds and --years cannot be combined.", remedy="Give one of them.")
    if not 0.0 <= label_error <= HIGHEST_RATE:
        raise UsageError(
            f"A label error of {label_error:g} is not possible.",
            remedy=f"Give the share of wrong labels, between 0 and {HIGHEST_RATE:g}, such as 0.05.",
        )
    results = load_results(runs, scale)
    whole = load_panel(panel)
    inputs = Inputs.of(whole, published, annotations, grades)
    sources = _Sources.read(inputs)
    chosen = panel_of_years(whole, years) if years else whole.choose(rounds) if rounds else whole
    matched = replace(
        match(
            chosen,
            results,
            sources.labels_on(results.scale, chosen),
            load_registry(inputs.registry),
            sources.content,
        ),
        grades=sources.grades,
        label_error=label_error,
        first_rounds=(chosen if years else whole).first_rounds(),
    )
    reference = _reference(whole, results, sources.labels_on(results.scale, whole), sources.published)
    others = [
        match(chosen, load_results(runs, other), sources.labels_on(other, chosen))
        for other in sorted({each.other_scale for each in results.predictions.values() if each.other_scale})
    ]
    return Trend(
        tuple(_rounded(table) for table in _tables(matched, others, sources.published, reference)),
        tuple(_notes(matched, inputs, results)),
        _provenance(results, chosen, inputs) | {"scale": results.scale, "label_error": label_error},
    )


@dataclass(frozen=True)
class _Sources:
    """What is read beside the runs and the panel."""

    labels: Labels
    content: Mapping[str, Content]
    grades: Grades
    published: Published

    @classmethod
    def read(cls, inputs: Inputs) -> _Sources:
        labels = NO_LABELS if inputs.annotations is None else load_labels(inputs.annotations)
        content = {} if inputs.annotations is None else load_content(inputs.annotations, labels)
        return cls(labels, content, load_grades(inputs.grades), load_published(inputs.published))

    def labels_on(self, scale: str, panel: Panel) -> Labels:
        """The labelled sample of a scale."""
        return self.labels if scale == CODEBOOK else labels_from_grades(panel, self.grades)


def _tables(
    matched: Matched, others: Sequence[Matched], figures: Published, reference: Reference
) -> tuple[Table, ...]:
    levels = levels_table(matched, figures, reference)
    made = {
        table.name: table
        for table in (
            recommended_table(matched, levels),
            levels,
            change_table(matched, figures, reference),
            coverage_table(matched),
            missing_table(matched),
            label_error_table(matched),
            length_table(matched),
            specification_table(matched, others, reference),
            grades_table(matched, figures),
            parties_table(matched),
            transitions_table(matched),
            groups_table(matched),
            sectors_table(matched),
            topics_table(matched, figures),
            themes_table(matched, figures),
        )
    }
    return tuple(made[name] for name in COLUMNS)


def _rounded(table: Table) -> Table:
    """The table with floats rounded to `DECIMALS`, so that every machine writes the same files."""
    frame = table.frame.copy()
    floats = frame.select_dtypes("float").columns
    frame[floats] = frame[floats].round(DECIMALS)
    return replace(table, frame=frame)


def _reference(panel: Panel, results: Results, labels: Labels, published: Published) -> Reference:
    """The calibration to the first round of the panel with published shares of documents."""
    for name in panel.rounds:
        figures = published.levels(name)
        on_documents = {trait: figure for trait, figure in figures.items() if figure.basis == DOCUMENTS}
        if {AT_LEAST_MODERATE, "strong"} <= set(on_documents):
            matches = match(panel, results, labels).rounds[name]
            population = population_of(matches, DOCUMENTS)
            if refused := too_few_scored(population, f" of the round {title_of_round(name)}"):
                return refused
            shares = {trait: each.share for trait, each in on_documents.items()}
            return calibrate(name, population, shares, published.spans(name))
    return Refused("no round of the panel has published shares counted on documents")


def _notes(matched: Matched, inputs: Inputs, results: Results) -> list[str]:
    notes = [
        "A level describes what a document says about cities. It does not rate or rank countries.",
        f"Levels are on the scale {matched.scale}: "
        + (
            "the rules of this project's codebook, as its coders apply them."
            if matched.scale == CODEBOOK
            else "UN-Habitat's grades of NDCs (A strong, B moderate, C and No low). The given grades are the labelled "
            "sample: what is left of 128 graded Parties after 25 were set apart at random."
        ),
    ]
    if matched.label_error:
        notes.append(
            f"The limits of the corrected estimate allow for errors of one level in {matched.label_error:.0%} of the "
            "labels, in any direction."
        )
    if inputs.annotations is not None and matched.scale == CODEBOOK:
        notes.append(
            "Labels are assumed to be right. The labels of this project were made by automated readers who followed "
            "the codebook and read English text. They were not made by UN-Habitat's coders. Agreement between human "
            "coders was not measured."
        )
    elif inputs.annotations is None and matched.scale == CODEBOOK:
        notes.append(
            "No annotations were given, so there is no corrected and no labelled estimate. Give --annotations."
        )
    if inputs.shipped:
        notes.append(
            f"The panel has documents of the shipped one, and no others lie beside it, so these are the shipped ones: "
            f"{', '.join(inputs.shipped)}."
        )
    if matched.panel.calendar:
        notes.append(
            "The rounds are calendar years: for each Party the latest document in the register that was submitted "
            "until 31 December. Published figures refer to other days, so they are not shown."
        )
    if missing := note_on_missing(results.runs):
        notes.append(missing)
    incomplete = [
        f"{matched.title(name)}: {number} of {len(matches)}"
        for name, matches in matched.rounds.items()
        if (number := sum(match.prediction is None for match in matches))
    ]
    if incomplete:
        notes.append(
            f"Documents of the panel without a result: {', '.join(incomplete)}. See the table of coverage."
        )
    return [*notes, *matched.panel.notes]


def _provenance(results: Results, panel: Panel, inputs: Inputs) -> dict[str, Any]:
    """Where the numbers come from: versions and hashes, but no path of a machine."""
    files = {
        "panel": inputs.panel,
        "register": inputs.panel.parent / REGISTER_FILE,
        "registry": inputs.registry,
        "published": inputs.published,
        "grades": inputs.grades,
    }
    if inputs.annotations is not None:
        files["labels"] = inputs.annotations / LEVELS_FILE
    return {
        "program": "ndc-urban",
        "version": __version__,
        "model": {"name": str(results.model["name"]), "hash": str(results.model["hash"])},
        "runs": [
            {"version": run.get("version", ""), "start": run.get("start", ""), "end": run.get("end", "")}
            for run in results.runs
        ],
        "rounds": list(panel.rounds),
        "calendar_years": panel.calendar,
        "inputs": {
            name: {"file": file.name, "sha256": sha256_of(file)}
            for name, file in files.items()
            if file.is_file()
        },
    }
