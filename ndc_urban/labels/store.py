"""A folder of annotations on disk: `passages.csv` and `levels.csv`, rows that are only ever added to.

`passages.csv` holds anchors in place of texts, so that a folder can be shared. The same label given twice is reported
as a duplicate; if a coder labels a unit differently than before, the new row goes to `conflicts.csv` for people to
decide, and the old one is kept.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from ndc_urban.codebook import CODEBOOK_VERSION
from ndc_urban.errors import AnnotationsInvalid, OutputExists
from ndc_urban.files import parse_csv, write_atomically
from ndc_urban.labels.anchors import Anchor
from ndc_urban.labels.records import NAME_SEPARATOR, LevelLabel, PassageLabel, Review, check_review

PASSAGES_TABLE = "passages.csv"
LEVELS_TABLE = "levels.csv"
CONFLICTS_TABLE = "conflicts.csv"

PASSAGE_COLUMNS = (
    "document",
    "coder",
    "coded_at",
    "codebook",
    "wave",
    "sha256",
    "page",
    "start",
    "length",
    "fingerprint",
    "code",
    "sector",
    "strand",
    "role",
    "comment",
    "adjudicates",
    "seen",
    "suggestion",
    "review",
)
"""`seen` is the part of the text, as from-to, that the coder had in view; empty for all of it. `suggestion` is what a
model suggested meanwhile, `review` what the coder did with it (`ndc_urban.labels.records.Review`)."""
LEVEL_COLUMNS = (
    "document",
    "coder",
    "level",
    "confidence",
    "dedicated",
    "sectors",
    "strand",
    "inclusion_probability",
    "sha256",
    "coded_at",
    "codebook",
    "comment",
    "adjudicates",
    "suggestion",
    "review",
)
CONFLICT_COLUMNS = (
    "table",
    *PASSAGE_COLUMNS,
    *(name for name in LEVEL_COLUMNS if name not in PASSAGE_COLUMNS),
)
FLAG = {True: "1", False: "0"}

Row = dict[str, str]
Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Appended:
    """The result of adding rows: how many were added, how many were there already, and which conflict."""

    added: int = 0
    duplicates: int = 0
    conflicts: tuple[PassageLabel | LevelLabel, ...] = ()


def read_passage_labels(folder: Path) -> tuple[PassageLabel, ...]:
    """The labels of `passages.csv`, in order; none where there is no such file.

    Raises `AnnotationsInvalid`, naming file and line, for a bad row.
    """
    return tuple(_records(folder / PASSAGES_TABLE, passage_label))


def read_level_labels(folder: Path) -> tuple[LevelLabel, ...]:
    """The rows of `levels.csv`, in order; none where there is no such file. Raises `AnnotationsInvalid`."""
    return tuple(_records(folder / LEVELS_TABLE, level_label))


def write_passage_labels(folder: Path, labels: Iterable[PassageLabel]) -> None:
    """Writes `passages.csv` into a folder that has none. Raises `OutputExists` and `OutputUnwritable`."""
    path = folder / PASSAGES_TABLE
    if path.exists():
        raise OutputExists(
            f"{path} exists already.", remedy="Choose another folder: labels are never overwritten."
        )
    _Table(path, (), (), None).add([passage_row(each) for each in labels], PASSAGE_COLUMNS)


def append(
    folder: Path, passages: Iterable[PassageLabel] = (), levels: Iterable[LevelLabel] = ()
) -> Appended:
    """Adds labels to a folder, which is made where it is missing; nothing there is ever changed.

    Each table is replaced in one stroke. Raises `AnnotationsInvalid` where a table there is unsound or changes
    meanwhile, and `OutputUnwritable`.
    """
    tables = {name: _Table.read(folder / name) for name in (PASSAGES_TABLE, LEVELS_TABLE, CONFLICTS_TABLE)}
    new_passages = _sorted_out(_parsed(tables[PASSAGES_TABLE], passage_label), passages, passage_unit)
    new_levels = _sorted_out(_parsed(tables[LEVELS_TABLE], level_label), levels, level_unit)
    rows = {
        PASSAGES_TABLE: [passage_row(each) for each in new_passages.fresh],
        LEVELS_TABLE: [level_row(each) for each in new_levels.fresh],
    }
    conflicts = [
        *({"table": PASSAGES_TABLE, **passage_row(each)} for each in new_passages.conflicts),
        *({"table": LEVELS_TABLE, **level_row(each)} for each in new_levels.conflicts),
    ]
    columns = {
        PASSAGES_TABLE: PASSAGE_COLUMNS,
        LEVELS_TABLE: LEVEL_COLUMNS,
        CONFLICTS_TABLE: CONFLICT_COLUMNS,
    }
    rows[CONFLICTS_TABLE] = [row for row in conflicts if not tables[CONFLICTS_TABLE].holds(row)]
    for name, table in tables.items():
        if rows[name]:
            table.add(rows[name], columns[name])
    return Appended(
        added=len(new_passages.fresh) + len(new_levels.fresh),
        duplicates=new_passages.duplicates + new_levels.duplicates,
        conflicts=(*new_passages.conflicts, *new_levels.conflicts),
    )


def passage_unit(label: PassageLabel) -> Hashable:
    """What a coder may code once: a passage, and once more where other labels of it are settled."""
    return label.unit_of_coder


def level_unit(level: LevelLabel) -> Hashable:
    """What a coder may code once: a document, and once more where other levels of it are settled."""
    return level.document, level.coder, bool(level.adjudicates)


@dataclass(frozen=True)
class _Sorted:
    fresh: list[Any]
    duplicates: int
    conflicts: list[Any]


def _sorted_out(old: Iterable[Any], new: Iterable[Any], unit: Callable[[Any], Hashable]) -> _Sorted:
    said = {unit(each): each.answers for each in old}
    fresh, conflicts, duplicates = [], [], 0
    for each in new:
        before = said.get(unit(each))
        if before is None:
            said[unit(each)] = each.answers
            fresh.append(each)
        elif before == each.answers:
            duplicates += 1
        else:
            conflicts.append(each)
    return _Sorted(fresh, duplicates, conflicts)


@dataclass(frozen=True)
class _Table:
    """A CSV file as it is: its columns, its rows as text, and the bytes it was read from."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Row], ...]
    data: bytes | None

    @classmethod
    def read(cls, path: Path) -> _Table:
        if not path.is_file():
            return cls(path, (), (), None)
        data = path.read_bytes()
        table = parse_csv(data, str(path), error=AnnotationsInvalid)
        return cls(path, table.columns, table.numbered, data)

    def holds(self, row: Mapping[str, str]) -> bool:
        return any(all(old.get(name, "") == value for name, value in row.items()) for _, old in self.rows)

    def add(self, rows: Sequence[Row], columns: Sequence[str]) -> None:
        """Writes the table again with rows added; columns that it lacks are added too, empty in old rows."""
        names = [*self.columns, *(name for name in columns if name not in self.columns)]
        written = [_line(names)]
        written += [
            _line([row.get(name, "") for name in names]) for row in (*(row for _, row in self.rows), *rows)
        ]
        if self.path.is_file() != (self.data is not None) or (
            self.data is not None and self.path.read_bytes() != self.data
        ):
            raise AnnotationsInvalid(
                f"{self.path} was changed by another program meanwhile.", remedy="Run the command again."
            )
        write_atomically(self.path, "".join(written).encode("utf-8", "surrogatepass"))


