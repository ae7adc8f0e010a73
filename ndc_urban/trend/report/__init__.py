"""The trend written for readers: Markdown, HTML, Word, CSV, a workbook and figures, in one new folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ndc_urban.errors import OutputUnwritable

if TYPE_CHECKING:
    from ndc_urban.trend.tables import Trend

__all__ = ["write_trend"]


def write_trend(trend: Trend, out: Path) -> None:
    """Writes `trend` into the new folder `out`; after an error nothing is left behind.

    The folder holds `trend.md`, `trend.html`, `trend.docx`, `trend.csv`, `trend.xlsx`, `tables/NAME.csv` and
    `figures/NAME.svg` and `.png`. The same trend makes the same bytes. Raises `OutputExists` if `out` is not empty, and
    `OutputUnwritable` if it cannot be written.
    """
    from ndc_urban.files import folder_written_whole

    with folder_written_whole(out) as folder:
        try:
            for name, content in _files(trend):
                path = folder / name
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(content)
        except OSError as error:
            raise OutputUnwritable(f"Writing the trend failed: {error.strerror or error}.") from error


def _files(trend: Trend) -> Iterator[tuple[str, bytes]]:
    """The files of the folder with their names, made one after the other."""
    from ndc_urban.trend.figures import draw
    from ndc_urban.trend.report.about import about
    from ndc_urban.trend.report.markdown import markdown
    from ndc_urban.trend.report.page import page
    from ndc_urban.trend.report.sections import sections_of
    from ndc_urban.trend.report.tidy import csv_text, tidy
    from ndc_urban.trend.report.word import word
    from ndc_urban.trend.report.workbook import workbook

    sections, ending = sections_of(trend), about(trend)
    drawings = draw(trend)
    yield "trend.csv", _bytes(csv_text(tidy(trend)))
    for table in trend.tables:
        yield f"tables/{table.name}.csv", _bytes(csv_text(table.frame))
    yield "trend.md", _bytes(markdown(ending, sections, drawings))
    yield "trend.html", _bytes(page(ending, sections, drawings))
    yield "trend.docx", word(ending, sections, drawings)
    yield "trend.xlsx", workbook(trend, ending)
    for drawing in drawings:
        yield f"figures/{drawing.name}.svg", drawing.svg
        yield f"figures/{drawing.name}.png", drawing.png


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
