"""The report as one HTML page: it includes its figures, runs no script and loads nothing from the network."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ndc_urban.trend.figures.canvas import Drawing
from ndc_urban.trend.figures.markup import inline
from ndc_urban.trend.report.about import About
from ndc_urban.trend.report.printing import Printed
from ndc_urban.trend.report.sections import Section

_STYLE = """
:root { color-scheme: light; }
body { font: 1rem/1.5 "DejaVu Sans", Verdana, Helvetica, Arial, sans-serif; color: #1f2328; background: #fff;
       margin: 0 auto; max-width: 78rem; padding: 1rem 1.5rem 4rem; }
h1 { font-size: 1.8rem; } h2 { font-size: 1.35rem; margin-top: 3rem; border-top: 1px solid #8a9098; padding-top: 1rem; }
a { color: #0b4f8a; } a:focus, [tabindex]:focus { outline: 3px solid #0b4f8a; outline-offset: 2px; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; background: #fff; padding: .5rem; }
nav ul { columns: 16rem; padding-left: 1.2rem; }
.short li { font-size: 1.1rem; margin-bottom: .5rem; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: bold; padding: .4rem 0; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid #d0d4d9; vertical-align: top; }
thead th { border-bottom: 2px solid #565c63; text-align: right; } thead th.words, tbody th { text-align: left; }
tbody th { font-weight: normal; } td { text-align: right; white-space: nowrap; }
td.words { text-align: left; white-space: normal; }
figure { margin: 1.5rem 0; } figure svg { width: 100%; height: auto; border: 1px solid #d0d4d9; }
figcaption, .small { color: #565c63; font-size: .85rem; }
@page { size: A4 landscape; margin: 1.5cm; }
@media print { body { padding: 0; } table { font-size: .75rem; } }
@media print { nav, .skip { display: none; } figure, tr { break-inside: avoid; } .scroll { overflow: visible; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(about: About, sections: Sequence[Section], drawings: Sequence[Drawing]) -> str:
    """The whole page as HTML."""
    ends = (
        ("notes", "Notes", about.notes),
        ("files", "Files", about.files),
        ("provenance", "Where the figures come from", about.provenance),
    )
    links = [(section.key, section.title) for section in sections] + [(key, title) for key, title, _ in ends]
    body = [
        '<a class="skip" href="#main">Skip to the report</a>',
        f"<header><h1>{escape(about.title)}</h1></header>",
        '<nav aria-label="Contents"><ul>',
        *(f'<li><a href="#{key}">{escape(title)}</a></li>' for key, title in links),
        "</ul></nav>",
        '<main id="main">',
        *(_section(section, drawings) for section in sections),
        *(
            f'<section aria-labelledby="{key}"><h2 id="{key}">{escape(title)}</h2>{_list(lines)}</section>'
            for key, title, lines in ends
        ),
        "</main>",
    ]
    head = [
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(about.title)}</title>",
        f"<style>{_STYLE}</style>",
    ]
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        *head,
        "</head>",
        "<body>",
        *body,
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _section(section: Section, drawings: Sequence[Drawing]) -> str:
    parts = [f'<section aria-labelledby="{section.key}"><h2 id="{section.key}">{escape(section.title)}</h2>']
    sentences = _list(section.sentences, section.key)
    tables = [_table(printed, f"{section.key}-{number}") for number, printed in enumerate(section.tables, 1)]
    figures = [_figure(drawing) for drawing in drawings if drawing.name.startswith(section.figures)]
    if section.key == "parties":
        tables = [
            f"<details><summary>All Parties with their levels</summary>{table}</details>" for table in tables
        ]
    parts += [*figures, *tables, sentences] if section.figures_first else [sentences, *tables, *figures]
    if section.notes:
        parts.append(f'<div class="small"><p>Notes</p>{_list(section.notes)}</div>')
    if section.sources:
        parts.append(f'<div class="small"><p>Sources</p>{_list(section.sources)}</div>')
    return "\n".join([*filter(None, parts), "</section>"])


def _list(lines: Sequence[str], name: str = "") -> str:
    if not lines:
        return ""
    items = "".join(f"<li>{_words(line)}</li>" for line in lines)
    return f'<ul class="{name}">{items}</ul>' if name else f"<ul>{items}</ul>"


def _words(line: str) -> str:
    """Escaped text; words between backticks become code."""
    parts = escape(line, quote=False).split("`")
    if len(parts) % 2 == 0:
        return escape(line, quote=False)
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


def _table(printed: Printed, name: str) -> str:
    marks = [' class="words"' if printed.of_words(place) else "" for place in range(len(printed.columns))]
    heads = "".join(
        f'<th scope="col"{mark}>{escape(column)}</th>'
        for mark, column in zip(marks, printed.columns, strict=True)
    )
    rows = []
    for row in printed.rows:
        cells = [
            f'<th scope="row">{escape(cell)}</th>'
            if place < printed.heads
            else f"<td{mark}>{escape(cell)}</td>"
            for place, (mark, cell) in enumerate(zip(marks, row, strict=True))
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    table = (
        f'<div class="scroll" role="region" aria-labelledby="{name}" tabindex="0"><table>'
        f'<caption id="{name}">{escape(printed.caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
    return table + (f'<div class="small">{_list(printed.notes)}</div>' if printed.notes else "")


def _figure(drawing: Drawing) -> str:
    words = f"{drawing.title}. As a file: figures/{drawing.name}.svg and .png."
    return f"<figure>{inline(drawing.svg)}<figcaption>{escape(words)}</figcaption></figure>"
