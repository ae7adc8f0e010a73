"""The result of a run on the terminal: documents, failures with their remedies, and counts."""

from __future__ import annotations

import os
import sys
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from ndc_urban.cli.evidence import evidence_line, main_reasons, printable
from ndc_urban.corpus.inputs import kinds_in_words
from ndc_urban.counting import agreeing, chance, counted, either
from ndc_urban.runs import Run
from ndc_urban.runs.notes import copy_of
from ndc_urban.runs.summary import best_evidence, reasons_of_documents, words_of_best_evidence

LEVEL_STYLES = {"strong": "bold green", "moderate": "bold yellow", "low": "bold cyan"}

_WIDTH_IN_A_PIPE = 120
"""Columns if there is no terminal. Chosen by eye: a name, its figures and a line of evidence fit."""
_COLUMNS = (("Level", 10), ("Sure", 4), ("Urban passages", 14), ("Pages", 5), ("Lang.", 5))
_GAP = "  "
_SIGN = "!"
"""Beside the level of a document with notes, and before the notes."""
_SHORTEST_NAME_COLUMN = 16
"""Characters, even if the terminal is too narrow: the code of a Party and an ending must remain. Chosen by eye."""


MOST_IN_DETAIL = 8
"""Documents that are shown with reasons and evidence unasked: at four lines each they fit on a screen of 40 lines."""
LEAST_SURE = 10
"""Documents that are named as the least certain: with the totals above they fit on a screen. Chosen by eye."""
NAMES_SHOWN = 3
"""Files that a group of failures names; the others are counted, as failures.csv lists them all."""


def print_summary(run: Run, *, details: bool = False) -> None:
    """Prints the summary of `run` to stdout: in short where the documents are many and no details are wanted."""
    console = _console()
    in_detail = details or run.counts.files <= MOST_IN_DETAIL
    console.print((summary if in_detail else short_summary)(run, console.width))


def short_summary(run: Run, width: int) -> RenderableType:
    """What fits on a screen, however many the documents are: totals, what needs attention, the least sure ones."""
    scored = [row for row in run.rows("documents") if row["status"] == "ok"]
    parts: list[RenderableType] = []
    if scored:
        parts.append(_totals(scored))
        parts.extend(_least_sure(_different(scored), width))
    parts.extend(_failures_in_short(run))
    parts.append(_closing(run, copies=len(scored) - len(_different(scored))))
    parts.append(
        Text(
            f"Details: add --details. As a page to read: ndc-urban report {run.folder} --out REPORT",
            overflow="fold",
        )
    )
    return Group(*parts)


