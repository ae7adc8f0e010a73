"""`ndc-urban annotations export`: coding sheets for the tools that coders use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ndc_urban.cli.options import JsonOption, QuietOption
from ndc_urban.exchange.names import ExchangeFormat

if TYPE_CHECKING:
    from ndc_urban.corpus.library import Holding, Library
    from ndc_urban.exchange.exporting import Drawn, Exported

MANY = 5
"""More files than these are counted, not listed."""


def export_cli(
    out: Annotated[
        Path, typer.Option("--out", "-o", help="File or folder for the coding sheets.", show_default=False)
    ],
    run: Annotated[
        Path | None,
        typer.Argument(
            metavar="[RUN]", help="A run folder, whose passages are to be coded.", show_default=False
        ),
    ] = None,
    sample: Annotated[
        Path | None,
        typer.Option(
            "--sample", help="A sample that `ndc-urban sample` drew: only that.", show_default=False
        ),
    ] = None,
    format: Annotated[
        ExchangeFormat | None,
        typer.Option(
            "--format",
            "-f",
            help="Form of the coding sheets.",
            show_default="as the ending of --out says, else xlsx",
        ),
    ] = None,
    corpus: Annotated[
        Path | None,
        typer.Option(
            "--corpus",
            help="Folder with the documents, if they lie elsewhere than the run says; with a documents.csv it "
            "names them too.",
            show_default=False,
        ),
    ] = None,
    coder: Annotated[
        str, typer.Option("--coder", help="The person that the sheets are for.", show_default=False)
    ] = "",
    suggestions: Annotated[
        bool, typer.Option("--suggestions", help="Let the model's predictions go along, marked as such.")
    ] = False,
    annotations: Annotated[
        Path | None,
        typer.Option(
            "--annotations",
            help="Folder with labels that are there already, to go along.",
            show_default=False,
        ),
    ] = None,
    one_list: Annotated[
        bool, typer.Option("--one-list", help="Excel: all passages on one sheet, not a sheet a document.")
    ] = False,
    json_output: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write coding sheets, with the codebook at hand, for the passages of a run or of a sample."""
    import json

    from ndc_urban.cli.progress import duration_of_steps
    from ndc_urban.errors import EXIT_SOME_FAILED, PathMissing, UsageError
    from ndc_urban.exchange.coding_sheet import CodingSheet
    from ndc_urban.exchange.export_bundle import Material
    from ndc_urban.exchange.exporting import Exported, Request, coding_material, read_sample
    from ndc_urban.exchange.predictions import predictions_of
    from ndc_urban.exchange.registry import FORMATS, format_of_ending
    from ndc_urban.labels.store import read_level_labels, read_passage_labels
    from ndc_urban.runs import load_run

    check_coder_option(coder)
    if format is None:
        format = format_of_ending(out)
    if run is None and sample is None and format is not ExchangeFormat.qdc:
        raise UsageError(
            "There is nothing to export.", remedy="Give a run folder, or a sample with --sample."
        )
    if suggestions and run is None:
        raise UsageError("--suggestions needs a run, whose predictions they are.", remedy="Give the run.")
    if annotations is not None and not annotations.is_dir():
        raise PathMissing(f"There is no folder {annotations}.")
    if format is ExchangeFormat.qdc:
        exported = Exported(Material(CodingSheet(())))
    else:
        drawn = read_sample(sample) if sample is not None else None
        library = _library(run, corpus, drawn)
        predictions = predictions_of(load_run(run)) if run is not None else None
        request = Request(
            predictions=predictions,
            drawn=drawn,
            suggest=suggestions,
            codings=list(read_passage_labels(annotations)) if annotations else [],
            levels=read_level_labels(annotations) if annotations else [],
            coder=coder,
            one_list=one_list,
        )
        files = _files(drawn.files if drawn is not None else list(predictions or ()), library)
        tell = duration_of_steps(quiet=quiet, what="documents read")
        exported = coding_material(files, library, request, tell=tell)
        for line in _left_out(exported):
            typer.echo(line, err=True)
        if not exported.material.sheet.units:
            raise UsageError("There are no passages to export.", remedy="Look at the run's failures.csv.")
    written = FORMATS[format.value].write(exported.material, out)
    sheet = exported.material.sheet
    if json_output:
        result = {
            "files": [path.as_posix() for path in written],
            "documents": len(sheet.documents),
            "passages": len(sheet.units),
            "codings": len(sheet.codings),
            "levels": len(sheet.levels),
            "unread": [holding.path.as_posix() for holding, _ in exported.unread],
            "unmatched": exported.unmatched,
            "codings_left_out": exported.unplaced + exported.elsewhere,
            "levels_left_out": dict(exported.levels_left_out),
            "levels_assigned": dict(exported.levels_assigned),
        }
        typer.echo(json.dumps(result, ensure_ascii=False))
    elif format is ExchangeFormat.qdc:
        typer.echo(f"The codebook is in {written[0]}.")
    else:
        typer.echo(
            f"{len(sheet.units)} passages of {len(sheet.documents)} documents, {len(sheet.levels)} levels and "
            f"{len(sheet.codings)} codings that are there already: {', '.join(map(str, written))}"
        )
    if exported.unread or exported.unmatched:
        raise typer.Exit(EXIT_SOME_FAILED)


