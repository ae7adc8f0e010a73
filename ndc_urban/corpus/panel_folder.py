"""A folder with a panel and the tables beside it: read, completed with a round, and written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ndc_urban import shipped
from ndc_urban.corpus.panel_making import REPORT_COLUMNS, NewPanel, Period, Row, make_round
from ndc_urban.corpus.register import PANEL, REGISTER
from ndc_urban.corpus.registration import COLUMNS, load_rows, register_folder
from ndc_urban.corpus.registry import REGISTRY, Listed, load_registry
from ndc_urban.errors import PanelInvalid, PathMissing, UsageError
from ndc_urban.files import csv_table, read_csv, write_atomically

PUBLISHED = "published.csv"
REGISTRY_COLUMNS = (
    "code",
    "party",
    "title",
    "fileType",
    "language",
    "version",
    "status",
    "submissionDate",
    "unfccc_path",
)
"""Of a registry as it lies beside a panel: dates in ISO 8601, addresses without the UNFCCC's folder."""
_ROUND = re.compile(r"[\w. -]+")


@dataclass(frozen=True)
class PanelFolder:
    """What was made: the files `panel` and `report`, the rows, and notes on what was read."""

    panel: Path
    report: Path
    result: NewPanel
    notes: tuple[str, ...]


def make_panel(
    out: Path,
    period: Period,
    *,
    registry: Path | None = None,
    registers: Sequence[Path] = (),
    panel: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> PanelFolder:
    """Adds a round to a panel and writes it to the folder `out`, with the tables that a trend needs beside it.

    Without `panel` and `registry`, those in `out` are taken or, if there are none, the shipped ones. A folder in
    `registers` without a register gets one. Raises `PathMissing`, `PanelInvalid`, `RegistryInvalid`, `UsageError` and
    `OutputUnwritable`; then nothing in `out` has changed.
    """
    if not _ROUND.fullmatch(period.round):
        raise UsageError(
            f"{period.round} cannot be the name of a round.",
            remedy="Use letters, digits, points and hyphens.",
        )
    base = panel or _in_folder(out / PANEL) or shipped.path("panel")
    table = load_registry(registry or _in_folder(out / REGISTRY) or shipped.path("registry"))
    rows = read_csv(base, ("round", "iso3"), error=PanelInvalid).rows
    own = [row for each in registers for row in _register(each, period.round, progress)]
    beside = [load_rows(path) for path in (out / REGISTER, base.parent / REGISTER) if path.is_file()]
    register = _united([own, *beside, load_rows(shipped.path("register"))])
    result = make_round(period, table.documents, register, rows)
    report = out / f"round-{period.round}.csv"
    published = base.parent / PUBLISHED
    tables = {
        out / REGISTER: csv_table(_columns(register, COLUMNS), register),
        out / REGISTRY: csv_table(REGISTRY_COLUMNS, map(_registry_row, table.documents)),
        report: csv_table(REPORT_COLUMNS, result.report),
        out / PANEL: csv_table(result.columns, result.rows),
    }
    if published.is_file() and not (out / PUBLISHED).exists():
        tables[out / PUBLISHED] = published.read_bytes()
    for path, data in tables.items():
        write_atomically(path, data)
    return PanelFolder(out / PANEL, report, result, table.notes)


def _in_folder(path: Path) -> Path | None:
    return path if path.is_file() else None


def _register(place: Path, round_name: str, progress: Callable[[int, int], None]) -> list[dict[str, str]]:
    """The rows of a register or of a folder with one, which is made where it is missing."""
    if place.is_file():
        return load_rows(place)
    if not place.is_dir():
        raise PathMissing(f"There is no file or folder {place}.")
    if not (place / REGISTER).is_file():
        made = register_folder(place, round_name=round_name, progress=progress)
        write_atomically(place / REGISTER, made.as_bytes())
    return load_rows(place / REGISTER)


def _united(registers: Iterable[Sequence[Row]]) -> list[Row]:
    """The rows of several registers; of one file under one name the first row counts."""
    rows: dict[tuple[str, str], Row] = {}
    for register in registers:
        for row in register:
            rows.setdefault((row["sha256"], row["document"]), row)
    return list(rows.values())


def _columns(rows: Sequence[Row], first: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *(name for row in rows for name in row)]))


def _registry_row(each: Listed) -> dict[str, str]:
    return {
        "code": each.iso3,
        "party": each.party,
        "title": each.title,
        "fileType": each.kind,
        "language": each.language,
        "version": each.version,
        "status": each.status,
        "submissionDate": each.day.isoformat() if each.day else "",
        "unfccc_path": each.path,
    }
