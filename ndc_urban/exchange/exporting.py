"""Exports: coding sheets for the passages of a run or of a sample, in the format of the coders' tool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ndc_urban.corpus.library import Holding, Library, open_library
from ndc_urban.counting import agreeing, counted
from ndc_urban.errors import PathMissing, UsageError
from ndc_urban.exchange.bundling import Bundled, Request, make_bundle
from ndc_urban.exchange.coding_sheet import CodingSheet
from ndc_urban.exchange.drawn_sample import Drawn, read_sample
from ndc_urban.exchange.export_bundle import ExportBundle
from ndc_urban.exchange.names import FormatName
from ndc_urban.exchange.predictions import predictions_of
from ndc_urban.exchange.progress import Progress, no_progress
from ndc_urban.exchange.registry import FORMATS, Format, format_of_ending
from ndc_urban.exchange.reserved import require_coder_name
from ndc_urban.identity import document_name
from ndc_urban.labels.store import read_level_labels, read_passage_labels
from ndc_urban.runs import load_run

MANY = 5
"""More file names than this are counted, not listed; chosen by eye."""


@dataclass(frozen=True)
class ExportReport:
    """The files of an export, and what is in them; `bundled` also says what was left out."""

    format: FormatName
    files: tuple[Path, ...]
    bundled: Bundled

    @property
    def complete(self) -> bool:
        """Whether all files were read and all passages of the run or sample were found."""
        return not (self.bundled.unread or self.bundled.unmatched)

    def as_json(self) -> Mapping[str, Any]:
        """The report as plain values."""
        bundled, sheet = self.bundled, self.bundled.bundle.sheet
        return {
            "files": [path.as_posix() for path in self.files],
            "documents": len(sheet.documents),
            "passages": len(sheet.units),
            "codings": len(sheet.codings),
            "levels": len(sheet.levels),
            "unread": [holding.path.as_posix() for holding, _ in bundled.unread],
            "unmatched": bundled.unmatched,
            "codings_left_out": bundled.unplaced + bundled.elsewhere,
            "levels_left_out": dict(bundled.levels_left_out),
            "levels_assigned": dict(bundled.levels_assigned),
        }

    def summary(self) -> str:
        """What was written, in words."""
        if self.format is FormatName.qdc:
            return f"The codebook is in {self.files[0]}."
        sheet = self.bundled.bundle.sheet
        return (
            f"{counted(len(sheet.units), 'passage')} of {counted(len(sheet.documents), 'document')}, with "
            f"{counted(len(sheet.levels), 'existing level')} and {counted(len(sheet.codings), 'existing coding')}: "
            f"{', '.join(map(str, self.files))}"
        )

    def left_out(self) -> Iterator[str]:
        """What was left out, in words."""
        return left_out(self.bundled)


@dataclass(frozen=True)
class ExportOptions:
    """What is to be exported: the passages of a run, of a sample, or of a sample within a run.

    `corpus` is a folder with the documents if they lie elsewhere than run and sample say; `annotations` a folder with
    labels to include; `coder` the person that the sheets are for; `suggestions` includes the run's predictions, and
    `one_list` puts the passages of all documents on one sheet. Raises `UsageError` for a name that no coder can have,
    and for suggestions without a run.
    """

    run: Path | None = None
    sample: Path | None = None
    corpus: Path | None = None
    annotations: Path | None = None
    coder: str = ""
    suggestions: bool = False
    one_list: bool = False

    def __post_init__(self) -> None:
        require_coder_name(self.coder)
        if self.suggestions and self.run is None:
            raise UsageError("--suggestions needs a run: they are its predictions.", remedy="Give the run.")


def export(
    out: Path, options: ExportOptions, *, format: FormatName | None = None, progress: Progress = no_progress
) -> ExportReport:
    """Writes coding sheets to a file or a folder; without `format` the ending of `out` says the format.

    Raises `UsageError` where nothing is to be exported, `PathMissing`, `OutputExists` and `OutputUnwritable`.
    """
    chosen = FORMATS[format] if format else format_of_ending(out)
    if chosen.name is FormatName.qdc:
        return _written(chosen, Bundled(ExportBundle(CodingSheet(()))), out)
    run, sample, annotations = options.run, options.sample, options.annotations
    if run is None and sample is None:
        raise UsageError(
            "There is nothing to export.", remedy="Give a run folder, or a sample with --sample."
        )
    if annotations is not None and not annotations.is_dir():
        raise PathMissing(f"There is no folder {annotations}.")
    drawn = read_sample(sample) if sample is not None else None
    library = _library(run, options.corpus, drawn)
    predictions = predictions_of(load_run(run)) if run is not None else None
    request = Request(
        predictions=predictions,
        drawn=drawn,
        suggest=options.suggestions,
        codings=list(read_passage_labels(annotations)) if annotations else [],
        levels=read_level_labels(annotations) if annotations else [],
        coder=options.coder,
        one_list=options.one_list,
    )
    files = _files(drawn.files if drawn is not None else list(predictions or ()), library)
    bundled = make_bundle(files, library, request, progress=progress)
    if not bundled.bundle.sheet.units:
        why = "".join(f" {line[0].upper()}{line[1:]}." for line in left_out(bundled))
        raise UsageError(f"There are no passages to export.{why}", remedy="Look at the run's failures.csv.")
    return _written(chosen, bundled, out)


def _written(format: Format, bundled: Bundled, out: Path) -> ExportReport:
    return ExportReport(format.name, format.write(bundled.bundle, out), bundled)


def _library(run: Path | None, corpus: Path | None, drawn: Drawn | None) -> Library:
    """The files that were found: where the run or the sample says they lie, and those of the corpus."""
    library = open_library(run) if run is not None else Library(())
    if drawn is not None:
        paths = drawn.paths.items()
        named = [Holding(sha256, document_name(path.as_posix()), path) for sha256, path in paths]
        library = library.with_more(Library(tuple(named)))
    here = [holding for holding in library.holdings if holding.path.is_file()]
    library = replace(library, holdings=tuple(here))
    return library.with_more(open_library(corpus)) if corpus is not None else library


def _files(hashes: Sequence[str], library: Library) -> list[Holding]:
    lacking = [sha256 for sha256 in hashes if sha256 not in library.by_hash]
    if lacking:
        raise PathMissing(
            f"{len(lacking)} of {counted(len(hashes), 'document')} {agreeing(len(lacking), 'was', 'were')} "
            f"not found; the first has SHA-256 {lacking[0][:12]}.",
            remedy="Give the folder that holds them with --corpus.",
        )
    return [library.by_hash[sha256] for sha256 in hashes]


def left_out(bundled: Bundled) -> Iterator[str]:
    """What was left out of a bundle, in words."""
    for holding, error in bundled.unread:
        yield f"not exported: {holding.path} ({error.message} {error.remedy})"
    if bundled.unmatched:
        yield (
            f"not exported: {counted(bundled.unmatched, 'passage')} of the run or sample, which "
            f"{agreeing(bundled.unmatched, 'was', 'were')} not found when the documents were read again"
        )
    if bundled.unplaced:
        verbs = agreeing(bundled.unplaced, "belongs", "belong"), agreeing(bundled.unplaced, "is", "are")
        yield (
            f"{counted(bundled.unplaced, 'coding')} of the folder {verbs[0]} to other passages and {verbs[1]} not "
            "included"
        )
    if bundled.elsewhere:
        verbs = agreeing(bundled.elsewhere, "belongs", "belong"), agreeing(bundled.elsewhere, "is", "are")
        yield (
            f"{counted(bundled.elsewhere, 'coding')} of the folder {verbs[0]} to files that are not in this export and "
            f"{verbs[1]} not included"
        )
    for reason, count in bundled.levels_left_out.items():
        verb = agreeing(count, "is", "are")
        yield f"{counted(count, 'level')} of the folder {verb} not included: {reason}"
    files = list(bundled.levels_assigned)
    if files:
        more = f" and {counted(len(files) - MANY, 'other')}" if len(files) > MANY else ""
        count = sum(bundled.levels_assigned.values())
        what = agreeing(
            count, "does not say which file was read; it is", "do not say which file was read; they are"
        )
        yield (
            f"{counted(count, 'level')} {what} taken as {agreeing(count, 'a level', 'levels')} "
            f"of {', '.join(files[:MANY])}{more}"
        )