def check_coder_option(coder: str) -> None:
    """Raises `UsageError` for a name that no table of names could hold, or that exports use for nobody."""
    from ndc_urban.errors import UsageError
    from ndc_urban.exchange import reserved
    from ndc_urban.labels.records import check_coder

    if coder:
        try:
            check_coder(coder)
        except ValueError as error:
            raise UsageError(f"--coder: {error}.", remedy="Give a plain name.") from error
        if reserved.is_reserved(coder):
            raise UsageError(f"--coder: {reserved.why(coder)}.", remedy=reserved.RENAME)


def _library(run: Path | None, corpus: Path | None, drawn: Drawn | None) -> Library:
    """The files at hand: where the run or the sample says they lie, and those of the corpus."""
    from ndc_urban.corpus.library import Holding, Library, open_library
    from ndc_urban.identity import document_name

    library = open_library(run) if run is not None else Library(())
    if drawn is not None:
        paths = drawn.paths.items()
        named = [Holding(sha256, document_name(path.as_posix()), path) for sha256, path in paths]
        library = library.with_more(Library(tuple(named)))
    here = [holding for holding in library.holdings if holding.path.is_file()]
    library = replace(library, holdings=tuple(here))
    return library.with_more(open_library(corpus)) if corpus is not None else library


def _files(hashes: Sequence[str], library: Library) -> list[Holding]:
    from ndc_urban.errors import PathMissing

    lacking = [sha256 for sha256 in hashes if sha256 not in library.by_hash]
    if lacking:
        raise PathMissing(
            f"{len(lacking)} of {len(hashes)} documents are not at hand; the first has SHA-256 {lacking[0][:12]}.",
            remedy="Give the folder that holds them with --corpus.",
        )
    return [library.by_hash[sha256] for sha256 in hashes]


def _left_out(exported: Exported) -> Iterator[str]:
    """What did not go along, in words."""
    for holding, error in exported.unread:
        yield f"not exported: {holding.path} ({error.message} {error.remedy})"
    if exported.unmatched:
        yield (
            f"not exported: {exported.unmatched} passages of the run or sample, which the documents, as they are "
            "read now, do not hold"
        )
    if exported.unplaced:
        yield f"{exported.unplaced} codings of the folder belong to other passages and stay there"
    if exported.elsewhere:
        yield f"{exported.elsewhere} codings of the folder belong to files that are not in this export and stay there"
    for reason, count in exported.levels_left_out.items():
        yield f"{count} levels of the folder stay there: {reason}"
    files = list(exported.levels_assigned)
    if files:
        more = f" and {len(files) - MANY} others" if len(files) > MANY else ""
        yield (
            f"{sum(exported.levels_assigned.values())} levels do not say which file was read; they go along as read "
            f"in {', '.join(files[:MANY])}{more}"
        )
