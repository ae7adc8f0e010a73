"""The table of passages as Parquet, for runs that a spreadsheet cannot hold; needs `ndc-urban[parquet]`."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ndc_urban.errors import PackageMissing
from ndc_urban.runs.tables import Cell, Schema

if TYPE_CHECKING:
    from types import TracebackType

ROWS_AT_ONCE = 20_000
"""Rows that are held in memory before they are written as a group, about 10 MB of text."""

_TYPES = {"string": "string", "Int64": "int64", "Float64": "float64", "boolean": "bool_"}


def require_parquet() -> None:
    """Raises `PackageMissing` where the library is not installed."""
    if importlib.util.find_spec("pyarrow") is None:
        raise PackageMissing(
            "--parquet needs the package pyarrow.", remedy='Install it with: pip install "ndc-urban[parquet]"'
        )


class ParquetTable:
    """A Parquet file that rows are added to, some thousand at a time."""

    def __init__(self, path: Path, schema: Schema) -> None:
        import pyarrow as pa

        self._path = path
        self._schema = pa.schema([(name, getattr(pa, _TYPES[kind])()) for name, kind in schema.items()])
        self._rows: list[Sequence[Cell]] = []
        self._writer: Any = None

    def __enter__(self) -> ParquetTable:
        from pyarrow.parquet import ParquetWriter

        self._writer = ParquetWriter(self._path, self._schema, compression="zstd")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._write()
        finally:
            self._writer.close()

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Adds rows in the order of the columns."""
        self._rows.extend(rows)
        if len(self._rows) >= ROWS_AT_ONCE:
            self._write()

    def _write(self) -> None:
        import pyarrow as pa

        columns = list(zip(*self._rows, strict=True)) or [()] * len(self._schema)
        arrays = [
            pa.array([_storable(value) for value in column], type=field.type)
            for column, field in zip(columns, self._schema, strict=True)
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self._rows.clear()


def _storable(value: Cell) -> Cell:
    """A value as it is read from the CSV file: bytes that are no UTF-8 stand as escapes, an empty text is missing."""
    return (value.encode("utf-8", "backslashreplace").decode() or None) if isinstance(value, str) else value
