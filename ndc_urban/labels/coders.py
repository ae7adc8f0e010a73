"""What the coders of a folder are: persons, automated readers or models.

`coders.csv` says so; a coder who is not in it is a person.
The kind of a coder decides whose label counts where several labelled one unit (`ndc_urban.labels.adjudication`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, get_args

from ndc_urban.errors import AnnotationsInvalid
from ndc_urban.files import csv_lines, read_csv, write_atomically

CoderKind = Literal["person", "automated", "model"]
"""A person; an automated reader, which reads the text and applies the codebook; a model of this program."""
KINDS: tuple[CoderKind, ...] = get_args(CoderKind)
KIND_NAMES: Mapping[CoderKind, str] = {
    "person": "people",
    "automated": "automated readers",
    "model": "models",
}
CODERS_TABLE = "coders.csv"
COLUMNS = ("coder", "kind")
_REMEDY = f"The file {CODERS_TABLE} has the columns coder and kind; a kind is {', '.join(KINDS)}."


def read_coders(folder: Path) -> dict[str, CoderKind]:
    """The kinds of the coders that the folder names; empty where it has no `coders.csv`.

    Raises `AnnotationsInvalid`, naming file and line, for an unknown kind and for a coder of two kinds.
    """
    path = folder / CODERS_TABLE
    if not path.is_file():
        return {}
    found: dict[str, CoderKind] = {}
    table = read_csv(path, COLUMNS, error=AnnotationsInvalid, remedy=_REMEDY)
    for number, row in table.numbered:
        kind = next((each for each in KINDS if each == row["kind"].strip().casefold()), None)
        if kind is None:
            raise AnnotationsInvalid(
                f"{path}, line {number}: unknown kind {row['kind']!r} of the coder {row['coder']}.",
                remedy=_REMEDY,
            )
        if found.setdefault(row["coder"], kind) != kind:
            raise AnnotationsInvalid(
                f"{path}, line {number}: {row['coder']} is {found[row['coder']]} and {kind}.",
                remedy="Keep one of the rows. Two coders need two names.",
            )
    return found


def record_kind(folder: Path, coders: Iterable[str], kind: CoderKind) -> None:
    """Records the kind of coders in `coders.csv`; persons need no entry.

    Raises `AnnotationsInvalid` for a coder that the folder knows as another kind, and `OutputUnwritable`.
    """
    if kind == "person":
        return
    known = read_coders(folder)
    names = tuple(dict.fromkeys(coders))
    check_kind(folder, names, kind)
    fresh = {name: kind for name in names if name not in known}
    if fresh:
        rows = [COLUMNS, *{**known, **fresh}.items()]
        write_atomically(folder / CODERS_TABLE, csv_lines(rows))


def check_kind(folder: Path, coders: Iterable[str], kind: CoderKind) -> None:
    """Raises `AnnotationsInvalid` for a coder that the folder knows as another kind than `kind`."""
    known = read_coders(folder)
    for name in coders:
        if known.get(name, kind) != kind:
            raise AnnotationsInvalid(
                f"{name} is {known[name]} in {folder / CODERS_TABLE}, not {kind}.",
                remedy="Give this coder another name (--coder OLD=NEW), or say the same --kind.",
            )
