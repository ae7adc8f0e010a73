"""What is written comes back the same, in every format, whatever the characters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from coding_sheets import alike, export_bundles, write_files
from hypothesis import Phase, given, settings

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


@cache
def bundles() -> Sequence[ExportBundle]:
    """The same for all formats, as making them takes longer than most formats do."""
    made: list[ExportBundle] = []

    @settings(max_examples=max(examples for _, _, examples in FORMATS.values()), phases=[Phase.generate])
    @given(export_bundles())
    def make(bundle: ExportBundle) -> None:
        made.append(bundle)

    make()
    return made


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written_comes_back(name: str, tmp_path: Path) -> None:
    module, file, examples = FORMATS[name]
    assert len(bundles()) >= examples
    for number, bundle in enumerate(bundles()[:examples]):
        path = tmp_path / str(number) / file
        write_files(module.write(bundle, path))
        back = module.read(path)
        wrong = [problem for problem in back.problems if problem.severity != "note"]
        assert not wrong, bundle
        assert alike(back.sheet, bundle.sheet)
