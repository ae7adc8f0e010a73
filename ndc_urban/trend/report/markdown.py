"""The report as Markdown that can also be read as plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ndc_urban.trend.figures.canvas import Drawing
from ndc_urban.trend.report.about import About
from ndc_urban.trend.report.printing import Printed
from ndc_urban.trend.report.sections import Section

_SPECIAL = re.compile(r"([\\*\[\]<>|])")


def markdown(about: About, sections: Sequence[Section], drawings: Sequence[Drawing]) -> str:
    """The whole report; the figures are linked in the folder `figures` beside it."""
    parts = [f"# {about.title}"]
    for section in sections:
        parts += _section(section, drawings)
    parts += ["## Notes", *_list(about.notes), "## Files", *_list(about.files)]
    parts += ["## Where the figures come from", *_list(about.provenance)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(section: Section, drawings: Sequence[Drawing]) -> list[str]:
    parts = [f"## {section.title}"]
    figures = [
        f"![{_escaped(drawing.title)}](figures/{drawing.name}.svg)"
        for drawing in drawings
        if drawing.name.startswith(section.figures)
    ]
    parts += figures if section.figures_first else _list(section.sentences)
    for printed in section.tables:
        if section.key == "parties":
            # about two hundred rows, easier to search in the page and the workbook
            parts.append("The level of each Party is in `tables/parties.csv`, `trend.xlsx` and `trend.html`.")
        else:
            parts += [f"**{_escaped(printed.caption)}**", _table(printed), *_list(printed.notes)]
    parts += _list(section.sentences) if section.figures_first else figures
    if section.notes:
        parts += ["Notes:", *_list(section.notes)]
    if section.sources:
        parts += ["Sources:", *_list(section.sources)]
    return parts


def _list(lines: Sequence[str]) -> list[str]:
    return ["\n".join(f"- {_escaped(line)}" for line in lines)] if lines else []


def _table(printed: Printed) -> str:
    rule = ["---" if printed.of_words(column) else "---:" for column in range(len(printed.columns))]
    rows = [printed.columns, tuple(rule), *printed.rows]
    lines = [" | ".join(cell if row is rows[1] else _escaped(cell) for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def _escaped(text: str) -> str:
    """The text as one line without Markdown syntax."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
