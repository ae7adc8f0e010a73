"""What a run has done so far, in its folder: however the run is stopped, no document is read twice.

While it is under way, a run folder holds the folder `unfinished` alone: `plan.json`, which says what the run began
with, and `records.jsonl`, to which the record of each document is added as it comes (see `ndc_urban.runs.records`). A
record that was half written when the power went is noticed by its checksum and left out. When all are there, the
tables are written within `unfinished` and then moved to their places, `run.json` last: a folder is finished when it
has that file.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from io import FileIO
from pathlib import Path
from typing import Any

from ndc_urban.cache.frames import framed, sound_frames
from ndc_urban.corpus.inputs import Input
from ndc_urban.corpus.library import RUN_FILE, UNFINISHED, is_unfinished_run
from ndc_urban.counting import agreeing, counted
from ndc_urban.errors import OutputExists, OutputUnwritable, ResumeRefused
from ndc_urban.files import check_new_folder, write_atomically
from ndc_urban.runs.records import Record
from ndc_urban.runs.tables import as_text

PLAN, RECORDS, NEW_TABLES, GUIDE = "plan.json", "records.jsonl", "tables", "HOW_TO_CONTINUE.txt"

_GUIDE = """This run of ndc-urban is not finished. Nothing that it has read is lost. To continue it:

    {command}

