"""The exchange formats by name: how a file of each is written, recognised and read.

To add a format, write a module that has what `protocol.ExchangeFormat` asks for, add its line to `FORMATS` here and
its name to `names.FormatName`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from ndc_urban.errors import ExchangeFileInvalid, OutputExists
from ndc_urban.exchange import safe
from ndc_urban.exchange.export_bundle import LEVELS, PASSAGES, ExportBundle
from ndc_urban.exchange.formats import (
    csv_table,
    docbin,
    doccano,
    json_lines,
    label_studio,
    prodigy,
    qdc,
    qdpx,
    review,
    xlsx,
)
from ndc_urban.exchange.import_result import ImportResult
from ndc_urban.exchange.names import FormatName
from ndc_urban.exchange.people import NOBODY_NAMED
from ndc_urban.exchange.protocol import ExchangeFormat, FileSample
from ndc_urban.files import write_atomically


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, the ending and usual stem of its main file, and its module.

    A file with one of `endings` is of this format whatever it looks like, unless another format `shares` the ending
    and recognises it.
    """

    name: FormatName
    suffix: str
    stem: str
    module: ExchangeFormat
    endings: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()

    def write(self, bundle: ExportBundle, out: Path) -> tuple[Path, ...]:
        """Writes the files of an export, all or none, and returns their paths, the main one first.

        `out` is the main file if it has the format's ending, else a folder. Raises `OutputExists` where a file
        exists already, and `OutputUnwritable`.
        """
        main = out if out.suffix.lower() == self.suffix else out / f"{self.stem}{self.suffix}"
        files = self.module.write(bundle, main)
        for path in files:
            if path.exists():
                raise OutputExists(f"{path} exists already.", remedy="Choose another name.")
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

    def read(self, path: Path, *, coder: str = "", people: Mapping[str, str] = NOBODY_NAMED) -> ImportResult:
        """The codings of a file, or of an export in a folder; raises what `ExchangeFormat.read` raises."""
        return self.module.read(self._main_file(path), coder=coder, people=people)

    def _main_file(self, path: Path) -> Path:
        """The file to read. Of a folder it is the main file, unless the format has files of passages and of levels."""
        if path.is_dir() and self.stem != PASSAGES:
            return path / f"{self.stem}{self.suffix}"
        return path


FORMATS: Mapping[FormatName, Format] = MappingProxyType(
    {
        each.name: each
        for each in (
            Format(FormatName.xlsx, ".xlsx", "coding", xlsx, (".xlsx", ".xls")),
            Format(FormatName.csv, ".csv", PASSAGES, csv_table, (".csv", ".tsv")),
            Format(FormatName.jsonl, ".jsonl", PASSAGES, json_lines),
            Format(FormatName.label_studio, ".json", PASSAGES, label_studio, shares=(".csv", ".tsv")),
            Format(FormatName.prodigy, ".jsonl", PASSAGES, prodigy),
            Format(FormatName.doccano, ".jsonl", PASSAGES, doccano, shares=(".csv",)),
            Format(FormatName.docbin, ".spacy", PASSAGES, docbin, (".spacy",)),
            Format(FormatName.qdpx, ".qdpx", "coding", qdpx, (".qdpx",)),
            Format(FormatName.qdc, ".qdc", "codebook", qdc, (".qdc",)),
            Format(FormatName.review, ".json", "coding", review),
        )
    }
)
"""A format that also fits the files of later ones comes before them: see `format_of`."""

SHOWN = 5
"""Parts of an unknown archive that a refusal names; chosen by eye."""

_ASK = f"Name the format with --format: {', '.join(FORMATS)}."


def format_of_ending(out: Path) -> Format:
    """The format to write a file of this name in; Excel for a folder and for endings that no format has.

    Of several formats with one ending it is the first, as JSONL.
    """
    ending = out.suffix.lower()
    return next((each for each in FORMATS.values() if each.suffix == ending), FORMATS[FormatName.xlsx])


def format_of(path: Path) -> Format:
    """The format of a file, or of an export in a folder, recognised by its content.

    Where the contents fit several formats, it is the last of them, as the later ones are more special. Raises
    `PathMissing`, and `ExchangeFileInvalid` where no format fits or a folder holds several exports.
    """
    if path.is_dir():
        return _format_of_folder(path)
    file = FileSample(path.name, safe.file_bytes(path))
    ending = path.suffix.lower()
    by_ending = next((each for each in FORMATS.values() if ending in each.endings), None)
    if by_ending is not None and not file.is_zip:
        sharing = (each for each in FORMATS.values() if ending in each.shares)
        return next((each for each in sharing if each.module.recognises(file)), by_ending)
    try:
        fitting = [each for each in FORMATS.values() if each.module.recognises(file)]
    except ExchangeFileInvalid as error:
        raise ExchangeFileInvalid(error.message, remedy=error.remedy or _ASK) from error
    if fitting:
        return fitting[-1]
    if file.is_zip:
        packed = sorted(filter(safe.is_content, file.members))
        more = f" and {len(packed) - SHOWN} more" if len(packed) > SHOWN else ""
        raise ExchangeFileInvalid(
            f"{path.name} is a zip archive of no known kind. It holds {', '.join(packed[:SHOWN]) or 'nothing'}{more}.",
            remedy=f"Unpack it and import each coder's file. {_ASK}",
        )
    raise ExchangeFileInvalid(f"It is not clear what {path.name} is.", remedy=_ASK)


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
