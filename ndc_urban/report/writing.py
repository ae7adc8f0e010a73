"""A report as files in a new folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ndc_urban.errors import OutputUnwritable
from ndc_urban.files import folder_written_whole
from ndc_urban.report.page import MAIN_PAGE, pages
from ndc_urban.report.records import Report

WORKBOOK = "run.xlsx"

Tell = Callable[[int, int], None]
"""Called with how many steps are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Written:
    """The folder of a report, the names of its files, and why something asked for is not among them."""

    folder: Path
    files: tuple[str, ...]
    problems: tuple[str, ...] = ()

    @property
    def page(self) -> Path:
        """The file to open."""
        return self.folder / MAIN_PAGE


def write_report(report: Report, out: Path) -> Written:
    """Writes the report into the new folder `out`, in one stroke: on an error nothing is left.

    Raises `OutputExists` where `out` is there and not empty, and `OutputUnwritable` where it cannot be written to.
    """
    problems: tuple[str, ...] = ()
    with folder_written_whole(out) as folder:
        try:
            for name, text in pages(report):
                (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
        except OSError as error:
            raise OutputUnwritable(f"Writing the report failed: {error.strerror or error}.") from error
        files = tuple(
            sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        )
    return Written(out, files, problems)
