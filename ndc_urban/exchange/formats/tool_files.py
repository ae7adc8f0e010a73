"""The files of annotation tools (Prodigy, doccano, Label Studio): a file of passages and one of levels beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from ndc_urban.exchange.attributes import fields_of
from ndc_urban.exchange.export_bundle import passages_and_levels
from ndc_urban.exchange.guide import LEVEL_FIELDS, PASSAGE_FIELDS
from ndc_urban.exchange.import_result import ImportResult, Place, Problem
from ndc_urban.exchange.parsing import parse
from ndc_urban.exchange.rows import RawRow

ToolRows = Callable[[Path, list[Problem]], Iterable[RawRow]]
"""The rows of one file of a tool's export; problems are added to the list."""

LAST_TIMESTAMP = 1e11
"""Seconds since 1970, far in the future: a greater number is not a timestamp in seconds."""


def parse_tool_files(
    path: Path, suffixes: tuple[str, ...], rows: ToolRows, coder: str, people: Mapping[str, str]
) -> ImportResult:
    """The codings of a tool whose export holds only what was annotated.

    Tools name their exports as they like: whether a row is of a passage or of a document shows in its fields.
    """
    files = tuple(file for file in passages_and_levels(path, suffixes) if file is not None)
    problems: list[Problem] = []
    found = [row for file in files for row in rows(file, problems)]
    return parse(
        files,
        [row for row in found if fields_of_unit(row.cells) == PASSAGE_FIELDS],
        [row for row in found if fields_of_unit(row.cells) == LEVEL_FIELDS],
        coder=coder,
        people=people,
        complete=False,
        problems=problems,
    )


def fields_of_unit(data: Mapping[str, object]) -> tuple[str, ...]:
    """The fields that are asked of a unit: those of a document if it has a suggested level and no place."""
    return LEVEL_FIELDS if "suggested_level" in data and "start" not in data else PASSAGE_FIELDS


def not_imported(place: Place, field: str, value: object, tool: str) -> Problem:
    """A note that an answer belongs to a field that the codebook does not have."""
    message = (
        f"{tool}'s field “{field}” does not belong to this codebook: "
        f"its answer {str(value)[:60]!r} is not imported."
    )
    return Problem("note", "other_answer", place, message, value=str(value)[:200])


def labels_of(
    labels: Sequence[str], fields: Sequence[str], place: Place, document: str, problems: list[Problem]
) -> dict[str, str]:
    """Labels such as `code:E` by field; empty, with an error for each label at fault, where one cannot be taken."""
    found, odd = fields_of(list(labels))
    odd += [label for label in labels if label not in odd and not set(fields_of([label])[0]) <= set(fields)]
    for label in odd:
        message = (
            f"The label {label!r} cannot be taken: the codebook has no such label for this unit, or the unit has "
            f"two labels of one kind. It has: {', '.join(labels)}."
        )
        remedy = "Correct the labels in the tool and export again."
        problems.append(Problem("error", "misspelt", place, message, remedy, document, "", label))
    return {} if odd else found
