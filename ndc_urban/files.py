"""Files on disk: written whole or not at all, hashed, and read as CSV.

Archives and XML from elsewhere are opened in `ndc_urban.safe_archive`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from ndc_urban.errors import NdcUrbanError, OutputExists, OutputUnwritable, PathMissing

CSV_REMEDY = "Save it as CSV in UTF-8."
_DELIMITERS = ",;\t"
_NEW_FILE_MODE = 0o644
"""The usual mode of a new file; `mkstemp` alone would leave it readable for its owner only."""


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal. Raises `OSError`."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# Writing


def write_atomically(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all; folders above it are made. Raises `OutputUnwritable`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else _NEW_FILE_MODE)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputUnwritable(f"{path} cannot be written ({error.strerror or error}).") from error


def csv_table(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """A table as CSV in UTF-8, with a header. What a row has beside the columns is left out, what it lacks is empty."""
    return csv_lines(chain([columns], ([row.get(column, "") for column in columns] for row in rows)))


def csv_lines(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as CSV in UTF-8, lines ending in a line feed; bytes that were no UTF-8 (in a path) become escapes."""
    table = io.StringIO(newline="")
    csv.writer(table, lineterminator="\n").writerows(rows)
    return table.getvalue().encode("utf-8", "backslashreplace")


def check_new_folder(target: Path) -> None:
    """Raises `OutputExists` when `target` is a file or a folder that is not empty."""
    if target.is_symlink() and not target.exists():
        raise OutputExists(f"The output {target} is a link that leads nowhere.")
    if target.exists() and not target.is_dir():
        raise OutputExists(f"The output {target} is a file.")
    if target.is_dir() and any(target.iterdir()):
        raise OutputExists(f"The output folder {target} is not empty.")


@contextmanager
def folder_written_whole(target: Path, *, replace: bool = False) -> Iterator[Path]:
    """Gives a hidden folder to write into; on leaving, it becomes `target`, and on an error it is removed.

    With `replace` it takes the place of a folder that is there, which stays complete until then. The hidden folder
    lies beside `target`, or in it where `target` is an empty folder, which may be all that can be written to. Raises
    `OutputExists` and, when the place cannot be written to, `OutputUnwritable`, before any work is done.
    """
    if not replace or not target.is_dir():
        check_new_folder(target)
    in_target = target.is_dir() and not any(target.iterdir())
    place = target if in_target else target.parent
    hidden = place / f".{target.name}.{uuid.uuid4().hex[:8]}.unfinished"
    try:
        place.mkdir(parents=True, exist_ok=True)
        hidden.mkdir()
        (hidden / ".probe").touch()
        (hidden / ".probe").unlink()
    except OSError as error:
        raise OutputUnwritable(f"Cannot write to {target}: {error.strerror or error}.") from error
    try:
        yield hidden
        try:
            _save_to_disk(hidden)
            _publish(hidden, target, replace)
        except OSError as error:
            raise OutputUnwritable(
                f"{target} cannot be put in place ({error.strerror or error}). Nothing was changed."
            ) from error
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise


def _save_to_disk(folder: Path) -> None:
    """Waits until the files' content is on the disk, so that a loss of power cannot leave empty files."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as stream:
                os.fsync(stream.fileno())


def _publish(hidden: Path, target: Path, replace: bool) -> None:
    """Moves the finished folder to its place, or beside it if that is taken by now: no result is lost."""
    if hidden.parent == target and list(target.iterdir()) == [hidden]:
        for path in sorted(hidden.iterdir()):
            path.rename(target / path.name)
        hidden.rmdir()
    elif hidden.parent != target and not target.exists():
        hidden.rename(target)
    elif hidden.parent != target and replace:
        _exchange(hidden, target)
    else:
        spare = hidden.with_name(f"{target.name or 'output'}-{uuid.uuid4().hex[:8]}")
        hidden.rename(spare)
        what = "has filled" if hidden.parent == target else "has appeared"
        raise OutputExists(
            f"The output {target} {what} in the meantime.", remedy=f"The results are in {spare}."
        )


def _exchange(new: Path, target: Path) -> None:
    """Puts a folder in the place of another, which is removed only when the new one is complete."""
    before = new.with_suffix(".before")
    target.rename(before)
    try:
        new.rename(target)
    except BaseException:
        before.rename(target)
        raise
    if before.is_symlink():
        before.unlink()
    else:
        shutil.rmtree(before, ignore_errors=True)


# CSV


@dataclass(frozen=True, slots=True)
class CsvTable:
    """The columns and the rows of a CSV file; each row has the number of the line on which it ends."""

    columns: tuple[str, ...]
    numbered: tuple[tuple[int, dict[str, str]], ...]

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows without their numbers."""
        return [row for _, row in self.numbered]


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
"""A cell that begins like this gets an apostrophe; the apostrophe is listed too, so that it can be taken off again."""


def guarded(text: str) -> str:
    """A text as a cell that no spreadsheet program runs as a formula (OWASP, "CSV Injection").

    >>> guarded("=1+1"), guarded("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def bare(cell: str) -> str:
    """The text that `guarded` made a cell of."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def read_csv(
    path: Path,
    columns: Sequence[str] = (),
    *,
    error: Callable[..., NdcUrbanError],
    remedy: str = CSV_REMEDY,
) -> CsvTable:
    """A CSV file in UTF-8 with the delimiter comma, semicolon or tab; blank lines are passed over.

    Raises `PathMissing` where there is no such file. Raises `error`, with `remedy`, for a file that is not in UTF-8 or
    is not sound CSV, for a row with another number of cells than the header, and where one of `columns` is missing.
    """
    if not path.is_file():
        raise PathMissing(f"There is no file {path}.")
    try:
        data = path.read_bytes()
    except OSError as failure:
        raise error(f"{path} cannot be read ({failure.strerror or failure}).", remedy=remedy) from failure
    return parse_csv(data, str(path), columns, error=error, remedy=remedy)


def parse_csv(
    data: bytes,
    name: str,
    columns: Sequence[str] = (),
    *,
    error: Callable[..., NdcUrbanError],
    remedy: str = CSV_REMEDY,
) -> CsvTable:
    """The content of a CSV file, called `name` in messages; see `read_csv`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        raise error(f"{name} is not in UTF-8.", remedy=remedy) from failure
    first_line = text.split("\n", 1)[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=first_line.count), strict=True
    )
    try:
        lines = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as failure:
        message = f"{name}, line {reader.line_num}: not valid CSV ({failure})."
        raise error(message, remedy=remedy) from failure
    header = tuple(lines[0][1]) if lines else ()
    missing = [column for column in columns if column not in header]
    if missing:
        raise error(f"{name} has no column {', '.join(missing)}.", remedy=remedy)
    for number, cells in lines[1:]:
        if len(cells) != len(header):
            raise error(
                f"{name}, line {number}: {len(cells)} cells, but the header has {len(header)}.", remedy=remedy
            )
    return CsvTable(
        header, tuple((number, dict(zip(header, cells, strict=True))) for number, cells in lines[1:])
    )
