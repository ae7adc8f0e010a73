"""Makes a trend: reads runs, panel, labels and published figures, and computes every table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ndc_urban import __version__
from ndc_urban.errors import UsageError
from ndc_urban.files import sha256_of
from ndc_urban.trend.labels import LEVELS_FILE, NO_LABELS, Labels, load_labels
from ndc_urban.trend.levels import Anchoring, change_table, levels_table
from ndc_urban.trend.matching import Matched, match
from ndc_urban.trend.panel import Panel, load_panel, panel_of_years
from ndc_urban.trend.parties import coverage_table, groups_table, parties_table, transitions_table
from ndc_urban.trend.populations import population_of
from ndc_urban.trend.profiles import sectors_table, themes_table, topics_table
from ndc_urban.trend.published import PUBLISHED_FILE, Published, load_published
from ndc_urban.trend.reference_calibration import anchor_to
from ndc_urban.trend.results import Results, load_results
from ndc_urban.trend.tables import AT_LEAST_MODERATE, DOCUMENTS, Table, Trend

DECIMALS = 10
ANNOTATIONS_BESIDE_PANEL = Path("..") / "annotations"


def trend(
    runs: Sequence[Path],
    panel: Path,
    *,
    annotations: Path | None = None,
    published: Path | None = None,
    rounds: Sequence[str] = (),
    years: Sequence[int] = (),
) -> Trend:
    """The trend of run folders over a panel.

    `annotations` is a folder with levels.csv; when None the folder `annotations` beside the panel's is taken if it is
    there. `published` is a table of published figures; when None published.csv beside the panel. `rounds` chooses among
    the panel's rounds, `years` takes calendar years in their place: the document in force on 31 December.

    Raises `PathMissing`, `PanelInvalid`, `RunsDiffer`, `NoResultsForPanel`, `AnnotationsInvalid` or `UsageError`.
    """
    if rounds and years:
        raise UsageError("--rounds and --years do not go together.", remedy="Give one of them.")
    results = load_results(runs)
    whole = load_panel(panel)
    if annotations is None:
        beside = panel.parent / ANNOTATIONS_BESIDE_PANEL
        annotations = beside if (beside / LEVELS_FILE).is_file() else None
    labels = NO_LABELS if annotations is None else load_labels(annotations)
    figures = load_published(published or panel.parent / PUBLISHED_FILE)
    chosen = panel_of_years(panel, years) if years else whole.choose(rounds) if rounds else whole
    matched = match(chosen, results, labels)
    anchoring = _anchoring(whole, results, labels, figures)
    tables = (
        levels_table(matched, figures, anchoring),
        change_table(matched, figures, anchoring),
        coverage_table(matched),
        parties_table(matched),
        transitions_table(matched),
        groups_table(matched),
        sectors_table(matched),
        topics_table(matched, figures),
        themes_table(matched),
    )
    return Trend(
        tuple(_steady(table) for table in tables),
        tuple(_notes(matched, results, annotations)),
        _provenance(results, chosen, panel, annotations, published or panel.parent / PUBLISHED_FILE),
    )


def _steady(table: Table) -> Table:
    """The table with floats cut where machines may differ in the last digits, so that files come out the same."""
    frame = table.frame.copy()
    floats = frame.select_dtypes("float").columns
    frame[floats] = frame[floats].round(DECIMALS)
    return replace(table, frame=frame)


def _anchoring(panel: Panel, results: Results, labels: Labels, published: Published) -> Anchoring:
    """The anchor: the panel's first round that has published shares of documents."""
    for name in panel.rounds:
        figures = published.levels(name)
        on_documents = {trait: figure for trait, figure in figures.items() if figure.basis == DOCUMENTS}
        if {AT_LEAST_MODERATE, "strong"} <= set(on_documents):
            matches = match(panel, results, labels).rounds[name]
            population = population_of(matches, DOCUMENTS)
            if len(population) < len(matches) / 2:
                return Anchoring(
                    None, f"only {len(population)} of {len(matches)} documents of the round {name} are scored"
                )
            return Anchoring(
                anchor_to(name, population, {trait: figure.share for trait, figure in on_documents.items()})
            )
    return Anchoring(None, "no round of the panel has published shares counted on documents")


def _notes(matched: Matched, results: Results, annotations: Path | None) -> list[str]:
    notes = [
        "A level says what a document says about cities. It is no rating of a country and no basis for ranking.",
    ]
    if annotations is None:
        notes.append(
            "No annotations were given, so there is no corrected and no labelled estimate. Give --annotations."
        )
    else:
        notes.append(
            "Labels are taken as right. Those that ship with the project were made by automated readers against the "
            "codebook, in English, not by UN-Habitat's coders; agreement between people was not measured."
        )
    if matched.panel.calendar:
        notes.append(
            "Rounds are calendar years: for each Party the latest document that it had submitted until 31 December, as "
            "far as the register of documents holds it. Published figures stand on other days and are not set beside."
        )
    incomplete = {
        name: sum(match.prediction is None for match in matches) for name, matches in matched.rounds.items()
    }
    lacking = [
        f"{name} {number} of {len(matched.rounds[name])}" for name, number in incomplete.items() if number
    ]
    if lacking:
        notes.append(
            f"Documents of the panel without a scored result: {', '.join(lacking)}. See the coverage."
        )
    return [*notes, *matched.panel.notes, *results.notes]


def _provenance(
    results: Results, panel: Panel, path: Path, annotations: Path | None, published: Path
) -> dict[str, Any]:
    """Where the numbers come from: versions and hashes, and no path of a machine."""
    inputs = {"panel": path, "register": path.parent / "documents.csv", "published": published}
    if annotations is not None:
        inputs["labels"] = annotations / LEVELS_FILE
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
            for name, file in inputs.items()
            if file.is_file()
        },
    }
