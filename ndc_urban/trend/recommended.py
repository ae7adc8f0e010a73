"""The table to read first: one row for each round and basis, with the estimate that is recommended.

That is the corrected one. A round that cannot be corrected has its count, and says what to do next.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from ndc_urban.counting import agreeing, counted
from ndc_urban.trend.estimates import MIN_LABELS, refusal, too_few_scored
from ndc_urban.trend.matching import Matched
from ndc_urban.trend.new_texts import new_text_notes
from ndc_urban.trend.populations import population_of
from ndc_urban.trend.results import CODEBOOK
from ndc_urban.trend.rounds import in_round
from ndc_urban.trend.tables import (
    AT_LEAST_MODERATE,
    BASES,
    COLUMNS,
    CORRECTED,
    COUNT,
    DOCUMENTS,
    PARTIES,
    PUBLISHED,
    Table,
    rows_of,
)

SHARE_TO_CODE = 0.3
"""The share of a large round that the next step asks for. Chosen by eye: 50 labels of the 166 documents of 2016-17."""

PREFERRED: tuple[str, ...] = (CORRECTED, COUNT)
LEVELS_SHOWN: tuple[str, ...] = ("strong", AT_LEAST_MODERATE)

Row = dict[str, Any]
Key = tuple[str, str, str, str]


def recommended_table(matched: Matched, levels: Table) -> Table:
    """One row for each round and basis; `levels` is the table of all estimates."""
    cells: dict[Key, Row] = {
        (row["round"], row["basis"], row["estimate"], row["level"]): row for row in rows_of(levels.frame)
    }
    rows = [_row(matched, name, basis, cells) for name in matched.rounds for basis in BASES]
    frame = pd.DataFrame(rows, columns=list(COLUMNS["recommended"]))
    return Table(
        "recommended",
        "Urban content of NDCs by round",
        frame.astype(dict.fromkeys(("n", "scored", "expected"), "Int64")),
        notes=tuple(_notes(matched, rows)),
    )


def _row(matched: Matched, name: str, basis: str, cells: Mapping[Key, Row]) -> Row:
    estimate = next(
        (each for each in PREFERRED if cells[name, basis, each, "strong"]["share"] is not None), COUNT
    )
    row: Row = {"round": name, "basis": basis, "estimate": estimate, "scale": matched.scale}
    for level in LEVELS_SHOWN:
        key = level.replace(" ", "_")
        own = cells[name, basis, estimate, level]
        published = cells.get((name, basis, PUBLISHED, level), {})
        row |= {
            key: own["share"],
            f"{key}_low": own["low"] if estimate == CORRECTED else None,
            f"{key}_high": own["high"] if estimate == CORRECTED else None,
            f"{key}_without": own["share_without"],
            f"published_{key}": published.get("share"),
        }
    first = cells[name, basis, estimate, "strong"]
    scored, expected = _completeness(matched, name, basis)
    return row | {
        "n": first["n"],
        "scored": scored,
        "expected": expected,
        "heaviest": first["heaviest"] or "",
        "next_step": "" if estimate == CORRECTED else _next_step(matched, name),
    }


def _completeness(matched: Matched, name: str, basis: str) -> tuple[int, int]:
    units = [1 if basis == DOCUMENTS else len(match.stands_for) for match in matched.rounds[name]]
    scored = [
        unit for unit, match in zip(units, matched.rounds[name], strict=True) if match.prediction is not None
    ]
    absent = sum(1 if basis == DOCUMENTS else len(each.stands_for) for each in matched.absent(name))
    return sum(scored), sum(units) + absent


def _next_step(matched: Matched, name: str) -> str:
    """What to do so that a round can be corrected: how many documents to code, and the commands."""
    population = population_of(matched.rounds[name], DOCUMENTS)
    if matched.scale != CODEBOOK:
        return (
            "UN-Habitat has not graded this round on this scale. Compare rounds on the codebook's scale: "
            "--scale codebook."
        )
    if not len(population) or too_few_scored(population):
        return "Score the documents of this round first: ndc-urban score FOLDER --out RUN."
    documents, have = len(population), int(population.sampled.sum())
    number = max(MIN_LABELS, math.ceil(SHARE_TO_CODE * documents))
    commands = (
        f"ndc-urban sample RUN --for estimate --n {min(number, documents)} --panel PANEL --out sample.csv (PANEL: the "
        f"rows of {name}), then ndc-urban annotations export and import, and give --annotations"
    )
    if number >= documents:
        coded = f", {have} of which {agreeing(have, 'is', 'are')} coded" if have else ""
        return (
            f"The round has {counted(documents, 'scored document')}{coded}. Code all of them, and the share is known "
            f"without an error of the model: {commands}."
        )
    apart = (
        f" {counted(have, 'document')} {agreeing(have, 'has', 'have')} a label of an earlier draw: keep the new labels "
        "in a folder of their own, because labels of two draws are not one sample."
        if have
        else ""
    )
    return f"Draw {number} of its {documents} scored documents and code them: {commands}.{apart}"


def _notes(matched: Matched, rows: list[Row]) -> Iterator[str]:
    estimates = {row["estimate"] for row in rows}
    yield f"Levels on the scale {matched.scale}. {_limits_words(matched, CORRECTED in estimates, COUNT in estimates)}"
    if any(row["heaviest"] for row in rows):
        yield (
            "One document has more than 10% of the weight on the basis of Parties (the European Union's, which counts "
            "for each member). The figures without it stand beside."
        )
    unknown = [in_round(matched.title(name)) for name in matched.rounds if _union_unlabelled(matched, name)]
    if unknown:
        yield (
            f"That document has no label {' and '.join(unknown)}, so by Parties the interval includes every level that "
            "it may have: it is wide."
        )
    yield from new_text_notes(matched)
    titled = [f"{matched.title(name)} is {name}" for name in matched.rounds if matched.title(name) != name]
    if titled:
        yield f"Names of rounds in the CSV files and in --rounds: {'; '.join(titled)}."


def _union_unlabelled(matched: Matched, name: str) -> bool:
    """Whether a corrected round has a heavy document without a label."""
    population = population_of(matched.rounds[name], PARTIES)
    heavy = population.heaviest
    return heavy is not None and refusal(population) is None and not population.sampled[heavy]


def _limits_words(matched: Matched, corrected: bool, counted_: bool) -> str:
    """What the limits of the rows contain: only corrected rows have limits."""
    without = (
        "A count has no limits here: all documents are counted, and nothing measures the errors of the model."
        if counted_
        else ""
    )
    if not corrected:
        return without
    held = f"The intervals include the errors of the model and of the sampling of labels. {_label_error_words(matched)}"
    return f"{held} {without}".rstrip()


def _label_error_words(matched: Matched) -> str:
    if matched.label_error:
        return f"They allow for errors of one level in {matched.label_error:.0%} of the labels, in any direction."
    return "They take the labels as right: the table label_error shows what errors of labels would do."
