"""The exchange formats by name: how a file of each is made, told from others, and read."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ndc_urban.errors import ExchangeFileInvalid, OutputExists, PathMissing
from ndc_urban.exchange import safe
from ndc_urban.exchange.export_bundle import LEVELS, PASSAGES, Material
from ndc_urban.exchange.import_result import Returned
from ndc_urban.exchange.names import ExchangeFormat
from ndc_urban.files import write_atomically

_ROOM = "ndc_urban.exchange.formats"


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, the ending and usual name of its main file, and the modules that write and read it."""

    name: ExchangeFormat
    suffix: str
    stem: str
    writer: str
    reader: str

    def write(self, material: Material, out: Path) -> tuple[Path, ...]:
        """Writes the files of an export, all or none, and returns their paths, the main one first.

        `out` is the main file if it has the format's ending, else a folder. Raises `OutputExists` where a file
        is there already, and `OutputUnwritable`.
        """
        main = out if out.suffix.lower() == self.suffix else out / f"{self.stem}{self.suffix}"
        files: Mapping[Path, bytes] = import_module(f"{_ROOM}.{self.writer}").written(material, main)
        for path in files:
            if path.exists():
                raise OutputExists(f"{path} exists already.", remedy="Choose another --out.")
        done: list[Path] = []
        try:
            for path, data in files.items():
                write_atomically(path, data)
                done.append(path)
        except BaseException:
            for path in done:
                path.unlink(missing_ok=True)
            raise
        return tuple(files)

    def read(self, path: Path, *, coder: str = "") -> Returned:
        """The codings of a file; see `read` of the format's module for what it raises."""
        returned: Returned = import_module(f"{_ROOM}.{self.reader}").read(path, coder=coder)
        return returned


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        each.name: each
        for each in (
            Format(ExchangeFormat.xlsx, ".xlsx", "coding", "xlsx", "xlsx_reading"),
            Format(ExchangeFormat.csv, ".csv", PASSAGES, "csv_table", "csv_table"),
            Format(ExchangeFormat.jsonl, ".jsonl", PASSAGES, "json_lines", "json_lines"),
            Format(ExchangeFormat.label_studio, ".json", PASSAGES, "label_studio", "label_studio"),
            Format(ExchangeFormat.prodigy, ".jsonl", PASSAGES, "prodigy", "prodigy"),
            Format(ExchangeFormat.doccano, ".jsonl", PASSAGES, "doccano", "doccano"),
            Format(ExchangeFormat.docbin, ".spacy", PASSAGES, "docbin", "docbin"),
            Format(ExchangeFormat.qdpx, ".qdpx", "coding", "qdpx", "qdpx_reading"),
            Format(ExchangeFormat.qdc, ".qdc", "codebook", "qdc", "qdc"),
        )
    }
)

_BY_SUFFIX = {
    ".xlsx": "xlsx",
    ".csv": "csv",
    ".tsv": "csv",
    ".spacy": "docbin",
    ".qdpx": "qdpx",
    ".qdc": "qdc",
}
_ASK = f"Name the format with --format: {', '.join(FORMATS)}."


def format_of_ending(out: Path) -> ExchangeFormat:
    """The format to write a file of this name in; Excel for a folder and for endings that are no format's.

    Of the formats with one ending it is the plainest, as JSONL.
    """
    ending = out.suffix.lower()
    return next((each.name for each in FORMATS.values() if each.suffix == ending), ExchangeFormat.xlsx)


def format_of(path: Path) -> Format:
    """The format of a file, or of an export in a folder, told by its content.

    Raises `PathMissing`, and `ExchangeFileInvalid` where no format or more than one fits.
    """
    if path.is_dir():
        return _format_of_folder(path)
    if not path.is_file():
        raise PathMissing(f"There is no file or folder {path}.")
    head = safe.file_bytes(path)
    if head[:4] == b"PK\x03\x04":
        return FORMATS[_zip_format(path.name, head)]
    if path.suffix.lower() == ".xls" or head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise ExchangeFileInvalid(
            f"{path.name} is an old or a protected Excel file.", remedy="Save it as .xlsx."
        )
    name = _BY_SUFFIX.get(path.suffix.lower())
    if name in ("xlsx", "qdpx"):
        raise ExchangeFileInvalid(f"{path.name} is broken: it is no zip container.")
    return FORMATS[name or _text_format(path.name, head)]


def _format_of_folder(folder: Path) -> Format:
    files = sorted(
        each
        for format in FORMATS.values()
        for stem in dict.fromkeys((format.stem, PASSAGES, LEVELS))
        if (each := folder / f"{stem}{format.suffix}").is_file()
    )
    found = {format_of(file).name for file in dict.fromkeys(files)}
    if len(found) != 1:
        what = f"exports in several formats ({', '.join(sorted(found))})" if found else "no export"
        raise ExchangeFileInvalid(f"{folder} holds {what}.", remedy="Give the file that is to be imported.")
    return FORMATS[found.pop()]


def main_file(path: Path, format: Format) -> Path:
    """The file to read: of a folder the main one, where the format has one file only."""
    if path.is_dir() and format.stem != PASSAGES:
        return path / f"{format.stem}{format.suffix}"
    return path


def _zip_format(name: str, data: bytes) -> str:
    try:
        members = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise ExchangeFileInvalid(f"{name} is broken: its zip container cannot be opened.") from error
    if "project.qde" in members:
        return "qdpx"
    if "xl/workbook.xml" in members:
        return "xlsx"
    raise ExchangeFileInvalid(f"{name} is a zip archive of another kind.", remedy=_ASK)


def _text_format(name: str, data: bytes) -> str:
    text = safe.decoded(name, data).lstrip()
    if text.startswith("["):
        return "label-studio"
    if text.startswith("{"):
        return _lines_format(name, text)
    if text.startswith("<") and "CodeBook" in text[:2000]:
        return "qdc"
    first = text.split("\n", 1)[0].casefold()
    if "document" in first and ("code" in first or "level" in first):
        return "csv"
    raise ExchangeFileInvalid(f"It is not clear what {name} is.", remedy=_ASK)


def _lines_format(name: str, text: str) -> str:
    first: Any
    try:
        first = json.loads(text.split("\n", 1)[0])
    except (ValueError, RecursionError) as error:
        raise ExchangeFileInvalid(f"{name}, line 1: not JSON.", remedy=_ASK) from error
    if "options" in first or "ndc_urban" in first:
        return "prodigy"
    return "doccano" if isinstance(first.get("label", first.get("labels")), list) else "jsonl"
