"""Published figures of the reviews, each with the population that it describes."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ndc_urban.errors import PanelInvalid
from ndc_urban.trend.panel import read_rows
from ndc_urban.trend.tables import AT_LEAST_MODERATE, DOCUMENTS

PUBLISHED_FILE = "published.csv"
_COLUMNS = ("review", "documents_counted", "basis", "metric", "value", "unit", "source")
Span = tuple[float, float]
_LEVELS = ("low", "moderate", "strong", AT_LEAST_MODERATE)


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure as a share, nan if it is printed in words.

    `round` is the round of the panel that it describes; `counted` is the number of units, None if it is not stated.
    """

    round: str
    basis: str
    metric: str
    share: float
    counted: int | None
    stated: str
    source: str

    @property
    def span(self) -> Span:
        """The range of shares that the figure may be rounded from; a number of NDCs is exact."""
        printed = re.fullmatch(r"\d+(?:\.(\d+))?%", self.stated)
        half = 0.5 * 10 ** -len(printed[1] or "") / 100 if printed else 0.0
        return max(0.0, self.share - half), min(1.0, self.share + half)


@dataclass(frozen=True)
class Published:
    """The figures that are comparable with ours, and in words those that are not."""

    figures: tuple[Figure, ...]
    others: tuple[str, ...]
    restated: tuple[Figure, ...] = ()

    def levels(self, name: str) -> dict[str, Figure]:
        """The figures of a round on levels; of a number and a percentage the number is used."""
        found: dict[str, Figure] = {}
        for figure in self.figures:
            if figure.round == name and figure.metric in _LEVELS:
                current = found.get(figure.metric)
                if current is None or (current.stated.endswith("%") and not figure.stated.endswith("%")):
                    found[figure.metric] = figure
        parts = [found.get("moderate"), found.get("strong")]
        if all(part and not part.stated.endswith("%") for part in parts):
            moderate, strong = (part for part in parts if part)
            printed = found.get(AT_LEAST_MODERATE)
            found[AT_LEAST_MODERATE] = Figure(
                name,
                moderate.basis,
                AT_LEAST_MODERATE,
                moderate.share + strong.share,
                moderate.counted,
                f"{moderate.stated} and {strong.stated}"
                + (f", printed as {printed.stated}" if printed else ""),
                printed.source if printed else moderate.source,
            )
        return found

    def spans(self, name: str) -> dict[str, tuple[Span, ...]]:
        """For each level of a round the ranges that its figures may be rounded from, those restated included."""
        spans: dict[str, tuple[Span, ...]] = {}
        for metric, figure in self.levels(name).items():
            again = [each for each in self.restated if (each.round, each.metric) == (name, metric)]
            spans[metric] = tuple(dict.fromkeys(each.span for each in (figure, *again)))
        return spans

    def in_words(self, content: str, name: str) -> str:
        """What a review prints in words or numbers of a topic or theme such as `theme:housing` in a round."""
        beside = reviews()["words_beside"].get(content)
        if beside is None or beside["round"] != name:
            return ""
        figure = self.metric(beside["metric"])
        return f"{figure.stated.removesuffix(' NDCs')} of {figure.counted} NDCs" if figure else ""

    def metric(self, name: str) -> Figure | None:
        """The figure on another metric, the first there is."""
        return next((figure for figure in self.figures if figure.metric == name), None)


NOTHING_PUBLISHED = Published((), ())


def load_published(path: Path) -> Published:
    """Reads published.csv (`review, documents_counted, basis, metric, value, unit, source`); nothing without a file.

    A figure whose basis is not listed in `data/reviews.toml` describes another population or metric and goes to
    `others`. Raises `PanelInvalid` for a value that is not a number.
    """
    if not path.is_file():
        return NOTHING_PUBLISHED
    figures: list[Figure] = []
    others: list[str] = []
    restated: list[Figure] = []
    source = ""
    for number, row in enumerate(read_rows(path, _COLUMNS), 2):
        source = source if row["source"].strip() in ("same", "") else row["source"].strip()
        again = reviews()["restated"].get(row["basis"])
        if again is not None:
            restated.append(_figure(path, number, row, again, source))
        basis = reviews()["bases"].get(row["basis"])
        if basis is None:
            others.append(f"{row['review']} ({row['basis']}): {row['metric']} {_stated(row)}. {source}")
            continue
        figures.append(_figure(path, number, row, basis, source))
    return Published(_with_counts(figures), tuple(others), tuple(restated))


def _figure(path: Path, number: int, row: Mapping[str, str], basis: str, source: str) -> Figure:
    counted = int(row["documents_counted"]) if row["documents_counted"].isdigit() else None
    value = _value(path, number, row["value"])
    if row["unit"] == "percent":
        share = value / 100
    elif counted:
        share = value / counted
    else:
        raise PanelInvalid(f"{path}, row {number}: a number of NDCs also needs documents_counted.")
    of_round = reviews()["rounds"].get(row["review"], {}).get(row["basis"], row["review"])
    return Figure(of_round, basis, row["metric"], share, counted, _stated(row), source)


def _value(path: Path, number: int, text: str) -> float:
    """The number in a cell; nan for one of the words in `data/reviews.toml`."""
    if text in reviews()["words"]["values"]:
        return math.nan
    try:
        return float(text)
    except ValueError as error:
        raise PanelInvalid(f"{path}, row {number}: {text!r} is not a number.") from error


def _stated(row: Mapping[str, str]) -> str:
    return f"{row['value']}%" if row["unit"] == "percent" else f"{row['value']} {row['unit']}"


def _with_counts(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """A figure without the number of units gets that of the same round and basis."""
    counted = {(figure.round, figure.basis): figure.counted for figure in figures if figure.counted}
    return tuple(
        Figure(
            figure.round,
            figure.basis,
            figure.metric,
            figure.share,
            figure.counted or counted.get((figure.round, figure.basis)),
            figure.stated,
            figure.source,
        )
        for figure in figures
    )


@cache
def reviews() -> Mapping[str, Any]:
    """The content of `data/reviews.toml`."""
    path = files("ndc_urban.trend") / "data" / "reviews.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def is_comparable(topic: str, day: date) -> bool:
    """Whether the published figure of a topic may be compared with a round that has this reference day."""
    bounds = reviews()["topics"].get(topic)
    return bounds is not None and bounds["from"] <= day.isoformat() <= bounds["to"]


def counted_on(figure: Figure) -> str:
    """The units of a figure, in words."""
    what = "documents" if figure.basis == DOCUMENTS else "Parties"
    return f"{figure.counted} {what}" if figure.counted else what
