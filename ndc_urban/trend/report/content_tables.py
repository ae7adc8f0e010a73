"""The printed tables on the subjects of urban content: sectors, topics and themes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ndc_urban.trend.frames import frame_of, in_order, rows_of, title_of, where
from ndc_urban.trend.report.printing import Printed, Row, share_text, whole
from ndc_urban.trend.tables import Trend

STRANDS = {"mitigation": "Mitigation", "adaptation": "Adaptation", "any": "Mitigation or adaptation"}
_BESIDE = {"published": "Published", "published_text": "Published"}
"""Columns with published figures, which are counted on Parties: ours on that basis stand beside them."""
KINDS = {"priority": "Priorities of HSP/HA.2/7", "enabler": "Enablers of HSP/HA.2/7"}


def sectors_printed(trend: Trend) -> tuple[Printed, ...]:
    """One table for each strand."""
    table = frame_of(trend, "sectors")
    return tuple(
        _by_round(
            where(table, strand=strand),
            f"{STRANDS.get(strand, strand)}: NDCs with an urban response in the sector. Percent (95% interval)",
            "sector",
            "Sector",
            published="published_rank",
        )
        for strand in in_order(table["strand"], STRANDS)
    )


def topics_printed(trend: Trend) -> Printed:
    """One row for each topic, with the published figure."""
    caption = f"{title_of(trend, 'topics')}. Percent (95% interval)"
    return _by_round(frame_of(trend, "topics"), caption, "topic", "Topic", published="published")


def themes_printed(trend: Trend) -> tuple[Printed, ...]:
    """One table for the priorities and one for the enablers."""
    table = frame_of(trend, "themes")
    return tuple(
        _by_round(
            where(table, kind=kind),
            f"{KINDS.get(kind, kind)}. Percent (95% interval)",
            "theme",
            "Theme",
            published="published_text",
        )
        for kind in in_order(table["kind"], KINDS)
    )


def _by_round(frame: pd.DataFrame, caption: str, item: str, head: str, *, published: str = "") -> Printed:
    """One row per item, one column per round; items with ranks are in the order of the last round."""
    rounds = list(dict.fromkeys(row["round"] for row in rows_of(frame)))
    cells: dict[str, dict[str, Row]] = {}
    for row in rows_of(frame):
        cells.setdefault(row[item], {})[row["round"]] = row
    if published == "published_rank":
        cells = dict(sorted(cells.items(), key=lambda entry: _share_of_last(entry[1], rounds)))
    beside = published in _BESIDE
    rows = []
    for name, by_round in cells.items():
        texts = []
        for round_ in rounds:
            row = by_round.get(round_, {})
            texts.append(_content_text(row))
        last = next(reversed(by_round.values()))
        ending = [_published(by_round, published)] if published else []
        if beside:
            ending.insert(0, _by_parties(by_round))
        rows.append((str(last["label"] or name), *texts, *ending))
    columns = (
        head,
        *rounds,
        *(["By Parties"] if beside else []),
        *([_BESIDE.get(published, "Published rank")] if published else []),
    )
    unsure = any(row.get("reliable") and row.get("corrected") is None for row in rows_of(frame))
    notes = ("?: the count of the model, which cannot be corrected and is not reliable.",) if unsure else ()
    return Printed(caption, columns, tuple(rows), tails=len(columns) - 1 - len(rounds), notes=notes)


def _content_text(row: Row, basis: str = "") -> str:
    """The corrected share with its limits, or the count with a question mark where it cannot be corrected.

    `basis` is the ending of the columns.
    """
    corrected = f"corrected{basis}"
    if row.get(corrected) is not None:
        return share_text(row[corrected], row[f"{corrected}_low"], row[f"{corrected}_high"])
    counted = share_text(row.get(f"share{basis}"))
    return (
        f"{counted} ?"
        if row.get("reliable")
        else share_text(row.get("share"), row.get("low"), row.get("high"))
    )


def _share_of_last(by_round: dict[str, Row], rounds: Sequence[str]) -> float:
    last = by_round.get(rounds[-1], {})
    corrected = last.get("corrected")
    return -((last.get("share") or 0.0) if corrected is None else corrected)


def _by_parties(by_round: dict[str, Row]) -> str:
    """The share on the basis of Parties in the rounds that have a published figure."""
    return "; ".join(
        f"{_content_text(row, '_parties')} ({round_})"
        for round_, row in by_round.items()
        if row["published_text"] or row.get("published") is not None
    )


def _published(by_round: dict[str, Row], column: str) -> str:
    """The published figure of an item; a share also names its round."""
    found = {round_: row[column] for round_, row in by_round.items() if row[column] is not None}
    if column == "published_rank":
        return whole(next(iter(found.values()))) if found else ""
    words = {round_: row["published_text"] for round_, row in by_round.items() if row["published_text"]}
    if column == "published_text":
        found = {}
    found |= words
    return "; ".join(f"{_published_text(value)} ({round_})" for round_, value in found.items())


def _published_text(value: object) -> str:
    """A share as a percent; numbers of NDCs and words unchanged."""
    if not isinstance(value, (int, float)):
        return str(value)
    return share_text(float(value)) if value <= 1 else whole(value)
