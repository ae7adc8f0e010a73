"""What is written for coders: a coding sheet with all that is exported with it, and the names of the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import reserved
from ndc_urban.exchange.coding_sheet import CodingSheet
from ndc_urban.labels.records import LevelLabel, PassageLabel

PASSAGES, LEVELS = "passages", "levels"


@dataclass(frozen=True)
class ExportBundle:
    """A coding sheet and how it is to be laid out.

    `coder` is the person it is for, empty for anybody; `texts` holds `Document.text` by SHA-256, for formats that show
    whole documents; `one_list` puts the passages of all documents into one table. `inclusion` holds by SHA-256 the
    probabilities with which documents were drawn, which belong to the levels that will be coded. Raises
    `ExchangeFileInvalid` where a coder has a name that would come back as another one.
    """

    sheet: CodingSheet
    coder: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    one_list: bool = False
    inclusion: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given: tuple[PassageLabel | LevelLabel, ...] = (*self.sheet.codings, *self.sheet.levels)
        going = [each for each in given if self.coder in ("", each.coder)]
        names = dict.fromkeys(name for each in going for name in (each.coder, *each.adjudicates))
        name = reserved.first_in([self.coder, *names])
        if name:
            raise ExchangeFileInvalid(f"{reserved.why(name)}.", remedy=reserved.RENAME)


ExportFiles = dict[Path, bytes]
"""The files of an export and what is in them; the first one is the main one."""


def companion(main: Path, name: str, suffix: str | None = None) -> Path:
    """The path of a file that belongs to `main`: `levels.csv` to `passages.csv`, `x-levels.csv` to `x.csv`."""
    stem = name if main.stem == PASSAGES else f"{main.stem}-{name}"
    return main.with_name(stem + (main.suffix if suffix is None else suffix))


def passages_and_levels(path: Path, suffixes: tuple[str, ...]) -> tuple[Path | None, Path | None]:
    """Which files of an export a path means: itself, and the levels beside its passages.

    A folder stands for the `passages` and `levels` in it. A file of levels stands for itself alone.
    """
    if path.is_dir():
        found = {
            name: file
            for name in (PASSAGES, LEVELS)
            for suffix in suffixes
            if (file := path / f"{name}{suffix}").is_file()
        }
        return found.get(PASSAGES), found.get(LEVELS)
    if path.stem == LEVELS or path.stem.endswith(f"-{LEVELS}"):
        return None, path
    beside = companion(path, LEVELS)
    return path, beside if beside.is_file() else None
