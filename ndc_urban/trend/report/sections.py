"""The report as sections of sentences and printed tables, before it becomes Markdown or a page.

The tables are made in `level_tables`, `party_tables` and `content_tables`, the first sentences in `headlines`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ndc_urban.trend.frames import table_of
from ndc_urban.trend.report import content_tables, level_tables, party_tables
from ndc_urban.trend.report.headlines import headlines
from ndc_urban.trend.report.printing import Printed
from ndc_urban.trend.tables import Trend


@dataclass(frozen=True)
class Section:
    """A part of the report; `figures` are prefixes of the names of its figures."""

    key: str
    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Printed, ...] = ()
    figures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def sections_of(trend: Trend) -> tuple[Section, ...]:
    """The sections of the report in order; a section without its table is left out."""
    made = (
        Section("short", "In short", headlines(trend)),
        _section(
            trend,
            "levels",
            "Levels",
            (level_tables.levels_printed(trend), level_tables.beside_published(trend)),
            ("levels",),
        ),
        _section(trend, "change", "Change between rounds", (level_tables.change_printed(trend),)),
        _section(trend, "coverage", "Documents behind the figures", (party_tables.coverage_printed(trend),)),
        _section(
            trend,
            "transitions",
            "Moves between levels",
            party_tables.transitions_printed(trend),
            ("moves",),
            party_tables.moves(trend),
        ),
        _section(trend, "groups", "Groups of Parties", party_tables.groups_printed(trend)),
        _section(trend, "sectors", "Sectors", content_tables.sectors_printed(trend), ("sectors",)),
        _section(trend, "topics", "Hazards, finance and governance", (content_tables.topics_printed(trend),)),
        _section(trend, "themes", "Themes", content_tables.themes_printed(trend)),
        _section(trend, "parties", "Parties", (party_tables.parties_printed(trend),), ("map",)),
    )
    return tuple(section for section in made if section is not None)


def _section(
    trend: Trend,
    key: str,
    title: str,
    tables: Iterable[Printed | None],
    figures: tuple[str, ...] = (),
    sentences: tuple[str, ...] = (),
) -> Section | None:
    table = table_of(trend, key)
    if table is None:
        return None
    printed = tuple(made for made in tables if made is not None and made.rows)
    if not printed:
        sentences = (*sentences, "There is nothing to show: the table has no rows.")
    return Section(key, title, sentences, printed, figures, table.notes, table.sources)
