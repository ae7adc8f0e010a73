"""`ndc-urban read`: what the reader sees in one document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ndc_urban.cli.options import (
    MaxPagesOption,
    MemoryLimitOption,
    OcrOption,
    ReaderOption,
    TimeoutOption,
)
from ndc_urban.reading.formats import endings_in_words
from ndc_urban.reading.options import MAX_PAGES
from ndc_urban.runs.limits import MEMORY_LIMIT
from ndc_urban.runs.time_budget import TIMEOUT

if TYPE_CHECKING:
    from ndc_urban.document import Block, Document, Page


def read_cli(
    file: Annotated[Path, typer.Argument(help=f"The document ({endings_in_words()}).", show_default=False)],
    reader: ReaderOption = "auto",
    ocr: OcrOption = "auto",
    output_format: Annotated[
        Literal["text", "json"],
        typer.Option("--format", help="Text in reading order, or pages and blocks as JSON."),
    ] = "text",
    max_pages: MaxPagesOption = MAX_PAGES,
    timeout: TimeoutOption = TIMEOUT,
    memory_limit: MemoryLimitOption = MEMORY_LIMIT,
) -> None:
    """Show what the reader sees in a document.

    That is its text in reading order, or with --format json its pages and blocks.
    """
    from ndc_urban import runs
    from ndc_urban.errors import PathMissing

    if not file.exists():
        raise PathMissing(f"There is no file {file}.")
    document = runs.read_alone(
        file,
        reader=reader,
        ocr=ocr,
        max_pages=max_pages,
        timeout=timeout,
        memory_limit=memory_limit,
    )
    if output_format == "json":
        typer.echo(json.dumps(document_as_json(document), ensure_ascii=False, indent=2))
        return
    typer.echo("\n\n".join(block.text for block in document.blocks))
    for note in document.notes:
        typer.echo(f"Note: {note}", err=True)


def document_as_json(document: Document) -> dict[str, Any]:
    """The document as plain lists and dictionaries, pages and blocks in reading order."""
    return {
        "path": document.path.as_posix(),
        "sha256": document.sha256,
        "format": document.format,
        "language": document.language,
        "notes": list(document.notes),
        "pages": [_page(page) for page in document.pages],
    }


def _page(page: Page) -> dict[str, Any]:
    return {
        "number": page.number,
        "reader": page.reader,
        "width": page.width,
        "height": page.height,
        "needs_ocr": page.needs_ocr,
        "damaged": page.damaged,
        "printed": page.printed,
        "blocks": [_block(block) for block in page.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "text": block.text,
        "page": block.page,
        "last_page": block.last_page,
        "bbox": None if block.bbox is None else [round(edge, 2) for edge in block.bbox],
        "level": block.level,
        "cells": list(block.cells),
        "header": list(block.header),
    }
