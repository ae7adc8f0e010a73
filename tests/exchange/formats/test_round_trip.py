"""What is written comes back the same, in every format, whatever the characters."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from coding_sheets import alike, export_bundles, write_files
from hypothesis import HealthCheck, given, settings

from ndc_urban.exchange.export_bundle import ExportBundle
from ndc_urban.exchange.formats import (
    csv_table,
    docbin,
    doccano,
    json_lines,
    label_studio,
    prodigy,
    qdpx,
    review,
    xlsx,
)
from ndc_urban.exchange.protocol import ExchangeFormat

pytestmark = pytest.mark.slow

FORMATS: dict[str, tuple[ExchangeFormat, str, int]] = {
    "csv": (csv_table, "x.csv", 100),
    "jsonl": (json_lines, "x.jsonl", 100),
    "prodigy": (prodigy, "x.jsonl", 60),
    "doccano": (doccano, "x.jsonl", 60),
    "label-studio": (label_studio, "x.json", 60),
    "review": (review, "x.json", 60),
    "docbin": (docbin, "x.spacy", 50),
    "qdpx": (qdpx, "x.qdpx", 60),
    "xlsx": (xlsx, "x.xlsx", 25),
}


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written_comes_back(name: str) -> None:
    module, file, examples = FORMATS[name]

    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(export_bundles())
    def check(bundle: ExportBundle) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, file)
            write_files(module.write(bundle, path))
            back = module.read(path)
            wrong = [problem for problem in back.problems if problem.severity != "note"]
            assert not wrong
            assert alike(back.sheet, bundle.sheet)

    check()
