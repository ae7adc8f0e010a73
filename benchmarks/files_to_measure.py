"""What the measurements over a folder of files share: their options, and which files they take."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

Item = TypeVar("Item")


def described_parser(description: str | None) -> argparse.ArgumentParser:
    """A parser of options whose help is the docstring of a script, with its line breaks."""
    return argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def add_sample(parser: argparse.ArgumentParser) -> None:
    """Adds the option that `spread` takes."""
    parser.add_argument(
        "--sample", type=int, default=0, metavar="N", help="N files spread evenly; all by default"
    )


def spread(items: Sequence[Item], number: int) -> Sequence[Item]:
    """About that many items, evenly spread over the sequence; all of them for 0."""
    return items[:: max(1, len(items) // number)] if number else items


def add_pdf_folder(parser: argparse.ArgumentParser) -> None:
    """Adds the options that `pdf_files` takes, and the number of processes."""
    parser.add_argument("--pdf", type=Path, required=True, help="folder of PDFs")
    parser.add_argument("--jobs", type=int, default=2)
    add_sample(parser)


def pdf_files(options: argparse.Namespace) -> Sequence[str]:
    """The PDFs in the folder and in all folders in it, by path."""
    return spread(sorted(str(path) for path in options.pdf.rglob("*.pdf")), options.sample)
