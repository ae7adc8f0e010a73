"""The report as sections of sentences and printed tables, before it becomes Markdown or a page.

The tables are made in `short_tables`, `level_tables`, `robustness_tables`, `party_tables` and `content_tables`, the
first sentences in `headlines`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ndc_urban.trend.frames import table_of, with_titles
from ndc_urban.trend.report import content_tables, level_tables, party_tables, robustness_tables
from ndc_urban.trend.report.headlines import headlines
from ndc_urban.trend.report.printing import Printed
from ndc_urban.trend.report.short_tables import recommended_printed
from ndc_urban.trend.tables import Trend


@dataclass(frozen=True)
class Section:
    """A part of the report; `figures` are prefixes of the names of its figures, which may come first."""

    key: str
    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Printed, ...] = ()
    figures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    figures_first: bool = False


def sections_of(trend: Trend) -> tuple[Section, ...]:
    """The sections of the report in order; a section without its table is left out. Rounds have their titles."""
    trend = with_titles(trend)
    made = (
        _short(trend),
        _section(
            trend,
            "levels",
            "Levels",
            (level_tables.levels_printed(trend), level_tables.beside_published(trend)),
            ("levels",),
        ),
        _section(trend, "grades", "UN-Habitat's own grades", (robustness_tables.grades_printed(trend),)),
        _section(trend, "change", "Change between rounds", (level_tables.change_printed(trend),)),
        _section(trend, "missing", "Rounds with missing NDCs", (robustness_tables.missing_printed(trend),)),
        _section(
            trend, "label_error", "If labels were wrong", (robustness_tables.label_error_printed(trend),)
        ),
        _section(trend, "length", "Length and urban content", (robustness_tables.length_printed(trend),)),
        _section(
            trend,
            "specification",
            "What the trend depends on",
            (robustness_tables.specification_printed(trend),),
            ("specification",),
        ),
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


def _short(trend: Trend) -> Section:
    """The part that a minister reads: one figure, one small table, and the caveats."""
    printed = recommended_printed(trend)
    tables = (printed,) if printed.rows else ()
    return Section("short", "In short", headlines(trend), tables, ("slide",), figures_first=True)


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
