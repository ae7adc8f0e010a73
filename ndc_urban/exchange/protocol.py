"""What every exchange format offers: a module with `write`, `read` and `recognises`. `registry` lists the modules."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import safe
from ndc_urban.exchange.export_bundle import ExportBundle, ExportFiles
from ndc_urban.exchange.import_result import ImportResult
from ndc_urban.exchange.people import NOBODY_NAMED

ZIP_START = b"PK\x03\x04"


class ExchangeFormat(Protocol):
    """The face of a format's module."""

    def write(self, bundle: ExportBundle, main: Path) -> ExportFiles:
        """The files of an export and what is in them, the main one first. Nothing is written to disk here."""

    def read(self, path: Path, *, coder: str = "", people: Mapping[str, str] = NOBODY_NAMED) -> ImportResult:
        """The codings of a file; `coder` is who coded what names nobody, `people` who is who in the file.

        Raises `ExchangeFileInvalid` for a file that is not of this format, and `ExchangeFileUnsafe`.
        """

    def recognises(self, file: FileSample) -> bool:
        """Whether the content of a file looks like this format."""


@dataclass(frozen=True)
class FileSample:
    """What can be seen of a file before its format is known."""

    name: str
    data: bytes

    @property
    def is_zip(self) -> bool:
        """Whether the file is a zip container."""
        return self.data.startswith(ZIP_START)

    @cached_property
    def members(self) -> frozenset[str]:
        """The parts of a zip container, none for other files; raises `ExchangeFileInvalid` for a broken one."""
        if not self.is_zip:
            return frozenset()
        try:
            return frozenset(zipfile.ZipFile(io.BytesIO(self.data)).namelist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise ExchangeFileInvalid(
                f"{self.name} is broken: its zip container cannot be opened."
            ) from error

    @cached_property
    def text(self) -> str:
        """The text of a text file without white space in front; empty for a zip container."""
        return "" if self.is_zip else safe.decoded(self.name, self.data).lstrip()

    @cached_property
    def first_line(self) -> str:
        """The first line of the text."""
        return self.text.split("\n", 1)[0]

    @cached_property
    def first_object(self) -> Mapping[str, Any] | None:
        """The JSON object in the first line, if there is one; raises `ExchangeFileInvalid` for a damaged one."""
        if not self.text.startswith("{"):
            return None
        try:
            first = json.loads(self.first_line)
        except (ValueError, RecursionError) as error:
            raise ExchangeFileInvalid(f"{self.name}, line 1: not JSON.") from error
        return first if isinstance(first, dict) else None

    @cached_property
    def first_item(self) -> Mapping[str, Any] | None:
        """The first object of a JSON list, if there is one."""
        if not self.text.startswith("["):
            return None
        try:
            first, _ = json.JSONDecoder().raw_decode(self.text[1:].lstrip())
        except (ValueError, RecursionError):
            return None
        return first if isinstance(first, dict) else None
