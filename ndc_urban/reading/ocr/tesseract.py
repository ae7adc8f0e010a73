"""The Tesseract program: which languages it has, and the words that it finds in a picture of a page."""

from __future__ import annotations

import math
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

SECONDS_PER_PAGE = 60
"""Must be greater than what a page of small print takes on a busy machine; a page that takes longer is given up."""

SECONDS_TO_ANSWER = 20
"""For naming its languages, which takes a moment; must be greater than the start of a program on a busy machine."""

TSV_FIELDS = 12
"""Columns of Tesseract's table of words."""

WORD_LEVEL = "5"
"""Stands in the first column of a word, as against a page (1), a block, a paragraph or a line (4)."""

_PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG in Linux's <sys/prctl.h>."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word in a picture: its place in pixels from the top left corner and how sure it is (0 to 100).

    `block`, `paragraph` and `line` number the parts of the page in which the word stands.
    """

    text: str
    confidence: float
    left: int
    top: int
    right: int
    bottom: int
    block: int
    paragraph: int
    line: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A page in grey, as the bytes of a PGM file; `dots_per_inch` gives its size on paper."""

    pgm: bytes
    dots_per_inch: int


def installed_languages() -> frozenset[str]:
    """The languages it has data for, by its own names ("eng"); empty where it is not installed."""
    program = shutil.which("tesseract")
    return _languages_of(program) if program else frozenset()


@cache
def _languages_of(program: str) -> frozenset[str]:
    output = _run([program, "--list-langs"], b"", SECONDS_TO_ANSWER)
    lines = output.decode("utf-8", errors="replace").splitlines() if output else []
    return frozenset(line.strip() for line in lines if line.strip() and " " not in line.strip())


def find_words(
    picture: Picture, languages: Sequence[str], *, turned: bool = False
) -> tuple[Word, ...] | None:
    """The words of a page in reading order; None where Tesseract failed or took more than `SECONDS_PER_PAGE`.

    `languages` are Tesseract's names. `turned` lets it turn a page that lies on its side.
    """
    settings = ["-l", "+".join(languages), "--psm", "1" if turned else "3", "-c", "tessedit_create_tsv=1"]
    program = shutil.which("tesseract")
    if program is None:
        return None
    command = [program, "stdin", "stdout", "--dpi", str(picture.dots_per_inch), *settings]
    output = _run(command, picture.pgm, SECONDS_PER_PAGE)
    return None if output is None else _words(output.decode("utf-8", errors="replace"))


def _words(tsv: str) -> tuple[Word, ...]:
    rows = (line.split("\t") for line in tsv.splitlines())
    return tuple(
        _word(row) for row in rows if len(row) == TSV_FIELDS and row[0] == WORD_LEVEL and row[11].strip()
    )


def _word(row: list[str]) -> Word:
    block, paragraph, line = int(row[2]), int(row[3]), int(row[4])
    left, top, width, height = (int(value) for value in row[6:10])
    return Word(
        row[11].strip(), float(row[10]), left, top, left + width, top + height, block, paragraph, line
    )


def _bound(seconds: float) -> Callable[[], None] | None:
    """What the program does before it starts: it binds its life to ours, so that it never runs on alone.

    Linux ends it when our process ends; elsewhere on POSIX it may use as much processor time as we would wait.
    """
    if os.name != "posix":
        return None
    import ctypes
    import resource

    control: Any = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def bind() -> None:
        if control is not None:
            control(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(seconds), math.ceil(seconds)))

    return bind


def _run(command: list[str], given: bytes, seconds: float) -> bytes | None:
    """What a program writes to its standard output, None where it fails or takes too long."""
    # One thread: a run keeps every core busy with documents already, and Tesseract's threads mostly wait.
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    try:
        # The program is the user's own Tesseract and no shell is involved. A function before its start is safe here:
        # a worker has one thread, and the function does no more than ask two things of the system.
        done = subprocess.run(  # noqa: S603
            command,
            input=given,
            capture_output=True,
            timeout=seconds,
            env=environment,
            check=False,
            preexec_fn=_bound(seconds),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