The folder "unfinished" disappears when the run is finished.
"""


@dataclass(frozen=True)
class Plan:
    """What a run began with: all that decides its tables.

    `model` is the model's hash, `code` that of the program's own code; `options` are those that may change a result.
    `documents` counts the files, and `inputs` is a hash over their names and contents.
    """

    model: str
    code: str
    options: Mapping[str, Any]
    documents: int
    inputs: str

    def differences(self, now: Plan) -> list[str]:
        """In words, what is not as it was."""
        found = []
        if self.model != now.model:
            found.append(f"another model ({self.model[:12]} then, {now.model[:12]} now)")
        if self.code != now.code:
            found.append("another version of the program or of a library")
        for name, value in now.options.items():
            if self.options.get(name) != value:
                found.append(f"{name} {value} (then {self.options.get(name)})")
        if self.inputs != now.inputs:
            found.append(f"other documents ({counted(self.documents, 'file')} then, {now.documents} now)")
        return found


def digest_of(inputs: Iterable[tuple[str, str]]) -> str:
    """A hash over the path, as in tables, and the SHA-256 of each file, in order."""
    digest = hashlib.sha256()
    for path, sha256 in inputs:
        digest.update(f"{sha256} {path}\n".encode())
    return digest.hexdigest()


def digest_of_inputs(inputs: Iterable[Input]) -> str:
    """The same of files that were found."""
    return digest_of((as_text(item.path), item.sha256) for item in inputs)


class Journal:
    """The records of a run that is under way. Use it as a context: what it has is kept when the run is stopped."""

    def __init__(self, root: Path, plan: Plan, command: str = "") -> None:
        """Begins a run in a folder that is new or empty, or goes on with the one that is there.

        `command` is what a user may enter to continue. Raises `ResumeRefused` where the run there began with another
        plan or where another program is at work on it, `OutputExists` where another program has finished one there
        in the meantime, and `OutputUnwritable`.
        """
        self.root = root
        self.folder = root / UNFINISHED
        self._places: dict[str, tuple[int, int]] = {}
        self._made_root = not root.exists()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # Without buffers: a failed write leaves nothing that is written later, and what is read is what is there.
            self._stream = (self.folder / RECORDS).open("ab", buffering=0)
            self._reader = (self.folder / RECORDS).open("rb", buffering=0)
            if not _locked(self._stream):
                self._close()
                raise ResumeRefused(
                    f"Another program is at work on the run in {root}.", remedy="Wait until it has ended."
                )
            if is_finished_run(root):
                self.__exit__()
                raise OutputExists(f"Another program has finished a run in {root} in the meantime.")
            self._begin(plan, command)
        except OSError as error:
            raise OutputUnwritable(f"Cannot write to {root}: {error.strerror or error}.") from error

    def _begin(self, plan: Plan, command: str) -> None:
        before = _read_plan(self.folder / PLAN)
        if before is None:  # it was stopped before it had begun
            self._stream.truncate(0)
            try:
                guide = _GUIDE.format(command=command)
                (self.folder / GUIDE).write_bytes(guide.encode("utf-8", "backslashreplace"))
                write_atomically(self.folder / PLAN, _as_json(asdict(plan)))
            except (OSError, OutputUnwritable):
                self.__exit__()
                raise
            return
        if different := before.differences(plan):
            self._close()
            raise ResumeRefused(f"The run in {self.root} cannot be continued with {'; '.join(different)}.")
        end = 0
        with (self.folder / RECORDS).open("rb") as stream:
            for frame, _ in sound_frames(stream):
                self._places[str(frame.header["file"])] = (frame.start, frame.length)
                end = frame.end
        self._stream.truncate(end)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()
        if not self._places and self.folder.exists():
            self.remove()
            if self._made_root:
                with suppress(OSError):
                    self.root.rmdir()

    def __contains__(self, sha256: str) -> bool:
        return sha256 in self._places

    def __len__(self) -> int:
        return len(self._places)

    def add(self, sha256: str, line: bytes) -> None:
        """Keeps the record of a file, as the line of JSON that it is. Raises `OutputUnwritable`."""
        frame = framed({"file": sha256}, line)
        try:
            end = self._stream.seek(0, os.SEEK_END)
            rest = memoryview(frame)
            while rest:
                rest = rest[self._stream.write(rest) :]
        except OSError as error:
            raise OutputUnwritable(
                f"Writing to {self.root} failed ({error.strerror or error}). {counted(len(self), 'document')} "
                f"{agreeing(len(self), 'is', 'are')} kept.",
                remedy="Make room on the disk, then give the same command again, with --resume.",
            ) from error
        self._places[sha256] = (end + len(frame) - 1 - len(line), len(line))

    def record(self, sha256: str) -> Record:
        """The record of a file. Raises `KeyError` where there is none."""
        start, length = self._places[sha256]
        self._reader.seek(start)
        return Record.from_line(self._reader.read(length))

    @property
    def new_tables(self) -> Path:
        """An empty folder, where the tables are written before they are moved to their places."""
        folder = self.folder / NEW_TABLES
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def publish(self, tables: Path) -> None:
        """Moves the finished tables to their places, `run.json` last, and ends the journal. Raises
        `OutputUnwritable`."""
        try:
            names = sorted(path.name for path in tables.iterdir())
            for name in names:
                with (tables / name).open("rb+") as stream:
                    os.fsync(stream.fileno())
            for name in names:
                if name != RUN_FILE:
                    (tables / name).replace(self.root / name)
            _save_names(self.root)
            (tables / RUN_FILE).replace(self.root / RUN_FILE)
            _save_names(self.root)
        except OSError as error:
            raise OutputUnwritable(
                f"Writing the results to {self.root} failed ({error.strerror or error}). All documents are kept.",
                remedy="Make room on the disk, then give the same command again, with --resume.",
            ) from error
        self.remove()

    def remove(self) -> None:
        """Removes the journal."""
        self._close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _close(self) -> None:
        self._stream.close()
        self._reader.close()


def check_output(root: Path, *, resume: bool) -> None:
    """Raises `OutputExists` for a folder in which no run can begin or, with `resume`, go on."""
    unfinished = is_unfinished_run(root)
    if unfinished and not resume:
        raise OutputExists(
            f"The folder {root} holds a run that is not finished.",
            remedy="Continue it with --resume (in Python: resume=True), or choose another output folder.",
        )
    if not unfinished:
        check_new_folder(root)


def is_finished_run(root: Path) -> bool:
    """Whether a folder holds a run with all its tables."""
    return (root / RUN_FILE).is_file()


def plan_of_finished(root: Path) -> Plan:
    """What the finished run in a folder began with. Raises `ResumeRefused` where its run.json does not say."""
    try:
        info = json.loads((root / RUN_FILE).read_text(encoding="utf-8"))
        inputs = [(each["path"], each["sha256"]) for each in info["inputs"]]
        options = {name: value for name, value in info["configuration"].items() if name != "jobs"}
        return Plan(info["model"]["hash"], info["code"], options, len(inputs), digest_of(inputs))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResumeRefused(f"{root / RUN_FILE} does not say how the run was made ({error}).") from error


def remove_remains(root: Path) -> None:
    """Removes the journal of a run that was stopped between its last table and the end."""
    shutil.rmtree(root / UNFINISHED, ignore_errors=True)


def _read_plan(path: Path) -> Plan | None:
    """The plan of a run that was stopped, None where it had none yet. Raises `ResumeRefused` for another file."""
    try:
        return Plan(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise ResumeRefused(
            f"{path} does not say how the run began: it is damaged, or of another version of the program.",
            remedy="Choose another output folder, or remove this one and score again: cached documents are not read "
            "again.",
        ) from error


def _as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace")


def _save_names(folder: Path) -> None:
    """Waits until the names in a folder are on the disk, where the platform can do that."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _locked(stream: FileIO) -> bool:
    """Whether this program alone has the file now, until it ends or closes it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            stream.seek(0)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
