"""The printed tables of levels: all estimates, ours beside the published figures, and change between rounds."""

from __future__ import annotations

import pandas as pd

from ndc_urban.codebook import LEVELS
from ndc_urban.trend.frames import (
    ESTIMATES,
    completeness_text,
    frame_of,
    in_order,
    limits_of,
    percents_of,
    rounds_of,
    rows_of,
    title_of,
    where,
)
from ndc_urban.trend.report.printing import (
    Footnotes,
    Printed,
    in_brackets,
    largest,
    points_with_interval,
    share_text,
    with_interval,
)
from ndc_urban.trend.report.short_tables import scale_of
from ndc_urban.trend.rounding import NO_NUMBER, points
from ndc_urban.trend.tables import AT_LEAST_MODERATE, BASES, PUBLISHED, Trend, limits_words

SHOWN = (*LEVELS, AT_LEAST_MODERATE)

_UNITS = (
    "Units: the number of documents or Parties of which these are shares. n: the number of documents behind the row; "
    "for corrected and labelled, the number of labelled ones."
)
_HEAVY = "Without the EU: one document with more than 10% of the weight is left out."


def levels_printed(trend: Trend) -> Printed:
    """One row for each round, basis and estimate, including the published ones."""
    levels = frame_of(trend, "levels")
    incomplete = completeness_text(trend)
    footnotes = Footnotes()
    rows = []
    for round_ in rounds_of(trend):
        for basis in in_order(levels["basis"], BASES):
            for estimate in in_order(levels["estimate"], ESTIMATES):
                part = where(levels, round=round_, basis=basis, estimate=estimate)
                if part.empty:
                    continue
                percents, limits = percents_of(part), limits_of(part)
                cells = [
                    _with_limits(estimate, percents.get(level), limits.get(level, (None, None)))
                    for level in SHOWN
                ]
                cells += [_without(part, level) for level in ("strong", AT_LEAST_MODERATE)]
                mark = footnotes.mark(row["note"] for row in rows_of(part))
                rows.append(
                    (round_, basis, estimate, *cells, largest(part, "units"), largest(part, "n"), mark)
                )
    return Printed(
        f"{title_of(trend, 'levels')}{f' ({incomplete})' if incomplete else ''}. Percent (95% interval). Scale: "
        f"{scale_of(trend)}",
        (
            "Round",
            "Basis",
            "Estimate",
            *(level.capitalize() for level in SHOWN),
            "Strong without the EU",
            "At least moderate without the EU",
            "Units",
            "n",
            "Note",
        ),
        tuple(rows),
        heads=3,
        tails=1,
        notes=(_explained(levels), *footnotes.texts),
    )


def _explained(levels: pd.DataFrame) -> str:
    """What the columns and the brackets of the table of levels say, as far as it has them."""
    told = limits_words(set(levels.dropna(subset=["share", "low"])["estimate"]))
    heavy = _HEAVY if any(row["heaviest"] for row in rows_of(levels)) else ""
    return " ".join(filter(None, (_UNITS, told, heavy)))


def _with_limits(estimate: str, percent: int | None, limits: tuple[float | None, float | None]) -> str:
    """A percent with its limits; those of a superpopulation stand in square brackets."""
    return in_brackets(with_interval(percent, *limits), estimate)


def _without(part: pd.DataFrame, level: str) -> str:
    """The share of a level without the heavy document; empty if there is none."""
    found = [row["share_without"] for row in rows_of(where(part, level=level)) if row["heaviest"]]
    return share_text(found[0]) if found and found[0] is not None else ""


def beside_published(trend: Trend) -> Printed:
    """Our estimates beside the published figures, with the difference in points.

    Wide differences are explained in the notes of the table of levels.
    """
    levels = frame_of(trend, "levels")
    ours = [name for name in in_order(levels["estimate"], ESTIMATES) if name != PUBLISHED]
    published = levels[
        (levels["estimate"] == PUBLISHED) & levels["level"].isin(["strong", AT_LEAST_MODERATE])
    ]
    rows = []
    for row in rows_of(published.dropna(subset="share")):
        for basis in in_order(levels["basis"], BASES):
            cells = []
            for estimate in ours:
                part = where(levels, round=row["round"], basis=basis, estimate=estimate)
                printed = percents_of(part).get(row["level"])
                share = where(part, level=row["level"])["share"].dropna()
                cells.append(
                    NO_NUMBER
                    if printed is None or share.empty
                    else f"{printed} ({points(float(share.iloc[0]) - row['share'])})"
                )
            stated = percents_of(where(levels, round=row["round"], basis=row["basis"], estimate=PUBLISHED))
            rows.append(
                (row["round"], row["level"], f"{stated[row['level']]} ({row['basis']})", basis, *cells)
            )
    return Printed(
        "Our estimates beside the published figures. Percent (difference in points)",
        ("Round", "Level", "Published (basis)", "Our basis", *(name.capitalize() for name in ours)),
        tuple(rows),
        heads=4,
    )


def change_printed(trend: Trend) -> Printed:
    """One row for each pair of rounds, basis and estimate."""
    change = frame_of(trend, "change")
    footnotes = Footnotes()
    rows = []
    keys = ["from_round", "to_round", "basis", "estimate"]
    for key in dict.fromkeys(tuple(row[name] for name in keys) for row in rows_of(change)):
        part = where(change, **dict(zip(keys, key, strict=True)))
        by_level = {row["level"]: row for row in rows_of(part)}
        cells = [
            in_brackets(
                points_with_interval(*(by_level[level][name] for name in ("change", "low", "high"))), key[-1]
            )
            if level in by_level
            else NO_NUMBER
            for level in SHOWN
        ]
        mark = footnotes.mark(row["note"] for row in by_level.values())
        cells += [
            points(by_level[level]["change_without"])
            if level in by_level and by_level[level]["heaviest"]
            else ""
            for level in ("strong", AT_LEAST_MODERATE)
        ]
        rows.append((*map(str, key), *cells, largest(part, "n"), mark))
    return Printed(
        f"{title_of(trend, 'change')}. Percentage points (95% interval)",
        (
            "From",
            "To",
            "Basis",
            "Estimate",
            *(level.capitalize() for level in SHOWN),
            "Strong without the EU",
            "At least moderate without the EU",
            "n",
            "Note",
        ),
        tuple(rows),
        heads=4,
        tails=1,
        notes=footnotes.texts,
    )