def _line(cells: Sequence[Any]) -> str:
    """A line of CSV. The writer quotes the characters of its line ending alone, so it is given both."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().removesuffix("\r\n") + "\n"


def _records(path: Path, make: Callable[[Mapping[str, str]], Record]) -> Iterator[Record]:
    return _parsed(_Table.read(path), make)


def _parsed(table: _Table, make: Callable[[Mapping[str, str]], Record]) -> Iterator[Record]:
    for number, row in table.rows:
        try:
            record = make(row)
        except KeyError as error:
            raise AnnotationsInvalid(f"{table.path.name}: no column {error.args[0]!r}.") from error
        except ValueError as error:
            raise AnnotationsInvalid(f"{table.path.name}, line {number}: {error}.") from error
        yield record


def passage_label(row: Mapping[str, str]) -> PassageLabel:
    """A row of `passages.csv`; raises `KeyError` for a missing column and `ValueError` for a bad cell."""
    return PassageLabel(
        document=row["document"],
        anchor=Anchor(
            sha256=row["sha256"],
            page=int(row["page"]) if row["page"] else None,
            start=int(row["start"]),
            length=int(row["length"]),
            fingerprint=row["fingerprint"],
        ),
        coder=row["coder"],
        coded_at=row["coded_at"],
        codebook=row["codebook"],
        code=row["code"],
        sector=row["sector"],
        strand=row["strand"],
        role=row["role"],
        comment=row.get("comment", ""),
        adjudicates=_names(row.get("adjudicates", "")),
        wave=int(row.get("wave") or 1),
        seen=_seen(row.get("seen", "")),
        suggestion=row.get("suggestion", ""),
        review=_review(row.get("review", "")),
    )


def passage_row(label: PassageLabel) -> Row:
    """The row of `passages.csv` for a label."""
    return {
        "document": label.document,
        "coder": label.coder,
        "coded_at": label.coded_at,
        "codebook": label.codebook,
        "wave": str(label.wave),
        **label.anchor.as_cells(),
        "code": label.code,
        "sector": label.sector,
        "strand": label.strand,
        "role": label.role,
        "comment": label.comment,
        "adjudicates": NAME_SEPARATOR.join(label.adjudicates),
        "seen": "" if label.seen is None else f"{label.seen[0]}-{label.seen[1]}",
        "suggestion": label.suggestion,
        "review": label.review,
    }


def level_label(row: Mapping[str, str]) -> LevelLabel:
    """A row of `levels.csv`; raises `KeyError` for a missing column and `ValueError` for a bad cell."""
    if row["dedicated"] not in FLAG.values():
        raise ValueError(f"dedicated is 0 or 1, not {row['dedicated']!r}")
    return LevelLabel(
        document=row["document"],
        sha256=row.get("sha256", ""),
        coder=row["coder"],
        coded_at=row.get("coded_at", ""),
        codebook=row.get("codebook") or CODEBOOK_VERSION,
        level=row["level"],
        confidence=int(row["confidence"]),
        dedicated=row["dedicated"] == FLAG[True],
        comment=row.get("comment", ""),
        adjudicates=_names(row.get("adjudicates", "")),
        inclusion_probability=float(row["inclusion_probability"])
        if row.get("inclusion_probability")
        else None,
        suggestion=row.get("suggestion", ""),
        review=_review(row.get("review", "")),
    )


def level_row(level: LevelLabel) -> Row:
    """The row of `levels.csv` for a level."""
    probability = level.inclusion_probability
    return {
        "document": level.document,
        "coder": level.coder,
        "level": level.level,
        "confidence": str(level.confidence),
        "dedicated": FLAG[level.dedicated],
        "inclusion_probability": "" if probability is None else repr(probability),
        "sha256": level.sha256,
        "coded_at": level.coded_at,
        "codebook": level.codebook,
        "comment": level.comment,
        "adjudicates": NAME_SEPARATOR.join(level.adjudicates),
        "suggestion": level.suggestion,
        "review": level.review,
    }


def _names(cell: str) -> tuple[str, ...]:
    return tuple(name for name in cell.split(NAME_SEPARATOR) if name)


def _review(cell: str) -> Review:
    check_review(cell)
    return cast(Review, cell)


def _seen(cell: str) -> tuple[int, int] | None:
    if not cell:
        return None
    first, dash, last = cell.partition("-")
    if not dash:
        raise ValueError(f"seen is written as from-to, not {cell!r}")
    return int(first), int(last)
