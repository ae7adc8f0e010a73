"""A report as files in a new folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from ndc_urban.counting import agreeing, counted
from ndc_urban.errors import OutputUnwritable
from ndc_urban.files import folder_written_whole
from ndc_urban.report.page import MAIN_PAGE, pages
from ndc_urban.report.records import Report, ReportDocument
from ndc_urban.report.wording import reason_words

if TYPE_CHECKING:
    from ndc_urban.report.pdf_copies import Copy

WORKBOOK, BRIEF, COPIES, TABLES = "run.xlsx", "brief.docx", "pdf", "tables"

Progress = Callable[[int, int], None]
"""Called with how many documents are done, and of how many."""


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


def write_report(
    report: Report,
    out: Path,
    *,
    pdf: bool = False,
    docx: bool = False,
    progress: Progress = lambda done, total: None,
) -> Written:
    """Writes the report into the new folder `out`, in one stroke: on an error nothing is left.

    `pdf` adds copies of the PDFs with their evidence highlighted, `docx` a brief. A blind review gets neither, nor the
    tables, as they hold predictions. Raises `OutputExists` where `out` is there and not empty, and `OutputUnwritable`
    where it cannot be written to.
    """
    blind = report.review is not None and report.review.blind
    problems: tuple[str, ...] = ()
    with folder_written_whole(out) as folder:
        try:
            if pdf and not blind:
                report, problems = _with_copies(report, folder, progress)
            for name, text in pages(report):
                (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
            if not blind:
                _write_office_files(report, folder, docx=docx)
        except OSError as error:
            raise OutputUnwritable(f"Writing the report failed: {error.strerror or error}.") from error
        files = tuple(
            sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        )
    return Written(out, files, problems)


def _write_office_files(report: Report, folder: Path, *, docx: bool) -> None:
    from ndc_urban.report.workbook import csv_tables, workbook

    (folder / WORKBOOK).write_bytes(workbook(report))
    (folder / TABLES).mkdir()
    for name, data in csv_tables(report).items():
        (folder / TABLES / name).write_bytes(data)
    if docx:
        from ndc_urban.report.brief import brief

        (folder / BRIEF).write_bytes(brief(report))


def _with_copies(report: Report, folder: Path, progress: Progress) -> tuple[Report, tuple[str, ...]]:
    """Writes the copies; the report with links to them, and why documents have none."""
    from ndc_urban.cache.reading import read
    from ndc_urban.report.pdf_copies import write_copy

    documents: list[ReportDocument] = []
    why_not: Counter[str] = Counter()
    for done, document in enumerate(report.documents, 1):
        copy = write_copy(document, folder, f"{COPIES}/{document.key}-{_file_name(document)}", read)
        documents.append(_linked(document, copy))
        if copy.why_not:
            why_not[copy.why_not] += 1
        progress(done, len(report.documents))
    problems = tuple(
        f"{counted(count, 'document')} {agreeing(count, 'has', 'have')} no highlighted copy: "
        f"{reason_words(reason, count)}."
        for reason, count in sorted(why_not.items())
    )
    return replace(report, documents=tuple(documents)), problems


def _file_name(document: ReportDocument) -> str:
    """The name of a file without what a file system or an address could stumble over."""
    return "".join(each if each.isalnum() or each in "-_." else "_" for each in document.name)


def _linked(document: ReportDocument, copy: Copy) -> ReportDocument:
    if copy.why_not:
        return replace(
            document,
            notes=(*document.notes, f"This document has no highlighted copy: {reason_words(copy.why_not)}."),
        )
    notes = document.notes
    if copy.areas:
        notes = (
            *notes,
            f"In the highlighted copy {counted(copy.areas, 'passage')} {agreeing(copy.areas, 'is', 'are')} "
            f"highlighted by {agreeing(copy.areas, 'its area, not by its', 'their area, not by their')} words.",
        )
    if copy.lost:
        were, are = agreeing(copy.lost, "was", "were"), agreeing(copy.lost, "is", "are")
        lost = f"{counted(copy.lost, 'passage')} {were} not found in the file and {are} not highlighted in the copy."
        notes = (*notes, lost)
    return replace(document, link=quote(copy.name), notes=notes)
