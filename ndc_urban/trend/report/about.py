"""The end of a report: general notes, the files of the folder, and where the figures come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ndc_urban.trend.frames import rounds_of, with_titles
from ndc_urban.trend.tables import Trend

TITLE = "Urban content of NDCs: the trend"
_ROUNDING = (
    "Percents are printed as whole numbers. Strong and at least moderate are each rounded once, so that equal counts "
    "print equally; moderate and low are what is left, so that each row sums to 100. Differences are computed before "
    "rounding. The CSV files have shares between 0 and 1, with six decimals."
)
_FILES = (
    "`trend.md` and `trend.html`: this report; the HTML page includes its figures",
    "`trend.docx`: the same for Word, with its figures",
    "`trend.csv`: the numbers of all tables except that of Parties, in one table: `table`, `round`, `to_round`, "
    "`basis`, `estimate`, `grouping`, `item`, `label`, `level`, `measure`, `value`, `low`, `high`, `percent`, `units`, "
    "`n`, `note`; `measure` is `share` or `change` (both 0 to 1) or the name of a count; `percent` is the share "
    "as printed",
    "`tables/NAME.csv`: each table with its own columns",
    "`trend.xlsx`: a sheet for each table; notes and sources on the last sheet",
    "`figures/`: every figure as SVG and PNG, in the size of a slide",
)


@dataclass(frozen=True)
class About:
    """The title of the report and the lists at its end."""

    title: str
    notes: tuple[str, ...]
    files: tuple[str, ...]
    provenance: tuple[str, ...]


def about(trend: Trend) -> About:
    """The end of the report of a trend."""
    rounds = rounds_of(with_titles(trend))
    span = f", {rounds[0]} to {rounds[-1]}" if len(rounds) > 1 else f", {rounds[0]}" if rounds else ""
    provenance = tuple(f"{key}: {value}" for key, value in flat(trend.provenance))
    span += f" (scale: {trend.provenance['scale']})" if trend.provenance.get("scale") else ""
    return About(TITLE + span, (*trend.notes, _ROUNDING), _FILES, provenance)


def flat(value: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Nested facts as pairs of name and text; the entries of a list are numbered from 1.

    >>> list(flat({"runs": [{"model": "a"}], "rounds": ["2022"]}))
    [('runs.1.model', 'a'), ('rounds', '2022')]
    """
    for key, inner in value.items():
        name = f"{above}{key}"
        if isinstance(inner, Mapping):
            yield from flat(inner, f"{name}.")
        elif isinstance(inner, (list, tuple)) and any(isinstance(part, Mapping) for part in inner):
            yield from flat({str(place): part for place, part in enumerate(inner, 1)}, f"{name}.")
        elif isinstance(inner, (list, tuple)):
            yield name, ", ".join(map(str, inner))
        else:
            yield name, "" if inner is None else str(inner)
