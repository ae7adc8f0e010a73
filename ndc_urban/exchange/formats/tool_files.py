"""The files of annotation tools (Prodigy, doccano, Label Studio): a file of passages and one of levels beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ndc_urban.exchange.export_bundle import passages_and_levels
from ndc_urban.exchange.guide import LEVEL_FIELDS, PASSAGE_FIELDS
from ndc_urban.exchange.import_result import ImportResult, Problem
from ndc_urban.exchange.parsing import parse
from ndc_urban.exchange.rows import RawRow

ToolRows = Callable[[Path | None, Sequence[str], list[Problem]], Iterable[RawRow]]
"""The rows of one file of a tool's export, with the fields to look for; problems are added to the list."""


def parse_tool_files(path: Path, suffixes: tuple[str, ...], rows: ToolRows, coder: str) -> ImportResult:
    """The codings of a tool whose export holds only what was annotated."""
    passages, levels = passages_and_levels(path, suffixes)
    problems: list[Problem] = []
    return parse(
        tuple(file for file in (passages, levels) if file is not None),
        list(rows(passages, PASSAGE_FIELDS, problems)),
        list(rows(levels, LEVEL_FIELDS, problems)),
        coder=coder,
        complete=False,
        problems=problems,
    )
