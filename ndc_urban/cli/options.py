"""Options that several commands share, so that they look and behave the same everywhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ndc_urban.codebook import Scale
from ndc_urban.errors import UsageError
from ndc_urban.reading.options import OcrMode, PdfReader
from ndc_urban.shipped import given_or_shipped


def named_path(value: str) -> Path:
    """A path, or data that come with the program by their name, such as `results` or `corpus/results`."""
    return given_or_shipped(Path(value))


def day(text: str) -> date | None:
    """A day in ISO 8601, None where the text is empty. Raises `UsageError`."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"{text} is not a day.", remedy="Write days as 2026-12-31.") from error


ScaleOption = Annotated[
    Scale | None,
    typer.Option(
        "--scale",
        help="Scale of the levels: UN-Habitat's grades of NDCs 3.0, or the codebook's rules.",
        show_default="that of the model",
    ),
]
ReaderOption = Annotated[
    PdfReader,
    typer.Option("--reader", help="PDF reader. auto: the fast one, checked page by page."),
]
OcrOption = Annotated[
    OcrMode,
    typer.Option("--ocr", help="Text recognition. auto: only for scanned pages."),
]
MaxPagesOption = Annotated[
    int, typer.Option("--max-pages", min=1, help="Refuse documents with more pages than this.")
]
TimeoutOption = Annotated[
    float,
    typer.Option(
        "--timeout",
        min=0.1,
        help="Seconds of processor time per document. More than 100 pages and text recognition get more.",
    ),
]
MemoryLimitOption = Annotated[
    int, typer.Option("--memory-limit", min=64, help="Megabytes of memory per process.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object on stdout.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
RegistryOption = Annotated[
    Path | None,
    typer.Option(
        "--registry",
        help="CSV file with the registry of NDCs.",
        show_default="the shipped registry",
        parser=named_path,
    ),
]
CacheOption = Annotated[
    Path | None,
    typer.Option(
        "--cache",
        metavar="DIR",
        help="Folder of what was read and scored before.",
        show_default="NDC_URBAN_CACHE, or the user's cache",
    ),
]
NoCacheOption = Annotated[
    bool, typer.Option("--no-cache", help="Read everything anew, and keep nothing in the cache.")
]


def chosen_cache(folder: Path | None, *, no_cache: bool) -> Path | None:
    """The folder of the cache that the options name, None for none."""
    from ndc_urban.cache import place

    if no_cache:
        return None
    root = folder or place.usual()
    if root is not None and root.exists() and not root.is_dir():
        raise UsageError(
            f"The cache {root} is a file.", remedy="Name a folder with --cache, or use --no-cache."
        )
    return root