def _different(scored: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The documents that do not repeat an earlier one."""
    return [row for row in scored if not copy_of(row["notes"] or "")]


def _totals(scored: list[dict[str, Any]]) -> RenderableType:
    """How many documents have each level; a document that is there twice counts once."""
    rows = _different(scored)
    text = Text("Levels: ", style="bold")
    for at, level in enumerate(LEVEL_STYLES):
        count = sum(row["level"] == level for row in rows)
        text.append(", " if at else "")
        text.append(f"{count} {level} ({count / len(rows):.0%})", style=LEVEL_STYLES[level])
    unsure = sum(";" in row["prediction_set"] for row in rows)
    text.append(f"; {unsure} may be of another level", style="not bold")
    if copies := len(scored) - len(rows):
        text.append(
            f". {counted(copies, 'copy')} {agreeing(copies, 'is', 'are')} not counted", style="not bold"
        )
    return text


def _least_sure(rows: list[dict[str, Any]], width: int) -> list[RenderableType]:
    doubtful = [row for row in rows if ";" in row["prediction_set"]]
    chosen = sorted(doubtful, key=lambda row: float(row[f"p_{row['level']}"]))[:LEAST_SURE]
    if not chosen:
        return []
    name_width = _name_width(chosen, width)
    lines: list[RenderableType] = [_heading(name_width)]
    for row in chosen:
        lines.append(_figures(row, name_width))
        lines.extend(_indented(note) for note in _notes(row))
    return [Text(), Text("The least certain documents: check their evidence yourself.", style="bold"), *lines]


def _failures_in_short(run: Run) -> list[RenderableType]:
    """What was not read, or not in full: a line for each kind of error, with what to do about it."""
    blocks: list[RenderableType] = []
    for (error, remedy), group in _by_error(run).items():
        if len(group) == 1:
            blocks.append(_failure(error, remedy, group))
            continue
        names = [_name(row) for row in group]
        more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
        listed = ", ".join(names[:NAMES_SHOWN]) + more
        lines: list[RenderableType] = [Text(f"{_title(error)}: {listed}", style="bold red")]
        if remedy:
            lines.append(_indented(Text(f"What to do: {remedy}")))
        blocks.append(_after_a_blank_line(Group(*lines)))
    return blocks


def _by_error(run: Run) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """What was not read, or not in full, in the order of its error and remedy."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in run.rows("failures"):
        groups.setdefault((row["error"], row["remedy"] or ""), []).append(row)
    return dict(sorted(groups.items()))


def _title(error: object) -> str:
    return str(error).replace("_", " ").capitalize().replace("ocr", "OCR")


def summary(run: Run, width: int) -> RenderableType:
    """The summary in `width` columns."""
    scored = [row for row in run.rows("documents") if row["status"] == "ok"]
    parts: list[RenderableType] = []
    if scored:
        words = words_of_best_evidence(run)
        evidence = {
            sha256: evidence_line(best, words.get(sha256, [])) for sha256, best in best_evidence(run).items()
        }
        reasons = {sha256: main_reasons(found) for sha256, found in reasons_of_documents(run).items()}
        parts.append(_documents(scored, reasons, evidence, width))
        if len(scored) > MOST_IN_DETAIL:
            parts.append(_after_a_blank_line(_totals(scored)))
    parts.extend(_failures(run))
    parts.append(_closing(run, copies=len(scored) - len(_different(scored))))
    return Group(*parts)


def _console() -> Console:
    piped = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return Console(width=_WIDTH_IN_A_PIPE if piped else None, highlight=False)


def _documents(
    rows: list[dict[str, Any]], reasons: dict[str, str], evidence: dict[str, str], width: int
) -> Group:
    """A line of figures for each document and, indented below it, remarks, reasons and evidence."""
    name_width = _name_width(rows, width)
    lines: list[RenderableType] = [_heading(name_width)]
    for row in rows:
        lines.append(_figures(row, name_width))
        lines.extend(_indented(text) for text in _remarks(row))
        if row["sha256"] in reasons:
            lines.append(_indented(Text(reasons[row["sha256"]])))
        if row["sha256"] in evidence:
            lines.append(_indented(Text(evidence[row["sha256"]])))
    return Group(*lines)


def _name_width(rows: list[dict[str, Any]], width: int) -> int:
    figures = sum(len(_GAP) + column_width for _, column_width in _COLUMNS)
    longest = max(cell_len(_name(row)) for row in rows)
    return max(_SHORTEST_NAME_COLUMN, min(longest, width - figures))


def _heading(name_width: int) -> Text:
    names = [set_cell_size("Document", name_width), *(_fitted(name, name) for name, _ in _COLUMNS)]
    return Text(_GAP.join(names).rstrip(), style="bold underline", no_wrap=True)


def _figures(row: dict[str, Any], name_width: int) -> Text:
    text = Text(set_cell_size(_shortened_middle(_name(row), name_width), name_width), no_wrap=True)
    text.append(_GAP)
    level = row["level"] if row["notes"] is None else f"{row['level']} {_SIGN}"
    text.append(_fitted(level, "Level"), style=LEVEL_STYLES[row["level"]])
    others = {
        "Sure": chance(row[f"p_{row['level']}"]),
        "Urban passages": f"{row['urban_passages']} of {row['passages']}",
        "Pages": "" if row["pages"] is None else str(row["pages"]),
        "Lang.": row["language"],
    }
    for column, value in others.items():
        text.append(_GAP + _fitted(value, column))
    text.rstrip()
    return text


def _fitted(value: str, column: str) -> str:
    """The value in the column's width: figures are right-aligned, words left-aligned."""
    width = dict(_COLUMNS)[column]
    return value.ljust(width) if column in {"Level", "Lang."} else value.rjust(width)


def _remarks(row: dict[str, Any]) -> list[Text]:
    """What to know beside the level; the notes first, with the sign that stands beside it."""
    remarks = _notes(row)
    possible = row["prediction_set"].split(";")
    if len(possible) > 1:
        remarks.append(Text(f"may be {either(possible)}", style="dim"))
    if row["in_training"]:
        remarks.append(
            Text("the model was trained on this document, so the probability may be too high", style="dim")
        )
    return remarks


def _notes(row: dict[str, Any]) -> list[Text]:
    """The notes of a document on one line, if it has some."""
    return [] if row["notes"] is None else [Text(printable(f"{_SIGN} {row['notes']}"), style="yellow")]


def _name(row: dict[str, Any]) -> str:
    return printable(str(row["path"]).rsplit("/", 1)[-1])


def _shortened_middle(name: str, width: int) -> str:
    """The beginning and the end of a long name: the first has the Party, the last the format."""
    if cell_len(name) <= width:
        return name
    head = set_cell_size(name, width // 2).rstrip()
    tail = name
    while cell_len(tail) > width - cell_len(head) - 1:
        tail = tail[1:]
    return f"{head}…{tail}"


def _failures(run: Run) -> list[RenderableType]:
    """Documents that were not read, or not completely, grouped by remedy."""
    return [_failure(error, remedy, group) for (error, remedy), group in _by_error(run).items()]


def _failure(error: str, remedy: str, group: list[dict[str, Any]]) -> RenderableType:
    """What went wrong with each file, and what to do about it."""
    lines: list[RenderableType] = [Text(_title(error), style="bold red")]
    lines.extend(_indented(Text(printable(f"{row['path']}: {row['message']}"))) for row in group)
    if remedy:
        lines.append(_indented(Text(f"What to do: {remedy}")))
    return _after_a_blank_line(Group(*lines))


SCALES_IN_WORDS = {"un-habitat": "UN-Habitat's grades", "codebook": "the codebook"}


def _closing(run: Run, *, copies: int) -> RenderableType:
    counts = run.counts
    repeated = f" ({copies} {agreeing(copies, 'is a copy', 'are copies')} of another)" if copies else ""
    parts = [f"{counts.ok} of {counts.files} scored{repeated}"]
    if counts.needs_ocr:
        parts.append(f"{counts.needs_ocr} without text (OCR needed)")
    if counts.failed:
        parts.append(f"{counts.failed} failed")
    others = (
        f" Skipped: {printable(kinds_in_words(passed))}." if (passed := run.info.get("passed_over")) else ""
    )
    lines = [Text(f"{', '.join(parts)}.{others} Results: {run.folder}", overflow="fold")]
    scale = SCALES_IN_WORDS.get(run.scale)
    if scale is not None and counts.ok:
        lines.append(Text(f"Levels are on the scale of {scale}."))
    if part := run.info.get("configuration", {}).get("shard"):
        lines.append(Text(f"This is part {part} of a run. Join the parts with `ndc-urban merge`."))
    return _after_a_blank_line(Group(*lines))


def _indented(text: Text) -> RenderableType:
    return Padding(text, (0, 0, 0, 4), expand=False)


def _after_a_blank_line(content: RenderableType) -> RenderableType:
    return Group(Text(), content)
