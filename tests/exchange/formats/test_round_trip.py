"""What is written comes back the same, in every format, whatever the characters."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import ModuleType

import pytest
from coding_sheets import alike, materials, write_files
from hypothesis import HealthCheck, given, settings

from ndc_urban.exchange.export_bundle import Material
from ndc_urban.exchange.formats import (
    csv_table,
    docbin,
    doccano,
    json_lines,
    label_studio,
    prodigy,
    qdpx,
    qdpx_reading,
    xlsx,
    xlsx_reading,
)

FORMATS: dict[str, tuple[ModuleType, ModuleType, str, int]] = {
    "csv": (csv_table, csv_table, "x.csv", 100),
    "jsonl": (json_lines, json_lines, "x.jsonl", 100),
    "prodigy": (prodigy, prodigy, "x.jsonl", 60),
    "doccano": (doccano, doccano, "x.jsonl", 60),
    "label-studio": (label_studio, label_studio, "x.json", 60),
    "docbin": (docbin, docbin, "x.spacy", 50),
    "qdpx": (qdpx, qdpx_reading, "x.qdpx", 60),
    "xlsx": (xlsx, xlsx_reading, "x.xlsx", 40),
}


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written_comes_back(name: str) -> None:
    writer, reader, file, examples = FORMATS[name]

    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(materials())
    def check(material: Material) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, file)
            write_files(writer.written(material, path))
            back = reader.read(path)
            wrong = [problem for problem in back.problems if problem.severity != "note"]
            assert not wrong
            assert alike(back.sheet, material.sheet)

    check()
