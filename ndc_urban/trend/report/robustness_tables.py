"""The printed tables on what the figures depend on: missing NDCs, errors of labels, length, UN-Habitat's own grades."""

from __future__ import annotations

from ndc_urban.trend.frames import completeness_text, frame_of, rows_of, title_of, where
from ndc_urban.trend.report.printing import (
    Printed,
    Row,
    in_brackets,
    known,
    points_with_interval,
    share_text,
    whole,
)
from ndc_urban.trend.rounding import NO_NUMBER, percent_of
from ndc_urban.trend.tables import CORRECTED, COUNT, Trend

_CHOICES = {
    "heavy": "NDC with over 10% of the weight",
    "rule": "Rule for a level",
    "label_error": "Label error",
}
"""The heads of choices whose column does not say what they are."""


def missing_printed(trend: Trend) -> Printed:
    """One row for each round with missing NDCs, basis and level."""
    rows = tuple(
        (
            row["round"],
            row["basis"],
            row["level"],
            f"{whole(row['scored'])} of {whole(row['expected'])}",
            in_brackets(share_text(row["share"], row["low"], row["high"]), _estimate_of(trend, row)),
            share_text(row["weighted"], row["weighted_low"], row["weighted_high"]),
            f"{percent_of(row['least'])}–{percent_of(row['most'])}",
            ", ".join(filter(None, str(row["missing_parties"] or "").split(";"))),
        )
        for row in rows_of(frame_of(trend, "missing"))
    )
    return Printed(
        f"{title_of(trend, 'missing')} ({completeness_text(trend)}). Percent (95% interval)",
        (
            "Round",
            "Basis",
            "Level",
            "Documents or Parties",
            "As scored",
            "Weighted for non-response",
            "Bounds",
            "Missing",
        ),
        rows,
        heads=3,
        tails=1,
    )


def _estimate_of(trend: Trend, row: Row) -> str:
    """The estimate behind a share as scored: corrected where there is one, else the count."""
    names = {name: row[name] for name in ("round", "basis", "level")}
    found = where(frame_of(trend, "levels"), estimate=CORRECTED, **names)
    return COUNT if found.dropna(subset="share").empty else CORRECTED


def label_error_printed(trend: Trend) -> Printed:
    """One row for each round, basis and level; one column for each rate and direction."""
    table = list(rows_of(frame_of(trend, "label_error")))
    cases = list(dict.fromkeys((row["rate"], row["direction"]) for row in table))
    keys = list(dict.fromkeys((row["round"], row["basis"], row["level"]) for row in table))
    cells = {
        (row["round"], row["basis"], row["level"], row["rate"], row["direction"]): share_text(
            row["share"], row["low"], row["high"]
        )
        for row in table
    }
    heads = ["no errors" if not rate else f"{rate:.0%} {direction}" for rate, direction in cases]
    return Printed(
        f"{title_of(trend, 'label_error')}: the corrected share. Percent (95% interval)",
        ("Round", "Basis", "Level", *heads),
        tuple((*key, *(cells.get((*key, *case), NO_NUMBER) for case in cases)) for key in keys),
        heads=3,
    )


def length_printed(trend: Trend) -> Printed:
    """One row for each round and level."""
    rows = tuple(
        (
            row["round"],
            row["level"],
            f"{round(row['median_characters']):,}",
            f"{row['urban_per_100000']:.1f}",
            share_text(row["share"]),
            share_text(row["adjusted"], row["adjusted_low"], row["adjusted_high"]),
            _odds(row["odds_ratio"], row["odds_low"], row["odds_high"]),
            whole(row["documents"]),
        )
        for row in rows_of(frame_of(trend, "length"))
    )
    columns = (
        "Round",
        "Level",
        "Characters (median)",
        "Urban passages per 100,000",
        "Share as counted",
        "At equal length",
        "Odds against the first round",
        "n",
    )
    return Printed(f"{title_of(trend, 'length')}. Percent (95% interval)", columns, rows, heads=2)


def specification_printed(trend: Trend) -> Printed:
    """One row for each specification, in the order of the change."""
    table = [row for row in rows_of(frame_of(trend, "specification")) if row["change"] is not None]
    table.sort(key=lambda row: (row["level"], row["change"]))
    choices = ("scale", "estimate", "basis", "heavy", "rule", "length", "label_error")
    return Printed(
        f"{title_of(trend, 'specification')}: change from the first to the last round in points (95% interval)",
        ("Level", *(_CHOICES.get(choice, choice.capitalize()) for choice in choices), "Change"),
        tuple(
            (
                row["level"],
                *(str(row[choice]) for choice in choices),
                in_brackets(points_with_interval(row["change"], row["low"], row["high"]), row["estimate"]),
            )
            for row in table
        ),
        heads=1 + len(choices),
    )


def grades_printed(trend: Trend) -> Printed:
    """One row for each population and level, one column for each round."""
    table = list(rows_of(frame_of(trend, "grades")))
    rounds = list(dict.fromkeys(row["round"] for row in table))
    cells = {}
    for row in table:
        share = f"{percent_of(row['share'])} (n {whole(row['units'])})"
        cells[row["population"], row["level"], row["round"]] = share
    keys = list(dict.fromkeys((row["population"], row["level"]) for row in table))
    return Printed(
        f"{title_of(trend, 'grades')}, with and without the European Union. Percent of Parties",
        ("Parties", "Level", *rounds),
        tuple((*key, *(cells.get((*key, name), NO_NUMBER) for name in rounds)) for key in keys),
        heads=2,
    )


def _odds(ratio: float | None, low: float | None, high: float | None) -> str:
    if ratio is None or low is None or high is None or not known(ratio):
        return NO_NUMBER
    return "1" if ratio == low == high else f"{ratio:.2f} ({low:.2f}–{high:.2f})"
