"""The small table that opens the report: the recommended estimate, one row for each round and basis."""

from __future__ import annotations

from ndc_urban.trend.frames import frame_of, percents_of, rows_of, where
from ndc_urban.trend.report.printing import (
    Footnotes,
    Printed,
    Row,
    interval,
    share_text,
    whole,
    with_interval,
)
from ndc_urban.trend.rounding import percent_of
from ndc_urban.trend.tables import AT_LEAST_MODERATE, CORRECTED, LABELLED, Trend

SHOWN: tuple[str, ...] = (AT_LEAST_MODERATE, "strong")
_RESTS_ON = {
    CORRECTED: "Levels by the model, corrected with the labels of n documents; 95% interval.",
    "count": "Levels as the model predicts them for n documents, not corrected, so without an interval.",
    LABELLED: "The labelled documents alone.",
}


def recommended_printed(trend: Trend) -> Printed:
    """One row for each round and basis; what a row rests on is a footnote."""
    table, footnotes = frame_of(trend, "recommended"), Footnotes()
    rows = tuple(_cells(trend, row, footnotes) for row in rows_of(table))
    heavy = any(row["heaviest"] for row in rows_of(table))
    beside = [f"{level} without the EU" for level in SHOWN] if heavy else []
    columns = (
        "Round",
        "Counted by",
        *(level.capitalize() for level in SHOWN),
        *(words.capitalize().replace(" eu", " EU") for words in beside),
        "Published: at least moderate, strong",
        "Documents or Parties",
        "n",
        "Note",
    )
    return Printed(
        f"Urban content of NDCs. Percent (95% interval). Scale: {scale_of(trend)}",
        columns,
        tuple(row if heavy else (*row[:4], *row[6:]) for row in rows),
        heads=2,
        tails=1,
        notes=(*footnotes.texts, *_notes(trend)),
    )


def scale_of(trend: Trend) -> str:
    """The scale of the levels of a trend."""
    return str(trend.provenance.get("scale") or "codebook")


def _cells(trend: Trend, row: Row, footnotes: Footnotes) -> tuple[str, ...]:
    percents = printed_percents(trend, row)
    cells = []
    for level in SHOWN:
        key = level.replace(" ", "_")
        cells.append(with_interval(percents.get(level), row[f"{key}_low"], row[f"{key}_high"]))
    without = [_percent(row[f"{level.replace(' ', '_')}_without"]) for level in SHOWN]
    published = [row["published_at_least_moderate"], row["published_strong"]]
    stated = (
        ", ".join(_percent(value) for value in published) if any(v is not None for v in published) else ""
    )
    mark = footnotes.mark((_RESTS_ON.get(row["estimate"]), row["next_step"]))
    ndcs = whole(row["scored"])
    if row["scored"] is not None and row["expected"] and row["scored"] < row["expected"]:
        ndcs = f"{whole(row['scored'])} of {whole(row['expected'])}"
    return (
        row["round"],
        row["basis"],
        *cells,
        *without,
        stated,
        ndcs,
        whole(row["n"]),
        mark,
    )


def printed_percents(trend: Trend, row: Row) -> dict[str, int]:
    """The percents of a row as the table of levels prints them."""
    levels = where(
        frame_of(trend, "levels"), round=row["round"], basis=row["basis"], estimate=row["estimate"]
    )
    return percents_of(levels)


def _percent(value: float | None) -> str:
    return share_text(value) if value is not None else ""


def _notes(trend: Trend) -> tuple[str, ...]:
    return next((table.notes for table in trend.tables if table.name == "recommended"), ())


def terminal_lines(trend: Trend) -> list[str]:
    """The table for a terminal, with the percents of the report."""
    lines = [
        f"{'round':<13}{'basis':<11}{'estimate':<11}{'at least moderate':<22}{'strong':<16}{'n':<5}counted"
    ]
    for row in rows_of(frame_of(trend, "recommended")):
        percents = printed_percents(trend, row)
        cells = []
        for level in SHOWN:
            key = level.replace(" ", "_")
            limits = interval(row[f"{key}_low"], row[f"{key}_high"], percents.get(level))
            text = f"{percents[level]}%" if level in percents else ""
            cells.append(f"{text} ({limits})" if text and limits else text)
        ndcs = f"{row['scored']} of {row['expected']}"
        lines.append(
            f"{row['round']:<13}{row['basis']:<11}{row['estimate']:<11}{cells[0]:<22}{cells[1]:<16}"
            f"{whole(row['n']):<5}{ndcs}".rstrip()
        )
        if row["heaviest"] and row["at_least_moderate_without"] is not None:
            parts = (percent_of(row[f"{level.replace(' ', '_')}_without"]) for level in SHOWN)
            first, second = (f"{part}%" for part in parts)
            lines.append(f"{'':<24}{'w/o ' + row['heaviest']:<11}{first:<22}{second}")
    return lines
