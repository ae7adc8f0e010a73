"""Numbers as the reports print them, and tables of printed cells."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ndc_urban.trend.frames import rows_of
from ndc_urban.trend.rounding import NO_NUMBER, percent_of, points
from ndc_urban.trend.tables import SUPERPOPULATION

Row = dict[str, Any]


@dataclass(frozen=True)
class Printed:
    """A table of printed cells: `heads` columns that name the row, then numbers, then `tails` columns of words.

    `notes` are printed below it.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    heads: int = 1
    tails: int = 0
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{len(row)} cells in a row of {len(self.columns)} columns: {self.caption}")

    def of_words(self, place: int) -> bool:
        """Whether the column at `place` holds words."""
        return place < self.heads or place >= len(self.columns) - self.tails


def known(value: float | None) -> bool:
    """Whether there is a number."""
    return value is not None and not math.isnan(value)


def codes_text(cell: str | None) -> str:
    """A cell of Parties as the reports print it.

    >>> codes_text("COL;MAR"), codes_text(None)
    ('COL, MAR', '')
    """
    return ", ".join(filter(None, str(cell or "").split(";")))


def interval(low: float | None, high: float | None, printed: int | None = None) -> str:
    """95% limits (0 to 1) in whole percents; they always include the `printed` percent.

    >>> interval(0.178, 0.312), interval(0.235, 0.238, 23), interval(None, 0.3)
    ('18–31', '23–24', '')
    """
    if low is None or high is None or not (known(low) and known(high)):
        return ""
    ends = [percent_of(max(low, 0.0)), percent_of(min(high, 1.0))]
    if printed is not None:
        ends = [min(ends[0], printed), max(ends[1], printed)]
    return f"{ends[0]}–{ends[1]}"


def with_interval(printed: int | None, low: float | None, high: float | None) -> str:
    """A percent with its limits, such as `24 (18–31)`; without limits only the percent."""
    if printed is None:
        return NO_NUMBER
    limits = interval(low, high, printed)
    return f"{printed} ({limits})" if limits else f"{printed}"


def share_text(share: float | None, low: float | None = None, high: float | None = None) -> str:
    """A share (0 to 1) as a percent with its limits, for rows that need not sum to 100."""
    return with_interval(percent_of(share) if share is not None and known(share) else None, low, high)


def points_with_interval(change: float | None, low: float | None, high: float | None) -> str:
    """A difference with its limits, such as `+9.8 (+2.1 to +17.5)`."""
    if not (known(low) and known(high)):
        return points(change)
    return f"{points(change)} ({points(low)} to {points(high)})"


def in_brackets(text: str, estimate: str) -> str:
    """A printed number whose limits, if those of a superpopulation, stand in square brackets.

    >>> in_brackets("24 (18–31)", "count"), in_brackets("24 (18–31)", "corrected")
    ('24 [18–31]', '24 (18–31)')
    """
    return text.replace("(", "[").replace(")", "]") if estimate in SUPERPOPULATION else text


def whole(value: float | None) -> str:
    """A count; a dash if there is none."""
    return f"{round(value)}" if value is not None and known(value) else NO_NUMBER


def largest(part: pd.DataFrame, column: str) -> str:
    """The number in a column that all rows of a part should share; if they differ, the largest."""
    return whole(max((row[column] for row in rows_of(part) if row[column] is not None), default=None))


class Footnotes:
    """Numbers the notes below a table, each text once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, texts: Iterable[str | None]) -> str:
        """The numbers of these notes, such as `[1] [3]`; empty without notes."""
        own = dict.fromkeys(text.strip() for text in texts if text and text.strip())
        return " ".join(f"[{self._numbers.setdefault(text, len(self._numbers) + 1)}]" for text in own)

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(f"[{number}] {text}" for text, number in self._numbers.items())
