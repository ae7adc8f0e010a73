"""Compares two runs over the same files: does `ndc-urban score` still give the same results?

    python benchmarks/compare_runs.py RUN_BEFORE RUN_AFTER [--subset] [--show 10]

Files are paired by SHA-256, so that the two runs may have found them under other paths. Of each document the columns
of documents.csv are compared (all but paths and seconds), of its passages those of passages.csv in their order, its row
in estimation.csv and its reasons in reasons.csv. Texts are compared but not printed. The exit status is 1 where
anything differs, and where a file is in one run only; with `--subset` the second run may hold fewer files.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ndc_urban.runs import Run, load_run

NOT_COMPARED = frozenset({"path", "seconds"})
PROBABILITIES = ("p_low", "p_moderate", "p_strong", "p_urban", "urban_share", "score", "effect")
SHOWN = 10
"""Differing documents that are listed: enough to see what they have in common."""

Rows = list[dict[str, str]]


@dataclass
class Comparison:
    """What was compared and what differs: for each table how many rows, how many are identical, and where not."""

    rows: dict[str, int] = field(default_factory=dict)
    identical: dict[str, int] = field(default_factory=dict)
    columns: dict[str, dict[str, int]] = field(default_factory=dict)
    largest: dict[str, float] = field(default_factory=dict)
    documents: dict[str, list[str]] = field(default_factory=dict)
    alone: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not self.documents and not any(self.alone.values())

    def add(self, table: str, name: str, before: Rows, after: Rows) -> None:
        """Compares the rows of one document (`name`) in one table."""
        self.rows[table] = self.rows.get(table, 0) + max(len(before), len(after))
        same = sum(one == other for one, other in zip(before, after, strict=False))
        self.identical[table] = self.identical.get(table, 0) + same
        if before == after:
            return
        said = [f"{len(before)} and {len(after)} rows"] if len(before) != len(after) else []
        for number, (one, other) in enumerate(zip(before, after, strict=False), 1):
            columns = [column for column in one if one[column] != other.get(column)]
            for column in columns:
                self._note(table, column, one[column], other.get(column, ""))
            if columns and len(said) < 2:
                said.append(f"row {number}: {', '.join(columns)}")
        self.documents.setdefault(name, []).append(f"{table}: {'; '.join(said)}")

    def _note(self, table: str, column: str, one: str, other: str) -> None:
        counts = self.columns.setdefault(table, {})
        counts[column] = counts.get(column, 0) + 1
        if column in PROBABILITIES and one and other:
            key = f"{table}.{column}"
            self.largest[key] = max(self.largest.get(key, 0.0), abs(float(one) - float(other)))

    def lines(self, show: int = SHOWN) -> Iterator[str]:
        """The comparison in words."""
        for table, rows in self.rows.items():
            yield f"{table}: {self.identical[table]} of {rows} rows are identical."
        for table, columns in self.columns.items():
            counts = ", ".join(f"{column} {count}" for column, count in columns.items())
            yield f"{table}: rows that differ by column: {counts}"
        for key, value in self.largest.items():
            yield f"{key}: the largest absolute difference is {value:.6f}."
        for run, names in self.alone.items():
            if names:
                yield f"Only in the run {run}: {len(names)} files, such as {names[0]}"
        for name, what in list(self.documents.items())[:show]:
            yield f"{name}: {' | '.join(what)}"
        if len(self.documents) > show:
            yield f"... and {len(self.documents) - show} more documents differ."
        yield "The runs are the same." if self.is_same else f"{len(self.documents)} documents differ."


def compare(before: Run, after: Run, *, subset: bool = False) -> Comparison:
    """Compares two runs; with `subset` files that only the first has are passed over."""
    comparison = Comparison()
    names = _names(before)
    others = _names(after)
    comparison.alone = {
        "before": [] if subset else [name for sha256, name in names.items() if sha256 not in others],
        "after": [name for sha256, name in others.items() if sha256 not in names],
    }
    for table in ("documents", "passages", "estimation", "reasons", "failures"):
        one, other = _by_document(getattr(before, table)), _by_document(getattr(after, table))
        for sha256 in names:
            if sha256 in others:
                comparison.add(table, names[sha256], one.get(sha256, []), other.get(sha256, []))
    return comparison


def _names(run: Run) -> dict[str, str]:
    """The files of a run by hash; a file without one (it could not be opened) by its name."""
    rows = run.documents[["sha256", "path"]].fillna("").astype(str).to_dict("records")
    return {row["sha256"] or Path(row["path"]).name: Path(row["path"]).name for row in rows}


def _by_document(table: pd.DataFrame) -> Mapping[str, Rows]:
    compared = [column for column in table.columns if column not in NOT_COMPARED]
    cells = table[compared].astype(object).where(table[compared].notna(), "").astype(str)
    keys = list(cells["sha256"])
    if "path" in table.columns:
        paths = table["path"].astype(str)
        keys = [key or Path(path).name for key, path in zip(keys, paths, strict=True)]
    found: dict[str, Rows] = {}
    for key, row in zip(keys, cells.to_dict("records"), strict=True):
        found.setdefault(key, []).append({str(column): cell for column, cell in row.items()})
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Compares the runs that the command line names."""
    parser = argparse.ArgumentParser(description="Compare two runs over the same files.")
    parser.add_argument("before", type=Path, help="A run folder.")
    parser.add_argument("after", type=Path, help="Another run folder.")
    parser.add_argument("--subset", action="store_true", help="The second run may hold fewer files.")
    parser.add_argument("--show", type=int, default=SHOWN, help="How many differing documents are listed.")
    given = parser.parse_args(arguments)
    comparison = compare(load_run(given.before), load_run(given.after), subset=given.subset)
    for line in comparison.lines(given.show):
        print(line)
    return 0 if comparison.is_same else 1


if __name__ == "__main__":
    sys.exit(main())
